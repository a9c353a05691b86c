"""What was removed can be brought back by who removed it, and is not kept for ever."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import gradio as gr
from starlette.requests import Request

from fakes import LIMA, UNDATED, FakeAssistant, FakeStore, HashEmbedder
from index.types import Document, Filter
from rag.adding import AddResult
from rag.assistant import Assistant
from rag.serve.asking import WaitingLine
from rag.serve.conversation_file import ConversationFile
from rag.serve.conversations import Conversations
from rag.serve.guard import VISITOR_COOKIE
from rag.serve.listeners import Listeners
from rag.serve.shelf import MOST_ARTICLES, Removed, Shelf
from rag.settings import Settings
from scripted import filled_store

ANN, BOB = "a" * 32, "b" * 32


def test_all_pages_of_a_visitor_share_one_list_and_others_have_another() -> None:
    removed = Removed()
    removed.of(ANN).append(LIMA)
    assert removed.of(ANN) == [LIMA]
    assert removed.of(BOB) == []


def test_who_leaves_is_forgotten_unless_there_is_something_to_come_back_for() -> None:
    removed = Removed()
    removed.of(ANN).append(LIMA)
    removed.of(BOB)
    removed.of("no cookie").append(LIMA)
    removed.leave(ANN, returns=True)
    removed.leave(BOB, returns=True)
    removed.leave("no cookie", returns=False)
    assert len(removed._lists) == 1
    assert removed.of(ANN) == [LIMA]


def test_of_too_many_visitors_the_one_who_came_longest_ago_is_forgotten() -> None:
    removed = Removed()
    for visitor in (ANN, BOB):
        removed.of(visitor).append(LIMA)
    for number in range(198):
        removed.of(str(number))
    removed.of(ANN)
    removed.of("one more")
    assert len(removed._lists) == 200
    assert removed.of(ANN) == [LIMA]
    assert removed.of(BOB) == []


def test_of_too_many_articles_the_last_can_be_brought_back() -> None:
    articles = [Document(f"Article {number}.") for number in range(MOST_ARTICLES + 5)]
    shelf = Shelf(cast(Assistant, Library(store=Kept(list(articles)))))
    for article in articles:
        shelf.remove(article.id)
    assert shelf.removed == articles[5:]


def test_a_page_that_is_closed_leaves_nothing_unless_something_was_removed(tmp_path: Path) -> None:
    library = cast(Assistant, Library(store=Kept([LIMA, UNDATED])))
    on = Listeners(library, Conversations(ConversationFile(tmp_path)), WaitingLine(), Filter())
    pages = [opened(visitor, page) for visitor, page in ((ANN, "1"), (ANN, "2"), (BOB, "3"))]
    for page in pages:
        on.look("", page)
    on._visits[ANN, "1"].shelf.remove(LIMA.id)
    on._visits[ANN, "1"].shelf.remove(UNDATED.id)
    for page in pages:
        on.leave(page)
    assert len(on._removed._lists) == 1
    on.look("", opened(ANN, "4"))
    assert on._visits[ANN, "4"].shelf.removed == [LIMA, UNDATED]


class Kept(FakeStore):
    """A store whose sources and tags can be listed."""

    def sources(self) -> dict[str, int]:
        return {}

    def tags(self) -> dict[str, int]:
        return {}


class Library(FakeAssistant):
    """An assistant whose articles can be removed."""

    def settle(self) -> None:
        pass


def opened(visitor: str, page: str) -> gr.Request:
    """A request of an open page."""
    headers = [(b"cookie", f"{VISITOR_COOKIE}={visitor}".encode())]
    return gr.Request(request=Request({"type": "http", "headers": headers}), session_hash=page)


def test_what_another_page_removes_meanwhile_can_be_brought_back_too(tmp_path: Path) -> None:
    first, second = Document(text="The weir was opened."), Document(text="The mill was sold.")
    with filled_store(tmp_path, first, second) as store:

        class Meanwhile(Assistant):
            def add_document(self, document: Document) -> AddResult:
                if document == first:
                    other.remove(second.id)  # In another tab.
                return super().add_document(document)

        settings = Settings(home=tmp_path, models=tmp_path)
        with Meanwhile(settings, store=store, embedder=HashEmbedder()) as assistant:
            removed = Removed().of("a" * 32)
            shelf, other = (Shelf(assistant, removed=removed) for _ in range(2))
            shelf.remove(first.id)
            assert shelf.undo() == first
            assert removed == [second]
            assert shelf.undo() == second
            assert store.counts().documents == 2
