"""`ask ui` and `python ui.py` as processes: they say where they are, and end when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("command", "ending", "status"),
    [
        (["-m", "rag", "ui"], signal.SIGINT, 0),
        (["-m", "rag", "ui", "--processes", "2"], signal.SIGINT, 0),
        (["ui.py"], signal.SIGINT, 0),
        (["ui.py"], signal.SIGTERM, 128 + signal.SIGTERM),
    ],
    ids=["ask ui", "two processes", "ui.py", "ui.py, terminated"],
)
def test_the_page_is_served_until_it_is_ended(
    command: list[str], ending: signal.Signals, status: int, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0", "--home", str(tmp_path / "home")],
        # Without weights to load: the page is there all the same.
        env={
            **os.environ,
            "BYLINE_MODEL": str(tmp_path / "none.gguf"),
            "TMPDIR": str(tmp_path / "tmp"),
        },
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("Byline is at http://127.0.0.1:"), line
        with urllib.request.urlopen(line.split()[3], timeout=30) as answer:
            assert "/byline/page.js" in answer.read().decode()
        process.send_signal(ending)
        assert process.wait(30) == status
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()
    assert not (tmp_path / "home" / "conversations.db").exists()
    assert list((tmp_path / "tmp").glob("byline-*")) == []
