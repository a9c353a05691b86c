"""Counts: the articles that mention something, exactly, or the things that the articles name.

A mention is a matter of words (`rag.english.mentions`), and the store's word index knows every
passage that holds one, so that nothing is ranked or left out. Things are those of the list that
`rag.answer.accounts.listing` finds: a bound.
"""

from __future__ import annotations

import calendar
import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, timedelta

from index.errors import NotFoundError
from index.types import Document, Filter
from rag.answer.accounts.account import Account, Point
from rag.answer.accounts.blocks import unmarked
from rag.answer.accounts.listing import find_list, passages_read
from rag.answer.evidence import Sources
from rag.english.dates import dates
from rag.english.mentions import Term, mentions
from rag.english.numbers import Amount
from rag.english.sentences import ends_as_sentence
from rag.english.values import read_value
from rag.english.vocabulary import fold
from rag.types import Evidence, Question, day_in_words

__all__ = ["count"]

_SHOWN = 10
"""Articles that are shown below the number, newest first."""
_LOOKED_UP = 300
"""Articles up to which each is looked up to find the newest; of more, the library is read from its
newest on, and the first ten are soon found."""
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
_WHERE = r"(?: (?P<where>(?:from|of|in|by|since|before|after|published|dated|printed) .+?))?"
_IS, _HAS = r"(?:is|are|was|were)", r"(?:is|are|was|were|does|do|has|have)"
_SEEN = rf"(?:been )?(?:{_NAMED}|appear|occur|come up)"
_OFTEN = r"how (?:often|many times)"
_THAT = r"(?: (?:are there )?(?:that|which))?"
_THERE = rf"(?: {_IS} there| do i have| exist)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:in )?how many {_ARTICLES}{_WHERE}{_THAT} {_NAMING} (?P<term>.+)",
        rf"how many {_ARTICLES}{_THERE} (?:about|on|with) (?P<term>.+)",
        rf"in how many {_ARTICLES}{_WHERE} {_HAS} (?P<term>.+?) {_SEEN}",
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
_DONE = re.compile(
    r" (?:are|is|were|was|do|does|did|have|has|will|would|can|could|that|which|who)\b"
)
_NAMES_ASKED = re.compile(r"\b(?:different|distinct|named|mentioned|listed)\b", re.IGNORECASE)
"""What asks for a count of the names, whatever number an article gives."""
_THINGS = re.compile(
    r"(?:(?P<before>.*?)\bhow many|count) (?:of )?(?:the |all |different |distinct |other )*"
    r"(?P<rest>\w.+)",
    re.IGNORECASE,
)


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
            chosen = _chosen(found.groupdict().get("where") or "", within)
            return _mentioned(_terms(found["term"]), chosen) if chosen else None
    return _things_named(question, asked, sources)


def _chosen(where: str, sources: Sources) -> Sources | None:
    """Return the articles that "from the Harbour Wire" leaves; None where it names no source.

    Days that the filter knows already are those that it leaves.
    """
    if not where:
        return sources
    said = fold(where)
    named = [name for name in sources.store.sources() if name and fold(name) in said]
    if named:
        return sources.within(replace(sources.filter, sources=tuple(named)))
    if sources.filter.after or sources.filter.before:
        return sources
    days = _days_of(where)
    return sources.within(replace(sources.filter, after=days[0], before=days[1])) if days else None


def _days_of(where: str) -> tuple[date | None, date | None] | None:
    """Return the first and the last day of "of 2018", "since May 2018"; None of anything else."""
    read = [when for when in dates(where) if when.year]
    if len(read) != 1:
        return None
    year, month, day = read[0].year or 1, read[0].month, read[0].day
    first = date(year, month or 1, day or 1)
    last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    if re.match(r"(?:published )?(?:since|after|from .* on)\b", where, re.IGNORECASE):
        return first, None
    if re.match(r"(?:published )?before\b", where, re.IGNORECASE):
        return None, first - timedelta(days=1)
    return first, last


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


def _mentioned(terms: Sequence[Term], sources: Sources) -> Account | None:
    """Count the articles that mention all terms, and tell the newest of them."""
    total = sources.coverage.articles
    if not total:
        return _no_articles(sources)
    by_term = [_places(term, sources) for term in terms]
    found = set(by_term[0]).intersection(*by_term[1:])
    named = " and ".join(term.text for term in terms)
    days = _days(sources)
    if not found:
        return Account(f"None of the {total:,} articles{days} mentions {named}.", (), complete=True)
    times = sum(len(places[id_]) for places in by_term for id_ in found)
    verb = "mentions" if len(found) == 1 else "mention"
    often = "once" if times == 1 else "twice" if times == 2 else f"{times:,} times"
    lead = f"{len(found):,} of {total:,} article{'s' * (total != 1)}{days} {verb} {named}"
    lead += f", {often} in {'its' if len(found) == 1 else 'their'} text"
    lead += f"; the {_SHOWN} newest:" if len(found) > _SHOWN else ":"
    points = [
        Point(_sentence_with(document, by_term[0][document.id], sources))
        for document in _newest(found, sources)
    ]
    return Account(lead, tuple(points), complete=True)


def _no_articles(sources: Sources) -> Account | None:
    """Say that the filter leaves none; of an empty library that is said elsewhere."""
    if not sources.filter or not sources.store.counts().documents:
        return None
    return Account(f"There are no articles{_days(sources)}.", (), complete=True)


def _newest(ids: AbstractSet[str], sources: Sources) -> list[Document]:
    """Return the newest of some articles, without reading all of many."""
    store = sources.store
    if len(ids) > _LOOKED_UP:
        chosen = (one for one in store.documents(sources.filter) if one.id in ids)
        return list(itertools.islice(chosen, _SHOWN))
    return sorted(_looked_up(ids, sources), key=_newest_first)[:_SHOWN]


def _newest_first(document: Document) -> tuple[int, str, str]:
    day = document.published or date.min
    return -day.toordinal(), document.title, document.id


def _places(term: Term, sources: Sources) -> dict[str, list[tuple[int, int]]]:
    """Return where the texts of articles name a term, by their id; nowhere where the title does."""
    store = sources.store
    found: dict[str, list[tuple[int, int]]] = {}
    others: set[str] = set()
    seen: set[str] = set()
    for form in term.forms:
        # The rarest word leads to every passage that can hold the form, or whose title can.
        held = dict(zip(store.chunk_frequencies(form), form))
        if not held:
            continue
        passages = store.search_lexical(held[min(held)], store.counts().chunks, sources.filter)
        for chunk in (passage.chunk for passage in passages):
            if chunk.id in seen:
                continue
            seen.add(chunk.id)
            others.add(chunk.document_id)
            for start, end in mentions(chunk.text, term):
                place = (chunk.start + start, chunk.start + end)
                found.setdefault(chunk.document_id, []).append(place)
    for document in _looked_up(others - found.keys(), sources):
        if mentions(document.title, term):
            found[document.id] = []
    return found


def _looked_up(ids: AbstractSet[str], sources: Sources) -> Iterator[Document]:
    for id_ in ids:
        with contextlib.suppress(NotFoundError):  # Another process may have just removed it.
            yield sources.store.document(id_)


def _sentence_with(
    document: Document, places: Sequence[tuple[int, int]], sources: Sources
) -> Evidence:
    """Return the first sentence of an article that names what is counted, with it marked.

    Where only the title does, the first sentence.
    """
    lines = sources.sentences(document)
    if not places:
        return _first_sentence(lines)
    start, end = min(places)
    item = next(one for one in lines if one.start <= start < one.end)
    marked = replace(item, answer_start=start, answer_end=min(end, item.end))
    return unmarked(replace(marked, context_start=item.start))


def _first_sentence(lines: Sequence[Evidence]) -> Evidence:
    """Return the first of an article's sentences that is no heading and no dateline."""
    return next((one for one in lines if ends_as_sentence(one.text)), lines[0])


def _all_articles(sources: Sources) -> Account | None:
    """Count the articles, and tell how the newest begin."""
    total = sources.coverage.articles
    if not total:
        return _no_articles(sources)
    lead = f"There {'is' if total == 1 else 'are'} {total:,} article{'s' * (total != 1)}"
    lead += _days(sources)
    points = []
    for document, _ in zip(sources.store.documents(sources.filter), range(_SHOWN)):
        points.append(Point(_first_sentence(sources.sentences(document))))
    if points:
        lead += f"; the {_SHOWN} newest begin:" if total > _SHOWN else ":"
    else:
        lead += "."
    return Account(lead, tuple(points), complete=True)


def _things_named(question: Question, asked: str, sources: Sources) -> Account | None:
    """Count what the articles name, unless one of them gives the number itself."""
    found = _THINGS.fullmatch(asked)
    if found is None:
        return None
    if not _NAMES_ASKED.search(asked):
        stated = sources.read(question.asked, sources.find(question.text, _PASSAGES))
        if any(item.score >= _SURE and _gives_number(item) for item in stated):
            return None
    rest = re.sub(r"^(\S+(?: \S+)?) (?:that|which|who) ", r"\1 ", found["rest"])
    which = f"{found['before'] or ''}which {rest}?"
    which = which[:1].upper() + which[1:]
    listed = find_list(replace(question, text=which, asked=which), sources)
    if listed is None:
        return None
    # "ships will the company sell" are ships; "courts heard theft cases" is what they did.
    what = _DONE.split(rest if found["before"] is not None else found["rest"])[0]
    where = "1 article" if listed.articles == 1 else f"{listed.articles} articles"
    number = f"{listed.items}" if listed.complete else f"At least {listed.items}"
    lead = f"{number} {what}, counted by the names in {where}"
    if not listed.complete:
        lead += f"; {passages_read(sources)}"
    return Account(f"{lead}:", listed.points, listed.complete)


def _gives_number(item: Evidence) -> bool:
    value = read_value(item.answer, item.text, item.document.published)
    return value is not None and isinstance(value.what, Amount)


def _days(sources: Sources) -> str:
    """Say which articles the filter leaves: " (published from 1 January 2019)"."""
    bounds = sources.filter
    said = [f"from {' and '.join(bounds.sources)}"] if bounds.sources else []
    if bounds.after and bounds.before:
        said.append(f"published from {day_in_words(bounds.after)} to {day_in_words(bounds.before)}")
    elif bounds.after or bounds.before:
        day = bounds.after or bounds.before
        said.append(f"published {'from' if bounds.after else 'up to'} {day_in_words(day)}")
    if (bounds.after or bounds.before) and (left := sources.store.count_undated(bounds)):
        said.append(f"{left:,} undated left out")
    return f" ({', '.join(said)})" if said else ""
