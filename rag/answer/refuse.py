"""Says how likely a sentence answers, and from where on an answer is given.

A logistic model of the reader's score, the cosine of question and passage, and whether the
question asks for more than one sentence: scores of those who ask why lie lower. Fitted by
bench/fit_refusal.py and kept in `calibration.json` beside this file with date and data.
"""

from __future__ import annotations

import functools
import json
import math
from importlib.resources import files
from typing import Any

__all__ = ["probability", "thresholds"]

_UNRANKED = 0.3
"""Cosine of a passage that only its words were found by: about that of the dense ranking's last."""


def probability(score: float, similarity: float | None, *, several: bool) -> float:
    """Return the probability that a sentence answers its question, 0 to 1.

    Args:
        score: z of the reader.
        similarity: cosine of question and passage; None where the dense ranking lacks it.
        several: whether the question asks for more than one sentence.
    """
    weights = _fitted()["weights"]["several" if several else "one"]
    cosine = _UNRANKED if similarity is None else similarity
    total = weights["constant"] + weights["score"] * score + weights["similarity"] * cosine
    return 1 / (1 + math.exp(-total))


def thresholds() -> dict[str, float]:
    """Return the probability below which a question is refused, by `rag.settings.Refusal`."""
    found: dict[str, float] = _fitted()["thresholds"]
    return {"never": 0.0, **found}


@functools.cache
def _fitted() -> dict[str, Any]:
    text = files(__package__).joinpath("calibration.json").read_text(encoding="utf-8")
    fitted: dict[str, Any] = json.loads(text)
    return fitted
