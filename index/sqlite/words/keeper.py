"""Keeps the full-text index in step with the articles in the database; ranks nothing itself.

The database is the truth. The file `words-<generation>.idx` only saves the next
process the reading of every article: it is believed when the SHA-256 that the
database recorded vouches for it, and built anew otherwise. It may be a little
behind: chunks that came since have higher numbers than those in it, and those
that went since are in `removed_chunks`, so that catching up takes as long as
the change was large. It is written anew when that is more than a few.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.errors import DamagedError, LibraryError
from index.relational.catalog import count_all
from index.relational.connection import get_meta, get_number, set_meta
from index.sqlite.connection import LibraryConnection
from index.sqlite.database import LibraryState, SqliteDatabase
from index.sqlite.derived import DerivedFile, count_removed, last_removal, numbers_removed
from index.sqlite.words.blocks import BlockError
from index.sqlite.words.postings import Postings
from index.text.tokens import FOLDING

__all__ = ["WordKeeper"]

_log = logging.getLogger(__name__)

_KEY = "words"
_HIGHEST = "words_highest"
_FOLDING = "words_folding"
_MOST_BEHIND = 1 / 500
"""Share of the file's chunks that may have come or gone before it is written anew. Of a million,
that is 2000, which a process catches up with in a quarter of a second."""

_AT_ONCE = 4096
"""Chunks that are indexed in one transaction before a search, a second of work: a writer waits for
those who read, and 100,000 chunks take half a minute (bench/RESULTS.md, "Adding")."""

_Result = TypeVar("_Result")


def _noted(connection: LibraryConnection) -> DerivedFile | None:
    """Return the file that is noted, unless its words were folded in another way than now."""
    if get_meta(connection, _FOLDING) != FOLDING:
        return None
    return DerivedFile.noted(connection, _KEY)


class WordKeeper:
    """The full-text index of one library in memory, and its file. Called within transactions."""

    def __init__(self, home: Path) -> None:
        """Name the home; nothing is read yet."""
        self.unsaved = False
        """Whether the file turned out to be missing, far behind, or damaged when it was read."""
        self._home = home
        self._postings: Postings | None = None
        self._state: LibraryState | None = None
        self._behind = False
        """Whether the postings lack chunks of that state."""
        self._removals = 0
        """The last removal that the postings know of."""
        self._noted: DerivedFile | None = None
        self._distrusted: DerivedFile | None = None

    def prepare(self, database: SqliteDatabase) -> None:
        """Come into step with the articles, some at a time, before a transaction asks for it."""
        while True:
            with database.read() as connection:
                try:
                    self._current(connection, _AT_ONCE)
                except (BlockError, OSError):
                    return  # `ask` meets it again, and mends it.
            if not self._behind:
                return

    def ask(
        self, connection: LibraryConnection, question: Callable[[Postings], _Result]
    ) -> _Result:
        """Ask an index of exactly the chunks that this transaction sees.

        Where its file turns out to be damaged, the index is built anew and asked again.
        """
        try:
            return question(self._current(connection))
        except (BlockError, OSError) as error:
            self._distrust(error)
            return question(self._current(connection))

    def save(self, database: SqliteDatabase, timeout_s: float | None = None) -> None:
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
            try:
                written = self._write(database)
            except BlockError as error:
                self._distrust(error)
                written = self._write(database)
            with database.write() as connection:
                written.note(connection, _KEY)
                set_meta(connection, _FOLDING, FOLDING)
                highest = 0 if self._postings is None else self._postings.highest
                set_meta(connection, _HIGHEST, str(highest))
                self.forget()
            self.unsaved, self._distrusted = False, None
            written.sweep(self._home, "words-*.idx")

    def save_quietly(self, database: SqliteDatabase) -> None:
        """Try once to save, for the sake of the next process; what is in memory serves this one."""
        try:
            self.save(database, timeout_s=0.0)
        except LibraryError as error:
            _log.info("the full-text index stays in memory: %s", error)
            self.unsaved = False

    def is_recorded(self, connection: LibraryConnection) -> bool:
        """Say whether the file on disk is not far behind, by its name, its size, and counting."""
        noted = _noted(connection)
        if noted is None:
            return count_all(connection).chunks == 0
        (new,) = connection.execute(
            "SELECT count(*) FROM chunks WHERE number > ?",
            (get_number(connection, _HIGHEST),),
        ).fetchone()
        behind = new + count_removed(connection, noted.removals)
        return noted.is_in(self._home) and bool(behind <= noted.rows * _MOST_BEHIND)

    def discard(self, connection: LibraryConnection) -> None:
        """Believe the recorded file no more, so that the index is built anew from the articles."""
        DerivedFile.discard(connection, _KEY)
        self.forget()

    def check(self, connection: LibraryConnection) -> str:
        """Compare the file, with what it is behind, to the articles; return what was found.

        Raises:
            DamagedError: they do not agree.
        """
        noted = _noted(connection)
        if noted is None:
            return "no file yet; the first search builds it"
        # Not beside the library: a full disk is no damage.
        kept = self._load(connection, scratch=None)
        if kept is None:
            raise DamagedError("the file is missing or damaged; a search builds it anew")
        fresh = Postings()
        try:
            kept.check()
            _catch_up(connection, kept, noted.removals)
            fresh.add(_chunks_after(connection, 0))
            with Path(os.devnull).open("wb") as nowhere:
                if kept.write(nowhere) != fresh.write(nowhere):
                    raise DamagedError("the full-text index does not agree with the articles")
            return f"the words of {len(kept)} passages agree with the articles"
        except BlockError as error:
            raise DamagedError(f"the file is damaged ({error}); a search builds it anew") from error
        finally:
            kept.close()
            fresh.close()

    def forget(self) -> None:
        """Drop what is in memory, so that the next search starts from what is on disk."""
        if self._postings is not None:
            self._postings.close()
        self._postings = self._state = None

    def _current(self, connection: LibraryConnection, most: int | None = None) -> Postings:
        """Return the postings in step with what this transaction sees, or `most` chunks nearer."""
        state, noted = LibraryState.of(connection), _noted(connection)
        if self._postings is not None and state == self._state and not self._behind:
            return self._postings
        # Once another file is recorded, `removed_chunks` tells nothing about what is in memory.
        follows = self._state is not None and state.may_follow(self._state)
        if not follows or noted != self._noted:
            self.forget()
        with ExitStack() as failing:
            # Forgotten until it is in step again, so that no failure leaves half of a change.
            postings, self._postings, self._state = self._postings, None, None
            if postings is None:
                self.unsaved = not self.is_recorded(connection)
                postings = self._load(connection, self._scratch())
                self._removals = noted.removals if noted else 0
            if postings is None:
                postings = self._begun(connection)
            failing.callback(postings.close)
            self._behind = not _catch_up(connection, postings, self._removals, most)
            if not self._behind and len(postings) != count_all(connection).chunks:
                _log.warning("building the full-text index anew: it holds other chunks")
                postings.close()
                postings = self._begun(connection)
                failing.callback(postings.close)
                self._behind = not _catch_up(connection, postings, self._removals, most)
            failing.pop_all()
        self._postings, self._state, self._noted = postings, state, noted
        self._removals = last_removal(connection)
        return postings

    def _begun(self, connection: LibraryConnection) -> Postings:
        """Return postings without any chunk yet, to be saved once they have some."""
        self.unsaved = count_all(connection).chunks > 0
        self._removals = last_removal(connection)
        return Postings(self._scratch())

    def _load(self, connection: LibraryConnection, scratch: Path | None) -> Postings | None:
        """Open the recorded file if there is one and it is what was recorded."""
        noted = _noted(connection)
        if noted is None or noted == self._distrusted:
            return None
        path = self._home / noted.name
        try:
            return Postings.open(path, noted.sha256, scratch)
        except (BlockError, OSError) as error:
            _log.warning("building the full-text index anew: %s: %s", path, error)
            return None

    def _write(self, database: SqliteDatabase) -> DerivedFile:
        with database.read() as connection:
            postings = self._current(connection)
            name = f"words-{get_meta(connection, 'generation')}.idx"
        with DerivedFile.written(self._home / name, "full-text index") as file:
            sha256 = postings.write(file)
            size = file.tell()
        return DerivedFile(name, sha256, size, len(postings), self._removals)

    def _distrust(self, error: Exception) -> None:
        _log.warning("building the full-text index anew: %s", error)
        self._distrusted = self._noted
        self.forget()

    def _scratch(self) -> Path | None:
        """Return where temporary files may grow: beside the library, unless it is read-only."""
        return self._home if os.access(self._home, os.W_OK) else None


def _catch_up(
    connection: LibraryConnection, postings: Postings, removals: int, most: int | None = None
) -> bool:
    """Add the chunks that came, `most` of them, and remove those that went; say whether all."""
    before = len(postings)
    postings.add(_chunks_after(connection, postings.highest, most))
    complete = most is None or len(postings) - before < most
    postings.remove(np.unique(numbers_removed(connection, removals)))
    return complete


def _chunks_after(
    connection: LibraryConnection, highest: int, most: int | None = None
) -> Iterator[tuple[int, str, str]]:
    """Yield number, title, and text of chunks with higher numbers, ascending, `most` of them."""
    chunks = connection.execute(
        'SELECT number, document, start, "end" FROM chunks WHERE number > ? '
        "ORDER BY number LIMIT ?",
        (highest, -1 if most is None else most),
    )
    current: object = None
    title = text = ""
    for number, document, start, end in chunks:
        if document != current:
            # Chunks of one article have been numbered together.
            current = document
            title, text = _article(connection, document)
        whole = isinstance(start, int) and isinstance(end, int)
        yield number, title, text[start:end] if whole else ""


def _article(connection: LibraryConnection, number: int) -> tuple[str, str]:
    row = connection.execute(
        "SELECT title, text FROM documents WHERE number = ?", (number,)
    ).fetchone()
    # What damage has made of an article must not keep the others from being found.
    title, text = row or ("", "")
    return title if isinstance(title, str) else "", text if isinstance(text, str) else ""
