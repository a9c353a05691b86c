"""Has several people talk with one `ask ui` at once, and kills one of its processes meanwhile.

    python bench/people.py [--people 8] [--turns 5] [--processes 2] [--kills 1]
                           [--reader-server] [--store postgresql://…] [--add FOLDER]

Each has a page of their own, by the protocol of the page, and asks the same questions in one
conversation; every answer must be the one that Python gives in the same conversation. A person
whose process dies does what a page does: it opens the conversation again, and asks again what has
no answer. In the end each conversation must be there whole, once. Linux; models must be at hand.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from resident import QUESTIONS
from startup import ask_command

from rag import Assistant, Settings
from rag.environment import prepare_environment
from rag.export.markdown import answer_markdown

_PATIENCE_S = 300


class Person:
    """Somebody with one page open, who has one conversation."""

    def __init__(self, url: str) -> None:
        """Open the page."""
        self._http = httpx.Client(base_url=url, timeout=_PATIENCE_S)
        self._http.get("/").raise_for_status()
        config = self._http.get("/config").raise_for_status().json()
        names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        self._events = {
            (names.get(target), event): dependency["id"]
            for dependency in config["dependencies"]
            for target, event in dependency["targets"]
        }
        self._conversation = ""
        self.seconds: list[float] = []
        self.asked_again = 0
        self._begin()

    def _begin(self) -> None:
        """Begin as a page that is loaded does."""
        self._page = secrets.token_hex(6)

    def turns(self) -> list[dict[str, Any]]:
        """Open the conversation; return what the page shows."""
        load = next(id_ for (_, event), id_ in self._events.items() if event == "load")
        body = self._body(load, [self._conversation])
        told = self._http.post("/gradio_api/run/predict", json=body).raise_for_status().json()
        desk: dict[str, Any] = told["data"][0]
        self._conversation = desk["conversation"] or self._conversation
        return list(desk["turns"])

    def ask(self, question: str) -> None:
        """Ask until there is an answer, as often as that takes."""
        begun = time.perf_counter()
        number = len(self.turns())
        event, data, more = ("bl-box", "submit"), [question], None
        while True:
            with suppress(httpx.HTTPError):
                self._wait_for(self._body(self._events[event], data, more))
            turn = self._last(number)
            if turn and turn["state"] == "done":
                break
            self.asked_again += 1
            if turn:  # It was kept before the process died.
                event, data = ("bl-desk", "redo"), []
                more = {"turn": number, "kind": ""}
                more |= dict.fromkeys(("alone", "any_date", "all_articles"), False)
        self.seconds.append(time.perf_counter() - begun)

    def _last(self, number: int) -> dict[str, Any] | None:
        """Return a turn as a page that is loaded anew shows it, if it is there."""
        while True:
            with suppress(httpx.HTTPError):
                turns = self.turns()
                return turns[number] if len(turns) > number else None
            self._begin()
            time.sleep(0.5)

    def _wait_for(self, body: dict[str, Any]) -> None:
        self._http.post("/gradio_api/queue/join", json=body).raise_for_status()
        address = f"/gradio_api/queue/data?session_hash={self._page}"
        with self._http.stream("GET", address) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:") and '"process_completed"' in line:
                    return

    def _body(self, event: int, data: list[Any], more: dict[str, Any] | None = None) -> Any:
        return {
            "data": data,
            "event_data": more,
            "fn_index": event,
            "trigger_id": None,
            "session_hash": self._page,
        }


@contextmanager
def command(*arguments: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a command of `ask` that serves; yield it and its address."""
    with subprocess.Popen(
        [ask_command(), *arguments, "--port", "0"],
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            if " is at http" not in line:
                raise SystemExit(line + process.stderr.read())
            yield process, line.split(" is at ")[1].split(";")[0].strip()
        finally:
            process.terminate()


def workers(parent: int) -> list[int]:
    """Return the processes that serve a page, oldest first."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = int((path / "stat").read_text().rpartition(")")[2].split()[1]) == parent
            if ours and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return sorted(found)


def memory(pid: int) -> str:
    """Return what a process has of its own, and what it shares with others, in MB."""
    rows = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    size = {row[0]: int(row[1]) / 1e3 for row in rows if row[0].endswith(":") and len(row) == 3}
    return f"{size['Anonymous:']:,.0f} + {size['Rss:'] - size['Anonymous:']:,.0f} mapped"


def kill_some(parent: int, kills: int, over: threading.Event) -> int:
    """Kill one of the processes now and then, until it is over; return how often."""
    killed = 0
    while killed < kills and not over.wait(random.uniform(5, 15)):  # noqa: S311
        os.kill(random.choice(workers(parent)), signal.SIGKILL)  # noqa: S311
        killed += 1
    return killed


def expected(settings: Settings, turns: int, add: str | None) -> list[str]:
    """Fill the library; return the answers of the conversation as Python gives them."""
    with Assistant.open(settings=settings) as assistant:
        assistant.add_samples()
        for _ in assistant.add(add) if add else ():
            pass
        answers: list[Any] = []
        for question in asked(turns):
            answers.append(assistant.ask(question, history=tuple(answers)))
        return [answer_markdown(answer.to_json()) for answer in answers]


def asked(turns: int) -> list[str]:
    """Return so many questions."""
    return [QUESTIONS[number % len(QUESTIONS)] for number in range(turns)]


def wrong(person: Person, answers: Sequence[str], questions: Sequence[str]) -> list[str]:
    """Return what is not as it should be in a conversation, as a page loaded anew shows it."""
    turns = person.turns()
    if [turn["question"] for turn in turns] != list(questions):
        return [f"asked were {[turn['question'] for turn in turns]}"]
    return [
        f"another answer to {turn['question']}: {turn['markdown'][:200]}"
        for turn, answer in zip(turns, answers)
        if turn["markdown"] != answer
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; ends with 1 where an answer is missing or another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--turns", type=int, default=5, help="questions of each")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--reader-server", action="store_true", help="one reader for all")
    parser.add_argument("--store", help="an empty database; otherwise a folder")
    parser.add_argument("--add", help="a folder of articles, beside the samples")
    options = parser.parse_args(arguments)
    prepare_environment()
    questions = asked(options.turns)
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-people-"))
        settings = replace(Settings.from_environment(home), store=options.store)
        answers = expected(settings, options.turns, options.add)
        chosen = ["--store", options.store] if options.store else []
        if options.reader_server:
            chosen += ["--reader", stack.enter_context(command("reader"))[1]]
        processes = str(options.processes)
        page, url = stack.enter_context(
            command("ui", "--home", home, "--processes", processes, *chosen)
        )
        people = [Person(url) for _ in range(options.people)]
        people[0].ask(questions[0])  # The models are loaded by now, by one of them at least.
        people[0] = Person(url)
        over = threading.Event()
        begun = time.perf_counter()
        with ThreadPoolExecutor(options.people + 1) as pool:
            killing = pool.submit(kill_some, page.pid, options.kills, over)
            list(pool.map(lambda person: [person.ask(q) for q in questions], people))
            taken = time.perf_counter() - begun
            over.set()
        faults = [fault for person in people for fault in wrong(person, answers, questions)]
        seconds = sorted(each for person in people for each in person.seconds)
        again = sum(person.asked_again for person in people)
        p95 = seconds[math.ceil(0.95 * len(seconds)) - 1]
        print(
            f"{options.people} people, {len(seconds)} answers in {taken:.0f} s: "
            f"p50 {statistics.median(seconds):.1f} s, p95 {p95:.1f} s, at most {seconds[-1]:.1f} s"
        )
        print(f"{killing.result()} kills, {again} asked again, {len(faults)} wrong or missing")
        for pid in workers(page.pid):
            print(f"memory of a process, MB: {memory(pid)}")
    print("\n".join(faults[:10]))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
