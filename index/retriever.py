"""Finds the chunks for a question: two rankings, fused by rank, near-identical ones collapsed.

Works through the store and embedder protocols; knows nothing of sentences or answers.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from index.errors import NotFoundError
from index.fusion import reciprocal_rank_fusion
from index.store import Store
from index.types import Document, Filter, Hit

__all__ = ["search"]

_DEPTH = 50
"""How far down each ranking is read before they are fused."""
_NEAR_IDENTICAL = 0.8
"""Jaccard similarity of word triples from which two chunks count as copies of each other."""


def search(
    store: Store,
    question: str,
    vector: NDArray[np.float32],
    limit: int,
    filter: Filter = Filter(),
) -> list[Hit]:
    """Return the best chunks for a question, best first, without near-identical copies.

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
    documents: dict[str, Document] = {}
    kept: list[tuple[Hit, frozenset[tuple[str, ...]]]] = []
    for chunk_id, score in reciprocal_rank_fusion([list(dense), list(lexical)]):
        in_dense, in_lexical = dense.get(chunk_id), lexical.get(chunk_id)
        chunk = (in_dense or lexical[chunk_id]).chunk
        # A copy of a better hit is left out: a wire story in two papers, an update.
        triples = _triples(chunk.text)
        if any(_jaccard(triples, other) >= _NEAR_IDENTICAL for _, other in kept):
            continue
        if chunk.document_id not in documents:
            try:
                documents[chunk.document_id] = store.document(chunk.document_id)
            except NotFoundError:
                continue  # Another process has removed or replaced it since it was ranked.
        hit = Hit(
            chunk=chunk,
            document=documents[chunk.document_id],
            score=score,
            similarity=in_dense.score if in_dense else None,
            bm25=in_lexical.score if in_lexical else None,
        )
        kept.append((hit, triples))
        if len(kept) == limit:
            break
    return [hit for hit, _ in kept]


def _triples(text: str) -> frozenset[tuple[str, ...]]:
    found = re.findall(r"\w+", text.casefold())
    return frozenset(zip(found, found[1:], found[2:])) or frozenset([tuple(found)])


def _jaccard(left: frozenset[tuple[str, ...]], right: frozenset[tuple[str, ...]]) -> float:
    return len(left & right) / len(left | right)
