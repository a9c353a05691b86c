"""Reads the dateline with which a report begins: place, day, and news agency.

The dateline stays in the text, where it is a part of the report.
"""

from __future__ import annotations

import re

from index.reading.dates.publication import find_dates

__all__ = ["dateline_dates", "wire_agency"]

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
