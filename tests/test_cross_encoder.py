"""The reranker, with a real cross-encoder that is tiny, random, and made here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fakes import HashEmbedder
from index.cross_encoder import CrossEncoderReranker
from index.errors import ModelError
from index.ingest import index_document
from index.retriever import search
from index.sqlite import SqliteStore
from index.types import Document, Hit

EMBEDDER = HashEmbedder()
QUESTION = "Which harbour reopened?"
HARBOUR = "The harbour of Calder reopened on Monday."
ARTICLES = [
    Document(HARBOUR, source="Post"),
    Document(HARBOUR, source="Herald"),
    Document("Fish was cheap at the market near the harbour."),
    Document("Engineers closed the Alder bridge for repairs."),
    Document("A storm kept the ferries in port for a week."),
]


def make_cross_encoder(folder: Path, scores: int = 1) -> Path:
    """Save a cross-encoder with random weights that knows the words of the articles."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    text = " ".join([QUESTION, *(article.text for article in ARTICLES)]).casefold()
    words = sorted({*text.replace(".", " .").replace("?", " ?").split()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=scores,
        # Far apart, so that the scores of the articles differ.
        initializer_range=1.0,
    )
    torch.manual_seed(7)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(
        tmp_path, fingerprint=EMBEDDER.fingerprint, dimension=EMBEDDER.dimension
    ) as opened:
        for article in ARTICLES:
            opened.replace_documents([index_document(article, EMBEDDER)])
        yield opened


def ask(store: SqliteStore, reranker: CrossEncoderReranker | None, limit: int = 8) -> list[Hit]:
    return search(store, QUESTION, EMBEDDER.embed([QUESTION])[0], limit, reranker=reranker)


def test_the_order_follows_its_scores_and_copies_stay_collapsed(
    folder: Path, store: SqliteStore
) -> None:
    fused, reranker = ask(store, None), CrossEncoderReranker(folder)
    assert [len(hit.copies) for hit in fused] == [1, 0, 0, 0]
    scores = reranker.score(QUESTION, [hit.chunk.text for hit in fused])
    assert scores.dtype == np.float32
    assert len({*scores.tolist()}) == 4
    expected = [fused[n] for n in np.argsort(-scores)]
    assert expected != fused
    hits = ask(store, reranker)
    assert [(hit.chunk, hit.copies) for hit in hits] == [
        (hit.chunk, hit.copies) for hit in expected
    ]
    assert [hit.score for hit in hits] == sorted(scores.tolist(), reverse=True)
    # It chooses among more than the best few of the fused ranking.
    assert [hit.document for hit in ask(store, reranker, 1)] == [expected[0].document]


def test_no_passages_have_no_scores(folder: Path) -> None:
    assert CrossEncoderReranker(folder).score(QUESTION, []).shape == (0,)


def test_a_missing_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no reranker") as caught:
        CrossEncoderReranker(tmp_path / "none")
    assert str(caught.value).endswith("name another folder")


def test_a_damaged_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot load the reranker in") as caught:
        CrossEncoderReranker(tmp_path).score(QUESTION, [HARBOUR])
    assert "\n" not in str(caught.value)


def test_a_model_with_several_scores_is_no_reranker(tmp_path: Path) -> None:
    three = make_cross_encoder(tmp_path / "three", scores=3)
    with pytest.raises(ModelError, match="gives 3 scores a passage"):
        CrossEncoderReranker(three).score(QUESTION, [HARBOUR])


def test_importing_the_module_imports_no_torch() -> None:
    code = "import sys, index.cross_encoder, index.retriever; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
