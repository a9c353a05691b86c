"""Makes names of authors and of an outlet out of what a page gives as such.

Knows what is no name: an address, a handle, a day of the week, a job. Does not
know who is a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.reading.metadata.date_words import MONTHS_IN_ORDER, WEEKDAY_PATTERN

__all__ = ["authors_line", "is_agency", "outlet_name"]

_LEAD = re.compile(
    r"(?:(?:(?:written|posted|published|reported|story|text)\s+)?(?:by|von|por|par|di|door)"
    r"|text|текст)\b:?\s+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?:[\s,|·•–—-]+(?:(?:{WEEKDAY_PATTERN}|{'|'.join(MONTHS_IN_ORDER)})\b\.?|published|updated"
    r"|posted|\d.*)|\s+\|.*"
    r"|,?\s+(?:is|was)\s+(?:an?|the)\b.*)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    rf".*(?:https?:|www\.|@|[\d<>{{}}_/]).*|(?:{WEEKDAY_PATTERN}|{'|'.join(MONTHS_IN_ORDER)})"
    r"|\w*admin(?:istrator)?|(?:an?|the)?\s*(?:author|editor|editors|staff|user|guest|none|null"
    r"|undefined|unknown|anonymous|webmaster)|.{0,1}|.{81,}",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 500
_AGENCY = re.compile(
    r"(?:the\s+)?associated press|ap|reuters|agence france[- ]presse|afp|upi|dpa|ansa|efe|xinhua"
    r"|press association|pa media|bloomberg|.*\bnews (?:service|agency)|press trust of india|pti"
    r"|blogger|wordpress(?:\.com)?|medium|substack",
    re.IGNORECASE,
)
_NO_OUTLET = re.compile(r"(?:https?:|www\.|©|\(c\)|copyright\b).*|.{0,1}|.{81,}", re.I | re.DOTALL)


def authors_line(written: Iterable[str], *, site: str = "") -> str:
    """Return the names among what is written, as in `Ana Ruiz, Bo Li and Cy Oda`.

    Args:
        written: One or more names each, with a semicolon between these.
        site: The outlet's name, which is no author's.

    >>> authors_line(["By Ana Ruiz; Ana Ruiz Monday", "https://example.org/bo", "Bo Li"])
    'Ana Ruiz and Bo Li'
    """
    found: dict[str, str] = {}
    for name in (part for entry in written for part in entry[:_LONGEST].split(";")):
        name = _LEAD.sub("", " ".join(name.split()), count=1)
        while name != (shorter := _TAIL.sub("", name)):
            name = shorter
        name = name.strip(" ,|·•–—-")
        if not _NO_NAME.fullmatch(name) and name.casefold() != site.casefold():
            found.setdefault(name.casefold(), name)
    *others, last = list(found.values()) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def outlet_name(written: str) -> str:
    """Return an outlet's name without what it says of itself; empty where it is no name.

    >>> outlet_name("The Herald | News, Sport & Weather")
    'The Herald'
    """
    name = " ".join(written.split()).split(" | ")[0].lstrip("@")
    return "" if _NO_OUTLET.fullmatch(name) else name


def is_agency(name: str) -> bool:
    """Say whether it is a news agency or a platform, on whose behalf others publish."""
    return _AGENCY.fullmatch(name) is not None
