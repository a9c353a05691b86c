"""Sets what the articles say of each side of a question beside what they say of the others.

Each side is asked about alone, and its sentences are those that the reader finds likely and that
speak of it, and then those that name it and what is asked. Which sides there are is read by
`rag.answer.accounts.sides`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from index.types import Document, Hit
from rag.answer.accounts.articles_compared import compare_articles, like_another
from rag.answer.accounts.blocks import Block, block_at
from rag.answer.accounts.sides import Side, names_side, sides_asked, speaks_of
from rag.answer.accounts.subject import nearness, share_held, subject_asked, told_of
from rag.answer.accounts.telling import Account, Point, choose, tells
from rag.answer.articles_meant import HOST, called
from rag.answer.evidence import CELLS, Sources
from rag.answer.refuse import probability, thresholds
from rag.english.dates import When
from rag.english.numbers import Amount
from rag.english.values import Value, read_value
from rag.english.vocabulary import FUNCTION_WORDS, words
from rag.types import Evidence, Question

__all__ = ["compare_sides"]

_PASSAGES = 6
"""Passages that are read for a side: two sides take as long as one question of twelve."""
_OF_THEN = 4
"""Of these, passages of articles of the time that a side is: without them a month that others
look back on is told by these alone (bench/RESULTS.md, "Accounts")."""
_AFTER = timedelta(days=31)
"""How long after it articles still tell of it: prices of a month are published in the next."""
_POINTS = 4
"""Sentences that are told of a side: columns of more are no longer seen beside each other, and 3
leave out points (bench/RESULTS.md, "Accounts")."""
_LOOKED_AT = 12
"""Sentences of a side among which these are looked for."""
_LEAST_SHARE = 0.5
"""Share of the words of what is asked about of which a sentence holds more, if it names that."""


def compare_sides(question: Question, sources: Sources) -> Account | None:
    """Return what the articles say of each side that the question names.

    A side of which they say nothing is named in the lead. Where the question names no two sides,
    they are the articles. None where the articles speak of none.

    Args:
        question: what is asked.
        sources: the articles.
    """
    sides = _sides_of(question.asked, sources)
    if not sides:
        return compare_articles(question, sources)
    documents: dict[str, Document] = {}
    answering: list[list[Evidence]] = []
    naming: list[list[Evidence]] = []
    for side in sides:
        hits = _find(side, sources)
        documents |= {hit.document.id: hit.document for hit in hits}
        found = [] if side.broad else _answering(side, sides, hits, sources)
        answering.append(found)
        naming.append(_naming(side, sides, hits, sources) if len(found) < _POINTS else [])
    told: list[tuple[Side, list[Evidence]]] = []
    for side, found, others in zip(sides, answering, _most_alike(naming, question, sources)):
        found = found + others
        before = [item for _, some in told for item in some]
        found = [one for one in found if not any(_again(one, item) for item in before)] or found
        told.append((side, _distinct(found, sources)))
    points = [Point(item, heading=side.heading) for side, found in told for item in found]
    lead = _lead(told)
    if table := _table_of(sides, documents.values(), sources):
        heads = [cell for cell in table.heading.split("|") if cell.strip()]
        rows = [Point(row, heading=table.heading) for row in table.items if "|" in row.text]
        points = [*rows, *points]
        lead = f"A table has {_joined([head.strip() for head in heads])} beside each other:"
    if not points:
        return None
    return Account(lead, tuple(points))


def _sides_of(question: str, sources: Sources) -> list[Side]:
    """Return the sides, as sources where each of them is the name of one in the library.

    One that is an address is called as the question calls it.
    """
    asked = sides_asked(question)
    known = [name for name in sources.store.sources() if name]
    matched = [_source(side.name, known) for side in asked]
    if not all(matched):
        return list(asked)
    return [
        replace(
            side,
            name=name,
            called=side.name if HOST.search(name) else "",
            # Its own articles do not speak of it.
            question=f"What is said about {side.topic}?" if side.topic else side.question,
            source=True,
            broad=False,
        )
        for side, name in zip(asked, matched)
    ]


def _source(side: str, known: Sequence[str]) -> str:
    """Return the one source whose name is or holds the side's words; "" where none or several."""
    wanted = words(side)
    whole = [name for name in known if called(name) == called(side)]
    # "The Post" is the Lund Post; Lund is a town.
    held = [
        name
        for name in known
        if wanted[-1:] == words(name)[-1:] and set(wanted) - FUNCTION_WORDS <= set(words(name))
    ]
    found = whole or held
    return found[0] if len(found) == 1 else ""


def _find(side: Side, sources: Sources) -> list[Hit]:
    """Search for passages on a side, best first."""
    chosen = sources.filter
    if side.source:
        sources = sources.within(replace(chosen, sources=(side.name,)))
    hits = sources.find(side.question, _PASSAGES)
    if side.days:
        first, last = side.days[0], side.days[1] + _AFTER
        first, last = max(first, chosen.after or first), min(last, chosen.before or last)
        of_then = replace(chosen, after=first, before=last, undated=False)
        near = sources.within(of_then).find(side.question, _OF_THEN)
        hits = list({(hit.document.id, hit.chunk.start): hit for hit in [*near, *hits]}.values())
    return hits[:_PASSAGES]


def _answering(
    side: Side, sides: Sequence[Side], hits: Sequence[Hit], sources: Sources
) -> list[Evidence]:
    """Return the sentences that likely answer what is asked of a side and speak of it.

    Those that name what it is asked about come first, and of these those that name the side.
    """
    best = [
        item
        for item in sources.read(side.question, hits)
        if probability(item, side.question) >= thresholds()["balanced"]
        and speaks_of(item, side, sides)
    ]
    return sorted(
        best,
        key=lambda item: (
            share_held(side.topic, item.told) <= _LEAST_SHARE,
            not names_side(item.text, side, item.document.text),
            -item.score,
        ),
    )


def _naming(
    side: Side, sides: Sequence[Side], hits: Sequence[Hit], sources: Sources
) -> list[Evidence]:
    """Return the sentences of passages that speak of a side, and of what is asked of it.

    Where no more is asked than what is said about it, there is nothing to be read for, and of a
    year only whether an article is on what is asked.
    """
    about = "" if side.source else subject_asked(side.question.replace(side.name, " "))
    if about and side.days:
        # Of a year any article is: "the decision of 2023" is told by those on it.
        hits = [hit for hit in hits if _is_on(about, hit.document)]
    lines = [line for hit in hits for line in sources.passage(hit) if tells(line)]
    lines = [line for line in lines if speaks_of(line, side, sides)]
    if side.source:
        lines = told_of(side.topic, lines) if side.topic else lines
    elif about and not (side.broad or side.days):
        lines = [line for line in lines if share_held(about, line.told) > _LEAST_SHARE]
    return list({(line.document.id, line.start): line for line in lines}.values())


def _is_on(about: str, document: Document) -> bool:
    return share_held(about, f"{document.title} {document.text}") >= _LEAST_SHARE


def _most_alike(
    groups: Sequence[Sequence[Evidence]], question: Question, sources: Sources
) -> list[list[Evidence]]:
    """Return the sentences of each side, first those near to the question and like one of another.

    Like it without saying the same: what belongs together is told of each.
    """
    items = [item for group in groups for item in group]
    if not items:
        return [[] for _ in groups]
    sides = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    near, vectors = nearness(question.text, items, sources.embedder)
    worth = near + like_another(sides, items, vectors @ vectors.T)
    order = np.argsort(-worth, kind="stable")
    return [[items[place] for place in order if sides[place] == n] for n in range(len(groups))]


def _again(one: Evidence, other: Evidence) -> bool:
    """Say whether a sentence is told once more, and not for another answer that it holds.

    "By 5 per cent in Lund and by 9 per cent in Calder" answers for each.
    """
    whole = one.answer_start == one.answer_end
    same = (one.document.id, one.start) == (other.document.id, other.start)
    return same and (whole or one.answer_start == other.answer_start)


def _distinct(found: Sequence[Evidence], sources: Sources) -> list[Evidence]:
    """Return the first few sentences of which none repeats one before it."""
    found = found[:_LOOKED_AT]
    if len(found) < 2:
        return list(found)
    vectors = sources.embedder.embed([item.text for item in found])
    chosen = choose(found, vectors, -np.arange(len(found)), _POINTS)
    return [found[place] for place in chosen]


def _table_of(
    sides: Sequence[Side], documents: Iterable[Document], sources: Sources
) -> Block | None:
    """Return the first table of articles whose columns are the sides."""
    if any(side.source for side in sides):
        return None
    for document in documents:
        lines = sources.sentences(document)
        for line in lines:
            if CELLS not in line.text:
                continue
            block = block_at(line, lines)
            if block and block.table and block.start == line.start:
                cells = line.text.split("|")
                if all(any(names_side(cell, side) for cell in cells) for side in sides):
                    return block
    return None


def _lead(told: Sequence[tuple[Side, list[Evidence]]]) -> str:
    """Return the line above: which sides are told, whose figures differ, which are missing."""
    present = [side.called or side.name for side, found in told if found]
    missing = [side.called or side.name for side, found in told if not found]
    by_source = any(side.source for side, _ in told)
    lead = f"What the articles say of {_joined(present)}"
    if by_source:
        lead = f"What {_joined(present)} {'say' if len(present) > 1 else 'says'}"
    if missing:
        lead += f"; {'in' if by_source else 'of'} {_joined(missing)} no answer was found"
    lead += ":"
    first = [found[0] for _, found in told if found]
    values = [read_value(one.answer, one.text, one.document.published) for one in first]
    if len(first) == len(told) and _differ(values):
        lead = f"They differ: {_joined([one.answer for one in first], 'against')}. {lead}"
    return lead


def _differ(values: Sequence[Value | None]) -> bool:
    """Say whether all are figures of one unit, or all are days, and no two may be the same."""
    return len(values) > 1 and all(
        one is not None
        and other is not None
        and isinstance(one.what, Amount | When)
        and one.differs(other)
        for one, other in itertools.combinations(values, 2)
    )


def _joined(parts: Sequence[str], last: str = "and") -> str:
    first = ", ".join(parts[:-1])
    return f"{first} {last} {parts[-1]}" if first else "".join(parts)
