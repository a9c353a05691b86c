"""Counts: the articles that mention something, exactly, or the things that the articles name.

A mention is a matter of words (`rag.english.mentions`), and the store's word index knows every
passage that holds one, so that nothing is ranked or left out. Things are those of the list that
`rag.answer.accounts.listing` finds: a bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.errors import NotFoundError
from index.types import Document, Filter
from rag.answer.accounts.account import Account, Point
from rag.answer.accounts.listing import find_list
from rag.answer.evidence import Sources
from rag.english.mentions import Term, mentions
from rag.english.numbers import Amount
from rag.english.values import read_value
from rag.types import Coverage, Evidence, Question

__all__ = ["count"]

_SHOWN = 10
"""Articles that are shown below the number, newest first."""
_PASSAGES = 8
"""Passages in which the number itself is looked for, before things are counted."""
_SURE = 3.0
"""Score of the reader from which a sentence gives the number, which then is a fact to be told."""
_ARTICLES = (
    r"(?:(?:of )?(?:my |the |your |these |different )*(?:\w+ )?(?:articles?|reports?|stor(?:y|ies)|"
    r"texts?|documents?|pieces|files|papers|news items|sources))"
)
_NAMING = (
    r"(?:mention|name|speak of|talk about|tell of|refer to|report on|write about|discuss|cover|"
    r"contain|include|quote|cite|deal with|concern|are about|is about)s?"
)
_NAMED = r"(?:mentioned|named|spoken of|talked about|referred to|discussed|quoted|cited|covered)"
_IS, _HAS = r"(?:is|are|was|were)", r"(?:is|are|was|were|does|do|has|have)"
_SEEN = rf"(?:been )?(?:{_NAMED}|appear|occur|come up)"
_OFTEN = r"how (?:often|many times)"
_THAT = r"(?: (?:are there )?(?:that|which))?"
_THERE = rf"(?: {_IS} there| do i have| exist)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:in )?how many {_ARTICLES}{_THAT} {_NAMING} (?P<term>.+)",
        rf"how many {_ARTICLES}{_THERE} (?:about|on|with) (?P<term>.+)",
        rf"in how many {_ARTICLES} {_HAS} (?P<term>.+?) {_SEEN}",
        rf"{_OFTEN} (?:do|does|did) {_ARTICLES} {_NAMING} (?P<term>.+)",
        rf"{_OFTEN} {_HAS} (?P<term>.+?) {_SEEN}\b.*",
        rf"count (?:the |all |my )*{_ARTICLES}{_THAT} (?:{_NAMING}|about|on) (?P<term>.+)",
    )
)
"""How English asks for the articles that mention something, and for the mentions."""
_ALL = re.compile(
    rf"how many {_ARTICLES}(?: (?:are there|do i have|have i|are in (?:my|the) library|"
    r"does (?:my|the) library (?:hold|have)))?(?: in all| in total| altogether)?",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"(?P<before>.*?)\bhow many (?:different |distinct |other )?(?P<rest>\w.+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Mentioning:
    """An article and where it names what is counted."""

    document: Document
    places: tuple[tuple[int, int], ...]
    """Of the first term first."""
    times: int
    """How often it names the terms, all together."""


def count(question: Question, sources: Sources) -> Account | None:
    """Return what was counted, and the newest of it.

    None where the question counts no articles and the articles name no such things, or where one
    of them gives the number: it is a fact like others.

    Args:
        question: what is asked.
        sources: the articles.
    """
    asked = " ".join(question.asked.split()).rstrip("?.! ")
    admitted = _only_dated(sources.filter)
    within = sources.within(admitted)
    if _ALL.fullmatch(asked):
        return _all_articles(within)
    for form in _FORMS:
        if found := form.fullmatch(asked):
            return _mentioned(_terms(found["term"]), within)
    return _things_named(question, asked, sources)


def _only_dated(filter: Filter) -> Filter:
    """Return the filter without undated articles where days are asked for: they are not counted."""
    return replace(filter, undated=False) if filter.after or filter.before else filter


def _terms(said: str) -> tuple[Term, ...]:
    """Return what an article must mention, all of it: "both Peru and Chile" are two."""
    said = re.sub(r"^(?:both|the (?:word|name|term)) ", "", said.strip(), flags=re.IGNORECASE)
    if quoted := re.fullmatch(r"[\"“'‘](.+)[\"”'’]", said):
        return (Term(quoted[1]),)
    parts = [part for part in re.split(r",? and |, ", said) if part]
    names = all(part[:1].isupper() or part.startswith("the ") for part in parts)
    return tuple(map(Term, parts)) if names else (Term(said),)


def _mentioned(terms: Sequence[Term], sources: Sources) -> Account:
    """Count the articles that mention all terms, and tell the newest of them."""
    total = _count_articles(sources)
    found = _articles_with(terms, sources)
    named = " and ".join(term.text for term in terms)
    coverage = Coverage(articles=total, passages=0, complete=True)
    among = f"the {total:,} articles" if total != 1 else "the one article"
    days = _days(sources)
    if not found:
        return Account(f"None of {among}{days} mentions {named}.", (), coverage)
    times = sum(one.times for one in found)
    verb = "mentions" if len(found) == 1 else "mention"
    often = "once" if times == 1 else "twice" if times == 2 else f"{times:,} times"
    lead = f"{len(found):,} of {among}{days} {verb} {named}, {often} in all"
    lead += f"; the {_SHOWN} newest:" if len(found) > _SHOWN else ":"
    points = tuple(Point(_sentence_with(one, sources)) for one in found[:_SHOWN])
    return Account(lead, points, coverage)


def _articles_with(terms: Sequence[Term], sources: Sources) -> list[_Mentioning]:
    """Return the articles whose text names every term, newest first."""
    by_term = [_places(term, sources) for term in terms]
    store = sources.store
    found = []
    for id_ in set(by_term[0]).intersection(*by_term[1:]):
        try:
            document = store.document(id_)
        except NotFoundError:
            continue  # Another process has just removed it.
        times = sum(len(places[id_]) for places in by_term)
        found.append(_Mentioning(document, tuple(sorted(by_term[0][id_])), times))
    return sorted(found, key=lambda one: (-_day(one.document).toordinal(), one.document.title))


def _places(term: Term, sources: Sources) -> dict[str, list[tuple[int, int]]]:
    """Return where the articles name a term, by the id of the article."""
    found: dict[str, list[tuple[int, int]]] = {}
    seen: set[str] = set()
    for form in term.forms:
        # The rarest word leads to all passages that can hold the form.
        held = sources.store.chunk_frequencies(form)
        rarest = min(range(len(form)), key=lambda n: held[n]) if form else 0
        if not form or not held[rarest]:
            continue
        passages = sources.store.search_lexical(form[rarest], held[rarest], sources.filter)
        for chunk in (passage.chunk for passage in passages):
            if chunk.id in seen:
                continue
            seen.add(chunk.id)
            for start, end in mentions(chunk.text, term):
                place = (chunk.start + start, chunk.start + end)
                found.setdefault(chunk.document_id, []).append(place)
    return found


def _sentence_with(one: _Mentioning, sources: Sources) -> Evidence:
    """Return the first sentence of an article that names what is counted, with it marked."""
    start, end = one.places[0]
    for item in sources.sentences(one.document):
        if item.start <= start < item.end:
            return replace(
                item, context_start=item.start, answer_start=start, answer_end=min(end, item.end)
            )
    return Evidence(one.document, start, end, start, start, end, 0.0)


def _all_articles(sources: Sources) -> Account:
    """Count the articles, and tell how the newest begin."""
    total = _count_articles(sources)
    coverage = Coverage(articles=total, passages=0, complete=True)
    lead = f"There {'is' if total == 1 else 'are'} {total:,} article{'s' * (total != 1)}"
    lead += _days(sources)
    points = []
    for document, _ in zip(sources.store.documents(sources.filter), range(_SHOWN)):
        points += [Point(item) for item in sources.sentences(document)[:1]]
    if not points:
        return Account(f"{lead}.", (), coverage)
    return Account(
        f"{lead}; the {_SHOWN} newest begin:" if total > _SHOWN else f"{lead}:",
        tuple(points),
        coverage,
    )


def _things_named(question: Question, asked: str, sources: Sources) -> Account | None:
    """Count what the articles name, unless one of them gives the number itself."""
    found = _THINGS.fullmatch(asked)
    if found is None:
        return None
    stated = sources.read(question.asked, sources.find(question.text, _PASSAGES))
    if any(item.score >= _SURE and _gives_number(item) for item in stated):
        return None
    which = f"{found['before']}which {found['rest']}?"
    which = which[:1].upper() + which[1:]
    listed = find_list(replace(question, text=which, asked=which), sources)
    if listed is None:
        return None
    articles = sources.store.counts().documents
    what = re.split(
        r" (?:are|is|were|was|do|does|did|have|has|will|that|which|who) ", found["rest"]
    )
    where = "1 article" if listed.articles == 1 else f"{listed.articles} articles"
    least = "" if listed.complete else "at least "
    lead = f"Counted by name, {least}{listed.items} {what[0]}, in {where}"
    if not listed.complete:
        lead += f"; the {listed.passages} nearest passages of {articles:,} articles were read"
    return Account(
        f"{lead[:1].upper()}{lead[1:]}:",
        listed.points,
        Coverage(articles, listed.passages, listed.complete),
    )


def _gives_number(item: Evidence) -> bool:
    value = read_value(item.answer, item.text, item.document.published)
    return value is not None and isinstance(value.what, Amount)


def _count_articles(sources: Sources) -> int:
    """Count the articles that the filter admits, without reading them."""
    store, bounds = sources.store, sources.filter
    if not bounds:
        return store.counts().documents
    dated = sum(store.days(bounds).values())
    return dated if bounds.after or bounds.before else dated + store.count_undated(bounds)


def _days(sources: Sources) -> str:
    """Say which articles the filter leaves: " (published from 1 January 2019)"."""
    bounds = sources.filter
    said = [f"from {' and '.join(bounds.sources)}"] if bounds.sources else []
    if bounds.after and bounds.before:
        said.append(f"published from {_told(bounds.after)} to {_told(bounds.before)}")
    elif bounds.after or bounds.before:
        day = bounds.after or bounds.before
        said.append(f"published {'from' if bounds.after else 'up to'} {_told(day)}")
    if (bounds.after or bounds.before) and (left := sources.store.count_undated(bounds)):
        said.append(f"{left:,} undated left out")
    return f" ({', '.join(said)})" if said else ""


def _told(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _day(document: Document) -> date:
    return document.published or date.min
