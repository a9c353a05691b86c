"""Reads the dates of a text, "on Friday" and "last year" too where the article's date is known.

English. A date is what is known of a year, a month, a day, and the length of
the time meant; nothing that can be read in two ways is resolved. Knows nothing
of claims or quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.words import fold

__all__ = ["When", "dates"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAY = r"(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_NUMBER = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBER)})"
_PATTERNS = tuple(
    re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")
    for pattern in (
        r"(?P<year>(?:1[5-9]|20)\d\d)-(?P<iso>\d\d)-(?P<day>\d\d)",
        rf"(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
        rf"(?:{_WEEKDAY},? )?{_MONTH} (?:the )?{_DAY}(?![.,]?\d)(?:(?:,| of|) {_YEAR})?",
        rf"(?:(?P<turn>last|next|this) )?{_MONTH}(?:,? {_YEAR})",
        rf"(?P<turn>last|next|this) {_MONTH}",
        r"(?P<turn>last|next|this) (?P<unit>week|month|year)",
        rf"{_COUNT} (?P<unit>day|week|month|year)s? ago",
        rf"(?:(?P<turn>last|next|this|this coming|this past) )?{_WEEKDAY}",
        r"(?P<word>(?:the day before )?yesterday|(?:the day after )?tomorrow|today|tonight)",
        rf"(?:in|since|of|from|until|during|by|after|before) {_YEAR}",
        rf"(?:in|since|of|from|until|during|by|after|before|early|late) {_MONTH}",
    )
)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|due|scheduled|planned|plans|set|expected|going|is to|are to|to be|"
    r"to take|to meet|to vote)\b"
)
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
    week: date | None = None
    """The Monday of the week meant, where it is a week and no day."""
    relative: bool = False
    """Whether it means something only beside the date of the article."""

    def within(self, other: When) -> bool:
        """Say whether a date is the other one, or part of it: 4 January of January 2019."""
        if other.week is not None:
            return self.week == other.week or _week_of(self) == other.week
        known = (other.year, other.month, other.day)
        if known == (None, None, None):
            return False
        if other.weekday is not None and self.weekday not in (None, other.weekday):
            return False
        return all(o is None or s == o for s, o in zip((self.year, self.month, self.day), known))

    def clashes(self, other: When) -> bool:
        """Say whether two dates cannot be the same because a part that both give differs."""
        parts = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return any(s is not None and o is not None and s != o for s, o in parts)


def dates(text: str, published: date | None = None) -> tuple[When, ...]:
    """Return the dates of a text, in order.

    Args:
        text: any text.
        published: the day on which it was written; without it, "on Friday" stays a weekday.

    >>> found = dates("They met on Friday.", date(2019, 1, 5))
    >>> [(when.year, when.month, when.day) for when in found]
    [(2019, 1, 4)]
    """
    folded = _folded(text)
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(start < e and s < end for s, e in taken):
                continue
            taken.append((start, end))
            when = _read(match, folded, published)
            if when is not None:
                found.append(when)
    return tuple(sorted(found, key=lambda when: when.start))


def _folded(text: str) -> str:
    """Fold a text without moving any place in it."""
    if text.isascii():
        return text.lower()
    return "".join(f if len(f := fold(c)) == 1 else c for c in text)


def _read(match: re.Match[str], folded: str, published: date | None) -> When | None:
    parts = match.groupdict()
    start, end = match.span()
    year = int(parts["year"]) if parts.get("year") else None
    month = _MONTHS.index(parts["month"][:3]) + 1 if parts.get("month") else None
    month = int(parts["iso"]) if parts.get("iso") else month
    day = int(parts["day"]) if parts.get("day") else None
    name = parts.get("weekday")
    weekday = next(i for i, d in enumerate(_DAYS) if d.startswith(name)) if name else None
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    turn = parts.get("turn") or ""
    if year is None and month is not None:
        if published is not None:
            year = _nearest_year(published, month, day, turn)
        return When(start, end, year, month, day, weekday, relative=True)
    if year is not None:
        if month is not None and day is not None:
            try:
                actual = date(year, month, day).weekday()
            except ValueError:
                return None
            weekday = actual if weekday is None else weekday
        return When(start, end, year, month, day, weekday)
    if published is None:
        return When(start, end, weekday=weekday, relative=True)
    if weekday is not None:
        ahead = _AHEAD.search(folded[max(0, start - 60) : start]) is not None
        found = _weekday(published, weekday, turn, ahead)
        return (
            _day(start, end, found) if found else When(start, end, weekday=weekday, relative=True)
        )
    if parts.get("word"):
        shift = {"yesterday": -1, "tomorrow": 1}.get(parts["word"], 0)
        shift = {"the day before yesterday": -2, "the day after tomorrow": 2}.get(
            parts["word"], shift
        )
        return _day(start, end, published + timedelta(days=shift))
    count = parts.get("count")
    if count:
        number = -(_NUMBER[count] if count in _NUMBER else int(count))
    else:
        number = {"last": -1, "next": 1, "this": 0}[turn]
    return _shifted(start, end, published, number, parts["unit"], exact=bool(count))


def _shifted(
    start: int, end: int, published: date, number: int, unit: str, *, exact: bool
) -> When | None:
    """Return the day, week, month, or year that is so many of them away."""
    if unit == "day":
        return _day(start, end, published + timedelta(days=number))
    if unit == "week":
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=number)
        return When(start, end, week=monday, relative=True)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + number
        return When(start, end, months // 12, months % 12 + 1, relative=True)
    if exact and abs(number) > 10:
        return When(start, end, relative=True)  # "20 years ago" is a round number
    return When(start, end, published.year + number, relative=True)


def _weekday(published: date, weekday: int, turn: str, ahead: bool) -> date | None:
    """Return the day meant by "Friday", or None where it might be one or the other."""
    back = (published.weekday() - weekday) % 7
    if turn == "last":
        # On a Saturday, "last Friday" is yesterday for one and eight days ago for another.
        return published - timedelta(days=back or 7) if weekday >= published.weekday() else None
    if turn == "next":
        forth = (weekday - published.weekday()) % 7 or 7
        return published + timedelta(days=forth) if weekday <= published.weekday() else None
    if turn == "this":
        return published + timedelta(days=weekday - published.weekday())
    if turn == "this coming" or (ahead and back):
        return published + timedelta(days=(weekday - published.weekday()) % 7 or 7)
    return published - timedelta(days=back)


def _nearest_year(published: date, month: int, day: int | None, turn: str) -> int | None:
    year = published.year
    if turn in ("last", "next"):
        past = turn == "last"
        if month == published.month:
            return year - 1 if past else year + 1
        return year - (month > published.month) if past else year + (month < published.month)
    away = {}
    for candidate in (year - 1, year, year + 1):
        try:
            away[candidate] = abs((date(candidate, month, day or 15) - published).days)
        except ValueError:
            continue
    nearest = min(away, key=away.__getitem__, default=None)
    return nearest if nearest is not None and away[nearest] <= _NEAR else None


def _day(start: int, end: int, day: date) -> When:
    return When(start, end, day.year, day.month, day.day, day.weekday(), relative=True)


def _week_of(when: When) -> date | None:
    if when.year is None or when.month is None or when.day is None:
        return None
    day = date(when.year, when.month, when.day)
    return day - timedelta(days=day.weekday())
