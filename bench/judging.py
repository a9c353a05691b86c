"""Measures what the model's judgement of sentences is worth: `python bench/judging.py DATA`.

DATA is a folder as in `bench/answers.py`. The best notes of each question are judged once
(`rag.judging`); the table says how often the first of them holds the gold answer, and how
often what would be shown does, for several weights of the odds beside the score. Weight 0
is the order without a language model. The questions of the reported figures, the first of
the order, are left out by `--skip`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, fill, read_articles, sample_questions

from index.sqlite import SqliteStore
from rag import Settings
from rag.claims import worth_showing
from rag.environment import prepare_environment
from rag.evidence import find_evidence
from rag.judging import ODDS_WEIGHT, judge_evidence
from rag.language_model import JudgingModel
from rag.models.catalogue import load_embedder, load_language_model
from rag.prompting import choose_notes
from rag.types import Evidence, Question

_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)


def judge_all(rows: Sequence[Row], home: Path, data: Path) -> list[tuple[Evidence, ...]]:
    """Return the judged notes of each question; none where nothing can be an answer."""
    settings = Settings.from_environment()
    embedder, model = load_embedder(settings), load_language_model(settings)
    if not isinstance(model, JudgingModel):
        raise SystemExit("this model does not judge; use one in a GGUF file")
    judged = []
    with SqliteStore.open(
        home, fingerprint=embedder.fingerprint, dimension=embedder.dimension
    ) as store:
        fill(store, embedder, read_articles(data))
        for number, row in enumerate(rows, 1):
            asked = row["question"]
            found = find_evidence(Question(asked), store, embedder, settings.passages)
            notes = choose_notes(asked, found.evidence, settings.notes, settings.note_margin)
            if notes:
                notes = judge_evidence(asked, notes, model, settings.prompt_tokens)
            judged.append(notes)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number} of {len(rows)} questions ")
    return judged


def weighed(notes: Sequence[Evidence], weight: float) -> list[Evidence]:
    """Return judged notes with another weight of their odds, best first."""
    changed = [
        replace(note, score=note.score + (weight - ODDS_WEIGHT) * (note.odds or 0.0))
        for note in notes
    ]
    return sorted(changed, key=lambda note: -note.score)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--skip", type=int, default=100, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--self-contained", action="store_true")
    parser.add_argument("--home", type=Path, required=True, help="keep the library here")
    arguments = parser.parse_args()
    prepare_environment()
    rows = sample_questions(
        arguments.data,
        arguments.sample,
        arguments.skip,
        arguments.seed,
        arguments.self_contained,
    )
    settings = Settings.from_environment()
    home = arguments.home / arguments.data.name
    judged = list(zip(rows, judge_all(rows, home, arguments.data)))
    print(f"{'weight':>8}{'first holds it':>16}{'shown holds it':>16}{'words':>8}")
    for weight in _WEIGHTS:
        first, whole, words = 0, 0, []
        for row, notes in ((row, weighed(notes, weight)) for row, notes in judged if notes):
            shown = worth_showing(
                row["question"], notes, settings.second_margin, settings.answer_words
            )
            text = " ".join(notes[rank].text for rank in shown)
            first += contains(notes[0].text, row["answers"])
            whole += contains(text, row["answers"])
            words.append(len(text.split()))
        total = len(judged)
        print(
            f"{weight:8.2f}{first / total:16.3f}{whole / total:16.3f}"
            f"{statistics.median(words):8.0f}"
        )


if __name__ == "__main__":
    main()
