"""Asks many questions of the resident process from many shells, while it is killed at random.

    python bench/resident.py [--asks 200] [--shells 10] [--kills 10] [--then 1000]

Over a scratch library of the sample articles, whose answers are first taken from Python: each
answer of each shell must be the same. Then `--then N` questions of one process that nobody
kills, whose memory is looked at after a tenth of them and at the end. Models must be at hand.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from startup import ask_command

from rag import Assistant, Settings
from rag.cli.resident.client import memory_bytes, running, stop_resident
from rag.cli.resident.place import ResidentPlace
from rag.environment import prepare_environment

QUESTIONS = (
    "Who urged Maduro not to be sworn in?",
    "How many people have left Venezuela?",
    "By how many votes did the Commons reject the withdrawal agreement?",
    "When did the shutdown end?",
    "Who is the mayor of Oslo?",
)


def answers(environment: Mapping[str, str]) -> dict[str, object]:
    """Return what stands for the answer to each question, as Python gives it."""
    settings = Settings.from_environment(environment["BYLINE_HOME"])
    with Assistant.open(settings=settings) as assistant:
        assistant.add_samples()
        return {question: told(assistant.ask(question).to_json()) for question in QUESTIONS}


def told(row: Mapping[str, object]) -> object:
    """Return what must be the same of an answer, whoever gives it and how long it takes."""
    return row["text"], row["refused"], json.dumps(row["citations"])


def asked(question: str, expected: object, environment: Mapping[str, str]) -> str:
    """Ask once; return what is wrong with the answer, or nothing."""
    command = [ask_command(), question, "--json", "--quiet"]
    done = subprocess.run(
        command, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    try:
        right = told(json.loads(done.stdout)) == expected
    except ValueError:
        return f"no answer, status {done.returncode}: {done.stderr.strip()[-200:]}"
    return "" if right else f"another answer to {question}"


def faults(
    count: int, shells: int, expected: Mapping[str, object], environment: Mapping[str, str]
) -> list[str]:
    """Ask so many questions from so many shells at once; return what was wrong."""
    questions = [QUESTIONS[number % len(QUESTIONS)] for number in range(count)]
    with ThreadPoolExecutor(shells) as pool:
        found = pool.map(lambda q: asked(q, expected[q], environment), questions)
        return [fault for fault in found if fault]


def places(runtime: Path) -> list[ResidentPlace]:
    """Return where resident processes listen, or did."""
    return [ResidentPlace(path) for path in runtime.glob("byline/*.sock")]


def kill_some(runtime: Path, kills: int, over: threading.Event) -> int:
    """Kill the process, while it may be answering, until it is over; return how often."""
    killed = 0
    while killed < kills and not over.wait(random.uniform(2, 12)):  # noqa: S311
        for place in places(runtime):
            pid = running(place)
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, 9)
                    killed += 1
    return killed


def left_behind(runtime: Path) -> list[int]:
    """Return the processes that still have the runtime folder of this run in their environment."""
    mark = f"XDG_RUNTIME_DIR={runtime}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; ends with 1 where an answer was wrong or a process is left."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--asks", type=int, default=200, help="questions while it is killed")
    parser.add_argument("--shells", type=int, default=10, help="that ask at once")
    parser.add_argument("--kills", type=int, default=10, help="most kills")
    parser.add_argument("--then", type=int, default=0, help="questions of one process")
    options = parser.parse_args(arguments)
    prepare_environment()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        runtime = Path(folder)
        environment = {
            **os.environ,
            "BYLINE_HOME": home,
            "BYLINE_KEEP": "600",
            "XDG_RUNTIME_DIR": folder,
        }
        expected = answers(environment)
        over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(kill_some, runtime, options.kills, over)
            begun = time.perf_counter()
            wrong += faults(options.asks, options.shells, expected, environment)
            taken = time.perf_counter() - begun
            over.set()
            print(f"{options.asks} asks from {options.shells} shells in {taken:.0f} s,")
            print(f"{killing.result()} kills: {len(wrong)} wrong")
        if options.then:
            wrong += asked_of_one(options.then, expected, environment, runtime)
        for place in places(runtime):
            stop_resident(place)
        time.sleep(3)
        left = left_behind(runtime)
        print(f"processes left: {len(left)}")
    print("\n".join(wrong[:10]))
    sys.exit(bool(wrong or left))


def asked_of_one(
    count: int, expected: Mapping[str, object], environment: Mapping[str, str], runtime: Path
) -> list[str]:
    """Ask, two at once, of one process; print its memory; return what was wrong."""
    wrong = faults(1, 1, expected, environment)
    for _ in range(600):
        pids = [pid for place in places(runtime) if (pid := running(place)) is not None]
        if pids:
            break
        time.sleep(0.1)
    else:
        return [*wrong, "no process stays"]
    wrong += faults(count // 10, 2, expected, environment)
    early = memory_bytes(pids[0]) or 0
    wrong += faults(count - count // 10, 2, expected, environment)
    late = memory_bytes(pids[0]) or 0
    if not late:
        return [*wrong, "the process has ended"]
    print(f"{count} asks of one process: {early / 1e6:,.0f} MB, then {late / 1e6:,.0f} MB")
    return wrong


if __name__ == "__main__":
    main()
