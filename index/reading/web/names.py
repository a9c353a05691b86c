"""Chooses the title of a web page, and makes names of its authors and its outlet.

The title is the headline that its reader sees: the metadata often have another one for search
engines, and the first heading may be the site's name. What is no name, is known: an address, a
handle, a day of the week, a job. Does not know who is a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from index.reading.metadata.date_words import MONTHS_IN_ORDER, WEEKDAY_PATTERN
from index.reading.metadata.header import same_words
from index.reading.web.structured import Statements

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["authors_line", "is_agency", "outlet_name", "page_title"]

_LONGEST_TITLE = 300
"""Characters; what is longer comes of an element that was not closed."""
_SAME_TITLE = 0.5
"""Share of words in common from which a heading is the title (bench/reading.py)."""
_COMMON = 0.3
"""Share of its words from which a page's only heading is the title."""
_SITE_MARK = r"\s*(?:[|»«]|(?<=\s)[–—·:-])+\s+"
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


def page_title(tree: HtmlElement, stated: Statements, site: str) -> str:
    """Return the heading that says the same as the page's metadata, or else what these say.

    Args:
        tree: The whole page.
        stated: What it states for machines.
        site: Name of the outlet, or an empty string.
    """
    element = " ".join((tree.findtext(".//title") or "").split())
    known = [_without_site(title, site) for title in (*stated.headlines, element)]
    known = [title for title in known if 0 < len(title) <= _LONGEST_TITLE]
    headings = [" ".join(heading.text_content().split()) for heading in tree.iter("h1")]
    headings = [heading for heading in headings if 0 < len(heading) <= _LONGEST_TITLE]
    headings = [heading for heading in headings if not same_words(heading, site)]
    best = max(headings, key=lambda heading: _likeness(heading, known), default="")
    alone = len(headings) == 1 and _shared(best, known) >= _COMMON
    if alone or _likeness(best, known) >= _SAME_TITLE:
        return best
    return next(iter((*known, *headings)), "")


def _shared(heading: str, titles: list[str]) -> float:
    """Return the share of a heading's words that are also in one of the titles, 0 to 1."""
    words = set(re.findall(r"\w+", heading.casefold()))
    others = [set(re.findall(r"\w+", title.casefold())) for title in titles]
    return max((len(words & other) / len(words) for other in others if words), default=0.0)


def _likeness(heading: str, titles: list[str]) -> float:
    """Return the share of words that a heading has in common with one of the titles, 0 to 1.

    A title that begins with it and goes on with the site's name is like enough.
    """
    words = set(re.findall(r"\w+", heading.casefold()))
    if not words:
        return 0.0
    others = [set(re.findall(r"\w+", title.casefold())) for title in titles]
    begins = any(same_words(re.split(_SITE_MARK, title)[0], heading) for title in titles)
    shares = [len(words & other) / len(words | other) for other in others]
    return max([*shares, _SAME_TITLE if begins else 0.0])


def _without_site(title: str, site: str) -> str:
    """Return a title without the name of the site before or after it."""
    if not site:
        return title
    name = re.escape(site)
    bare = re.sub(rf"{_SITE_MARK}{name}\W*$|^{name}\s*[|»«–—·:-]+\s+", "", title, flags=re.I)
    return bare or title


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
