"""Fixtures that several test modules share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from scripted import BRIDGE, LIMA, MIGRATION
from servers import Libraries, PostgresServer, postgres_server

# A busy machine is no fault: no example has to be done within a time.
settings.register_profile("byline", settings.default, deadline=None)
settings.load_profile("byline")

# Tests of `ask` leave no process behind; those of the resident process ask for it.
os.environ["BYLINE_KEEP"] = "0"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library folder of the test's own, set in the environment; never the user's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BYLINE_HOME", str(folder))
    for name in (
        "BYLINE_MODEL",
        "BYLINE_EMBEDDER",
        "BYLINE_READER",
        "BYLINE_READER_KEY",
        "BYLINE_RERANKER",
        "BYLINE_DEBUG",
        "NO_COLOR",
        "FORCE_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with three articles as files."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, document in {"a.md": LIMA, "b.md": MIGRATION, "c.md": BRIDGE}.items():
        header = f"title: {document.title}\nsource: {document.source}\n"
        if document.published:
            header += f"date: {document.published}\n"
        (folder / name).write_text(f"---\n{header}---\n\n{document.text}\n", encoding="utf-8")
    return folder


@pytest.fixture
def ask_process(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `ask` as a process of its own: `ask_process("list", "--json", input="…")`."""

    _ = home  # Its environment is what the process runs in.

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [sys.executable, "-m", "rag", *arguments],
            **{
                "capture_output": True,
                "text": True,
                "timeout": 120,
                "env": environment,
                "stdin": None if "input" in options else subprocess.DEVNULL,
                **options,
            },
        )

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the session's own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def libraries(request: pytest.FixtureRequest, tmp_path: Path) -> Libraries:
    """Libraries of the test's own, once in a folder and once on a server."""
    if request.param == "sqlite":
        return Libraries(tmp_path, None)
    return Libraries(tmp_path, request.getfixturevalue("postgres"))
