"""Serves the browser chat for the tests: `python serve.py HOME OPTIONS`, OPTIONS being JSON.

The real page, server, and library, with the hash embedder and a model that repeats its best
note, a word at a time. Connections beyond loopback are refused, and named in `HOME/outside`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fakes import HashEmbedder
from rag.assistant import Assistant
from rag.environment import prepare_environment
from rag.language_model import Generation, Prompt
from rag.serve.conversations import Conversations
from rag.serve.guard import Login
from rag.serve.server import listen, make_app, run
from rag.settings import Settings
from scripted import ScriptedModel, settings
from ui import build_page


class SlowModel(ScriptedModel):
    """Writes the best note, or what it was told to, with a pause after each word."""

    def __init__(self, says: str, pause: float, log: Path) -> None:
        super().__init__(says)
        self._pause = pause
        self._log = log
        """Where the time of each word is kept, in seconds since 1970; bench/browser.py reads it."""

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        notes = (line[2:] for line in prompt.variable.splitlines() if line.startswith("- "))
        words = (self.replies[0] or next(notes, "")).split()
        with self._log.open("w") as log:
            for word in words:
                log.write(f"{word} {time.time()}\n")
                yield word + " "
                time.sleep(self._pause)
        yield Generation(100, max_tokens, truncated=False)


def refuse_outside(log: Path) -> None:
    """Let the process connect to itself alone, and write down what else it tried."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with log.open("a") as file:
                file.write(f"{address}\n")
            raise OSError(f"refused by the test: {address}")
        connect(self, address)

    socket.socket.connect = checked  # type: ignore[method-assign, assignment]


def main() -> None:
    """Serve until the process is killed."""
    home, options = Path(sys.argv[1]), json.loads(sys.argv[2])
    prepare_environment()
    refuse_outside(home / "outside")
    os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(dir=home)
    if options.get("real"):
        assistant = Assistant(Settings.from_environment(home / "home"))
    else:
        assistant = Assistant(
            settings(home, **options.get("settings", {})),
            embedder=HashEmbedder(),
            language_model=SlowModel(
                options.get("says", ""), options.get("pause", 0.0), home / "words"
            ),
        )
    login = Login(*options["login"]) if options.get("login") else None
    app = make_app(assistant, Conversations(home / "home"), build_page, login=login)
    listening = listen("127.0.0.1", 0)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    run(app, listening)


if __name__ == "__main__":
    main()
