"""Turns texts into vectors; knows nothing of articles, storage, or language models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder"]


class Embedder(Protocol):
    """What a part must offer to take the place of the default embedder."""

    @property
    def fingerprint(self) -> str:
        """Name the weights exactly: vectors of different fingerprints must never meet."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension) whose rows have unit length."""
