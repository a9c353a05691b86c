"""Connects to a PostgreSQL server and runs transactions on it; knows neither article nor vector.

Readers see the state of one commit and wait for nobody. Writers of one library take turns
by an advisory lock, as they do on one machine, so that all is as if one wrote after another;
what takes long, the reading of files and the embedding, is done before.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from index.errors import FullDiskError, LibraryError, LockedError, MismatchError
from index.postgres.connection import CONNECTING, Transaction, has_table, open_pool
from index.postgres.schema import FORMAT, OLDEST, create_tables, migrate
from index.relational.connection import get_number

__all__ = ["PostgresDatabase"]

# Of a connection that was lost, the error tells whoever used it.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

_KEPT = "nothing of this change was stored, and what was there before is kept"
_MOST_CONNECTIONS = 8
_LOCK = "hashtextextended('byline ' || current_schema(), 0)"
_OLDEST_PGVECTOR = (0, 8)
"""The first that goes on searching until a filter has let enough through."""


class PostgresDatabase:
    """A library on a server, behind a few connections that threads share."""

    def __init__(self, url: str, *, lock_timeout_s: float, connect_timeout_s: float) -> None:
        """Connect, and make the tables where there are none.

        Raises:
            MismatchError: of another format.
            LibraryError: the server cannot be reached or used.
        """
        try:
            parts = conninfo_to_dict(url)
            host = str(parts.get("host") or "this machine")
            port = str(parts.get("port") or "0")
            if "@" in host[1:] or not port.replace(",", "").isdigit():
                raise ValueError("what is taken for host or port is of a password, and never told")
        except (psycopg.Error, ValueError):
            raise LibraryError(
                "the address of the store is none that PostgreSQL understands: write it as "
                "postgresql://USER:PASSWORD@HOST/DATABASE, and in a password @ as %40, / as %2F"
            ) from None
        self.name = f"the database {parts.get('dbname') or ''} on {host}".replace("  ", " ")
        """Without the password."""
        self._lock_timeout_s = lock_timeout_s
        self._closed = threading.Event()
        with (
            self._plain_errors(),
            # Once, outside the pool, which would try again and again and not say why.
            psycopg.connect(
                url, connect_timeout=int(connect_timeout_s), **CONNECTING
            ) as connection,
        ):
            self._prepare(connection)
        self._pool = open_pool(url, _MOST_CONNECTIONS, connect_timeout_s)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Run one transaction that sees a single state of the library and changes nothing."""
        with self._transaction("ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Run one transaction, alone, that is on disk when the block ends, or undone."""
        with self._transaction("ISOLATION LEVEL READ COMMITTED") as connection:
            connection.execute(
                "SELECT set_config('lock_timeout', %s, true), "
                "set_config('synchronous_commit', 'on', true)",
                (f"{round(self._lock_timeout_s * 1000)}ms",),
            )
            # Each statement from here on sees what the writer before has committed.
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            transaction = Transaction(connection)
            yield transaction
            transaction.flush()

    @contextmanager
    def outside(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection without a transaction, for what PostgreSQL runs in none."""
        with self._plain_errors(), self._lent() as connection:
            connection.autocommit = True
            try:
                yield connection
            finally:
                connection.autocommit = False

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._pool.close()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[psycopg.Connection[Any]]:
        with self._plain_errors(), self._lent() as connection, connection.transaction():
            connection.execute(f"SET TRANSACTION {kind}")
            yield connection

    @contextmanager
    def _lent(self) -> Iterator[psycopg.Connection[Any]]:
        if self._closed.is_set():
            raise ValueError("this library was closed")
        with self._pool.connection() as connection:
            yield connection

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        """Make the tables of a library that is not there yet, or see that they can be used."""
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise LibraryError(
                f"{self.name} holds text as {encoding}: make one with ENCODING 'UTF8'"
            )
        self._check_schema(connection)
        made = has_table(connection, "meta")
        if not made:
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            # Not in the schema of this library, where those in other schemas would not see it.
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
        if connection.execute("SELECT to_regtype('vector')").fetchone() == (None,):
            raise LibraryError(
                f"{self.name} has pgvector in a schema that is not in the search path: add that, "
                "as in ?options=-csearch_path%3DSCHEMA%2Cpublic"
            )
        # Another may have made it while we waited.
        if not made and not has_table(connection, "meta"):
            create_tables(connection)
        (version,) = connection.execute(
            "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
        ).fetchone() or ("0",)
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_PGVECTOR:
            raise LibraryError(
                f"{self.name} has pgvector {version}: install 0.8 or later on the server, and run "
                "ALTER EXTENSION vector UPDATE"
            )
        if OLDEST <= get_number(Transaction(connection), "format") < FORMAT:
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            # Another may have done it while we waited.
            format_ = get_number(Transaction(connection), "format")
            if format_ < FORMAT:
                migrate(connection, format_)
        format_ = get_number(Transaction(connection), "format")
        if format_ != FORMAT:
            raise MismatchError(
                f"{self.name} has format {format_}, and this Byline reads formats up to {FORMAT}: "
                "install the Byline that made it, or choose another database with --store"
            )

    def _check_schema(self, connection: psycopg.Connection[Any]) -> None:
        """Refuse a schema that is not there: the next one of the path may be another library."""
        row = connection.execute(
            "SELECT current_setting('search_path'), current_schema()"
        ).fetchone()
        path, schema = row or ("", None)
        first = path.split(",")[0].strip()
        named = first.strip('"') if first.startswith('"') else first.lower()
        if schema is None or named not in (schema, "$user"):
            raise LibraryError(
                f"{self.name} has no schema {named or 'to keep a library in'}: make it with CREATE "
                "SCHEMA, or see whether the search_path of the address is what was meant"
            )

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Turn errors of the server into Byline's own, in one line each.

        Raises:
            LibraryError: or its subclass that names the fault.
        """
        try:
            yield
        except PoolTimeout as error:
            raise LibraryError(
                f"{self.name} does not answer, or all connections are in use: see whether it runs, "
                "and try again"
            ) from error
        except psycopg.Error as error:
            raise self._plain(error) from error

    def _plain(self, error: psycopg.Error) -> LibraryError:
        said = " ".join((str(error) or type(error).__name__).split())
        if isinstance(error, errors.DiskFull):
            return FullDiskError(f"the disk of {self.name} is full: {_KEPT}; free some space there")
        if isinstance(error, errors.LockNotAvailable):
            return LockedError(
                f"another process is writing to {self.name}; wait for it, or try again"
            )
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return LibraryError(
                f"{self.name} can only be read, as replicas can: write to the server that it copies"
            )
        if isinstance(error, errors.InsufficientPrivilege):
            return LibraryError(
                f"this user may not do that in {self.name} ({said}): ask whoever runs the server "
                "for the right to it, or to run CREATE EXTENSION vector"
            )
        if isinstance(error, (errors.UndefinedFile, errors.FeatureNotSupported)):
            return LibraryError(
                f"the server of {self.name} has no pgvector ({said}): install it there"
            )
        # Errors of the server have a state; those of the way to it have none.
        if error.sqlstate is None or isinstance(error, errors.OperatorIntervention):
            return LibraryError(
                f"{self.name} cannot be reached, or was lost ({said}): see whether it runs, and "
                "try again; what was told as stored is"
            )
        return LibraryError(f"{self.name} refused ({said}); {_KEPT}")
