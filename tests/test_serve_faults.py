"""What goes wrong with the library is said on the page in its own words."""

from __future__ import annotations

import asyncio
import base64
import itertools
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
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


def test_a_library_that_cannot_be_listed_says_why_and_the_page_is_drawn(
    on: Listeners, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "library.db")) as db:
        db.execute("ALTER TABLE documents RENAME TO lost")
        desk, talks, shelf = on.begin("", request())
        assert (desk["suggestions"], talks["failure"]) == ([], "")
        assert "library.db is damaged" in shelf["failure"]
        assert "put a copy of it back" in shelf["failure"]
        assert on.search(event(text="harbour", order="newest", page=0), request())["failure"]
        db.execute("ALTER TABLE lost RENAME TO documents")
    _, _, shelf = on.look("", request())
    assert shelf["found"] == len(ARTICLES)


@pytest.mark.parametrize("form", ["md", "html", "docx", "json"])
def test_a_damaged_answer_is_named_and_the_others_are_taken_along(on: Listeners, form: str) -> None:
    keep = on._conversations
    whole = answered("Who urged him?").to_json()
    talk, first = keep.add_question(ANN, None, "Who urged him?")
    keep.add_answer(ANN, first, whole)
    _, second = keep.add_question(ANN, talk, "And who else?")
    for name, value in itertools.product(whole, (None, 5, "", [{}], {"a": 1})):
        keep.add_answer(ANN, second, whole | {name: value})
        view = on.export(event(id=talk, form=form), request())
        content = base64.b64decode(view["download"]["data"])
        assert form == "docx" or b"Who urged him?" in content
        # Some fields can be shown with another value, too.
        told = keep.turns(ANN, talk)[1].answer is None
        assert (
            view["failure"] == "Not in the file, for want of a whole answer: And who else?" * told
        )
        assert len(on.begin(talk, request())[0]["turns"]) == 2


def test_nothing_is_read_from_disk_where_all_pages_are_served(tmp_path: Path) -> None:
    loop: list[int] = []
    read: list[int] = []

    class Noting(ConversationFile):
        def read(self) -> AbstractContextManager[sqlite3.Connection]:
            read.append(threading.get_ident())
            return super().read()

    async def ask(on: Listeners) -> None:
        loop.append(threading.get_ident())
        for question in ("", "Who urged Maduro?"):
            async for _ in on.answer(question, request()):
                pass

    with (
        filled_store(tmp_path / "home", *ARTICLES) as store,
        Assistant(settings(tmp_path / "home"), store=store, embedder=HashEmbedder()) as assistant,
    ):
        on = Listeners(assistant, Conversations(Noting(tmp_path)), WaitingLine(), Filter())
        # A thread of its own: the browser tests leave a loop running in this one.
        with ThreadPoolExecutor(1) as own:
            own.submit(asyncio.run, ask(on)).result()
    assert read
    assert loop[0] not in read


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
