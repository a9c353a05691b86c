"""Turns the text that a model wrote into claims, each tied to the span that supports it.

The model is trusted with nothing but the choice of words: which sentence of
which article a claim rests on is found here, and a claim that fails its checks
is replaced by that sentence itself. Knows nothing of prompts or models.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.sentences import split_sentences
from rag.types import Citation, Claim, Evidence
from rag.verification import Verdict, check_claim
from rag.words import content_stems

__all__ = ["make_claims"]

_log = logging.getLogger(__name__)

_RANK_PENALTY = 0.05
"""Support that a note must have over a better-ranked one for a claim to be tied to it instead."""
_MOST_CLAIMS = 4

# What small models put around an answer: list marks, labels, a bare yes or no,
# and citation marks of their own.
_BEFORE = re.compile(
    r"^(?:[-*•]\s+|\d{1,2}[.)]\s+|(?:answer|a):\s*|(?:yes|no)\s*[,.:;–—-]+\s*|"
    r"(?:according to|based on) (?:the )?(?:notes?|articles?|information|text)[^,]*,\s*)+",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\s*\[(?:note\s*)?\d+(?:\s*,\s*\d+)*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Tie:
    """A sentence of the model, the note it rests on, and what the checks say."""

    text: str
    note: Evidence
    spans: tuple[tuple[int, int], ...]
    verdict: Verdict


def make_claims(
    text: str, question: str, notes: Sequence[Evidence], *, truncated: bool = False
) -> tuple[Claim, ...]:
    """Return the claims of a model's text that may be shown; none if nothing survives.

    Args:
        text: what the model wrote.
        question: what it was asked.
        notes: the sentences it was shown, best first; must not be empty.
        truncated: whether the text was cut off; its last sentence is then left out.
    """
    sentences = _sentences(text)
    if truncated and len(sentences) > 1:
        sentences.pop()
    ties = [_tie(sentence, question, notes) for sentence in sentences[:_MOST_CLAIMS]]
    for tie in ties:
        if not tie.verdict.ok:
            _log.debug("claim %r failed: %s", tie.text, "; ".join(tie.verdict.problems))
    passed = [tie for tie in ties if tie.verdict.ok and _says_something(tie.text, question)]
    numbering: dict[tuple[str, int, int], int] = {}
    if passed:
        return tuple(_claim(tie, numbering) for tie in passed)
    best = ties[0].note if ties else notes[0]
    return (_verbatim(best, numbering),)


def _sentences(text: str) -> list[str]:
    found = []
    for line in text.strip().splitlines():
        cleaned = _MARKS.sub("", _BEFORE.sub("", line.strip())).strip()
        for span in split_sentences(cleaned):
            sentence = _BEFORE.sub("", cleaned[span.start : span.end])
            if any(character.isalnum() for character in sentence) and sentence not in found:
                found.append(sentence)
    return found


def _tie(sentence: str, question: str, notes: Sequence[Evidence]) -> _Tie:
    """Find the note that supports a sentence best, and check the sentence against it.

    The sentence before the note is cited as well where the claim needs it and
    the model was shown it.
    """
    candidates: list[tuple[Verdict, int, Evidence, tuple[tuple[int, int], ...]]] = []
    for rank, note in enumerate(notes):
        alone = check_claim(sentence, note.text, question)
        candidates.append((alone, rank, note, ((note.start, note.end),)))
        if not alone.ok and note.context_start < note.start:
            both = check_claim(sentence, note.readable, question)
            if both.ok:
                context = note.document.text[note.context_start : note.start].rstrip()
                before = (note.context_start, note.context_start + len(context))
                candidates.append((both, rank, note, ((note.start, note.end), before)))
    verdict, _, note, spans = max(
        candidates, key=lambda c: (c[0].ok, c[0].support - _RANK_PENALTY * c[1], -c[1])
    )
    return _Tie(sentence, note, spans, verdict)


def _says_something(sentence: str, question: str) -> bool:
    """Say whether a sentence holds more than the question's own words."""
    asked = content_stems(question)
    return any(s not in asked for s in content_stems(sentence))


def _claim(tie: _Tie, numbering: dict[tuple[str, int, int], int]) -> Claim:
    citations = tuple(_citation(tie.note, start, end, numbering) for start, end in tie.spans)
    return Claim(_finished(tie.text), citations, tie.verdict.support)


def _verbatim(note: Evidence, numbering: dict[tuple[str, int, int], int]) -> Claim:
    text = " ".join(note.text.split())
    return Claim(text, (_citation(note, note.start, note.end, numbering),), 1.0, verbatim=True)


def _citation(
    note: Evidence, start: int, end: int, numbering: dict[tuple[str, int, int], int]
) -> Citation:
    key = (note.document.id, start, end)
    number = numbering.setdefault(key, len(numbering) + 1)
    return Citation(number, note.document, start, end)


def _finished(sentence: str) -> str:
    """Return the sentence with a capital and a full stop, so that claims can stand in a row."""
    sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence[-1] in ".!?…\"'”’»)" else sentence + "."
