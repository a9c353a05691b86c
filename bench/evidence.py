"""Measures evidence without a language model: `python bench/evidence.py DATA --foreign OTHER`.

DATA and OTHER are folders as in `bench/answers.py`. The first table says how
often the best sentences hold the gold answer, alone and as the notes that the
model would be shown. The second says how well relevance tells DATA's questions,
asked of DATA's articles, from OTHER's questions asked of the same articles: the
share refused of each at the threshold in the settings, and the area under the
ROC curve.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, fill, read_rows, sample_questions

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from rag import Settings
from rag.environment import prepare_environment
from rag.evidence import Findings, find_evidence
from rag.models.catalogue import load_embedder
from rag.prompting import choose_notes
from rag.types import Question


def search_all(
    rows: Sequence[Row], store: Store, embedder: Embedder, settings: Settings
) -> list[Findings]:
    """Return what the library holds on each question."""
    found = []
    for number, row in enumerate(rows, 1):
        found.append(find_evidence(Question(row["question"]), store, embedder, settings.passages))
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(rows)} questions ")
    return found


def print_hits(rows: Sequence[Row], found: Sequence[Findings], settings: Settings) -> None:
    """Print how often the gold answer is among the best sentences."""

    def share(most: int, margin: float) -> tuple[float, float]:
        chosen = [
            choose_notes(row["question"], f.evidence, most, margin) for row, f in zip(rows, found)
        ]
        held = [
            any(contains(note.text, row["answers"]) for note in notes)
            for row, notes in zip(rows, chosen)
        ]
        return sum(held) / len(held), sum(map(len, chosen)) / len(chosen)

    print(f"{'sentences':24}{'hold the gold':>15}{'mean number':>13}")
    for most in (1, 2, 4, 6):
        held, number = share(most, float("inf"))
        print(f"{f'best {most}':24}{held:15.3f}{number:13.2f}")
    held, number = share(settings.notes, settings.note_margin)
    print(f"{'notes, as in settings':24}{held:15.3f}{number:13.2f}")


def print_refusals(own: Sequence[Findings], foreign: Sequence[Findings], threshold: float) -> None:
    """Print how well relevance tells own from foreign questions."""
    inside = [f.relevance for f in own]
    outside = [f.relevance for f in foreign]
    above = sum((a > b) + 0.5 * (a == b) for a in inside for b in outside)
    print(f"\n{'relevance':24}{'own refused':>15}{'foreign refused':>17}{'AUC':>8}")
    refused_own = sum(r < threshold for r in inside) / len(inside)
    refused_foreign = sum(r < threshold for r in outside) / len(outside)
    auc = above / (len(inside) * len(outside))
    print(f"{f'below {threshold}':24}{refused_own:15.3f}{refused_foreign:17.3f}{auc:8.3f}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--foreign", type=Path, help="folder whose questions do not belong here")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="only questions of six words or more with a name after the first word",
    )
    parser.add_argument("--home", type=Path, help="keep the library here for the next run")
    arguments = parser.parse_args()

    def draw(folder: Path) -> list[Row]:
        path = folder / "questions.jsonl"
        return sample_questions(path, arguments.sample, 0, arguments.seed, arguments.self_contained)

    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        home = arguments.home / arguments.data.name if arguments.home else Path(folder)
        settings = replace(Settings.from_environment(), home=home)
        prepare_environment()
        embedder = load_embedder(settings)
        with SqliteStore.open(
            home, fingerprint=embedder.fingerprint, dimension=embedder.dimension
        ) as store:
            fill(store, embedder, read_rows(arguments.data / "docs.jsonl"))
            rows = draw(arguments.data)
            own = search_all(rows, store, embedder, settings)
            print_hits(rows, own, settings)
            if arguments.foreign:
                foreign = search_all(draw(arguments.foreign), store, embedder, settings)
                print_refusals(own, foreign, settings.least_relevance)


if __name__ == "__main__":
    main()
