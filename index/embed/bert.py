"""Embeds with BERT and the mean of its tokens: the networks that most small embedders are.

Reimers and Gurevych 2019, "Sentence-BERT". Importing sentence-transformers takes several times
as long as answering a question does, so that a folder with such a network is read here, and
any other by that library. tests/test_sentence_transformer.py holds one against the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional

from index.embed.layers import Layers
from index.embed.model_folder import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from index.embed.model_folder import Layout

__all__ = ["Bert"]

_TOGETHER = 4_096
"""Most tokens of a batch. From 2,000 to 16,000 cost the same."""
_LONG = 250
"""Tokens from which 16 bits are used, on a processor with units for them. Converting the weights
costs what they gain at some 100; at 400 they are 1.7 times as fast."""


class Bert:
    """The network of a folder, on the GPU where there is one. It only reads."""

    def __init__(self, folder: Path, config: Mapping[str, Any], longest: int) -> None:
        """Load it; `read` tells whether that can be. A KeyError names a tensor that is missing."""
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        amx = torch.cpu.get_capabilities().get("amx_bf16", False)
        self._has_amx = bool(amx) and self._device.type == "cpu"
        weights = {
            # Some write the network alone, some with a head beside it.
            name.removeprefix("bert."): tensor.float().to(self._device)
            for name, tensor in load_file(folder / "model.safetensors").items()
        }
        inside = "attention.self"
        self._layers = Layers(
            weights,
            [f"encoder.layer.{number}" for number in range(config["num_hidden_layers"])],
            attention=[
                *(f"{inside}.query", f"{inside}.key", f"{inside}.value"),
                *("attention.output.dense", "attention.output.LayerNorm"),
            ],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
        )
        self._width: int = config["hidden_size"]
        self._pad: int = config["pad_token_id"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    @classmethod
    def read(cls, folder: Path, layout: Layout) -> Bert | None:
        """Return the network of a folder, or None where it is another, or something is added."""
        config = read_json(folder / "config.json")
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

    @torch.inference_mode()
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
        vectors = np.empty((len(ids), self._width), dtype=np.float32)
        short = self._has_amx and sum(map(len, ids)) >= _LONG
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=short):
            for batch in batches:
                vectors[batch] = self._mean([ids[number] for number in batch])
        return vectors

    def _mean(self, rows: list[list[int]]) -> NDArray[np.float32]:
        """Return the normalised mean of the tokens of each row."""
        width = len(rows[0])
        ids = torch.tensor([row + [self._pad] * (width - len(row)) for row in rows])
        ids = ids.to(self._device)
        lengths = torch.tensor([len(row) for row in rows], device=self._device)
        there = torch.arange(width, device=self._device) < lengths[:, None]
        bias = None
        if len(rows[-1]) < width:
            bias = torch.zeros(there.shape, device=self._device)
            bias = bias.masked_fill(~there, -torch.inf)[:, None, None, :]
        x = self._layers["embeddings.word_embeddings.weight"][ids]
        x = x + self._layers["embeddings.position_embeddings.weight"][:width]
        x = x + self._layers["embeddings.token_type_embeddings.weight"][0]
        x = self._layers(self._layers.norm("embeddings.LayerNorm", x), bias).float()
        mean = (x * there[:, :, None]).sum(1) / lengths[:, None]
        found: NDArray[np.float32] = functional.normalize(mean).cpu().numpy()
        return found
