"""Sets what the articles say of each side of a question beside what they say of the others.

Each side is asked about alone, and its sentences are those that the reader finds likely and that
speak of it. Which sides there are is read by `rag.english.sides`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.answer.accounts.account import Account, Point
from rag.answer.evidence import Sources
from rag.answer.refuse import probability, thresholds
from rag.english.dates import When
from rag.english.names import names, same_name
from rag.english.numbers import Amount, numbers
from rag.english.sides import Asked, sides_asked
from rag.english.values import read_value
from rag.english.vocabulary import FUNCTION_WORDS, fold, words
from rag.types import Coverage, Evidence, Question

__all__ = ["compare_sides"]

_PASSAGES = 6
"""Passages that are read for a side: two sides take as long as one question of twelve."""
_POINTS = 3
"""Sentences that are told of a side: columns of more are no longer seen beside each other."""
_MARGIN = 6.0
"""How far below the best sentence of its side one may lie. Of one statement the reader marks the
first part with 8 and the rest with 3 or more; what belongs to another matter lies below 0."""


_FEWEST_WORDS = 8
"""Words from which a line without a full stop may be a sentence, and no heading."""
_SHORT_WORDS = 5
"""Words up to which a sentence is told with the one that follows: "Paraguay went furthest."."""

_DID_SO = re.compile(r"\b(?:do|does|did|done) (?:so|not[,.])")
"""What stands for the words of the sentence before."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A side of the comparison, where it is looked for, and what it is asked."""

    asked: Asked
    named: frozenset[str]
    """The folded words of its name; those of a year or a source are looked for elsewhere."""
    source: str = ""
    """The source that it is."""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.source or f"{self.asked.side[:1].upper()}{self.asked.side[1:]}"


def compare_sides(question: Question, sources: Sources) -> Account | None:
    """Return what the articles say of each side that the question names.

    A side of which they say nothing is named in the lead. None where the question names no two,
    or the articles speak of none.

    Args:
        question: what is asked.
        sources: the articles.
    """
    sides = _sides(sides_asked(question.asked), sources)
    read: list[tuple[_Side, list[Evidence]]] = []
    passages = 0
    for side in sides:
        others = [other for other in sides if other is not side]
        looked_at, found = _look(side, sources)
        passages += looked_at
        read.append((side, [item for item in found if _speaks_of(item, side, others, sources)]))
    told = [
        (side, [_understandable(item, sources) for item in _best(found, read)])
        for side, found in read
    ]
    if not any(found for _, found in told):
        return None
    points = tuple(Point(item, heading=side.heading) for side, found in told for item in found)
    articles = sources.store.counts().documents
    return Account(_lead(told), points, Coverage(articles=articles, passages=passages))


def _sides(asked: Sequence[Asked], sources: Sources) -> list[_Side]:
    """Return the sides, as sources where each of them is the name of one in the library."""
    known = [name for name in sources.store.sources() if name]
    matched = [_source(one.side, known) for one in asked]
    if all(matched):
        return [
            _Side(replace(one, question=_of_source(one)), frozenset(), source)
            for one, source in zip(asked, matched)
        ]
    return [_Side(one, _telling(one.side)) for one in asked]


def _source(side: str, known: Sequence[str]) -> str:
    """Return the one source whose name is or holds the side's words; "" where none or several."""
    wanted = _telling(side)
    whole = [name for name in known if _telling(name) == wanted]
    held = [name for name in known if wanted and wanted <= _telling(name)]
    address = ["".join(words(side)) in fold(name).split(".") for name in known]  # www.cnn.com
    found = whole or held or [name for name, same in zip(known, address) if same]
    return found[0] if len(found) == 1 else ""


def _of_source(asked: Asked) -> str:
    """Return what to ask of a source's own articles, which do not speak of it."""
    if not asked.topic:
        return asked.question
    known = asked.topic.casefold().startswith(("the number", "the amount", "how "))
    return f"What is {asked.topic}?" if known else f"What is said about {asked.topic}?"


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if word not in FUNCTION_WORDS)


def _look(side: _Side, sources: Sources) -> tuple[int, list[Evidence]]:
    """Return how many passages were read for a side, and what the reader found, likeliest first."""
    asked = side.asked.question
    within, year = sources, side.asked.year
    if side.source:
        within = sources.within(replace(sources.filter, sources=(side.source,)))
    elif year and not (sources.filter.after or sources.filter.before):
        first, last = date(year, 1, 1), date(year, 12, 31)
        within = sources.within(replace(sources.filter, after=first, before=last))
    hits = within.find(asked, _PASSAGES)
    if within is not sources and not side.source:
        # An older or a newer article may speak of the year too.
        seen = {hit.chunk.id for hit in hits}
        more = [hit for hit in sources.find(asked, _PASSAGES) if hit.chunk.id not in seen]
        hits = [*hits, *more][:_PASSAGES]
    return len(hits), [item for item in within.read(asked, hits) if _is_told(item)]


def _is_told(item: Evidence) -> bool:
    """Say whether a sentence is one; the line above a section has no full stop."""
    return len(item.text.split()) >= _FEWEST_WORDS or item.text.rstrip()[-1:] in ".!?…\"”'’)"


def _speaks_of(item: Evidence, side: _Side, others: Sequence[_Side], sources: Sources) -> bool:
    """Say whether a sentence speaks of a side.

    By its own words; where these name no side, by those of the sentence before it, else by the
    title and the author of its article.
    """
    if side.source:
        return True
    if year := side.asked.year:
        said = {int(number) for number in numbers(item.text)}
        years = {other.asked.year for other in others} & said
        day = item.document.published
        return year in said or (not years and day is not None and day.year == year)
    if named := [one for one in (side, *others) if _names(item.text, one)]:
        return side in named
    before = _before(item, sources)
    leans = item.context_start < item.start or _share_a_name(item.text, before)
    document = item.document
    for text in (before if leans else "", f"{document.title}\n{document.author or ''}"):
        if named := [one for one in (side, *others) if _names(text, one)]:
            return named == [side]
    return False


def _before(item: Evidence, sources: Sources) -> str:
    """Return the sentence before one."""
    earlier = [one for one in sources.sentences(item.document) if one.end <= item.start]
    return earlier[-1].text if earlier else ""


def _share_a_name(text: str, before: str) -> bool:
    # "Councillor" at the head of two sentences is no name.
    said, earlier = ({n.word for n in names(one) if not n.opening} for one in (text, before))
    named = {n.word for n in names(text)} & earlier | said & {n.word for n in names(before)}
    return bool(named)


def _names(text: str, side: _Side) -> bool:
    """Say whether a text holds each word of a side's name, or, of a person's, the last of them."""
    said = {part for word in words(text) for part in word.split("-")}
    return all(
        any(word == other or same_name(word, other) for other in said) for word in side.named
    )


def _best(
    found: Sequence[Evidence], read: Sequence[tuple[_Side, list[Evidence]]]
) -> list[Evidence]:
    """Return the sentences of a side that are told, likeliest first.

    One that another side claims too is told where it answers best.
    """
    scores: dict[tuple[str, int], float] = {}
    for _, items in read:
        for item in items:
            place = (item.document.id, item.start)
            scores[place] = max(item.score, scores.get(place, item.score))
    own = [item for item in found if item.score == scores[item.document.id, item.start]]
    least = thresholds()
    likely = [item for item in own if probability(item.score) >= least["balanced"]]
    # What speaks of the side is told where nothing better does, before it is called missing.
    likely = likely or [item for item in own[:1] if probability(item.score) >= least["lenient"]]
    kept: list[Evidence] = []
    for item in likely:
        fresh = all(item.text.casefold() != other.text.casefold() for other in kept)
        if fresh and item.score >= likely[0].score - _MARGIN:
            kept.append(item)
    return _in_reading_order(kept[:_POINTS])


def _understandable(item: Evidence, sources: Sources) -> Evidence:
    """Return a sentence with the one before it or after it where it says too little alone."""
    if _DID_SO.search(item.text) and (before := _before(item, sources)):
        return replace(item, context_start=item.document.text.rindex(before, 0, item.start))
    if len(item.text.split()) > _SHORT_WORDS:
        return item
    later = [one for one in sources.sentences(item.document) if one.start >= item.end]
    return replace(item, end=later[0].end) if later else item


def _in_reading_order(kept: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences, those of one article in its order."""
    articles = list(dict.fromkeys(item.document.id for item in kept))
    return sorted(kept, key=lambda item: (articles.index(item.document.id), item.start))


def _lead(told: Sequence[tuple[_Side, list[Evidence]]]) -> str:
    """Return the line above: which sides are told, whose figures differ, which are missing."""
    present = [side.source or side.asked.side for side, found in told if found]
    absent = [side.source or side.asked.side for side, found in told if not found]
    if any(side.source for side, _ in told):
        lead = f"What {_joined(present)} {'say' if len(present) > 1 else 'says'}"
        missing = f"; {_joined(absent)} {'do' if len(absent) > 1 else 'does'} not say"
    else:
        lead = f"What the articles say of {_joined(present)}"
        missing = f"; of {_joined(absent)} they do not say"
    lead = f"{lead}{missing if absent else ''}:"
    values = [_value(found[0]) for _, found in told if found]
    if len(values) == len(told) and _differ([what for what, _ in values]):
        lead = f"They differ: {_joined([text for _, text in values], 'against')}. {lead}"
    return lead


def _value(item: Evidence) -> tuple[Amount | When | None, str]:
    """Return the figure or the day that a sentence gives as its answer, and its words."""
    value = read_value(item.answer, item.text, item.document.published)
    what = value.what if value else None
    return (what, item.answer) if isinstance(what, Amount | When) else (None, "")


def _differ(values: Sequence[Amount | When | None]) -> bool:
    """Say whether all are figures of one unit, or all are days, and no two may be the same."""
    pairs = itertools.combinations(values, 2)
    return len(values) > 1 and all(_apart(one, other) for one, other in pairs)


def _apart(one: Amount | When | None, other: Amount | When | None) -> bool:
    if isinstance(one, Amount) and isinstance(other, Amount):
        return one.comparable(other) and not one.agrees(other)
    if isinstance(one, When) and isinstance(other, When):
        return one.comparable(other) and not one.agrees(other)
    return False


def _joined(parts: Sequence[str], last: str = "and") -> str:
    first = ", ".join(parts[:-1])
    return f"{first} {last} {parts[-1]}" if first else "".join(parts)
