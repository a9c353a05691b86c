"""The embedder: cheap to make, named exactly, and right where it is real."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embed.layers import torch_is_quicker
from index.embed.sentence_transformer import SentenceTransformerEmbedder
from index.errors import ModelError

MODULES = [
    {"path": "", "type": "sentence_transformers.models.Transformer"},
    {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "modules.json").write_text(json.dumps(MODULES))
    pooling = {"word_embedding_dimension": 12, "pooling_mode_mean_tokens": True}
    (tmp_path / "1_Pooling/config.json").write_text(json.dumps(pooling))
    return tmp_path


def test_the_dimension_is_read_and_nothing_is_loaded(folder: Path) -> None:
    embedder = SentenceTransformerEmbedder(folder)
    assert embedder.dimension == 12
    assert embedder.embed([]).shape == (0, 12)
    assert embedder.embed([]).dtype == np.float32


def test_importing_the_module_imports_no_torch() -> None:
    code = "import sys, index.embed.sentence_transformer; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_fingerprint_changes_with_weights_and_configuration(folder: Path) -> None:
    # SHA-256 of b"weights", cut to 32 digits.
    weights = "9a129038d9a00aed0cf6a7ea059ca50a"
    before = SentenceTransformerEmbedder(folder).fingerprint
    known = SentenceTransformerEmbedder(folder, weights_sha256=weights + "0" * 32)
    assert (folder / "README.md").write_text("does not count")
    assert before == known.fingerprint == SentenceTransformerEmbedder(folder).fingerprint
    assert before.startswith(weights)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 512}')
    changed = SentenceTransformerEmbedder(folder).fingerprint
    assert changed.startswith(weights)
    assert changed != before
    (folder / "model.safetensors").write_bytes(b"others")
    assert not SentenceTransformerEmbedder(folder).fingerprint.startswith(weights)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no embedder"):
        SentenceTransformerEmbedder(tmp_path)


@pytest.mark.models
def test_a_damaged_folder_is_one_clear_line(folder: Path) -> None:
    with pytest.raises(ModelError, match="cannot load the embedder in") as caught:
        SentenceTransformerEmbedder(folder).embed(["a"])
    assert "\n" not in str(caught.value)


@pytest.mark.models
def test_the_default_embedder_puts_like_texts_together() -> None:
    from rag.models.catalogue import EMBEDDER, find_parts

    embedder = SentenceTransformerEmbedder(find_parts(EMBEDDER.parts)[0].parent)
    assert embedder.fingerprint.startswith(EMBEDDER.sha256[:32])
    texts = ["The cat sat on the mat.", "A kitten rests on a rug.", "Shares fell on Monday."]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, embedder.dimension) == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose((vectors**2).sum(axis=1), 1, atol=1e-6)
    similar = vectors @ vectors.T
    assert similar[0, 1] > 0.5 > 0.2 > similar[0, 2]


@pytest.mark.models
@pytest.mark.parametrize("torch", [False, True])
def test_the_network_read_here_is_that_of_the_library(
    torch: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same vectors, of texts longer than it reads too, whatever computes them."""
    from index.embed.sentence_transformer import load_folder
    from rag.models.catalogue import EMBEDDER, find_parts

    folder = find_parts(EMBEDDER.parts)[0].parent
    texts = [
        *("", "  tea ", "Ağrı, naïve, 中文, e\u0301clair", "SHARES fell\n\ton Monday."),
        *(f"Sentence {n} is about {'tea and the price of it ' * n}." for n in range(0, 90, 9)),
    ]
    monkeypatch.setattr("index.embed.bert.torch_is_quicker", lambda: torch)
    monkeypatch.setattr("index.embed.torch_layers._LONG", 10**9)
    ours = SentenceTransformerEmbedder(folder).embed(texts)
    theirs = load_folder(folder).encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.models
def test_a_question_imports_no_library_of_models() -> None:
    from rag.models.catalogue import EMBEDDER, find_parts

    folder = find_parts(EMBEDDER.parts)[0].parent
    needed = {"torch"} if torch_is_quicker() else set()
    code = (
        "import sys; from pathlib import Path\n"
        "from index.embed.sentence_transformer import SentenceTransformerEmbedder as E\n"
        f"E(Path({str(folder)!r})).embed(['a'])\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'scipy')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{sorted(needed)}\n"


@pytest.mark.models
@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("config.json", "hidden_act", "relu"),
        ("config.json", "model_type", "roberta"),
        ("config_sentence_transformers.json", "default_prompt_name", "passage"),
        ("sentence_bert_config.json", "max_seq_length", None),
        ("1_Pooling/config.json", "pooling_mode_cls_token", True),
    ],
)
def test_what_is_done_otherwise_is_left_to_the_library(
    tmp_path: Path, file: str, name: str, value: object
) -> None:
    from index.embed.bert import Bert
    from index.embed.sentence_transformer import read_layout
    from rag.models.catalogue import EMBEDDER, find_parts

    folder = tmp_path / "copy"
    shutil.copytree(find_parts(EMBEDDER.parts)[0].parent, folder)
    layout = read_layout(folder)
    assert layout is not None
    assert Bert.read(folder, layout) is not None
    found = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps(found | {name: value}))
    layout = read_layout(folder)
    assert layout is None or Bert.read(folder, layout) is None


@pytest.mark.models
def test_neighbours_in_a_batch_change_a_vector_by_rounding_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rag.models.catalogue import EMBEDDER, find_parts

    embedder = SentenceTransformerEmbedder(find_parts(EMBEDDER.parts)[0].parent)
    texts = [f"Sentence {n} is about {'tea ' * n}." for n in range(40)]
    # Many texts together are much to embed, for which 16 bits are used where there are any.
    monkeypatch.setattr("index.embed.torch_layers._LONG", 10**9)
    together = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-6
    np.testing.assert_array_equal(together, embedder.embed(texts))


@pytest.mark.models
def test_16_bits_change_a_vector_so_little_that_its_fingerprint_may_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    from rag.models.catalogue import EMBEDDER, find_parts

    embedder = SentenceTransformerEmbedder(find_parts(EMBEDDER.parts)[0].parent)
    texts = [f"Sentence {n} is about {'tea and the price of it ' * n}." for n in range(1, 21)]
    monkeypatch.setattr("index.embed.bert.torch_is_quicker", lambda: True)
    with monkeypatch.context() as patch:
        patch.setattr("index.embed.torch_layers._LONG", 10**9)
        exact = embedder.embed(texts)
    short = embedder.embed(texts)
    assert short.dtype == np.float32
    np.testing.assert_allclose((short**2).sum(axis=1), 1, atol=1e-6)
    assert (exact * short).sum(axis=1).min() > 0.9999
    if torch.cpu.get_capabilities().get("amx_bf16"):
        assert np.abs(exact - short).max() > 1e-6, "nothing was multiplied in 16 bits"
    question = embedder.embed(texts[:1])
    assert np.abs(question - exact[:1]).max() < 1e-6, "little text is embedded exactly"
