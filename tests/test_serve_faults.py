"""What goes wrong with the library is said on the page in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from starlette.requests import Request

from fakes import HashEmbedder, answered
from index.types import Filter
from rag.assistant import Assistant
from rag.serve.asking import WaitingLine
from rag.serve.conversation_file import ConversationFile
from rag.serve.conversations import Conversations
from rag.serve.guard import VISITOR_COOKIE
from rag.serve.listeners import Listeners
from scripted import ARTICLES, filled_store, settings

ANN = "a" * 32


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Listeners]:
    with (
        filled_store(tmp_path / "home", *ARTICLES) as store,
        Assistant(settings(tmp_path / "home"), store=store, embedder=HashEmbedder()) as assistant,
    ):
        conversations = Conversations(ConversationFile(tmp_path))
        yield Listeners(assistant, conversations, WaitingLine(), Filter())


def request() -> gr.Request:
    headers = [(b"cookie", f"{VISITOR_COOKIE}={ANN}".encode())]
    return gr.Request(request=Request({"type": "http", "headers": headers}), session_hash="1")


def event(**told: object) -> gr.EventData:
    return gr.EventData(None, told)


def test_words_that_are_too_many_are_told_and_can_be_taken_back(on: Listeners) -> None:
    shelf = on.search(event(text="x" * 60_000, order="newest", page=0), request())
    assert "use fewer words" in shelf["notice"]
    assert shelf["found"] == len(ARTICLES)


def test_a_fault_of_the_conversations_is_told_where_one_is_taken_along(
    on: Listeners, tmp_path: Path
) -> None:
    talk, _ = on._conversations.add_question(ANN, None, answered("Who?").question)
    (kept,) = tmp_path.glob("conversations*")
    kept.write_bytes(b"This is no database." * 400)
    taken = (on.export(event(id=talk, form="md"), request()), on.examples(request()))
    desk, talks, _ = on.rename(event(id=talk, title="Who?"), request())
    assert all(str(kept) in told for told in (desk["notice"], talks["failure"]))
    assert all(str(kept) in view["failure"] for view in taken)
