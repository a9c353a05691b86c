"""Where conversations are kept beside a library on a server: tables in the same schema.

Many processes may share them, on several machines. Knows the tables, and nothing of what is
asked of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from index.errors import LibraryError
from index.postgres.connection import Transaction, has_table, open_pool

__all__ = ["ConversationServer"]

_FORMAT = 1
_MOST_CONNECTIONS = 4
_TIMEOUT_S = 30.0
_LOCK = "hashtextextended('byline conversations ' || current_schema(), 0)"
_SCHEMA = """
CREATE TABLE conversation (
    id text PRIMARY KEY, visitor text NOT NULL, title text NOT NULL,
    changed double precision NOT NULL
);
CREATE INDEX conversation_of_visitor ON conversation (visitor, changed);
CREATE TABLE turn (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation text NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question text NOT NULL, answer text, verdict text NOT NULL DEFAULT ''
);
CREATE INDEX turn_of_conversation ON turn (conversation);
CREATE TABLE conversation_format (format integer NOT NULL);
"""


class ConversationServer:
    """Implements `rag.serve.conversations.Keeper`. Threads may share one."""

    def __init__(self, url: str) -> None:
        """Connect, and make the tables where there are none.

        Args:
            url: of the database, in which there is a library.

        Raises:
            LibraryError: the server cannot be reached or used.
        """
        parts = conninfo_to_dict(url)
        self._name = f"the conversations in the database {parts.get('dbname', '')}"
        self._pool = open_pool(url, _MOST_CONNECTIONS, _TIMEOUT_S)
        try:
            self._make_tables()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Run one transaction."""
        with self._plain_errors(), self._pool.connection() as connection:
            yield Transaction(connection)

    write = read

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self._pool.close()

    def _make_tables(self) -> None:
        with self._plain_errors(), self._pool.connection() as connection:
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            if not has_table(connection, "conversation_format"):
                connection.execute(_SCHEMA)
                connection.execute("INSERT INTO conversation_format VALUES (%s)", (_FORMAT,))
            formats = connection.execute("SELECT format FROM conversation_format").fetchall()
        if formats != [(_FORMAT,)]:
            raise LibraryError(
                f"{self._name} were written by another version of Byline; update Byline"
            )

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, PoolTimeout) as error:
            said = " ".join((str(error) or type(error).__name__).split())
            raise LibraryError(
                f"{self._name} cannot be used ({said}); see whether the server runs, and try again"
            ) from error
