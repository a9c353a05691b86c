"""Scores passages by reading each together with the question; the seam where one is plugged in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reranker"]


class Reranker(Protocol):
    """Orders the best passages of a search anew. None is needed."""

    def score(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each passage answers, shape (len(passages),), higher is better.

        Only the order means anything.
        """
