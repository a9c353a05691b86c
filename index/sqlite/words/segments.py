"""Inverted lists over a run of chunks, in memory or in a file; ranks nothing.

A segment knows, for each stem, which of its chunks hold it and how often. Its
chunks are rows, numbered from 0 in the order of the chunks' own numbers. The
same chunks make the same file, byte for byte, whatever the segments were that
it was merged from.
"""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.sqlite.words.blocks import BlockError, BlockReader, BlockWriter
from index.text.bm25 import Rows, StemCounts, count_stems

__all__ = ["FileSegment", "GrowingSegment", "Segment", "write_segments"]

_FORMAT = 1
"""Raised with every change to the file or to how text becomes stems: older files are built anew."""

_AT_ONCE = 1 << 21
"""Postings that are merged at a time, which takes about 100 MB."""

_TYPES = {
    "rows": "<i4",
    "counts": "<u2",
    "starts": "<i8",
    "places": "<i8",
    "numbers": "<i8",
    "lengths": "<i4",
    "stems": "u1",
}
"""Arrays of a file. The list of stem i, in byte order of UTF-8, is at `starts[i]:starts[i + 1]` of
`rows` and `counts`; the stem, at `places[i]:places[i + 1]` of `stems`, ends in a line break."""


class GrowingSegment:
    """Chunks in memory, to which more are added."""

    def __init__(self) -> None:
        """Make an empty one."""
        self._numbers = array("q")
        self._lengths = array("i")
        self._lists: dict[str, tuple[array[int], array[int]]] = {}
        self._joined: tuple[Rows, StemCounts] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The chunks' own numbers, ascending."""
        return np.array(self._numbers, dtype=np.int64)

    @property
    def lengths(self) -> NDArray[np.int32]:
        """How many words each chunk has, with those of its title."""
        return np.array(self._lengths, dtype=np.int32)

    def add(self, number: int, title: str, text: str) -> None:
        """Add a chunk, whose number is higher than all before."""
        self._joined = None
        row = len(self._numbers)
        counts, length = count_stems(title, text)
        self._numbers.append(number)
        self._lengths.append(length)
        lists = self._lists
        for stem, count in counts.items():
            found = lists.get(stem)
            if found is None:
                found = lists[stem] = array("i"), array("H")
            found[0].append(row)
            found[1].append(count)

    def find(self, stem: str) -> tuple[Rows, StemCounts]:
        """Return the rows that hold a stem, ascending, and how often each does."""
        rows, counts = self._lists.get(stem, ((), ()))
        return np.array(rows, dtype=np.int32), np.array(counts, dtype=np.uint16)

    def stems(self) -> list[bytes]:
        """Return all stems as UTF-8, sorted."""
        # Code points sort as their UTF-8 does.
        return [stem.encode() for stem in sorted(self._lists)]

    def starts(self) -> NDArray[np.int64]:
        """Return where the list of each stem begins, and where the last one ends."""
        lengths = (len(self._lists[stem][0]) for stem in sorted(self._lists))
        return np.array([*accumulate(lengths, initial=0)], dtype=np.int64)

    def postings(self, first: int, last: int) -> tuple[Rows, StemCounts]:
        """Return a stretch of the lists of all stems, joined in their order."""
        if self._joined is None:
            lists = [self._lists[stem] for stem in sorted(self._lists)]
            self._joined = (
                np.frombuffer(b"".join(rows for rows, _ in lists), dtype=np.int32),
                np.frombuffer(b"".join(counts for _, counts in lists), dtype=np.uint16),
            )
        rows, counts = self._joined
        return rows[first:last], counts[first:last]


class FileSegment:
    """Chunks in a file that `write_segments` wrote, read as far as they are asked for."""

    def __init__(self, file: BinaryIO, sha256: str) -> None:
        """Open it. Every method raises BlockError where the file is damaged, and OSError.

        Raises:
            BlockError: it is damaged, or of another format.
            OSError: it cannot be read.
        """
        self._reader = BlockReader(file, sha256)
        directory = json.loads(self._reader.directory)
        if directory["format"] != _FORMAT:
            raise BlockError(f"it has format {directory['format']}, not {_FORMAT}")
        self._arrays: dict[str, tuple[int, int]] = {
            name: (start, length) for name, (start, length) in directory["arrays"].items()
        }
        self.numbers: NDArray[np.int64] = self._read("numbers")
        self.lengths: NDArray[np.int32] = self._read("lengths")

    def find(self, stem: str) -> tuple[Rows, StemCounts]:
        """Return the rows that hold a stem, ascending, and how often each does."""
        sought = stem.encode("utf-8", "replace") + b"\n"
        low, high = 0, self._arrays["places"][1] - 1
        while low < high:
            middle = (low + high) // 2
            begin, end = self._read("places", middle, middle + 2).tolist()
            found = bytes(self._read("stems", begin, end))
            if found == sought:
                first, last = self._read("starts", middle, middle + 2).tolist()
                return self.postings(first, last)
            # Without the line break, which sorts before all that a stem may hold.
            if found[:-1] < sought[:-1]:
                low = middle + 1
            else:
                high = middle
        return self.postings(0, 0)

    def stems(self) -> list[bytes]:
        """Return all stems as UTF-8, sorted."""
        return bytes(self._read("stems")).split(b"\n")[:-1]

    def starts(self) -> NDArray[np.int64]:
        """Return where the list of each stem begins, and where the last one ends."""
        return self._read("starts")

    def postings(self, first: int, last: int) -> tuple[Rows, StemCounts]:
        """Return a stretch of the lists of all stems, joined in their order."""
        return self._read("rows", first, last), self._read("counts", first, last)

    def check(self) -> None:
        """Read everything, so that damage anywhere is noticed."""
        self._reader.check()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def _read(self, name: str, first: int = 0, last: int | None = None) -> NDArray[Any]:
        start, length = self._arrays[name]
        kind = np.dtype(_TYPES[name])
        last = length if last is None else last
        data = self._reader.read(start + first * kind.itemsize, (last - first) * kind.itemsize)
        return np.frombuffer(data, dtype=kind)


Segment = GrowingSegment | FileSegment


def write_segments(
    file: BinaryIO, segments: Sequence[Segment], live: NDArray[np.bool_] | None, folder: Path | None
) -> str:
    """Write segments as one, in memory that does not grow with them; return its SHA-256.

    Args:
        file: where to; open, and empty.
        segments: with ascending numbers from one to the next.
        live: which of their rows to write; None for all.
        folder: for a temporary file of about a third of the size; None for the system's.

    Raises:
        BlockError: one of the segments is damaged.
        OSError: a file cannot be read or written.
    """
    writer = BlockWriter(file)
    arrays: dict[str, tuple[int, int]] = {}
    numbers = _joined([segment.numbers for segment in segments], np.dtype(np.int64))
    lengths = _joined([segment.lengths for segment in segments], np.dtype(np.int32))
    live = np.ones(len(numbers), dtype=np.bool_) if live is None else live
    with tempfile.TemporaryFile(dir=folder) as counts_file:
        stems, totals = _merge_lists(segments, live, writer, counts_file)
        total = int(totals.sum())
        arrays["rows"] = 0, total
        _pad(writer)
        arrays["counts"] = writer.size, total
        counts_file.seek(0)
        while part := counts_file.read(1 << 20):
            writer.write(part)
    ends = np.array([len(stem) + 1 for stem in stems], dtype=np.int64).cumsum()
    tables: dict[str, NDArray[Any]] = {
        "starts": np.concatenate(([0], totals.cumsum())),
        "places": np.concatenate(([0], ends)),
        "numbers": numbers[live],
        "lengths": lengths[live],
        "stems": np.frombuffer(b"".join(stem + b"\n" for stem in stems), dtype=np.uint8),
    }
    for name, table in tables.items():
        _pad(writer)
        arrays[name] = writer.size, len(table)
        writer.write(table.astype(_TYPES[name]).tobytes())
    return writer.finish(json.dumps({"format": _FORMAT, "arrays": arrays}).encode())


def _merge_lists(
    segments: Sequence[Segment], live: NDArray[np.bool_], writer: BlockWriter, counts_file: Any
) -> tuple[list[bytes], NDArray[np.int64]]:
    """Write the rows and the counts; return the stems that are left, with their chunks' number."""
    vocabularies = [segment.stems() for segment in segments]
    stems = sorted(set().union(*vocabularies))
    place = {stem: number for number, stem in enumerate(stems)}
    places = [
        np.fromiter(map(place.__getitem__, vocabulary), dtype=np.int64, count=len(vocabulary))
        for vocabulary in vocabularies
    ]
    del vocabularies, place
    starts = [segment.starts() for segment in segments]
    most = np.zeros(len(stems), dtype=np.int64)
    for where, start in zip(places, starts, strict=True):
        most[where] += np.diff(start)
    totals = np.zeros(len(stems), dtype=np.int64)
    # The rows of the merged segment, without those that are gone.
    moved = live.cumsum(dtype=np.int32) - np.int32(1)
    firsts = [0, *accumulate(len(segment.numbers) for segment in segments)]
    for low, high in _stretches(most):
        parts = []
        for segment, where, start, first in zip(segments, places, starts, firsts):
            begin, end = np.searchsorted(where, (low, high))
            rows, counts = segment.postings(int(start[begin]), int(start[end]))
            of_stem = np.repeat(where[begin:end], np.diff(start[begin : end + 1]))
            kept = live[rows + first]
            parts.append((of_stem[kept], moved[(rows + first)[kept]], counts[kept]))
        of_stems, all_rows, all_counts = (np.concatenate(column) for column in zip(*parts))
        # Each part is in order already, and a stable sort keeps the rows ascending.
        order = np.argsort(of_stems, kind="stable")
        writer.write(all_rows[order].astype("<i4").tobytes())
        counts_file.write(all_counts[order].astype("<u2").tobytes())
        totals[low:high] = np.bincount(of_stems - low, minlength=high - low)
    left = totals > 0
    return [stem for stem, is_left in zip(stems, left.tolist()) if is_left], totals[left]


def _stretches(sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut lists into runs of about `_AT_ONCE` postings, at least one list each."""
    ends = sizes.cumsum()
    low = 0
    while low < len(sizes):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        yield low, high
        low = high


def _joined(arrays: Sequence[NDArray[Any]], kind: np.dtype[Any]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *arrays])


def _pad(writer: BlockWriter) -> None:
    """Go on to where any number may begin, so that arrays can be used where they are read."""
    writer.write(bytes(-writer.size % 8))
