"""Reads the date in a sentence of what a question asks about; English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.checks.names import names_asked
from rag.values.families import families, family
from rag.words import fold, stem

__all__ = ["Day", "read_day"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<{}>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_DATE = re.compile(
    rf"\b{_MONTH.format('m1')} (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y1>\d{{4}}))?\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH.format('m2')}"
    r"(?:,? (?P<y2>\d{4}))?\b"
    rf"|\b{_MONTH.format('m3')},?(?: of)? (?P<y3>\d{{4}})\b"
    # A bare year; not the number of something, nor that of a title ("(2009 album)").
    r"|(?<![\d,.$£€-])(?P<y4>(?:1\d|20)\d\d)\b(?!s\b|[,.]\d|%| (?:people|dead)\b| [^()]{1,20}\))"
)
_LIFE = re.compile(r"\((?:[^()]{0,60}[;,:] ?)?(?:born |b\. )?$")
"""What stands before a birth that begins a life in brackets: "(born 3 May 1950)"."""
_TIME_WORDS = frozenset({"date", "day", "year", "month", "time"})
_NEAREST = 90
"""Characters between a deed and its date."""
_NEAREST_TO_BIRTH = 40
_LEAST_TOLD = 0.5
"""Share of what the question says beside its names that a sentence must say as well."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date of which only the year may be known, or only the month and the day."""

    year: int | None
    month: int | None
    day: int | None

    def agrees(self, other: object) -> bool:
        """Say whether both may be the same date."""
        return not isinstance(other, Day) or all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in zip(self._parts, other._parts)
        )

    def comparable(self, other: object) -> bool:
        """Say whether both name a year, or both a month."""
        return isinstance(other, Day) and any(
            mine is not None and theirs is not None
            for mine, theirs in zip(self._parts[:2], other._parts[:2])
        )

    def more_exact(self, other: object) -> bool:
        """Say whether this one names more of the date."""
        return isinstance(other, Day) and self._parts.count(None) < other._parts.count(None)

    @property
    def _parts(self) -> tuple[int | None, ...]:
        return self.year, self.month, self.day


def read_day(question: str, sentence: str) -> Day | None:
    """Return the date nearest to the word for what the question asks about.

    >>> read_day("When was the club founded?", "Founded in 1891, it played until 1962.")
    Day(year=1891, month=None, day=None)
    """
    folded = fold(sentence)
    named = {stem(name.word) for name in names_asked(question)}
    deeds = families(question) - named - _TIME_WORDS
    dates = [(match, _day(match)) for match in _DATE.finditer(folded)]
    if "born" in deeds:
        for match, day in dates:
            if _LIFE.search(folded[: match.start()]):
                return day
    elif len(deeds & families(sentence)) < _LEAST_TOLD * len(deeds):
        return None
    places = [
        word.start() for word in re.finditer(r"[^\W\d_]+", folded) if family(word.group()) in deeds
    ]
    found = [
        (min(_distance(place, match) for place in places), match.start(), day)
        for match, day in dates
        if places and day is not None
    ]
    if not found:
        return None
    distance, _, day = min(found, key=lambda item: item[:2])
    return day if distance <= (_NEAREST_TO_BIRTH if "born" in deeds else _NEAREST) else None


def _distance(place: int, date: re.Match[str]) -> int:
    """Return the characters between a deed and a date; one that stands before it is farther."""
    return date.start() - place if date.start() > place else 2 * (place - date.end())


def _day(match: re.Match[str]) -> Day | None:
    """Return the date that was matched; None where there is no such month or day."""
    found = match.groupdict()
    name = found["m1"] or found["m2"] or found["m3"]
    year = found["y1"] or found["y2"] or found["y3"] or found["y4"]
    day = found["d1"] or found["d2"]
    if day is not None and not 1 <= int(day) <= 31:
        return None
    return Day(
        int(year) if year else None,
        _MONTHS.index(name[:3]) + 1 if name else None,
        int(day) if day else None,
    )
