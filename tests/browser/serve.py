"""Serves the browser chat for the tests: `python serve.py HOME OPTIONS`, OPTIONS being JSON.

The real page, server, and library, with the hash embedder and a reader that looks for the words
of the question. Connections beyond loopback are refused, and named in `HOME/outside`.

Without arguments it reads a HOME and OPTIONS from each line, as a JSON list, and serves each in a
fork of itself, which need not import Gradio again; it answers with the fork's id and port.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fakes import HashEmbedder
from index.text.sentences import split_sentences
from index.types import Filter
from rag.assistant import Assistant
from rag.english.vocabulary import content_stems
from rag.environment import prepare_environment
from rag.reader import Passage, Reading, SpanScore
from rag.serve import guard
from rag.serve.conversations import open_conversations
from rag.serve.guard import Login
from rag.serve.server import listen, make_app, run
from rag.serve.spread import Spread
from rag.serve.workers import working
from rag.settings import Settings
from rag.types import Answer, Delta, Stage
from scripted import ScriptedModel
from ui import build_page


class WordsReader:
    """Takes the sentence that has most words of the question; of it what stands before them.

    "How many" is answered by the first number.
    """

    name = "words"

    def __init__(self, pause: float = 0.0) -> None:
        """Take so many seconds for each time that something is read."""
        self._pause = pause

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        time.sleep(self._pause)
        return [self._reading(question, passage.text) for passage in passages]

    def _reading(self, question: str, text: str) -> Reading:
        asked = frozenset(content_stems(question))
        spans = []
        for sentence in split_sentences(text):
            words = text[sentence.start : sentence.end]
            share = len(asked.intersection(content_stems(words))) / max(len(asked), 1)
            start, end = self._answer(asked, words, number="how many" in question.casefold())
            place = (sentence.start + start, sentence.start + end)
            spans.append(SpanScore(*place, score=30 * share - 12))
        return Reading(tuple(sorted(spans, key=lambda span: -span.score)))

    @staticmethod
    def _answer(asked: frozenset[str], words: str, number: bool) -> tuple[int, int]:
        found = re.search(r"\d[\d,]*", words) if number else None
        if found:
            return found.span()
        known = (
            w.start() for w in re.finditer(r"\w+", words) if asked.intersection(content_stems(w[0]))
        )
        end = len(words[: next(known, 0)].rstrip())
        return (0, end or len(words))


class Drafting(Assistant):
    """Shows a draft before an answer, a word at a time with a pause after each."""

    def draft(self, says: str, pause: float, log: Path) -> None:
        """Say what the draft is."""
        self._draft, self._pause = says.split(), pause
        self._log = log
        """Where the time of each word is kept, in seconds since 1970; bench/browser.py reads it."""

    def stream(self, question: str, **options: Any) -> Iterator[Stage | Delta | Answer]:
        self._log.with_name("answering").write_text(str(os.getpid()))
        for event in super().stream(question, **options):
            if isinstance(event, Answer) and event.claims:
                with self._log.open("w") as log:
                    for word in self._draft:
                        log.write(f"{word} {time.time()}\n")
                        yield Delta(word + " ")
                        time.sleep(self._pause)
            yield event


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


def serve(home: Path, options: dict[str, Any], told: str = "") -> None:
    """Serve until the process is killed; write what is told and the port to the output."""
    listening = listen("127.0.0.1", options.get("port", 0))

    def tell() -> None:
        sys.stdout.write(f"{told}{listening.getsockname()[1]}\n")
        sys.stdout.flush()

    page = partial(serve_page, home, options)
    if "processes" not in options:
        page(listening, tell)
        return
    with working(page, options["processes"], home) as workers:
        tell()
        run(Spread(workers), listening, quiet=True)


def serve_page(
    home: Path, options: dict[str, Any], listening: socket.socket, ready: Callable[[], None]
) -> None:
    """Serve until the process is killed."""
    prepare_environment()
    refuse_outside(home / "outside")
    guard.LONGEST_UPLOAD = options.get("upload", guard.LONGEST_UPLOAD)
    os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(dir=home)
    if options.get("real"):
        assistant = Assistant(Settings.from_environment(home / "home"))
    else:
        assistant = Drafting(
            Settings(home=home / "home", models=home / "models", **options.get("settings", {})),
            embedder=HashEmbedder(),
            reader=WordsReader(options.get("reading", 0.0)),
            language_model=ScriptedModel(options.get("writes", "")),
        )
        assistant.draft(options.get("says", ""), options.get("pause", 0.0), home / "words")
    login = Login(*options["login"]) if options.get("login") else None
    conversations = open_conversations(assistant.settings)
    chosen = Filter(tuple(options.get("sources", ())))
    app = make_app(assistant, conversations, build_page, filter=chosen, login=login)
    ready()
    run(app, listening)


def warm_up() -> None:
    """Import what a page and its first answer import, so that no fork has to."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Assistant(
            Settings(home=home, models=home),
            embedder=HashEmbedder(),
            reader=WordsReader(),
            language_model=ScriptedModel(""),
        ) as assistant:
            make_app(assistant, open_conversations(assistant.settings), build_page)
            assistant.ask("Who urged Maduro not to be sworn in?")


def serve_each() -> None:
    """Serve what each line of the input names, until it ends."""
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Forks that were killed leave nothing behind.
    for line in sys.stdin:
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            home, options = json.loads(line)
            serve(Path(home), options, f"{os.getpid()} ")


if __name__ == "__main__":
    prepare_environment()
    if len(sys.argv) > 1:
        serve(Path(sys.argv[1]), json.loads(sys.argv[2]))
    else:
        serve_each()
