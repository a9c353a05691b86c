"""A store in the tables of a database: all of the protocol but the rankings and their upkeep.

Wires transactions, articles, and files together. SQLite and PostgreSQL add how they rank.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from index.corrections import Correction, as_stated, corrected
from index.errors import MismatchError
from index.relational import articles, catalog
from index.relational.connection import Connection, Database, get_meta, get_number, set_meta
from index.relational.corrections import put_correction
from index.relational.files import expect_again, forget_files, is_known, move_file, record_file
from index.relational.reads import RelationalReads
from index.relational.rows import check_entry, check_vectors
from index.store import Change, FileRead, IndexedDocument
from index.types import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RelationalStore", "next_generation"]

_Self = TypeVar("_Self", bound="RelationalStore")


class RelationalStore(RelationalReads):
    """The part of `index.store.Store` that every database does alike; what it does is told there.

    Every method raises LibraryError, or its subclass that names the fault, when
    the library cannot be used, and ValueError once the store was closed.
    """

    _elsewhere = "--home"
    """The option that names another library."""
    is_shared = False

    def __init__(
        self, name: str, database: Database, fingerprint: str | None, dimension: int | None
    ) -> None:
        """Take a database; close it again where it cannot be read or has another embedder.

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
        try:
            with database.read() as connection:
                self._check_embedder(connection)
        except BaseException:
            self.close()
            raise

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release files, connections, and locks. Safe to call twice."""
        self._database.close()

    # Adding and removing

    def status(self, document: Document) -> Change:
        """Say what `replace_documents` would do with it, without writing."""
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
        """Correct articles by full id, in one transaction; return what they are then."""
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

    def move_files(self, moves: Sequence[tuple[str, str]]) -> None:
        """Note that files have other paths now, and their articles with them."""
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
