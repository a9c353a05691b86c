"""The network of Byline's reader: MPNet, with heads for the answer's start, its end, and "answers".

The encoder of Song et al. 2020, "MPNet: Masked and Permuted Pre-training for Language
Understanding": BERT's layers with a relative position bias that all of them share. Held against
the one of transformers by tests/test_reader.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from index.embed.layers import Layers

__all__ = ["Encoder", "Shape"]

_FARTHEST = 128
"""Tokens beyond which all distances have one bias."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of an encoder, by the names that its `config.json` gives them."""

    hidden_size: int
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

    def __init__(self, shape: Shape, weights: Mapping[str, Tensor]) -> None:
        """Take the weights by their names in transformers' MPNet, below `encoder`.

        The heads are `span` and `answers`. A KeyError names a tensor that is missing.
        """
        self.shape = shape
        self._layers = Layers(
            weights,
            [f"encoder.encoder.layer.{number}" for number in range(shape.num_hidden_layers)],
            attention=[*(f"attention.attn.{part}" for part in "qkvo"), "attention.LayerNorm"],
            heads=shape.num_attention_heads,
            epsilon=shape.layer_norm_eps,
        )

    @property
    def most_tokens(self) -> int:
        """How many tokens a row may have."""
        places = self._layers["encoder.embeddings.position_embeddings.weight"]
        return len(places) - self.shape.pad_token_id - 1

    def __call__(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores as start and as end, shape (rows, tokens), and "answers", shape (rows,).

        Args:
            ids: tokens, shape (rows, tokens); shorter rows are filled up with `pad_token_id`.
        """
        there = ids != self.shape.pad_token_id
        tokens = ids.shape[1]
        # Positions are counted from the one after that of padding, as in RoBERTa.
        places = torch.arange(tokens, device=ids.device) + self.shape.pad_token_id + 1
        embeddings = "encoder.embeddings"
        x = self._layers[f"{embeddings}.word_embeddings.weight"][ids]
        x = x + self._layers[f"{embeddings}.position_embeddings.weight"][places]
        x = self._layers.norm(f"{embeddings}.LayerNorm", x)
        distances = self._layers["encoder.encoder.relative_attention_bias.weight"]
        bias = distances[self._buckets(tokens, ids.device)].permute(2, 0, 1)[None]
        if not there.all():
            bias = bias.masked_fill(~there[:, None, None, :], -torch.inf)
        x = self._layers(x, bias.contiguous())
        span = self._layers.linear("span", x).float()
        first = torch.tanh(self._layers.linear("answers.0", x[:, 0]))
        answers = self._layers.linear("answers.2", first)
        return span[..., 0], span[..., 1], answers[:, 0].float()

    def _buckets(self, tokens: int, device: torch.device) -> Tensor:
        """Return which bias each pair of tokens has, shape (tokens, tokens).

        Half of the buckets are for each direction; half of these are for one distance each,
        the others grow with the logarithm (Raffel et al. 2020, 2.1).
        """
        places = torch.arange(tokens, device=device)
        ahead = places[None, :] - places[:, None]
        half = self.shape.relative_attention_num_buckets // 2
        single = half // 2
        distance = ahead.abs()
        scaled = torch.log(distance.clamp(min=1).float() / single) / math.log(_FARTHEST / single)
        far = (single + (scaled * (half - single)).long()).clamp(max=half - 1)
        return torch.where(ahead > 0, half, 0) + torch.where(distance < single, distance, far)
