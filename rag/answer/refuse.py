"""Says how likely a sentence answers, and from where on an answer is given.

A logistic model of the reader's score. Fitted by bench/fit_refusal.py and kept in
`calibration.json` beside this file with date and data. The cosine of question and passage, and a
model of their own for questions that ask how and why, were tried and told no more.
"""

from __future__ import annotations

import functools
import json
import math
from importlib.resources import files
from typing import Any

__all__ = ["probability", "thresholds"]


def probability(score: float) -> float:
    """Return the probability that a sentence answers its question, 0 to 1.

    Args:
        score: z of the reader.
    """
    weights = _fitted()["weights"]
    return 1 / (1 + math.exp(-(weights["constant"] + weights["score"] * score)))


def thresholds() -> dict[str, float]:
    """Return the probability below which a question is refused, by `rag.settings.Refusal`."""
    found: dict[str, float] = _fitted()["thresholds"]
    return {"never": 0.0, **found}


@functools.cache
def _fitted() -> dict[str, Any]:
    text = files(__package__).joinpath("calibration.json").read_text(encoding="utf-8")
    fitted: dict[str, Any] = json.loads(text)
    return fitted
