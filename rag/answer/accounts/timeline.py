"""Plans a timeline: sentences that say when, one for each day and event, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from index.search.retriever import LEAD_CHARACTERS
from index.types import Document
from rag.answer.accounts.account import Account, Point
from rag.answer.accounts.dated import Happening, happening, reported
from rag.answer.accounts.named import articles_named
from rag.answer.accounts.subject import (
    is_about,
    nearness,
    on_subject,
    passages_on,
    subject_asked,
)
from rag.answer.accounts.telling import choose, says_the_same, telling
from rag.answer.evidence import Sources
from rag.types import Evidence, Question

__all__ = ["timeline"]

_MOST_POINTS = 18
_PASSAGES = 60
_ARTICLES = 200
"""How many are read where only days, or nothing, are asked for, newest first: two seconds."""
_EMBEDDED = 200
"""Dated sentences of which the vectors are made: a second and a half on two cores."""
_BEFORE, _AFTER = timedelta(days=14), timedelta(days=31)
"""How long before its day news announces an event, and how long after it tells of it."""
_SAME_EVENT = 0.6
"""Cosine from which two sentences of one day tell of one event."""
_LEAD, _FAR = 0.2, 500
"""What the first sentence is worth more than the last, and after how many characters half of it."""
_DAY_KNOWN = 0.2
"""What is worth more of which the day is known, and less of which it is that of the article."""
_SAYS_THE_SAME = 0.7
"""Cosine from which another article's sentence on an event is cited beside the one that is told."""
_ALIKE = 0.3
"""What likeness to one that is chosen takes from another's worth; less than in a summary, since
what happens on two days is two events."""
_REPORTED_LATE = timedelta(days=7)
"""How long before its article an event of which no day is told may have been."""


def timeline(question: Question, sources: Sources) -> Account | None:
    """Return what happened when; None where no article tells of the subject and says when."""
    subject = subject_asked(question.text)
    named = articles_named(question.text, sources) if subject else []
    read = list(_read(subject, named, question, sources))
    first, last = question.happened
    found = [
        event
        for event in _happenings(read)
        if (first or event.first) <= event.first and event.last <= (last or event.last)
    ]
    if not subject:  # Else those of the passages that come nearest stand first.
        found.sort(key=_worth, reverse=True)
    found = found[:_EMBEDDED]
    if not found:
        return None
    items = [event.item for event in found]
    if subject and not named:
        on, near, vectors = on_subject(subject, items, sources.embedder)
        found = [found[place] for place in on]
    else:
        near, vectors = nearness(subject, items, sources.embedder)
    if not found:
        return None
    worth = near + np.array([_worth(event) for event in found], dtype=np.float32)
    similar = vectors @ vectors.T
    told = _events(found, worth, similar)
    places = list(told)
    chosen = choose(vectors[places], worth[places], _MOST_POINTS, alike=_ALIKE)
    shown = sorted(
        (places[place] for place in chosen),
        key=lambda place: (found[place].first, found[place].last, found[place].how, -worth[place]),
    )
    points = tuple(
        Point(
            found[place].item,
            heading=found[place].heading,
            when=found[place].first,
            also=tuple(found[other].item for other in told[place]),
        )
        for place in shown
    )
    return Account(_lead(points, len(told)), points, complete=len(shown) == len(told))


def _read(
    subject: str, named: Sequence[Document], question: Question, sources: Sources
) -> Iterator[Evidence]:
    """Yield the sentences that may belong to a timeline, those that come nearest first."""
    for document in named or ([] if subject else _near(question.happened, sources)):
        yield from sources.article(document)
    if named or not subject:
        return
    whole: set[str] = set()
    for hit in passages_on(subject, sources, _PASSAGES):
        if hit.document.id in whole:
            continue
        if is_about(subject, hit.document):
            whole.add(hit.document.id)
            yield from sources.article(hit.document)
        else:
            yield from sources.passage(hit)


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


def _happenings(sentences: Sequence[Evidence]) -> Iterator[Happening]:
    """Yield each sentence that says when, and the lead of an article that has a date itself."""
    seen: set[tuple[str, int]] = set()
    leads: set[str] = set()
    for item in telling(sentences):
        place = (item.document.id, item.start)
        if place in seen:
            continue
        seen.add(place)
        event = happening(item)
        if event is None and item.document.id not in leads and _is_lead(item):
            event = reported(item)
        leads.add(item.document.id)
        if event is not None:
            yield event


def _is_lead(item: Evidence) -> bool:
    return item.start < LEAD_CHARACTERS


def _worth(event: Happening) -> float:
    """Return how much an event is worth telling for itself: near the lead, its day known."""
    lead = _LEAD / (1 + event.item.start / _FAR)
    return lead + _DAY_KNOWN * (event.first == event.last) - _DAY_KNOWN * bool(event.how)


def _events(
    found: Sequence[Happening], worth: NDArray[np.float32], similar: NDArray[np.float32]
) -> dict[int, list[int]]:
    """Return the place of the best sentence on each event, with those that say the same.

    Of two that tell of one event, the one that knows the day better stands for both.
    """
    told: dict[int, list[int]] = {}
    exact = sorted(
        range(len(found)),
        key=lambda p: (bool(found[p].how), found[p].last - found[p].first, -worth[p]),
    )
    for place in exact:
        event = found[place]
        better = [
            other
            for other in told
            if similar[place, other] >= _SAME_EVENT and _may_be_one(event, found[other])
        ]
        if not better:
            told[place] = []
            continue
        best = max(better, key=lambda other: similar[place, other])
        articles = {found[other].item.document.id for other in (best, *told[best])}
        if (
            event.item.document.id not in articles
            and event.heading == found[best].heading
            and says_the_same(event.item, found[best].item, similar[place, best], _SAYS_THE_SAME)
        ):
            told[best].append(place)
    return told


def _may_be_one(event: Happening, better: Happening) -> bool:
    """Say whether the days of an event let it be the other one, of which more is known."""
    first = event.first - _REPORTED_LATE if event.how == "reported" else event.first
    return first <= better.first and better.last <= event.last


def _without(first: str, last: str) -> str:
    """Return a date without the words at its end that one to follow has too: "5", "5 January"."""
    ours, theirs = first.split(), last.split()
    while len(ours) > 1 and ours[-1] == theirs[-1] and len(ours) == len(theirs):
        ours, theirs = ours[:-1], theirs[:-1]
    return " ".join(ours)


def _lead(points: Sequence[Point], found: int) -> str:
    """Return a line as in "Timeline from 5 to 12 January 2019, from 3 articles."."""
    articles = {point.evidence.document.id for point in points}
    articles |= {other.document.id for point in points for other in point.also}
    first, last = (point.heading.partition(" (")[0] for point in (points[0], points[-1]))
    span = f"from {_without(first, last)} to {last}" if first != last else f"of {first}"
    of = "1 article" if len(articles) == 1 else f"{len(articles)} articles"
    lead = f"Timeline {span}, from {of}"
    more = f": the {len(points)} most telling of {found} events" if found > len(points) else ""
    return f"{lead}{more}."
