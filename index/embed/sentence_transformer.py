"""Turns texts into vectors with a model that lies in a folder as sentence-transformers saves it.

Knows nothing of where such folders come from. What reads them is imported when the first text is
embedded: `index.embed.bert` where that can, else the library, which takes seconds.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.durable import hash_file
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["EmbedderLayout", "SentenceTransformerEmbedder", "load_folder", "read_layout"]

_Encode = Callable[[list[str]], NDArray[Any]]
_BATCH = 32
_CONFIGURATION = {
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
}
"""Names of the small files that decide, with the weights, what a vector is."""


@dataclass(frozen=True, slots=True)
class EmbedderLayout:
    """What a folder says of an embedder whose network is followed by one pooling of its tokens."""

    pooling: str
    """As in its configuration, below `pooling_mode_`."""
    dimension: int
    """Length of a vector."""
    longest: int | None
    """Most tokens of a text, those at its ends included; None where it is not said."""
    prompt: str | None
    """What is put before each text, by its name."""


class SentenceTransformerEmbedder:
    """An embedder whose folder sentence-transformers can load. Cheap until it is used."""

    def __init__(
        self,
        folder: Path,
        *,
        weights_sha256: str | None = None,
    ) -> None:
        """Remember the folder.

        Args:
            folder: Holds `config.json`, usually `modules.json`, and `*.safetensors`.
            weights_sha256: Hash of its one weights file if that is known; else it is read.

        Raises:
            ModelError: it is no such folder.
        """
        self._folder = folder
        self._weights = sorted(folder.rglob("*.safetensors"))
        self._weights_sha256 = weights_sha256
        if not self._weights or not (folder / "config.json").is_file():
            raise ModelError(
                f"{folder} holds no embedder (config.json, *.safetensors); name another folder"
            )
        self._loading = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Name the weights exactly: hashes of the weights and of the configuration.

        The configuration counts because the same weights cut texts at another length
        or pool in another way give other vectors.

        Raises:
            ModelError: a file cannot be read.
        """
        try:
            weights = self._weights_sha256 or _hash(self._weights)
            settings = [p for p in self._folder.rglob("*") if p.name in _CONFIGURATION]
            return f"{weights[:32]}-{_hash(sorted(settings))[:16]}"
        except OSError as error:
            raise ModelError(f"cannot read the embedder in {self._folder}: {error}") from error

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, read from the configuration where it is written there.

        Raises:
            ModelError: the embedder cannot be loaded.
        """
        if self._layout is not None:
            return self._layout.dimension
        return int(self.embed(["a"]).shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension) whose rows have unit length.

        A text's vector depends on its neighbours in the batch by rounding only.

        Raises:
            ModelError: the embedder cannot be loaded.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.ascontiguousarray(self._model(list(texts)), dtype=np.float32)

    @cached_property
    def _layout(self) -> EmbedderLayout | None:
        return read_layout(self._folder)

    @property
    def _model(self) -> _Encode:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> _Encode:
        try:
            if self._layout is not None:
                from index.embed.bert import Bert

                if (bert := Bert.read(self._folder, self._layout)) is not None:
                    return bert.encode
            return partial(
                load_folder(self._folder).encode,
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        # The libraries let through whatever a broken folder makes their parts raise.
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(f"cannot load the embedder in {self._folder}: {reason}") from error


def read_layout(folder: Path) -> EmbedderLayout | None:
    """Return what the small files of a folder say; None where they say something else."""
    try:
        modules = [m for m in _read_json(folder / "modules.json") if isinstance(m, dict)]
        kinds = {str(module["type"]).rpartition(".")[2] for module in modules}
        pooling = [m for m in modules if str(m["type"]).endswith("Pooling")]
        if not kinds <= {"Transformer", "Pooling", "Normalize"} or len(pooling) != 1:
            return None
        config = _read_json(folder / str(pooling[0]["path"]) / "config.json")
        mode = "pooling_mode_"
        ways = [k.removeprefix(mode) for k, v in config.items() if k.startswith(mode) and v is True]
        if len(ways) != 1:
            return None
        said = {}
        for name in ("sentence_bert_config.json", "config_sentence_transformers.json"):
            if (folder / name).is_file():
                said.update(_read_json(folder / name))
        return EmbedderLayout(
            pooling=ways[0],
            dimension=int(config["word_embedding_dimension"]),
            longest=said.get("max_seq_length"),
            prompt=said.get("default_prompt_name"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _read_json(path: Path) -> Any:
    """Return what a file of JSON holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def load_folder(folder: Path) -> SentenceTransformer:
    """Return the model in a folder, on the GPU where there is one."""
    import torch
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(folder),
        device="cuda" if torch.cuda.is_available() else "cpu",
        local_files_only=True,
        trust_remote_code=False,
        # Other formats are pickles, which can run code when they are read.
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    )


def _hash(files: Sequence[Path]) -> str:
    """Return the SHA-256 of one file, or of the concatenated hashes of several."""
    hashes = [hash_file(path) for path in files]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256(b"".join(map(bytes.fromhex, hashes))).hexdigest()
