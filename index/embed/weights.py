"""Maps the tensors of a safetensors file into memory as arrays; knows no network.

The format: https://github.com/huggingface/safetensors#format. The library of that name copies
each tensor for numpy; mapped, the parts of a file that no text needs are never read.
"""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Weight", "map_tensors"]

_BFLOAT16 = "BF16"
_KINDS: dict[str, type[np.generic]] = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I8": np.int8,
    _BFLOAT16: np.uint16,
}


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor as it is stored."""

    values: NDArray[Any]
    scale: NDArray[Any] | None = None
    """What each row of a matrix is to be multiplied by; None for 1."""

    def __len__(self) -> int:
        """How many rows it has."""
        return len(self.values)

    def array(self) -> NDArray[np.float32]:
        """Return it in 32 bits, and mapped where it is stored so."""
        if self.scale is None:
            return self.values.astype(np.float32, copy=False)
        scale = self.scale.astype(np.float32)[:, None]
        unpacked: NDArray[np.float32] = np.multiply(self.values, scale, dtype=np.float32)
        return unpacked

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows of a matrix in 32 bits, shape (*numbers.shape, columns)."""
        scale = None if self.scale is None else self.scale[numbers.ravel()]
        rows = Weight(self.values[numbers.ravel()], scale).array()
        return rows.reshape(*numbers.shape, -1)


def map_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a file by their names; what changes one does not change the file.

    Those of kinds that no network here has, such as truth values, are left out.

    Raises:
        OSError: it cannot be read.
        ValueError, KeyError: it is damaged.
    """
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__" and entry["dtype"] in _KINDS:
            kind = np.dtype(_KINDS[entry["dtype"]])
            begin, end = entry["data_offsets"]
            count = (end - begin) // kind.itemsize
            flat: NDArray[Any] = np.frombuffer(data, kind, count, start + begin)
            if entry["dtype"] == _BFLOAT16:  # The upper half of 32 bits.
                flat = (flat.astype(np.uint32) << 16).view(np.float32)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors
