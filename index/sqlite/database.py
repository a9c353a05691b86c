"""Opens the database of a library and runs transactions on it; knows neither article nor vector.

Readers and writers meet in SQLite's rollback journal: a reader sees the state
of one commit, and waits only for the moment of a commit. Writers take turns
by a lock file, so that the second can be told in words whom it waits for.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from index.durable import make_folder
from index.errors import DamagedError, FullDiskError, LibraryError, LockedError, MismatchError
from index.relational.connection import get_meta, get_number
from index.sqlite.connection import LibraryConnection
from index.sqlite.locking import WriterLock
from index.sqlite.schema import (
    APPLICATION_ID,
    FORMAT,
    OLDEST,
    create_database,
    create_tables,
    migrate,
)

__all__ = ["LibraryState", "SqliteDatabase", "plain_errors"]

_log = logging.getLogger(__name__)

_KEPT = "nothing of this change was stored, and what was there before is kept"
_COMMITS = 10
"""How many times the longest wait for another's commit a commit waits for those who read: five
minutes, and Ctrl-C is heeded every half a minute. Who would begin to read has to wait as well."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class _OutdatedError(LibraryError):
    """The library is of an earlier format, and is to be brought up to date first."""


class SqliteDatabase:
    """The file `library.db` of one home, behind one connection that all threads share in turn.

    While the file does not exist, readers see an empty library, and the first
    write creates it. One that another process creates, deletes, or replaces is
    noticed by the next transaction.
    """

    def __init__(self, home: Path, *, lock_timeout_s: float, busy_timeout_s: float) -> None:
        """Name the home; nothing is opened or created yet."""
        self.path = home / "library.db"
        self._home = home
        self._busy_timeout_s = busy_timeout_s
        self._writer = WriterLock(home / "lock", lock_timeout_s)
        self._mutex = threading.RLock()
        self._connection: LibraryConnection | None = None
        self._identity: tuple[int, int] | None = None
        self._swept = self._closed = False

    @contextmanager
    def writing(self, timeout_s: float | None = None) -> Iterator[None]:
        """Hold the writer's lock over several transactions; readers go on meanwhile.

        Raises:
            LockedError: another writer held it until the timeout.
            LibraryError: the home cannot be written to.
        """
        with ExitStack() as stack:
            with plain_errors(self.path):
                make_folder(self._home)
                if stack.enter_context(self._writer.held(timeout_s)) and not self._swept:
                    # Whoever holds the lock knows that nobody else is writing these.
                    for pattern in ("library.db.tmp*", "vectors-*.faiss.tmp", "words-*.idx.tmp"):
                        for orphan in self._home.glob(pattern):
                            orphan.unlink(missing_ok=True)
                    self._swept = True
            yield

    @contextmanager
    def write(self) -> Iterator[LibraryConnection]:
        """Run one transaction that is on disk when the block ends, or undone when it raises."""
        self._modernise()
        with self.writing(), self._mutex, plain_errors(self.path):
            connection = self._connect(create=True)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                self._commit(connection)
            finally:
                # After a full disk SQLite may have rolled back by itself.
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    def _commit(self, connection: LibraryConnection) -> None:
        token = get_meta(connection, "token")
        try:
            self._outwait_readers(connection)
        except sqlite3.OperationalError as error:
            # Where only the last sync of the journal failed, all is stored and readers see it.
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if "I/O error" in str(error) and get_meta(connection, "token") == token:
                    raise LibraryError(
                        f"the disk failed when a change to {self.path} was already written, so "
                        "that it may not last; check the disk, and do it again"
                    ) from error
            raise

    def _outwait_readers(self, connection: LibraryConnection) -> None:
        """Commit, and wait longer for readers than they do for a commit.

        `ask doctor` may read a large library for minutes, and must not undo hours of adding.
        """
        for left in reversed(range(_COMMITS)):
            try:
                connection.execute("COMMIT")
                return
            except sqlite3.OperationalError as error:
                if not left or "locked" not in str(error):
                    raise
                _log.info("waiting for a reader of %s", self.path)

    @contextmanager
    def read(self) -> Iterator[LibraryConnection]:
        """Run one transaction that sees a single state of the library and changes nothing."""
        self._modernise()
        with self._mutex, plain_errors(self.path):
            connection = self._connect()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _modernise(self) -> None:
        """Bring a library of an earlier format up to date before anything is done with it.

        Without the mutex: a writer takes the lock first and the mutex second, and so must this.
        """
        with self._mutex, plain_errors(self.path):
            try:
                self._connect()
                return
            except _OutdatedError:
                _log.info("%s is of an earlier format; bringing it up to date", self.path)
        with (
            self.writing(),
            self._mutex,
            plain_errors(self.path),
            closing(self._open(outdated=True)) as connection,
        ):
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection)
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        with self._mutex:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _connect(self, *, create: bool = False) -> LibraryConnection:
        if self._closed:
            raise ValueError("this library was closed")
        identity = self._find()
        if create and identity is None:
            create_database(self.path)
            identity = self._find()
        if self._connection is None or identity != self._identity:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._connection = self._open() if identity else _empty()
            self._identity = identity
        return self._connection

    def _find(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _open(self, *, outdated: bool = False) -> LibraryConnection:
        # mode=rw never creates, and falls back to reading where writing is not allowed.
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            factory=LibraryConnection,
        )
        # A damaged text must not fail to be read: its article's id tells that it is damaged.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION_ID:
                raise _damaged(self.path, "it is not a library of Byline")
            if not OLDEST <= version <= FORMAT:
                raise MismatchError(
                    f"{self.path} has format {version}, and this Byline reads formats up to "
                    f"{FORMAT}: install the Byline that made it, or choose another folder with "
                    "--home"
                )
            if version < FORMAT and not outdated:
                raise _OutdatedError(f"{self.path} is being brought up to date; try again")
            # No WAL: the SQLite of many systems still has the reset race fixed in 3.51.3.
            # TRUNCATE with FULL syncs the end of the journal, where DELETE would also need
            # EXTRA for a commit to survive a power cut.
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cell_size_check = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("SELECT value FROM meta").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the file system into Byline's own, in one line each.

    Raises:
        LibraryError: or its subclass that names the fault.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except OSError as error:
        raise _from_system(error, path) from error


def _from_sqlite(error: sqlite3.Error, path: Path) -> LibraryError:
    # By message: the error codes reach Python only with 3.11.
    said = str(error)
    if "full" in said:
        return FullDiskError(f"the disk is full: {_KEPT}; free some space and try again")
    if "locked" in said:
        return LockedError(f"{path} is in use by another process; wait for it, or try again")
    if "readonly" in said or "unable to open" in said:
        return LibraryError(f"{path} cannot be opened or written to; check its permissions")
    if "too " in said:  # Of its limits: too many variables, too large, too complex, too big.
        return LibraryError(f"that is too much to ask of {path} at once ({said}); use fewer words")
    if "I/O error" in said:
        return LibraryError(f"the disk failed to read or write {path}: {_KEPT}; check the disk")
    return _damaged(path, said)


def _from_system(error: OSError, path: Path) -> LibraryError:
    if error.errno in _FULL:
        return FullDiskError(f"the disk is full: {_KEPT}; free some space and try again")
    if error.errno in _FORBIDDEN:
        return LibraryError(f"{path.parent} cannot be read or written to; check its permissions")
    reason = error.strerror or type(error).__name__
    return LibraryError(f"{path.parent} cannot be used ({reason}); choose another with --home")


def _damaged(path: Path, said: str) -> DamagedError:
    return DamagedError(
        f"{path} is damaged ({said}): put a copy of it back, or move it away and add the "
        "articles again"
    )


def _empty() -> LibraryConnection:
    connection = sqlite3.connect(
        ":memory:", isolation_level=None, check_same_thread=False, factory=LibraryConnection
    )
    create_tables(connection)
    return connection


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the library was when a transaction saw it."""

    connection: LibraryConnection
    """Another one means another file: a backup that was put back, for example."""
    library: str | None
    generation: int
    token: str | None
    """Random for each write: where a backup was put back, a generation comes twice."""

    @classmethod
    def of(cls, connection: LibraryConnection) -> LibraryState:
        """Return the state that this transaction sees."""
        return cls(
            connection,
            get_meta(connection, "library"),
            get_number(connection, "generation"),
            get_meta(connection, "token"),
        )

    def may_follow(self, before: LibraryState) -> bool:
        """Say whether it is that state, or writes may have led here from there.

        Then the same number of a chunk means the same chunk in both.
        """
        if self == before:
            return True
        same_library = self.connection is before.connection and self.library == before.library
        return same_library and self.generation > before.generation
