"""Says which day is meant by "on Thursday" in a sentence: only where there is no doubt.

A wrong day beside a quote is worse than none. So nothing is said of what is in a quotation, may
be a name or any such day, or may still have been to come when the article was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.english.dates import dates
from rag.english.sentences import tells_of_past, tells_of_plans
from rag.english.vocabulary import FUNCTION_WORDS
from rag.types import DayMeant

__all__ = ["days_meant"]

_LONGEST_AGO = timedelta(days=5)
"""On a Thursday, "Friday" is tomorrow for one and six days ago for another."""
_LOOSE = re.compile(r"to(?:day|night|morrow)\b", re.IGNORECASE)
"""Often a name ("USA TODAY"), or a word for these times or the times to come."""
_OF_ANOTHER = re.compile(
    r"\b(?:until|till|through|by|before|for|to|into|as of|as early as|every|each|an?|the|his|her|"
    r"its|their|or) $",
    re.IGNORECASE,
)
"""What stands before a day that what is told leads up to, or any such day."""
_SAID = re.compile(
    r"\b(?:said|told|announced|reported|wrote|tweeted|warned|confirmed|declared|predicted|promised)"
    r"(?: [\w.’'-]+){0,4} $"
)
_COMING = re.compile(r"\b(?:can|must|needs?)\b")
_LASTING = re.compile(r"\b(?:has|have|is|are)\b|[’'](?:ve|re)\b")
"""How things are, or have become, beside what happened once."""
_EDGE = re.compile(r"[,;:()—–]|\.\s")
_SHORT = 5
"""Words below which what stands between two edges has no verb: "On Thursday, they met"."""
_PART = re.compile(
    r"(?: (?:morning|afternoon|evening|night))?(?:['’]s)?"
    r"(?!\w| (?:morning|afternoon|evening|night))"
)
"""What of a day follows it, as in "Thursday night’s", but not in "Thursday nights"."""
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.’'&]*) $")
_WORD_AFTER = re.compile(r" ([^\W\d_]+)")


def days_meant(sentence: str, published: date | None, opened: str = "") -> Iterator[DayMeant]:
    """Yield the words of a sentence that mean a day beside its article's, each day once.

    Args:
        sentence: with its white space folded.
        published: the day of its article; None yields nothing.
        opened: what stands before it in its paragraph, where a quotation may have begun.

    >>> [(found.text, found.day.isoformat()) for found in
    ...  days_meant("They met on Thursday and will vote on Monday.", date(2019, 1, 11))]
    [('Thursday', '2019-01-10')]
    """
    if published is None:
        return
    told = {(when.month, when.day) for when in dates(sentence) if when.day}
    for when in dates(sentence, published):
        if not when.relative or not (when.year and when.month and when.day):
            continue
        day, words = date(when.year, when.month, when.day), sentence[when.start : when.end]
        part = _PART.match(sentence, when.end)
        before, after = sentence[: when.start], sentence[part.end() if part else when.end :]
        if (
            (day.month, day.day) in told
            or any(any(part.parts) for part in dates(words))  # "Thursday, 10 January"
            or not timedelta(0) <= published - day <= _LONGEST_AGO
            or _LOOSE.match(words)
            or _OF_ANOTHER.search(before)
            or part is None  # "on Thursday afternoons"
            or _in_quotation(opened + before)
            or _is_name(before, after)
            or not _is_past(sentence, when.start, part.end(), today=day == published)
        ):
            continue
        told.add((day.month, day.day))
        yield DayMeant(when.start, sentence[when.start : part.end()], day)


def _in_quotation(before: str) -> bool:
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _is_name(before: str, after: str) -> bool:
    """Say whether a day is part of a name, as in "the Sunday Times" and "Super Tuesday"."""
    beside = [_WORD_BEFORE.search(before), _WORD_AFTER.match(after)]
    return any(
        word and word[1][0].isupper() and word[1].casefold() not in FUNCTION_WORDS
        for word in beside
    )


def _is_past(sentence: str, start: int, end: int, *, today: bool) -> bool:
    """Say whether what stands before a day, or after one that leads, happened then.

    Of the day of the article itself, "plans to meet on Thursday" leaves no more doubt than "met".
    """
    if _SAID.search(sentence[:start]) and sentence[end : end + 1] in (" ", ",", "."):
        return True
    edges = [0, *(edge.end() for edge in _EDGE.finditer(sentence)), len(sentence)]
    first = max(place for place, edge in enumerate(edges) if edge <= start)
    last = min(place for place, edge in enumerate(edges) if edge >= end)
    if len(sentence[edges[first] : edges[last]].split()) < _SHORT:
        first, last = max(first - 1, 0), min(last + 1, len(edges) - 1)
    clause, before = sentence[edges[first] : edges[last]], sentence[edges[first] : start]
    if today:
        return tells_of_past(clause)
    if tells_of_plans(clause) or _COMING.search(clause):
        return False
    told = clause if len(before.split()) < _SHORT else before
    return tells_of_past(told) and _LASTING.search(told) is None
