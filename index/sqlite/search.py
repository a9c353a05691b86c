"""Ranks chunks by the derived indexes within a transaction; knows neither files nor locks."""

from __future__ import annotations

from collections.abc import Sequence
from operator import methodcaller
from typing import TYPE_CHECKING

from index.relational.ranking import by_cosine, in_order, spelled, with_ties
from index.sqlite.connection import LibraryConnection
from index.store import ScoredChunk
from index.text.terms import question_stems
from index.text.tokens import stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.sqlite.vectors.flat_index import FlatIndex
    from index.sqlite.vectors.layered_index import LayeredIndex
    from index.sqlite.words.keeper import WordKeeper

__all__ = ["count_chunks", "near_words", "rank_dense", "rank_lexical"]

_MOST_NEAR = 3
"""Words one letter apart that are looked at; by far the most names have one."""


def rank_dense(
    connection: LibraryConnection,
    index: FlatIndex | LayeredIndex,
    vector: NDArray[np.float32],
    limit: int,
    allowed: NDArray[np.int64] | None,
) -> list[ScoredChunk]:
    """Rank the chunks of allowed numbers (None for all) by cosine with a unit vector."""
    candidates = index.candidates_per_hit * limit
    found = with_ties(candidates, lambda most: index.search(vector, most, allowed))
    return by_cosine(connection, [number for number, _ in found], vector, limit)


def rank_lexical(
    connection: LibraryConnection,
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
    return in_order(connection, dict(found), limit)


def count_chunks(
    connection: LibraryConnection, words: WordKeeper, asked: Sequence[str]
) -> list[int]:
    """Count, for each word, the chunks whose text holds it, after stemming.

    Of several words in one, such as "New York", the chunks that hold all; 0 for what is no word.
    """
    sought = [stems(word) for word in asked]
    return words.ask(connection, lambda postings: [postings.count(all_) for all_ in sought])


def near_words(connection: LibraryConnection, words: WordKeeper, word: str) -> list[str]:
    """Return the words that are one letter apart from one, as a passage spells each.

    Those of most chunks come first; words that only titles have are left out.
    """
    sought = stems(word)
    if len(sought) != 1:
        return []
    found: list[str] = []
    for stem in words.ask(connection, lambda postings: postings.near(sought[0]))[:_MOST_NEAR]:
        search = methodcaller("search", [stem], 1, None)
        for chunk in in_order(connection, dict(words.ask(connection, search)), 1):
            found.append(spelled(chunk.chunk.text, stem) or "")
    return [word for word in found if word]
