"""Computes the layers of an encoder with torch: on a GPU, or with a processor's 16-bit units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from index.embed.layers import Computed, Design, Given
from index.embed.weights import Weight

__all__ = ["TorchLayers", "chosen_device", "chosen_dtype"]

_LONG = 250
"""Tokens from which 16 bits are used beside weights of 32. Converting these costs what they gain
at some 100; at 400 they are 1.7 times as fast."""


def chosen_device() -> torch.device:
    """Return the GPU where torch sees one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def chosen_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where the hardware has it.

    A processor that only emulates it takes five times as long with it as with 32 bits.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    able = torch.cpu.get_capabilities()
    has = able.get("avx512_bf16") or able.get("amx_bf16")
    return torch.bfloat16 if has else torch.float32


class TorchLayers:
    """Layers as `index.embed.layers` describes them."""

    def __init__(
        self,
        weights: Mapping[str, Weight],
        design: Design,
        *,
        device: torch.device | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Take the weights. A KeyError names a tensor that is missing.

        Args:
            weights: by name; more may be among them.
            design: of the layers.
            device: where to compute; None for the GPU where there is one.
            dtype: of the weights. Where these have 32 bits, the matrices of long texts are
                multiplied in bfloat16 all the same by a processor that has AMX.
        """
        self._device = device or chosen_device()
        self.on_gpu = self._device.type == "cuda"
        self._dtype = dtype
        self._design = design
        self._weights = {
            name: torch.from_numpy(weight.array()).to(self._device, dtype)
            for name, weight in design.weights(weights).items()
        }
        amx = torch.cpu.get_capabilities().get("amx_bf16", False)
        self._has_amx = bool(amx) and not self.on_gpu and dtype == torch.float32

    def each(self, make: Callable[[Given], Computed], items: Iterable[Given]) -> list[Computed]:
        """Return what is made of each item: one after another, each on all cores."""
        return [make(item) for item in items]

    @torch.inference_mode()
    def __call__(
        self, x: NDArray[np.float32], bias: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """Return what the last layer makes of the embeddings of tokens; see `Layers`."""
        tensor = self._placed(x)
        seen = None if bias is None else self._placed(bias)
        short = self._has_amx and x.shape[0] * x.shape[1] >= _LONG
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=short):
            for name in self._design.names:
                tensor = self._layer(name, tensor, seen)
        found: NDArray[np.float32] = tensor.float().cpu().numpy()
        return found

    def _placed(self, array: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(array).to(self._device, self._dtype)

    def _layer(self, name: str, x: Tensor, bias: Tensor | None) -> Tensor:
        rows, tokens = x.shape[:2]
        *parts, after, normalisation = self._design.attention
        query, key, value = (
            self._linear(f"{name}.{part}", x)
            .view(rows, tokens, self._design.heads, -1)
            .transpose(1, 2)
            for part in parts
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        attended = self._linear(f"{name}.{after}", seen.transpose(1, 2).flatten(2))
        x = self._norm(f"{name}.{normalisation}", attended + x)
        widened = functional.gelu(self._linear(f"{name}.intermediate.dense", x))
        dense = self._linear(f"{name}.output.dense", widened)
        return self._norm(f"{name}.output.LayerNorm", dense + x)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, weight.shape, weight, bias, self._design.epsilon)
