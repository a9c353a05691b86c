"""A store in the tables of a database: all of the protocol but the rankings and their upkeep.

Wires transactions, articles, and files together. SQLite and PostgreSQL add how they rank.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from index.corrections import Correction, as_stated, corrected
from index.errors import MismatchError
from index.relational import articles, catalog
from index.relational.catalog import listed_numbers, stored_entry
from index.relational.connection import Connection, Database, get_meta, get_number, set_meta
from index.relational.corrections import put_correction
from index.relational.files import (
    expect_again,
    forget_files,
    is_known,
    known_files,
    move_file,
    record_file,
    unread_files,
)
from index.relational.rows import check_entry, check_vectors
from index.store import (
    Change,
    Counts,
    FileRead,
    FileRecord,
    IndexedDocument,
    Listed,
    Listing,
)
from index.types import Chunk, Document, Filter, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RelationalStore", "next_generation"]

_ARTICLES_AT_ONCE = 64
_Self = TypeVar("_Self", bound="RelationalStore")


class RelationalStore:
    """The part of `index.store.Store` that every database does alike.

    Every method raises LibraryError, or its subclass that names the fault, when
    the library cannot be used, and ValueError once the store was closed.
    """

    _elsewhere = "--home"
    """The option that names another library."""

    def __init__(
        self, name: str, database: Database, fingerprint: str | None, dimension: int | None
    ) -> None:
        """Use `open` of the stores themselves.

        Args:
            name: of the library, as messages have it.
            database: where it is.
            fingerprint: of the embedder; None where no vector will be added or searched.
            dimension: length of the embedder's vectors; None as above.
        """
        self._name = name
        self._database = database
        self._fingerprint = fingerprint
        self._dimension = dimension

    def _opened(self: _Self) -> _Self:
        """Return the store, closed again where it cannot be read or has another embedder."""
        try:
            with self._database.read() as connection:
                self._check_embedder(connection)
        except BaseException:
            self.close()
            raise
        return self

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release files, connections, and locks. Safe to call twice."""
        self._database.close()

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
        if entries:
            self._check_ready()
        for entry in entries:
            check_entry(entry, self._dimension)
        unchanged = all(self.status(entry.document) == "unchanged" for entry in entries)
        if unchanged and not files and not self.counts().waiting:
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
            # Only an article that is there already has chunks that wait.
            known = zip(entries, changes, strict=True)
            late = [entry for entry, change in known if change in ("unchanged", "copy")]
            given = [_add_late(connection, entry.chunks, entry.vectors) for entry in late]
            if any(recorded) or any(given) or any(change != "unchanged" for change in changes):
                next_generation(connection)
        return changes

    def waiting(self, limit: int, ids: Sequence[str] | None = None) -> list[tuple[Document, Chunk]]:
        """Return chunks that wait for their vectors, at most so many, each with its article.

        Those of whole articles by id, in the order in which they were added; or of all, the last
        first. Damaged articles are left out.
        """
        with self._database.read() as connection:
            return catalog.read_waiting(connection, limit, ids)

    def add_vectors(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Give chunks that wait their vectors, in one transaction; others are ignored.

        Raises:
            ValueError: the vectors are not what the store holds.
        """
        self._check_ready()
        check_vectors(vectors, len(chunks), self._dimension)
        with self._database.write() as connection:
            self._check_embedder(connection)
            if _add_late(connection, chunks, vectors):
                next_generation(connection)

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
            next_generation(connection)
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
                next_generation(connection)
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
                    next_generation(connection)

    def delete_files(self, paths: Sequence[str]) -> int:
        """Forget files, and each article that no file is left to; return how many articles went."""
        if not paths:
            return 0
        with self._database.read() as connection:
            if not any(is_known(connection, path) for path in paths):
                return 0
        with self._database.write() as connection:
            gone = forget_files(connection, paths)
            next_generation(connection)
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
            return catalog.count_by(connection, "language", filter)

    def count_unread(self) -> int:
        """Count the files that could not be read, or of which a part could not be."""
        with self._database.read() as connection:
            return len(unread_files(connection))

    def sources(self) -> dict[str, int]:
        """Count articles by source; the empty string stands for unknown."""
        with self._database.read() as connection:
            return catalog.count_by(connection, "source", Filter())

    def authors(self) -> dict[str, int]:
        """Count articles by author, as they name him; the empty string stands for unknown."""
        with self._database.read() as connection:
            return catalog.count_by(connection, "author", Filter())

    def tags(self) -> dict[str, int]:
        """Count articles by tag, and by what tags lie below."""
        with self._database.read() as connection:
            return catalog.count_by_tag(connection)

    def days(self, filter: Filter = Filter()) -> dict[date, int]:
        """Count the dated articles that a filter admits by their day of publication."""
        with self._database.read() as connection:
            return catalog.count_by_day(connection, filter)

    def _check_ready(self) -> None:
        if self._fingerprint is None or self._dimension is None:
            raise ValueError("open the store with a fingerprint and a dimension to add to it")

    def _check_embedder(self, connection: Connection) -> None:
        made_with = get_meta(connection, "fingerprint")
        if self._fingerprint is not None and made_with not in (None, self._fingerprint):
            raise MismatchError(
                f"{self._name} was made with the embedder {made_with}, not {self._fingerprint}: "
                f"use that one, or add the articles to another library with {self._elsewhere}"
            )


def _add_late(
    connection: Connection, chunks: Sequence[Chunk], vectors: NDArray[np.float32] | None
) -> bool:
    """Give those of the chunks that wait their vectors; say whether any did."""
    # By content, not by number: the library may be another since.
    found = {} if vectors is None else catalog.still_waiting(connection, chunks)
    if vectors is None or not found:
        return False
    connection.add_vectors(list(found), vectors[list(found.values())])
    return True


def next_generation(connection: Connection) -> None:
    """Note that the library is another from now on."""
    set_meta(connection, "generation", str(get_number(connection, "generation") + 1))
    set_meta(connection, "token", uuid.uuid4().hex)
