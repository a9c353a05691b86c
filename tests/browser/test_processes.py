"""Several processes behind one address: for whoever looks, they are one."""

from __future__ import annotations

import base64
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fakes import HashEmbedder
from index.ingest import index_document
from index.postgres import PostgresStore
from scripted import ARTICLES, WHO_URGED
from visiting import URGING, Server, StartServer, Visitor

Visit = Callable[..., Visitor]

HOW_MANY = "How many people have left Venezuela?"


def answering(server: Server) -> int:
    """The process that made, or makes, the last answer."""
    return int((server.folder / "answering").read_text())


def status(server: Server, **headers: str) -> int:
    try:
        request = urllib.request.Request(server.url, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("on_server", [False, True], ids=["folder", "server"])
def test_a_page_outlives_the_process_that_answered_it(
    on_server: bool, serve: StartServer, visit: Visit, request: pytest.FixtureRequest
) -> None:
    settings = {}
    if on_server:
        settings["store"] = request.getfixturevalue("postgres").library()
        embedder = HashEmbedder()
        with closing(
            PostgresStore(
                settings["store"],
                fingerprint=embedder.fingerprint,
                dimension=embedder.dimension,
            )
        ) as store:
            store.replace_documents([index_document(each, embedder) for each in ARTICLES])
    server = serve(processes=2, says="word " * 20, pause=0.1, settings=settings)
    one, two = visit(server), visit(server)
    two.ask(HOW_MANY)
    other = answering(server)
    one.ask(HOW_MANY)
    killed = answering(server)
    assert killed != other
    one.page.fill("#bl-box textarea", WHO_URGED)
    one.page.press("#bl-box textarea", "Enter")
    expect(one.page.locator(".bl-draft")).to_be_visible()
    os.kill(killed, signal.SIGKILL)
    # Nobody reloads it: the page comes back by itself.
    expect(one.page.locator(".bl-answer").last).to_contain_text("Not answered")
    expect(one.page.locator(".bl-question")).to_have_text([HOW_MANY, WHO_URGED])
    expect(one.page.locator(".bl-text").first).to_contain_text("2,300,000")
    one.page.get_by_role("button", name="Ask again").click()
    expect(one.page.locator(".bl-text").last).to_contain_text(URGING)
    assert answering(server) == other
    one.ask("And who counted them?")
    assert (server.home / "conversations.db").exists() is not on_server
    # Whoever was with the other has noticed nothing.
    two.ask(WHO_URGED)
    expect(two.page.locator(".bl-question")).to_have_text([HOW_MANY, WHO_URGED])


def test_files_are_uploaded_and_articles_opened(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    server = serve(processes=2)
    page = (visitor := visit(server)).page
    article = tmp_path / "mill.txt"
    article.write_text("The mill at Orrin Bridge closed on Tuesday after its wheel broke.")
    page.set_input_files("#bl-files input[type=file]", article)
    expect(page.locator("#bl-shelf")).to_contain_text("mill.txt: added")
    visitor.ask("When did the mill at Orrin Bridge close?")
    page.locator(".bl-text .bl-chip").first.click()
    expect(page.locator(".bl-current")).to_contain_text("The mill at Orrin Bridge")
    # The other process has it too.
    other = visit(server)
    other.ask("When did the mill at Orrin Bridge close?")
    expect(other.page.locator(".bl-text")).to_contain_text("The mill at Orrin Bridge")


def test_the_guard_stands_behind_the_address(serve: StartServer) -> None:
    server = serve(processes=1, login=("me", "right words"))
    wrong, right = (base64.b64encode(f"me:{word} words".encode()) for word in ("wrong", "right"))
    assert status(server) == 401
    assert status(server, Authorization=f"Basic {wrong.decode()}") == 401
    assert status(server, Authorization=f"Basic {right.decode()}") == 200
    bearer = {"Authorization": "Bearer right words"}
    assert status(server, **bearer) == 200
    assert status(server, **bearer, Origin="https://evil.example") == 403
    assert status(server, **bearer, Host="not a name") == 403
