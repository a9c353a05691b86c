"""The conversation in the terminal: it keeps the history, and no fault ends it."""

from __future__ import annotations

import io
import sys

import pytest

from fakes import FakeAssistant
from index.errors import DamagedError
from rag.cli import main

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]


def test_chat_passes_the_history_on(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assistant = FakeAssistant()
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who urged Maduro?\n\nAnd Mexico?\n"))
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
