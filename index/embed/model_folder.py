"""Loads a model of sentence-transformers from a folder: offline, and from safe formats only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index.errors import ModelError

__all__ = ["load_folder"]

Model = TypeVar("Model")


def load_folder(make: Callable[..., Model], folder: Path, kind: str) -> Model:
    """Return the model in a folder, on the GPU where there is one.

    Args:
        make: the class, such as `SentenceTransformer`.
        folder: where it lies.
        kind: what to call it to a person, such as "embedder".

    Raises:
        ModelError: it cannot be loaded.
    """
    import torch

    try:
        return make(
            str(folder),
            device="cuda" if torch.cuda.is_available() else "cpu",
            local_files_only=True,
            trust_remote_code=False,
            # Other formats are pickles, which can run code when they are read.
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
        )
    # The library lets through whatever a broken folder makes its parts raise.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"cannot load the {kind} in {folder}: {reason}") from error
