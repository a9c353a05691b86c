"""Where readers come from: checked folders, other people's models, and what is wrong with them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, processors

from index.errors import ModelError
from rag.reader import Passage, load_reader, reader_folder
from rag.reader.weights import (
    DEFAULT,
    MANIFEST,
    check_files,
    mend,
    read_manifest,
    read_tensors,
)
from tiny_reader import CONFIG, WORDS, sign, tiny_tokenizer, tiny_weights, write_tiny_reader

TEXT = "the group of lima urged Jose\u0301 to go . they did ."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_reader(tmp_path / "tiny")


def change_config(folder: Path, **changes: object) -> None:
    (folder / "config.json").write_text(json.dumps({**CONFIG, **changes}))
    sign(folder)


def cut_manifest(folder: Path, *lacking: str) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in lacking:
        manifest.pop(name, None)
        manifest["files"].pop(name, None)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


# -- Byline's own format ---------------------------------------------------------------------------


def test_a_folder_is_a_reader(folder: Path) -> None:
    reader = load_reader(str(folder))
    assert reader.name == "tiny"
    passages = [Passage(TEXT, title="lima"), Passage("they go .")]
    both = reader.read("who urged?", passages)
    assert all(reading.spans for reading in both)
    assert [reader.read("who urged?", [passage])[0] for passage in passages] == both


def test_rows_of_integers_are_multiplied_by_their_scales(folder: Path) -> None:
    weights = read_tensors(folder, read_manifest(folder))
    assert set(weights) == set(tiny_weights()) - {"span.weight.scale"}
    assert weights["span.weight"].array().tolist() == [[1.5] * 8, [0.75] * 8]
    assert weights["span.weight"].rows(np.array([[1]])).tolist() == [[[0.75] * 8]]
    assert {str(weight.array().dtype) for weight in weights.values()} == {"float32"}


def test_the_default_says_what_it_is() -> None:
    assert reader_folder() == DEFAULT
    manifest = read_manifest(DEFAULT)
    assert manifest.licence == "Apache-2.0"
    assert {path.name for path in DEFAULT.iterdir()} == {MANIFEST, *manifest.files}
    # So that any host of repositories takes them.
    assert all((DEFAULT / name).stat().st_size < 60_000_000 for name in manifest.files)
    assert len(manifest.sha256) == 64


def test_one_hash_stands_for_all_files(folder: Path) -> None:
    before = read_manifest(folder).sha256
    assert read_manifest(folder).sha256 == before
    change_config(folder, layer_norm_eps=1e-6)
    assert read_manifest(folder).sha256 != before


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda f: flip_a_byte(f / "tiny.safetensors"), "is damaged (its SHA-256 is wrong)"),
        (lambda f: flip_a_byte(f / "config.json"), "is damaged (its SHA-256 is wrong)"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json: No such file or directory"),
        (lambda f: (f / "tiny.safetensors").unlink(), "No such file or directory"),
        (lambda f: (f / MANIFEST).write_text("{"), "is no reader's manifest"),
        (lambda f: (f / MANIFEST).write_text("[]"), "is no reader's manifest"),
        (lambda f: (f / MANIFEST).write_bytes(b"\xff"), "is no reader's manifest"),
        (lambda f: cut_manifest(f, "licence"), "does not say 'licence'"),
        (lambda f: cut_manifest(f, "config.json"), "does not name config.json"),
        (lambda f: cut_manifest(f, "tokenizer.json"), "does not name tokenizer.json"),
        (lambda f: cut_manifest(f, "tiny.safetensors"), "cannot load the reader"),
        (lambda f: sign(f, files=["tiny.safetensors"]), "is no reader's manifest"),
        (lambda f: sign(f, files={"../x": "0"}), "names files outside its folder"),
        (lambda f: sign(f, files={"/etc/passwd": "0"}), "names files outside its folder"),
        (lambda f: sign(f, files={"..": "0"}), "names files outside its folder"),
        (lambda f: change_config(f, num_hidden_layers=2), "cannot load the reader"),
        (lambda f: change_config(f, num_attention_heads=4), "cannot load the reader"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(
    folder: Path, spoil: Callable[[Path], object], complaint: str
) -> None:
    spoil(folder)
    with pytest.raises(ModelError) as caught:
        load_reader(str(folder))
    said = str(caught.value)
    assert complaint in said
    assert said.endswith("; name another with --reader")
    assert "\n" not in said
    assert len(said) < 600


def test_a_network_for_short_texts_only_is_refused(folder: Path) -> None:
    from safetensors.torch import save_file

    weights = tiny_weights()
    name = "encoder.embeddings.position_embeddings.weight"
    weights[name] = weights[name][:102].clone()
    save_file(weights, folder / "tiny.safetensors")
    sign(folder)
    with pytest.raises(ModelError, match="takes 100 tokens, and 384 are needed"):
        load_reader(str(folder))


def test_a_tokenizer_of_another_kind_is_named(folder: Path) -> None:
    tiny_tokenizer(["[UNK]", *WORDS[4:]]).save(str(folder / "tokenizer.json"))
    sign(folder)
    with pytest.raises(ModelError, match="the reader's tokenizer has no <s>"):
        load_reader(str(folder))


def test_a_damaged_copy_of_the_default_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(DEFAULT, copy)
    weights = next(copy.glob("*-1-of-2*"))
    with weights.open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ModelError, match="is damaged"):
        check_files(copy, read_manifest(copy))
    assert mend(DEFAULT) == "install Byline anew"


@pytest.mark.parametrize("name", ["none", "empty", "~/no-such-reader"])
def test_a_folder_without_a_reader_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    chosen = name if name.startswith("~") else str(tmp_path / name)
    with pytest.raises(ModelError) as caught:
        load_reader(chosen)
    assert str(caught.value) == (
        f"{Path(chosen).expanduser()} holds no reader; name a folder with reader.json, or with "
        "the config.json of a question-answering model"
    )


# -- other people's models -------------------------------------------------------------------------


def write_bert(folder: Path, heads: bool = True, places: int = 400) -> Path:
    """Save a tiny random BERT as Hugging Face does, with or without heads that answer."""
    from transformers import (
        BertConfig,
        BertForQuestionAnswering,
        BertModel,
        PreTrainedTokenizerFast,
    )

    names = {"<s>": "[CLS]", "<pad>": "[PAD]", "</s>": "[SEP]"}
    tokenizer = tiny_tokenizer([names.get(word, word) for word in WORDS])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 2)],
    )
    special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", **special)  # noqa: S106
    fast.save_pretrained(folder)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=places,
        pad_token_id=1,
    )
    kind = BertForQuestionAnswering if heads else BertModel
    kind(config).save_pretrained(folder)
    return folder


def test_a_hugging_face_folder_is_a_reader(tmp_path: Path) -> None:
    reader = load_reader(str(write_bert(tmp_path / "bert")))
    assert reader.name == "bert"
    passages = [
        Passage(TEXT, title="the group of lima"),
        Passage("[SEP] they [CLS] did 😀\r\n\tgo ."),
        Passage(""),
        Passage(" ".join(["lima did go ."] * 200), title="lima"),
    ]
    readings = reader.read("who urged them?", passages)
    assert readings[2].spans == ()
    for passage, reading in zip(passages, readings):
        for span in reading.spans:
            words = passage.text[span.start : span.end]
            assert words
            assert words == words.strip()
    assert [len(reading.spans) > 0 for reading in readings] == [True, True, False, True]
    assert reader.read("who urged them?", passages[1:2]) == readings[1:2]
    # A question that is longer than what the model can take is cut, and not an error.
    assert reader.read("who urged them ? " * 200, passages[:1])[0].spans


def test_a_model_that_sees_little_reads_in_small_windows(tmp_path: Path) -> None:
    reader = load_reader(str(write_bert(tmp_path / "bert", places=66)))
    passage = Passage(" ".join(["lima did go ."] * 50))
    (reading,) = reader.read("who urged them?", [passage])
    assert reading.spans


def test_a_model_without_heads_that_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"answers no questions; name another with --reader"):
        load_reader(str(write_bert(tmp_path / "bert", heads=False)))


def test_weights_in_pickles_are_not_loaded(tmp_path: Path) -> None:
    folder = write_bert(tmp_path / "bert")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot load the reader in"):
        load_reader(str(folder))


def test_the_tokenizer_that_comes_with_the_default_is_whole() -> None:
    tokenizer = Tokenizer.from_file(str(DEFAULT / "tokenizer.json"))
    assert [tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>")] == [0, 1, 2]
