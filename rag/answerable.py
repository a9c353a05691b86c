"""Says how likely a sentence is to answer a question, so that code decides what is refused.

A logistic model over a handful of signals: what the search and the evidence scored, what
the language model said when asked whether the sentence answers, and what the question
names that neither the sentence nor its article has. Its weights are in
`answerable.json` beside this file, fitted by bench/fit_refusal.py; the file says when, on
what, and how well. Deterministic; knows nothing of stores and models.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Container, Mapping
from importlib.resources import files
from typing import Any

from rag.answer_kind import AnswerKind, asked_kind, holds_kind
from rag.checks.names import name_runs, names_asked
from rag.checks.negations import negations
from rag.checks.numbers import numbers
from rag.evidence import Findings
from rag.types import Evidence
from rag.words import content_stems, stem, words

__all__ = ["SIGNALS", "answerability", "signals", "thresholds"]

SIGNALS = (
    "relevance",
    "score",
    "odds",
    "covered",
    "rarest_missing",
    "names_missing_near",
    "names_missing_article",
    "numbers_missing",
    "negation_differs",
    "kind_held",
)
"""What is looked at, in the order of the weights."""
_FREE = (AnswerKind.OTHER, AnswerKind.YES_NO, AnswerKind.ACCOUNT)


def signals(question: str, note: Evidence, findings: Findings) -> dict[str, float]:
    """Return what tells an answer from a near miss, by the names in `SIGNALS`.

    Args:
        question: as it is to be answered, without the ones that it leans on.
        note: the sentence that would be shown first.
        findings: what the note was found among.
    """
    readable = content_stems(f"{note.document.title} {note.readable}")
    article = findings.article_stems[note.document.id]
    # What was searched for may hold the question before as well, which is answered already.
    rarity = {s: findings.rarity[s] for s in content_stems(question) if s in findings.rarity}
    whole = sum(rarity.values()) or 1.0
    missing = [weight for s, weight in rarity.items() if s not in readable]
    named = {stem(name.word) for name in names_asked(question)} - _given(
        question, readable, article
    )
    kind = asked_kind(question)
    return {
        "relevance": findings.relevance,
        "score": note.score,
        "odds": note.odds or 0.0,
        "covered": 1 - sum(missing) / whole,
        "rarest_missing": max(missing, default=0.0) / max(rarity.values(), default=1.0),
        "names_missing_near": float(len(named - readable.keys())),
        "names_missing_article": float(len(named - article)),
        "numbers_missing": float(len(numbers(question) - numbers(note.readable))),
        "negation_differs": float(bool(negations(question)) != bool(negations(note.text))),
        "kind_held": float(kind in _FREE or holds_kind(kind, note.text, rarity)),
    }


def _given(question: str, readable: Container[str], article: Container[str]) -> set[str]:
    """Return the first names that the note need not repeat, as the article has them.

    After "Jorge Arreaza accused the group", a sentence says that Arreaza wrote something.
    """
    lowered = question[:1].lower() + question[1:]
    runs = [[stem(word) for part in run for word in words(part)] for run in name_runs(lowered)]
    return {first for run in runs for first in run[:-1] if run[-1] in readable and first in article}


def answerability(found: Mapping[str, float], *, judged: bool) -> float:
    """Return the probability that the sentence with these signals answers its question.

    Args:
        found: by name, as `signals` returns them.
        judged: whether a language model gave odds; if not, weights fitted without them hold.
    """
    weights = _fitted()["judged" if judged else "unjudged"]["weights"]
    total = weights["constant"] + sum(weights.get(name, 0.0) * found[name] for name in SIGNALS)
    return 1 / (1 + math.exp(-total))


def thresholds(*, judged: bool) -> dict[str, float]:
    """Return the probability below which a question is refused, by `rag.settings.Refusal`."""
    found: dict[str, float] = _fitted()["judged" if judged else "unjudged"]["thresholds"]
    return {"never": 0.0, **found}


@functools.cache
def _fitted() -> dict[str, Any]:
    text = files(__package__).joinpath("answerable.json").read_text(encoding="utf-8")
    fitted: dict[str, Any] = json.loads(text)
    return fitted
