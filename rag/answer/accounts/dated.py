"""Says on which day a sentence's event was: only where its words leave no doubt.

A sentence may hold dates of other things than what it tells ("the vote of May 2018", "since
2015"), and a wrong date is worse than none.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.english.dates import When, dates
from rag.english.sentences import tells_of_past, tells_of_plans
from rag.english.vocabulary import fold
from rag.types import Evidence, day_in_words

__all__ = ["Happening", "happening", "reported"]

_PART_OF_DAY = (
    r"(?:(?:the|early|late|mid|end|beginning|start|middle|course|morning|evening|night|afternoon|"
    r"eve|spring|summer|autumn|fall|winter|month|year)\s+(?:of\s+)?)*"
)
_OF_ANOTHER = re.compile(
    r"\b(?:since|until|till|before|by|ahead of|prior to|between|after|following|than|from|to|"
    r"through|as of|every|each|(?:the|an?|his|her|its|their|this|that) (?:\w+ )?of|dating|dated|"
    r"born|compared (?:with|to)|like|unlike|for)\s+" + _PART_OF_DAY + r"$"
)
"""What stands before a date on which nothing of what is told happened."""
_SINCE = re.compile(
    r"\b(?:since|after|until|till|following|ahead of|prior to|"
    r"before(?! an? | (?:the |his |her |its )?(?:\w+ )?(?:court|judge|jury|magistrates?|tribunal|"
    r"parliament|congress|assembly|council|committee|panel|crowds?|audience|reporters|cameras)\b))"
    r"\s(?:(?!said)[^,;:])*$"
)
"""What stands before the date of something else than what the sentence tells first."""
_SOON = re.compile(
    r"(?:(?!\b(?:said|says|told|announced|reported|which|who|that)\b)[^.;])*?"
    r"\b(?:will|plans? to|is to|are to|set to|due to|scheduled|going to|expected to|[’']ll)\b"
)
"""What follows a weekday that may be the next one: "On Sunday, he plans to leave"."""
_SAID_ON = re.compile(r"\b(?:said|told|announced|reported|wrote|tweeted|warned)(?: \w+)?(?: on)? $")
_OF_DAY = re.compile(
    r"\b(?:morning|evening|night|afternoon|end|beginning|start|middle|spring|summer|autumn|fall|"
    r"winter|hours|weekend|eve|day|days|week|weeks)(?: of)?\s+$"
)
_DETERMINER = re.compile(r"(?:\b(?:the|an?|his|her|its|their|our|this|that|another)|['’]s?)\s+$")
_RANGE_BEFORE = re.compile(r"\b(?:between|from)\s[^,;.]{1,30}?\s(?:and|to|until|till)\s+$|\d[-–]$")
_RANGE_AFTER = re.compile(r"\s?(?:[-–]|and|or|to|until|till|through)\s?\d")
_NOWADAYS = ("today", "tonight")
_ROUGH = re.compile(r".* (?:weeks?|months?|years?) ago|this (?:month|year)")
"""What is too rough to say on which day, or in which month: "nearly two years ago"."""
_REMEMBERED = re.compile(r"\b(?:anniversary|commemorat\w+)\b")
_TO_BE = re.compile(r"\b(?:is|are) (?:due |set |expected )?to be\b")


@dataclass(frozen=True, slots=True)
class Happening:
    """A sentence with the days on which what it tells happened, or is to happen."""

    item: Evidence
    first: date
    last: date
    """The same day twice where the day is known; else those of a month or of a year."""
    how: str = ""
    """"reported" where only the day of the article is known, "planned" of what was to come."""

    @property
    def heading(self) -> str:
        """The day in words, as exactly as it is known.

        >>> day = date(2019, 1, 10)
        >>> Happening(None, day, day, "planned").heading
        '10 January 2019 (planned)'
        """
        if self.first == self.last:
            told = day_in_words(self.first)
        elif self.first.month == self.last.month:
            told = f"{self.first:%B %Y}"
        else:
            told = str(self.first.year)
        return f"{told} ({self.how})" if self.how else told


def happening(item: Evidence) -> Happening | None:
    """Return when it was what a sentence tells; None where it does not say, or not surely.

    >>> document = Document("They met on Thursday.", published=date(2019, 1, 11))
    >>> happening(Evidence(document, 0, 21, 0, 0, 0, 0.0)).heading     # doctest: +SKIP
    '10 January 2019'
    """
    text, published = item.text, item.document.published
    found = dates(text, published)
    bound = [when for when in found if _binds(when, text, published)]
    context = dates(item.document.text[item.context_start : item.start], published)
    if not bound or context or (len(found) > 1 and any(_is_now(when, text) for when in found)):
        return None  # "answered yesterday's launch earlier today"
    when = bound[0]
    # "In 2018, on 20 May, …"
    when = next((finer for finer in bound[1:] if finer.within(when)), when)
    first, last = _days(when)
    if not (tells_of_past(text) or tells_of_plans(text)):
        return None  # A caption: "Smoke rises on Tuesday."
    planned = published is not None and (
        first > published or (first == published and _TO_BE.search(text) is not None)
    )
    return Happening(item, first, last, "planned" if planned else "")


def reported(item: Evidence) -> Happening | None:
    """Return the day of its article for a sentence that tells of the past and gives no date."""
    text, published = item.text, item.document.published
    if published is None or dates(text, published) or not tells_of_past(text, once=True):
        return None
    return Happening(item, published, published, "reported")


def _binds(when: When, text: str, published: date | None) -> bool:
    """Say whether it is the date of what the sentence tells."""
    if when.year is None or (when.day is not None and when.month is None):
        return False
    shown = fold(text[when.start : when.end])
    before, after = text[: when.start], text[when.end :]
    if _is_now(when, text) or _ROUGH.fullmatch(shown) or after.startswith(("'s", "’s", "’ ", "' ")):
        return False
    if _REMEMBERED.search(fold(text)):
        return False  # What is remembered happened then, and not what is told.
    if when.relative and when.weekday is not None and shown.endswith("day"):
        weekday_only = shown.removesuffix("day") not in ("to", "yester", "birth")
        if weekday_only and _may_be_next(when, before, after, published):
            return False
    if when.relative and (before.count("“") > before.count("”") or before.count('"') % 2):
        return False  # "Tomorrow" in someone's mouth is another day.
    lead_in = fold(before[-60:] + _preposition(shown))
    if _OF_ANOTHER.search(lead_in) and not _OF_DAY.search(lead_in):
        return False
    if _SINCE.search(fold(before)):
        return False
    if _RANGE_BEFORE.search(fold(before[-60:])) or _RANGE_AFTER.match(after):
        return False
    if _DETERMINER.search(lead_in) and re.match(r"[ -][^\W\d_]", after):
        return False  # "the May 20 election"
    if published is not None and _days(when)[0] > published:
        return when.month is not None and tells_of_plans(text)
    return True


def _is_now(when: When, text: str) -> bool:
    return fold(text[when.start : when.end]) in _NOWADAYS


def _may_be_next(when: When, before: str, after: str, published: date | None) -> bool:
    """Say whether a weekday may be one after the article: a live page grows after its date."""
    if published is None:
        return True
    back = published - _days(when)[0]
    if back == timedelta(days=6):
        return True
    soon = _SOON.match(fold(after)) is not None and not _SAID_ON.search(fold(before))
    return back > timedelta(0) and soon


def _preposition(shown: str) -> str:
    """Return the word with which a date begins that is none itself: "since " of "since 2015"."""
    first, _, rest = shown.partition(" ")
    opens = first in "in since of from until till during by after before about around circa born"
    return f"{first} " if rest and opens else ""


def _days(when: When) -> tuple[date, date]:
    """Return the first and the last day of a date of which the year is known."""
    year = when.year or 1
    if when.month is None:
        return date(year, 1, 1), date(year, 12, 31)
    last = calendar.monthrange(year, when.month)[1]
    return date(year, when.month, when.day or 1), date(year, when.month, when.day or last)
