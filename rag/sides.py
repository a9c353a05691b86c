"""Finds out whether the articles give several answers to a question, and whether these disagree.

From each article the one sentence that answers best is taken, and those of
different articles are set against each other: by the figure, the date, or the
name asked for, or by what tells apart those who bear the same name. Sentences
that cannot be set against each other are no sides. No model is asked, and the
same evidence gives the same sides.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.answer_kind import AnswerKind, asked_kind, may_answer
from rag.checks.names import CALENDAR_NAMES, names
from rag.subjects import Asked, Subject, asked_names, introduced, same_subject
from rag.types import Disagreement, Evidence
from rag.values import Amount, Doer, Value, read_value
from rag.values.families import families
from rag.words import content_stems, stem

__all__ = ["Side", "Sides", "find_sides"]

# Chosen by hand on questions of RAMDocs, NewsQA, and XQuAD that are reported nowhere;
# bench/conflicts.py shows what a change of them does.
_MOST_SIDES = 4
_MOST_WORDS = 80
"""Words of a sentence that can be shown as a side."""
_MARGIN = 0.8
"""How far below the best evidence a side may lie."""
_MARGIN_INTRODUCED = 1.2
"""The same for an article that introduces what the question names."""
_MORE_EXACT = 0.4
"""How far below an article's best sentence one may lie that gives the same value more exactly."""
_ARTICLE_CHARACTERS = 20_000
"""How much of an article is read to learn which of a name it is about."""
_LEAD_CHARACTERS = 400
"""How much of an article's beginning says what all of it is about."""
_LEFT_UNSAID = frozenset("people number total date day year month time long old".split())
"""Families of a question that an answer does not repeat."""
_OPENING_CHARACTERS = 2_000
"""How much is read to learn which story it tells."""
_ONE_STORY = timedelta(days=60)
_SHARED_NAMES = 2
_SHARED_NAMES_SHARE = 0.25

_VALUED = (AnswerKind.NUMBER, AnswerKind.DURATION, AnswerKind.DATE)


@dataclass(frozen=True, slots=True)
class Side:
    """One of several answers: the sentence that gives it."""

    evidence: Evidence
    value: Value | None = None
    """The figure, date, or name that it answers with; None where that cannot be told."""
    subject: Subject | None = None
    """What its article introduces under the name asked about."""
    introduction: Evidence | None = None
    """The sentence that introduces it, where that is needed beside the evidence."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What the articles say, where they do not all say the same."""

    disagreement: Disagreement
    sides: tuple[Side, ...] = ()
    """At least two, of different articles, newest first; empty where there is no disagreement."""


def find_sides(question: str, evidence: Sequence[Evidence]) -> Sides:
    """Return the sides of an answer; none where all agree or nothing can be compared.

    Args:
        question: as it was asked.
        evidence: sentences of one or more articles, best first.
    """
    kind = asked_kind(question)
    if not evidence or kind in (AnswerKind.ACCOUNT, AnswerKind.YES_NO):
        return Sides("")
    asked = asked_names(question)
    articles: dict[str, list[Evidence]] = {}
    for item in evidence:
        if len(item.text.split()) <= _MOST_WORDS:
            articles.setdefault(item.document.id, []).append(item)
    found = [
        side
        for listed in articles.values()
        if (side := _answer_of(listed, question, kind, asked, evidence[0].score)) is not None
    ]
    found.sort(key=lambda side: -side.evidence.score)
    sides: list[Side] = []
    for side in found:
        # What agrees with a better side stands behind it: a wire story in two papers is one.
        if all(_differ(side, other) for other in sides):
            sides.append(side)
    if len(sides) < 2:
        return Sides("")
    sides = sides[:_MOST_SIDES]
    sides.sort(key=lambda side: side.evidence.document.published or date.min, reverse=True)
    pairs = list(itertools.combinations(sides, 2))
    conflict = all(_contradict(one, other, asked) for one, other in pairs)
    return Sides("conflict" if conflict else "several answers", tuple(sides))


def _answer_of(
    listed: Sequence[Evidence], question: str, kind: AnswerKind, asked: Asked, best: float
) -> Side | None:
    """Return what one article answers, by its sentences (best first) that are near the best.

    None where it does not plainly answer.
    """
    subject, introduction = _introduction(listed, asked)
    margin = _MARGIN_INTRODUCED if subject else _MARGIN
    near = [item for item in listed if item.score >= best - margin]
    for item in near:
        value = read_value(question, kind, item.text)
        if value is not None and (subject or _about(item, question, asked)):
            return _most_exact(Side(item, value, subject), near, question, kind)
        if kind in _VALUED or value is not None or subject is None:
            continue
        if may_answer(question, item.text, item.readable):
            if introduction is None or introduction is item:
                return Side(item, None, subject)
            if item.score < introduction.score:
                return Side(introduction, None, subject)
            return Side(item, None, subject, introduction)
    return None


def _introduction(
    listed: Sequence[Evidence], asked: Asked
) -> tuple[Subject | None, Evidence | None]:
    """Return the first subject of an article that bears an asked name, and its sentence."""
    for item in sorted(listed, key=lambda item: item.start):
        if subject := introduced(asked, item.document, item.text):
            return subject, item
    return None, None


def _about(item: Evidence, question: str, asked: Asked) -> bool:
    """Say whether a sentence, with its article's title and opening, says all that is asked."""
    document = item.document
    told = f"{document.title}\n{document.text[:_LEAD_CHARACTERS]}\n{item.readable}"
    others = families(question) - asked.names - _LEFT_UNSAID
    return asked.named_in(told) and others <= families(told)


def _most_exact(side: Side, near: Sequence[Evidence], question: str, kind: AnswerKind) -> Side:
    """Return the same answer from another sentence of the article that is more exact, if any."""
    for item in near:
        if item.score < side.evidence.score - _MORE_EXACT:
            break
        value = read_value(question, kind, item.text)
        if value is not None and value.more_exact(side.value) and value.agrees(side.value):
            return Side(item, value, side.subject)
    return side


def _differ(one: Side, other: Side) -> bool:
    """Say whether two articles answer differently, by value or by what they are about."""
    if one.value is not None and other.value is not None:
        return one.value.comparable(other.value) and not one.value.agrees(other.value)
    if one.subject is None or other.subject is None:
        return False
    return not same_subject(one.subject, other.subject)


def _contradict(one: Side, other: Side, asked: Asked) -> bool:
    """Say whether two sides that differ cannot both be true.

    That takes a figure, a date, or a culprit of the same thing: not two that bear
    one name, two censuses, or two stories.
    """
    if one.value is None or other.value is None:
        return False
    if isinstance(one.value, Doer) and not one.value.blamed:
        return False  # Two may have written one song.
    if isinstance(one.value, Amount) and isinstance(other.value, Amount):
        years = {one.value.year, other.value.year} - {None}
        if len(years) > 1:
            return False
    if one.subject and other.subject and not same_subject(one.subject, other.subject):
        return False
    if not _qualified_alike(one, other) or not _qualified_alike(other, one):
        return False
    return _same_story(one.evidence, other.evidence, asked)


def _qualified_alike(one: Side, other: Side) -> bool:
    """Say whether what sets one side's subject apart is in the other side's article."""
    if one.subject is None or not one.subject.qualifier:
        return True
    document = other.evidence.document
    told = content_stems(f"{document.title}\n{document.text[:_ARTICLE_CHARACTERS]}")
    return content_stems(one.subject.qualifier).keys() <= told.keys()


def _same_story(one: Evidence, other: Evidence, asked: Asked) -> bool:
    """Say whether two articles tell of the same event: near in time, with the same names."""
    days = one.document.published, other.document.published
    if days[0] and days[1] and abs(days[0] - days[1]) > _ONE_STORY:
        return False
    mine, theirs = (_opening_names(item) - asked.words for item in (one, other))
    shared = len(mine & theirs)
    return shared >= max(_SHARED_NAMES, _SHARED_NAMES_SHARE * min(len(mine), len(theirs)))


def _opening_names(item: Evidence) -> frozenset[str]:
    """Return the stems of the names in an article's title and opening."""
    text = f"{item.document.title}. {item.document.text[:_OPENING_CHARACTERS]}"
    return frozenset(
        stem(name.word)
        for name in names(text)
        if not name.opening and name.word not in CALENDAR_NAMES
    )
