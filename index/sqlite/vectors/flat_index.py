"""Searches unit vectors by cosine, exactly; knows numbers for rows, and nothing of their meaning.

A flat inner-product index (`IndexFlatIP`) under an `IndexIDMap`, which keeps
the caller's number beside each row, so that the file is whole in itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FlatIndex", "one_thread", "refusing_beyond"]


class FlatIndex:
    """An exact index over vectors of one dimension. Not safe to change while it is searched."""

    candidates_per_hit = 1
    """How many rows to ask for where one is wanted, to have the best ones among them."""

    def __init__(self, dimension: int) -> None:
        """Make an empty index. The first one in a process pays for the import of faiss."""
        import faiss

        self._index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))

    @classmethod
    def from_bytes(cls, data: bytes) -> FlatIndex:
        """Read what `write` wrote. The caller has verified the bytes: faiss does not.

        Raises:
            ValueError: the bytes hold no such index.
        """
        import faiss

        try:
            with refusing_beyond(len(data)):
                index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as error:
            raise ValueError(f"no faiss index: {error}") from error
        if not (isinstance(index, faiss.IndexIDMap) and _is_flat(index.index)):
            raise ValueError(f"not a flat index with numbers: {type(index).__name__}")
        made = cls(index.d)
        made._index = index
        return made

    def write(self, put: Callable[[bytes], object]) -> None:
        """Hand the index over in faiss's own format.

        Raises:
            OSError: what `put` raised.
        """
        import faiss

        put(bytes(faiss.serialize_index(self._index)))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The caller's numbers, in the order of the rows."""
        import faiss

        array: NDArray[np.int64] = faiss.vector_to_array(self._index.id_map)
        return array

    @property
    def vectors(self) -> NDArray[np.float32]:
        """A copy of the rows, of shape (rows, dimension)."""
        flat: NDArray[np.float32] = self._index.index.reconstruct_n(0, len(self))
        return flat

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add rows of shape (len(numbers), dimension). A number must not be there yet."""
        if len(numbers):
            self._index.add_with_ids(vectors, numbers)

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Remove the rows of these numbers, where they are there."""
        if len(numbers):
            self._index.remove_ids(numbers)

    def search(
        self, vector: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the numbers and inner products of the nearest rows, best first.

        Rows that tie come in no particular order.

        Args:
            vector: shape (dimension,).
            limit: the most rows to return; fewer where there are fewer.
            allowed: numbers that may be returned; None for all.
        """
        import faiss

        limit = min(limit, len(self), len(self) if allowed is None else len(allowed))
        if limit <= 0:
            return []
        parameters = None
        if allowed is not None:
            # faiss holds a bare pointer to the selector: this name keeps it alive.
            selector = faiss.IDSelectorBatch(allowed)
            parameters = faiss.SearchParameters()
            parameters.sel = selector
        with one_thread():
            scores, numbers = self._index.search(vector[np.newaxis], limit, params=parameters)
        # faiss fills up with -1 where an allowed number is not there.
        found = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return [(number, score) for number, score in found if number >= 0]


@contextmanager
def one_thread() -> Iterator[None]:
    """Have faiss work in the calling thread alone.

    One query fits one thread: on a busy machine, waiting for a team of them takes longer than the
    search itself.
    """
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


@contextmanager
def refusing_beyond(size: int) -> Iterator[None]:
    """Have faiss refuse to make room for more bytes than the file has that it reads.

    Does nothing with versions of faiss that have no such limit.
    """
    import faiss

    if not hasattr(faiss, "set_deserialization_vector_byte_limit"):
        yield
        return
    before = faiss.get_deserialization_vector_byte_limit()
    faiss.set_deserialization_vector_byte_limit(size)
    try:
        yield
    finally:
        faiss.set_deserialization_vector_byte_limit(before)


def _is_flat(index: Any) -> bool:
    import faiss

    return isinstance(faiss.downcast_index(index), faiss.IndexFlatIP)
