"""The seam where articles are kept: what any store must offer, and nothing of how.

SQLite with FAISS implements it in `index.sqlite.store`; a database server can.
Ranking fusion, evidence, and answers live above this protocol and use only it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from index.types import Chunk, Document, Filter, Span

if TYPE_CHECKING:
    # Listing and removing articles must not pay for the import of numpy.
    import numpy as np
    from numpy.typing import NDArray

    from index.corrections import Correction

__all__ = [
    "Change",
    "Counts",
    "FileRead",
    "FileRecord",
    "Health",
    "IndexedDocument",
    "Listed",
    "Listing",
    "Order",
    "ScoredChunk",
    "Store",
]

Change = Literal["added", "copy", "updated", "unchanged"]
"""A copy is an article that is there already and is led to by one file more."""
Order = Literal["date", "title", "source", "added"]
"""Newest day first; by letters; by letters and then newest first; last added first."""


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """An article with all that is derived from it, ready to be stored in one transaction."""

    document: Document
    sentences: tuple[Span, ...]
    chunks: tuple[Chunk, ...]
    vectors: NDArray[np.float32] | None
    """Shape (len(chunks), dimension), rows of unit length; None where some wait to be made."""


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """One row of one ranking; higher is better. Cosine for dense, BM25 for lexical search."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a store knows of a file that it was given articles from."""

    path: str
    """Absolute."""
    sha256: str = ""
    """Of its bytes when it was last read to its end, in hexadecimal; empty where it never was."""
    size: int = -1
    """Bytes at that time; -1 where it never was."""
    modified: int = -1
    """When it was written then, in nanoseconds since 1970."""
    reading: str = ""
    """How it was read; another way of reading may find something else in the same bytes."""
    problem: str = ""
    """Why it, or a part of it, could not be read; one line."""
    documents: tuple[str, ...] = ()
    """Ids of the articles that were read from it."""
    folder: str | None = None
    """Where it lies below the folder that it was added with, parted by slashes, which its
    articles have as a tag; None where it was added by itself."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read to its end, to be recorded with the articles found in it."""

    record: FileRecord
    """`documents` is not looked at: the store knows which they are."""
    parts: frozenset[str] | None
    """The parts in which articles were found: articles of other parts are no longer of this file.
    None where the file could not be read: what was found in it before is kept."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which articles to list, and in which order."""

    filter: Filter = Filter()
    search: str = ""
    """Words, or parts of words, each of which title, source, or author must have."""
    order: Order = "date"
    reverse: bool = False
    """The other way round; a date or source that is not known comes last all the same."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The articles of a listing, or some of them."""

    documents: Iterator[Document]
    """In order, read as they are taken; without those that are damaged or gone by then."""
    found: int
    """How many articles the whole listing has."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds."""

    documents: int
    chunks: int
    waiting: int = 0
    """Chunks whose vectors are not made yet."""

    @property
    def vectors(self) -> int:
        """How many chunks have their vectors."""
        return self.chunks - self.waiting


@dataclass(frozen=True, slots=True)
class Health:
    """The outcome of one check, with the command that mends it when it failed."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


class Store(Protocol):
    """Keeps articles, chunks, sentence offsets, and vectors, and ranks chunks."""

    @property
    def is_shared(self) -> bool:
        """Whether other machines, which have other files, may use it too."""

    def status(self, document: Document) -> Change:
        """Say what `replace_documents` would do with it, without writing.

        Lets a caller skip the embedding of what is already there.
        """

    def replace_documents(
        self, entries: Sequence[IndexedDocument], files: Sequence[FileRead] = ()
    ) -> list[Change]:
        """Store articles, all of them or none; on return they survive a crash.

        The same content at the same path changes nothing, unless what is kept of it is
        damaged: then it is mended. New content at a path and part that is known replaces the
        article that was read from there. Then the files are recorded, and the articles that
        they no longer hold are dropped, unless another file leads to them. Chunks that come
        without vectors wait for them, and are found by words; those that wait take what comes.

        Returns:
            What became of each entry, in their order.
        """

    def waiting(self, limit: int, ids: Sequence[str] | None = None) -> list[tuple[Document, Chunk]]:
        """Return chunks that wait for their vectors, at most so many, each with its article.

        Args:
            limit: the most chunks to return.
            ids: of whole articles, whose chunks come in the order in which they were added; None
                for all that wait, the last first: whoever adds them begins at the other end.
        """

    def add_vectors(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Give chunks that wait their vectors, atomically; those that no longer do are ignored.

        Args:
            chunks: as from `waiting`.
            vectors: shape (len(chunks), dimension), rows of unit length.
        """

    def entry(self, document_id: str) -> IndexedDocument | None:
        """Return an article with all that is stored of it; None where it is gone or damaged.

        Spares the embedding of what is known already, such as a copy in another file.
        """

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the embedder that made the vectors; None where none are."""

    def delete_documents(self, ids: Sequence[str]) -> int:
        """Remove articles by full id, atomically; return how many were there.

        What is known of their files is forgotten but for the paths: whoever looks at these
        again finds the articles anew.
        """

    def correct(
        self, ids: Sequence[str], correction: Correction, *, undo: bool = False
    ) -> list[Document]:
        """Correct articles by full id, all of them or none; return what they are then.

        The id stays the same. A correction stays with an article that moves to another place,
        and with what its file says next as long as that is nearly the same.

        Args:
            ids: of the articles.
            correction: of each.
            undo: take back first all that was corrected before.

        Raises:
            NotFoundError: one of them is not there.
            DamagedError: one is not what was stored.
            QuestionError: the correction does not fit one of them.
        """

    def kin(self, document_id: str, limit: int = 10) -> list[Document]:
        """Return articles that are nearly the same as one, such as wire copy; oldest first.

        Raises:
            NotFoundError: no article has this id.
        """

    def files(self, folder: str | None = None) -> dict[str, FileRecord]:
        """Return what is known of each file by path, of all or of those at or below one."""

    def move_files(self, moves: Sequence[tuple[str, str]]) -> None:
        """Note that files have other paths now, and their articles with them, atomically.

        Of each, the path before and after. A file that nothing is known of is passed over.
        """

    def delete_files(self, paths: Sequence[str]) -> int:
        """Forget files, and each article that no file is left to; return how many articles went.

        An article that was also added without a file stays.
        """

    def documents(self, filter: Filter = Filter()) -> Iterator[Document]:
        """Yield the articles, newest publication date first, undated ones last, then by title.

        A damaged one is left out, with a warning in the log, so that it does not hide the others.
        """

    def list_documents(self, listing: Listing, limit: int | None = None, offset: int = 0) -> Listed:
        """Return the articles of a listing, reading no other than those that are taken.

        Args:
            listing: which, and in which order.
            limit: at most so many; None for all.
            offset: how many to pass over.
        """

    def document(self, id_prefix: str) -> Document:
        """Return the one article whose id begins so.

        Raises:
            NotFoundError: none does, or more than one.
            DamagedError: it is not what was stored.
        """

    def full_id(self, id_prefix: str) -> str:
        """Return the id of the one article whose id begins so, whether it is whole or damaged.

        What it takes to remove one that `document` cannot read.

        Raises:
            NotFoundError: none does, or more than one.
        """

    def sentences(self, document_id: str) -> tuple[Span, ...]:
        """Return the sentence offsets of an article, in order.

        Raises:
            NotFoundError: no article has this id, perhaps because another process has removed
                it since a search found it.
        """

    def search_dense(
        self, vector: NDArray[np.float32], limit: int, filter: Filter = Filter()
    ) -> list[ScoredChunk]:
        """Rank chunks by cosine; a list shorter than the limit holds all that match.

        Every cosine is exact. Of a library too large to look at each chunk, about one in a
        hundred of the best ones may be missing.

        Raises:
            ValueError: the vector is not finite float32 of shape (dimension,) and unit length.
        """

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        """Rank chunks that share a word stem with the text, by BM25. Any text is safe."""

    def chunk_frequencies(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the chunks that hold it (after the store's stemming)."""

    def near_words(self, word: str) -> list[str]:
        """Return the words that a letter parts from one, as articles spell them, commonest first.

        After the store's stemming; those that begin with another letter are left out.
        """

    def counts(self) -> Counts:
        """Count articles and chunks, in time that does not grow with them."""

    def state(self) -> str:
        """Return what is another after each change of the library, by whichever process."""

    def count_undated(self, filter: Filter = Filter()) -> int:
        """Count the undated articles that only the date bounds of a filter leave out."""

    def languages(self, filter: Filter = Filter()) -> dict[str, int]:
        """Count the articles that a filter admits by language tag; the empty string: unknown."""

    def count_unread(self) -> int:
        """Count the files that could not be read, or of which a part could not be."""

    def sources(self) -> dict[str, int]:
        """Count articles by source; the empty string stands for unknown."""

    def authors(self) -> dict[str, int]:
        """Count articles by author, as they name him; the empty string stands for unknown."""

    def tags(self) -> dict[str, int]:
        """Count articles by tag, and by what tags lie below."""

    def days(self, filter: Filter = Filter()) -> dict[date, int]:
        """Count the dated articles that a filter admits by their day of publication."""

    def commit_index(self, on_progress: Callable[[int, int], None] | None = None) -> None:
        """Bring derived files (the indexes) up to date on disk; cheap when they are.

        Args:
            on_progress: told how much is done, and of how much, where it takes long.
        """

    def rebuild_index(self) -> None:
        """Derive anew all that is derived from articles and vectors."""

    def health(self) -> list[Health]:
        """Check everything that can be checked, reading all of it."""

    def close(self) -> None:
        """Release files and locks. Safe to call twice."""
