"""A reader's folder with a tiny random network and a tokenizer of a few words, made in a moment."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WORDS = ["<s>", "<pad>", "</s>", "[UNK]", *"who urged them to go ? the group of lima did .".split()]
CONFIG = {
    "model_type": "mpnet",
    "vocab_size": len(WORDS),
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 400,
    "relative_attention_num_buckets": 32,
    "layer_norm_eps": 1e-05,
    "pad_token_id": 1,
}
FACTS = {
    "name": "tiny",
    "base": "nothing",
    "licence": "CC0-1.0",
    "data": "random numbers",
    "date": "2026-11-27",
}


def tiny_tokenizer(words: list[str] = WORDS) -> Tokenizer:
    """Words as BERT cuts them, without pieces of words."""
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def tiny_weights() -> dict[str, torch.Tensor]:
    """Random tensors under the names that a reader's network has; one in rows of 8-bit integers."""
    width, wide = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    layer = "encoder.encoder.layer.0"
    shapes: dict[str, tuple[int, ...]] = {
        "encoder.embeddings.word_embeddings": (len(WORDS), width),
        "encoder.embeddings.position_embeddings": (CONFIG["max_position_embeddings"], width),
        "encoder.encoder.relative_attention_bias": (32, CONFIG["num_attention_heads"]),
        **{f"{layer}.attention.attn.{part}": (width, width) for part in "qkvo"},
        f"{layer}.intermediate.dense": (wide, width),
        f"{layer}.output.dense": (width, wide),
        "span": (2, width),
        "answers.0": (width, width),
        "answers.2": (1, width),
    }
    random = torch.Generator().manual_seed(7)
    weights = {f"{n}.weight": torch.randn(*s, generator=random) for n, s in shapes.items()}
    weights |= {f"{n}.bias": torch.zeros(s[0]) for n, s in shapes.items() if "embedding" not in n}
    for norm in ("embeddings", "encoder.layer.0.attention", "encoder.layer.0.output"):
        weights[f"encoder.{norm}.LayerNorm.weight"] = torch.ones(width)
        weights[f"encoder.{norm}.LayerNorm.bias"] = torch.zeros(width)
    del weights["encoder.encoder.relative_attention_bias.bias"]
    weights["span.weight"] = torch.full((2, width), 3, dtype=torch.int8)
    weights["span.weight.scale"] = torch.tensor([0.5, 0.25], dtype=torch.float16)
    return weights


def write_tiny_reader(folder: Path) -> Path:
    """Write all that `load_reader` needs, and return the folder."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    save_file(tiny_weights(), folder / "tiny.safetensors")
    sign(folder)
    return folder


def sign(folder: Path, **facts: object) -> None:
    """Write `reader.json` anew, with the hashes of the files as they are and other facts."""
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "reader.json"
    }
    (folder / "reader.json").write_text(json.dumps({**FACTS, "files": files, **facts}))
