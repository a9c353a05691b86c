"""Sets what the articles say of each side of a question beside what they say of the others.

Each side is asked about alone, and its sentences are those that the reader finds likely and that
speak of it. Which sides there are is read by `rag.answer.accounts.sides`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from index.types import Document, Hit
from rag.answer.accounts.account import Account, Point
from rag.answer.accounts.blocks import Block, block_at, in_lines
from rag.answer.accounts.sides import Side, names_side, sides_of, speaks_of
from rag.answer.evidence import Sources
from rag.answer.refuse import probability, thresholds
from rag.english.dates import When
from rag.english.numbers import Amount
from rag.english.sentences import is_sentence
from rag.english.values import read_value
from rag.types import Evidence, Question

__all__ = ["compare_sides"]

_PASSAGES = 6
"""Passages that are read for a side: two sides take as long as one question of twelve."""
_POINTS = 3
"""Sentences that are told of a side: columns of more are no longer seen beside each other."""
_MARGIN = 6.0
"""How far below the best sentence of its side one may lie. Of one statement the reader marks the
first part with 8 and the rest with 3 or more; what belongs to another matter lies below 0."""
_SHORT_WORDS = 4
"""Words up to which a sentence is told with the one that follows: "Paraguay went furthest."."""

_CELLS = " | "
_DID_SO = re.compile(r"\b(?:do|does|did|done) (?:so|not[,.])")
"""What stands for the words of the sentence before."""


def compare_sides(question: Question, sources: Sources) -> Account | None:
    """Return what the articles say of each side that the question names.

    A side of which they say nothing is named in the lead. None where the question names no two,
    or the articles speak of none.

    Args:
        question: what is asked.
        sources: the articles.
    """
    sides = sides_of(question.asked, sources)
    if not sides:
        return None
    read: list[tuple[Side, list[Evidence]]] = []
    documents: dict[str, Document] = {}
    texts: set[str] = set()
    for side in sides:
        others = [other for other in sides if other is not side]
        hits = _find(side, sources)
        texts |= {hit.chunk.text for hit in hits}
        documents |= {hit.document.id: hit.document for hit in hits}
        if side.broad:
            read.append((side, _naming(side, hits, sources)))
            continue
        found = [item for item in sources.read(side.question, hits) if is_sentence(item.text)]
        read.append((side, [item for item in found if speaks_of(item, side, others, sources)]))
    told = [
        (side, [_understandable(item, side, sources) for item in _best(side, found, read)])
        for side, found in read
    ]
    points = [Point(item, heading=side.heading) for side, found in told for item in found]
    named = {side.name for side in sides if any(names_side(text, side) for text in texts)}
    lead = _lead(told, named)
    if table := _table_of(sides, documents.values(), sources):
        heads = [cell for cell in table.heading.split("|") if cell.strip()]
        rows = [Point(row, heading=table.heading) for row in table.items if "|" in row.text]
        points = [*rows, *points]
        lead = f"A table has {_joined([head.strip() for head in heads])} beside each other:"
    if not points:
        return None
    return Account(lead, tuple(points))


def _find(side: Side, sources: Sources) -> list[Hit]:
    """Search for passages on a side, best first."""
    asked = side.question
    if side.source:
        return sources.within(replace(sources.filter, sources=(side.name,))).find(asked, _PASSAGES)
    year = side.year
    if not year or sources.filter.after or sources.filter.before:
        return sources.find(asked, _PASSAGES)
    bounds = replace(sources.filter, after=date(year, 1, 1), before=date(year, 12, 31))
    hits = sources.within(bounds).find(asked, _PASSAGES)
    # An older or a newer article may speak of the year too.
    seen = {hit.chunk.id for hit in hits}
    more = [hit for hit in sources.find(asked, _PASSAGES) if hit.chunk.id not in seen]
    return [*hits, *more][:_PASSAGES]


def _naming(side: Side, hits: Sequence[Hit], sources: Sources) -> list[Evidence]:
    """Return the sentences of passages that name a side, in the order of the passages.

    Where no more is asked than what is said about it, there is nothing to be read for.
    """
    found = []
    for hit in hits:
        for line in in_lines(sources.passage(hit)):
            if is_sentence(line.text) and _CELLS not in line.text and names_side(line.text, side):
                found.append(line)
    return found


def _table_of(
    sides: Sequence[Side], documents: Iterable[Document], sources: Sources
) -> Block | None:
    """Return the first table of articles whose columns are the sides."""
    if any(side.source for side in sides):
        return None
    for document in documents:
        lines = in_lines(sources.sentences(document))
        for line in lines:
            if _CELLS not in line.text:
                continue
            block = block_at(line, lines)
            if block and block.table and block.start == line.start:
                cells = line.text.split("|")
                if all(any(names_side(cell, side) for cell in cells) for side in sides):
                    return block
    return None


def _best(
    side: Side, found: Sequence[Evidence], read: Sequence[tuple[Side, list[Evidence]]]
) -> list[Evidence]:
    """Return the sentences of a side that are told, likeliest first.

    One that another side claims too is told where it answers best.
    """
    scores: dict[tuple[str, int], float] = {}
    for _, items in read:
        for item in items:
            place = (item.document.id, item.start)
            scores[place] = max(item.score, scores.get(place, item.score))
    if side.broad:
        before = {place for other, items in read for place in _places(items) if other is not side}
        # Of what speaks of both sides nothing is told of one.
        alone = [item for item in found if (item.document.id, item.start) not in before]
        return list(alone or found)[:_POINTS]
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


def _places(items: Sequence[Evidence]) -> list[tuple[str, int]]:
    return [(item.document.id, item.start) for item in items]


def _understandable(item: Evidence, side: Side, sources: Sources) -> Evidence:
    """Return a sentence with the one before it or after it where it says too little alone."""
    if _DID_SO.search(item.text) and (before := sources.before(item)):
        return replace(item, context_start=before.start)
    leans = item.context_start < item.start
    if len(item.text.split()) > _SHORT_WORDS or leans or side.broad:
        return item
    following = sources.after(item)
    return replace(item, end=following.end) if following else item


def _in_reading_order(kept: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences, those of one article in its order."""
    articles = list(dict.fromkeys(item.document.id for item in kept))
    return sorted(kept, key=lambda item: (articles.index(item.document.id), item.start))


def _lead(told: Sequence[tuple[Side, list[Evidence]]], named: AbstractSet[str]) -> str:
    """Return the line above: which sides are told, whose figures differ, which are missing.

    Args:
        told: what is told of each side.
        named: the sides that the passages name, whether or not they answer.
    """
    present = [side.name for side, found in told if found]
    silent = [side.name for side, found in told if not found and side.name not in named]
    unclear = [side.name for side, found in told if not found and side.name in named]
    by_source = any(side.source for side, _ in told)
    lead = f"What the articles say of {_joined(present)}"
    if by_source:
        lead = f"What {_joined(present)} {'say' if len(present) > 1 else 'says'}"
    if unclear or (silent and by_source):
        lead += f"; {'in' if by_source else 'of'} {_joined(unclear + silent)} no answer was found"
    elif silent:
        lead += f"; of {_joined(silent)} they do not say"
    lead += ":"
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
