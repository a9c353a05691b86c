"""Fits and scores logistic models, with cross-validation; knows nothing of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

__all__ = [
    "Figures",
    "best_threshold",
    "cross_validate",
    "cross_validated",
    "fit",
    "fit_kinds",
    "score",
    "score_kinds",
]

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figures:
    """What cross-validation found; each claim was scored by a model that never saw its page."""

    f1: float
    """Of the class "supported", over all folds together."""
    f1_by_fold: tuple[float, ...]
    auc: float
    brier: float
    """Mean squared difference of probability and outcome; lower is better."""


def fit(features: Floats, labels: Labels, strength: float = 0.3) -> tuple[float, Floats]:
    """Return intercept and weights, shape (features,), in the features' own units."""
    mean, spread = features.mean(0), features.std(0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit((features - mean) / spread, labels)
    weights = model.coef_[0] / spread
    return float(model.intercept_[0] - weights @ mean), weights


def fit_kinds(
    features: csr_matrix, labels: Sequence[int], strength: float
) -> tuple[Floats, Floats]:
    """Return constants, shape (kinds,), and weights, shape (features, kinds).

    The features keep their spread, so that rare ones get small weights.
    """
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(features, labels)
    return model.intercept_, model.coef_.T


def score_kinds(model: tuple[Floats, Floats], features: csr_matrix) -> Floats:
    """Return the probabilities of each row, shape (rows, kinds)."""
    constants, weights = model
    scores = constants + features @ weights
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def best_threshold(scores: Floats, labels: Labels) -> float:
    """Return the score from which calling a claim supported gives the best F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + labels.sum())
    return float(scores[order][int(np.argmax(f1))])


def score(model: tuple[float, Floats], features: Floats) -> Floats:
    """Return the probability of each row."""
    intercept, weights = model
    return np.asarray(1 / (1 + np.exp(-(intercept + features @ weights))))


def cross_validated(features: Floats, labels: Labels, seed: int, folds: int = 5) -> Floats:
    """Return the probability of each row, by weights fitted without it."""
    scores = np.zeros(len(labels))
    dealt = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for training, held_out in dealt.split(features, labels):
        scores[held_out] = score(fit(features[training], labels[training]), features[held_out])
    return scores


def cross_validate(features: Floats, labels: Labels, dealt: Sequence[Sequence[int]]) -> Figures:
    """Score each fold with weights and a threshold from the others.

    The threshold is chosen on scores that are cross-validated too, within those others.
    """
    scores = np.zeros(len(labels))
    called = np.zeros(len(labels), dtype=bool)
    by_fold = []
    for held_out in dealt:
        others = [fold for fold in dealt if fold is not held_out]
        inner = np.zeros(len(labels))
        for fold in others:
            rest = np.concatenate([o for o in others if o is not fold])
            inner[fold] = score(fit(features[rest], labels[rest]), features[fold])
        training = np.concatenate(others)
        threshold = best_threshold(inner[training], labels[training])
        scores[held_out] = score(fit(features[training], labels[training]), features[held_out])
        called[held_out] = scores[held_out] >= threshold
        by_fold.append(float(f1_score(labels[held_out], called[held_out])))
    return Figures(
        float(f1_score(labels, called)),
        tuple(by_fold),
        float(roc_auc_score(labels, scores)),
        float(np.mean((scores - labels) ** 2)),
    )
