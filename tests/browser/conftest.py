"""A server with the real page in a process of its own, and a headless Chromium to look at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from index.types import Document
from scripted import ARTICLES, filled_store

expect.set_options(timeout=20_000)
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    port: int
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def outside(self) -> list[str]:
        """What it tried to connect to beyond loopback."""
        log = self.folder / "outside"
        return log.read_text().splitlines() if log.exists() else []


StartServer = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[StartServer]:
    """Start a server: `serve(articles=..., says="…", pause=0.1, login=("me", "secret"))`."""
    running: list[subprocess.Popen[str]] = []

    def start(articles: tuple[Document, ...] = ARTICLES, **options: Any) -> Server:
        if articles:
            filled_store(tmp_path / "home", *articles).close()
        tmp_path.joinpath("home").mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("serve.py"), tmp_path, json.dumps(options)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        port = int(process.stdout.readline())
        return Server(f"http://127.0.0.1:{port}/", port, tmp_path)

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without one these tests are skipped, but not where CI is set."""
    if _CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium is installed")
        pytest.skip("no chromium is installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """One person with a browser of their own; every request beyond the server is noted."""

    def __init__(self, browser: Browser, server: Server, **options: Any) -> None:
        self.server = server
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(20_000)
        self.beyond: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", self._note)
        self.page = self.open()

    def open(self) -> Page:
        """Open the page in another tab and wait until it is drawn."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.server.url)
        page.wait_for_selector(".bl-welcome, .bl-turn")
        page.wait_for_selector(".bl-new")
        return page

    def ask(self, question: str) -> None:
        """Ask and wait until the answer stands."""
        turns = self.page.locator(".bl-turn").count()
        self.page.fill("#bl-box textarea", question)
        self.page.press("#bl-box textarea", "Enter")
        self.page.wait_for_function(
            "turns => document.querySelectorAll('.bl-turn').length > turns"
            " && !document.body.classList.contains('bl-working')",
            arg=turns,
        )

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.beyond.append(request.url)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a server's page as a new visitor: `visit(server, color_scheme="dark")`."""
    visitors: list[Visitor] = []

    def start(server: Server, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, server, **options))
        return visitors[-1]

    yield start
    for visitor in visitors:
        visitor.context.close()
        assert visitor.complaints == []
        assert visitor.beyond == []
