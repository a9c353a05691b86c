"""Says on which day a sentence's event was: only where its words leave little doubt.

A sentence may hold dates of other things than what it tells ("the vote of May 2018", "since
2015"), and a wrong date is worse than none. Each rule here changes 33 to 553 of 6,000 dates in 700
articles of news, and of ten changes that were looked at most are for the better
(bench/RESULTS.md, "Accounts"). Knows nothing of what the days are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rag.english.dates import When, dates
from rag.english.sentences import tells_of_past, tells_of_plans
from rag.english.vocabulary import fold_in_place
from rag.types import DayMeant

__all__ = ["DayTold", "days_meant", "days_told"]

_LONGEST_AGO = timedelta(days=5)
"""On a Thursday, "Friday" is tomorrow for one and six days ago for another."""
_OF_ANOTHER = re.compile(
    r"\b(?:by|between(?: .{1,30} and)?|than|from|to|into|through|as of|as (?:early|late|soon) as|"
    r"every|each|or|dated|born|(?<!due )(?<!set )(?<!planned )(?<!scheduled )for|"
    r"(?:the|an?|his|her|its|their|this|that) (?:\w+ )?of)"
    r"\s+(?:(?:the|at least|early|late|mid|end|start)\s+(?:of\s+)?)*$"
)
"""What stands before a date on which nothing of what is told happened, or is planned."""
_OF_DAY = re.compile(
    r"\b(?:morning|evening|night|afternoon|end|beginning|start|middle|spring|summer|autumn|fall|"
    r"winter) of\s+$"
)
"""What may stand before "of" all the same: "on the evening of 4 May"."""
_SINCE = re.compile(
    r"^(?!.*\b(?:ha[sd]|have) been (?:(?!the(?:ir)? (?:\w+e|mo|fir|la|wor)st\b)[^,;:])*\bsince $)"
    r".*\b(?:since|after|before|until|till|following|ahead of|prior to)\s(?:(?!said)[^,;:])*$"
)
"""What stands before the date of something else than what begins: "has been shut since Monday"."""
_NAMES = re.compile(r"(?:\b(?:the|an?|his|her|its|their|our|this|that|another)|'s?)\s+$")
"""What stands before a date in the name of a thing: "the May 20 election"."""
_YEAR_OF_ANOTHER = re.compile(
    r"\b(?:which|who|whose|whom|where|(?:the|an?|its|their|his|her|those) (?:[\w’'-]+ ){1,4}that|"
    r"(?:anniversary|aftermath|wake) of)\s(?:(?!said)[^,;:])*$|"
    r"\b(?!(?:all|much|most|half|rest|months?|quarter|year|days?|weeks?) of)[^\W\d_]+ of\s+$"
)
"""What stands before a bare year in which something else happened: "the law, which passed in 2012",
"the anniversary of the fall of Calder in 1958", "the Clean Water Act of 1972"."""
_ROUGH = re.compile(r"today|tonight|.* (?:month|year)s? ago|this (?:month|year)")
"""What is too rough to say on which day, or in which month; "today" may be nowadays."""
_EDGE = re.compile(r"[,;:()—–]|\.\s")
_SHORT = 5
"""Words below which what stands between two edges has no verb: "…, on Thursday, …"."""
_PART = re.compile(r" (?:morning|afternoon|evening|night)\b")
_NAMED_DAYS = re.compile(
    r"(?:Ash|Black|Bloody|Cyber|Easter|Fat|Giving|Good|Holy|Mail on|Maundy|Palm|Sheffield|Shrove|"
    r"Super|Whit) \b\w+day\b|\b\w+day (?:Bloody|Express|Mail|Mirror|Night|Post|Telegraph|Times)\b"
)
"""Days in names: "Super Tuesday", "Monday Night Football", "Sunday Times"."""


@dataclass(frozen=True, slots=True)
class DayTold:
    """When it was what a sentence tells, by one of its dates."""

    when: When
    first: date
    last: date
    """The same day twice where the day is known; else those of a month or of a year."""
    sure: bool
    """Whether its words can mean no other day: "on Friday" may be one still to come."""


def days_told(sentence: str, published: date | None) -> Iterator[DayTold]:
    """Yield the dates of a sentence on which what it tells happened, or is to happen.

    Args:
        sentence: with its white space folded.
        published: the day of its article, which says which day "on Thursday" is.

    >>> told = days_told("They met on Thursday after the vote of May 2018.", date(2019, 1, 11))
    >>> [day.first.isoformat() for day in told]
    ['2019-01-10']
    """
    if not (tells_of_past(sentence) or tells_of_plans(sentence)):
        return
    folded = fold_in_place(sentence)
    for when in dates(sentence, published):
        days = when.days()
        if days is None or not _binds(when, folded):
            continue
        first, last = days
        sure = True
        if published and first > published:
            sure = when.month is not None and tells_of_plans(sentence)
        elif published and when.relative and when.weekday is not None:
            named = any(n.start() <= when.start < n.end() for n in _NAMED_DAYS.finditer(sentence))
            sure = (
                published - first <= _LONGEST_AGO
                and not named
                # Of the article's own day, "plans to meet on Friday" leaves no doubt either.
                and (first == published or _is_past(sentence, when.start, _end(when, sentence)))
            )
        yield DayTold(when, first, last, sure)


def days_meant(sentence: str, published: date | None) -> Iterator[DayMeant]:
    """Yield the words of a sentence that mean a day beside its article's, each day once.

    Args:
        sentence: with its white space folded.
        published: the day of its article; None yields nothing.

    >>> [str(one.day) for one in days_meant("They met on Thursday.", date(2019, 1, 11))]
    ['2019-01-10']
    """
    told = {(when.month, when.day) for when in dates(sentence) if when.day}
    for found in days_told(sentence, published):
        when, day = found.when, found.first
        past = published is not None and day <= published
        if found.sure and when.relative and when.day and past and (day.month, day.day) not in told:
            told.add((day.month, day.day))
            yield DayMeant(when.start, sentence[when.start : _end(when, sentence)], day)


def _binds(when: When, folded: str) -> bool:
    """Say whether a date is that of what a sentence tells, and not of something else in it."""
    before, after = folded[: when.start], folded[when.end :]
    of_another = _OF_ANOTHER.search(before) and not _OF_DAY.search(before)
    named = _NAMES.search(before) and re.match(r"[ -][^\W\d_]", after)
    return not (
        of_another
        or named
        or _ROUGH.fullmatch(folded, when.start, when.end)
        or after.startswith(("'s", "' "))
        or _SINCE.search(before)
        or (when.month is None and _YEAR_OF_ANOTHER.search(before) and not _OF_DAY.search(before))
    )


def _is_past(sentence: str, start: int, end: int) -> bool:
    """Say whether what is told before a day, or around one that leads, happened then."""
    edges = [0, *(edge.end() for edge in _EDGE.finditer(sentence)), len(sentence)]
    first = max(place for place, edge in enumerate(edges) if edge <= start)
    last = min(place for place, edge in enumerate(edges) if edge >= end)
    clause = sentence[edges[first] : edges[last]]
    told_around = first == 0 or len(clause.split()) < _SHORT
    while told_around and not (tells_of_past(clause) or tells_of_plans(clause)):
        first, last = max(first - 1, 0), min(last + 1, len(edges) - 1)
        clause = sentence[edges[first] : edges[last]]
    before = sentence[edges[first] : start]
    told = before if tells_of_past(before) and not tells_of_plans(before) else clause
    return tells_of_past(told) and not tells_of_plans(told)


def _end(when: When, sentence: str) -> int:
    """Return where the words of a day end, as in "Thursday night"."""
    part = _PART.match(sentence, when.end)
    return part.end() if part else when.end
