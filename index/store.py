"""The seam where articles are kept: what any store must offer, and nothing of how.

SQLite with FAISS implements it in `index.sqlite.store`; a database server can.
Ranking fusion, evidence, and answers live above this protocol and use only it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from index.types import Chunk, Document, Filter, Span

if TYPE_CHECKING:
    # Listing and removing articles must not pay for the import of numpy.
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Change", "Counts", "Health", "IndexedDocument", "ScoredChunk", "Store"]

Change = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """An article with all that is derived from it, ready to be stored in one transaction."""

    document: Document
    sentences: tuple[Span, ...]
    chunks: tuple[Chunk, ...]
    vectors: NDArray[np.float32]
    """Shape (len(chunks), dimension), rows of unit length."""


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """One row of one ranking; higher is better. Cosine for dense, BM25 for lexical search."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Health:
    """The outcome of one check, with the command that mends it when it failed."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


class Store(Protocol):
    """Keeps articles, chunks, sentence offsets, and vectors, and ranks chunks."""

    def status(self, document: Document) -> Change:
        """Say what `replace_document` would do with it, without writing.

        Lets a caller skip the embedding of what is already there.
        """

    def replace_document(self, entry: IndexedDocument) -> Change:
        """Store an article atomically; on return it survives a crash.

        The same content at the same path changes nothing, unless what is kept of it is
        damaged: then it is mended. New content at a path that is known replaces the article
        that was read from there.
        """

    def delete_documents(self, ids: Sequence[str]) -> int:
        """Remove articles by full id, atomically; return how many were there."""

    def paths(self) -> dict[str, str]:
        """Return the id of the article read from each path; several paths may share one."""

    def delete_paths(self, paths: Sequence[str]) -> int:
        """Forget paths, and each article that no path is left to; return how many articles went.

        An article that was also added without a path stays.
        """

    def documents(self, filter: Filter = Filter()) -> Iterator[Document]:
        """Yield the articles, newest publication date first, undated ones last, then by title.

        A damaged one is left out, with a warning in the log, so that it does not hide the others.
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
        """Rank chunks by cosine with a unit vector of shape (dimension,)."""

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        """Rank chunks that share a word stem with the text, by BM25. Any text is safe."""

    def chunk_frequencies(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the chunks that hold it (after the store's stemming)."""

    def counts(self) -> Counts:
        """Count articles and chunks, in time that does not grow with them."""

    def count_undated(self, filter: Filter = Filter()) -> int:
        """Count the undated articles of the filter's sources, which its date bounds leave out."""

    def sources(self) -> dict[str, int]:
        """Count articles by source; the empty string stands for unknown."""

    def days(self, filter: Filter = Filter()) -> dict[date, int]:
        """Count the dated articles that a filter admits by their day of publication."""

    def commit_index(self) -> None:
        """Bring derived files (the vector index) up to date on disk; cheap when they are."""

    def health(self) -> list[Health]:
        """Check everything that can be checked, reading all of it."""

    def close(self) -> None:
        """Release files and locks. Safe to call twice."""
