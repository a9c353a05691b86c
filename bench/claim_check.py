"""Measures the claim check as a classifier: `python bench/claim_check.py DATA`.

DATA is a folder with WiCE's `claims.jsonl` or with SciFact's files. Each claim
is checked against the sentences of its page that hold most of it; the question
is whether the page supports it wholly. Weights and threshold come from other
pages than those that they are scored on: five folds, grouped by page. Figures
are for the class "supported": F1 over all claims, its mean and standard
deviation over the folds, and the area under the ROC curve. The first lines are
what calling every claim supported gives, and what passing every check gives.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import astuple
from pathlib import Path

import numpy as np
from claim_sets import choose_sentences, folds, highest_cosine, read_claims
from logistic import cross_validate
from sklearn.metrics import f1_score, roc_auc_score

from rag import Settings
from rag.answer.check import check_claim
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the claims")
    parser.add_argument("--sentences", type=int, default=4, help="of a page, for each claim")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cosine", action="store_true", help="measure with the embedder as well")
    parser.add_argument("--save", type=Path, help="write claims and sentences, as JSON Lines")
    arguments = parser.parse_args()

    prepare_environment()
    embedder = load_embedder(Settings.from_environment()) if arguments.cosine else None
    claims = read_claims(arguments.data)
    labels = np.array([claim.supported for claim in claims])
    rows, passed, cosines, saved = [], [], [], []
    for number, claim in enumerate(claims, 1):
        sentences = choose_sentences(claim, arguments.sentences)
        verdict = check_claim(claim.text, " ".join(sentences))
        rows.append(astuple(verdict.features))
        passed.append(verdict.ok)
        if embedder is not None:
            cosines.append(highest_cosine(claim, sentences, embedder))
        saved.append({"claim": claim.text, "sentences": sentences, "supported": claim.supported})
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(claims)} claims ")
    if arguments.save:
        with arguments.save.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in saved)
    features = np.array(rows, dtype=float)
    dealt = folds(claims, arguments.folds, arguments.seed)
    print(f"{len(claims)} claims, {labels.sum()} supported; seed {arguments.seed}")
    print(f"{'':28}{'F1':>7}{'by fold':>15}{'AUC':>7}{'Brier':>7}")
    print(f"{'all supported':28}{f1_score(labels, np.ones_like(labels)):7.3f}")
    ok = np.array(passed)
    print(f"{'passes every check':28}{f1_score(labels, ok):7.3f}{'':15}", end="")
    print(f"{roc_auc_score(labels, ok):7.3f}")
    variants = {"support": features}
    if embedder is not None:
        variants["support and cosine"] = np.column_stack([features, cosines])
    for name, columns in variants.items():
        found = cross_validate(columns, labels, dealt)
        mean, spread = statistics.mean(found.f1_by_fold), statistics.pstdev(found.f1_by_fold)
        by_fold = f"{mean:.3f} ± {spread:.3f}"
        print(f"{name:28}{found.f1:7.3f}{by_fold:>15}{found.auc:7.3f}{found.brier:7.3f}")


if __name__ == "__main__":
    main()
