"""`ask eval`: what is printed, what is written, and the exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fakes import FakeAssistant, FakeStore, answered, refused
from index.errors import ModelError
from rag.cli import main

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]

CSV = """\
question,answers,document,answerable
Who urged Maduro?,Latin American|Canada,peru.txt,
What has Peru?,mountains,none.txt,
Who won?,,,maybe
How many live there?,,,no
"""


@pytest.fixture
def questions(tmp_path: Path) -> str:
    path = tmp_path / "q.csv"
    path.write_text(CSV, encoding="utf-8")
    return str(path)


def assistant(**results: object) -> FakeAssistant:
    return FakeAssistant(
        answers={"How many live there?": refused(), **results}  # type: ignore[dict-item]
    )


def test_the_table(questions: str, capsys: Captured) -> None:
    assert main(["eval", questions], assistant().open) == 0
    printed = capsys.readouterr()
    lines = [line for line in printed.out.splitlines() if not line.startswith("time ")]
    assert lines == [
        "contains the answer                  .50   of 2",
        "token F1                             .20   of 2",
        "cites the article                    .00   of 1",
        "cites the answer in it               .00   of 2",
        "claims their quotes support         1.00   of 2",
        "refused of the unanswerable         1.00   of 1",
        "unanswerable of the refused         1.00   of 1",
        "refusal F1                          1.00   of 3",
        "refused of the answerable            .00   of 2",
        "refused of all                       .33   of 3",
        "words an answer (median)               9   of 2",
        "",
        "2 of 3 to look at",
        "    1  the expected answer is not in it",
        "    1  does not cite the article that holds the answer",
    ]
    assert printed.err == (
        "ask: left out: line 4: `answerable` is 'maybe'; write true or false\n"
        "ask: 1 article is not in the library (first in line 3: none.txt); whether they are "
        "cited is not told; name them as `ask list` does\n"
        "ask: to read the answers beside their quotes: ask eval FILE --html report.html\n"
    )


def test_json(questions: str, capsys: Captured) -> None:
    assert main(["eval", questions, "--json", "--quiet"], assistant().open) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["planned"], report["asked"]) == (3, 3)
    assert report["figures"]["contains"] == {"value": 0.5, "of": 2}
    assert report["unknown_documents"] == [{"line": 3, "name": "none.txt"}]
    first = report["results"][0]
    assert first["answer"] == answered("Who urged Maduro?").to_json() | {
        "question": first["answer"]["question"],
        "searched": first["answer"]["searched"],
    }
    assert first["faults"] == ["lacking", "beside"]


def test_the_page_is_written(questions: str, tmp_path: Path, capsys: Captured) -> None:
    page = tmp_path / "r.html"
    page.write_text("old", encoding="utf-8")
    assert main(["eval", questions, "--html", str(page)], assistant().open) == 0
    assert f"ask: the report is {page}\n" in capsys.readouterr().err
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "Answers to q.csv" in html
    assert "1 article is not in the library" in html


def test_a_sample_is_drawn_by_its_seed(questions: str, capsys: Captured) -> None:
    asked = []
    for seed in ("1", "1", "2", "3", "4"):
        one = assistant()
        assert main(["eval", questions, "--sample", "1", "--seed", seed], one.open) == 0
        asked += [question for question, _, _ in one.asked]
    assert asked[0] == asked[1]
    assert len(asked) == 5
    assert len(set(asked)) > 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("stop", "status", "says"),
    [
        (KeyboardInterrupt(), 130, "ask: stopped; reported are 1 of 3 questions\n"),
        (
            ModelError("the server is gone; start it"),
            1,
            "ask: the server is gone; start it; reported are 1 of 3 questions\n",
        ),
    ],
)
def test_whatever_ends_it_early_what_was_asked_is_reported(
    questions: str, tmp_path: Path, capsys: Captured, stop: BaseException, status: int, says: str
) -> None:
    page = tmp_path / "r.html"
    stopping = assistant(**{"What has Peru?": stop})
    assert main(["eval", questions, "--html", str(page)], stopping.open) == status
    printed = capsys.readouterr()
    assert "1 of 1 to look at" in printed.out
    assert says in printed.err
    assert "Stopped early" in page.read_text(encoding="utf-8")


def test_stopped_before_the_first_answer_nothing_is_printed(
    questions: str, tmp_path: Path, capsys: Captured
) -> None:
    page = tmp_path / "r.html"
    stopping = FakeAssistant(KeyboardInterrupt())
    assert main(["eval", questions, "--html", str(page)], stopping.open) == 130
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "reported are 0 of 3 questions" in printed.err
    assert not page.exists()


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "takes one file of questions: ask eval questions.csv"),
        (["a.csv", "b.csv"], "takes one file of questions"),
        (["q.csv", "--sample", "0"], "--sample 0 draws no question; give 1 or more"),
        (["q.csv", "--sample", "x"], "invalid int value"),
        (["q.csv", "--html", "."], "--html . is a folder; name a file in it"),
        (["q.csv", "--html", "no/r.html"], "--html no/r.html cannot be written; name another file"),
        (["q.csv", "--html", "q.csv"], "--html q.csv exists and is no page; name another file"),
        (["q.csv", "--source", "BBC"], "leave it out"),
    ],
)
def test_bad_usage_is_one_line(
    argv: list[str],
    says: str,
    questions: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    _ = questions
    never = FakeAssistant(AssertionError("nothing may be asked"))
    assert main(["eval", *argv], never.open) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_an_empty_library_is_one_line(questions: str, capsys: Captured) -> None:
    assert main(["eval", questions], FakeAssistant(store=FakeStore([])).open) == 1
    assert "the library is empty" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_page_that_may_not_be_written_is_said_before_anything_is_asked(
    questions: str, tmp_path: Path, capsys: Captured
) -> None:
    page = tmp_path / "r.html"
    page.touch(0o400)
    never = FakeAssistant(AssertionError("nothing may be asked"))
    assert main(["eval", questions, "--html", str(page)], never.open) == 2
    assert "cannot be written" in capsys.readouterr().err
