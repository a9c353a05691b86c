"""Fits what decides refusals: `python bench/fit_refusal.py --near SET --own SET SET ...`.

A set is a folder as in `bench/answers.py`. Asked of the articles of each `--own` set are its
questions; of the `--near` set, as many that have an answer and that have none though they are
on topic (SQuAD 2.0's `is_impossible`); of `--explaining`, a file as `tests/data/explaining.jsonl`,
those of its split "fit", which ask how and why. Of each question, twelve passages are read,
and the best span's score and its passage's cosine are kept with whether its sentence holds the
answer.

Prints how well the probability parts the two, cross-validated, with and without the cosine, and
what each threshold refuses; `--write` stores weights and thresholds. The questions of the
reported figures, the first of the order, are left out by `--skip`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from logistic import cross_validated, fit
from numpy.typing import NDArray
from question_sets import Row, contains, fill, read_articles, read_rows, sample_questions
from sklearn.metrics import roc_auc_score

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from rag import Settings
from rag.answer.evidence import find_evidence
from rag.english.questions import needs_several
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder
from rag.reader import Reader, load_reader
from rag.types import Question

# What may be refused of the questions that have an answer, where the refusal is set so.
REFUSED = {"lenient": 0.02, "balanced": 0.05, "strict": 0.11}
SIGNALS = ("score", "similarity")
KINDS = {"one": False, "several": True}


def collect(
    rows: Sequence[Row], set_: str, store: Store, embedder: Embedder, reader: Reader, passages: int
) -> list[Row]:
    """Return what the reader made of the best passage of each question."""
    found = []
    for number, row in enumerate(rows, 1):
        asked = row["question"]
        question = Question(asked, asked, several=needs_several(asked))
        evidence = find_evidence(question, store, embedder, reader, passages, read_all=True)
        best = max(evidence, key=lambda item: item.score)
        answers = [] if row.get("is_impossible") else row["answers"]
        found.append(
            {
                "set": set_,
                "question": asked,
                "several": question.several,
                "answerable": bool(answers),
                "holds": contains(best.text, answers),
                "score": best.score,
                "similarity": best.similarity,
                "sentence": best.text,
            }
        )
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{set_}: {number} of {len(rows)} questions ")
    return found


def gather(arguments: argparse.Namespace) -> list[Row]:
    """Ask all questions of all sets."""
    settings = Settings.from_environment()
    prepare_environment()
    embedder, reader = load_embedder(settings), load_reader()
    found: list[Row] = []
    draw = (arguments.sample, arguments.skip, arguments.seed)

    def ask(name: str, articles: Sequence[Row], rows: Sequence[Row]) -> None:
        with SqliteStore.open(
            arguments.home / name, fingerprint=embedder.fingerprint, dimension=embedder.dimension
        ) as store:
            fill(store, embedder, articles)
            found.extend(collect(rows, name, store, embedder, reader, settings.passages))

    for folder in arguments.own:
        rows = sample_questions(folder, *draw, self_contained="news" in folder.name)
        ask(folder.name, read_articles(folder), rows)
    near = [sample_questions(arguments.near, *draw, impossible=kind) for kind in (False, True)]
    ask(arguments.near.name, read_articles(arguments.near, distractors=True), [*near[0], *near[1]])
    explaining = read_rows(arguments.explaining)
    ask("explaining", explaining, [row for row in explaining if row["split"] == "fit"])
    return found


def table_of(rows: Sequence[Row]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the signals, shape (rows, 2), and whether each row is an answer."""
    return (
        np.array([[row[name] for name in SIGNALS] for row in rows]),
        np.array([row["holds"] for row in rows]),
    )


def known(rows: Sequence[Row]) -> list[Row]:
    """Leave out rows whose question has an answer that the sentence lacks: it may be one too."""
    return [row for row in rows if row["holds"] or not row["answerable"]]


def report(rows: Sequence[Row], seed: int) -> Row:
    """Print how well the probability parts answers from the rest; return what to store."""
    weights: Row = {}
    scores = np.zeros(len(rows))
    for kind, several in KINDS.items():
        # Those that ask for one sentence teach the others too: there are few of these.
        chosen = [i for i, row in enumerate(rows) if row["several"] == several]
        features, labels = table_of([rows[i] for i in chosen])
        scores[chosen] = cross_validated(features, labels, seed)
        for used, columns in (("score", [0]), ("score, cosine", [0, 1])):
            auc = roc_auc_score(labels, cross_validated(features[:, columns], labels, seed))
            print(f"{kind:8} {len(chosen):4} questions  AUC with {used:14} {auc:.3f}")
        constant, fitted = fit(features, labels)
        weights[kind] = {"constant": round(constant, 4)} | {
            name: round(float(weight), 4) for name, weight in zip(SIGNALS, fitted)
        }
    labels = np.array([row["holds"] for row in rows])
    limits = {how: float(np.quantile(scores[labels], share)) for how, share in REFUSED.items()}
    sets = sorted({row["set"] for row in rows})
    shares: Row = {}
    for how, limit in limits.items():
        below = scores < limit
        shares[how] = {"answers": round(float(below[labels].mean()), 3)} | {
            f"{name}, unanswerable": round(float(below[mine].mean()), 3)
            for name in sets
            if (mine := np.array([r["set"] == name and not r["answerable"] for r in rows])).any()
        }
        print(f"{how:10}{limit:8.3f}  refused: {shares[how]}")
    thresholds = {how: round(limit, 4) for how, limit in limits.items()}
    return {"weights": weights, "thresholds": thresholds, "refused_by_cross_validation": shares}


def main() -> None:
    """Run the fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--near", type=Path, required=True, help="a set with unanswerable ones")
    parser.add_argument("--own", type=Path, nargs="+", required=True, help="sets without")
    parser.add_argument("--explaining", type=Path, default=Path("tests/data/explaining.jsonl"))
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--skip", type=int, default=150, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--home", type=Path, required=True, help="keep the libraries here")
    parser.add_argument("--rows", type=Path, help="keep what was read here, or take it from here")
    parser.add_argument("--write", type=Path, help="store the fit: rag/answer/calibration.json")
    arguments = parser.parse_args()
    if arguments.rows and arguments.rows.exists():
        rows = json.loads(arguments.rows.read_text(encoding="utf-8"))
    else:
        rows = gather(arguments)
        if arguments.rows:
            arguments.rows.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    fitted = report(known(rows), arguments.seed)
    if arguments.write:
        sets = ", ".join(path.name for path in [*arguments.own, arguments.near])
        about = {
            "fitted": datetime.now(timezone.utc).date().isoformat(),
            "by": "bench/fit_refusal.py",
            "data": f"{sets}: {arguments.sample} questions of each kind from number "
            f"{arguments.skip} on, seed {arguments.seed}; {arguments.explaining.name}, split fit",
        }
        text = json.dumps(about | fitted, indent=1) + "\n"
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
