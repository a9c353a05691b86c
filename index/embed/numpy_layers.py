"""Computes the layers of an encoder with numpy, on a processor's cores, in 32 bits.

As quick as torch there, and imported in a tenth of a second: the matrices are multiplied by the
BLAS that numpy brings, each batch by one thread, and other batches beside it by others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embed.layers import Computed, Design, Given
from index.embed.weights import Weight

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["NumpyLayers", "linear", "norm", "on_all_cores"]

Array = NDArray[np.float32]

_BLOCK = 16_384
"""Numbers that GELU takes at once: what it needs for them stays in a core's own cache."""
_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
_ERF_P = 0.3275911


class NumpyLayers:
    """Layers as `index.embed.layers` describes them."""

    on_gpu = False

    def __init__(self, weights: Mapping[str, Weight], design: Design) -> None:
        """Take the weights. A KeyError names a tensor that is missing.

        Args:
            weights: by name; more may be among them.
            design: of the layers.
        """
        self._design = design
        taken = design.weights(weights)
        self._weights = dict(zip(taken, on_all_cores(Weight.array, taken.values())))

    def each(self, make: Callable[[Given], Computed], items: Iterable[Given]) -> list[Computed]:
        """Return what is made of each item, each by one thread."""
        return on_all_cores(make, items)

    def __call__(self, x: Array, bias: Array | None) -> Array:
        """Return what the last layer makes of the embeddings of tokens; see `Layers`."""
        for name in self._design.names:
            x = self._layer(name, x, bias)
        return x

    def _layer(self, name: str, x: Array, bias: Array | None) -> Array:
        query, key, value, after, normalisation = self._design.attention
        seen = _attention(
            self._linear(f"{name}.{query}", x),
            self._linear(f"{name}.{key}", x),
            self._linear(f"{name}.{value}", x),
            self._design.heads,
            bias,
        )
        x = self._norm(f"{name}.{normalisation}", self._linear(f"{name}.{after}", seen) + x)
        widened = _gelu(self._linear(f"{name}.intermediate.dense", x))
        dense = self._linear(f"{name}.output.dense", widened)
        return self._norm(f"{name}.output.LayerNorm", dense + x)

    def _linear(self, name: str, x: Array) -> Array:
        return linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, name: str, x: Array) -> Array:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return norm(x, weight, bias, self._design.epsilon)


def linear(x: Array, weight: Array, bias: Array) -> Array:
    """Return the weighted sums of a dense layer.

    Args:
        x: shape (..., width).
        weight: shape (outputs, width).
        bias: shape (outputs,).
    """
    y: Array = x.reshape(-1, x.shape[-1]) @ weight.T
    y += bias
    return y.reshape(*x.shape[:-1], -1)


def norm(x: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    """Return what is normalised to mean and variance (Ba et al. 2016, "Layer Normalization").

    Args:
        x: shape (..., width).
        weight: what the normalised is multiplied by, shape (width,).
        bias: what is then added, shape (width,).
        epsilon: what is added to the variance.
    """
    centred: Array = x - x.mean(-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / x.shape[-1]
    centred /= np.sqrt(variance + np.float32(epsilon))
    centred *= weight
    centred += bias
    return centred


def on_all_cores(make: Callable[[Given], Computed], items: Iterable[Given]) -> list[Computed]:
    """Return what is made of each item, each by one thread, as many at once as BLAS would take."""
    items = list(items)
    with _one_thread_each as threads:
        if threads == 1 or len(items) == 1:
            return [make(item) for item in items]
        with ThreadPoolExecutor(threads, "byline-layers") as pool:
            return list(pool.map(make, items))


def _attention(query: Array, key: Array, value: Array, heads: int, bias: Array | None) -> Array:
    """Return the attention of each token to all (Vaswani et al. 2017, 3.2)."""
    rows, tokens, width = query.shape
    query, key, value = (
        part.reshape(rows, tokens, heads, -1).swapaxes(1, 2) for part in (query, key, value)
    )
    scores = np.matmul(query, key.swapaxes(2, 3))
    scores *= np.float32((width // heads) ** -0.5)
    if bias is not None:
        scores += bias
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    seen = np.matmul(scores, value)
    seen /= scores.sum(-1, keepdims=True)
    joined: Array = seen.swapaxes(1, 2).reshape(rows, tokens, width)
    return joined


def _gelu(x: Array) -> Array:
    """Return x times the share of a normal distribution below it, in the place of x.

    Hendrycks and Gimpel 2016. The error function is that of Abramowitz and Stegun 1964, 7.1.26,
    which is exact to 1.5e-7: with t = 1 / (1 + p |x| / √2), its complement at |x| / √2 is
    exp(-x² / 2) (a₁t + … + a₅t⁵).
    """
    flat = x.reshape(-1)
    p = np.float32(_ERF_P / 2**0.5)
    first, *others = (np.float32(a / 2) for a in _ERF)
    for start in range(0, flat.size, _BLOCK):
        values = flat[start : start + _BLOCK]
        size = np.abs(values)
        t = size * p
        t += 1
        np.reciprocal(t, out=t)
        below = t * first
        for a in others:
            below += a
            below *= t
        square = size * size
        square *= np.float32(-0.5)
        below *= np.exp(square, out=square)
        below *= size
        # Of what lies as far to the other side: |x| Φ(-|x|) is what is missing from max(x, 0).
        np.maximum(values, 0, out=values)
        values -= below
    return x


class _OneThreadEach:
    """Keeps BLAS to the thread that calls it, while anybody is within.

    How many threads it takes counts for the whole process, so that the last one to leave gives
    back what the first one found.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._within = 0
        self._threads = 1
        self._restore: Callable[[], None] = lambda: None

    def __enter__(self) -> int:
        """Return how many threads it would take."""
        with self._lock:
            if not self._within:
                blas = _blas()
                taken = [library.num_threads for library in blas.lib_controllers]
                self._threads = max(taken, default=1)
                self._restore = blas.limit(limits=1).restore_original_limits
            self._within += 1
            return self._threads

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                self._restore()


_one_thread_each = _OneThreadEach()


@cache
def _blas() -> ThreadpoolController:
    """Return what multiplies matrices for numpy: all such libraries but the one of faiss."""
    from threadpoolctl import ThreadpoolController

    loaded = ThreadpoolController()
    paths = [found.filepath for found in loaded.lib_controllers if "faiss" not in found.filepath]
    return loaded.select(filepath=paths).select(user_api="blas")
