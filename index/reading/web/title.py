"""Chooses the title of a web page: the headline that its reader sees.

A page's metadata often has another one for search engines, and its first
heading may be the site's name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.reading.metadata.header import same_words
from index.reading.web.structured import Statements

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["page_title"]

_LONGEST_TITLE = 300
"""Characters; what is longer comes of an element that was not closed."""
_SAME_TITLE = 0.5
"""Share of words in common from which a heading is the title (bench/reading.py)."""
_COMMON = 0.3
"""Share of its words from which a page's only heading is the title."""
_SITE_MARK = r"\s*(?:[|»«]|(?<=\s)[–—·:-])+\s+"


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
