"""Says on which day a sentence's event was: only where its words leave little doubt.

A sentence may hold dates of other things than what it tells ("the vote of May 2018", "since
2015"), and a wrong date is worse than none. Each rule here changes 44 to 553 of 6,000 dates in 700
articles of news, and of ten changes that were looked at most are for the better
(bench/RESULTS.md, "Accounts").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.english.dates import When, dates
from rag.english.sentences import tells_of_past, tells_of_plans
from rag.english.vocabulary import fold
from rag.types import Evidence, day_in_words

__all__ = ["Happening", "happening"]

_OF_ANOTHER = re.compile(
    r"\b(?:since|until|till|before|by|ahead of|prior to|between(?: .{1,30} and)?|after|following|"
    r"than|from|to|through|as of|every|each|dated|born|for|"
    r"(?:the|an?|his|her|its|their|this|that) (?:\w+ )?of)"
    r"\s+(?:(?:the|early|late|mid|end|start)\s+(?:of\s+)?)*$"
)
"""What stands before a date on which nothing of what is told happened."""
_OF_DAY = re.compile(
    r"\b(?:morning|evening|night|afternoon|end|beginning|start|middle|spring|summer|autumn|fall|"
    r"winter) of\s+$"
)
"""What may stand before "of" all the same: "on the evening of 4 May"."""
_SINCE = re.compile(
    r"\b(?:since|after|before|until|till|following|ahead of|prior to)\s(?:(?!said)[^,;:])*$"
)
"""What stands before the date of something else than what the sentence tells first."""
_REMEMBERED = re.compile(r"\b(?:anniversary|commemorat\w+)\b")
"""What stands before the date of what is remembered, and not of what is told."""
_SAID = re.compile(r"\b(?:said|says|told|announced|reported|which|who|that)\b")
"""What parts what a sentence tells from what it tells of others."""
_NAMES = re.compile(r"(?:\b(?:the|an?|his|her|its|their|our|this|that|another)|['’]s?)\s+$")
"""What stands before a date in the name of a thing: "the May 20 election"."""
_ROUGH = re.compile(r"today|tonight|.* ago|this (?:month|year)")
"""What is too rough to say on which day, or in which month; "today" may be nowadays."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A sentence with the days on which what it tells happened, or is to happen."""

    item: Evidence
    first: date
    last: date
    """The same day twice where the day is known; else those of a month or of a year."""
    planned: bool = False
    """Whether it was still to come when its article appeared."""

    @property
    def heading(self) -> str:
        """The day in words, as exactly as it is known.

        >>> day = date(2019, 1, 10)
        >>> Happening(None, day, day, planned=True).heading
        '10 January 2019 (planned)'
        """
        if self.first == self.last:
            told = day_in_words(self.first)
        elif self.first.month == self.last.month:
            told = f"{self.first:%B %Y}"
        else:
            told = str(self.first.year)
        return f"{told} (planned)" if self.planned else told


def happening(item: Evidence) -> Happening | None:
    """Return when it was what a sentence tells; None where it does not say, or not surely.

    >>> document = Document("They met on Thursday.", published=date(2019, 1, 11))
    >>> happening(Evidence(document, 0, 21, 0, 0, 0, 0.0)).heading     # doctest: +SKIP
    '10 January 2019'
    """
    text, published = item.text, item.document.published
    bound = (
        days
        for when in dates(text, published)
        if (days := when.days()) and _binds(when, days[0], text, published)
    )
    first, last = next(bound, (None, None))
    if first is None or last is None or not (tells_of_past(text) or tells_of_plans(text)):
        return None
    return Happening(item, first, last, published is not None and first > published)


def _binds(when: When, first: date, text: str, published: date | None) -> bool:
    """Say whether a date, of which this is the first day, is that of what the sentence tells."""
    shown = fold(text[when.start : when.end])
    before, after = fold(text[: when.start]), fold(text[when.end :])
    if _ROUGH.fullmatch(shown) or after.startswith(("'s", "' ")):
        return False
    if when.relative and when.weekday is not None and _may_be_next(first, after, published):
        return False
    if (_OF_ANOTHER.search(before) and not _OF_DAY.search(before)) or _SINCE.search(before):
        return False
    if _REMEMBERED.search(before):
        return False
    if _NAMES.search(before) and re.match(r"[ -][^\W\d_]", after):
        return False
    if published is not None and first > published:
        return when.month is not None and tells_of_plans(text)
    return True


def _may_be_next(day: date, after: str, published: date | None) -> bool:
    """Say whether a weekday may be one after the article: a live page grows after its date."""
    if published is None:
        return True
    back = published - day
    # "On Sunday, he plans to leave", but not "on Sunday he said that he plans to"
    planned = tells_of_plans(_SAID.split(after)[0])
    return back == timedelta(days=6) or (back > timedelta(0) and planned)
