"""Fits and scores logistic models, with cross-validation; knows nothing of texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

__all__ = [
    "cross_validated",
    "fit",
    "fit_kinds",
    "score",
    "score_kinds",
]

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


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
