"""Reads the dates of a text, "on Friday" and "last year" too where the article's date is known.

A date is what is known of a year, a month, and a day; nothing that can be read
in two ways is resolved. Knows nothing of what the dates are for.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from rag.english.numbers import numbers
from rag.english.vocabulary import fold, fold_in_place

__all__ = ["When", "dates"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ALSO_WORDS = ("march", "may", "mar")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAYS = "mon tues wednes thurs fri satur sun".split()
_WEEKDAY = rf"(?P<weekday>{'|'.join(_DAYS)})day"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[1-9]|20)\d\d)(?![.,]?\d|%)"
_OF_YEAR = rf"(?:(?:,| of)? {_YEAR}| (?:of )?(?P<other>last|this|next) year)"
_NO_DAY = r"[.,]?\d| (?:miles?|kilomet\w+|km|met(?:er|re)s?)\b"
_BEFORE = (
    r"\b(?P<lead>between|(?<=between \d{4} )and|in|since|of|from|until|till|to|during|throughout|"
    r"by|after|following|before|about|around|circa|born|year|early|late|mid|spring|summer|autumn|fall|"
    r"winter)[ -]"
)
_TURNS = {"last": -1, "this": 0, "next": 1}
_SHIFTS = {"yesterday": -1, "last night": -1, "tomorrow": 1} | dict.fromkeys(
    ("today", "tonight", "this morning", "this afternoon", "this evening"), 0
)
# "between 5 and 8 January", "5-8 January": the first day, the month of which follows later.
_FIRST_OF_TWO = re.compile(
    rf"(?<![\w-]){_DAY}(?= ?(?:[-–]|and|or|to|until|till|through) ?\d{{1,2}}(?:st|nd|rd|th)?"
    rf"(?P<of> of)? {_MONTH}{_OF_YEAR}?(?![\w-]))"
)
_PATTERNS = tuple(
    re.compile(rf"(?:(?<![\w-])|(?<=\d[-–])(?=\d))(?:{pattern})(?![\w-])")
    for pattern in (
        r"(?P<year>(?:1[1-9]|20)\d\d)-(?P<iso>\d\d)-(?P<day>\d\d)",
        rf"(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?P<of> of)? {_MONTH}{_OF_YEAR}?",
        rf"(?:{_WEEKDAY},? )?{_MONTH} (?:the )?{_DAY}(?!{_NO_DAY})(?:[-–]\d\d?)?{_OF_YEAR}?",
        rf"{_MONTH}{_OF_YEAR}",
        r"(?<!the )(?P<turn>last|next|this) (?P<unit>month|year)",
        r"(?P<count>\d{1,3}|[a-z]+) (?P<unit>day|week|month|year)s? ago",
        rf"(?:(?P<turn>last|next|this) )?{_WEEKDAY}",
        rf"(?P<word>{'|'.join(_SHIFTS)})",
        rf"{_BEFORE}(?:{_YEAR}|{_MONTH})",
    )
)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|due|scheduled|planned|plans|set|expected|going|is to|are to|to be|"
    r"to take|to meet|to vote|(?:meet|begin|open|start|return)s|takes place|goes to)\b|[’']ll\b"
)
_SAID = re.compile(r"\b(?:said|says|told|announced|reported|wrote|tweeted|warned|according)\b")
_MOST_AGO = 1000
"""Of what is counted back from an article; what is more is a figure of speech."""
_CLAUSE = 120
"""Characters before a weekday in which its sentence may say that it is still to come."""
_NEAR = 150
"""Days up to which a month without a year is that of the nearest year; beyond, it is anyone's."""


@dataclass(frozen=True, slots=True)
class When:
    """A date as far as it is known; None where it is not."""

    start: int
    end: int
    """Where it stands in the text, end exclusive."""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    """Monday is 0."""
    relative: bool = False
    """Whether it means something only beside the date of the article."""

    @property
    def parts(self) -> tuple[int | None, ...]:
        """What is known of the date itself: year, month, day, and weekday."""
        return self.year, self.month, self.day, self.weekday

    def days(self, year: int | None = None) -> tuple[date, date] | None:
        """Return its first and its last day; None where there are none or the year is unknown.

        Args:
            year: that of a date without one.
        """
        year = self.year or year
        if year is None or (self.day and not self.month):
            return None
        first = _made(year, self.month or 1, self.day or 1)
        if first is None or self.day:
            return (first, first) if first else None
        month = self.month or 12
        return first, date(year, month, calendar.monthrange(year, month)[1])

    def within(self, other: When) -> bool:
        """Say whether a date is the other one, or part of it: 4 January of January 2019."""
        known = any(other.parts[:3])
        return known and all(o is None or s == o for s, o in zip(self.parts, other.parts))

    def agrees(self, other: When) -> bool:
        """Say whether no part that both give differs: "January 2019" with "10 January 2019".

        >>> january, tenth = dates("In January 2019, on 10 January 2019")
        >>> january.agrees(tenth), tenth.agrees(dates("On 11 January")[0])
        (True, False)
        """
        return all(s is None or o is None or s == o for s, o in zip(self.parts, other.parts))


def dates(text: str, published: date | None = None) -> tuple[When, ...]:
    """Return the dates of a text, in order.

    Args:
        text: any text.
        published: the day on which it was written; without it, "on Friday" stays a weekday.

    >>> found = dates("They met on Friday.", date(2019, 1, 5))
    >>> [(when.year, when.month, when.day) for when in found]
    [(2019, 1, 4)]
    >>> dates("They marched 12 miles in May's honour, read the novel 1984, and met the mayor 5.")
    ()
    """
    folded = fold_in_place(text)
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_FIRST_OF_TWO, *_PATTERNS):
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(start < e and s < end for s, e in taken) or _is_word(match, text):
                continue
            taken.append((start, end))
            if (when := _read(match, folded, published)) is not None:
                found.append(when)
    return tuple(sorted(found, key=lambda when: when.start))


def _is_word(match: re.Match[str], text: str) -> bool:
    """Say whether what looks like a month is a small word: "may 5 of them march 12 miles"?"""
    parts = match.groupdict()
    if parts.get("month") not in _ALSO_WORDS or parts.get("year") or parts.get("of"):
        return False
    start, end = match.span("month")
    near = parts.get("other") or fold(text[start - 4 : start - 1]) == "mid"
    person = parts["month"] == "may" and not (parts.get("day") or near)  # "confidence in May"
    return text[start].islower() or person or text[end : end + 2] in ("'s", "’s")


def _read(match: re.Match[str], folded: str, published: date | None) -> When | None:
    parts = match.groupdict()
    # The word before a date that says what it is to what is told is no part of it.
    span = match.end("lead") + 1 if parts.get("lead") else match.start(), match.end()
    year = int(parts["year"]) if parts.get("year") else None
    month = _MONTHS.index(parts["month"][:3]) + 1 if parts.get("month") else None
    month = int(parts["iso"]) if parts.get("iso") else month
    day = int(parts["day"]) if parts.get("day") else None
    weekday = _DAYS.index(parts["weekday"]) if parts.get("weekday") else None
    turn = parts.get("turn") or ""
    if _made(year or 2000, month or 1, day or 1) is None:
        return None
    if year is not None:
        found = _made(year, month, day) if month and day and weekday is None else None
        return When(*span, year, month, day, found.weekday() if found else weekday)
    if month is not None:
        if published and (other := parts.get("other")):
            year = published.year + _TURNS[other]
        elif published:
            year = _nearest_year(published, month, day)
        return When(*span, year, month, day, weekday, relative=True)
    if published is None:
        return When(*span, weekday=weekday, relative=True)
    if weekday is not None:
        *_, clause = re.split(r"[.;!?] ", folded[max(0, span[0] - _CLAUSE) : span[0]])
        # What "will close, the bank said on Friday" was said.
        *_, clause = _SAID.split(clause)
        ahead = _AHEAD.search(clause) is not None
        away = _weekday(published, weekday, turn, ahead)
        if away is None:
            return When(*span, weekday=weekday, relative=True)
        return _day(span, published, away)
    if parts.get("word"):
        return _day(span, published, _SHIFTS[parts["word"]])
    number = _TURNS.get(turn, 0)
    if count := parts.get("count"):
        number = -int(next(iter(numbers(count)), count in ("a", "an", "one")))
        if not -_MOST_AGO < number < 0:
            return None  # "some years ago"
    if parts["unit"] == "day":
        return _day(span, published, number)
    if parts["unit"] == "month":
        months = published.year * 12 + published.month - 1 + number
        return When(*span, months // 12, months % 12 + 1, relative=True)
    if parts["unit"] == "week" or number < -10:
        return When(*span, relative=True)  # "20 years ago" is a round number
    return When(*span, published.year + number, relative=True)


def _weekday(published: date, weekday: int, turn: str, ahead: bool) -> int | None:
    """Return how many days away "Friday" is, or None where it might be one or the other."""
    back, forth = (published.weekday() - weekday) % 7, (weekday - published.weekday()) % 7 or 7
    if turn == "last":
        # On a Saturday, "last Friday" is yesterday for one and eight days ago for another.
        return -(back or 7) if weekday >= published.weekday() else None
    if turn == "next":
        return forth if weekday <= published.weekday() else None
    if turn == "this":
        return weekday - published.weekday()
    return forth if ahead and back else -back


def _nearest_year(published: date, month: int, day: int | None) -> int | None:
    candidates = (_made(published.year + shift, month, day or 15) for shift in (-1, 0, 1))
    away = {abs((found - published).days): found.year for found in candidates if found}
    nearest = min(away, default=_NEAR + 1)
    return away[nearest] if nearest <= _NEAR else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(span: tuple[int, int], published: date, away: int) -> When:
    day = date.fromordinal(min(max(1, published.toordinal() + away), date.max.toordinal()))
    return When(*span, day.year, day.month, day.day, day.weekday(), relative=True)
