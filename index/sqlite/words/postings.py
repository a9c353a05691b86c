"""Keeps inverted lists of chunks that come and go, and ranks by them; knows no database.

The statistics (how many chunks there are, how many hold a stem, how long they
are on average) are always those of the chunks that are left, so that a ranking
is the one that an index built anew would give, to the last bit.
"""

from __future__ import annotations

import bisect
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from index.sqlite.words.segments import FileSegment, GrowingSegment, Segment, write_segments
from index.text.bm25 import Rows, StemCounts, TermList, best_rows, length_norms, term_weight
from index.text.tokens import one_letter_apart

__all__ = ["Postings"]

_MOST_IN_MEMORY = 50_000
"""Chunks kept as Python objects, about 150 MB, before they go to a temporary file."""


@dataclass(frozen=True, slots=True)
class _Table:
    """All rows, those of one segment after those of another, until a chunk comes or goes."""

    firsts: tuple[int, ...]
    """The first row of each segment."""
    numbers: NDArray[np.int64]
    norms: NDArray[np.float64]
    """The part of BM25 that depends on a chunk's length alone."""
    gone: Rows
    """Rows of chunks that were removed, ascending."""
    live: NDArray[np.bool_]


class Postings:
    """An index of chunks by the stems of their words. Not safe to change while it is searched."""

    def __init__(self, folder: Path | None = None, segment: FileSegment | None = None) -> None:
        """Begin with nothing, or with the chunks of a file.

        Args:
            folder: for temporary files, which grow as large as the index; None for the system's.
            segment: of a file.
        """
        self._folder = folder
        self._files: list[FileSegment] = [] if segment is None else [segment]
        self._growing = GrowingSegment()
        self._gone: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._table: _Table | None = None

    @classmethod
    def open(cls, path: Path, sha256: str, folder: Path | None = None) -> Postings:
        """Read what `write` wrote.

        Raises:
            BlockError: it is damaged, or not the file that has this SHA-256.
            OSError: it cannot be read.
        """
        with path.open("rb", buffering=0) as file:
            return cls(folder, FileSegment(cast(BinaryIO, file), sha256))

    def __len__(self) -> int:
        return int(np.count_nonzero(self._rows().live))

    @property
    def highest(self) -> int:
        """The highest number of a chunk that ever was in it; 0 where there was none."""
        numbers = self._rows().numbers
        return int(numbers[-1]) if len(numbers) else 0

    def add(self, chunks: Iterable[tuple[int, str, str]]) -> None:
        """Add chunks by number, title, and text. Numbers ascend, and are higher than `highest`.

        Raises:
            OSError: there is no room for a temporary file.
        """
        self._table = None
        for number, title, text in chunks:
            self._growing.add(number, title, text)
            if len(self._growing) >= _MOST_IN_MEMORY:
                self._spill()

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Remove the chunks of these numbers, where they are there."""
        gone = np.union1d(self._gone, numbers)
        if len(gone) > len(self._gone):
            self._gone, self._table = gone, None

    def search(
        self, stems: Sequence[str], limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the numbers and scores of the best chunks that hold any of the stems, best first.

        Chunks that tie are ordered by number, and all that tie at the last place are returned, so
        that there may be more than `limit`.

        Args:
            stems: of the question.
            limit: how many places there are.
            allowed: numbers that may be returned, ascending; None for all.

        Raises:
            BlockError: the file is damaged.
            OSError: the file cannot be read.
        """
        table = self._rows()
        admitted = table.live if len(table.gone) else None
        if allowed is not None:
            admitted = table.live & _held(allowed, table.numbers)
        lists = self._lists(table, stems)
        if limit <= 0 or not lists:
            return []
        rows, scores = best_rows(lists, table.norms, limit, admitted)
        order = np.lexsort((rows, -scores))
        found = table.numbers[rows[order]]
        return list(zip(found.tolist(), scores[order].tolist(), strict=True))

    def count(self, stems: Sequence[str]) -> int:
        """Count the chunks whose text, not their title alone, holds all of the stems.

        Raises:
            BlockError: the file is damaged.
            OSError: the file cannot be read.
        """
        table = self._rows()
        common: Rows | None = None
        for stem in dict.fromkeys(stems):
            rows, counts = self._find(table, stem)
            rows = rows[(counts & 255) > 0]
            common = rows if common is None else np.intersect1d(common, rows, assume_unique=True)
        return 0 if common is None else len(common) - _shared(common, table.gone)

    def near(self, stem: str) -> list[str]:
        """Return the stems that begin alike and are one letter apart, in most chunks first.

        Raises:
            As `count`.
        """
        sought = stem.encode()
        first = sought[:1]
        found: dict[str, int] = {}
        for segment in self._segments():
            stems = segment.stems()
            begin = bisect.bisect_left(stems, first)
            for other in stems[begin : bisect.bisect_right(stems, first + b"\xff")]:
                if abs(len(other) - len(sought)) <= 1 and one_letter_apart(other, sought):
                    found[other.decode()] = self.count([other.decode()])
        return sorted((name for name in found if found[name]), key=lambda name: -found[name])

    def write(self, file: BinaryIO) -> str:
        """Write all chunks that are left; return the SHA-256 by which the file is opened.

        The same chunks make the same bytes, whatever came and went before.

        Raises:
            BlockError: a file that it was read from is damaged.
            OSError: a file cannot be read or written.
        """
        return write_segments(file, self._segments(), self._rows().live, self._folder)

    def check(self) -> None:
        """Read everything, so that damage anywhere in the file is noticed.

        Raises:
            BlockError: the file is damaged.
            OSError: the file cannot be read.
        """
        for segment in self._files:
            segment.check()

    def close(self) -> None:
        """Close the files."""
        for segment in self._files:
            segment.close()

    def _segments(self) -> list[Segment]:
        return [*self._files, self._growing]

    def _spill(self) -> None:
        with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
            sha256 = write_segments(cast(BinaryIO, file), [self._growing], None, self._folder)
            self._files.append(FileSegment(cast(BinaryIO, file), sha256))
        self._growing = GrowingSegment()

    def _rows(self) -> _Table:
        if self._table is None:
            segments = self._segments()
            numbers = np.concatenate([segment.numbers for segment in segments])
            lengths = np.concatenate([segment.lengths for segment in segments])
            live = ~_held(self._gone, numbers)
            total, count = int(lengths[live].sum(dtype=np.int64)), int(np.count_nonzero(live))
            average = total / count if total else 1.0
            firsts, first = [], 0
            for segment in segments:
                firsts.append(first)
                first += len(segment.numbers)
            self._table = _Table(
                tuple(firsts),
                numbers,
                length_norms(lengths, average),
                np.flatnonzero(~live).astype(np.int32),
                live,
            )
        return self._table

    def _find(self, table: _Table, stem: str) -> tuple[Rows, StemCounts]:
        parts = [segment.find(stem) for segment in self._segments()]
        if len(parts) == 1:
            return parts[0]
        rows = np.concatenate(
            [rows + np.int32(first) for (rows, _), first in zip(parts, table.firsts)]
        )
        return rows, np.concatenate([counts for _, counts in parts])

    def _lists(self, table: _Table, stems: Sequence[str]) -> list[TermList]:
        """Return the lists of stems that are left, rarest first."""
        total = len(table.live) - len(table.gone)
        found = []
        for stem in dict.fromkeys(stems):
            rows, counts = self._find(table, stem)
            held_by = len(rows) - _shared(rows, table.gone)
            if held_by:
                weight = term_weight(held_by, total)
                found.append((held_by, stem, TermList(rows, counts, weight)))
        # By what the chunks that are left hold, so that scores are summed in the same order too.
        return [item for _, _, item in sorted(found, key=lambda entry: entry[:2])]


def _held(sought: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each number whether it is among those sought."""
    held = np.zeros(len(numbers), dtype=np.bool_)
    held[_places(sought, numbers)] = True
    return held


def _shared(rows: Rows, few: Rows) -> int:
    """Count the rows that are also among a few."""
    return len(_places(few, rows))


def _places(sought: NDArray[Any], numbers: NDArray[Any]) -> NDArray[np.intp]:
    """Return where those sought are, as far as they are there; both ascend, without repetition."""
    at = np.searchsorted(numbers, sought)
    inside = at < len(numbers)
    places: NDArray[np.intp] = at[inside][numbers[at[inside]] == sought[inside]]
    return places
