"""The network of Byline's reader: MPNet, with heads for the answer's start, its end, and "answers".

The encoder of Song et al. 2020, "MPNet: Masked and Permuted Pre-training for Language
Understanding": BERT's layers with a relative position bias that all of them share. Held against
the one of transformers by tests/test_reader.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embed.layers import Design, Layers
from index.embed.numpy_layers import linear, norm
from index.embed.weights import Weight

__all__ = ["Encoder", "MakeLayers", "Shape"]

MakeLayers = Callable[[Mapping[str, Weight], Design], Layers]

_FARTHEST = 128
"""Tokens beyond which all distances have one bias."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of an encoder, by the names that its `config.json` gives them."""

    num_hidden_layers: int
    num_attention_heads: int
    relative_attention_num_buckets: int
    layer_norm_eps: float
    pad_token_id: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """Read the sizes from a config; a KeyError names one that is missing."""
        return cls(**{name: config[name] for name in cls.__dataclass_fields__})


class Encoder:
    """Scores the tokens of windows, and the windows. It only reads; see bench/train_reader.py."""

    def __init__(
        self, shape: Shape, weights: Mapping[str, Weight], make_layers: MakeLayers
    ) -> None:
        """Take the weights by their names in transformers' MPNet, below `encoder`.

        The heads are `span` and `answers`. A KeyError names a tensor that is missing.
        """
        self.shape = shape
        names = [f"encoder.encoder.layer.{number}" for number in range(shape.num_hidden_layers)]
        query, key, value, after = (f"attention.attn.{part}" for part in "qkvo")
        self.layers = make_layers(
            weights,
            Design(
                names=tuple(names),
                attention=(query, key, value, after, "attention.LayerNorm"),
                heads=shape.num_attention_heads,
                epsilon=shape.layer_norm_eps,
            ),
        )
        embeddings = "encoder.embeddings"
        self._words = weights[f"{embeddings}.word_embeddings.weight"]
        self._places = weights[f"{embeddings}.position_embeddings.weight"].array()
        self._distances = weights["encoder.encoder.relative_attention_bias.weight"].array()
        self._norm, self._span, self._first, self._second = (
            (weights[f"{name}.weight"].array(), weights[f"{name}.bias"].array())
            for name in (f"{embeddings}.LayerNorm", "span", "answers.0", "answers.2")
        )

    @property
    def most_tokens(self) -> int:
        """How many tokens a row may have."""
        return len(self._places) - self.shape.pad_token_id - 1

    def __call__(
        self, ids: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return scores as start and as end, shape (rows, tokens), and "answers", shape (rows,).

        Args:
            ids: tokens, shape (rows, tokens); shorter rows are filled up with `pad_token_id`.
        """
        there = ids != self.shape.pad_token_id
        tokens = ids.shape[1]
        # Positions are counted from the one after that of padding, as in RoBERTa.
        first = self.shape.pad_token_id + 1
        x = self._words.rows(ids) + self._places[first : first + tokens]
        bias = self._distances[self._buckets(tokens)].transpose(2, 0, 1)[None]
        if not there.all():
            bias = np.where(there[:, None, None, :], bias, np.float32(-np.inf))
        x = norm(x, *self._norm, self.shape.layer_norm_eps)
        x = self.layers(x, np.ascontiguousarray(bias))
        span = linear(x, *self._span)
        answers = linear(np.tanh(linear(x[:, 0], *self._first)), *self._second)
        return span[..., 0], span[..., 1], answers[:, 0]

    def _buckets(self, tokens: int) -> NDArray[np.int64]:
        """Return which bias each pair of tokens has, shape (tokens, tokens).

        Half of the buckets are for each direction; half of these are for one distance each,
        the others grow with the logarithm (Raffel et al. 2020, 2.1).
        """
        places = np.arange(tokens)
        ahead = places[None, :] - places[:, None]
        half = self.shape.relative_attention_num_buckets // 2
        single = half // 2
        distance = np.abs(ahead)
        near = np.maximum(distance, 1).astype(np.float32) / single
        scaled = np.log(near) / np.float32(math.log(_FARTHEST / single))
        far = np.minimum(single + (scaled * (half - single)).astype(np.int64), half - 1)
        within: NDArray[np.int64] = np.where(distance < single, distance, far)
        return within + np.where(ahead > 0, half, 0)
