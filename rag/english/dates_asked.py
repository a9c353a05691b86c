"""Reads the dates of a question as bounds on the publication dates of the articles to search.

A date in a question is mostly that of an event, and news of an event comes on
its day or later, perhaps years later. So "in 1998" only leaves out what was
published before 1998. Both ends are bound where the question speaks of the
publication ("articles from 2018") or of the days just past ("last week").
Left unread is what may mean either: a year that only names a thing ("the 1998
World Cup"), or what is still to come. Knows no articles but their days.

No general parser of dates is used, since those return a point ("March 2018" as
its today's day) and find dates in "may", "second", and "sat".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from rag.english.dates import When

__all__ = ["DatePhrase", "DateRange", "date_phrases", "days_asked", "range_asked"]

_ANNOUNCED = timedelta(days=14)
"""How long before its day an event may be in the news: who is to be sworn in on 10 January."""
_REPORTED_LATE = timedelta(days=2)
"""How long after the days just past the news of them may come."""
_NEAR = timedelta(days=31)
"""How near a day without a year must lie to a dated article to be taken for one of its year."""

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\d%]|[-.,]\d|-\w)"
_MONTHS = {name[:3].casefold(): number for number, name in enumerate(calendar.month_name) if name}
_FULL_MONTHS = "|".join(calendar.month_name[1:])
_MONTH = rf"(?:{_FULL_MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
# A month alone needs its capital, and "May" more than that.
_BARE_MONTH = "|".join(f"(?-i:{name})" for name in calendar.month_name[1:] if name != "May")
_POINT = (
    rf"(?:\d{{4}}-\d\d-\d\d"
    rf"|(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+{_DAY}(?!\w)(?:,?\s+{_YEAR})?"
    rf"|{_MONTH},?\s+(?:of\s+)?{_YEAR}|{_YEAR}|{_BARE_MONTH})(?!\w)"
)
_PART = (
    r"(?:(?:the\s+)?(?:early|late|mid|middle|beginning|start|end|course|spring|summer|autumn|"
    r"fall|winter|year|month)[\s-]+(?:of\s+|in\s+)?(?:the\s+year\s+)?)?"
)
# "before the inauguration on 10 January": what it says of the event, up to its day.
_EVENT = r"(?:(?!and\b|or\b)[\w'’-]+\s+){1,6}?(?:on|in|of)\s+"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
} | {"a": 1, "an": 1, "twelve": 12, "few": 7, "couple of": 2}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_WEEKDAYS = {name.casefold(): number for number, name in enumerate(calendar.day_name)}

_BETWEEN = rf"(?:between|from|since|after)\s+(?P<first>{_POINT}|{_DAY}|(?-i:May))"
_TO = r"(?:and|to|until|till|through|(?:and|but)\s+before)"

_Kind = Literal["on", "since", "after", "before", "between", "relative"]
_FORMS: tuple[tuple[_Kind, str], ...] = (
    ("between", rf"{_BETWEEN}\s+{_TO}\s+(?P<last>{_POINT})"),
    ("since", rf"(?:ever\s+)?since\s+(?:{_EVENT})?{_PART}(?P<first>{_POINT})"),
    ("since", rf"from\s+(?P<first>{_POINT})\s+(?:onwards?\b|on(?=\s*(?:[?,.;]|$)))"),
    ("before", rf"(?:before|prior\s+to|ahead\s+of)\s+(?:{_EVENT})?(?P<first>{_POINT})"),
    ("after", rf"(?:after|following)\s+(?:{_EVENT})?(?P<first>{_POINT})"),
    ("on", rf"(?:in|on|during|throughout|of|from)\s+{_PART}(?P<first>{_POINT})"),
)
_ABSOLUTE = tuple((kind, re.compile(rf"\b{pattern}", re.IGNORECASE)) for kind, pattern in _FORMS)
_RELATIVE = re.compile(
    r"\b(?:(?P<day>yesterday|(?<!the )last\s+night|today|tonight)"
    r"|this\s+(?P<this_unit>week|weekend|month|year|morning|afternoon|evening)"
    rf"|(?<!the )(?<!his )(?<!her )last\s+"
    rf"(?P<last_unit>week|weekend|month|year|{'|'.join(_WEEKDAYS)})"
    rf"|(?:in|over|during|within|for)\s+the\s+(?:last|past)\s+(?:{_COUNT}\s+)?{_UNIT}"
    rf")\b(?!\s+of\b)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:published|printed|posted|articles?|stories|coverage|news|reports?|reporting|"
    r"overview|summary|I\s+(?:have|saved|collected))\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|is|are|does|do|going\s+to|plan\w*|schedul\w+|expect\w*|due|upcoming|"
    r"forecasts?|projected|promised|supposed)\b",
    re.IGNORECASE,
)
_NOWADAYS = re.compile(r"\b(?:did|was|were|happened|published|articles?|news)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """Words of a question that say when: `question[start:end] == text`."""

    text: str
    start: int
    end: int
    kind: _Kind
    first: When | None = None
    last: When | None = None
    after: date | None = None
    """For a relative phrase, its first and last day."""
    before: date | None = None
    ended: date | None = None
    """For a relative phrase, the last day of what it says, though news of it may come later."""
    published: bool = False
    """Whether it says when the article was published, and not when something happened."""
    to_come: bool = False
    """Whether the question may be about what was still to come."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days of publication, both ends included; None where it is open."""

    phrase: str
    """The words of the question that it comes from."""
    after: date | None
    before: date | None

    def holds(self, day: date) -> bool:
        """Say whether a day lies within."""
        return (self.after or day) <= day <= (self.before or day)


def date_phrases(question: str, today: date) -> tuple[DatePhrase, ...]:
    """Return the phrases of a question that say when, in order.

    Args:
        question: in English.
        today: the day that "last week" is counted from.
    """
    found: list[DatePhrase] = []
    to_come = _TO_COME.search(question) is not None
    for kind, pattern in _ABSOLUTE:
        for match in pattern.finditer(question):
            groups = match.groupdict()
            last = _point(groups["last"]) if groups.get("last") else None
            first = _point(groups["first"], last)
            if first is None or _overlaps(match, found):
                continue
            told = _PUBLISHED.search(question[: match.start()]) is not None
            phrase = DatePhrase(match.group(), *match.span(), kind, first, last, published=told)
            if kind == "on" and not told and phrase.text.casefold().startswith(("of", "from")):
                continue  # "the vote of May 2018" names a thing.
            found.append(replace(phrase, to_come=to_come))
    for match in _RELATIVE.finditer(question):
        days = _relative(match, question, today)
        if days and not _overlaps(match, found):
            phrase = DatePhrase(match.group(), *match.span(), "relative")
            found.append(replace(phrase, after=days[0], before=days[1], ended=days[2]))
    return tuple(sorted(found, key=lambda phrase: phrase.start))


def _overlaps(match: re.Match[str], found: Collection[DatePhrase]) -> bool:
    return any(other.start < match.end() and match.start() < other.end for other in found)


def range_asked(phrases: Collection[DatePhrase], published: Collection[date]) -> DateRange | None:
    """Return the days of publication to search, or None where the phrases tell nothing.

    Nothing is told by a range in which no article lies, nor by one that holds them all.

    Args:
        phrases: those of one question; of several, all ranges are searched.
        published: the days of publication of the articles.
    """
    ranges = [bounds for phrase in phrases if (bounds := _bounds(phrase, published))]
    if not ranges or len(ranges) < len(phrases):
        return None
    afters, befores = [r.after for r in ranges], [r.before for r in ranges]
    whole = DateRange(
        " … ".join(bounds.phrase for bounds in ranges),
        None if None in afters else min(day for day in afters if day),
        None if None in befores else max(day for day in befores if day),
    )
    held = sum(whole.holds(day) for day in published)
    return whole if 0 < held < len(published) else None


def days_asked(
    phrases: Collection[DatePhrase], published: Collection[date]
) -> tuple[date | None, date | None]:
    """Return the first and the last day of what is asked for, None where it is open.

    Unlike `range_asked`, the days themselves, whenever articles tell of them.

    Args:
        phrases: those of one question; of several, all of their days together.
        published: the days of publication of the articles, which tell the year of a day without.

    >>> days_asked(date_phrases("What happened in January 2019?", date(2026, 1, 1)), ())
    (datetime.date(2019, 1, 1), datetime.date(2019, 1, 31))
    """
    found = [days for phrase in phrases if (days := _days_of(phrase, published))]
    firsts, lasts = [first for first, _ in found], [last for _, last in found]
    return (
        None if None in firsts else min((day for day in firsts if day), default=None),
        None if None in lasts else max((day for day in lasts if day), default=None),
    )


def _begins_and_ends(
    phrase: DatePhrase, published: Collection[date]
) -> tuple[When, tuple[date, date], tuple[date, date]] | None:
    """Return what a phrase begins with, its days, and those of what it ends with.

    None where it has no year and the articles leave it open, or it ends before it begins.
    """
    first, last = phrase.first, phrase.last or phrase.first
    if first is None or last is None:
        return None
    year = last.year or first.year or _only_year(first, published)
    begins, ends = first.days(year), last.days(year)
    if begins is None or ends is None or begins[0] > ends[1]:
        return None
    return first, begins, ends


def _days_of(
    phrase: DatePhrase, published: Collection[date]
) -> tuple[date | None, date | None] | None:
    if phrase.kind == "relative":
        return phrase.after, phrase.ended
    read = _begins_and_ends(phrase, published)
    if read is None:
        return None
    first, begins, ends = read
    one = timedelta(days=1)
    days: dict[_Kind, tuple[date | None, date | None]] = {
        "before": (None, begins[0] - one),
        "since": (begins[0], None),
        "after": (begins[0] if first.day else begins[1] + one, None),
    }
    return days.get(phrase.kind, (begins[0], ends[1]))


def _bounds(phrase: DatePhrase, published: Collection[date]) -> DateRange | None:
    if phrase.kind == "relative":
        return DateRange(phrase.text, phrase.after, phrase.before)
    read = _begins_and_ends(phrase, published)
    if read is None:
        return None
    first, begins, ends = read
    of_day = first.day is not None
    if phrase.kind == "before":
        # "before 2019" tells of what happened, which may be told at any time after.
        known = phrase.published or first.month is not None
        return DateRange(phrase.text, None, begins[0] - timedelta(days=1)) if known else None
    if phrase.kind == "since":
        return DateRange(phrase.text, begins[0], None)
    if phrase.kind == "after":
        return DateRange(phrase.text, begins[0] if of_day else begins[1] + timedelta(days=1), None)
    if phrase.published:
        return DateRange(phrase.text, begins[0], ends[1])
    if " before " in phrase.text.casefold():
        return DateRange(phrase.text, begins[0], ends[0] - timedelta(days=1))
    if phrase.to_come:
        return None
    announced = of_day and phrase.kind == "on"
    return DateRange(phrase.text, begins[0] - (_ANNOUNCED if announced else timedelta(0)), None)


def _only_year(point: When, published: Collection[date]) -> int | None:
    """Return the one year in which articles lie near a day or month without a year."""
    years = set()
    for day in published:
        for year in (day.year - 1, day.year, day.year + 1):
            bounds = point.days(year)
            if bounds and bounds[0] - _NEAR <= day <= bounds[1] + _NEAR:
                years.add(year)
    return years.pop() if len(years) == 1 else None


def _point(written: str, last: When | None = None) -> When | None:
    """Read a day, month, or year; a lone number is a day of the month of `last`."""
    if iso := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", written):
        year, month, day = map(int, iso.groups())
        return When(0, 0, year, month, day) if 1 <= month <= 12 else None
    months = (_MONTHS.get(word[:3].casefold()) for word in re.findall(r"[A-Za-z]{3,}", written))
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    point = When(
        0,
        0,
        next((n for n in numbers if n > 31), None),
        next(filter(None, months), None),
        next((n for n in numbers if 0 < n <= 31), None),
    )
    if point.month is None and point.day is not None:
        return replace(last, day=point.day) if last and last.month and last.day else None
    return point if point.month or point.year else None


def _relative(match: re.Match[str], question: str, today: date) -> tuple[date, date, date] | None:
    """Return the first and last day of publication that a relative phrase means, and its last."""
    groups = {name: text.casefold() for name, text in match.groupdict().items() if text}
    one = timedelta(days=1)
    if word := groups.get("day"):
        if word in ("today", "tonight"):
            # "What is it called today?" means nowadays.
            return (today, today, today) if _NOWADAYS.search(question) else None
        return today - one, today, today - one
    if unit := groups.get("this_unit"):
        return _begin(today, unit), today, today
    if unit := groups.get("last_unit"):
        if unit in _WEEKDAYS:
            day = today - timedelta(days=(today.weekday() - _WEEKDAYS[unit]) % 7 or 7)
            return day, min(day + _REPORTED_LATE, today), day
        monday = today - timedelta(days=today.weekday())
        if unit == "week":
            return monday - 7 * one, min(monday - one + _REPORTED_LATE, today), monday - one
        if unit == "weekend":
            return monday - 2 * one, min(monday - one + _REPORTED_LATE, today), monday - one
        ended = _begin(today, unit) - one
        # What happened last month or last year is told until today.
        return _begin(ended, unit), today, ended
    count = groups.get("count", "one")
    number = int(count) if count.isdigit() else _COUNTS[count]
    length = {"day": 1, "week": 7, "month": 31, "year": 366}[groups["unit"]]
    return today - number * length * one, today, today


def _begin(day: date, unit: str) -> date:
    """Return when the unit that holds a day begins; a week is the seven days up to it."""
    if unit == "week":
        return day - timedelta(days=6)
    if unit == "weekend":
        return day - timedelta(days=(day.weekday() - _WEEKDAYS["friday"]) % 7)
    if unit == "month":
        return day.replace(day=1)
    if unit == "year":
        return day.replace(month=1, day=1)
    return day
