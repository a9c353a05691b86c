"""Reads the layout of a folder of sentence-transformers, and loads it, offline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["EmbedderLayout", "load_folder", "read_json", "read_layout"]


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


def read_json(path: Path) -> Any:
    """Return what a file of JSON holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_layout(folder: Path) -> EmbedderLayout | None:
    """Return what the small files of a folder say; None where they say something else."""
    try:
        modules = [m for m in read_json(folder / "modules.json") if isinstance(m, dict)]
        kinds = {str(module["type"]).rpartition(".")[2] for module in modules}
        pooling = [m for m in modules if str(m["type"]).endswith("Pooling")]
        if not kinds <= {"Transformer", "Pooling", "Normalize"} or len(pooling) != 1:
            return None
        config = read_json(folder / str(pooling[0]["path"]) / "config.json")
        mode = "pooling_mode_"
        ways = [k.removeprefix(mode) for k, v in config.items() if k.startswith(mode) and v is True]
        if len(ways) != 1:
            return None
        said = {}
        for name in ("sentence_bert_config.json", "config_sentence_transformers.json"):
            if (folder / name).is_file():
                said.update(read_json(folder / name))
        return EmbedderLayout(
            pooling=ways[0],
            dimension=int(config["word_embedding_dimension"]),
            longest=said.get("max_seq_length"),
            prompt=said.get("default_prompt_name"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


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
