"""The scripts that train and measure readers: what they compute, and a tiny training to the end."""

from __future__ import annotations

import doctest
import gzip
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

from rag.reader import Passage, Reading, SpanScore, load_reader
from rag.reader.weights import read_manifest, read_tensors
from tiny_reader import tiny_tokenizer

BENCH = Path(__file__).parent.parent / "bench"
CITIES = ("lima", "bogota", "quito", "caracas", "brasilia", "santiago")
WORDS = ["<s>", "<pad>", "</s>", "[UNK]", *CITIES]
WORDS += "where did they meet ? last week in . nobody said it rained".split()


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    """The scripts as modules, imported as they import each other."""
    names = ("pairs", "reader", "train_reader")
    sys.path.insert(0, str(BENCH))
    try:
        yield {name: __import__(name) for name in names}
    finally:
        sys.path.remove(str(BENCH))
        for name in names:
            sys.modules.pop(name, None)


def rows() -> list[dict[str, object]]:
    """Half of the passages name the place."""
    asked = "where did they meet ?"
    told = [f"last week they did meet in {city} ." for city in CITIES]
    answered = [{"q": asked, "c": c, "a": a, "s": c.index(a)} for c, a in zip(told, CITIES)]
    other = [f"nobody said it rained in {city} ." for city in CITIES]
    return answered + [{"q": asked, "c": c, "a": None} for c in other]


@pytest.mark.parametrize("name", ["reader", "train_reader"])
def test_the_examples_in_the_scripts_hold(scripts: dict[str, ModuleType], name: str) -> None:
    assert doctest.testmod(scripts[name]) == doctest.TestResults(0, 2 if name == "reader" else 1)


def test_a_tiny_one_is_trained_written_and_read(
    scripts: dict[str, ModuleType],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the script itself, and then on from what it wrote."""
    script = scripts["train_reader"]
    tokenizer = tiny_tokenizer(WORDS)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    monkeypatch.setattr(script, "DEFAULT", tmp_path)
    data = tmp_path / "rows.jsonl.gz"
    with gzip.open(data, "wt", encoding="utf-8") as file:
        # The last cannot be used: its answer is not where it says.
        for row in [*rows(), {"q": "?", "c": "in lima", "a": "lima", "s": 0}]:
            file.write(json.dumps(row) + "\n")
    out = tmp_path / "trained"
    small = ["--layers", "1", "--width", "64", "--tokens", "100", "--passes", "30"]
    run = ["train_reader.py", str(data), "--out", str(out), *small, "--rate", "2e-3"]
    monkeypatch.setattr(sys, "argv", run)
    script.main()
    said = capsys.readouterr().out
    assert said.startswith("12 rows, 6 answerable; 1 cannot be used\n")
    first, last = losses_of(said)
    assert last < first / 2
    manifest = read_manifest(out)
    assert (manifest.name, manifest.base) == ("trained", "random weights, 1 layers of 64")
    assert manifest.data == "12 questions of rows.jsonl.gz"
    reader = load_reader(str(out))
    passages = [Passage(str(row["c"])) for row in rows()]
    readings = reader.read("where did they meet ?", passages)
    found = [p.text[r.spans[0].start : r.spans[0].end] for p, r in zip(passages, readings)]
    assert found[: len(CITIES)] == list(CITIES)
    scores = [reading.score for reading in readings]
    assert min(scores[: len(CITIES)]) > max(scores[len(CITIES) :])
    measured = scripts["reader"].measure(reader, rows())
    assert (measured["AUC"], measured["F1"], measured["EM"], measured["first"]) == (1, 1, 1, None)

    onward = ["train_reader.py", str(data), "--out", str(tmp_path / "more"), "--base", str(out)]
    monkeypatch.setattr(sys, "argv", [*onward, "--steps", "2"])
    script.main()
    again, _ = losses_of(capsys.readouterr().out)
    assert again < first / 2
    assert read_manifest(tmp_path / "more").base == "trained (not said)"


def losses_of(said: str) -> tuple[float, float]:
    line = next(line for line in said.splitlines() if line.startswith("loss of the first"))
    first, last = line.removeprefix("loss of the first tenth ").split(", of the last ")
    return float(first), float(last)


def test_what_is_written_is_what_was_trained(
    scripts: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = scripts["train_reader"]
    monkeypatch.setattr(script, "FILE_BYTES", 10_000)
    random_ = torch.Generator().manual_seed(1)
    weights = {
        "a.weight": torch.randn(100, 64, generator=random_),
        "b.weight": torch.randn(64, 64, generator=random_) * 100,
        "c.bias": torch.tensor([1.5, -2.0]),
        "d.weight": torch.zeros(64, 64),
        "e.numbers": torch.tensor([1, 2]),
    }
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    facts = {"name": "n", "base": "b", "licence": "l", "data": "d"}
    script.write(tmp_path / "out", weights, {"hidden_size": 64}, tmp_path, facts)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "reader.json",
        "config.json",
        "tokenizer.json",
        *(f"reader-{n}-of-2.int8.safetensors" for n in (1, 2)),
    }
    read = read_tensors(tmp_path / "out", read_manifest(tmp_path / "out"))
    assert set(read) == {"a.weight", "b.weight", "c.bias", "d.weight"}
    for name, tensor in read.items():
        # Half a step of a row's scale, and what 16 bits take from the scale itself.
        most = weights[name].abs().amax(-1, keepdim=True) / 127 * 0.6
        assert ((torch.from_numpy(tensor.array()) - weights[name]).abs() <= most).all()
    assert read["c.bias"].array().tolist() == [1.5, -2.0]


def test_a_long_passage_is_cut_around_the_answer(scripts: dict[str, ModuleType]) -> None:
    text = "it rained " * 300 + "in lima . " + "nobody said " * 300
    tokenizer, at = tiny_tokenizer(WORDS), text.index("lima")
    for seed in range(20):
        example = scripts["train_reader"].encode(
            tokenizer,
            {"q": "where ?", "c": text, "a": "lima .", "s": at},
            random.Random(seed),  # noqa: S311
        )
        # <s> where ? </s>, 320 tokens, </s>
        assert (example.first, len(example.ids)) == (4, 325)
        answer = example.ids[example.start : example.end + 1]
        assert [WORDS[number] for number in answer] == ["lima", "."]
    none = scripts["train_reader"].encode(
        tokenizer,
        {"q": "where ?", "c": text, "a": None},
        random.Random(1),  # noqa: S311
    )
    assert (none.start, none.end, len(none.ids)) == (0, 0, 325)


class TellsByLength:
    """Says that the first two characters answer, the more surely the longer the passage."""

    name = "by length"

    def read(self, question: str, passages: list[Passage]) -> list[Reading]:  # noqa: ARG002
        return [Reading((SpanScore(0, 2, len(p.text)),) if p.text else ()) for p in passages]


def test_a_reader_is_measured(scripts: dict[str, ModuleType]) -> None:
    pairs = [
        {"q": "?", "c": "ab cdef", "a": "ab", "golds": ["cdef", "ab"], "g": 1},
        {"q": "?", "c": "ab c", "a": "ab c", "golds": ["ab c"], "g": 2},
        {"q": "?", "c": "ab cd", "a": None, "g": 2},
        {"q": "?", "c": "", "a": None, "g": 3},
    ]
    figures = scripts["reader"].measure(TellsByLength(), pairs)
    figures.pop("ms")
    assert figures == {
        "rows": 4,
        # 7 is above 5 and -30, 4 above -30 only.
        "AUC": 0.75,
        # "ab" of "ab c" has precision 1 and recall 1/2.
        "F1": pytest.approx((1 + 2 / 3) / 2),
        "EM": 0.5,
        # None of two may be lost: below 4 there is only the empty one.
        **dict.fromkeys((".05", ".10", ".15"), 0.5),
        # Of the two questions that have an answer; the third has none.
        "first": 0.5,
    }


def test_a_file_that_is_none_of_pairs_is_named(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"q": "?", "c": "x", "a": null}\n\n{"q": "?"}\n')
    with pytest.raises(SystemExit, match=r"rows.jsonl, row 2: it lacks q, c, or a"):
        scripts["pairs"].read_pairs(path)
