"""Sets answers beside each other: which differ, which only seem to, and what is worth showing.

A conflict is what the reader found: different values, of one kind, that independent articles
give to the same question. What a published correction calls wrong is no answer any more, and the
day on which somebody spoke of an event is no other day of it. Knows nothing of phrasing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from index.told import is_quote
from rag.answer.evidence import Sources
from rag.english.dates import When, dates
from rag.english.names import names_held
from rag.english.numbers import numbers
from rag.english.values import Named, Term, Value, read_value
from rag.english.vocabulary import content_stems
from rag.types import Disagreement, Evidence, Question

__all__ = ["Sides", "find_sides", "settled", "worth_showing"]

_MOST_SIDES = 4
_MARGIN = 8.0
"""How far below the best score of the reader that of a side may lie (bench/conflicts.py)."""
_NAMED_MARGIN = 1.0
"""The same for names and terms, but where the sentence opens an article on what is asked about: two
may bear one name, and of others further below most are names of other things (bench/RESULTS.md)."""
_SECOND_MARGIN = 2.0
"""The same for a second answer, which is shown beside the first, and for a sentence that goes on
with an explanation (bench/RESULTS.md)."""
_MOST_SENTENCES = 3
_CORRECTED = "What did an earlier version of the article wrongly say?"
_CORRECTS = 0.5
"""Score of the reader for it from which a sentence corrects what was published before: five of six
corrections had .8 to 9.3, one -6.8; 99 other groups of sentences that differ -.2 at most."""
_SPOKEN = "When did somebody say this?"
_SPOKE = 2.0
"""The same of a day on which somebody spoke, and not that of an event: of fifteen sentences of
news, those of events had -8.1 to 1.7, the others -2.3 to 7.2, five of eight enough. Articles
without a date are no news: of these, events had up to 3.3."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What the articles say where they do not all say the same."""

    disagreement: Disagreement
    evidence: tuple[Evidence, ...] = ()
    """Of different articles, newest first: two or more that differ, or the one that is of the days
    that are asked of, where others differ from it. Else empty."""

    @property
    def lead(self) -> str:
        """What to say before them. What was reported on different days may only have changed."""
        if self.disagreement != "conflict":
            return "The articles give several answers." if self.disagreement else ""
        days = {item.document.published for item in self.evidence} - {None}
        changed = len(days) == len(self.evidence)
        return "The articles differ, newest first." if changed else "The articles disagree."


def find_sides(likely: Sequence[Evidence], question: Question) -> Sides:
    """Return the sides of an answer; none where all agree or nothing can be compared.

    Args:
        likely: sentences that answer, likeliest first; not empty.
        question: what is asked; a number in it may name the thing, as in "warden number 38", and
            of the days that it asks of, sides of other days are none.
    """
    sides: list[tuple[Evidence, Value]] = []
    seen: set[str] = set()
    named = numbers(question.asked) & _numbers_beside(likely[0])
    for item in likely:
        if item.document.id in seen or item.score < likely[0].score - _MARGIN:
            continue
        seen.add(item.document.id)
        if not named <= _numbers_beside(item):
            continue
        value = _value(item)
        if value is None:
            if not sides:
                return Sides("")
            continue
        bears_name = isinstance(value.what, Named | Term)
        farther = item.score < likely[0].score - _NAMED_MARGIN
        same = _same_but_answer(item, likely[0])
        if bears_name and farther and not (same or _opens_on(item, question)):
            continue
        # What agrees with a better one stands behind it, unless it alone is of the days asked of.
        at = next((n for n, side in enumerate(sides) if not value.differs(side[1])), len(sides))
        if at == len(sides) or _is_of(item, question) > _is_of(sides[at][0], question):
            sides[at : at + 1] = [(item, value)]
    if len(sides) < 2:
        return Sides("")
    # Of what was reported on other days, it was another figure.
    sides = [side for side in sides if _is_of(side[0], question)] or sides
    sides = sides[:_MOST_SIDES]
    # Two may bear one name, or have sung one song; a figure or a day is one.
    alike = any(isinstance(value.what, Named | Term) for _, value in sides)
    differ: Disagreement = "several answers" if alike else "conflict"

    def order(side: tuple[Evidence, Value]) -> tuple[date, bool]:
        # What a message quotes was written before it.
        return side[0].document.published or date.min, not is_quote(side[0].document.part)

    ordered = tuple(item for item, _ in sorted(sides, key=order, reverse=True))
    return Sides(differ if len(sides) > 1 else "", ordered)


def _is_of(item: Evidence, question: Question) -> bool:
    """Say whether a sentence is of the days asked of, which it names or is published on."""
    first, last = question.happened
    day = item.document.published
    of = [days for when in dates(item.told) if (days := when.days())]
    of += [(day, day)] if day else []
    asked = first is not None or last is not None
    return asked and any((first or begin) <= end and begin <= (last or end) for begin, end in of)


def _opens_on(item: Evidence, question: Question) -> bool:
    """Say whether a sentence opens an article, and holds all that the question names."""
    asked = question.asked
    opens = not item.document.text[: item.start].strip()
    return opens and names_held("", asked) < names_held(item.text, asked) == 1


def _same_but_answer(item: Evidence, other: Evidence) -> bool:
    """Say whether two sentences say the same, in two words or more, but for their answers."""
    return _around(item) == _around(other) and len(_around(item)) > 1


def _around(item: Evidence) -> list[str]:
    """Return the stems around the answer in a sentence."""
    start, end = item.answer_start - item.start, item.answer_end - item.start
    return list(content_stems(f"{item.text[:start]} {item.text[end:]}"))


def settled(likely: Sequence[Evidence], question: Question, sources: Sources) -> list[Evidence]:
    """Return the sentences without those that the others correct, or that seem to differ from them.

    The day on which somebody spoke of an event is no other day of it.
    """
    near = _rivals(likely, sources)
    texts = [_with_those_before(item, sources) for item in near]
    for item, text, wrong in zip(near, texts, sources.spans(_CORRECTED, texts)):
        if wrong and wrong.score >= _CORRECTS:
            denied = text[wrong.start : wrong.end]
            if right := _corrected(likely, item, denied, question, sources):
                return right
    # The best stays: of a conversation it was right, and was lost.
    days = [
        item
        for item in _differing(likely[0], near)
        if item.document.published and (value := _value(item)) and isinstance(value.what, When)
    ]
    spans = sources.spans(_SPOKEN, [item.told for item in days])
    spoken = [item for item, span in zip(days, spans) if span and span.score >= _SPOKE]
    return [item for item in likely if item not in spoken]


def _corrected(
    likely: Sequence[Evidence],
    correction: Evidence,
    wrong: str,
    question: Question,
    sources: Sources,
) -> list[Evidence]:
    """Return a correction first, and without what gives the answer that its words call wrong.

    Empty where it gives no other answer itself.
    """
    right: Evidence | None = correction
    if _is_denied(correction, wrong):
        # The reader took the wrong answer for the one: it reads once more without it, and with the
        # sentence that follows, where the right one may stand.
        begin, after = correction.context_start, sources.after(correction)
        told = correction.document.text[begin : after.end if after else correction.end]
        start, end = correction.answer_start - begin, correction.answer_end - begin
        told = f"{told[:start]}{' ' * (end - start)}{told[end:]}"
        (span,) = sources.spans(question.asked, [told])
        right = _moved(correction, after, begin + span.start, begin + span.end) if span else None
    if right is None:
        return []
    others = [one for one in likely if one != correction and not _is_denied(one, wrong)]
    if right == correction and len(others) == len(likely) - 1:
        return []  # It stands beside the correction of something else.
    return [replace(right, score=likely[0].score), *others]


def _is_denied(item: Evidence, wrong: str) -> bool:
    """Say whether the answer in a sentence is in the words that a correction calls wrong."""
    figures = numbers(item.answer)
    if figures:
        return figures <= numbers(wrong)
    said = content_stems(item.answer).keys()
    return bool(said) and said <= content_stems(wrong).keys()


def _moved(item: Evidence, after: Evidence | None, start: int, end: int) -> Evidence | None:
    """Return a sentence, or the one after it, with another answer marked than that of the first.

    None where that is no answer of its kind.
    """
    home = replace(after, context_start=item.context_start) if after and end > item.end else item
    if not home.start <= start < end <= home.end:
        return None
    return next(iter(_differing(item, [replace(home, answer_start=start, answer_end=end)])), None)


def _rivals(likely: Sequence[Evidence], sources: Sources) -> list[Evidence]:
    """Return the sentences that may differ from each other: a few, the best first.

    Where none gives another answer than the best, those with more than one figure in them and in
    the sentence that follows: a correction may be understood as what it corrects.

    Args:
        likely: sentences that answer, likeliest first; not empty.
        sources: their articles.
    """
    near = [item for item in likely if item.score >= likely[0].score - _MARGIN]
    if not _differing(likely[0], near):
        near = near[: 2 * _MOST_SIDES]
        near = [item for item in near if len(numbers(_with_next(item, sources))) > 1]
    return near[:_MOST_SIDES]


def _with_those_before(item: Evidence, sources: Sources) -> str:
    """Return a sentence with the two before: "We wrote that it was 9. That is wrong. It is 7."."""
    earlier = [one for one in sources.sentences(item.document) if one.end <= item.context_start]
    begin = earlier[-2:][0].start if earlier else item.context_start
    return item.document.text[begin : item.end]


def _with_next(item: Evidence, sources: Sources) -> str:
    after = sources.after(item)
    return item.document.text[item.start : after.end if after else item.end]


def _differing(best: Evidence, others: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences that give another answer than the best one."""
    value = _value(best)
    return [item for item in others if value and (other := _value(item)) and value.differs(other)]


def _value(item: Evidence) -> Value | None:
    return read_value(item.answer, item.text, item.document.published)


def _numbers_beside(evidence: Evidence) -> frozenset[Decimal]:
    """Return the numbers of a sentence and its title, and the year that they are of."""
    day = evidence.document.published
    return numbers(f"{evidence.document.title}\n{evidence.text}\n{day.year if day else ''}")


def worth_showing(likely: Sequence[Evidence], question: Question) -> list[Evidence]:
    """Return the best sentence, and those that belong beside it.

    Where the question asks for more than a sentence, those of the same article that are nearly
    as likely, in its order; else a second that is nearly as likely and says something else of as
    much of what is asked.

    Args:
        likely: sentences that answer, likeliest first; not empty.
        question: what is asked, and whether it asks for more than one sentence.
    """
    best = likely[0]
    if question.several:
        near = [
            item
            for item in likely
            if item.document.id == best.document.id and item.score >= best.score - _SECOND_MARGIN
        ]
        return sorted(near[:_MOST_SENTENCES], key=lambda item: item.start)
    asked = content_stems(question.asked).keys()
    held = asked & content_stems(best.told).keys()
    for item in likely[1:]:
        if item.score < best.score - _SECOND_MARGIN:
            break
        if item.answer.casefold() in best.text.casefold():
            continue
        # An article that gives two heights gives those of two towers: not the new one's for the
        # old one's.
        two = item.document.id == best.document.id and _differing(best, [item])
        if not (two and asked & content_stems(item.told).keys() < held):
            return [best, item]
    return [best]
