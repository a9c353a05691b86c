"""Turns what the checks found into the probability that the quotes support a claim.

A logistic model over a few counts; its weights lie in `support_weights.py` and
come from `bench/fit_support.py`. It orders claims and tells a reader how far to
trust one; what must never be shown is decided by the checks, whatever it says.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

from rag.checks.support_weights import INTERCEPT, WEIGHTS

__all__ = ["Features", "probability"]


@dataclass(frozen=True, slots=True)
class Features:
    """What the support of a claim is computed from, each in the unit of its weight."""

    coverage: float
    """Share of the claim's content words that the quotes hold, 0 to 1."""
    unheld: float
    """Logarithm of one more than the number of content words that they do not hold."""
    pairs: float
    """Share of the claim's neighbouring content words that are neighbours in the quotes too."""
    missing_names: float
    """Logarithm of one more than the number of name words that they do not hold."""
    missing_numbers: float
    """The same of numbers."""
    contradictions: float
    """1 if a negation, hedge, actor, bound, date, or count differs, or if a plan or an allegation
    is told as a fact; else 0."""
    unattributed: float
    """1 if it states what the quotes report as somebody's words; else 0."""


def probability(features: Features) -> float:
    """Return the probability, 0 to 1, that quotes with such features support the claim."""
    weighted = (weight * value for weight, value in zip(WEIGHTS, astuple(features), strict=True))
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weighted))))
