"""Keeps an index of vectors in step with those in the database; decides nothing about ranking.

The database is the truth; the file only saves a later process the reading of
every vector. A library of some size is searched exactly. A larger one has an
inverted file beside it, and what was added or removed since that was built is
looked up in memory; where there is none yet, the search is exact meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.errors import LibraryError
from index.relational.catalog import count_all
from index.relational.connection import get_meta, get_number
from index.sqlite.connection import LibraryConnection, highest_number, vectors_between
from index.sqlite.database import LibraryState, SqliteDatabase
from index.sqlite.derived import count_removed, last_removal, numbers_removed
from index.sqlite.vectors.build import StoppedError, build_large
from index.sqlite.vectors.file import KEY, VectorFile
from index.sqlite.vectors.flat_index import FlatIndex, one_thread
from index.sqlite.vectors.ivf_index import IvfIndex, LayeredIndex

__all__ = ["EXACT_UP_TO", "VectorKeeper"]

_log = logging.getLogger(__name__)

EXACT_UP_TO = 100_000
"""Chunks. An exact search of so many takes 17 ms of one core (bench/scale.py --chunks 100000), and
grows with them."""
_WORN_SHARE = 0.05
"""Beyond this share of changed rows a large index is built anew: at a million chunks, an exact
search of the 50,000 changed ones takes 8 ms of one core, twice that of the rest
(bench/scale.py)."""
_WORN_FEWEST = 0.1
"""The fewest changed rows for that, as a share of what is searched exactly."""
_PATIENCE_S = 60.0
"""How long a finished build waits to be recorded while another process writes."""


@dataclass(frozen=True, slots=True)
class _Held:
    index: FlatIndex | LayeredIndex
    state: LibraryState | None
    """What it is in step with; None where it has only just been read from its file."""
    base: str | None
    """SHA-256 of the inverted file below it; None where it has none."""
    highest: int
    """No chunk above this number has been added to it yet."""
    removals: int
    """The last removal that it knows of."""


class VectorKeeper:
    """The vector index of one library in memory, and its file. Called within its transactions."""

    def __init__(self, home: Path, *, exact_up_to: int, background: bool) -> None:
        """Name the home; nothing is read yet.

        Args:
            home: the folder of the library.
            exact_up_to: how many chunks are searched exactly.
            background: whether an index of more than those is built by a thread of its own: right
                for a process that stays, and in vain in one that ends with its first answer.
        """
        self.unsaved = False
        """Whether the file turned out to be missing, behind, or damaged when it was read."""
        self._home = home
        self._exact_up_to = exact_up_to
        self._background = background
        self._held: _Held | None = None
        self._refused: str | None = None
        self._ready: tuple[str, IvfIndex] | None = None
        self._stop = threading.Event()
        self._builder: threading.Thread | None = None

    def current(self, connection: LibraryConnection) -> FlatIndex | LayeredIndex:
        """Return an index of exactly the vectors that this transaction sees.

        Raises:
            DamagedError: the stored vectors are not what was stored.
        """
        state, held = LibraryState.of(connection), self._held
        follows = held is not None and held.state is not None and state.may_follow(held.state)
        if held is None or not follows or self._is_overtaken(connection, held):
            loaded = self._loaded(connection)
            self.unsaved = not self.is_recorded(connection)
            held = loaded or (held if follows else None)
        if held is not None and held.state == state:
            self._held = held
            return held.index
        # Forgotten until it is in step again, so that no failure leaves half of a change behind.
        self._held = None
        if held is not None:
            held = _caught_up(connection, held, state)
            if len(held.index) != count_all(connection).vectors:
                _log.warning("building the vector index anew: it does not agree with the database")
                held = None
                self.unsaved = True
                recorded = VectorFile.recorded(connection)
                self._refused = recorded.sha256 if recorded else None
        self._held = held or _from_scratch(connection)
        return self._held.index

    def is_recorded(self, connection: LibraryConnection) -> bool:
        """Say whether the file on disk is of use to the next process as it is.

        An exact one holds what this transaction sees; a large one, nearly all of that.
        """
        vectors, recorded = count_all(connection).vectors, VectorFile.recorded(connection)
        if recorded is None:
            return get_meta(connection, "generation") == "0"
        if not recorded.is_in(self._home) or recorded.sha256 == self._refused:
            return False
        if vectors <= self._exact_up_to:
            return recorded.name == VectorFile.name_of(connection, exact=True)
        removed = count_removed(connection, recorded.removals, with_vector=True)
        changed = removed + abs(vectors - (recorded.rows - removed))
        few = max(_WORN_FEWEST * self._exact_up_to, _WORN_SHARE * recorded.rows)
        return not recorded.is_exact and changed <= few

    def load(self, connection: LibraryConnection) -> FlatIndex | IvfIndex | None:
        """Open the recorded file if there is one and it is what was recorded."""
        recorded = VectorFile.recorded(connection)
        if recorded is None:
            return None
        try:
            return recorded.open(self._home, get_number(connection, "dimension"))
        except (OSError, ValueError) as error:
            _log.warning(
                "building the vector index anew: %s: %s", self._home / recorded.name, error
            )
            return None

    def save(
        self,
        database: SqliteDatabase,
        timeout_s: float | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Write the file and record it, unless it is of use as it is; delete those before it.

        A kill at any point leaves the recorded file, or a database that knows it is behind.

        Raises:
            LockedError: another process writes.
            LibraryError: the file cannot be written. Articles and searches are not affected.
        """
        with database.read() as connection:
            if self.is_recorded(connection):
                return
            large = self._is_large(connection)
        if not large:
            self._save_exact(database, timeout_s)
        elif self._background:
            self._start_building(database)
        else:
            try:
                self._save_large(database, timeout_s, on_progress)
            except StoppedError:
                _log.info("the library was replaced while its vector index was built")

    def save_quietly(self, database: SqliteDatabase) -> None:
        """Try once to save, for the sake of the next process; what is in memory serves this one."""
        self.unsaved = False
        try:
            with database.read() as connection:
                large = self._is_large(connection)
            if not large or self._background:
                self.save(database, timeout_s=0.0)
            elif self._held is None or self._held.base is None:
                _log.warning(
                    "the vector index is missing, and a search has to read every vector: "
                    "ask doctor --repair builds it"
                )
        except LibraryError as error:
            _log.info("the vector index stays in memory: %s", error)

    def forget(self, connection: LibraryConnection) -> None:
        """Drop what is in memory, and mistrust what is on disk: both are to be built anew."""
        recorded = VectorFile.recorded(connection)
        self._held = self._ready = None
        self._refused = recorded.sha256 if recorded else None

    def close(self) -> None:
        """Have a build in the background give up. What it had done is lost, and nothing else."""
        self._stop.set()

    def _is_large(self, connection: LibraryConnection) -> bool:
        return count_all(connection).vectors > self._exact_up_to

    def _is_overtaken(self, connection: LibraryConnection, held: _Held) -> bool:
        recorded = VectorFile.recorded(connection)
        if recorded is None or recorded.sha256 == self._refused:
            return False
        # Removals that the recorded file knows of may no longer be noted.
        better = not recorded.is_exact and recorded.sha256 != held.base
        return better or recorded.removals > held.removals

    def _loaded(self, connection: LibraryConnection) -> _Held | None:
        recorded = VectorFile.recorded(connection)
        if recorded is None or recorded.sha256 == self._refused:
            return None
        sha256, ready = self._ready or ("", None)
        index = ready if sha256 == recorded.sha256 else self.load(connection)
        if index is None:
            self._refused = recorded.sha256
            return None
        highest = int(index.numbers.max(initial=0))
        if isinstance(index, FlatIndex):
            return _Held(index, None, None, highest, recorded.removals)
        return _Held(LayeredIndex(index), None, recorded.sha256, highest, recorded.removals)

    def _save_exact(self, database: SqliteDatabase, timeout_s: float | None) -> None:
        with database.writing(timeout_s):
            with database.read() as connection:
                index = self.current(connection)
                if not isinstance(index, FlatIndex):
                    index = _exact(connection)
                name = VectorFile.name_of(connection, exact=True)
                removals = last_removal(connection)
            self._record(database, VectorFile.write(self._home, name, index, removals))

    def _save_large(
        self,
        database: SqliteDatabase,
        timeout_s: float | None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        index, plan = build_large(database, on_progress=on_progress, stopped=self._stop.is_set)
        with database.writing(timeout_s):
            with database.read() as connection:
                follows = LibraryState.of(connection).may_follow(plan.state)
                if not follows or VectorFile.recorded(connection) != plan.before:
                    # Another process was quicker, and has dropped removals that it knows of.
                    raise StoppedError
            written = VectorFile.write(self._home, plan.name, index, plan.removals)
            # Its bytes were hashed as they were written: no search has to wait for that again.
            self._ready = written.sha256, IvfIndex.open(self._home / written.name)
            self._record(database, written)

    def _record(self, database: SqliteDatabase, written: VectorFile) -> None:
        with database.write() as connection:
            written.note(connection, KEY)
        self.unsaved, self._refused = False, None
        written.sweep(self._home, "vectors-*.faiss")

    def _start_building(self, database: SqliteDatabase) -> None:
        if self._builder is None or not self._builder.is_alive():
            self._builder = threading.Thread(
                target=self._build, args=(database,), name="vector index", daemon=True
            )
            self._builder.start()

    def _build(self, database: SqliteDatabase) -> None:
        try:
            with one_thread():  # Searches have the other cores.
                self._save_large(database, _PATIENCE_S)
        except StoppedError:
            _log.info("the building of the vector index was stopped")
        except (LibraryError, OSError, ValueError) as error:
            if not self._stop.is_set():  # The database may be closed under it then.
                _log.warning("the vector index stays as it is: %s", error)


def _caught_up(connection: LibraryConnection, held: _Held, state: LibraryState) -> _Held:
    held.index.remove(numbers_removed(connection, held.removals))
    highest = highest_number(connection)
    for rows in vectors_between(connection, held.highest, highest, held.index.dimension):
        held.index.add(*rows)
    highest = max(held.highest, highest)
    return _Held(held.index, state, held.base, highest, last_removal(connection))


def _from_scratch(connection: LibraryConnection) -> _Held:
    state, highest = LibraryState.of(connection), highest_number(connection)
    return _Held(_exact(connection), state, None, highest, last_removal(connection))


def _exact(connection: LibraryConnection) -> FlatIndex:
    index = FlatIndex(get_number(connection, "dimension"))
    for rows in vectors_between(connection, 0, highest_number(connection), index.dimension):
        index.add(*rows)
    return index
