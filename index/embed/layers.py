"""The layers of an encoder as BERT has them, for the embedder and for the reader: their design.

Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers": attention of all
tokens to all, then two dense layers, each added to what came in and normalised. Written out in
its few lines rather than taken from transformers, whose import takes several times as long
as a question; the tests of those who use it hold it against that one.

`index.embed.numpy_layers` computes them, and `index.embed.torch_layers` where the machine has
what numpy does not use: importing torch takes longer than an answer (`bench/startup.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embed.weights import Weight

__all__ = ["Design", "Layers", "torch_is_quicker"]

Given = TypeVar("Given")
Computed = TypeVar("Computed")

_GPUS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""What the drivers of NVIDIA and AMD make on Linux, and Windows for a Linux within it."""
_KINDS = ("weight", "bias")
_UNITS = {"amx_bf16", "avx512_bf16"}
"""Processors multiply in 16 bits with these, as Linux calls them."""


@dataclass(frozen=True, slots=True)
class Design:
    """How the layers of one encoder are called and set up."""

    names: tuple[str, ...]
    """Of the layers, as in `encoder.layer.0`, first to last."""
    attention: tuple[str, str, str, str, str]
    """What query, key, value, the layer after them, and the normalisation are called within."""
    heads: int
    """Of the attention."""
    epsilon: float
    """Of the normalisations."""

    def weights(self, stored: Mapping[str, Weight]) -> dict[str, Weight]:
        """Return the weights of the layers among others. A KeyError names one that is missing."""
        parts = (*self.attention, "intermediate.dense", "output.dense", "output.LayerNorm")
        names = [f"{n}.{part}.{kind}" for n in self.names for part in parts for kind in _KINDS]
        return {name: stored[name] for name in names}


class Layers(Protocol):
    """The layers over one set of weights. Threads may share them."""

    on_gpu: bool
    """Whether rows are best computed many at a time."""

    def __call__(
        self, x: NDArray[np.float32], bias: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """Return what the last layer makes of the embeddings of tokens.

        Args:
            x: shape (rows, tokens, width).
            bias: what is added to the scores of the attention, -inf where nothing is to be
                seen; shape (rows or 1, heads or 1, tokens or 1, tokens), or None.
        """

    def each(self, make: Callable[[Given], Computed], items: Iterable[Given]) -> list[Computed]:
        """Return what is made of each item by calling these layers, on all cores."""


def torch_is_quicker(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether there may be a GPU, or units for 16 bits, which numpy does not use.

    Args:
        cpuinfo: where Linux lists what a processor has.
    """
    if any(Path(device).exists() for device in _GPUS):
        return True
    try:
        first = cpuinfo.read_text().partition("\n\n")[0]
    except OSError:
        return False
    return not _UNITS.isdisjoint(first.split())
