"""Searches a large index that is on disk together with what has changed since it was written.

The base never changes: rows added since are in a small exact index in memory,
and rows removed since are skipped. Knows numbers for rows, and nothing of
their meaning.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.sqlite.vectors.flat_index import FlatIndex
from index.sqlite.vectors.ivf_index import IvfIndex

__all__ = ["LayeredIndex"]


class LayeredIndex:
    """A base with its changes. Used as a `FlatIndex` is; not safe to change while it is searched.

    Scores of rows in the base are approximate, so that a caller asks for `candidates_per_hit`
    times the rows that it wants, and scores them anew.
    """

    candidates_per_hit = 4
    """The 8-bit codes misplace few rows by so much: with 4, none of the recall that is lost to
    lists not looked into is lost to them as well (bench/scale.py)."""

    def __init__(self, base: IvfIndex) -> None:
        """Begin with no changes."""
        self._base = base
        self._tail = FlatIndex(base.dimension)
        self._gone = np.empty(0, dtype=np.int64)
        self._kept: NDArray[np.bool_] | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._base.dimension

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The caller's numbers, in no particular order."""
        kept = np.setdiff1d(self._base.numbers, self._gone, assume_unique=True)
        return np.concatenate([kept, self._tail.numbers])

    def __len__(self) -> int:
        return len(self._base) - len(self._gone) + len(self._tail)

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add rows of shape (len(numbers), dimension). A number must never have been there."""
        self._tail.add(numbers, vectors)

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Remove the rows of these numbers, where they are there."""
        self._tail.remove(numbers)
        gone = numbers[_among(self._base.numbers, numbers)]
        if len(gone):
            self._gone = np.union1d(self._gone, gone)
            self._kept = np.ones(self._base.numbers[-1] + 1, dtype=np.bool_)
            self._kept[self._gone] = False

    def search(
        self, vector: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the numbers and approximate inner products of the nearest rows, best first.

        Rows that tie come in no particular order.

        Args:
            vector: shape (dimension,).
            limit: the most rows to return; fewer where there are fewer.
            allowed: numbers that may be returned; None for all.
        """
        admitted = self._kept
        if allowed is not None:
            size = int(self._base.numbers[-1]) + 1 if len(self._base) else 0
            admitted = np.zeros(size, dtype=np.bool_)
            admitted[allowed[allowed < size]] = True
            if self._kept is not None:
                admitted &= self._kept
        found = self._base.search(vector, limit, admitted)
        found += self._tail.search(vector, limit, allowed)
        found.sort(key=lambda pair: -pair[1])
        return found[:limit]


def _among(ascending: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(ascending, numbers), max(0, len(ascending) - 1))
    among: NDArray[np.bool_] = (
        ascending[places] == numbers if len(ascending) else np.zeros(len(numbers), dtype=np.bool_)
    )
    return among
