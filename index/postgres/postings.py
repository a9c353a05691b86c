"""Keeps inverted lists in a table, in step with the chunks, and ranks by them.

A row of `postings` holds, for one stem and one run of 4,096 numbers of chunks, which of
these hold the stem: six bytes each for the chunk's place in the run, how often it holds the
stem (`index.text.bm25.StemCounts`), and how many words it has. So rows are few and grow in
place, and a ranking, which is that of the embedded store to the last bit, reads no others
than those of the stems that it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError
from index.text.bm25 import (
    Rows,
    StemCounts,
    TermList,
    best_rows,
    count_stems,
    length_norms,
    term_weight,
)
from index.text.tokens import one_letter_apart

if TYPE_CHECKING:
    import psycopg

__all__ = [
    "Words",
    "add",
    "best",
    "count",
    "entries_by_key",
    "holds",
    "near",
    "remove",
    "remove_unread",
    "runs",
    "totals",
]

_RUN = 4096
_ENTRY = np.dtype([("place", "<u2"), ("counts", "<u2"), ("length", "<u2")])
_MOST_WORDS = 65535
_SCORED = 1 << 22
"""Numbers of chunks that are scored at a time, in 80 MB: the best of all are among the best of
each."""
_LONGEST_STEM = 255
"""Characters; one that is longer, such as an encoded picture, is kept as its SHA-256."""

Words = Sequence[tuple[int, dict[str, int], int]]
"""Of chunks, by ascending numbers: the number, how often each stem occurs, how many words there
are."""


def entries_by_key(chunks: Words) -> dict[tuple[str, int], bytes]:
    """Return what the rows of `postings` hold of some chunks, by stem and run."""
    lists: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    for number, counts, length in chunks:
        run, place = divmod(number, _RUN)
        for stem, times in counts.items():
            entry = (place, times, min(length, _MOST_WORDS))
            lists.setdefault((_key(stem), run), []).append(entry)
    return {key: np.array(entries, dtype=_ENTRY).tobytes() for key, entries in lists.items()}


def add(connection: psycopg.Connection[Any], chunks: Words) -> None:
    """Add chunks whose numbers are higher than all that are there."""
    rows = sorted(entries_by_key(chunks).items())
    connection.execute(
        "INSERT INTO postings SELECT * FROM unnest(%s::text[], %s::integer[], %s::bytea[]) "
        "ON CONFLICT (stem, run) DO UPDATE SET entries = postings.entries || excluded.entries",
        (
            [stem for (stem, _), _ in rows],
            [run for (_, run), _ in rows],
            [entries for _, entries in rows],
        ),
    )


def remove(connection: psycopg.Connection[Any], chunks: Words) -> None:
    """Remove chunks, given with the words that they were added with."""
    keys = sorted(entries_by_key(chunks))
    rows = connection.execute(
        "SELECT stem, run, entries FROM postings "
        "JOIN unnest(%s::text[], %s::integer[]) AS asked (stem, run) USING (stem, run)",
        ([stem for stem, _ in keys], [run for _, run in keys]),
        binary=True,
    )
    _cut(connection, rows, [number for number, _, _ in chunks])


def remove_unread(connection: psycopg.Connection[Any], numbers: Sequence[int]) -> None:
    """Remove chunks whose words are not known any more, looking at every row of their runs."""
    rows = connection.execute(
        "SELECT stem, run, entries FROM postings WHERE run = ANY(%s)",
        (sorted({number // _RUN for number in numbers}),),
        binary=True,
    )
    _cut(connection, rows, numbers)


def _cut(
    connection: psycopg.Connection[Any],
    rows: Iterable[tuple[str, int, bytes]],
    numbers: Sequence[int],
) -> None:
    """Take chunks out of rows that may hold them."""
    left = []
    for stem, run, data in rows:
        entries = np.frombuffer(data, dtype=_ENTRY)
        kept = entries[~np.isin(entries["place"].astype(np.int64) + run * _RUN, numbers)]
        if len(kept) < len(entries):
            left.append((stem, run, kept.tobytes()))
    stems, runs, kept_entries = zip(*left) if left else ((), (), ())
    changed = "unnest(%s::text[], %s::integer[], %s::bytea[]) AS changed (stem, run, entries)"
    same = "postings.stem = changed.stem AND postings.run = changed.run"
    values = (list(stems), list(runs), list(kept_entries))
    connection.execute(
        f"UPDATE postings SET entries = changed.entries FROM {changed} WHERE {same}",  # noqa: S608
        values,
    )
    connection.execute(
        f"DELETE FROM postings USING {changed} "  # noqa: S608 - constants
        f"WHERE {same} AND postings.entries = ''",
        values,
    )


def best(
    connection: psycopg.Connection[Any],
    stems: Sequence[str],
    limit: int,
    allowed: Sequence[int] | None = None,
) -> list[tuple[int, float]]:
    """Return the numbers and BM25 scores of the best chunks that hold any of the stems.

    In no order; with all that tie at the last place, so that there may be more than `limit`.

    Args:
        connection: of a transaction.
        stems: of the question.
        limit: how many places there are, at least 1.
        allowed: numbers that may be returned; None for all.
    """
    found = _find(connection, stems)
    if not found:
        return []
    total, words = totals(connection)
    average = words / total if total and words else 1.0
    permitted = None if allowed is None else np.sort(np.asarray(allowed, dtype=np.int64))
    # As the embedded store sums scores: by how many chunks hold a stem, then by the stem.
    rarest_first = sorted((len(rows), stem) for stem, (rows, _, _) in found.items())
    size = max(int(rows[-1]) for rows, _, _ in found.values()) + 1
    ranked: list[tuple[int, float]] = []
    for first in range(0, size, _SCORED):
        norms = np.ones(min(_SCORED, size - first))
        lists = []
        for held_by, stem in rarest_first:
            rows, counts, lengths = found[stem]
            low, high = np.searchsorted(rows, (first, first + len(norms)))
            if low == high:
                continue
            near = rows[low:high] - np.int32(first)
            norms[near] = length_norms(lengths[low:high], average)
            lists.append(TermList(near, counts[low:high], term_weight(held_by, total)))
        admitted = None
        if permitted is not None:
            low, high = np.searchsorted(permitted, (first, first + len(norms)))
            admitted = np.zeros(len(norms), dtype=np.bool_)
            admitted[permitted[low:high] - first] = True
        best_here, scores = best_rows(lists, norms, limit, admitted)
        ranked += zip((best_here + first).tolist(), scores.tolist(), strict=True)
    if len(ranked) <= limit:
        return ranked
    last = sorted((score for _, score in ranked), reverse=True)[limit - 1]
    return [pair for pair in ranked if pair[1] >= last]


def count(connection: psycopg.Connection[Any], stems: Sequence[str]) -> int:
    """Count the chunks whose text, not their title alone, holds all of the stems."""
    found = _find(connection, stems)
    if not stems or len(found) < len(set(stems)):
        return 0
    held = [rows[(counts & 255) > 0] for rows, counts, _ in found.values()]
    common = held[0]
    for rows in held[1:]:
        common = np.intersect1d(common, rows, assume_unique=True)
    return len(common)


def near(connection: psycopg.Connection[Any], stem: str) -> list[str]:
    """Return the stems that begin alike and are one letter apart, in most chunks first."""
    rows = connection.execute(
        "SELECT DISTINCT stem FROM postings WHERE stem >= %s AND stem < %s "
        "AND octet_length(stem) BETWEEN %s AND %s ORDER BY stem",
        (stem[:1], chr(ord(stem[:1]) + 1), len(stem.encode()) - 1, len(stem.encode()) + 1),
    )
    held = {
        other: count(connection, [other])
        for (other,) in rows.fetchall()
        if one_letter_apart(other.encode(), stem.encode())
    }
    return sorted((other for other in held if held[other]), key=lambda other: -held[other])


def _find(
    connection: psycopg.Connection[Any], stems: Iterable[str]
) -> dict[str, tuple[Rows, StemCounts, NDArray[np.int32]]]:
    """Return, for each stem that is there, which chunks hold it, how often, and their lengths."""
    keys = {_key(stem): stem for stem in stems}
    parts: dict[str, list[tuple[int, NDArray[Any]]]] = {}
    for key, run, data in connection.execute(
        "SELECT stem, run, entries FROM postings WHERE stem = ANY(%s) ORDER BY stem, run",
        (list(keys),),
        binary=True,
    ):
        parts.setdefault(keys[key], []).append((run, np.frombuffer(data, dtype=_ENTRY)))
    found = {}
    for stem, runs in parts.items():
        entries = np.concatenate([part for _, part in runs])
        firsts = np.repeat([run * _RUN for run, _ in runs], [len(part) for _, part in runs])
        found[stem] = (
            (entries["place"] + firsts).astype(np.int32),
            entries["counts"],
            entries["length"].astype(np.int32),
        )
    return found


def totals(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """Return how many chunks are noted, and how many words they have in all.

    Raises:
        DamagedError: one of the two is not noted.
    """
    noted = dict(
        connection.execute(
            "SELECT key, value::bigint FROM meta WHERE key IN ('chunks', 'words')"
        ).fetchall()
    )
    if len(noted) < 2:
        raise DamagedError("the counters are missing in the database: run ask doctor --repair")
    return noted["chunks"], noted["words"]


def _key(stem: str) -> str:
    if len(stem) <= _LONGEST_STEM:
        return stem
    return hashlib.sha256(stem.encode()).hexdigest()


def runs(connection: psycopg.Connection[Any]) -> Iterator[Words]:
    """Yield all chunks, those of a run of numbers together."""
    highest = connection.execute("SELECT coalesce(max(number), -1) FROM chunks").fetchone()
    assert highest is not None  # noqa: S101 - an aggregate always has a row
    for first in range(0, highest[0] + 1, _RUN):
        rows = connection.execute(
            'SELECT chunks.number, title, text, start, "end" FROM chunks '
            "JOIN documents ON documents.number = document "
            "WHERE chunks.number >= %s AND chunks.number < %s ORDER BY chunks.number",
            (first, first + _RUN),
        )
        chunks = [
            (number, *count_stems(title, text[start:end]))
            for number, title, text, start, end in rows
        ]
        if chunks:
            yield chunks


def holds(connection: psycopg.Connection[Any], run: Words) -> bool:
    """Say whether the inverted lists hold the chunks of a run, and of that run no others."""
    number = run[0][0] // _RUN
    kept = connection.execute(
        "SELECT stem, entries FROM postings WHERE run = %s", (number,), binary=True
    ).fetchall()
    return {(stem, number): data for stem, data in kept} == entries_by_key(run)
