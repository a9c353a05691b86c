"""Lists what answers a question: each name or thing once, with all the sentences that give it.

Counts them too, which is a bound. A sentence belongs where the reader finds it likely. What blocks
there are is read by `rag.answer.accounts.blocks`; articles are told by
`rag.answer.accounts.articles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.accounts.articles import articles_asked, tell_articles
from rag.answer.accounts.blocks import Block, block_at
from rag.answer.accounts.telling import Account, Point
from rag.answer.evidence import Sources
from rag.answer.question import names_nobody
from rag.answer.refuse import probability, thresholds
from rag.english.numbers import Amount, numbers
from rag.english.questions import ASKS, AUXILIARY
from rag.english.sentences import negations
from rag.english.values import Named, read_value
from rag.english.vocabulary import content_stems, fold
from rag.types import Evidence, Question, counted

__all__ = ["count", "list_answers"]

_PASSAGES = 8
"""Passages that are read: of 16, twice as slow, no more right items came on three sets."""
_OF_BEST = 0.45
_BELOW = 2.0
"""Share of the best score from which a sentence is an item beside it, or how far below it: few
score high where many share an article (bench/RESULTS.md, "Accounts")."""
_DENIED = re.compile(rf"\s+{AUXILIARY}(?:n[’']t|\s+(?:not|never))\b")
_WORD = re.compile(r"\w")
_MOST = 16
"""Sentences that may be items, likeliest first."""
_ALSO = 3
"""Further sentences that are cited for one item."""
_SURE = 3.0
"""Score of the reader from which a sentence gives the number, which then is a fact to be told."""
_NAMES_ASKED = re.compile(r"\b(?:different|distinct|named|mentioned|listed)\b", re.IGNORECASE)
"""What asks for a count of the names, whatever number an article gives."""
_THINGS = re.compile(
    r"(?:how many|count|number of)(?: (?:of|the|all|different|distinct|other))* ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _FoundList:
    """A list that the articles give."""

    points: tuple[Point, ...]
    items: int
    """How many things are named, of which one point may name several."""
    articles: int
    """In how many articles."""
    complete: bool
    """Whether these are all there are."""


def list_answers(question: Question, sources: Sources) -> Account | None:
    """Return what answers a question, each thing or article once; None where nothing likely does.

    Args:
        question: what is asked, as a question or as "List the ...".
        sources: the articles.
    """
    asked = articles_asked(question)
    if asked is not None and (account := tell_articles(asked, question, sources)):
        return account
    listed = _find_list(question, sources)
    if listed is None:
        return None
    if listed.complete:
        lead = f"The articles name {listed.items}:"
    else:
        lead = f"The articles name at least {listed.items}; {_passages_read(sources)}:"
    return Account(lead, listed.points, listed.complete)


def count(question: Question, sources: Sources) -> Account | None:
    """Return what was counted, and the newest of it.

    None where the articles name no such things, or where one of them gives the number: it is a
    fact like others.

    Args:
        question: what is asked.
        sources: the articles.
    """
    if (texts := articles_asked(question)) is not None:
        return tell_articles(texts, question, sources)
    asked = " ".join(question.asked.split()).rstrip("?.! ")
    found = _THINGS.search(asked)
    if found is None:
        return None
    if not _NAMES_ASKED.search(asked):
        stated = sources.read(question.asked, sources.find(question.text, _PASSAGES))
        if any(item.score >= _SURE and _gives_number(item) for item in stated):
            return None
    what = asked[found.end() :]
    which = f"Which {what}?"
    listed = _find_list(replace(question, text=which, asked=which), sources)
    if listed is None:
        return None
    lead = f"{listed.items}" if listed.complete else f"At least {listed.items}"
    if listed.items > 1:
        lead += " " + re.split(rf",|\s+(?:{ASKS.pattern}|that\b)", what, flags=re.IGNORECASE)[0]
    lead += f", counted by the names in {counted(listed.articles, 'article')}"
    if not listed.complete:
        lead += f"; {_passages_read(sources)}"
    return Account(f"{lead}:", listed.points, listed.complete)


def _gives_number(item: Evidence) -> bool:
    value = read_value(item.answer, item.text, item.document.published)
    return value is not None and isinstance(value.what, Amount)


def _passages_read(sources: Sources) -> str:
    """Say how much was read of how much."""
    read = sources.coverage
    return f"the {read.passages} nearest passages of {read.articles:,} articles were read"


def _find_list(question: Question, sources: Sources) -> _FoundList | None:
    """Return the list that the articles give; None where nothing likely does."""
    hits = sources.find(question.text, _PASSAGES)
    read = sources.read(question.asked, hits, whole=True)
    if not read or probability(read[0], question.asked) < thresholds()["balanced"]:
        return None
    if names_nobody(question.asked, sources.store):
        return None
    least = min(_OF_BEST * read[0].score, read[0].score - _BELOW)
    likely = [item for item in read if item.score >= least and _WORD.search(item.answer)]
    # "Which were built in 1990?": where a sentence has the number, those without it are no items.
    asked = numbers(question.asked)
    likely = [item for item in likely if asked <= numbers(item.text)] or likely
    if _NAMES_ASKED.search(question.asked):
        likely = [item for item in likely if any(map(_named, _things(item)))] or likely
    points = _distinct(_items(likely[:_MOST], question.asked, sources))
    if not points:
        return None
    told: list[str] = []
    for name in (name for point in points for name in _things(point.evidence)):
        if not _known(name, told):
            told.append(name)
    cited = {item.document.id for point in points for item in (point.evidence, *point.also)}
    return _FoundList(tuple(points), len(told), len(cited), complete=len(hits) < _PASSAGES)


def _items(likely: Sequence[Evidence], asked: str, sources: Sources) -> list[Point]:
    """Return the sentences that are items, likeliest first, those of a block together."""
    single: dict[tuple[str, int], tuple[Evidence, Block | None]] = {}
    for item in likely:
        lines = sources.sentences(item.document)
        for sentence in _sentences_of(item, lines):
            place = (sentence.document.id, sentence.start)
            single.setdefault(place, (sentence, block_at(sentence, lines)))
    whole: dict[tuple[str, int], list[Point]] = {}
    points: list[Point] = []
    for item, block in single.values():
        if block is None:
            points += [] if _denies(item, asked) else [Point(item)]
        elif answering := block.answering(asked):
            place = (item.document.id, block.start)
            whole[place] = [Point(one, heading=block.heading) for one in answering]
        else:
            rows = [one for one in block.items if one.end == item.end]
            points += [Point(row, heading=block.heading) for row in rows]
    # An article's own list leaves little out, and of sentences beside it many are of another
    # matter that counts the same things.
    if whole:
        return [point for block_points in whole.values() for point in block_points]
    # What stands under no head comes first, or it would seem to stand under the one before.
    return sorted(points, key=lambda point: bool(point.heading))


def _sentences_of(item: Evidence, lines: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences and the rows that a span lies in."""
    inside = [one for one in lines if one.start < item.answer_end and item.answer_start < one.end]
    if len(inside) == 1 and inside[0].start == item.start and inside[0].end == item.end:
        return [item]
    return inside


def _denies(item: Evidence, asked: str) -> bool:
    """Say whether a sentence denies what is asked: Mexico "did not sign", and is none that did.

    So does what it says of the very words that would answer: the United States "is not a member".
    """
    denied = {stem for group in negations(item.text) for stem in group}
    of_it = _DENIED.match(item.document.text, item.answer_end, item.end) is not None
    return not negations(asked) and (of_it or not denied.isdisjoint(content_stems(asked)))


def _distinct(points: Sequence[Point]) -> list[Point]:
    """Return each thing once, with the other sentences that give it."""
    kept: list[Point] = []
    for point in points:
        item, things = point.evidence, _things(point.evidence)
        for place, other in enumerate(kept):
            if all(_known(thing, _things(other.evidence)) for thing in things):
                articles = {one.document.id for one in (other.evidence, *other.also)}
                if len(other.also) < _ALSO and item.document.id not in articles:
                    kept[place] = replace(other, also=(*other.also, item))
                break
        else:
            known = [thing for other in kept for thing in _things(other.evidence)]
            if not all(_known(thing, known) for thing in things):
                kept.append(point)
    return kept


def _things(item: Evidence) -> list[str]:
    """Return what a span names: the parts of an enumeration of names, else the whole."""
    answer = " ".join((item.answer or item.text).split())
    last = r", (?:and|or) " if re.search(r", (?:and|or) ", answer) else r",? and "
    parts = [part for part in re.split(rf"{last}|, ", answer) if part]
    names = all(_bare(part)[:1].isupper() for part in parts)
    return parts if names else [answer]


def _known(one: str, told: Sequence[str]) -> bool:
    """Say whether one of the words or names told is the same thing: "Sunak" and "Rishi Sunak"."""
    name = _named(one)
    for other in told:
        if fold(_bare(one)) == fold(_bare(other)):
            return True
        if name and (known := _named(other)) and name.agrees(known):
            return True
    return False


def _named(text: str) -> Named | None:
    value = read_value(text, text)
    return value.what if value and isinstance(value.what, Named) else None


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", text, flags=re.IGNORECASE).strip(".,;:")
