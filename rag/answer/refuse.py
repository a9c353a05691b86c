"""Says how likely a sentence answers, and from where on an answer is given.

A logistic model of the reader's score. Fitted by bench/fit_refusal.py and kept in
`calibration.json` beside this file with date and data. The cosine of question and passage, and a
model of their own for questions that ask how and why, were tried and told no more.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from rag.answer.evidence import CELLS
from rag.answer.question import names_held
from rag.settings import Refusal
from rag.types import Evidence

__all__ = ["likely", "probability", "thresholds"]


def likely(evidence: Sequence[Evidence], question: str, refusal: Refusal) -> list[Evidence]:
    """Return the sentences that answer surely enough, in their order.

    An article that lacks a name of the question may tell of somebody else: unless everything is to
    be answered, it must answer as surely as with "strict". One that has none of the names counts
    only where no other answers (bench/RESULTS.md).

    Args:
        evidence: sentences, with the reader's scores.
        question: what was searched for: a follow-up with the question that it leans on.
        refusal: how sure an answer must be.
    """
    least = thresholds()[refusal]
    surely = thresholds()["strict"] if refusal == "balanced" else least
    admitted = [item for item in evidence if probability(item.score) >= least]
    articles = {item.document.id: item.document for item in admitted}
    held = {
        id_: names_held(
            "\n".join(filter(None, (one.title, one.text, one.source, one.author))), question
        )
        for id_, one in articles.items()
    }
    admitted = [
        item
        for item in admitted
        if held[item.document.id] == 1 or probability(item.score) >= surely
    ]
    admitted = [item for item in admitted if held[item.document.id]] or admitted
    # The row of a table is about what its cells name.
    named = [item for item in admitted if CELLS in item.text and names_held(item.text, question)]
    return [item for item in admitted if CELLS not in item.text or item in named or not named]


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
