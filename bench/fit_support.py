"""Fits the support model: `python bench/fit_support.py DATA... [--write]`.

Each DATA is a folder as in `bench/claim_check.py`; together they are what is
fitted on, each data set with the same weight. Prints the weights and their
cross-validated figures; with `--write` they become `rag/answer/support_weights.py`.
"""

from __future__ import annotations

import argparse
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path

import numpy as np
from claim_sets import choose_sentences, folds, read_claims
from logistic import cross_validate, fit

from rag.answer.check import Features, check_claim

OUTPUT = Path(__file__).parent.parent / "rag" / "answer" / "support_weights.py"
TEMPLATE = '''"""The weights of the support model, written by `bench/fit_support.py`.

Fitted on {day}: {data}.
Cross-validated, 5 folds grouped by page, seed {seed}:
F1 {f1:.3f}, AUC {auc:.3f}, Brier {brier:.3f}.
"""

INTERCEPT = {intercept:.3f}
WEIGHTS = (
{weights}
)
"""One for each field of `rag.answer.check.Features`, in order."""
'''


def main() -> None:
    """Fit, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+", help="folders with claims")
    parser.add_argument("--sentences", type=int, default=4, help="of a page, for each claim")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help=f"write {OUTPUT.name}")
    arguments = parser.parse_args()

    sets = {folder.name: read_claims(folder) for folder in arguments.data}
    smallest = min(map(len, sets.values()))
    rng = np.random.default_rng(arguments.seed)
    claims = [
        group[i]
        for group in sets.values()
        for i in sorted(rng.permutation(len(group))[:smallest].tolist())
    ]
    rows = []
    for claim in claims:
        sentences = choose_sentences(claim, arguments.sentences)
        rows.append(astuple(check_claim(claim.text, " ".join(sentences)).features))
    features = np.array(rows, dtype=float)
    labels = np.array([claim.supported for claim in claims])
    found = cross_validate(features, labels, folds(claims, 5, arguments.seed))
    intercept, weights = fit(features, labels)
    names = [field.name for field in fields(Features)]
    text = TEMPLATE.format(
        day=date.today().isoformat(),
        data=", ".join(f"{smallest} claims of {name}" for name in sets),
        seed=arguments.seed,
        f1=found.f1,
        auc=found.auc,
        brier=found.brier,
        intercept=intercept,
        weights="\n".join(f"    {w:.3f},  # {name}" for name, w in zip(names, weights)),
    )
    print(text)
    if arguments.write:
        OUTPUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
