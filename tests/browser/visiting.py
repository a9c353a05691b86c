"""Who the browser tests speak of: the server, and a visitor with a browser of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from index.types import Document

__all__ = ["DEATHS", "FIRST", "LATER", "URGING", "Server", "StartServer", "Visitor"]

URGING = "Canada and a dozen Latin American governments"
"""Who urged Maduro, by `scripted.LIMA`."""
DEATHS = "How many people died when the Morandi bridge in Genoa collapsed?"
FIRST = Document(
    text="At least 26 people died when the Morandi bridge in Genoa collapsed, the fire service of "
    "Liguria said. Prime Minister Giuseppe Conte flew to Italy's biggest port.",
    title="Motorway bridge falls in Genoa",
    source="Harbour Wire",
    published=date(2018, 8, 14),
)
LATER = Document(
    text="The prefecture now says that 43 people died when the Morandi bridge collapsed in Genoa. "
    "Giuseppe Conte has declared a state of emergency in Liguria, Italy.",
    title="Genoa counts its dead",
    source="Andean Courier",
    published=date(2018, 8, 19),
)

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    port: int
    folder: Path
    process: int

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def outside(self) -> list[str]:
        """What it tried to connect to beyond loopback."""
        log = self.folder / "outside"
        return log.read_text().splitlines() if log.exists() else []

    def kill(self) -> None:
        """End it as a machine that loses power would; a second time does nothing."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
            while True:  # Until its port is free.
                os.kill(self.process, 0)
                time.sleep(0.01)


StartServer = Callable[..., Server]


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
