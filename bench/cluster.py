"""Adds articles on the workers of a Ray cluster of this machine: `python bench/cluster.py DATA`.

DATA is a folder as in `bench/question_sets.py`, whose articles are written to files first. They
are added by one process, and then by as many workers as `--workers` says, of which one is killed
in the middle, each time to an empty library on a server that is started for it. Ends with 1 where
an article is missing or there twice.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from question_sets import read_articles

from rag import Assistant, Settings
from rag.adding import AddResult

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from servers import postgres_server
from test_cluster import workers


@contextmanager
def cluster(processors: int) -> Iterator[None]:
    """Run a cluster of this machine alone."""
    ray = Path(sys.executable).with_name("ray")
    start = [ray, "start", "--head", f"--num-cpus={processors}", "--include-dashboard=false"]
    subprocess.run([*start, "--disable-usage-stats"], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run([ray, "stop", "--force"], check=True, capture_output=True)


def add(folder: Path, store: str, on: str | None, kill_after: int | None) -> tuple[float, str]:
    """Add a folder; return the seconds, and what is wrong with the library."""
    settings = replace(Settings.from_environment(), store=store)
    told = killed = 0

    def count(_result: AddResult) -> None:
        nonlocal told, killed
        told += 1
        if kill_after is not None and not killed and told >= kill_after:
            killed = workers()[0]
            os.kill(killed, signal.SIGKILL)

    with Assistant.open(settings=settings) as assistant:
        begun = time.perf_counter()
        assistant.add(folder, on_file=count, on=on)
        seconds = time.perf_counter() - begun
        files = len(assistant.store.files())
        expected = len(list(folder.iterdir()))
        faults = [f"{files} files of {expected}"] if files != expected else []
        faults += [check.detail for check in assistant.store.health() if not check.ok]
        if kill_after is not None and not killed:
            faults.append("no worker was killed")
        return seconds, "; ".join(faults)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, help="how many; all")
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 4])
    options = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as name, postgres_server() as server:
        folder = Path(name)
        rows = read_articles(options.data)[: options.articles]
        for number, row in enumerate(rows):
            text = f"{row.get('title') or ''}\n\n{row['text']}"
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        runs: list[tuple[str, int | None]] = [("one process", None)]
        runs += [(f"{count} workers, one killed", count) for count in options.workers]
        for called, count in runs:
            half = len(rows) // 2
            if count is None:
                seconds, faults = add(folder, server.library(), None, None)
            else:
                with cluster(count):
                    seconds, faults = add(folder, server.library(), "auto", half)
            wrong += bool(faults)
            print(f"{called:24} {seconds:7.0f} s   {faults or 'all there, once'}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
