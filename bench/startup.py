"""Measures what `ask` costs before it does any work, and prints one table.

    python bench/startup.py [--repeats 21] [--cold 3] [--resident 21]

`ask --help` is compared with `python -c pass`; a cold `ask "…"`, with `--cold N`,
with the bare cost of the same work: one process that imports the same libraries,
embeds the same question, loads the same reader, and reads the very passages that
`ask` reads; it neither searches nor makes an answer. Runs are
interleaved (A B A B …), so that a busy machine is busy for both; medians.
`--resident N` asks N questions of the process that keeps the models loaded.
The library is a scratch one with the sample articles; models must be at hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rag import Assistant, Settings
from rag.cli.resident.client import memory_bytes, running, stop_resident
from rag.cli.resident.place import ResidentPlace
from rag.environment import prepare_environment
from rag.models.catalogue import find_embedder
from rag.reader import Passage, Reading, load_reader

QUESTION = "Who urged Maduro not to be sworn in?"

BARE = """
import json, sys
from pathlib import Path
import faiss
from index.embed.sentence_transformer import SentenceTransformerEmbedder
from rag.reader import Passage, load_reader
embedder, question, passages = sys.argv[1:]
SentenceTransformerEmbedder(Path(embedder)).embed([question])
reader = load_reader()
for read_together in json.loads(passages):
    reader.read(question, [Passage(*passage) for passage in read_together])
"""


class Recorder:
    """The reader, which keeps what it was given to read."""

    def __init__(self) -> None:
        """Load it."""
        self._reader = load_reader()
        self.name = self._reader.name
        self.read_together: list[list[tuple[str, str]]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read, and remember."""
        self.read_together.append([(passage.text, passage.title) for passage in passages])
        return self._reader.read(question, passages)


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command once, its output unseen, and return how long it took."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command[0]} {command[1][:40]} ended with {done.returncode}; see `ask doctor`")
    return taken


def compare(
    first: Sequence[str], second: Sequence[str], repeats: int, environment: Mapping[str, str]
) -> tuple[float, float]:
    """Return the medians of two commands, run in turn after one run of each unmeasured."""
    times: tuple[list[float], list[float]] = ([], [])
    for command in (first, second):
        seconds(command, environment)
    for _ in range(repeats):
        times[0].append(seconds(first, environment))
        times[1].append(seconds(second, environment))
    return statistics.median(times[0]), statistics.median(times[1])


def ask_command() -> str:
    """Return the installed command `ask` beside the running Python."""
    beside = Path(sys.executable).parent / "ask"
    found = str(beside) if beside.exists() else shutil.which("ask")
    return found or sys.exit("no command `ask`; install Byline first: pip install .")


def cold(repeats: int, environment: Mapping[str, str]) -> tuple[float, float, int]:
    """Return the medians of a cold answer and of its bare cost, and how many passages it reads."""
    settings = Settings.from_environment(environment["BYLINE_HOME"])
    with Assistant.open(settings=settings) as assistant:
        assistant.add_samples()
    recorder = Recorder()
    with Assistant(settings, reader=recorder) as assistant:
        assistant.ask(QUESTION)
    passages = json.dumps(recorder.read_together)
    embedder = str(find_embedder(settings))
    bare = [sys.executable, "-c", BARE, embedder, QUESTION, passages]
    ask = [ask_command(), QUESTION, "--json", "--quiet"]
    return *compare(bare, ask, repeats, environment), sum(map(len, recorder.read_together))


def resident(repeats: int, environment: Mapping[str, str]) -> tuple[list[float], str]:
    """Return the seconds of questions that the resident process answers, and what it takes."""
    with tempfile.TemporaryDirectory() as runtime:
        environment = {**environment, "BYLINE_KEEP": "600", "XDG_RUNTIME_DIR": runtime}
        ask = [ask_command(), QUESTION, "--json", "--quiet"]
        seconds(ask, environment)
        while not (sockets := list(Path(runtime).glob("byline/*.sock"))):
            time.sleep(0.1)
        place = ResidentPlace(sockets[0])
        before = running(place)
        try:
            taken = sorted(seconds(ask, environment) for _ in range(repeats))
            if before is None or running(place) != before:
                sys.exit("another process answered")
            return taken, f"{(memory_bytes(before) or 0) / 1e6:,.0f} MB"
        finally:
            stop_resident(place)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=21, help="runs of each short command")
    parser.add_argument("--cold", type=int, default=0, help="runs of a cold answer (seconds each)")
    parser.add_argument("--resident", type=int, default=0, help="runs of a resident answer")
    options = parser.parse_args()
    prepare_environment()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "BYLINE_HOME": home, "BYLINE_KEEP": "0"}
        rows = []
        base, help_time = compare(
            [sys.executable, "-c", "pass"],
            [ask_command(), "--help"],
            options.repeats,
            environment,
        )
        rows.append(("python -c pass", base, 1.0, "3 at most for the next line"))
        rows.append(("ask --help", help_time, help_time / base, ""))
        if options.cold:
            bare, total, passages = cold(options.cold, environment)
            rows.append(("bare imports, load, read", bare, 1.0, f"{passages} passages"))
            rows.append(('ask "…", cold', total, total / bare, "1.5 at most, see the head"))
        if options.resident:
            times, memory = resident(options.resident, environment)
            middle, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
            rows.append(('ask "…", resident', middle, middle / base, f"process of {memory}"))
            rows.append(("of these, p95", late, late / base, ""))
    print(f"{'what':<26}{'median ms':>10}{'ratio':>8}  remark")
    for what, median, ratio, note in rows:
        print(f"{what:<26}{median * 1000:>10.1f}{ratio:>8.2f}  {note}".rstrip())


if __name__ == "__main__":
    main()
