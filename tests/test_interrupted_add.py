"""An `ask add` that is interrupted: what it leaves, and what completes it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.sqlite import SqliteStore

pytestmark = pytest.mark.models


def interrupted_add(home: Path, folder: Path, documents: int) -> tuple[int, str, str]:
    """Interrupt `ask add` once so many articles are stored; return its status and what it said."""
    adding = subprocess.Popen(
        [sys.executable, "-m", "rag", "add", "--quiet", str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 100
    with SqliteStore(home) as store:
        while (
            store.counts().documents < documents
            and adding.poll() is None
            and time.monotonic() < end
        ):
            time.sleep(0.02)
    adding.send_signal(signal.SIGINT)
    out, err = adding.communicate(timeout=60)
    return adding.returncode, out, err


def test_an_interrupted_add_keeps_what_was_acknowledged(
    home: Path, tmp_path: Path, ask_process: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(150):
        text = f"Report {number}\n\nShip {number} left the harbour on a day in May. " * 8
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    status, out, err = interrupted_add(home, folder, documents=5)
    assert status == 130, err
    stopped = "ask: stopped; what was done is kept, and the same command again goes on from here"
    waiting = r"(?:; until then [\d,]+ passages? (?:is|are) found by words only)?"
    assert re.fullmatch(f"{stopped}{waiting}\n", err)
    acknowledged = int(out.partition(" added")[0])
    assert 5 <= acknowledged <= 150
    with SqliteStore(home) as store:
        # One more may have been stored when the interruption came before its acknowledgement.
        assert store.counts().documents in (acknowledged, acknowledged + 1)
        assert all(health.ok for health in store.health())
    again = ask_process("add", str(folder), "--json")
    counts = json.loads(again.stdout)
    assert counts["unchanged"] in (acknowledged, acknowledged + 1)
    assert counts["unchanged"] + counts["added"] == 150


def test_what_an_interrupted_add_left_without_vectors_is_found_by_words_and_completed(
    home: Path, tmp_path: Path, ask_process: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        lines = (f"Ship {ship} of fleet {number} came in before noon." for ship in range(120))
        (folder / f"{number:02}.txt").write_text(" ".join(lines))
    (folder / "60.txt").write_text("Mayor Ilse Quint opened the new harbour bridge of Oddeby.\n")
    status, _, err = interrupted_add(home, folder, documents=61)
    with SqliteStore(home) as store:
        left = store.counts()
        assert (status, left.documents) == (130, 61), err
        assert left.waiting > 0
        assert f"{left.waiting:,} passages are found by words only" in err
        doctor = ask_process("doctor")
        assert f"{left.waiting} chunks wait for theirs" in doctor.stdout
        assert "FAIL library" not in doctor.stdout
        answer = ask_process("Who opened the new harbour bridge of Oddeby?")
        assert "Ilse Quint" in answer.stdout
        again = ask_process("add", str(folder))
        assert again.stdout.startswith("0 added, 0 updated, 61 unchanged")
        assert store.counts().waiting == 0


def test_an_interruption_that_python_drops_comes_once_more() -> None:
    # As in the callbacks of its imports, from which no exception comes out.
    dropping = """
import sys
import time
import rag.cli.main
cli = sys.modules["rag.cli.main"]

class Dropping:
    def __del__(self):
        raise KeyboardInterrupt

def run(argv, open_assistant):
    Dropping()
    time.sleep(20)

cli._run = run
raise SystemExit(cli.main())
"""
    done = subprocess.run(
        [sys.executable, "-c", dropping],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "ask: stopped\n")
