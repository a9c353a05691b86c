"""Says how likely a sentence answers, and from where on an answer is given.

A logistic model of the reader's score, and of whether the sentence names another thing. Fitted by
bench/fit_refusal.py and kept in `calibration.json` beside this file with date and data. The cosine
of question and passage, and a model of their own for questions that ask how and why, were tried
and told no more.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from index.types import Document
from rag.answer.evidence import CELLS
from rag.english.names import names_held
from rag.settings import Refusal
from rag.types import Evidence

__all__ = ["likely", "names_another", "probability", "thresholds"]

_held_by = functools.lru_cache(maxsize=64)(names_held)
"""As `names_held`, for whole articles, which are asked of each of their sentences."""
_PRONOUN = re.compile(
    r"\b(?:I|we|me|us|my|our|he|she|it|they|him|them|his|her|its|their|this|these|those)\b",
    re.IGNORECASE,
)


def likely(evidence: Sequence[Evidence], question: str, refusal: Refusal) -> list[Evidence]:
    """Return the sentences that answer surely enough, in their order.

    Those of an article that has none of the names and figures in the question count only where no
    other answers (bench/RESULTS.md).

    Args:
        evidence: sentences, with the reader's scores.
        question: what was searched for: a follow-up with the question that it leans on.
        refusal: how sure an answer must be.
    """
    least = thresholds()[refusal]
    # Another name only takes away, and looking for names is what takes the time.
    found = [item for item in evidence if _probability(item) >= least]
    found = [item for item in found if probability(item, question) >= least]
    articles = {item.document.id: item.document for item in found}
    held = {id_: _held_by(_whole(article), question) for id_, article in articles.items()}
    found = [item for item in found if held[item.document.id]] or found
    # The row of a table is about what its cells name.
    named = [item for item in found if CELLS in item.text and names_held(item.text, question)]
    return [item for item in found if CELLS not in item.text or item in named or not named]


def probability(item: Evidence, question: str) -> float:
    """Return the probability that a sentence answers a question, 0 to 1.

    Args:
        item: the sentence, with the reader's score.
        question: what was searched for.
    """
    return _probability(item, another=names_another(item, question))


def _probability(item: Evidence, *, another: bool = False) -> float:
    weights = _fitted()["weights"]
    logit = weights["constant"] + weights["score"] * item.score + weights["another"] * another
    return float(1 / (1 + math.exp(-logit)))


def names_another(item: Evidence, question: str) -> bool:
    """Say whether a sentence may tell of something else than what a question names.

    Its article lacks one of the names and figures, or it does itself, and has no pronoun that may
    stand for one: "The tower of Pisa is 56 m high" does not tell how high that of Essen is.

    Args:
        item: the sentence.
        question: what was searched for.
    """
    document = item.document
    alone = names_held(f"{document.title}\n{item.told}", question) < 1
    return alone and (not _PRONOUN.search(item.text) or _held_by(_whole(document), question) < 1)


def _whole(document: Document) -> str:
    told = (document.title, document.text, document.source, document.author)
    return "\n".join(filter(None, told))


def thresholds() -> dict[str, float]:
    """Return the probability below which a question is refused, by `rag.settings.Refusal`."""
    found: dict[str, float] = _fitted()["thresholds"]
    return {"never": 0.0, **found}


@functools.cache
def _fitted() -> dict[str, Any]:
    text = files(__package__).joinpath("calibration.json").read_text(encoding="utf-8")
    fitted: dict[str, Any] = json.loads(text)
    return fitted
