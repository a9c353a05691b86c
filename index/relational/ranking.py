"""Puts the chunks that an index found in a fixed order, ties too; knows no index.

Chunks that tie are ordered by document id, then by start, so that the same
articles give the same ranking whatever the order they were added in. For that
an index is asked for more rows than a ranking should return, until the last one is
clearly below the limit. Those that tie with the last one, of which some may be missing,
are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.relational.connection import Connection, marks
from index.store import ScoredChunk
from index.text.tokens import stems
from index.types import Chunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["by_cosine", "in_order", "near_words", "with_ties"]

_SPARE = 16
_AT_ONCE = 500
_WORD = re.compile(r"[^\W\d_]+")
_MOST_NEAR = 3
"""Words one letter apart that are looked at; by far the most names have one."""
_MARGIN = 1e-5
"""More than the rounding of float32 inner products, so that no tie is cut by it."""


def with_ties(limit: int, ask: Callable[[int], list[tuple[int, float]]]) -> list[tuple[int, float]]:
    """Ask for the best so many, more each time, until all that tie with the last one are there.

    Args:
        limit: how many places there are.
        ask: returns the numbers and scores of the best chunks, best first.
    """
    if limit <= 0:
        return []
    most = limit + _SPARE
    while True:
        found = ask(most)
        if len(found) < most:
            return found
        if found[-1][1] < found[limit - 1][1] - _MARGIN:
            return [pair for pair in found if pair[1] > found[-1][1] + _MARGIN]
        most *= 4


def by_cosine(
    connection: Connection, numbers: Sequence[int], vector: NDArray[np.float32], limit: int
) -> list[ScoredChunk]:
    """Rank chunks by their exact cosines with a unit vector; return at most `limit`.

    Raises:
        DamagedError: the vector of one is missing or has another length.
    """
    import numpy as np

    stored = connection.vectors(numbers, len(vector)).astype(np.float64)
    # Summed row by row: a product of matrices rounds differently at different places.
    cosines = (stored * vector.astype(np.float64)).sum(axis=1)
    if len(cosines) > limit > 0:
        kept = cosines >= np.partition(cosines, -limit)[-limit]
        numbers, cosines = np.asarray(numbers)[kept].tolist(), cosines[kept]
    return in_order(connection, dict(zip(numbers, cosines.tolist(), strict=True)), limit)


def in_order(connection: Connection, scores: dict[int, float], limit: int) -> list[ScoredChunk]:
    """Return the best chunks by their scores, at most `limit`, without those that are gone.

    Raises:
        DamagedError: an offset is no number, which SQLite lets one be.
    """
    numbers = list(scores)
    places = []
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        places += connection.execute(
            'SELECT chunks.number, documents.id, start, "end", document FROM chunks '  # noqa: S608
            "JOIN documents ON documents.number = document "
            f"WHERE chunks.number IN {marks(part)}",
            part,
        ).fetchall()
    if not all(isinstance(place, int) for row in places for place in row[2:4]):
        raise DamagedError(
            "an offset of an article is no number; run ask doctor, which names the article"
        )
    places.sort(key=lambda place: (-scores[place[0]], *place[1:4]))
    best = places[:limit]
    documents = list({place[4] for place in best})
    texts: dict[int, str] = {}
    for start in range(0, len(documents), _AT_ONCE):
        part = documents[start : start + _AT_ONCE]
        texts |= connection.execute(
            f"SELECT number, text FROM documents WHERE number IN {marks(part)}",  # noqa: S608
            part,
        ).fetchall()
    return [
        ScoredChunk(Chunk(id_, start, end, texts[document][start:end]), scores[number])
        for number, id_, start, end, document in best
    ]


def near_words(
    connection: Connection,
    word: str,
    near: Callable[[str], list[str]],
    best: Callable[[str], list[tuple[int, float]]],
) -> list[str]:
    """Return the words that are one letter apart from one, as a passage spells each.

    Those of most chunks come first; words that only titles have are left out.

    Args:
        connection: to the chunks.
        word: a word; nothing is near to several in one, such as "New York".
        near: returns the stems that are one letter apart from one, of most chunks first.
        best: returns the number and the score of the best chunk that has a stem, if any.
    """
    sought = stems(word)
    found: list[str] = []
    for stem in near(sought[0])[:_MOST_NEAR] if len(sought) == 1 else ():
        for chunk in in_order(connection, dict(best(stem)), 1):
            words = _WORD.findall(chunk.chunk.text)
            found += [spelled for spelled in words if stems(spelled) == [stem]][:1]
    return found
