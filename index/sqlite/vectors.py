"""Keeps a FAISS index in step with the vectors in the database; decides nothing about ranking.

The database is the truth. The file `vectors-<generation>.faiss` only saves a
later process the reading of every vector: it is believed when its bytes have
the SHA-256 that the database recorded after it was safely on disk, and built
anew otherwise.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError, LibraryError
from index.sqlite.database import Database, get_meta, get_number, set_meta
from index.sqlite.durable import write_whole
from index.sqlite.faiss_index import FlatIndex

__all__ = ["VectorKeeper", "stored_vectors"]

_log = logging.getLogger(__name__)

_REBUILD_SHARE = 0.5
"""Beyond this share of changed rows, reading all of them anew is the simpler work."""


@dataclass(frozen=True, slots=True)
class _State:
    """What the database held when it was read."""

    connection: sqlite3.Connection
    """Another one means another file: a backup that was put back, for example."""
    library: str | None
    generation: int
    token: str | None
    """Random for each write: where a backup was put back, a generation comes twice."""

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> _State:
        return cls(
            connection,
            get_meta(connection, "library"),
            get_number(connection, "generation"),
            get_meta(connection, "token"),
        )

    def may_follow(self, before: _State) -> bool:
        """Say whether writes may have led here from there, so that the numbers of chunks agree."""
        same_library = self.connection is before.connection and self.library == before.library
        return same_library and self.generation > before.generation


class VectorKeeper:
    """The vector index of one library in memory, and its file. Called within its transactions."""

    def __init__(self, home: Path) -> None:
        """Name the home; nothing is read yet."""
        self.unsaved = False
        """Whether the file turned out to be missing, behind, or damaged when it was read."""
        self._home = home
        self._index: FlatIndex | None = None
        self._state: _State | None = None

    def current(self, connection: sqlite3.Connection) -> FlatIndex:
        """Return an index of exactly the chunks that this transaction sees.

        Raises:
            DamagedError: the stored vectors are not what was stored.
        """
        state, index = _State.of(connection), self._index
        if index is not None and self._state == state:
            return index
        if index is None or self._state is None or not state.may_follow(self._state):
            index = self.load(connection)
            self.unsaved = index is None or not self.is_recorded(connection)
        # Forgotten until it is in step again, so that no failure leaves half of a change behind.
        self._index = self._state = None
        index = _caught_up(connection, index, get_number(connection, "dimension"))
        self._index, self._state = index, state
        return index

    def is_recorded(self, connection: sqlite3.Connection) -> bool:
        """Say whether the file on disk holds what this transaction sees, by its name and size."""
        name = get_meta(connection, "index_file")
        if name is None:
            return get_number(connection, "generation") == 0
        if name != _file_name(connection):
            return False
        try:
            size = (self._home / name).stat().st_size
            return size == get_number(connection, "index_bytes")
        except OSError:
            return False

    def load(self, connection: sqlite3.Connection) -> FlatIndex | None:
        """Read the recorded file if there is one and it is what was recorded."""
        name = get_meta(connection, "index_file")
        if name is None:
            return None
        try:
            # Hashed and parsed are the same bytes: faiss itself notices few flipped bits.
            data = (self._home / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != get_meta(connection, "index_sha256"):
                raise ValueError("its SHA-256 is not the one recorded")
            index = FlatIndex.from_bytes(data)
            if index.dimension != get_number(connection, "dimension"):
                raise ValueError("it is of another dimension")
            if len(index) != get_number(connection, "index_rows"):
                raise ValueError("it holds another number of vectors")
        except (OSError, ValueError) as error:
            _log.warning("building the vector index anew: %s: %s", self._home / name, error)
            return None
        return index

    def save(self, database: Database, timeout_s: float | None = None) -> None:
        """Write the file and record it, unless it is up to date; delete those of other generations.

        A kill at any point leaves the recorded file, or a database that knows it is behind.

        Raises:
            LockedError: another process writes.
            LibraryError: the file cannot be written. Articles and searches are not affected.
        """
        with database.read() as connection:
            if not self.unsaved and self.is_recorded(connection):
                return
        with database.writing(timeout_s):
            with database.read() as connection:
                index = self.current(connection)
                data, rows, name = index.to_bytes(), len(index), _file_name(connection)
            try:
                write_whole(self._home / name, data)
            except OSError as error:
                raise LibraryError(
                    "the articles are stored and can be searched, but their vector index cannot "
                    f"be saved ({error.strerror}): free some space, or check the permissions of "
                    f"{self._home}"
                ) from error
            with database.write() as connection:
                set_meta(connection, "index_file", name)
                set_meta(connection, "index_sha256", hashlib.sha256(data).hexdigest())
                set_meta(connection, "index_bytes", str(len(data)))
                set_meta(connection, "index_rows", str(rows))
            self.unsaved = False
            for path in self._home.glob("vectors-*.faiss"):
                if path.name != name:
                    # One that stays is in nobody's way; the next save tries again.
                    with suppress(OSError):
                        path.unlink(missing_ok=True)

    def save_quietly(self, database: Database) -> None:
        """Try once to save, for the sake of the next process; what is in memory serves this one."""
        try:
            self.save(database, timeout_s=0.0)
        except LibraryError as error:
            _log.info("the vector index stays in memory: %s", error)
            self.unsaved = False

    def forget(self) -> None:
        """Drop what is in memory, so that the next search starts from what is on disk."""
        self._index = self._state = None


def stored_vectors(
    connection: sqlite3.Connection, numbers: NDArray[np.int64], dimension: int
) -> NDArray[np.float32]:
    """Return the vectors of chunks, of shape (len(numbers), dimension), in their order.

    Raises:
        DamagedError: one is missing or has another length.
    """
    array = np.empty((len(numbers), dimension), dtype=np.float32)
    # One look-up a chunk, without a list of parameters to grow.
    for row, number in enumerate(numbers.tolist()):
        found = connection.execute(
            "SELECT vector FROM vectors WHERE chunk = ?", (number,)
        ).fetchone()
        if found is None or len(found[0]) != 4 * dimension:
            raise DamagedError(
                "a vector is missing or damaged in the database: put a copy of library.db back, "
                "or move it away and add the articles again"
            )
        array[row] = np.frombuffer(found[0], dtype="<f4")
    return array


def _caught_up(
    connection: sqlite3.Connection, index: FlatIndex | None, dimension: int
) -> FlatIndex:
    live = np.array(
        [number for (number,) in connection.execute("SELECT number FROM chunks ORDER BY number")],
        dtype=np.int64,
    )
    if index is not None:
        had = index.numbers
        gone = np.setdiff1d(had, live)
        new = np.setdiff1d(live, had)
        if index.dimension != dimension or len(gone) + len(new) > _REBUILD_SHARE * len(live):
            index = None
    if index is None:
        index, gone, new = FlatIndex(dimension), live[:0], live
    index.remove(gone)
    index.add(new, stored_vectors(connection, new, dimension))
    return index


def _file_name(connection: sqlite3.Connection) -> str:
    return f"vectors-{get_number(connection, 'generation')}.faiss"
