"""Reads the dates of a question as bounds on the publication dates of the articles to search.

A date in a question is mostly that of an event, and news of an event comes on
its day or later, perhaps years later. So "in 1998" only leaves out what was
published before 1998. Both ends are bound where the question speaks of the
publication ("articles from 2018") or of the days just past ("last week").
Left unread is a year that only names a thing ("the 1998 World Cup"). Knows no
articles but their days.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rag.english.dates import When, dates
from rag.english.numbers import numbers
from rag.english.sentences import tells_of_past

__all__ = ["DatePhrase", "Days", "date_phrases", "days_asked", "range_asked"]

Days = tuple[date | None, date | None]
"""A first and a last one, both included; None where it is open."""
# "before the inauguration on 10 January": what it says of the event, up to its day.
_EVENT = r"(?:(?:(?!and\b|or\b)[\w'’-]+ ){1,6}?(?:on|in|of) )?"
_LEADS = re.compile(
    rf"\b(?:(?P<since>(?:ever )?since )|(?P<before>(?:before|prior to|ahead of) {_EVENT})"
    rf"|(?P<after>(?:after|following) )|(?P<on>(?:in|on|during|throughout) )|between "
    rf"|(?P<of>of )|(?P<from>from ))(?:the )?$",
    re.IGNORECASE,
)
"""What says what is asked of a date that it stands before."""
_TO = re.compile(r" (?:and|to|until|till|through) (?:the )?", re.IGNORECASE)
_WEEKS = re.compile(
    r"\b(?:(?P<which>this|last) week(?:end)?|(?:in|over|during|within|for) the (?:last|past) "
    r"(?P<many>[\w ]{1,12} )?(?P<unit>day|week|month|year)s?)\b(?! of\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"yesterday|to(?:day|night)\b(?![’'])|this|last", re.IGNORECASE)
_UNITS = {"day": 1, "week": 7, "month": 31, "year": 366}
_PUBLISHED = re.compile(
    r"\b(?:published|printed|posted|articles?|stories|coverage|news|reports?|reporting|"
    r"overview|summary|I\s+(?:have|saved|collected))\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """Words of a question that say when: `question[start:end] == text`."""

    text: str
    start: int
    end: int
    kind: str
    """One of "on", "since", "after", "before", "between", and "relative"."""
    dates: tuple[When, ...] = ()
    """The one that it names, or the first and the last."""
    days: tuple[date, date, date] | None = None
    """For a relative phrase, its first day, its last one, and today, till when news of it comes."""
    published: bool = False
    """Whether it says when the article was published, and not when something happened."""


def date_phrases(question: str, today: date) -> tuple[DatePhrase, ...]:
    """Return the phrases of a question that say when, in order.

    Args:
        question: in English.
        today: the day that "last week" is counted from.
    """
    found: list[DatePhrase] = []
    named = [when for when in dates(question.rstrip(".")) if when.year or when.month]
    while named:
        one = named.pop(0)
        lead = _LEADS.search(question[: one.start])
        if lead is None:
            continue
        form, points, end = lead.lastgroup, [one], one.end
        if named and form != "before" and _TO.fullmatch(question[end : named[0].start]):
            points.append(named.pop(0))
            end = points[1].end
        elif form is None:
            continue  # "between May 2018", and no more
        start, two = lead.start(), len(points) > 1
        published = _PUBLISHED.search(question[:start]) is not None
        if not published and (form == "of" or (form == "from" and not two)):
            continue  # "the vote of May 2018" names a thing.
        kind = form if form in ("since", "before", "after") else "on"
        kind = "between" if two else kind
        place = (question[start:end], start, end)
        found.append(DatePhrase(*place, kind, tuple(points), None, published))
    for start, end, first, last in _relative(question, today):
        if not any(one.start < end and start < one.end for one in found):
            days = (first, min(last, today), today)
            found.append(DatePhrase(question[start:end], start, end, "relative", days=days))
    return tuple(sorted(found, key=lambda phrase: phrase.start))


def range_asked(phrases: Collection[DatePhrase], published: Collection[date]) -> Days | None:
    """Return the first and the last day of publication to search, or None for all.

    Nothing is told by a range in which no article lies, nor by one that holds them all.

    Args:
        phrases: those of one question; of several, all ranges are searched.
        published: the days of publication of the articles.
    """
    ranges = [bounds for phrase in phrases if (bounds := _bounds(phrase))]
    if not ranges or len(ranges) < len(phrases):
        return None
    first, last = _together(ranges)
    held = sum((first or day) <= day <= (last or day) for day in published)
    return (first, last) if 0 < held < len(published) else None


def days_asked(phrases: Collection[DatePhrase]) -> Days:
    """Return the first and the last day of what is asked for, None where it is open.

    Unlike `range_asked`, the days themselves, whenever articles tell of them.

    Args:
        phrases: those of one question; of several, all of their days together.

    >>> days_asked(date_phrases("What happened in January 2019?", date(2026, 1, 1)))
    (datetime.date(2019, 1, 1), datetime.date(2019, 1, 31))
    """
    return _together([days for phrase in phrases if (days := _days_of(phrase))])


def _together(found: Collection[Days]) -> Days:
    """Return the first of the first days and the last of the last, None where one is open."""
    firsts, lasts = [first for first, _ in found], [last for _, last in found]
    return (
        None if None in firsts else min((day for day in firsts if day), default=None),
        None if None in lasts else max((day for day in lasts if day), default=None),
    )


def _days_of(phrase: DatePhrase) -> Days | None:
    """Return the first and the last day of a phrase.

    None where it has no year, or ends before it begins.
    """
    if phrase.days:
        return phrase.days[:2]
    first, last = phrase.dates[0], phrase.dates[-1]
    year = last.year or first.year
    begins, ends, one = first.days(year), last.days(year), timedelta(days=1)
    if begins is None or ends is None or begins[0] > ends[1]:
        return None
    if phrase.kind == "before":
        return None, begins[0] - one
    if phrase.kind == "since":
        return begins[0], None
    if phrase.kind == "after":
        return begins[0] if first.day else begins[1] + one, None
    return begins[0], ends[1]


def _bounds(phrase: DatePhrase) -> Days | None:
    found = _days_of(phrase)
    if found is None:
        return None
    first, last = found
    if phrase.days:
        last = phrase.days[2]
    elif phrase.kind == "before":
        # "before 2019" tells of what happened, which may be told at any time after.
        if not (phrase.published or phrase.dates[0].month):
            return None
    elif phrase.kind in ("on", "between") and not phrase.published:
        last = None
    return first, last


def _relative(question: str, today: date) -> Iterator[tuple[int, int, date, date]]:
    """Yield where words stand that count from today, with the first and the last day they mean."""
    for match in _WEEKS.finditer(question):
        if unit := match["unit"]:
            many = match["many"] or ""
            count = next(iter(numbers(many)), 7 if "few" in many else 1)
            begun, ended = int(count) * _UNITS[unit.casefold()], 0
        else:
            ended = 0 if match["which"].casefold() == "this" else today.weekday() + 1
            begun = ended + 6
        first, last = (date.fromordinal(max(1, today.toordinal() - n)) for n in (begun, ended))
        yield *match.span(), first, last
    for when in dates(question, today):
        days = when.days() if _COUNTED.match(question, when.start) else None
        # "What is it worth today?" means nowadays.
        if days and (tells_of_past(question) or days != (today, today)):
            yield when.start, when.end, *days
