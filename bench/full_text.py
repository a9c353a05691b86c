"""Measures full-text ranking at size: `python bench/full_text.py DATA --chunks 1000000`.

DATA is a folder with `docs.jsonl` (title, text) and `questions.jsonl` (question).
Its articles are cut into chunks of 800 characters and repeated, cut elsewhere
each time and each chunk with a word of its own, until there are enough. The
questions are its first ones of so many words. `--keep FILE` keeps the index,
with its SHA-256 beside it, for the next run, which then skips the building.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from question_sets import read_rows

from index.sqlite.words.postings import Postings
from index.text.terms import question_stems

_CHARACTERS = 800
_SHIFT = 97
_DEPTH = 50


def chunks(data: Path, most: int) -> Iterator[tuple[int, str, str]]:
    """Yield so many chunks, each with its number and a title."""
    rows = read_rows(data / "docs.jsonl")
    number = turn = 0
    while True:
        for row in rows:
            for start in range(turn * _SHIFT % _CHARACTERS, len(row["text"]), _CHARACTERS):
                if number == most:
                    return
                number += 1
                text = row["text"][start : start + _CHARACTERS]
                yield number, row["title"], f"{text} w{number}"
        turn += 1


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of a data set")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--words", type=int, default=6, help="questions of so many telling words")
    parser.add_argument("--keep", type=Path, help="keep the index here for the next run")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        path = arguments.keep or Path(folder) / "words.idx"
        note = path.with_suffix(".sha256")
        if not note.exists():
            start, busy = time.perf_counter(), time.process_time()
            with closing(Postings(path.parent)) as index, path.open("wb") as file:
                index.add(chunks(arguments.data, arguments.chunks))
                note.write_text(index.write(file))
            print(
                f"built in {time.perf_counter() - start:.0f} s ({time.process_time() - busy:.0f} s "
                f"of processor time), {peak_mb():.0f} MB at most"
            )
        start = time.perf_counter()
        with closing(Postings.open(path, note.read_text())) as index:
            size = path.stat().st_size / 1e6
            opened = 1000 * (time.perf_counter() - start)
            print(f"{len(index):,} chunks in {size:.0f} MB, opened in {opened:.0f} ms")
            rows = read_rows(arguments.data / "questions.jsonl")
            found = (question_stems(row["question"]) for row in rows)
            asked = [stems for stems in found if len(stems) == arguments.words]
            for name in ("first time", "again"):
                times = sorted(timed(index, stems) for stems in asked[: arguments.questions])
                print(
                    f"{len(times)} questions of {arguments.words} words, {name}: "
                    f"{statistics.median(times):.1f} ms, 95 % within "
                    f"{times[int(0.95 * len(times))]:.1f} ms, at most {times[-1]:.1f} ms"
                )
        print(f"{peak_mb():.0f} MB at most")


def timed(index: Postings, stems: list[str]) -> float:
    """Return how long a question takes, in milliseconds."""
    start = time.perf_counter()
    index.search(stems, _DEPTH)
    return 1000 * (time.perf_counter() - start)


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
