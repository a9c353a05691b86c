"""Ranks chunks within a transaction, ties in a fixed order; knows neither files nor locks.

Chunks that tie are ordered by document id, then by start, so that the same
articles give the same ranking whatever the order they were added in. For that
a ranking is asked for more rows than it should return: the full-text index returns
all that tie at the limit, and the vector index is asked until the last one is clearly
below the limit. Those that tie with the last one, of which some may be missing, are
left out.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import TYPE_CHECKING

from index.sqlite.words.terms import question_stems
from index.sqlite.words.tokens import stems
from index.store import ScoredChunk
from index.types import Chunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.sqlite.vectors.flat_index import FlatIndex
    from index.sqlite.vectors.layered_index import LayeredIndex
    from index.sqlite.words.keeper import WordKeeper

__all__ = ["count_chunks", "near_words", "rank_dense", "rank_lexical"]

_MOST_NEAR = 3
"""Words one letter apart that are looked at; by far the most names have one."""
_SPARE = 16
_WORD = re.compile(r"[^\W\d_]+")
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

    from index.sqlite.vectors.rows import stored_vectors

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
    connection: sqlite3.Connection,
    words: WordKeeper,
    text: str,
    limit: int,
    allowed: NDArray[np.int64] | None,
) -> list[ScoredChunk]:
    """Rank the chunks of allowed numbers (None for all) that share a stem with a text, by BM25."""
    sought = question_stems(text)
    if not sought or limit <= 0:
        return []
    found = words.ask(connection, lambda postings: postings.search(sought, limit, allowed))
    return _best(connection, dict(found), limit)


def count_chunks(
    connection: sqlite3.Connection, words: WordKeeper, asked: Sequence[str]
) -> list[int]:
    """Count, for each word, the chunks whose text holds it, after stemming.

    Of several words in one, such as "New York", the chunks that hold all; 0 for what is no word.
    """
    sought = [stems(word) for word in asked]
    return words.ask(connection, lambda postings: [postings.count(all_) for all_ in sought])


def near_words(connection: sqlite3.Connection, words: WordKeeper, word: str) -> list[str]:
    """Return the words that are one letter apart from one, as a passage spells each.

    Those of most chunks come first; words that only titles have are left out.
    """
    sought = stems(word)
    if len(sought) != 1:
        return []
    found: list[str] = []
    for stem in words.ask(connection, lambda postings: postings.near(sought[0]))[:_MOST_NEAR]:
        search = methodcaller("search", [stem], 1, None)
        for chunk in _best(connection, dict(words.ask(connection, search)), 1):
            spelled = (w for w in _WORD.findall(chunk.chunk.text) if stems(w) == [stem])
            found += [next(spelled, "")]
    return [word for word in found if word]


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
