"""Fits the model that decides refusals: `python bench/fit_refusal.py --near SET --own SET SET`.

A set is a folder as in `bench/answers.py`. Asked of the articles of their own set are
questions with an answer and, of the `--near` set, as many on the same articles without one
(SQuAD 2.0's `is_impossible`); asked of the articles of the next set are the questions of each
`--own` set, which those do not answer at all. Each row is what `rag.answerable.signals` saw of
the sentence that would be shown first. A row whose question has an answer that this sentence
does not hold is left out: whether it answers would have to be read.

Prints how well the probability parts the two, each article scored by weights that never saw
it, and with `--write` stores weights and thresholds in `rag/answerable.json`. The questions
of the reported figures, the first of the order, are left out by `--skip`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from logistic import fit, score
from numpy.typing import NDArray
from question_sets import Row, contains, fill, read_articles, sample_questions
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from rag import Settings
from rag.answerable import SIGNALS, signals
from rag.environment import prepare_environment
from rag.evidence import find_evidence
from rag.judging import judge_evidence
from rag.language_model import JudgingModel
from rag.models.catalogue import load_embedder, load_language_model
from rag.prompting import choose_notes
from rag.types import Question

# What may be refused of the questions that have an answer, where the refusal is set so.
_REFUSED = {"lenient": 0.01, "balanced": 0.06, "strict": 0.15}
_FOLDS = 8


def collect(
    rows: Sequence[Row],
    kind: str,
    store: Store,
    embedder: Embedder,
    model: JudgingModel,
    settings: Settings,
) -> list[Row]:
    """Return a row of signals for each question, with and without the model's judgement."""
    found = []
    for number, row in enumerate(rows, 1):
        question = Question(row["question"])
        findings = find_evidence(question, store, embedder, settings.passages)
        notes = choose_notes(question.last, findings.evidence, settings.notes, settings.note_margin)
        if not notes:
            continue
        judged = judge_evidence(question.text, notes, model, settings.prompt_tokens)
        entry: Row = {"question": question.text, "kind": kind, "group": row.get("doc_id", "")}
        for name, note in (("judged", judged[0]), ("unjudged", notes[0])):
            entry[name] = {
                "signals": signals(question.text, note, findings),
                "holds": kind == "own" and contains(note.readable, row["answers"]),
                "note": note.text,
            }
        found.append(entry)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{kind}: {number} of {len(rows)} questions ")
    return found


def gather(arguments: argparse.Namespace) -> list[Row]:
    """Ask all questions of all sets."""
    settings = Settings.from_environment()
    prepare_environment()
    embedder = load_embedder(settings)
    model = load_language_model(settings)
    if not isinstance(model, JudgingModel):
        raise SystemExit("this model does not judge; use one in a GGUF file")
    first, second = arguments.own
    asked = {
        first: ((first, "own"), (second, "foreign")),
        second: ((second, "own"), (first, "foreign")),
        arguments.near: ((arguments.near, "own"), (arguments.near, "near")),
    }
    found: list[Row] = []
    for folder, questions in asked.items():
        with SqliteStore.open(
            arguments.home / folder.name,
            fingerprint=embedder.fingerprint,
            dimension=embedder.dimension,
        ) as store:
            fill(store, embedder, read_articles(folder, distractors=folder == arguments.near))
            for source, kind in questions:
                rows = sample_questions(
                    source,
                    arguments.sample,
                    arguments.skip,
                    arguments.seed,
                    self_contained=source != arguments.near,
                    impossible=kind == "near",
                )
                found += collect(rows, kind, store, embedder, model, settings)
    return found


def table_of(rows: Sequence[Row], name: str) -> tuple[list[Row], NDArray[np.float64]]:
    """Return the rows whose label is known, and their signals, shape (rows, signals)."""
    known = [row for row in rows if row["kind"] != "own" or row[name]["holds"]]
    names = [signal for signal in SIGNALS if name == "judged" or signal != "odds"]
    return known, np.array([[row[name]["signals"][n] for n in names] for row in known])


def report(rows: Sequence[Row], name: str, seed: int) -> Row:
    """Print how well the probability parts answers from the rest; return what to store."""
    known, features = table_of(rows, name)
    labels = np.array([row["kind"] == "own" for row in known])
    groups = [row["group"].split("#")[0] for row in known]
    scores = np.zeros(len(known))
    for training, held_out in GroupKFold(_FOLDS, shuffle=True, random_state=seed).split(
        features, labels, groups
    ):
        scores[held_out] = score(fit(features[training], labels[training]), features[held_out])
    kinds = np.array([row["kind"] for row in known])
    limits = {how: float(np.quantile(scores[labels], q)) for how, q in _REFUSED.items()}
    print(f"\n{name}: {labels.sum()} answers, {(~labels).sum()} questions without")
    for kind in ("near", "foreign"):
        among = (kinds == "own") | (kinds == kind)
        print(f"AUC, own and {kind}: {roc_auc_score(labels[among], scores[among]):.3f}")
    print(f"{'':10}{'below':>8}{'answers refused':>17}{'near misses':>13}{'foreign':>9}")
    figures = {}
    for how, limit in limits.items():
        shares = {k: float(np.mean(scores[kinds == k] < limit)) for k in ("own", "near", "foreign")}
        figures[how] = {k: round(v, 3) for k, v in shares.items()}
        print(
            f"{how:10}{limit:8.3f}{shares['own']:17.3f}{shares['near']:13.3f}"
            f"{shares['foreign']:9.3f}"
        )
    constant, weights = fit(features, labels)
    names = [signal for signal in SIGNALS if name == "judged" or signal != "odds"]
    return {
        "weights": {"constant": round(constant, 4)}
        | {n: round(float(w), 4) for n, w in zip(names, weights)},
        "thresholds": {how: round(limit, 4) for how, limit in limits.items()},
        "refused_by_cross_validation": figures,
    }


def main() -> None:
    """Run the fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--near", type=Path, required=True, help="a set with unanswerable ones")
    parser.add_argument("--own", type=Path, nargs=2, required=True, help="two sets")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--skip", type=int, default=200, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--home", type=Path, required=True, help="keep the libraries here")
    parser.add_argument("--rows", type=Path, help="keep the signals here, or read them from here")
    parser.add_argument("--write", type=Path, help="store the fit here: rag/answerable.json")
    arguments = parser.parse_args()
    if arguments.rows and arguments.rows.exists():
        rows = json.loads(arguments.rows.read_text(encoding="utf-8"))
    else:
        rows = gather(arguments)
        if arguments.rows:
            arguments.rows.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    fitted = {name: report(rows, name, arguments.seed) for name in ("judged", "unjudged")}
    if arguments.write:
        sets = ", ".join(path.name for path in [*arguments.own, arguments.near])
        about = {
            "fitted": datetime.now(timezone.utc).date().isoformat(),
            "by": "bench/fit_refusal.py",
            "data": f"{sets}; {arguments.sample} questions of each kind from number "
            f"{arguments.skip} on, seed {arguments.seed}",
        }
        text = json.dumps(about | fitted, indent=1) + "\n"
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
