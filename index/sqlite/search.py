"""Ranks chunks within a transaction, ties in a fixed order; knows neither files nor locks.

Chunks that tie are ordered by document id, then by start, so that the same
articles give the same ranking whatever the order they were added in. For that
a ranking is asked for more rows than it should return, until the last one is
clearly below the limit: only then are all that tie at the limit in hand. Those
that tie with the last one, of which some may be missing, are left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from index.sqlite.rows import filter_clause
from index.sqlite.terms import match_any, match_body
from index.store import ScoredChunk
from index.types import Chunk, Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.sqlite.faiss_index import FlatIndex
    from index.sqlite.layered_index import LayeredIndex

__all__ = ["count_chunks", "rank_dense", "rank_lexical"]

# The title is in every chunk of its article, so that it may break a tie, not win.
_RANK = "bm25(0.5, 1.0)"
_SPARE = 16
_MARGIN = 1e-5
"""More than the rounding of float32 inner products, so that no tie is cut by it."""


def rank_dense(
    connection: sqlite3.Connection,
    index: FlatIndex | LayeredIndex,
    vector: NDArray[np.float32],
    limit: int,
    allowed: NDArray[np.int64] | None,
) -> list[ScoredChunk]:
    """Rank the chunks of allowed numbers (None for all) by cosine with a unit vector."""
    import numpy as np

    from index.sqlite.vector_rows import stored_vectors

    candidates = index.candidates_per_hit * limit
    found = _with_ties(candidates, lambda most: index.search(vector, most, allowed), _MARGIN)
    numbers = np.array([number for number, _ in found], dtype=np.int64)
    stored = stored_vectors(connection, numbers, index.dimension).astype(np.float64)
    # Summed row by row: faiss rounds differently at different places of its array.
    cosines = (stored * vector.astype(np.float64)).sum(axis=1)
    if len(cosines) > limit > 0:
        kept = cosines >= np.partition(cosines, -limit)[-limit]
        numbers, cosines = numbers[kept], cosines[kept]
    return _best(connection, dict(zip(numbers.tolist(), cosines.tolist(), strict=True)), limit)


def rank_lexical(
    connection: sqlite3.Connection, text: str, limit: int, filter: Filter
) -> list[ScoredChunk]:
    """Rank the chunks that a filter admits, and that share a stem with the text, by BM25."""
    match = match_any(text)
    if match is None:
        return []
    query = "SELECT rowid, -rank FROM chunk_terms WHERE chunk_terms MATCH ? AND rank MATCH ?"
    values: list[str] = []
    if filter:
        admitted, values = _admitted(filter)
        # The plus keeps SQLite from running the whole match anew for each admitted row.
        query += f" AND +rowid IN ({admitted})"
    query += " ORDER BY rank LIMIT ?"

    def ask(most: int) -> list[tuple[int, float]]:
        return connection.execute(query, (match, _RANK, *values, most)).fetchall()

    return _best(connection, dict(_with_ties(limit, ask, 0.0)), limit)


def count_chunks(connection: sqlite3.Connection, word: str) -> int:
    """Count the chunks whose text holds a word, after stemming; 0 for what is no word."""
    (count,) = connection.execute(
        "SELECT count(*) FROM chunk_terms WHERE chunk_terms MATCH ?", (match_body(word),)
    ).fetchone()
    return int(count)


def _admitted(filter: Filter) -> tuple[str, list[str]]:
    condition, values = filter_clause(filter)
    query = "SELECT chunks.number FROM documents JOIN chunks ON document = documents.number"
    return f"{query} WHERE {condition}", values


def _with_ties(
    limit: int, ask: Callable[[int], list[tuple[int, float]]], margin: float
) -> list[tuple[int, float]]:
    if limit <= 0:
        return []
    most = limit + _SPARE
    while True:
        found = ask(most)
        if len(found) < most:
            return found
        if found[-1][1] < found[limit - 1][1] - margin:
            return [pair for pair in found if pair[1] > found[-1][1] + margin]
        most *= 4


def _best(
    connection: sqlite3.Connection, scores: dict[int, float], limit: int
) -> list[ScoredChunk]:
    places = connection.execute(
        'SELECT chunks.number, documents.id, start, "end", document FROM chunks '
        "JOIN documents ON documents.number = document "
        "WHERE chunks.number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(scores)),),
    ).fetchall()
    places.sort(key=lambda place: (-scores[place[0]], *place[1:4]))
    texts: dict[int, str] = {}
    ranked = []
    for number, document_id, start, end, document in places[:limit]:
        if document not in texts:
            (texts[document],) = connection.execute(
                "SELECT text FROM documents WHERE number = ?", (document,)
            ).fetchone()
        chunk = Chunk(document_id, start, end, texts[document][start:end])
        ranked.append(ScoredChunk(chunk, scores[number]))
    return ranked
