"""Lists what answers a question: each name or thing once, with all the sentences that give it.

A sentence belongs where the reader finds it likely in its passage and alone, since beside one
that answers others score high too. What blocks there are is read by `rag.answer.accounts.blocks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.accounts.account import Account, Point
from rag.answer.accounts.blocks import Block, block_at, in_lines
from rag.answer.evidence import Sources
from rag.english.names import names
from rag.english.negations import negations
from rag.english.numbers import Amount
from rag.english.sentences import is_sentence
from rag.english.values import Named, read_value
from rag.english.vocabulary import content_stems, fold, words
from rag.types import Evidence, Question

__all__ = ["Listed", "find_list", "list_answers", "passages_read"]

_PASSAGES, _BATCH = 16, 8
"""Passages that the search finds, and that are read at a time; the next are read only where one
of these has a sentence that may be an item. Of eight lists over 35 articles of news,
read to the 24th passage, none had a right item beyond the sixteenth."""
_LIKELY = 1.0
"""Score in its passage, and alone, below which a sentence is no item."""
_LEAST = 3.0
"""Mean of both scores from which a sentence is one. Of 17 questions over samples, tables, and news,
25 of the 31 sentences with a name above it were right, and most of those from 1 to 3 were not."""
_REREAD = 16
"""Sentences that are read alone, likeliest first."""
_ALSO = 3
"""Further sentences that are cited for one item."""
_LONGEST_NAME = 8
"""Words of an item of an enumeration."""
_IMPERATIVE = re.compile(
    r"^(?:please |can you |could you )*(?:list|name|enumerate|give(?: me)?|show(?: me)?|tell me)"
    r"(?: a list of| (?:all|each|every)(?: of)?)? (?P<rest>.+)$",
    re.IGNORECASE,
)
_WHO_DO = re.compile(
    r"(?:all )?the (?P<things>(?:[\w-]+ )?[\w-]+) (?:that|which|who) "
    r"(?P<rest>(?!the |an? |it |he |she |they |we |[A-Z]).+)$"
)
_NAMING = content_stems("named mentioned listed different articles").keys()
"""Stems of a question that no sentence has to hold."""
_HOW_MANY = re.compile(
    r"(?:the )?how (?:many|much)|amounts?|numbers?|figures?|sums?|prices?|dates?|years?|when|days?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that the articles give."""

    points: tuple[Point, ...]
    items: int
    """How many things are named, of which one point may name several."""
    articles: int
    """In how many articles."""
    complete: bool
    """Whether these are all there are."""


def list_answers(question: Question, sources: Sources) -> Account | None:
    """Return what answers a question, each thing once; None where nothing likely does.

    Args:
        question: what is asked, as a question or as "List the ...".
        sources: the articles.
    """
    listed = find_list(question, sources)
    if listed is None:
        return None
    if listed.complete:
        lead = f"The articles name {listed.items}:"
    else:
        lead = f"The articles name at least {listed.items}; {passages_read(sources)}:"
    return Account(lead, listed.points, listed.complete)


def passages_read(sources: Sources) -> str:
    """Say how much was read of how much."""
    read = sources.coverage
    return f"the {read.passages} nearest passages of {read.articles:,} articles were read"


def find_list(question: Question, sources: Sources) -> Listed | None:
    """Return the list that the articles give; None where nothing likely does."""
    asked = as_question(question.asked)
    hits = sources.find(question.text, _PASSAGES)
    likely: list[Evidence] = []
    passages = 0
    for begin in range(0, len(hits), _BATCH):
        batch = hits[begin : begin + _BATCH]
        found = [item for item in sources.read(asked, batch) if item.score >= _LIKELY]
        passages += len(batch)
        likely += found
        if not any(item.score >= _LEAST for item in found):
            break
    likely.sort(key=lambda item: -item.score)
    items = _items(likely[:_REREAD], asked, sources)
    points = _distinct(_named_first(items))
    if not points:
        return None
    told = [name for point in points for name in _things(point.evidence)]
    cited = {item.document.id for point in points for item in (point.evidence, *point.also)}
    complete = passages == len(hits) < _PASSAGES
    return Listed(tuple(points), len(_different(told)), len(cited), complete)


def as_question(asked: str) -> str:
    """Return a demand for a list as a question, which is what the reader was trained on.

    >>> as_question("Name the countries that signed.")
    'Which countries signed?'
    >>> as_question("List the ships that the company will sell")
    'Which are the ships that the company will sell?'
    """
    found = _IMPERATIVE.match(" ".join(asked.split()).rstrip("?.! "))
    if found is None:
        return asked
    rest = found["rest"]
    if re.match(r"(?:who|which|what|where|when|whose|how)\b", rest, re.IGNORECASE):
        return f"{rest[:1].upper()}{rest[1:]}?"
    if who := _WHO_DO.match(rest):
        return f"Which {who['things']} {who['rest']}?"
    return f"Which are {rest}?"


def _items(likely: Sequence[Evidence], asked: str, sources: Sources) -> list[Point]:
    """Return the sentences that are items, likeliest first, those of a block together."""
    single: dict[tuple[str, int], tuple[Evidence, Block | None]] = {}
    for item in likely:
        lines = in_lines(sources.sentences(item.document))
        for sentence in _sentences_of(item, lines):
            place = (sentence.document.id, sentence.start)
            block = block_at(sentence, lines)
            if block is None and not (is_sentence(sentence.text) or sentence.text.endswith(":")):
                continue
            single.setdefault(place, (sentence, block))
    points: list[Point] = []
    blocks: dict[tuple[str, int], tuple[Block, tuple[Evidence, ...]]] = {}
    doubtful: list[tuple[Evidence, Block | None]] = []
    for item, block in single.values():
        answering = block.answering(asked) if block and item.score >= _LEAST else ()
        if block and answering:
            blocks.setdefault((item.document.id, block.start), (block, answering))
        else:
            doubtful.append((item, block))
    if blocks:
        # An article's own list leaves little out, and of sentences beside it many are of another
        # matter that counts the same things.
        return [Point(one, heading=b.heading) for b, items in blocks.values() for one in items]
    heads = [(item, block.head if block else "") for item, block in doubtful]
    for (item, block), alone in zip(doubtful, sources.reread(asked, heads)):
        told = _judged(item, alone, asked)
        if told is None:
            continue
        if block is None:
            points.append(Point(told))
        else:
            rows = [one for one in block.items if one.end == item.end]
            points += [Point(row, heading=block.heading) for row in rows]
    # What stands under no head comes first, or it would seem to stand under the one before.
    return sorted(points, key=lambda point: bool(point.heading))


def _sentences_of(item: Evidence, lines: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences and the rows that a span lies in, each with the score of all."""
    inside = [one for one in lines if one.start < item.answer_end and item.answer_start < one.end]
    if len(inside) == 1 and inside[0].start == item.start and inside[0].end == item.end:
        return [item]
    return [replace(one, score=item.score) for one in inside]


def _judged(item: Evidence, alone: Evidence, asked: str) -> Evidence | None:
    """Return a sentence with the item that it gives; None where it gives none.

    Args:
        item: as it was read in its passage.
        alone: as it was read by itself, which says more surely whether it answers.
        asked: the question.
    """
    wanted = content_stems(asked).keys() - _NAMING
    if item.answer and item.score >= 2 * _LEAST and wanted <= content_stems(item.text).keys():
        # "Among the tugs was the Baraka 1" has all that "Which tugs are named?" asks for.
        alone = item
    if min(item.score, alone.score) < _LIKELY or item.score + alone.score < 2 * _LEAST:
        return None
    if _holds_name(item.answer) and not _holds_name(alone.answer):
        alone = item
    denied = {stem for group in negations(item.text) for stem in group}
    if denied & wanted and not negations(asked):
        return None  # "Mexico did not sign" names none that signed.
    after = re.match(r"\s*([\w-]+)", item.document.text[alone.answer_end : item.end])
    if after and alone.answer[:1].islower() and content_stems(after[1]).keys() & wanted:
        return None  # "foreign" of "foreign ministers" is none of the ministers.
    value = read_value(alone.answer, item.text, item.document.published)
    if value and isinstance(value.what, Amount) and not _HOW_MANY.search(asked):
        return None
    said = words(alone.answer)
    return alone if said and not set(said) <= set(words(asked)) else None


def _named_first(points: Sequence[Point]) -> list[Point]:
    """Return the points; where some give names, without those that only describe.

    Beside "Texas and Ohio", "some of the strictest states" is no item.
    """
    named = [point for point in points if point.heading or _holds_name(point.evidence.answer)]
    return named or list(points)


def _holds_name(answer: str) -> bool:
    return bool(names(answer))


def _distinct(points: Sequence[Point]) -> list[Point]:
    """Return each thing once, with the other sentences that give it."""
    kept: list[Point] = []
    for point in points:
        things = _things(point.evidence)
        same = None
        for place, other in enumerate(kept):
            before = _things(other.evidence)
            if all(any(_same(one, two) for two in before) for one in things):
                same = place
                break
        if same is None:
            known = [thing for other in kept for thing in _things(other.evidence)]
            if not all(any(_same(one, two) for two in known) for one in things):
                kept.append(point)
            continue
        other = kept[same]
        item = point.evidence
        if len(other.also) < _ALSO and item.document.id not in {
            one.document.id for one in (other.evidence, *other.also)
        }:
            kept[same] = replace(other, also=(*other.also, item))
    return kept


def _things(item: Evidence) -> list[str]:
    """Return what a span names: the parts of an enumeration, else the whole.

    Only of names, and only where each part is one: "the leader of the House and Ana Silva".
    """
    answer = " ".join(item.answer.split()) or " ".join(item.text.split())
    pattern = r",? and |, " if not re.search(r", (?:and|or) ", answer) else r", (?:and |or )?"
    parts = [part for part in re.split(pattern, answer) if part]
    if len(parts) < 2 or not all(_is_name(part) for part in parts):
        return [answer]
    return parts


def _is_name(part: str) -> bool:
    value = read_value(part, part)
    named = value is not None and isinstance(value.what, Named)
    return named or (part[:1].isupper() and len(part.split()) <= _LONGEST_NAME)


def _same(one: str, other: str) -> bool:
    """Say whether two words or names are one thing: "Sunak" and "Rishi Sunak"."""
    if _bare(one) == _bare(other):
        return True
    values = read_value(one, one), read_value(other, other)
    left, right = (value.what if value else None for value in values)
    return isinstance(left, Named) and isinstance(right, Named) and left.agrees(right)


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", fold(text)).strip(".,;:")


def _different(told: Sequence[str]) -> list[str]:
    found: list[str] = []
    for one in told:
        if not any(_same(one, other) for other in found):
            found.append(one)
    return found
