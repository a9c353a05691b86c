"""Turns the text that a model wrote into claims, each tied to the span that supports it.

Which sentence of which article the model drew on is found here, and that
sentence is what is shown where it is short enough to read: it keeps the hedges
and attributions that a small model drops. The model's own words stand for a
long sentence, or for one that cannot be understood alone, if they pass their
checks. Knows nothing of prompts or models.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from index.text.sentences import split_sentences
from rag.answer_kind import compares
from rag.checks import Verdict, check_claim
from rag.checks.names import names_asked
from rag.types import Citation, Claim, Evidence
from rag.words import content_stems, stem

__all__ = ["Draft", "make_claims", "needs_words", "worth_showing"]

_log = logging.getLogger(__name__)

_RANK_PENALTY = 0.05
"""Support that a note must have over a better-ranked one for a claim to be tied to it instead."""
_LEAST_SUPPORT = 0.5
"""Support below which the article's own sentence is shown, whatever its length."""
_MOST_CLAIMS = 4
_ACCOUNT_NOTES = 3
_SAID_AGAIN = 0.25
"""Share of new words up to which a sentence says what another has said."""
_READABLE_WORDS = 60
_READABLE_WITH_CONTEXT = 40
"""Words up to which an article's own sentence is shown, alone and with the one before it. Showing
the model's words wherever they pass their checks costs 5 in 100 answers on XQuAD and on NewsQA
(bench/answers.py): it leaves out what was asked for, or picks the wrong part of a long sentence."""

# What small models put around an answer: list marks, labels, a bare yes or no,
# and citation marks of their own.
_BEFORE = re.compile(
    r"^(?:[-*•]\s+|\d{1,2}[.)]\s+|(?:answer|a):\s*|(?:yes|no)\s*[,.:;–—-]+\s*|"
    r"(?:according to|based on) (?:the )?(?:notes?|articles?|information|text)[^,]*,\s*)+",
    re.IGNORECASE,
)
# "LIMA, Peru (AP) -- " says where a report was filed, and nothing of what it tells.
_DATELINE = re.compile(
    r"(?:[A-Z][\w.'’-]*(?:[ ,]+[A-Z][\w.'’-]*){0,4}\s*)?"
    r"\([A-Z][\w .]{1,20}\)\s*(?:--?|–|—)\s*(?=\S)"
)
_MARKS = re.compile(r"\s*\[(?:note\s*)?\d+(?:\s*,\s*\d+)*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Tie:
    """A sentence of the model, the note it rests on, and what the checks say."""

    text: str
    rank: int
    """Position of the note."""
    spans: tuple[tuple[int, int], ...]
    verdict: Verdict
    usable: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What can be shown of a model's text."""

    claims: tuple[Claim, ...]
    supported: bool
    """Whether a sentence of the model passed its checks; if none did, the articles may well
    say nothing on the question."""


def make_claims(
    text: str,
    question: str,
    notes: Sequence[Evidence],
    *,
    truncated: bool = False,
    shown: Collection[int] = (0,),
    account: bool = False,
) -> Draft:
    """Return what may be shown of a model's text.

    The best note is always among the claims, also where the model drew on another.

    Args:
        text: what the model wrote; empty where it was not asked to.
        question: what it was asked.
        notes: the sentences it was shown, best first; must not be empty.
        truncated: whether the text was cut off; its last sentence is then left out.
        shown: ranks of the notes to show where nothing that it wrote passed its checks.
        account: whether to tell what there is to tell: the best few notes, as the article has them.
    """
    sentences = _sentences(text)
    if truncated:
        sentences = sentences[:-1]
    ties: dict[int, _Tie] = {}
    supported = False
    for sentence in sentences[:_MOST_CLAIMS]:
        tie = _tie(sentence, question, notes)
        if tie.verdict.problems:
            _log.debug("claim %r failed: %s", tie.text, "; ".join(tie.verdict.problems))
        elif _says_something(sentence, question):
            supported = True
        else:
            _log.debug("claim %r only repeats the question", tie.text)
            tie = replace(tie, usable=False)
        known = ties.get(tie.rank)
        if known is None or (tie.usable and not known.usable):
            ties[tie.rank] = tie
    numbering: dict[tuple[str, int, int], int] = {}
    if account:
        order = sorted({*ties, *range(min(_ACCOUNT_NOTES, len(notes)))})
        first = {notes[rank].document.id: rank for rank in reversed(order)}
        order.sort(key=lambda rank: (first[notes[rank].document.id], notes[rank].start))
    else:
        ranks = {0, *ties} if supported else {0, *ties, *shown}
        # First what the model said and the checks bore out, then the rest; best first.
        order = sorted(
            ranks,
            key=lambda rank: (rank not in ties or not ties[rank].usable, rank),
        )
    claims = tuple(_claim(notes[rank], ties.get(rank), numbering) for rank in order)
    return Draft(claims, supported)


def worth_showing(
    question: str, notes: Sequence[Evidence], margin: float, most_words: int
) -> tuple[int, ...]:
    """Return the ranks of the notes to show: the best, and a second that adds to it.

    The next best that says something new does where it is nearly as good. Where the question
    compares, the one does that holds a name of the question that the best does not.

    Args:
        question: as it was searched for.
        notes: best first; must not be empty.
        margin: how far below the best score the second may lie.
        most_words: how long the two may be together, so that an answer stays one.
    """
    best = notes[0]
    if compares(question):
        asked = {stem(name.word) for name in names_asked(question)}
        missing = asked - content_stems(best.readable).keys()
        for rank, note in enumerate(notes[1:], start=1):
            if missing & content_stems(note.readable).keys():
                return (0, rank)
    told = content_stems(best.text).keys()
    for rank, note in enumerate(notes[1:], start=1):
        if note.score < best.score - margin:
            break
        # A second that says the same again, as another article may, adds nothing.
        own = content_stems(note.text).keys()
        if len(own - told) > _SAID_AGAIN * len(own):
            fits = len(f"{best.text} {note.text}".split()) <= most_words
            return (0, rank) if fits else (0,)
    return (0,)


def needs_words(note: Evidence) -> bool:
    """Say whether a note is too long to be shown as it stands where a model can say it shorter."""
    limit = _READABLE_WORDS if note.context_start == note.start else _READABLE_WITH_CONTEXT
    return len(note.readable.split()) > limit


def _sentences(text: str) -> list[str]:
    found = []
    for line in text.strip().splitlines():
        cleaned = _MARKS.sub("", _BEFORE.sub("", line.strip())).strip()
        for span in split_sentences(cleaned):
            sentence = _BEFORE.sub("", cleaned[span.start : span.end])
            if any(character.isalnum() for character in sentence):
                # Finished before it is checked: a capital makes a name of a word.
                found.append(_finished(sentence))
    return list(dict.fromkeys(found))


def _tie(sentence: str, question: str, notes: Sequence[Evidence]) -> _Tie:
    """Find the note that supports a sentence best, and check the sentence against it.

    The sentence before the note is cited as well where the claim needs it and
    the model was shown it.
    """
    candidates: list[_Tie] = []
    for rank, note in enumerate(notes):
        alone = check_claim(sentence, note.text, question, note.document)
        spans = ((note.start, note.end),)
        candidates.append(_Tie(sentence, rank, spans, alone, alone.ok))
        # The sentence before may say what this one is about; the answer must be in this one.
        if not alone.ok and alone.new_coverage == 1 and note.context_start < note.start:
            both = check_claim(sentence, note.readable, question, note.document)
            if both.ok:
                candidates.append(_Tie(sentence, rank, (*spans, _context(note)), both, usable=True))
    return max(
        candidates,
        key=lambda tie: (tie.usable, _grounding(tie) - _RANK_PENALTY * tie.rank, -tie.rank),
    )


def _grounding(tie: _Tie) -> float:
    """Return how much of a sentence its note holds; the words of the answer count twice."""
    return (tie.verdict.coverage + tie.verdict.new_coverage) / 2


def _context(note: Evidence) -> tuple[int, int]:
    """Return the span of the sentence before a note."""
    before = note.document.text[note.context_start : note.start].rstrip()
    return note.context_start, note.context_start + len(before)


def _says_something(sentence: str, question: str) -> bool:
    """Say whether a sentence holds more than the question's own words."""
    asked = content_stems(question)
    return any(s not in asked for s in content_stems(sentence))


def _claim(note: Evidence, tie: _Tie | None, numbering: dict[tuple[str, int, int], int]) -> Claim:
    """Return what to show for a note: its own words, or the model's where those serve better."""
    understood_alone = note.context_start == note.start
    # Of what is shown, no word of the answer may be the model's own, and what somebody said is
    # shown as said.
    if (
        tie is not None
        and tie.usable
        and tie.verdict.new_coverage == 1
        and not tie.verdict.unattributed
        and tie.verdict.support >= _LEAST_SUPPORT
        and needs_words(note)
    ):
        citations = tuple(_citation(note, *span, numbering) for span in tie.spans)
        return Claim(tie.text, citations, tie.verdict.support, reasons=tie.verdict.reasons)
    start = note.start
    if dateline := _DATELINE.match(note.text):
        start += dateline.end()
    spans = [(start, note.end)] if understood_alone else [_context(note), (start, note.end)]
    citations = tuple(_citation(note, *span, numbering) for span in spans)
    quotes = " ".join(citation.quote for citation in citations)
    return Claim(
        " ".join(quotes.split()),
        citations,
        1.0,
        verbatim=True,
        reasons=("the words of the quotes",),
    )


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
