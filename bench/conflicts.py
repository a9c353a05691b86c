"""Measures answers where articles differ: `python bench/conflicts.py DATA`.

DATA is a folder with `questions.jsonl`: question, documents (text, type, answer),
gold_answers, wrong_answers, as in RAMDocs. Of the questions with at least two
gold answers a sample is asked, each over a library of its own documents. One
table is printed: the share of answers that hold at least two distinct gold
answers ("both sides"), the mean share of the gold answers held, the share that
holds a wrong answer and no gold one, and how many were shown as sides, and
refused. `--baseline extractive` answers with the best evidence sentence.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, fill, normalise, read_rows
from running import Extractive

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from rag import Assistant, Settings
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder
from rag.reader import Reader, load_reader


def sample_rows(path: Path, size: int, skip: int, seed: int) -> list[Row]:
    """Draw questions that have several right answers; the same seed gives the same order."""
    rows = [row for row in read_rows(path) if len(row["gold_answers"]) > 1]
    random.Random(seed).shuffle(rows)  # noqa: S311
    return rows[skip : skip + size]


def measure(
    row: Row, embedder: Embedder, reader: Reader, settings: Settings, baseline: str | None
) -> Row:
    """Ask one question of its own documents."""
    with (
        tempfile.TemporaryDirectory(prefix="byline-bench-") as folder,
        SqliteStore(
            Path(folder), fingerprint=embedder.fingerprint, dimension=embedder.dimension
        ) as store,
        Assistant(settings, store=store, embedder=embedder, reader=reader) as assistant,
    ):
        documents = [{"id": n, "text": d["text"]} for n, d in enumerate(row["documents"])]
        fill(store, embedder, documents)
        begun = time.perf_counter()
        answerer = Extractive(store, embedder, settings, reader) if baseline else assistant
        answer = answerer.ask(row["question"])
        seconds = time.perf_counter() - begun
    shown = "" if answer.refused else answer.text
    golds = {normalise(gold): gold for gold in row["gold_answers"]}
    held = [contains(shown, [gold]) for gold in golds.values()]
    told = answer.to_json()
    return {
        "question": row["question"],
        "gold": row["gold_answers"],
        "wrong": row["wrong_answers"],
        "both": sum(held) > 1,
        "held": sum(held) / len(held),
        "only_wrong": not any(held) and contains(shown, row["wrong_answers"]),
        "sides": told.get("disagreement", "") != "",
        "refused": answer.refused,
        "words": len(shown.split()),
        "seconds": seconds,
        "answer": told,
    }


def table(name: str, results: Sequence[Row]) -> str:
    """Format the one table."""
    shown = [row for row in results if not row["refused"]]

    def mean(key: str) -> str:
        return f"{statistics.mean(row[key] for row in results):.2f}"

    figures = {
        "questions": f"{len(results)}",
        "both sides": mean("both"),
        "of all": mean("held"),
        "only wrong": mean("only_wrong"),
        "as sides": mean("sides"),
        "refused": mean("refused"),
        "words": f"{statistics.median(row['words'] for row in shown):.0f}" if shown else "-",
        "s": f"{statistics.median(row['seconds'] for row in results):.2f}",
    }
    width = max(len(name), 10)
    head = f"{'':{width}}" + "".join(f"{key:>12}" for key in figures)
    return head + "\n" + f"{name:{width}}" + "".join(f"{v:>12}" for v in figures.values())


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with questions.jsonl")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--baseline", choices=["extractive"])
    parser.add_argument("--save", type=Path, help="write every answer here, as JSON Lines")
    arguments = parser.parse_args()

    rows = sample_rows(
        arguments.data / "questions.jsonl", arguments.sample, arguments.skip, arguments.seed
    )
    prepare_environment()
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        settings = replace(Settings.from_environment(), home=Path(folder))
        embedder = load_embedder(settings)
        reader = load_reader()
        results = []
        for number, row in enumerate(rows, 1):
            results.append(measure(row, embedder, reader, settings, arguments.baseline))
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number} of {len(rows)} questions ")
    if arguments.save:
        with arguments.save.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in results)
    print(table(arguments.baseline or "byline", results))


if __name__ == "__main__":
    main()
