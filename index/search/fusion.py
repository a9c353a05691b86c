"""Merges rankings whose scores are of different scales; knows nothing of what they rank."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

__all__ = ["fuse_scores"]

Item = TypeVar("Item", bound=Hashable)


def fuse_scores(
    rankings: Sequence[Sequence[tuple[Item, float]]], depth: int
) -> list[tuple[Item, float]]:
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
    scores: dict[Item, float] = {item: 0.0 for ranking in rankings for item, _ in ranking}
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
