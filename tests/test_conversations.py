"""Conversations over the sample articles, with the real models; see `bench/conversations.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import Answer, Assistant
from rag.settings import Settings
from scripted import check_promises

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "conversations.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
SAMPLES = [row for row in ROWS if row["articles"] == "samples"]
ASKED = SAMPLES[::2]
"""A turn with the default models takes seconds; bench/conversations.py asks them all."""
RIGHT_AT_LEAST = 5


def ended_right(answer: Answer, row: dict[str, Any]) -> bool:
    """Say whether the last answer of a conversation is the expected one."""
    if row.get("refused"):
        return answer.refused
    published = {str(citation.document.published) for citation in answer.citations}
    return any(text in answer.text for text in row["answers"]) and row["published"] in published


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The default models over the sample articles."""
    home = tmp_path_factory.mktemp("library")
    settings = replace(
        Settings.from_environment(home), language_model="default", embedder="default"
    )
    with Assistant.open(settings=settings) as opened:
        yield opened


def test_there_are_twenty_conversations() -> None:
    assert len(ROWS) == 20
    assert len(SAMPLES) >= 10
    for row in ROWS:
        assert 2 <= len(row["turns"]) <= 3
        assert row.get("refused") or (row["answers"] and row["published"])


@pytest.mark.models
def test_most_conversations_end_right(assistant: Assistant) -> None:
    wrong = []
    for row in ASKED:
        history: list[Answer] = []
        for turn in row["turns"]:
            history.append(assistant.ask(turn, history=tuple(history)))
            check_promises(history[-1])
        if not ended_right(history[-1], row):
            wrong.append((history[-1].searched, history[-1].text))
    assert len(ASKED) - len(wrong) >= RIGHT_AT_LEAST, wrong
