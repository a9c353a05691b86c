"""Reads the publication date that an article states; an ambiguous one stays unknown.

`11/01/2019` is 11 January or 1 November, and `19-01-04` may begin with its day
or with its year. The choice is made only where something settles it, and is
otherwise left to the person. Knows nothing of files, formats, or where in an
article a date stood, but for the dateline with which a report begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from index.reading.metadata.date_words import (
    DAY_FIRST,
    MONTH_BEFORE_YEAR,
    MONTH_PATTERN,
    MONTHS,
    MONTHS_IN_ORDER,
    WEEKDAY_PATTERN,
    WEEKDAYS,
)

__all__ = [
    "DateClues",
    "DateOrder",
    "Mention",
    "Published",
    "dateline_dates",
    "find_dates",
    "publication_date",
    "wire_agency",
]

DateOrder = Literal["DMY", "MDY"]
"""Which comes first in a numeric date, day or month."""

_EARLIEST = date(1800, 1, 1)
_NO_DAY = date(1970, 1, 1)
"""What programs write where they know none: the beginning of their clocks."""
_NEAR = timedelta(days=10)
"""News names days close to its own; a date this near speaks for a reading."""

_ISO = r"(?<![\d/-])(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?![\d-])"
_COMPACT = r"(?<![\w.-])(?P<y2>\d{4})(?P<m2>[01]\d)(?P<d2>[0-3]\d)(?=T\d|\s*$)"
_EAST_ASIAN = r"(?P<y3>\d{4})\s?[年년]\s?(?P<m3>\d{1,2})\s?[月월]\s?(?P<d3>\d{1,2})\s?[日일]"
_DAY_FIRST = (
    r"(?<![\w/.-])(?P<d4>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?(?:\s+of|\s+de)?[\s-]+"
    rf"(?P<m4>{MONTH_BEFORE_YEAR})(?!\w)\.?(?:,?\s+(?:de[l]?\s+)?|-)(?P<y4>\d{{4}})(?!\d)"
)
_MONTH_FIRST = (
    rf"(?<!\w)(?P<m5>{MONTH_PATTERN})(?!\w)\.?\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?"
    # The clock stands before the year as the C library prints it (asctime), and X with it.
    r"(?:\s*,\s*|\s+(?:\d{1,2}:\d\d:\d\d\s+(?:[A-Z]{2,5}\s+|[+-]\d{4}\s+)?)?)(?P<y5>\d{4})(?!\d)"
)
_HYPHENS = (
    rf"(?<![\w/.-])(?P<d7>\d{{1,2}})-(?P<m7>{MONTH_BEFORE_YEAR})-(?P<y7>\d{{2}})(?![\w-])"
    rf"|(?<![\w/.-])(?P<y8>\d{{4}})-(?P<m8>{MONTH_BEFORE_YEAR})-(?P<d8>\d{{1,2}})(?![\w-])"
)
_NUMERIC = (
    r"(?<![\w/.-])(?P<a>\d{1,2})(?P<s6>[-/.])(?P<b>\d{1,2})(?P=s6)"
    r"(?P<y6>\d{4}|\d{2})(?![\w/-]|\.\d)"
)
_DATE = re.compile(
    "|".join((_ISO, _COMPACT, _EAST_ASIAN, _DAY_FIRST, _MONTH_FIRST, _HYPHENS, _NUMERIC))
)
_DAY_AND_MONTH = re.compile(
    rf"(?<!\w)(?P<m7>{MONTH_PATTERN})(?!\w)\.?\s+(?P<d7>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
    rf"|(?<![\w/.-])(?P<d8>\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?:\s+of|\s+de)?\s+"
    rf"(?P<m8>{MONTH_PATTERN})(?!\w)"
)
_WEEKDAY = re.compile(rf"(?<!\w)({WEEKDAY_PATTERN})(?!\w)", re.IGNORECASE)
_WIRE = re.compile(
    r"\s*[^\W\d_a-z][^()\n]{1,60}\((Reuters|AP|AFP|EFE|UPI|ANSA|dpa|DPA|Xinhua|Bloomberg|Kyodo)\)"
    r"\s*[-–—]"
)
_LONGEST = 120
_PLACE = re.compile(
    # In capitals, but for a state: "ALBANY, N.Y.", "SAN JOSE, Calif."
    r"\s*[^\W\d_a-z]{2,}(?:[\s.,'’/&-]+(?:[^\W\d_a-z]+|[^\W\d_a-z][^\W\d_]{1,5}\.))*"
    r"[\s,.–—-]*(?:\([\w .-]{2,30}\)[\s,–—-]*)?(?:(?:le|el|den|em)\s+)?"
)
_AFTER_DAY = re.compile(r"\s*,?\s*(?:\([\w .-]{2,30}\)|/[\w .-]{2,30}/)?\s*(?:[-–—]|:\s)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date with its year in a text: `text[start:end]`, and the days that it can mean."""

    start: int
    end: int
    readings: tuple[tuple[DateOrder | None, date], ...]
    """Existing days only; the order is None where the year comes first or the month is a word,
    and where both orders give the same day."""
    dotted: bool = False
    """Whether dots part its figures, and neither its year nor its month is told by its form."""


@dataclass(frozen=True, slots=True)
class DateClues:
    """What may settle an ambiguous date."""

    text: str = ""
    """The whole article, for the other dates in it."""
    order: DateOrder | None = None
    """What the person says."""
    language: str | None = None
    """The page's language tag, as in `en-GB`."""
    modified: date | None = None
    """When the file was last written: its article is not younger."""
    today: date | None = None
    """The day of reading; None for the machine's own date."""


@dataclass(frozen=True, slots=True)
class Published:
    """The publication date, or why it is not known."""

    day: date | None = None
    warning: str | None = None


def find_dates(text: str) -> Iterator[Mention]:
    """Yield every date with a year that a text writes, in order.

    >>> [m.readings for m in find_dates("4 January 2019")]
    [((None, datetime.date(2019, 1, 4)),)]
    """
    for match in _DATE.finditer(text):
        found = match.groupdict()
        yield Mention(match.start(), match.end(), _readings(found), found["s6"] == ".")


def publication_date(stated: tuple[str, ...], clues: DateClues) -> Published:
    """Return the day that the first readable of the stated dates means.

    Where day and month could be either, these settle it, the surest first: the
    person's `order`; a weekday beside the date; the file's age; other numeric
    dates of the article that are clear; its language and the dates near by,
    where these do not contradict each other. Dots are written where the day comes
    first. Where the year could come first, other dates and the language tell nothing
    of the order.

    Returns:
        The day; or None, with a warning where a date is stated and not usable.
    """
    today = clues.today or date.today()
    for written in stated:
        for mention in find_dates(written):
            possible = [
                (order, day)
                for order, day in mention.readings
                if _EARLIEST <= day <= today + timedelta(days=1) and day != _NO_DAY
            ]
            if len({day for _, day in possible}) == 1:
                return Published(possible[0][1])
            if possible:
                day = _settle(dict(possible), written, clues, stated, mention.dotted)
                shown = written[mention.start : mention.end]
                return Published(day) if day else Published(warning=_ambiguous(shown, possible))
    if stated:
        shown = " ".join(stated[0].split())[:40]
        return Published(warning=f"no publication date: {shown!r} is not a possible one")
    return Published()


def _ambiguous(shown: str, possible: list[tuple[DateOrder | None, date]]) -> str:
    days = dict.fromkeys(day for _, day in possible)
    one_year = len({day.year for day in days}) == 1
    names = " or ".join(
        f"{day.day} {MONTHS_IN_ORDER[day.month - 1]}{'' if one_year else f' {day.year}'}"
        for day in days
    )
    mend = "" if one_year else "write its year in full, or "
    return f"the date {shown} can be {names}; {mend}add it with --date-order DMY or MDY"


def _settle(
    readings: dict[DateOrder | None, date],
    written: str,
    clues: DateClues,
    stated: tuple[str, ...],
    dotted: bool,
) -> date | None:
    if clues.order:
        return readings.get(clues.order)
    weekdays = {WEEKDAYS[name.casefold()] for name in _WEEKDAY.findall(written)}
    by_weekday = {day for day in readings.values() if day.weekday() in weekdays}
    if len(by_weekday) == 1:
        return by_weekday.pop()
    if clues.modified:
        # A day of tolerance, for the time zone in which the file was written.
        tolerance = timedelta(days=1)
        by_age = {day for day in readings.values() if day - tolerance <= clues.modified}
        if len(by_age) == 1:
            return by_age.pop()
    if dotted and "DMY" in readings:
        return readings["DMY"]
    everything = "\n".join((*stated, clues.text))
    if None in readings:  # The year could come first, which neither of the other clues knows of.
        return _nearest(tuple(readings.values()), everything)
    orders = {
        mention.readings[0][0]
        for mention in find_dates(everything)
        if len(mention.readings) == 1
        and mention.readings[0][0] is not None
        and everything[mention.end - 4 : mention.end].isdigit()  # 12-13-14 may be anything
    }
    if len(orders) == 1:
        return readings.get(orders.pop())
    votes = {
        day
        for day in (
            readings.get(_order_of(clues.language)),
            _nearest(tuple(readings.values()), everything),
        )
        if day is not None
    }
    return votes.pop() if len(votes) == 1 else None


def _order_of(language: str | None) -> DateOrder | None:
    """Return how a language's readers write numeric dates, where that is well settled."""
    if not language:
        return None
    tag = language.strip().replace("_", "-").casefold()
    if tag.startswith("en-us"):
        return "MDY"
    return "DMY" if DAY_FIRST.fullmatch(tag) else None


def _nearest(readings: tuple[date, ...], text: str) -> date | None:
    """Return the only reading that a clear date of the text lies near, if there is one."""
    fits: set[date] = set()
    for mention in find_dates(text):
        if len(mention.readings) == 1:
            day = mention.readings[0][1]
            fits.update(reading for reading in readings if abs(reading - day) <= _NEAR)
    for match in _DAY_AND_MONTH.finditer(text):
        found = match.groupdict()
        name, number = found["m7"] or found["m8"], found["d7"] or found["d8"]
        month = MONTHS[name.casefold()]
        for reading in readings:
            for year in (reading.year - 1, reading.year, reading.year + 1):
                near_by = _day(year, month, int(number))
                if near_by and abs(reading - near_by) <= _NEAR:
                    fits.add(reading)
    return fits.pop() if len(fits) == 1 else None


def _readings(found: dict[str, str | None]) -> tuple[tuple[DateOrder | None, date], ...]:
    if found["a"] and found["b"] and found["y6"]:
        first, second, year = int(found["a"]), int(found["b"]), _full_year(found["y6"])
        by_day, by_month = _day(year, second, first), _day(year, first, second)
        orders: list[tuple[DateOrder | None, date | None]] = [("DMY", by_day), ("MDY", by_month)]
        if len(found["a"]) == len(found["y6"]) == 2:
            orders.append((None, _day(_full_year(found["a"]), second, int(found["y6"]))))
        readings = tuple((order, day) for order, day in orders if day is not None)
        same = len({day for _, day in readings}) == 1 and len(readings) > 1
        return ((None, readings[0][1]),) if same else readings
    # One alternative of the pattern matched: its year, month, and day end in the same figure.
    form = next(number for number in "1234578" if found[f"y{number}"])
    month = found[f"m{form}"] or ""
    number = MONTHS.get(month.casefold()) or int(month)
    day = _day(_full_year(found[f"y{form}"] or "0"), number, int(found[f"d{form}"] or 0))
    return ((None, day),) if day else ()


def _full_year(digits: str) -> int:
    """Read two digits as POSIX does: 69 to 99 are 19xx (strptime, `%y`)."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= 69 else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def wire_agency(text: str) -> str | None:
    """Return the news agency that a text's dateline names: "CARACAS, Jan 10 (Reuters) - ..."."""
    match = _WIRE.match(text)
    return match.group(1) if match else None


def dateline_dates(text: str) -> tuple[str, ...]:
    """Return the date of a text's dateline, where it has a year.

    >>> dateline_dates("CARACAS, Jan. 4, 2019 (Reuters) - Ships came in before noon.")
    ('Jan. 4, 2019',)
    """
    head = text[:_LONGEST].partition("\n")[0]
    mention = next(find_dates(head), None)
    if mention is None or not _PLACE.fullmatch(head, 0, mention.start):
        return ()
    return (head[mention.start : mention.end],) if _AFTER_DAY.match(head, mention.end) else ()
