"""Finds the chunks for a question: two rankings fused, copies of better hits collapsed.

Works through the store's protocol; knows nothing of sentences or answers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import NotFoundError
from index.search.copies import Surroundings, triples
from index.store import Store
from index.types import Document, Filter, Hit

__all__ = ["LEAD_BONUS", "LEAD_CHARACTERS", "fuse_scores", "search"]

LEAD_CHARACTERS = 300
"""A passage that begins within so many characters is the lead of its article."""
LEAD_BONUS = 0.05
"""What a lead's fused score is raised by: news says first who, what, where, and when. Raises
nDCG@10 of the right article from .953 to .957 on NewsQA and from .585 to .600 on RealTimeQA, and
leaves it at .732 and .974 on SciFact and XQuAD (bench/retrieval.py)."""

_DEPTH = 50
"""How far down each ranking is read before they are fused; 100 finds no more
(bench/retrieval.py)."""

Ranked = TypeVar("Ranked", bound=Hashable)


@dataclass(slots=True)
class _Kept:
    """A hit, and what was collapsed into it so far."""

    hit: Hit
    place: Surroundings
    copies: dict[str, Document] = field(default_factory=dict)


def search(
    store: Store,
    question: str,
    vector: NDArray[np.float32],
    limit: int,
    filter: Filter = Filter(),
) -> list[Hit]:
    """Return the best chunks for a question, best first, without copies of better ones.

    Args:
        store: where to look.
        question: the words to rank by BM25.
        vector: the question's embedding, shape (dimension,), unit length.
        limit: most hits to return.
        filter: which articles to look at.
    """
    depth = max(_DEPTH, limit)
    dense = {hit.chunk.id: hit for hit in store.search_dense(vector, depth, filter)}
    lexical = {hit.chunk.id: hit for hit in store.search_lexical(question, depth, filter)}
    rankings = [[(id_, hit.score) for id_, hit in found.items()] for found in (dense, lexical)]
    chunks = {id_: hit.chunk for found in (dense, lexical) for id_, hit in found.items()}
    fused = [
        (id_, score + LEAD_BONUS * (chunks[id_].start < LEAD_CHARACTERS))
        for id_, score in fuse_scores(rankings, depth)
    ]
    documents: dict[str, Document] = {}
    kept: list[_Kept] = []
    for chunk_id, score in sorted(fused, key=lambda pair: -pair[1]):
        chunk = chunks[chunk_id]
        in_dense = dense.get(chunk_id)
        said = triples(chunk.text)
        better = next((other for other in kept if other.place.says_all_of(said)), None)
        if better is None and len(kept) == limit:
            continue  # Further down there may still be copies of what is kept.
        if chunk.document_id not in documents:
            try:
                documents[chunk.document_id] = store.document(chunk.document_id)
            except NotFoundError:
                continue  # Another process has removed or replaced it since it was ranked.
        document = documents[chunk.document_id]
        if better is not None:
            if document.id != better.hit.document.id:
                better.copies[document.id] = document
            continue
        hit = Hit(
            chunk=chunk,
            document=document,
            score=score,
            similarity=in_dense.score if in_dense else None,
        )
        kept.append(_Kept(hit, Surroundings.of(chunk, document)))
    return [replace(one.hit, copies=tuple(one.copies.values())) for one in kept]


def fuse_scores(
    rankings: Sequence[Sequence[tuple[Ranked, float]]], depth: int
) -> list[tuple[Ranked, float]]:
    """Return every item of the rankings with its fused score, best first.

    The scores of each ranking are divided by its best one, and an item's are
    averaged. Unlike the sum of reciprocal ranks this keeps how far apart items
    are: a passage that holds every word of the question is not outvoted by two
    middling ranks (Bruch, Gai, Ingber: An Analysis of Fusion Functions for
    Hybrid Retrieval, TOIS 2023; bench/retrieval.py compares both).

    Args:
        rankings: each at most `depth` long, best first, with scores of which zero is nothing.
        depth: how far down they were read. What one of that length does not list
            counts as its last item, below which it must lie; what a shorter one does
            not list counts as zero.

    >>> fuse_scores([[("a", 0.8), ("b", 0.6)], [("b", 12.0), ("c", 6.0)]], depth=2)
    [('b', 0.875), ('a', 0.75), ('c', 0.625)]
    """
    scores: dict[Ranked, float] = {item: 0.0 for ranking in rankings for item, _ in ranking}
    for ranking in rankings:
        if not ranking:
            continue
        listed = dict(ranking)
        best, last = ranking[0][1], ranking[-1][1]
        scale = best if best > 0 else 1.0
        missing = last if len(ranking) >= depth else 0.0
        for item in scores:
            scores[item] += listed.get(item, missing) / scale / len(rankings)
    return sorted(scores.items(), key=lambda pair: -pair[1])
