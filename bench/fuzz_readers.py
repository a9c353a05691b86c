"""Adds mutated and hostile files among good ones, and prints what became of them.

    python bench/fuzz_readers.py [FOLDER...] [--mutations 500] [--seed 7]
        [--largest 1] [--no-bombs]

Files of the folders (and the sample articles) are the seeds: of each type of file that can
be read, so many mutations are made. They and the bombs are added in one batch,
with a good file after every twenty-five of them, by the way that `ask add` takes, into
a scratch library whose embedder is a stand-in. Then each is read once more, alone, to
see how long that takes. A good file that is not added is a failure of the benchmark.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from hostile_files import BOMBS, mutate
from numpy.typing import NDArray

from index.reading import SUFFIXES
from index.reading.sandbox.pool import ReaderPool
from rag import AddResult, Assistant, Settings
from rag.samples import sample_paths

_EVERY = 25
_GIVEN_UP = re.compile("crashed|took|needs too much|could not be read")
"""How the messages begin of what no reader should do."""


class StandIn:
    """An embedder that costs nothing: the vector of a text is drawn from its hash."""

    fingerprint, dimension = "stand-in", 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts):
            digest = hashlib.sha512(text.encode()).digest()
            row[:] = np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
            row /= np.linalg.norm(row)
        return vectors


def peak_kb(process: str) -> int:
    """Return the largest resident memory that a process has had."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


class Watch:
    """Notes the largest memory that any child process has used, while it runs."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.peak_kb = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            for children in Path("/proc/self/task").glob("*/children"):
                try:
                    for child in children.read_text().split():
                        # Before it runs the reader, its peak is that of this process.
                        if (
                            b"index.reading.sandbox.worker"
                            in Path(f"/proc/{child}/cmdline").read_bytes()
                        ):
                            self.peak_kb = max(self.peak_kb, peak_kb(child))
                except OSError:
                    continue


def find_seeds(folders: Sequence[Path], largest: int) -> dict[str, list[Path]]:
    """Return the files to mutate, by suffix; none of more bytes than the largest may have."""
    found: dict[str, list[Path]] = {}
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in [*sample_paths(), *files]:
        name = path.name.lower()
        suffix = max((each for each in SUFFIXES if name.endswith(each)), key=len, default="")
        if suffix and 0 < path.stat().st_size <= largest:
            found.setdefault(suffix, []).append(path)
    return found


def make_files(
    folder: Path, seeds: dict[str, list[Path]], count: int, seed: int, bombs: bool
) -> list[Path]:
    """Write the bad files, shuffled, with good ones among them; return all in order."""
    chance = random.Random(seed)  # noqa: S311 - nothing depends on its secrecy.
    bad = []
    for suffix, paths in sorted(seeds.items()):
        for number in range(count):
            bad.append(folder / f"mutated-{number:04}{suffix}")
            bad[-1].write_bytes(mutate(chance.choice(paths).read_bytes(), chance))
    for name, make in BOMBS.items() if bombs else ():
        bad.append(folder / f"bomb-{name}")
        bad[-1].write_bytes(make())
    chance.shuffle(bad)
    paths = []
    for number, path in enumerate(bad):
        if number % _EVERY == 0:
            good = folder / f"good-{number:05}.txt"
            good.write_text(f"Article {number}\n\nShips came in on day {number}.", encoding="utf-8")
            paths.append(good)
        paths.append(path)
    return paths


def add(folder: Path, paths: Sequence[Path]) -> list[AddResult]:
    """Add the files in one batch."""
    settings = replace(Settings.from_environment(), home=folder / "library")
    with Assistant(settings, embedder=StandIn()) as assistant:
        return assistant.add(*paths)


def time_each(paths: Sequence[Path]) -> dict[Path, float]:
    """Read each file alone; return the seconds that it took."""
    seconds = {}
    with ReaderPool() as pool:
        pool.start()
        for path in paths:
            before = time.perf_counter()
            for _ in pool.read_many([path]):
                pass
            seconds[path] = time.perf_counter() - before
    return seconds


def reason_of(message: str) -> str:
    """Return what kind of failure a message tells of, without its particulars."""
    if message.startswith("could not be read ("):
        return re.sub(r"\((\w+).*\)", r"(\1)", message)
    return re.sub(r"\d[\d.,]*", "N", message.partition(";")[0])


def kind_of(path: Path) -> str:
    """Return the row of the table that a file belongs to."""
    made = path.name.partition("-")[0]
    return path.name if made == "bomb" else f"{made} {path.suffix}"


def report(results: Sequence[AddResult], seconds: dict[Path, float]) -> None:
    """Print what became of each kind of file, and why the others failed."""
    kinds: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for result in results:
        kind = kind_of(Path(result.path))
        kinds.setdefault(kind, Counter())[result.outcome] += 1
        if result.outcome == "failed":
            reasons[reason_of(result.message)] += 1
            if not kind.startswith("bomb-") and _GIVEN_UP.match(result.message):
                print(f"{result.name}: {result.message}")
    heads = ("added", "copy", "updated", "unchanged", "failed")
    print(f"{'articles of':<24}" + "".join(f"{head:>11}" for head in heads) + "    slowest s")
    for kind, outcomes in sorted(kinds.items()):
        slowest = max(spent for path, spent in seconds.items() if kind_of(path) == kind)
        counts = "".join(f"{outcomes[head]:>11}" for head in heads)
        print(f"{kind:<24}{counts}{slowest:>13.2f}")
    print("\nreasons of failure")
    for reason, count in reasons.most_common():
        print(f"{count:>7}  {reason}")


def main() -> None:
    """Make the files, add them, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--mutations", type=int, default=500, help="of each type of file")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--largest", type=float, default=1, help="MB of a file to mutate")
    parser.add_argument("--no-bombs", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-fuzz-") as made:
        folder = Path(made)
        seeds = find_seeds(options.folders, int(options.largest * 1e6))
        paths = make_files(folder, seeds, options.mutations, options.seed, not options.no_bombs)
        Path("/proc/self/clear_refs").write_text("5")  # Forget the peak of making the bombs.
        before_kb = peak_kb("self")
        with Watch() as watch:
            results = add(folder, paths)
        after_kb = peak_kb("self")
        report(results, time_each(paths))
    good = [result for result in results if Path(result.path).name.startswith("good-")]
    added = sum(result.outcome == "added" for result in good)
    print(f"\npeak resident memory: parent {after_kb / 1e3:.0f} MB ", end="")
    print(f"({before_kb / 1e3:.0f} MB before), child {watch.peak_kb / 1e3:.0f} MB")
    print(f"good files added: {added} of {len(good)}")
    if added < len(good):
        sys.exit(1)


if __name__ == "__main__":
    main()
