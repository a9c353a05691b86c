"""Fixtures of the browser tests: a server, a Chromium, and visitors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from index.types import Document
from scripted import ARTICLES, filled_store
from visiting import Server, StartServer, Visitor

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def forking() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported what a server needs, and forks into one: `serve.py`."""
    with subprocess.Popen(
        [sys.executable, Path(__file__).with_name("serve.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


@pytest.fixture
def serve(tmp_path: Path, forking: subprocess.Popen[str]) -> Iterator[StartServer]:
    """Start a server: `serve(articles=..., says="…", pause=0.1, login=("me", "secret"))`."""
    running: list[Server] = []
    assert forking.stdin is not None
    assert forking.stdout is not None

    def start(articles: tuple[Document, ...] = ARTICLES, **options: Any) -> Server:
        if articles:
            filled_store(tmp_path / "home", *articles).close()
        tmp_path.joinpath("home").mkdir(exist_ok=True)
        forking.stdin.write(json.dumps([str(tmp_path), options]) + "\n")
        forking.stdin.flush()
        process, port = map(int, forking.stdout.readline().split())
        running.append(Server(f"http://127.0.0.1:{port}/", port, tmp_path, process))
        return running[-1]

    yield start
    for server in running:
        server.kill()


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
