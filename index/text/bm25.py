"""Scores rows of inverted lists by BM25 and finds the best, exactly; knows not what a row is.

BM25 as SQLite's FTS5 computes it: https://www.sqlite.org/fts5.html#the_bm25_function.
A list that cannot change the first places by itself is only looked up for the
rows that can still reach them (Turtle and Flood: Query Evaluation: Strategies
and Optimizations, 1995, "MaxScore").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.text.tokens import stems

__all__ = [
    "Rows",
    "StemCounts",
    "TermList",
    "best_rows",
    "count_stems",
    "length_norms",
    "term_weight",
]

Rows = NDArray[np.int32]
StemCounts = NDArray[np.uint16]
"""How often a chunk holds a stem: in its text, plus 256 times in its title; each at most 255."""

_MOST_COUNTED = 255
_IN_TITLE = 256

_K1, _B = 1.2, 0.75
_TITLE_WEIGHT = 0.5
"""The title is in every chunk of its article, so that it may break a tie, not win."""
_LEAST_IDF = 1e-6
"""Of a term that half of the chunks hold or more, as in FTS5."""

_ROUNDING = 1e-9
"""More than a sum of scores is off by, relative to it, so that no row is passed over by that."""

_codes = np.arange(1 << 16)
_FREQUENCIES: NDArray[np.float64] = (_codes & 255) + _TITLE_WEIGHT * (_codes >> 8)
"""What each value of `StemCounts` weighs."""


@dataclass(frozen=True, slots=True)
class TermList:
    """The rows that hold a term, ascending, with how often, and the term's weight."""

    rows: Rows
    counts: StemCounts
    weight: float
    """No row's score can be higher."""


def count_stems(title: str, text: str) -> tuple[dict[str, int], int]:
    """Return how often a chunk holds each stem, as in `StemCounts`, and how many words it has.

    Args:
        title: of its article.
        text: of the chunk.
    """
    in_title, in_text = stems(title), stems(text)
    counts: dict[str, int] = Counter(in_text)
    if len(in_text) > _MOST_COUNTED:
        counts = {stem: min(count, _MOST_COUNTED) for stem, count in counts.items()}
    for stem in in_title:
        count = counts.get(stem, 0)
        if count < _MOST_COUNTED * _IN_TITLE:
            counts[stem] = count + _IN_TITLE
    return counts, len(in_title) + len(in_text)


def term_weight(held_by: int, total: int) -> float:
    """Return the weight of a term that so many of all chunks hold: idf times k1 + 1."""
    idf = math.log((total - held_by + 0.5) / (held_by + 0.5))
    return (idf if idf > 0 else _LEAST_IDF) * (_K1 + 1)


def length_norms(lengths: NDArray[np.int32], average: float) -> NDArray[np.float64]:
    """Return the part of BM25 that depends on a chunk's length alone."""
    return _K1 * (1 - _B + _B * lengths.astype(np.float64) / average)


def best_rows(
    lists: Sequence[TermList],
    norms: NDArray[np.float64],
    limit: int,
    admitted: NDArray[np.bool_] | None,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the best rows, in no order, and their scores; with all that tie at the last place.

    Args:
        lists: of the terms asked for, rarest first. Scores are summed in this order.
        norms: of all rows.
        limit: how many places there are, at least 1.
        admitted: which rows may be returned; None for all.
    """
    scores = np.zeros(len(norms))
    rows: NDArray[np.intp] | None = None
    least = 0.0
    for place, term in enumerate(lists):
        left = sum(other.weight for other in lists[place:])
        if rows is not None:
            found = scores[rows]
            least = max(least, _last_place(found, limit))
            rows = rows[found >= least - left]
        elif least > left:
            rows = _reaching(scores, least - left, admitted)
        if rows is None:
            held = term.rows.astype(np.intp)
            found = scores.take(held) + _scores(term.counts, norms.take(held), term.weight)
            scores[held] = found
            # Rows beyond this list can only raise what the last place takes.
            found = found if admitted is None else found[admitted[held]]
            least = max(least, _last_place(found, limit))
        else:
            at = np.searchsorted(term.rows, rows.astype(np.int32))
            at[at == len(term.rows)] = 0
            is_held = term.rows[at] == rows
            held = rows[is_held]
            scores[held] += _scores(term.counts[at[is_held]], norms[held], term.weight)
    if rows is None:
        rows = _reaching(scores, least, admitted)
    found = scores[rows]
    if len(rows) > limit:
        is_best = found >= np.partition(found, -limit)[-limit]
        rows, found = rows[is_best], found[is_best]
    return rows, found


def _last_place(scores: NDArray[np.float64], limit: int) -> float:
    """Return a little less than the score of the last place; 0 where it is empty."""
    if len(scores) < limit:
        return 0.0
    return float(np.partition(scores, -limit)[-limit]) * (1 - _ROUNDING)


def _reaching(
    scores: NDArray[np.float64], least: float, admitted: NDArray[np.bool_] | None
) -> NDArray[np.intp]:
    """Return the rows that have some score, and at least that."""
    rows = np.flatnonzero(scores >= least if least > 0 else scores > 0)
    return rows if admitted is None else rows[admitted[rows]]


def _scores(counts: StemCounts, norms: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    frequencies = _FREQUENCIES.take(counts)
    norms += frequencies
    frequencies *= weight
    frequencies /= norms
    return frequencies
