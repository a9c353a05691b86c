"""Fits what tells the kinds of questions apart: `python bench/fit_kinds.py [--questions SET ...]`.

Fitted on the part "fit" of `tests/data/kinds.jsonl`. An account is told where it is likely
enough that no fact is asked for: from the lowest threshold at which, cross-validated, no more than
`--facts` of the questions for a fact are taken for one. These are harder than most: many hold the
words of accounts.

Prints what each kind of the part "report" is taken for, by the weights as they are stored. Of each
SET, a folder as in `bench/answers.py`, whose questions all ask for a fact, it prints how many are
taken for an account, and which. `--write` stores the fit.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import numpy as np
from logistic import Floats, fit_kinds, score_kinds
from question_sets import Row, read_rows
from scipy.sparse import csr_matrix, lil_matrix
from sklearn.model_selection import StratifiedKFold

from rag.english.kinds import KINDS, features, kind_of

ROOT = Path(__file__).parent.parent
OUTPUT = ROOT / "rag" / "english" / "kinds.json"


def matrix(rows: Sequence[Row], vocabulary: Sequence[str]) -> csr_matrix:
    """Return how much each feature of a question counts, shape (rows, vocabulary)."""
    place = {feature: number for number, feature in enumerate(vocabulary)}
    found = lil_matrix((len(rows), len(vocabulary)))
    for number, row in enumerate(rows):
        present = features(row["question"])
        for feature in present & place.keys():
            found[number, place[feature]] = 1 / np.sqrt(len(present))
    return found.tocsr()


def fitted(rows: Sequence[Row], strength: float, keep: int) -> tuple[list[str], Floats, Floats]:
    """Return the features that matter most with constants and weights, kinds as in `KINDS`."""
    counts = Counter(feature for row in rows for feature in features(row["question"]))
    vocabulary = sorted(feature for feature, count in counts.items() if count > 1)
    # By number, so that the columns stand in the order of `KINDS`.
    labels = [KINDS.index(row["kind"]) for row in rows]
    _, weights = fit_kinds(matrix(rows, vocabulary), labels, strength)
    order = np.argsort(-np.abs(weights).max(1), kind="stable")[:keep]
    vocabulary = sorted(vocabulary[number] for number in order)
    constants, weights = fit_kinds(matrix(rows, vocabulary), labels, strength)
    return vocabulary, constants, weights


def held_out(rows: Sequence[Row], strength: float, keep: int, seed: int) -> Floats:
    """Return the probabilities of each row, by weights fitted without it."""
    labels = [row["kind"] for row in rows]
    found = np.zeros((len(rows), len(KINDS)))
    dealt = StratifiedKFold(10, shuffle=True, random_state=seed)
    for training, others in dealt.split(labels, labels):
        vocabulary, *model = fitted([rows[i] for i in training], strength, keep)
        mine = matrix([rows[i] for i in others], vocabulary)
        found[others] = score_kinds((model[0], model[1]), mine)
    return found


def taken(chances: Floats, threshold: float) -> list[str]:
    """Return the kind that each row is taken for."""
    best = 1 + chances[:, 1:].argmax(1)
    sure = chances[:, 0] <= 1 - threshold
    return [KINDS[kind] if account else "fact" for kind, account in zip(best, sure)]


def threshold_for(chances: Floats, labels: Sequence[str], facts: float) -> float:
    """Return the lowest threshold that takes at most this share of the facts for an account."""
    tops = np.sort(1 - chances[np.array(labels) == "fact", 0])[::-1]
    return float(np.ceil(tops[int(facts * len(tops))] * 100 + 1) / 100)


def print_kinds(rows: Sequence[Row], answers: Sequence[str]) -> None:
    """Print how many of each kind are taken for which, and the share that is right."""
    print(f"{'':12}" + "".join(f"{kind:>12}" for kind in (*KINDS, "right")))
    for kind in KINDS:
        mine = Counter(a for row, a in zip(rows, answers) if row["kind"] == kind)
        right = mine[kind] / max(1, mine.total())
        print(f"{kind:12}" + "".join(f"{mine[a]:12}" for a in KINDS) + f"{right:12.3f}")
    right = sum(row["kind"] == a for row, a in zip(rows, answers))
    print(f"{right} of {len(rows)} right: {right / len(rows):.3f}\n")


def print_facts(folder: Path, told: Callable[[str], str]) -> None:
    """Print which questions for a fact are taken for an account."""
    questions = [row["question"] for row in read_rows(folder / "questions.jsonl")]
    wrong = [(kind, q) for q in questions if (kind := told(q)) != "fact"]
    for kind, question in sorted(wrong):
        print(f"{kind:12}{question}")
    share = len(wrong) / len(questions)
    print(f"{folder.name}: {len(wrong)} of {len(questions)} taken for an account: {share:.4f}\n")


def main() -> None:
    """Run the fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "tests" / "data" / "kinds.jsonl")
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="sets of facts")
    parser.add_argument("--facts", type=float, default=0.025, help="that may be taken for accounts")
    parser.add_argument("--strength", type=float, default=27.0, help="less, smaller weights")
    parser.add_argument("--keep", type=int, default=1500, help="how many features")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help=f"store the fit: {OUTPUT.name}")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    parts = {part: [row for row in rows if row["part"] == part] for part in ("fit", "report")}
    draw = (arguments.strength, arguments.keep)
    chances = held_out(parts["fit"], *draw, arguments.seed)
    labels = [row["kind"] for row in parts["fit"]]
    threshold = threshold_for(chances, labels, arguments.facts)
    print(f"part fit, cross-validated; threshold {threshold}")
    print_kinds(parts["fit"], taken(chances, threshold))
    vocabulary, constants, weights = fitted(parts["fit"], *draw)
    constants, weights = constants.round(2), weights.round(1)
    print(f"part report; {len(vocabulary)} features")
    shown = score_kinds((constants, weights), matrix(parts["report"], vocabulary))
    print_kinds(parts["report"], taken(shown, threshold))
    if arguments.write:
        about = {
            "fitted": datetime.now(timezone.utc).date().isoformat(),
            "by": "bench/fit_kinds.py",
            "data": f"{arguments.data.name}, part fit: {len(parts['fit'])} questions, "
            f"seed {arguments.seed}",
            "threshold": threshold,
            "kinds": KINDS,
            "constants": constants.tolist(),
        }
        compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
        lines = ",\n".join(
            f"  {compact(feature)}: {compact(row.tolist())}"
            for feature, row in zip(vocabulary, weights)
        )
        head = json.dumps(about, indent=1).removesuffix("\n}")
        OUTPUT.write_text(f'{head},\n "weights": {{\n{lines}\n }}\n}}\n', encoding="utf-8")

    def told(question: str) -> str:
        if arguments.write:
            return kind_of(question)
        mine = matrix([{"question": question}], vocabulary)
        return taken(score_kinds((constants, weights), mine), threshold)[0]

    for folder in arguments.questions:
        print_facts(folder, told)


if __name__ == "__main__":
    main()
