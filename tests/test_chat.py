"""The conversation in the terminal: it keeps the history, and no fault ends it."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import date

import pytest

from fakes import FakeAssistant, answered
from index.errors import DamagedError
from index.types import Filter
from rag.cli import main

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]


def test_chat_passes_the_history_on(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assistant = FakeAssistant()
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who urged Maduro?\n\nAnd Mexico?\nexit\nNo?"))
    assert main(["chat"], assistant.open) == 0
    assert [question for question, _, _ in assistant.asked] == ["Who urged Maduro?", "And Mexico?"]
    assert [len(history) for _, _, history in assistant.asked] == [0, 1]
    assert capsys.readouterr().out.count("urged it. [1]") == 2


@pytest.mark.parametrize(
    ("error", "line"),
    [(KeyboardInterrupt(), "stopped"), (DamagedError("it is damaged"), "it is damaged")],
)
def test_chat_goes_on_after_a_fault(
    error: BaseException, line: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assistant = FakeAssistant(error)
    monkeypatch.setattr(sys, "stdin", io.StringIO("one?\ntwo?\n"))
    assert main(["chat"], assistant.open) == 0
    assert len(assistant.asked) == 2
    assert capsys.readouterr().err.count(line) == 2


def test_chat_survives_a_question_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assistant = FakeAssistant()
    monkeypatch.setattr(sys, "stdin", io.StringIO("x" * 3000 + "\nWho?\n"))
    assert main(["chat"], assistant.open) == 0
    assert [question for question, _, _ in assistant.asked] == ["Who?"]
    assert "2,000" in capsys.readouterr().err


def test_chat_survives_a_line_that_cannot_be_decoded(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assistant = FakeAssistant()
    typed = io.BytesIO(b"Qui est le pr\xe9sident?\nWho?\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(typed, encoding="utf-8"))
    assert main(["chat"], assistant.open) == 0
    assert [question for question, _, _ in assistant.asked] == ["Who?"]
    assert capsys.readouterr().err == "ask: the question is not UTF-8 text; type it again\n"


def test_chat_says_what_was_searched_for(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    answer = replace(answered("And Mexico?"), searched="Did Mexico urge Maduro?")
    monkeypatch.setattr(sys, "stdin", io.StringIO("And Mexico?\n"))
    assert main(["chat"], FakeAssistant(answer).open) == 0
    assert capsys.readouterr().out.startswith("searched for: Did Mexico urge Maduro?\n\nCanada")


@pytest.mark.parametrize(
    ("after", "before", "dropped", "line"),
    [
        (date(2019, 1, 1), None, False, "only articles from 2019-01-01 on, for"),
        (None, date(2019, 1, 9), False, "only articles up to 2019-01-09, for"),
        (date(2019, 1, 1), date(2019, 1, 9), False, "only articles from 2019-01-01 to 2019-01-09"),
        (None, None, True, "no article meant by"),
    ],
)
@pytest.mark.parametrize("command", ["ask", "chat"])
def test_what_a_date_chose_is_said(
    command: str,
    after: date | None,
    before: date | None,
    dropped: bool,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    chosen = Filter(after=after, before=before, undated=True)
    answer = replace(answered(filter=chosen), filter_read="in 2019", filter_dropped=dropped)
    assistant = FakeAssistant(answer)
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who?\n"))
    assert main([command] if command == "chat" else [command, "Who?"], assistant.open) == 0
    err = capsys.readouterr().err
    assert err.startswith(f"ask: {line}")
    assert '"in 2019"' in err
    assert ("--any-date" in err) == (not dropped)
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who?\n"))
    words = [command, "--any-date", "--quiet"] + ["Who?"] * (command == "ask")
    assert main(words, assistant.open) == 0
    assert capsys.readouterr().err == ""
    assert assistant.read_dates == [True, False]
