"""Says how likely a sentence answers, and from where on an answer is given.

A logistic model of the reader's score, and of whether the sentence names another thing. Fitted by
bench/fit_refusal.py and kept in `calibration.json` beside this file with date and data. The cosine
of question and passage, and a model of their own for questions that ask how and why, were tried
and told no more. What answers another question, as the reader and code know it, answers none.
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
from rag.answer.evidence import CELLS, Sources
from rag.english.names import names_held
from rag.english.numbers import numbers
from rag.english.values import Named, read_value
from rag.english.vocabulary import content_stems, words
from rag.settings import Refusal
from rag.types import Evidence, Question

__all__ = ["answering_this", "likely", "names_another", "probability", "thresholds"]

_held_by = functools.lru_cache(maxsize=64)(names_held)
"""As `names_held`, for whole articles, which are asked of each of their sentences."""
_PRONOUN = re.compile(
    r"\b(?:I|we|me|us|my|our|he|she|it|they|him|them|his|her|its|their|this|these|those)\b",
    re.IGNORECASE,
)
_SPEAKER = "Who said this?"
_SAID_BY = re.compile(
    r"\bwhat (?:did|does|do|has|have|had) (.+?) (?:say|said|tell|told)\b", re.IGNORECASE
)
_MEASURED = {
    "long": "length", "length": "length", "wide": "width", "broad": "width", "width": "width",
    "tall": "height", "high": "height", "height": "height", "deep": "depth", "depth": "depth",
}  # fmt: skip
"""What of a thing a word beside a figure measures."""


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


def answering_this(
    likely: Sequence[Evidence], question: Question, sources: Sources
) -> list[Evidence]:
    """Return the sentences without those that answer another question.

    Args:
        likely: sentences that answer, likeliest first.
        question: what is asked.
        sources: their articles, and what reads who says something.
    """
    wanted = {_MEASURED[word] for word in words(question.asked) if word in _MEASURED}
    if len(wanted) == 1:
        likely = [item for item in likely if wanted.issuperset(_measured(item))]
    asked = _SAID_BY.search(question.asked)
    by = read_value(asked[1], asked[1]) if asked else None
    if by is None or not isinstance(by.what, Named):
        return list(likely)
    speakers = sources.spans(_SPEAKER, [item.told for item in likely])
    return [
        item
        for item, span in zip(likely, speakers)
        if not span or _may_be_by(by.what, item, item.told[span.start : span.end])
    ]


def _measured(item: Evidence) -> set[str]:
    """Return what of a thing a figure that answers is: its length, its width."""
    beside = [*words(item.answer), *words(item.text[item.answer_end - item.start :])[:1]]
    return {_MEASURED[word] for word in beside if word in _MEASURED and numbers(item.answer)}


def _may_be_by(asked: Named, item: Evidence, speaker: str) -> bool:
    """Say whether a sentence may tell what somebody said, whom the reader takes to be `speaker`.

    Another may speak for him, as a minister for Peru, if the sentence names him; but not where
    what is said is of him, as in "Holm called the presence of Ruiz terrible".
    """
    said = read_value(speaker, item.told)
    if said and isinstance(said.what, Named):
        if said.what.agrees(asked):
            return True
        if not asked.stems <= content_stems(item.told).keys():
            return False
    return not asked.stems <= content_stems(item.answer).keys()
