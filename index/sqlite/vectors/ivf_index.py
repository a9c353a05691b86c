"""Searches a large number of unit vectors by cosine, nearly exactly; knows numbers for rows only.

An inverted file (`IndexIVFScalarQuantizer`): k-means parts the vectors into
lists, a search looks into the lists whose centres are nearest to the question,
and a list holds each vector in 8 bits a component. What is found is meant to be
scored anew with the vectors themselves. Once written it never changes: what is added or removed
since is laid over it in memory.
https://github.com/facebookresearch/faiss/wiki/Faiss-indexes#cell-probe-methods-indexivf-indexes
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.sqlite.vectors.flat_index import FlatIndex, one_thread, refusing_beyond

__all__ = ["IvfIndex", "LayeredIndex", "sample_size"]

_LISTS_PER_ROOT = 2.0
"""Lists for each square root of the rows. More of them cost more to train than they save in a
search: of a million rows on two cores, 17 s with 2 and 54 s with 4, at equal recall."""
_SAMPLES_PER_LIST = 40
_FEWEST_PER_LIST = 5
_ROUNDS = 10
_PROBES = 128
"""Lists that a search looks into: recall@50 of .995 on 57,000 chunks of real news, where 64 of
them give .986, and .998 on a million synthetic ones (bench/scale.py)."""


class IvfIndex:
    """An index over vectors of one dimension, to be trained, filled once, written, and searched."""

    def __init__(self, index: Any) -> None:
        """Use `IvfIndex.train` or `IvfIndex.open`."""
        self._index = index
        self._numbers: NDArray[np.int64] | None = None

    @classmethod
    def train(cls, sample: NDArray[np.float32], rows: int) -> IvfIndex:
        """Make an empty index whose lists suit a sample of the rows; the same one for the same.

        Args:
            sample: shape (any, dimension), `sample_size(rows)` of them or about that.
            rows: how many will be added.
        """
        import faiss

        dimension = sample.shape[1]
        lists = max(1, min(_lists(rows), len(sample) // _FEWEST_PER_LIST))
        quantizer = faiss.IndexFlatIP(dimension)
        index = faiss.IndexIVFScalarQuantizer(
            quantizer,
            dimension,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
            False,  # Codes of the vectors, not of their differences from the centre.
        )
        index.cp.niter = _ROUNDS
        index.cp.min_points_per_centroid = 1
        index.cp.max_points_per_centroid = max(1, len(sample))
        index.train(sample)
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> IvfIndex:
        """Map a file that `write` wrote. The caller has verified its bytes: faiss does not.

        Raises:
            ValueError: the file holds no such index.
            OSError: it cannot be read.
        """
        faiss = _faiss()
        flags = faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY
        try:
            with refusing_beyond(path.stat().st_size):
                index = faiss.read_index(str(path), flags)
        except RuntimeError as error:
            raise ValueError(f"no faiss index: {error}") from error
        if not (
            isinstance(index, faiss.IndexIVFScalarQuantizer)
            and isinstance(faiss.downcast_index(index.quantizer), faiss.IndexFlatIP)
            and index.metric_type == faiss.METRIC_INNER_PRODUCT
            and index.sq.qtype == faiss.ScalarQuantizer.QT_8bit
            and not index.by_residual
        ):
            raise ValueError(f"not an inverted file of 8-bit codes: {type(index).__name__}")
        lists = faiss.downcast_InvertedLists(index.invlists)
        if isinstance(lists, faiss.OnDiskInvertedLists):
            # It would start 32 threads for each search, to read pages that are in memory.
            lists.prefetch_nthread = 0
        return cls(index)

    def write(self, put: Callable[[bytes], object]) -> None:
        """Hand the index over piece by piece, in faiss's own format.

        Raises:
            OSError: what `put` raised.
        """
        faiss = _faiss()
        failures: list[OSError] = []

        def put_or_note(data: bytes) -> None:
            try:
                put(data)
            except OSError as error:
                failures.append(error)
                raise

        try:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(put_or_note, 1 << 20))
        except (OSError, RuntimeError) as error:
            # faiss may turn it into an error of its own.
            raise (failures[0] if failures else error) from None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The caller's numbers, ascending."""
        if self._numbers is None:
            parts = [self._list_numbers(part) for part in range(self._index.nlist)]
            self._numbers = np.sort(np.concatenate(parts))
        return self._numbers

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add rows of shape (len(numbers), dimension). A number must not be there yet."""
        if len(numbers):
            self._index.add_with_ids(vectors, numbers)
            self._numbers = None

    def search(
        self,
        vector: NDArray[np.float32],
        limit: int,
        admitted: NDArray[np.bool_] | None = None,
    ) -> list[tuple[int, float]]:
        """Return numbers and approximate inner products of about the nearest rows, best first.

        Rows that tie come in no particular order. As many are returned as there are, up to the
        limit, however few lists hold them.

        Args:
            vector: shape (dimension,).
            limit: the most rows to return.
            admitted: says at the place of each number whether it may be returned; those beyond
                its end may not. None admits all.
        """
        faiss = _faiss()
        share, bits = 1.0, None
        if admitted is not None:
            # faiss holds a bare pointer to the bits: this name keeps them alive.
            bits = np.packbits(admitted, bitorder="little")
            share = min(1.0, float(np.count_nonzero(admitted)) / max(1, len(self)))
        limit = min(limit, math.ceil(share * len(self)))
        if limit <= 0:
            return []
        lists = int(self._index.nlist)
        # Where few rows are admitted, as many more lists cost no more, and find what is rare.
        probes = min(lists, math.ceil(_PROBES / share))
        while True:
            selector = None if bits is None else faiss.IDSelectorBitmap(bits)
            parameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)
            with one_thread():
                scores, numbers = self._index.search(vector[np.newaxis], limit, params=parameters)
            # faiss fills up with -1 where the lists hold fewer.
            pairs = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
            found = [(number, score) for number, score in pairs if number >= 0]
            if len(found) == limit or probes == lists:
                return found
            probes = min(lists, 4 * probes)

    def rows(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint8]]]:
        """Yield the numbers and codes of list after list."""
        import faiss

        lists, width = self._index.invlists, int(self._index.code_size)
        for part in range(self._index.nlist):
            numbers = self._list_numbers(part)
            if len(numbers):
                codes = faiss.rev_swig_ptr(lists.get_codes(part), len(numbers) * width)
                yield numbers, codes.reshape(len(numbers), width).copy()

    def encode(self, vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the codes under which these vectors are kept, one row each."""
        codes: NDArray[np.uint8] = self._index.sq.compute_codes(vectors)
        return codes

    def _list_numbers(self, part: int) -> NDArray[np.int64]:
        import faiss

        size = self._index.invlists.list_size(part)
        if not size:
            return np.empty(0, dtype=np.int64)
        numbers: NDArray[np.int64] = faiss.rev_swig_ptr(
            self._index.invlists.get_ids(part), size
        ).copy()
        return numbers


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

    def __len__(self) -> int:
        return len(self._base) - len(self._gone) + len(self._tail)

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add rows of shape (len(numbers), dimension). A number must never have been there."""
        self._tail.add(numbers, vectors)

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Remove the rows of these numbers, where they are there."""
        self._tail.remove(numbers)
        # np.isin would sort all of them again, where many numbers between them are gone.
        known = self._base.numbers
        among = np.searchsorted(known, numbers, "left") < np.searchsorted(known, numbers, "right")
        gone = numbers[among]
        if len(gone):
            self._gone = np.union1d(self._gone, gone)
            self._kept = np.ones(self._base.numbers[-1] + 1, dtype=np.bool_)
            self._kept[self._gone] = False

    def search(
        self, vector: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the nearest rows as `FlatIndex.search` does; their products are approximate."""
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


def sample_size(rows: int) -> int:
    """Return how many of the rows training asks for, so that its memory stays bounded."""
    return min(rows, _SAMPLES_PER_LIST * _lists(rows))


def _lists(rows: int) -> int:
    return max(1, round(_LISTS_PER_ROOT * math.sqrt(rows)))


def _faiss() -> Any:
    # Its stubs do not know all that it has.
    import faiss

    return faiss
