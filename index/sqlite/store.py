"""The store on one machine: one SQLite file is the truth, one FAISS file is derived from it.

Wires transactions, articles, rankings, and the vector index together; knows
neither how text is split nor how it becomes vectors.

    <home>/library.db                  articles, chunks, vectors
    <home>/vectors-<generation>.faiss  the vectors once more, ready to be searched; of a large
                                       library, vectors-<generation>.ivf.faiss
    <home>/words-<generation>.idx      the full-text index
    <home>/lock                        held while a process writes

One connection serves all threads of a process in turn, so that a store may be
shared between them. Neither numpy nor faiss is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING

from index.relational.articles import derive_anew
from index.relational.connection import get_meta
from index.relational.ranking import by_cosine, in_order, near_words, with_ties
from index.relational.rows import check_vectors, filter_clause
from index.relational.store import RelationalStore, next_generation
from index.sqlite.connection import LibraryConnection
from index.sqlite.database import LibraryState, SqliteDatabase
from index.store import Health, ScoredChunk
from index.text.tokens import question_stems, stems
from index.types import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.sqlite.vectors.keeper import VectorKeeper
    from index.sqlite.words.keeper import WordKeeper

__all__ = ["SqliteStore"]


class SqliteStore(RelationalStore):
    """Implements `index.store.Store` in a folder of one's own machine."""

    _database: SqliteDatabase

    def __init__(
        self,
        home: Path,
        *,
        fingerprint: str | None = None,
        dimension: int | None = None,
        lock_timeout_s: float = 10.0,
        busy_timeout_s: float = 30.0,
        exact_up_to: int | None = None,
        background: bool = False,
    ) -> None:
        """Open the library of a folder. An absent one reads as empty; the first write creates it.

        Args:
            home: the folder.
            fingerprint: of the embedder; None where no vector will be added or searched.
            dimension: length of the embedder's vectors; None as above.
            lock_timeout_s: how long a write waits for another process that writes.
            busy_timeout_s: how long anything waits for the moment of another's commit.
            exact_up_to: how many chunks are searched exactly; None for the default of 100,000.
            background: whether this process stays, so that a thread of it builds the index of a
                larger library. Otherwise `commit_index` does, and takes that time.

        Raises:
            MismatchError: made by another format version or another embedder.
            DamagedError: the database cannot be read.
            LibraryError: the folder cannot be used.
        """
        self._home = home
        self._exact_up_to = exact_up_to
        self._background = background
        self._admitted: tuple[LibraryState, Filter, NDArray[np.int64]] | None = None
        self._keeper: VectorKeeper | None = None
        self._word_keeper: WordKeeper | None = None
        database = SqliteDatabase(
            home, lock_timeout_s=lock_timeout_s, busy_timeout_s=busy_timeout_s
        )
        super().__init__(str(home), database, fingerprint, dimension)

    def close(self) -> None:
        """Release files and locks. Safe to call twice."""
        if self._keeper is not None:
            self._keeper.close()
        self._database.close()
        self._keeper = None
        if self._word_keeper is not None:
            self._word_keeper.forget()

    # Searching

    def search_dense(
        self, vector: NDArray[np.float32], limit: int, filter: Filter = Filter()
    ) -> list[ScoredChunk]:
        """Rank chunks by cosine; see `index.store.Store`."""
        check_vectors(vector[None], 1, self._dimension)
        keeper = self._vectors()
        with self._database.read() as connection:
            self._check_embedder(connection)
            if get_meta(connection, "dimension") is None:
                return []
            allowed = self._allowed(connection, filter)
            index = keeper.current(connection)
            candidates = index.candidates_per_hit * limit
            found = with_ties(candidates, lambda most: index.search(vector, most, allowed))
            ranked = by_cosine(connection, [number for number, _ in found], vector, limit)
        if keeper.unsaved:
            keeper.save_quietly(self._database)
        return ranked

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        """Rank chunks that share a word stem with the text, by BM25. Any text is safe."""
        sought = question_stems(text)
        if not sought or limit <= 0:
            return []
        keeper = self._words_in_step()
        with self._database.read() as connection:
            allowed = self._allowed(connection, filter)
            found = keeper.ask(connection, methodcaller("search", sought, limit, allowed))
            ranked = in_order(connection, dict(found), limit)
        if keeper.unsaved:
            keeper.save_quietly(self._database)
        return ranked

    def chunk_frequencies(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the chunks whose text holds it, after stemming.

        Of several words in one, such as "New York", the chunks that hold all; 0 for what is no
        word.
        """
        sought = [stems(word) for word in words]
        keeper = self._words_in_step()
        with self._database.read() as connection:
            return keeper.ask(
                connection, lambda postings: [postings.count(all_) for all_ in sought]
            )

    def near_words(self, word: str) -> list[str]:
        """Return the words that a letter parts from one, as articles spell them."""
        keeper = self._words_in_step()
        with self._database.read() as connection:
            ask = partial(keeper.ask, connection)
            return near_words(
                connection,
                word,
                near=lambda stem: ask(methodcaller("near", stem)),
                best=lambda stem: ask(methodcaller("search", [stem], 1, None)),
            )

    # Upkeep

    def commit_index(self, on_progress: Callable[[int, int], None] | None = None) -> None:
        """Bring the files of the indexes up to date on disk; cheap when they are.

        That of a large library is left as it is until enough of it has changed. Building it takes
        a minute or so for a million chunks, unless a thread does it in the background.

        Args:
            on_progress: called with how much of that is done, and how much there is.

        Raises:
            LibraryError: it cannot be written. The articles are stored, and searches work.
        """
        self._words().save(self._database)
        self._vectors().save(self._database, on_progress=on_progress)

    def rebuild_index(self) -> None:
        """Derive anew all that is derived: counters, and the files of both indexes."""
        if not self._database.path.exists():
            return
        with self._database.write() as connection:
            derive_anew(connection)
            self._words().discard(connection)
            next_generation(connection)
        keeper = self._vectors()
        with self._database.read() as connection:
            keeper.forget(connection)
        self.commit_index()

    def health(self) -> list[Health]:
        """Check everything that can be checked, reading all of it; damage is a result here."""
        from index.sqlite.health import check_library

        return check_library(self._database, self._vectors(), self._words())

    def _allowed(self, connection: LibraryConnection, filter: Filter) -> NDArray[np.int64] | None:
        """Return the numbers of the chunks of the articles that a filter admits, ascending.

        None stands for all of them, where the filter is empty. Those of the last filter are kept:
        a question is ranked more than once under one, and the next one often has it again. To find
        half of a million chunks takes SQLite longer than to search them. Called within a
        transaction, of which one reads at a time.
        """
        if not filter:
            return None
        state = LibraryState.of(connection)
        if self._admitted is None or self._admitted[:2] != (state, filter):
            self._admitted = state, filter, _read_admitted(connection, filter)
        return self._admitted[2]

    def _vectors(self) -> VectorKeeper:
        if self._keeper is None:
            from index.sqlite.vectors.keeper import EXACT_UP_TO, VectorKeeper

            self._keeper = VectorKeeper(
                self._home,
                exact_up_to=EXACT_UP_TO if self._exact_up_to is None else self._exact_up_to,
                background=self._background,
            )
        return self._keeper

    def _words(self) -> WordKeeper:
        if self._word_keeper is None:
            from index.sqlite.words.keeper import WordKeeper

            self._word_keeper = WordKeeper(self._home)
        return self._word_keeper

    def _words_in_step(self) -> WordKeeper:
        keeper = self._words()
        keeper.prepare(self._database)
        return keeper


def _read_admitted(connection: LibraryConnection, filter: Filter) -> NDArray[np.int64]:
    import numpy as np

    condition, values = filter_clause(filter)
    # As one text: a row of Python's for each number takes three times as long.
    (text,) = connection.execute(
        "SELECT group_concat(chunks.number) FROM documents "  # noqa: S608 - a constant
        f"JOIN chunks ON document = documents.number WHERE {condition}",
        values,
    ).fetchone()
    numbers: NDArray[np.int64] = np.fromstring(text or "", dtype=np.int64, sep=",")
    numbers.sort()
    return numbers
