"""Fits what decides refusals: `python bench/fit_refusal.py --near SET --own SET SET ...`.

A set is a folder as in `bench/answers.py`. Asked of the articles of each `--own` set are its
questions; of the `--near` set, as many that have an answer and that have none though they are
on topic (SQuAD 2.0's `is_impossible`); of `--explaining`, a file as `tests/data/explaining.jsonl`,
those of its split "fit", which ask how and why. Of each question the
sentence with the reader's best score is kept, with whether it names something else, and whether
it holds the answer.

Prints how well the score parts the two, and what each threshold refuses; `--write` stores weights
and thresholds. The questions of the
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
from logistic import cross_validated, fit, score
from question_sets import Row, contains, fill, read_articles, read_rows, sample_questions
from sklearn.metrics import roc_auc_score

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from index.types import Filter
from rag import Settings
from rag.answer.evidence import Sources, find_evidence
from rag.answer.refuse import names_another
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder
from rag.reader import Reader, load_reader
from rag.types import Question

# What may be refused of the questions that have an answer, where the refusal is set so.
REFUSED = {"lenient": 0.01, "balanced": 0.05, "strict": 0.11}


def collect(
    rows: Sequence[Row], set_: str, store: Store, embedder: Embedder, reader: Reader, passages: int
) -> list[Row]:
    """Return what the reader made of the best passage of each question."""
    found = []
    for number, row in enumerate(rows, 1):
        asked = row["question"]
        question = Question(asked, asked)
        sources = Sources(store, embedder, reader, Filter())
        best = find_evidence(question, sources, passages)[0]
        answers = [] if row.get("is_impossible") else row["answers"]
        found.append(
            {
                "set": set_,
                "question": asked,
                "answerable": bool(answers),
                "holds": contains(best.text, answers),
                "score": best.score,
                "another": names_another(best, asked),
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
        with SqliteStore(
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


def known(rows: Sequence[Row]) -> list[Row]:
    """Leave out rows whose question has an answer that the sentence lacks: it may be one too."""
    return [row for row in rows if row["holds"] or not row["answerable"]]


def report(rows: Sequence[Row], seed: int) -> Row:
    """Print how well the probability parts answers from the rest; return what to store."""
    labels = np.array([row["holds"] for row in rows])
    features = np.array([[row["score"], row["another"]] for row in rows], float)
    scores = cross_validated(features, labels, seed)
    print(f"{len(rows)} questions  AUC {roc_auc_score(labels, scores):.3f}")
    constant, fitted = fit(features, labels)
    weights = dict(zip(("constant", "score", "another"), np.round([constant, *fitted], 4).tolist()))
    # All rows were used for one slope: the thresholds are those of the stored weights.
    scores = score((constant, fitted), features)
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
    return {"weights": weights, "thresholds": thresholds, "refused": shares}


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
