"""Where conversations are kept beside a library in a folder: one SQLite file.

Several processes may share it. Knows the tables, and nothing of what is asked of them.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryError

__all__ = ["ConversationFile"]

_FILE = "conversations.db"
_FORMAT = 2
_LOCK_TIMEOUT_S = 30.0
"""How long one process waits for another, which writes for a moment."""
_TURN = """
CREATE TABLE turn (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question TEXT NOT NULL, answer TEXT, verdict TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX turn_of_conversation ON turn (conversation);
"""
_SCHEMA = f"""
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, title TEXT NOT NULL, changed REAL NOT NULL
) STRICT;
CREATE INDEX conversation_of_visitor ON conversation (visitor, changed);
{_TURN}
"""
_FROM_FORMAT_1 = """
DROP INDEX turn_of_conversation;
ALTER TABLE turn RENAME TO answered;
TURN
INSERT INTO turn SELECT id, conversation,
    coalesce(CASE WHEN json_valid(answer) THEN json_extract(answer, '$.question') END, ''),
    answer, verdict FROM answered;
DROP TABLE answered;
""".replace("TURN", _TURN, 1)
"""Before questions were kept, every turn had an answer."""


class ConversationFile:
    """Implements `rag.serve.conversations.Keeper`. Threads may share one."""

    def __init__(self, home: Path) -> None:
        """Name the home; the file is created by the first turn that is kept."""
        self._path = home / _FILE
        self._mutex = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend the database; an empty one where nothing was kept yet."""
        with self._mutex, self._plain_errors():
            if self._connection is None and not self._path.exists():
                with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
                    self._bring_up_to_date(empty)
                    yield empty
            else:
                yield self._open()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction."""
        with self._mutex, self._plain_errors():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = self._open()
            with db:  # Commits, or rolls back if the block raises.
                db.execute("BEGIN IMMEDIATE")
                yield db

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        with self._mutex:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LibraryError(
                f"{self._path} cannot be used ({error}); make room, or move it away to begin anew"
            ) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            # Made before SQLite opens it, which gives what it puts beside it the same mode.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            db = sqlite3.connect(
                self._path, _LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._path.chmod(0o600)  # One that was copied here may have another.
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")
                self._bring_up_to_date(db)
            except BaseException:
                db.close()
                raise
            self._connection = db
        return self._connection

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        if _format(db) == _FORMAT:
            return
        with db:
            db.execute("BEGIN IMMEDIATE")
            found = _format(db)  # Another process may have been quicker.
            script = {0: _SCHEMA, 1: _FROM_FORMAT_1, _FORMAT: ""}.get(found)
            if script is None:
                raise LibraryError(
                    f"{self._path} was written by another version of Byline; update Byline"
                )
            for statement in script.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_FORMAT}")


def _format(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
