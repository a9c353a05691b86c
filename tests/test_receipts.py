"""Receipts: what is written of an answer, and what is said of it when something has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fakes import HashEmbedder
from index.errors import ReadError
from index.types import Document, Filter
from rag import Assistant
from rag.cli import main
from rag.receipts import Receipt, Verification, make_receipt, read_receipt, verify_receipt
from rag.settings import Settings
from scripted import BRIDGE, LIMA, LONG, WHO_URGED, ScriptedModel, WordReader, settings

HOW_MANY = "How many people have left Venezuela?"
UNANSWERED = "How tall is the dam at Brumadinho?"
DAY = date(2026, 11, 27)


def opened(chosen: Settings) -> Assistant:
    """Open the library of the settings, with small parts."""
    return Assistant(
        chosen,
        embedder=HashEmbedder(),
        reader=WordReader(),
        language_model=ScriptedModel(""),
    )


@pytest.fixture
def assistant(tmp_path: Path, articles: Path) -> Iterator[Assistant]:
    """An assistant over these articles."""
    with opened(settings(tmp_path)) as made:
        made.add(articles)
        yield made


@pytest.fixture
def receipt(assistant: Assistant) -> Receipt:
    """The receipt of an answer with one quote, from a.md."""
    return make_receipt(assistant, assistant.ask(WHO_URGED), today=DAY)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def edited(receipt: Receipt, change: Callable[[dict[str, Any]], object], folder: Path) -> Receipt:
    """The receipt as it is read after somebody changed its file."""
    data = json.loads(receipt.to_bytes())
    change(data)
    path = folder / "edited.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return read_receipt(path)


def states(found: Verification) -> list[tuple[str, str]]:
    return [(check.library, check.file) for check in found.quotes]


# What is written


def test_a_receipt_holds_what_an_answer_rests_on(
    assistant: Assistant, articles: Path, tmp_path: Path
) -> None:
    chosen = Filter(("Harbour Wire",), before=date(2020, 1, 1))
    answer = assistant.ask(WHO_URGED, filter=chosen, read_dates=False)
    made = make_receipt(assistant, answer, filter=chosen, read_dates=False, today=DAY)
    data = json.loads(made.to_bytes())
    (cited,) = answer.citations
    path = articles / "a.md"
    assert data["articles"] == [
        {
            "id": cited.document.id,
            "title": LIMA.title,
            "path": str(path),
            "part": "",
            "text_sha256": hashlib.sha256(cited.document.text.encode()).hexdigest(),
            "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    ]
    assert data["settings"] == {
        "refusal": "balanced",
        "passages": 12,
        "filter": {
            "sources": ["Harbour Wire"],
            "after": None,
            "before": "2020-01-01",
            "undated": False,
            "tags": [],
            "authors": [],
        },
        "read_dates": False,
        "today": "2026-11-27",
        "kind": "fact",
        "write": "auto",
    }
    assert {model["role"] for model in data["models"]} == {"embedder", "language model", "reader"}
    assert all(len(model["sha256"]) == 64 for model in data["models"])
    assert data["answer"] == answer.to_json()
    (tmp_path / "r.json").write_bytes(made.to_bytes())
    assert read_receipt(tmp_path / "r.json") == read_receipt(str(tmp_path / "r.json")) == made


def test_a_refusal_has_a_receipt_with_what_came_nearest(assistant: Assistant) -> None:
    answer = assistant.ask(UNANSWERED)
    assert answer.refused
    made = make_receipt(assistant, answer)
    assert {quote.document["id"] for quote in made.quotes} == {
        article.id for article in made.articles
    }
    found = verify_receipt(assistant, made)
    assert found.stands
    assert len(found.quotes) == len(answer.nearest) > 0


def test_a_model_that_is_not_pinned_is_hashed(assistant: Assistant, tmp_path: Path) -> None:
    weights = tmp_path / "own.gguf"
    weights.write_bytes(b"GGUF and more")
    chosen = replace(assistant.settings, language_model=str(weights))
    with opened(chosen) as other:
        made = make_receipt(other, other.ask(WHO_URGED))
    (model,) = [model for model in made.models if model.role == "language model"]
    assert (model.name, model.sha256) == (
        "own.gguf",
        hashlib.sha256(b"GGUF and more").hexdigest(),
    )


# What still stands


def test_all_of_it_stands_while_nothing_changes(assistant: Assistant, receipt: Receipt) -> None:
    found = verify_receipt(assistant, receipt)
    assert found.stands
    assert found.same_answer is True
    assert found.differences == ()
    assert states(found) == [("unchanged", "unchanged")]
    (check,) = found.quotes
    assert (check.found_at, check.in_file, check.described) == (0, True, ())
    assert verify_receipt(assistant, receipt, ask=False).same_answer is None


def test_one_changed_letter_of_a_file_is_seen_before_it_is_added(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    edit(articles / "a.md", "did not sign", "did not sing")
    found = verify_receipt(assistant, receipt)
    assert states(found) == [("unchanged", "changed")]
    assert found.quotes[0].in_file is True
    assert found.same_answer is True
    assert not found.stands


def test_one_changed_letter_of_an_article_names_it(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    edit(articles / "a.md", "did not sign", "did not sing")
    assistant.add(articles)
    found = verify_receipt(assistant, receipt)
    assert states(found) == [("changed", "changed")]
    (check,) = found.quotes
    assert check.library_id not in (None, check.quote.document["id"])
    assert (check.found_at, check.in_file) == (0, True)
    assert found.same_answer is False  # The article that it cites is another now.
    assert not found.stands


def test_a_quote_is_found_where_it_is_now_and_missed_where_it_is_not(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    edit(articles / "a.md", "Canada and a dozen", "It was Friday. Canada and a dozen")
    assistant.add(articles)
    (check,) = verify_receipt(assistant, receipt, ask=False).quotes
    assert (check.library, check.found_at, check.in_file) == ("changed", 15, True)
    edit(articles / "a.md", "behind closed doors", "behind open doors")
    assistant.add(articles)
    (check,) = verify_receipt(assistant, receipt, ask=False).quotes
    assert (check.library, check.found_at, check.in_file) == ("changed", None, False)


def test_an_article_that_is_only_described_otherwise_is_named(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    edit(articles / "a.md", "2019-01-04", "2019-01-05")
    assistant.add(articles)
    (check,) = verify_receipt(assistant, receipt, ask=False).quotes
    assert (check.library, check.file) == ("described anew", "changed")
    assert check.described == ("published",)
    assert not check.stands


def test_a_removed_article_is_named(assistant: Assistant, receipt: Receipt, articles: Path) -> None:
    assistant.store.delete_documents([receipt.articles[0].id])
    found = verify_receipt(assistant, receipt)
    assert states(found) == [("removed", "unchanged")]
    # No longer vouched for by the library, so that the file is read.
    assert found.quotes[0].in_file is True
    assert found.same_answer is False
    (articles / "a.md").unlink()
    assert states(verify_receipt(assistant, receipt, ask=False)) == [("removed", "missing")]


def test_a_removed_article_that_was_added_again_stands(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    assistant.store.delete_documents([receipt.articles[0].id])
    assistant.add(articles)
    assert verify_receipt(assistant, receipt).stands


def test_a_moved_file_is_followed(assistant: Assistant, receipt: Receipt, articles: Path) -> None:
    (articles / "a.md").rename(articles / "moved.md")
    (check,) = verify_receipt(assistant, receipt, ask=False).quotes
    assert (check.file, check.path) == ("missing", str(articles / "a.md"))
    assistant.sync(articles)
    (check,) = verify_receipt(assistant, receipt, ask=False).quotes
    assert (check.file, check.path) == ("unchanged", str(articles / "moved.md"))
    assert check.stands


def test_a_file_that_cannot_be_read_is_said_to_be(
    assistant: Assistant, receipt: Receipt, articles: Path
) -> None:
    (articles / "a.md").unlink()
    (articles / "a.md").mkdir()
    assert states(verify_receipt(assistant, receipt, ask=False)) == [("unchanged", "unreadable")]


def test_pasted_texts_and_web_pages_have_no_file(assistant: Assistant) -> None:
    dam = Document("The dam at Brumadinho was 86 metres tall.", "Dam")
    page = Document("The tower at Pisa is 56 metres tall.", "Tower", path="https://a.example/b")
    for document in (dam, page):
        assistant.add_document(document)
    for question in (UNANSWERED, "How tall is the tower at Pisa?"):
        made = make_receipt(assistant, assistant.ask(question))
        found = verify_receipt(assistant, made)
        assert found.stands
        assert states(found)[0] == ("unchanged", "")
        assert made.articles[0].file_sha256 is None


def test_a_path_that_is_no_utf_8_is_read_back(assistant: Assistant, tmp_path: Path) -> None:
    path = str(tmp_path / "tower\udcff.txt")
    assistant.add_document(Document("The tower at Pisa is 56 metres tall.", "Tower", path=path))
    made = make_receipt(assistant, assistant.ask("How tall is the tower at Pisa?"), today=DAY)
    assert path in [article.path for article in made.articles]
    written = tmp_path / "receipt.json"
    written.write_bytes(made.to_bytes())
    assert read_receipt(written) == made


def test_the_samples_stand_in_for_an_empty_library(tmp_path: Path) -> None:
    with opened(settings(tmp_path)) as assistant:
        made = make_receipt(assistant, assistant.ask(WHO_URGED))
        found = verify_receipt(assistant, made)
        # They were not read by an add, which would have recorded the hashes of the files.
        assert states(found) == [("unchanged", "unknown")]
        assert found.stands
        assistant.add_document(BRIDGE)
    with opened(settings(tmp_path)) as assistant:
        assert verify_receipt(assistant, made, ask=False).quotes[0].library == "removed"


def test_another_model_setting_and_version_are_named_with_both(
    assistant: Assistant, receipt: Receipt
) -> None:
    models = tuple(
        replace(model, sha256="0" * 64) if model.role == "reader" else model
        for model in receipt.models
    )
    other = replace(receipt, models=models, byline="0.0.9", refusal="strict", passages=3)
    found = verify_receipt(assistant, other)
    (reader,) = [model for model in receipt.models if model.role == "reader"]
    assert [(each.what, each.then, each.now) for each in found.differences[1:]] == [
        (
            "reader",
            f"{reader.name}, SHA-256 {'0' * 64}",
            f"{reader.name}, SHA-256 {reader.sha256}",
        ),
        ("refusal", "strict", "balanced"),
        ("passages", "3", "12"),
    ]
    assert found.differences[0].then == "0.0.9"
    assert found.stands  # What counts is the answer, and it is the same.


def test_another_answer_is_shown(assistant: Assistant, receipt: Receipt) -> None:
    assistant.add_document(
        Document(f"Who urged Maduro not to be sworn in? {LONG.replace('Canada', 'Chile')}", "Other")
    )
    found = verify_receipt(assistant, receipt)
    assert found.quotes[0].stands
    assert found.same_answer is False
    assert found.answer is not None
    assert found.answer.text != receipt.answer["text"]
    assert not found.stands


# What was altered in the receipt itself


@pytest.mark.parametrize(
    ("change", "described"),
    [
        (lambda citation: citation.update(quote=citation["quote"].replace("Canada", "Cuba")), ()),
        (lambda citation: citation.update(start=1), ()),
        (lambda citation: citation.update(end=40), ()),
        (lambda citation: citation.update(start=10**12, end=10**12 + 5), ()),
        (lambda citation: citation["document"].update(title="Another"), ("title",)),
        (lambda citation: citation["document"].update(published="2020-01-04"), ("published",)),
    ],
)
def test_a_quote_that_was_altered_in_the_receipt_is_detected(
    assistant: Assistant,
    receipt: Receipt,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
    described: tuple[str, ...],
) -> None:
    altered = edited(receipt, lambda data: change(data["answer"]["citations"][0]), tmp_path)
    (check,) = verify_receipt(assistant, altered, ask=False).quotes
    assert (check.library, check.file) == ("receipt altered", "unchanged")
    assert check.described == described
    assert not check.stands


def test_hashes_and_claims_that_were_altered_are_detected(
    assistant: Assistant, receipt: Receipt, tmp_path: Path
) -> None:
    def text(data: dict[str, Any]) -> None:
        data["articles"][0]["text_sha256"] = "0" * 64

    def file(data: dict[str, Any]) -> None:
        data["articles"][0]["file_sha256"] = "0" * 64

    def claim(data: dict[str, Any]) -> None:
        data["answer"]["claims"][0]["text"] = "Cuba urged it."

    for change, expected in (
        (text, ("receipt altered", "unchanged")),
        (file, ("unchanged", "changed")),
    ):
        found = verify_receipt(assistant, edited(receipt, change, tmp_path), ask=False)
        assert states(found) == [expected]
        assert not found.stands
    found = verify_receipt(assistant, edited(receipt, claim, tmp_path))
    assert found.same_answer is False


def without(*names: str | int) -> Callable[[dict[str, Any]], object]:
    """Change a receipt by deleting what is found by these names, one in the other."""

    def change(data: Any) -> None:
        for name in names[:-1]:
            data = data[name]
        del data[names[-1]]

    return change


@pytest.mark.parametrize(
    "change",
    [
        without("question"),
        without("settings", "filter"),
        without("settings", "today"),
        without("settings", "kind"),
        without("articles", 0),
        without("articles", 0, "text_sha256"),
        without("answer", "citations", 0),
        without("answer", "citations", 0, "document", "id"),
        without("answer", "refused"),
        lambda data: data.update(answer=[]),
        lambda data: data.update(models="none"),
        lambda data: data.update(models=["reader"]),
        lambda data: data["articles"][0].update(id="3f"),
        lambda data: data["articles"][0].update(text_sha256=None),
        lambda data: data["articles"][0].update(path=7),
        lambda data: data["answer"]["citations"][0].update(start="0"),
        lambda data: data["answer"]["citations"][0].update(start=-1),
        lambda data: data["answer"]["citations"][0].update(document="x"),
        lambda data: data["answer"]["claims"][0].update(citations=[2]),
        lambda data: data["answer"]["claims"][0].update(citations=[[]]),
        lambda data: data["settings"].update(refusal="perhaps"),
        lambda data: data["settings"].update(refusal=[]),
        lambda data: data["settings"].update(today="yesterday"),
        lambda data: data["settings"].update(write="perhaps"),
        lambda data: data["settings"]["filter"].update(sources="Lund Post"),
        lambda data: data["settings"]["filter"].update(tags=[7]),
        lambda data: data["settings"]["filter"].update(before="yesterday"),
        lambda data: data["settings"]["filter"].update(after=0),
    ],
)
def test_a_damaged_receipt_is_one_line(
    receipt: Receipt, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(ReadError, match=r"is damaged or was altered \(.+\); use a copy") as said:
        edited(receipt, change, tmp_path)
    assert "\n" not in str(said.value)


def test_a_receipt_of_before_answers_were_written_is_asked_again_without(
    receipt: Receipt, tmp_path: Path
) -> None:
    assert edited(receipt, lambda data: data["settings"].pop("write"), tmp_path).write == "never"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is no JSON"),
        (b"\xff\xfe\x00", "it is no JSON"),
        (b"[" * 200_000, "it is no JSON"),
        (b"[]", "but something else"),
        (b'{"name": "photos"}', "but something else"),
        (b'{"name": "byline receipt", "version": 9}', "another version"),
        (b" " * 20_000_001, "far too large"),
    ],
)
def test_a_foreign_file_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=said):
        read_receipt(path)


def test_300_receipts_are_verified_in_seconds(assistant: Assistant, receipt: Receipt) -> None:
    for number in range(300):
        assistant.add_document(Document(f"Ship {number} left on day {number}.", f"Ship {number}"))
    receipts = [
        make_receipt(assistant, assistant.ask(f"When did ship {number} leave?"))
        for number in range(0, 300, 10)
    ]
    began = time.monotonic()
    for made in 10 * receipts:
        assert verify_receipt(assistant, made, ask=False).stands
    assert time.monotonic() - began < 60
    assert verify_receipt(assistant, receipt, ask=False).stands


# The command


def ask(tmp_path: Path, *argv: str) -> int:
    return main([*argv, "--home", str(tmp_path / "home")], opened)


def test_the_command_says_what_stands(
    assistant: Assistant, articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "r.json")
    assert ask(tmp_path, WHO_URGED, "--receipt", file, "--strict") == 0
    capsys.readouterr()
    assert ask(tmp_path, "verify", file) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (
        f"{WHO_URGED}\n"
        "\n"
        f"[1] “{LONG}”\n"
        f"    {LIMA.title}\n"
        "    in the library: unchanged\n"
        f"    in its file: unchanged, {articles / 'a.md'}\n"
        "\n"
        "asked again: the same answer\n"
        "all of it stands\n"
    )
    edit(articles / "a.md", "Canada and a dozen", "Chile and a dozen")
    assistant.add(articles)
    assert ask(tmp_path, "verify", file, "--no-ask") == 3
    printed = capsys.readouterr()
    assert "    in the library: the article has changed; the quote is not in it\n" in printed.out
    assert "the file has changed, " in printed.out
    assert printed.err == "ask: not all of it stands; ask again with --receipt for one of today\n"
    assert "asked again" not in printed.out
    edit(articles / "a.md", "Chile and a dozen", "Canada and a dozen")
    edit(articles / "a.md", "did not sign", "did not sing")
    assistant.add(articles)
    assert ask(tmp_path, "verify", file, "--quiet") == 3
    assert "asked again: the same words, but from elsewhere\n" in capsys.readouterr().out
    edit(articles / "a.md", "Canada and a dozen", "Chile and a dozen")
    assistant.add(articles)
    assert ask(tmp_path, "verify", file, "--json") == 3
    found = json.loads(capsys.readouterr().out)
    assert found["stands"] is found["same_answer"] is False
    assert found["differences"] == []
    assert found["answer"]["text"].startswith("Chile")
    assert found["quotes"][0]["library"] == "changed"
    assert found["quotes"][0]["found_at"] is None


@pytest.mark.parametrize("words", [[], ["a", "b"]])
def test_the_command_takes_one_receipt(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, "verify", *words) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"name": "photos"}'])
def test_what_is_no_receipt_is_told_with_how_to_make_one(content: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(ReadError, match=r"is no receipt.*; make one with `ask --receipt FILE"):
        read_receipt(tmp_path / "r.json")


def test_the_receipt_of_several_questions_stands(assistant: Assistant) -> None:
    answer = assistant.ask(f"{WHO_URGED} {HOW_MANY} How many articles mention Venezuela?")
    assert len({claim.heading for claim in answer.claims}) == 3
    receipt = make_receipt(assistant, answer, today=DAY)
    assert verify_receipt(assistant, receipt).stands
