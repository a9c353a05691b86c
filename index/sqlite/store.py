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

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from index.corrections import Correction, as_stated, corrected
from index.errors import MismatchError
from index.sqlite import articles, catalog
from index.sqlite.admitted import AdmittedChunks
from index.sqlite.catalog import listed_numbers, stored_entry
from index.sqlite.corrections import put_correction
from index.sqlite.database import Database, get_meta, get_number, set_meta
from index.sqlite.files import (
    expect_again,
    forget_files,
    is_known,
    known_files,
    move_file,
    record_file,
    unread_files,
)
from index.sqlite.rows import check_entry, check_vectors
from index.sqlite.search import count_chunks, near_words, rank_dense, rank_lexical
from index.store import (
    Change,
    Counts,
    FileRead,
    FileRecord,
    Health,
    IndexedDocument,
    Listed,
    Listing,
    ScoredChunk,
)
from index.types import Document, Filter, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.sqlite.vectors.keeper import VectorKeeper
    from index.sqlite.words.keeper import WordKeeper

__all__ = ["SqliteStore"]

_ARTICLES_AT_ONCE = 64


class SqliteStore:
    """Implements `index.store.Store` in a folder of one's own machine.

    Every method raises LibraryError, or its subclass that names the fault, when
    the folder cannot be used, and ValueError once the store was closed.
    """

    def __init__(
        self,
        home: Path,
        database: Database,
        fingerprint: str | None,
        dimension: int | None,
        *,
        exact_up_to: int | None,
        background: bool,
    ) -> None:
        """Use `SqliteStore.open`."""
        self._home = home
        self._database = database
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._exact_up_to = exact_up_to
        self._background = background
        self._admitted = AdmittedChunks()
        self._keeper: VectorKeeper | None = None
        self._word_keeper: WordKeeper | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        fingerprint: str | None = None,
        dimension: int | None = None,
        lock_timeout_s: float = 10.0,
        busy_timeout_s: float = 30.0,
        exact_up_to: int | None = None,
        background: bool = False,
    ) -> SqliteStore:
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
        database = Database(home, lock_timeout_s=lock_timeout_s, busy_timeout_s=busy_timeout_s)
        store = cls(
            home,
            database,
            fingerprint,
            dimension,
            exact_up_to=exact_up_to,
            background=background,
        )
        try:
            with database.read() as connection:
                store._check_embedder(connection)
        except BaseException:
            store.close()
            raise
        return store

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release files and locks. Safe to call twice."""
        if self._keeper is not None:
            self._keeper.close()
        self._database.close()
        self._keeper = None
        if self._word_keeper is not None:
            self._word_keeper.forget()

    # Adding and removing

    def status(self, document: Document) -> Change:
        """Say what `replace_documents` would do with it, without writing.

        Known content at a new place is a copy: the place is news.
        """
        with self._database.read() as connection:
            return articles.plan(connection, document)[0]

    def replace_documents(
        self, entries: Sequence[IndexedDocument], files: Sequence[FileRead] = ()
    ) -> list[Change]:
        """Store articles in one transaction; on return they survive a crash and a power cut.

        Raises:
            ValueError: the parts of an entry do not belong together.
        """
        if entries and (self._fingerprint is None or self._dimension is None):
            raise ValueError("open the store with a fingerprint and a dimension to add to it")
        for entry in entries:
            check_entry(entry, self._dimension)
        if not files and all(self.status(entry.document) == "unchanged" for entry in entries):
            return ["unchanged" for _ in entries]
        with self._database.write() as connection:
            self._check_embedder(connection)
            if entries:
                set_meta(connection, "fingerprint", str(self._fingerprint))
                set_meta(connection, "dimension", str(self._dimension))
            replaced: dict[int, list[int]] = {}
            changes = [articles.put_article(connection, entry, replaced) for entry in entries]
            articles.settle_replaced(connection, replaced)
            recorded = [record_file(connection, file) for file in files]
            if any(recorded) or any(change != "unchanged" for change in changes):
                _next_generation(connection)
        return changes

    def entry(self, document_id: str) -> IndexedDocument | None:
        """Return an article with all that is stored of it; None where it is gone or damaged."""
        with self._database.read() as connection:
            return stored_entry(connection, document_id, get_number(connection, "dimension"))

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the embedder that made the vectors; None where none are."""
        with self._database.read() as connection:
            return get_meta(connection, "fingerprint")

    def delete_documents(self, ids: Sequence[str]) -> int:
        """Remove articles by full id, atomically; return how many were there."""
        with self._database.read() as connection:
            if not catalog.numbers_of(connection, ids):
                return 0
        with self._database.write() as connection:
            numbers = catalog.numbers_of(connection, ids)
            for number in numbers:
                expect_again(connection, number)
                articles.delete_article(connection, number)
            _next_generation(connection)
        return len(numbers)

    def correct(
        self, ids: Sequence[str], correction: Correction, *, undo: bool = False
    ) -> list[Document]:
        """Correct articles by full id, in one transaction; return what they are then.

        Raises:
            NotFoundError: one of them is not there.
            DamagedError: one is not what was stored.
            QuestionError: the correction does not fit one of them. Nothing is corrected.
        """
        with self._database.write() as connection:
            done: list[Document] = []
            changed = False
            for id_ in dict.fromkeys(ids):
                number, _ = catalog.find_article(connection, id_)
                before = catalog.read_article(connection, number)
                assert before is not None  # noqa: S101 - seen in the same transaction
                after = corrected(as_stated(before) if undo else before, correction)
                if after != before:
                    put_correction(connection, number, after)
                    changed = True
                done.append(after)
            if changed:
                _next_generation(connection)
        return done

    def kin(self, document_id: str, limit: int = 10) -> list[Document]:
        """Return articles that are nearly the same as one, such as wire copy; oldest first.

        Raises:
            NotFoundError: no article has this id.
        """
        with self._database.read() as connection:
            return catalog.read_kin(connection, document_id, limit)

    def files(self, folder: str | None = None) -> dict[str, FileRecord]:
        """Return what is known of each file by path, of all or of those below a folder."""
        with self._database.read() as connection:
            return known_files(connection, folder)

    def move_files(self, moves: Sequence[tuple[str, str]]) -> None:
        """Note that files have other paths now, and their articles with them.

        Of each, the path before and after. A file that nothing is known of is passed over.
        """
        if moves:
            with self._database.write() as connection:
                moved = [move_file(connection, before, after) for before, after in moves]
                if any(moved):
                    _next_generation(connection)

    def delete_files(self, paths: Sequence[str]) -> int:
        """Forget files, and each article that no file is left to; return how many articles went."""
        if not paths:
            return 0
        with self._database.read() as connection:
            if not any(is_known(connection, path) for path in paths):
                return 0
        with self._database.write() as connection:
            gone = forget_files(connection, paths)
            _next_generation(connection)
        return gone

    # Reading

    def documents(self, filter: Filter = Filter()) -> Iterator[Document]:
        """Yield the articles, newest publication date first, undated ones last, then by title.

        Articles that are removed meanwhile, or damaged, are left out; nobody waits for a slow
        reader.
        """
        return self.list_documents(Listing(filter)).documents

    def list_documents(self, listing: Listing, limit: int | None = None, offset: int = 0) -> Listed:
        """Return the articles of a listing, at most `limit`, from an offset on."""
        with self._database.read() as connection:
            numbers = listed_numbers(connection, listing)
        page = numbers[offset:] if limit is None else numbers[offset : offset + limit]
        return Listed(self._read_in_turn(page), len(numbers))

    def _read_in_turn(self, numbers: Sequence[int]) -> Iterator[Document]:
        """Yield articles by number, without those that are gone or damaged."""
        for start in range(0, len(numbers), _ARTICLES_AT_ONCE):
            with self._database.read() as connection:
                part = numbers[start : start + _ARTICLES_AT_ONCE]
                some = catalog.read_whole_articles(connection, part)
            yield from some

    def document(self, id_prefix: str) -> Document:
        """Return the one article whose id begins so.

        Raises:
            NotFoundError: none does, or more than one.
            DamagedError: it is not what was stored.
        """
        with self._database.read() as connection:
            number, _ = catalog.find_article(connection, id_prefix)
            found = catalog.read_article(connection, number)
        assert found is not None  # noqa: S101 - seen in the same transaction
        return found

    def full_id(self, id_prefix: str) -> str:
        """Return the id of the one article whose id begins so, whether it is whole or damaged.

        Raises:
            NotFoundError: none does, or more than one.
        """
        with self._database.read() as connection:
            return catalog.find_article(connection, id_prefix)[1]

    def sentences(self, document_id: str) -> tuple[Span, ...]:
        """Return the sentence offsets of an article, in order.

        Raises:
            NotFoundError: no article has this id.
        """
        with self._database.read() as connection:
            return catalog.read_sentences(connection, document_id)

    def counts(self) -> Counts:
        """Count articles and chunks."""
        with self._database.read() as connection:
            return catalog.count_all(connection)

    def state(self) -> str:
        """Return what is another after each change of the library, by whichever process."""
        with self._database.read() as connection:
            return get_meta(connection, "token") or ""

    def count_undated(self, filter: Filter = Filter()) -> int:
        """Count the undated articles that only the date bounds of a filter leave out."""
        with self._database.read() as connection:
            return catalog.count_undated(connection, filter)

    def languages(self, filter: Filter = Filter()) -> dict[str, int]:
        """Count the articles that a filter admits by language tag; the empty string: unknown."""
        with self._database.read() as connection:
            return catalog.count_by_language(connection, filter)

    def count_unread(self) -> int:
        """Count the files that could not be read, or of which a part could not be."""
        with self._database.read() as connection:
            return len(unread_files(connection))

    def sources(self) -> dict[str, int]:
        """Count articles by source; the empty string stands for unknown."""
        with self._database.read() as connection:
            return catalog.count_by_source(connection)

    def tags(self) -> dict[str, int]:
        """Count articles by tag, and by what tags lie below."""
        with self._database.read() as connection:
            return catalog.count_by_tag(connection)

    def days(self, filter: Filter = Filter()) -> dict[date, int]:
        """Count the dated articles that a filter admits by their day of publication."""
        with self._database.read() as connection:
            return catalog.count_by_day(connection, filter)

    # Searching

    def search_dense(
        self, vector: NDArray[np.float32], limit: int, filter: Filter = Filter()
    ) -> list[ScoredChunk]:
        """Rank chunks by cosine; a list shorter than the limit holds all that match.

        Every cosine is exact. Of a library too large to look at each chunk, about one in a
        hundred of the best ones may be missing.

        Raises:
            ValueError: the vector is not finite float32 of shape (dimension,) and unit length.
        """
        check_vectors(vector[None], 1, self._dimension)
        keeper = self._vectors()
        with self._database.read() as connection:
            self._check_embedder(connection)
            if get_meta(connection, "dimension") is None:
                return []
            allowed = self._admitted.numbers(connection, filter)
            ranked = rank_dense(connection, keeper.current(connection), vector, limit, allowed)
        if keeper.unsaved:
            keeper.save_quietly(self._database)
        return ranked

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        """Rank chunks that share a word stem with the text, by BM25. Any text is safe."""
        keeper = self._words()
        with self._database.read() as connection:
            allowed = self._admitted.numbers(connection, filter)
            ranked = rank_lexical(connection, keeper, text, limit, allowed)
        if keeper.unsaved:
            keeper.save_quietly(self._database)
        return ranked

    def chunk_frequencies(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the chunks whose text holds it, after stemming."""
        with self._database.read() as connection:
            return count_chunks(connection, self._words(), words)

    def near_words(self, word: str) -> list[str]:
        """Return the words that a letter parts from one, as articles spell them."""
        with self._database.read() as connection:
            return near_words(connection, self._words(), word)

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
            _recount(connection)
            articles.note_names(connection)
            self._words().discard(connection)
            _next_generation(connection)
        keeper = self._vectors()
        with self._database.read() as connection:
            keeper.forget(connection)
        self.commit_index()

    def health(self) -> list[Health]:
        """Check everything that can be checked, reading all of it; damage is a result here."""
        from index.sqlite.health import check_library

        return check_library(self._database, self._vectors(), self._words())

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

    def _check_embedder(self, connection: sqlite3.Connection) -> None:
        made_with = get_meta(connection, "fingerprint")
        if self._fingerprint is not None and made_with not in (None, self._fingerprint):
            raise MismatchError(
                f"{self._home} was made with the embedder {made_with}, not {self._fingerprint}: "
                "use that one, or add the articles to another library with --home"
            )


def _next_generation(connection: sqlite3.Connection) -> None:
    set_meta(connection, "generation", str(get_number(connection, "generation") + 1))
    set_meta(connection, "token", uuid.uuid4().hex)


def _recount(connection: sqlite3.Connection) -> None:
    for table in ("documents", "chunks"):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        set_meta(connection, table, str(count))
