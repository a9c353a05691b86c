"""Plans a timeline: sentences that say when, one for each day and event, in the order of time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from index.search.retriever import LEAD_CHARACTERS
from index.types import Document, Hit
from rag.answer.accounts.subject import (
    articles_named,
    directions,
    is_about,
    nearness,
    passages_on,
    subject_asked,
)
from rag.answer.accounts.telling import Account, Point, choose, says_the_same, tells
from rag.answer.evidence import CELLS, Sources
from rag.english.dates import dates
from rag.english.days_told import days_told
from rag.types import Evidence, Question, counted, day_in_words

__all__ = ["timeline"]

_MOST_POINTS = 18
_PASSAGES = 60
_ARTICLES = 200
"""How many are read where only days, or nothing, are asked for, newest first: two seconds."""
_LIKE = 0.66
"""Cosine of two articles from which they tell of the same (bench/RESULTS.md)."""
_EMBEDDED = 200
"""Dated sentences of which the vectors are made: a second and a half on two cores."""
_BEFORE, _AFTER = timedelta(days=14), timedelta(days=31)
"""How long before its day news announces an event, and how long after it tells of it."""
_LEAD = 0.2
"""What the lead of an article is worth more than the rest, where no subject says what is near."""
_DAY_KNOWN = 0.3
"""What is worth more of which the day is known."""
_SAME_DAY = 0.1
"""What each event of a day takes from the worth of the next one."""
_ONE_DAY = np.float32(0.11)
"""What one day adds to the likeness of two sentences: of 16 pairs of one day that are alike by .6,
14 told one event (bench/RESULTS.md)."""
_QUOTED = 0.1
"""What is worth less that quotes somebody: it happened only that he said so."""
_QUOTES = re.compile(r"[\"“”]")
_PLAN_PASSED = 0.2
"""What is worth less of which an article told only that it was to come."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A sentence with the days on which what it tells happened, or is to happen."""

    item: Evidence
    first: date
    last: date
    """The same day twice where the day is known; else those of a month or of a year."""

    @property
    def heading(self) -> str:
        """The day in words, as exactly as it is known."""
        if self.first == self.last:
            told = day_in_words(self.first)
        elif self.first.month == self.last.month:
            told = f"{self.first:%B %Y}"
        else:
            told = str(self.first.year)
        published = self.item.document.published
        return f"{told} (planned)" if published and self.first > published else told


def happening(item: Evidence) -> Happening | None:
    """Return when it was what a sentence tells; None where it does not say, or not surely.

    >>> document = Document("They met on Thursday.", published=date(2019, 1, 11))
    >>> happening(Evidence(document, 0, 21, 0, 0, 0, 0.0)).heading
    '10 January 2019'
    """
    text = " ".join(item.text.split())
    if CELLS in text:  # A row tells of the day in one of its cells.
        days = (days for when in dates(text) if when.day and (days := when.days()))
        return next((Happening(item, *day) for day in days), None)
    told = next(days_told(text, item.document.published), None)
    return Happening(item, told.first, told.last) if told and told.sure else None


def timeline(question: Question, sources: Sources) -> Account | None:
    """Return what happened when; None where no article tells of the subject and says when."""
    subject = subject_asked(question.text)
    named = articles_named(question.text, subject, sources) if subject else []
    first, last = question.happened
    found = [
        event
        for item in _read(subject, named, question, sources)
        if (CELLS in item.text or tells(item))
        if (event := happening(item))
        and (first or event.first) <= event.first
        and event.last <= (last or event.last)
    ]
    if not subject:  # Else those of the passages that come nearest stand first.
        found.sort(key=_worth, reverse=True)
    found = found[:_EMBEDDED]
    if not found:
        return None
    items = [event.item for event in found]
    near, vectors = nearness(subject, items, sources.embedder)
    _, day = np.unique([event.heading for event in found], return_inverse=True)
    of_day = np.sqrt(_ONE_DAY) * np.eye(day.max() + 1, dtype=np.float32)[day]
    vectors = np.hstack([vectors, of_day])
    worth = near + np.array([_worth(event) for event in found], dtype=np.float32)
    chosen = choose(items, vectors, worth, len(items))
    chosen = _of_many_days(chosen, found, worth)[:_MOST_POINTS]
    chosen.sort(key=lambda place: (found[place].first, found[place].last, -worth[place]))
    similar = vectors @ vectors.T
    points = tuple(
        Point(
            found[place].item,
            heading=found[place].heading,
            when=found[place].first,
            also=_saying_the_same(place, found, similar[place]),
        )
        for place in chosen
    )
    complete = len(points) < _MOST_POINTS
    return Account(_lead(points, 0 if complete else len(found)), points, complete)


def _read(
    subject: str, named: Sequence[Document], question: Question, sources: Sources
) -> Iterator[Evidence]:
    """Yield the sentences that may belong to a timeline, those that come nearest first."""
    for document in named or ([] if subject else _near(question.happened, sources)):
        yield from sources.article(document)
    if named or not subject:
        return
    hits = passages_on(subject, sources, _PASSAGES)
    about = {hit.document.id: hit.document for hit in hits if is_about(subject, hit.document)}
    about |= _like(about, sources.find(subject, _PASSAGES) if about else [], sources)
    for document in about.values():
        yield from sources.article(document)
    for hit in hits:
        if hit.document.id not in about:
            yield from sources.passage(hit)


def _like(
    about: Mapping[str, Document], hits: Sequence[Hit], sources: Sources
) -> dict[str, Document]:
    """Return the articles that tell of the same as those on a subject, which they may not name."""
    found = dict.fromkeys((*about, *(hit.document.id for hit in hits)))
    whole = directions(found, sources)
    named = [direction for document, direction in whole if document.id in about]
    return {
        document.id: document
        for document, direction in whole
        if document.id not in about and any(direction @ other >= _LIKE for other in named)
    }


def _near(days: tuple[date | None, date | None], sources: Sources) -> list[Document]:
    """Return the articles that may tell of what happened on some days; undated ones too."""
    first = days[0] - _BEFORE if days[0] else date.min
    last = days[1] + _AFTER if days[1] else date.max
    found = []
    for document in sources.store.documents(sources.filter):
        if document.published is None or first <= document.published <= last:
            found.append(document)
        if len(found) == _ARTICLES:
            break
    return found


def _worth(event: Happening) -> float:
    """Return how much an event is worth telling for itself: near the lead, its day known."""
    known = event.first == event.last
    quoted = _QUOTES.search(event.item.text) is not None
    return _LEAD * (event.item.start < LEAD_CHARACTERS) + _DAY_KNOWN * known - _QUOTED * quoted


def _of_many_days(
    chosen: Sequence[int], found: Sequence[Happening], worth: NDArray[np.float32]
) -> list[int]:
    """Return the places of events, those most worth telling first, each day once before twice.

    What is planned for a day of which later articles could tell is worth less.
    """
    newest = max((event.item.document.published or date.min for event in found), default=date.min)
    before: Counter[date] = Counter()
    left: dict[int, float] = {}
    for place in chosen:
        event = found[place]
        published = event.item.document.published
        passed = published is not None and published < event.first <= newest
        left[place] = worth[place] - _SAME_DAY * before[event.first] - _PLAN_PASSED * passed
        before[event.first] += not passed
    return sorted(left, key=left.__getitem__, reverse=True)


def _saying_the_same(
    place: int, found: Sequence[Happening], similar: NDArray[np.float32]
) -> tuple[Evidence, ...]:
    """Return the sentences of other articles that say the same of the same day."""
    own = found[place]
    same = {
        event.item.document.id: event.item
        for event, similarity in zip(found, similar)
        if event.heading == own.heading and says_the_same(event.item, own.item, similarity)
    }
    same.pop(own.item.document.id)
    return tuple(same.values())


def _lead(points: Sequence[Point], found: int) -> str:
    """Return a line as in "Timeline from 5 January 2019 to 12 January 2019, from 3 articles."."""
    articles = {item.document.id for point in points for item in (point.evidence, *point.also)}
    first, last = (point.heading.partition(" (")[0] for point in (points[0], points[-1]))
    span = f"from {first} to {last}" if first != last else f"of {first}"
    more = f": the {len(points)} most telling of {found} sentences that say when" if found else ""
    return f"Timeline {span}, from {counted(len(articles), 'article')}{more}."
