"""Embeds with BERT and the mean of its tokens: the networks that most small embedders are.

Reimers and Gurevych 2019, "Sentence-BERT". Importing sentence-transformers takes several times
as long as answering a question does, so that a folder with such a network is read here, and
any other by that library. tests/test_sentence_transformer.py holds one against the other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from index.embed.layers import Design, torch_is_quicker
from index.embed.numpy_layers import NumpyLayers, norm
from index.embed.weights import Weight, map_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from index.embed.layers import Layers
    from index.embed.sentence_transformer import EmbedderLayout

__all__ = ["Bert"]

_TOGETHER = 4_096
"""Most tokens of a batch. From 2,000 to 16,000 cost the same."""
_MANY = 40_000
"""Tokens after which torch, which is a fifth quicker, has made up for being imported
(`bench/RESULTS.md`, "Adding")."""


class Bert:
    """The network of a folder. It only reads; threads may share it."""

    def __init__(self, folder: Path, config: Mapping[str, Any], longest: int) -> None:
        """Load it; `read` tells whether that can be. A KeyError names a tensor that is missing."""
        tensors = map_tensors(folder / "model.safetensors")
        # Some write the network alone, some with a head beside it.
        self._weights = {name.removeprefix("bert."): Weight(t) for name, t in tensors.items()}
        layers = range(config["num_hidden_layers"])
        self._design = Design(
            names=tuple(f"encoder.layer.{number}" for number in layers),
            attention=(
                *("attention.self.query", "attention.self.key", "attention.self.value"),
                *("attention.output.dense", "attention.output.LayerNorm"),
            ),
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
        )
        self._choosing = threading.Lock()
        self._layers: Layers = NumpyLayers(self._weights, self._design)
        self._left = 0 if torch_is_quicker() else _MANY
        self._width: int = config["hidden_size"]
        self._pad: int = config["pad_token_id"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    @classmethod
    def read(cls, folder: Path, layout: EmbedderLayout) -> Bert | None:
        """Return the network of a folder, or None where it is another, or something is added."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        known = (
            config.get("model_type") == "bert"
            and config.get("hidden_act") == "gelu"
            and config.get("position_embedding_type", "absolute") == "absolute"
            and layout.pooling == "mean_tokens"
            and layout.prompt is None
            and all((folder / name).is_file() for name in ("model.safetensors", "tokenizer.json"))
        )
        longest = layout.longest
        if not known or not longest or longest > config.get("max_position_embeddings", 0):
            return None
        return cls(folder, config, longest)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), width) whose rows have unit length.

        Where the processor has AMX, the matrices of long texts are multiplied in bfloat16: twice
        as fast, with a cosine above .9999 to the exact vectors, and the same nDCG on two sets
        (`bench/RESULTS.md`, "Adding"). Elsewhere it would have to be imitated.
        """
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        batches: list[list[int]] = []
        # By length, so that little is filled up; longest first, as a batch grows with its first.
        for number in sorted(range(len(ids)), key=lambda number: -len(ids[number])):
            if batches and (len(batches[-1]) + 1) * len(ids[batches[-1][0]]) <= _TOGETHER:
                batches[-1].append(number)
            else:
                batches.append([number])
        layers = self._chosen(sum(map(len, ids)))
        rows = ([ids[number] for number in batch] for batch in batches)
        vectors = np.empty((len(ids), self._width), dtype=np.float32)
        for batch, found in zip(batches, layers.each(lambda row: self._mean(layers, row), rows)):
            vectors[batch] = found
        return vectors

    def _chosen(self, tokens: int) -> Layers:
        """Return what computes the next tokens, which is torch once there are many."""
        with self._choosing:
            self._left -= tokens
            if self._left < 0 and isinstance(self._layers, NumpyLayers):
                from index.embed.torch_layers import TorchLayers

                self._layers = TorchLayers(self._weights, self._design)
            return self._layers

    def _mean(self, layers: Layers, rows: list[list[int]]) -> NDArray[np.float32]:
        """Return the normalised mean of the tokens of each row, the longest of which is first."""
        width = len(rows[0])
        ids = np.array([row + [self._pad] * (width - len(row)) for row in rows])
        lengths = np.array([len(row) for row in rows])
        there = np.arange(width) < lengths[:, None]
        bias = None
        if not there.all():
            bias = np.where(there, np.float32(0), np.float32(-np.inf))[:, None, None, :]
        x = self._weights["embeddings.word_embeddings.weight"].rows(ids)
        x += self._weights["embeddings.position_embeddings.weight"].rows(np.arange(width))
        x += self._weights["embeddings.token_type_embeddings.weight"].rows(np.array([0]))
        normalised = "embeddings.LayerNorm"
        weight, beta = (self._weights[f"{normalised}.{n}"].array() for n in ("weight", "bias"))
        x = layers(norm(x, weight, beta, self._design.epsilon), bias)
        mean = np.einsum("rtw,rt->rw", x, there.astype(np.float32)) / lengths[:, None]
        found: NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return found.astype(np.float32)
