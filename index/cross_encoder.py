"""Reranks passages with a cross-encoder of sentence-transformers that lies in a folder.

It reads question and passage together, which tells more than their two vectors do and takes
longer. Knows nothing of where folders come from. The library is imported at the first use.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.model_folder import load_folder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

__all__ = ["CrossEncoderReranker"]

_BATCH = 32


class CrossEncoderReranker:
    """A reranker whose folder sentence-transformers can load. Cheap until it is used."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder.

        Args:
            folder: Holds `config.json`, a tokenizer, and `*.safetensors`.

        Raises:
            ModelError: it is no such folder.
        """
        self._folder = folder
        if not any(folder.rglob("*.safetensors")) or not (folder / "config.json").is_file():
            raise ModelError(
                f"{folder} holds no reranker (config.json, *.safetensors); name another folder"
            )
        self._loading = threading.Lock()

    def score(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a passage, shape (len(passages),), higher is better.

        Raises:
            ModelError: the model cannot be loaded, or gives more than one score a passage.
        """
        if not passages:
            return np.zeros(0, dtype=np.float32)
        scores = self._model.predict(
            [(question, passage) for passage in passages],
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(scores, dtype=np.float32).reshape(len(passages))

    @property
    def _model(self) -> CrossEncoder:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        model: CrossEncoder = load_folder(CrossEncoder, self._folder, "reranker")
        if model.num_labels != 1:
            raise ModelError(
                f"the model in {self._folder} gives {model.num_labels} scores a passage, "
                "a reranker gives one; name another folder"
            )
        return model
