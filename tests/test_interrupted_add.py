"""An `ask add` that is interrupted while it embeds: what it leaves, and what completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.sqlite import SqliteStore

pytestmark = pytest.mark.models


def test_what_an_interrupted_add_left_without_vectors_is_found_by_words_and_completed(
    home: Path, tmp_path: Path, ask_process: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        lines = (f"Ship {ship} of fleet {number} came in before noon." for ship in range(120))
        (folder / f"{number:02}.txt").write_text(" ".join(lines))
    (folder / "60.txt").write_text("Mayor Ilse Quint opened the new harbour bridge of Oddeby.\n")
    adding = subprocess.Popen(
        [sys.executable, "-m", "rag", "add", "--quiet", str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with SqliteStore.open(home) as store:
        end = time.monotonic() + 100
        while store.counts().documents < 61 and adding.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        adding.send_signal(signal.SIGINT)
        said = adding.communicate(timeout=60)
        left = store.counts()
        assert (adding.returncode, left.documents) == (130, 61), said
        assert left.waiting > 0
        assert f"{left.waiting:,} passages are found by words only" in said[1]
        doctor = ask_process("doctor")
        assert f"{left.waiting} chunks wait for theirs" in doctor.stdout
        assert "FAIL library" not in doctor.stdout
        answer = ask_process("Who opened the new harbour bridge of Oddeby?")
        assert "Ilse Quint" in answer.stdout
        again = ask_process("add", str(folder))
        assert again.stdout.startswith("0 added, 0 updated, 61 unchanged")
        assert store.counts().waiting == 0
