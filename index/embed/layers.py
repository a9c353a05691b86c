"""The layers of an encoder as BERT has them, for the embedder and for the reader.

Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers": attention of all
tokens to all, then two dense layers, each added to what came in and normalised. Written out in
its few lines rather than taken from transformers, whose import takes several times as long
as a question; the tests of those who use it hold it against that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["Layers"]


class Layers:
    """The layers, and the two steps they are made of, over one set of weights."""

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        names: Sequence[str],
        *,
        attention: Sequence[str],
        heads: int,
        epsilon: float,
    ) -> None:
        """Take the weights. A KeyError names a tensor that is missing.

        Args:
            weights: by name; more may be among them.
            names: of the layers, as in `encoder.layer.0`, first to last.
            attention: what query, key, value, the layer after them, and the normalisation are
                called within a layer.
            heads: of the attention.
            epsilon: of the normalisation.
        """
        self._weights = dict(weights)
        self._names = names
        *parts, self._attended, self._attended_norm = attention
        self._heads = heads
        self._epsilon = epsilon
        for name in names:
            # One multiplication for query, key, and value is quicker than three.
            for kind in ("weight", "bias"):
                joined = torch.cat([self._weights.pop(f"{name}.{p}.{kind}") for p in parts])
                self._weights[f"{name}.qkv.{kind}"] = joined

    def __getitem__(self, name: str) -> Tensor:
        """Return one of the weights."""
        return self._weights[name]

    def __call__(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Return what the last layer makes of the embeddings of tokens.

        Args:
            x: shape (rows, tokens, width).
            bias: what is added to the scores of the attention, -inf where nothing is to be
                seen; shape (rows or 1, heads or 1, tokens or 1, tokens), or None.
        """
        for name in self._names:
            x = self._layer(name, x, bias)
        return x

    def _layer(self, name: str, x: Tensor, bias: Tensor | None) -> Tensor:
        rows, tokens = x.shape[:2]
        parts = self.linear(f"{name}.qkv", x).view(rows, tokens, 3, self._heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        attended = self.linear(f"{name}.{self._attended}", seen.transpose(1, 2).flatten(2))
        x = self.norm(f"{name}.{self._attended_norm}", attended + x)
        widened = functional.gelu(self.linear(f"{name}.intermediate.dense", x))
        dense = self.linear(f"{name}.output.dense", widened)
        return self.norm(f"{name}.output.LayerNorm", dense + x)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """Return the weighted sums of a dense layer."""
        return functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def norm(self, name: str, x: Tensor) -> Tensor:
        """Return what is normalised to mean and variance of the layer of that name."""
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, weight.shape, weight, bias, self._epsilon)
