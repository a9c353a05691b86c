"""Conversations over the sample articles, with the real models; see `bench/conversations.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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
@pytest.mark.parametrize("row", SAMPLES[:4], ids=lambda row: row["turns"][-1])
def test_a_conversation_ends_right(assistant: Assistant, row: dict[str, object]) -> None:
    history: list[Answer] = []
    turns = row["turns"]
    assert isinstance(turns, list)
    for turn in turns:
        history.append(assistant.ask(turn, history=tuple(history)))
        check_promises(history[-1])
    answers, published = row["answers"], row["published"]
    assert isinstance(answers, list)
    assert any(expected in history[-1].text for expected in answers)
    assert published in {str(c.document.published) for c in history[-1].citations}
