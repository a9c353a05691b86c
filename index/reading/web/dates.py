"""Orders where a web page states its date of publication, as written, the most trusted first.

The page's address and the line that its reader sees have the outlet's own day,
where metadata often has that of UTC. Dates below the article or around it are
not its own and are left out. Knows nothing of what a written date means beyond
the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from index.reading.metadata.dates import find_dates
from index.reading.metadata.header import same_words
from index.reading.metadata.header_line import date_line, is_name

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["is_around", "page_dates"]

_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[A-Za-z]{3})[/-](\d{1,2})(?=[/-]|$)")
_IN_FILE_NAME = re.compile(r"\D((?:19|20)\d\d)([01]\d)([0-3]\d)/?$")
_BELOW_TITLE = 60
"""Elements after the heading within which a visible date is the article's own."""
_ABOVE_TITLE = 15
"""Elements before it."""
_WEST, _EAST = 12, 13
"""Hours of UTC before which a day may not yet have begun at the outlet, and from which the next
may have."""
_PARAGRAPH = 120
"""Characters that make a paragraph one of the article."""
_DAY = timedelta(days=1)
_DATE_CLASS = re.compile(r"date|time|publish|posted|byline|meta|stamp|fecha|datum", re.IGNORECASE)
_LABELLED = re.compile(
    r"\W*(?:first\s+)?(?:published|posted|created|publi[eé]|publicado|pubblicato|publiziert|veröffentlicht"
    r"|erschienen|geplaatst|gepubliceerd|opublikowano|опубликовано)",
    re.IGNORECASE,
)
_OF_ARTICLE = re.compile(r"publish|posted|article|entry|story|byline|author", re.IGNORECASE)
_AROUND = re.compile(
    r"related|recommend|promo|teaser|trending|popular|sidebar|read-?(?:more|next|also)"
    r"|most-?read|more-?(?:stories|news|from|on)|latest|comments(?:-list|-area|-section)?\b|newsletter|footer",
    re.IGNORECASE,
)
"""Identifiers and classes of what stands around an article."""
_TAGS_AROUND = ("aside", "nav", "figcaption")
_ABOUT_OTHERS = re.compile(
    r"\W*(?:related|more|also|read|see|most|latest|trending|popular|recommended|you may|up next"
    r"|mehr|lesen|lire|à lire|leer|más|leia|mais|leggi|lees)\b.{0,40}",
    re.IGNORECASE,
)
"""A heading of the page below which other articles are listed."""
_HEADLINE = 4
"""Words of a link beside a date that is another article's headline, not an author's name."""
_CARDS = 20
"""Elements below such a heading that it is about."""
_PARTS = re.compile(r"\s+[|·•/–—]\s+|(?<=\d)[.;]\s+|,\s+(?=\d{1,2}[./]\d)")
"""What parts an author from a date, and the day of publication from that of an update."""
_LONGEST_LINE = 200
"""Characters of what stands beside a date, with it."""
_BESIDE = re.compile(r"\s[|·•/]\s")
_COUNT = re.compile(r"\d+(?: \w+){1,2}")
"""Of comments, or of the minutes that it takes to read."""
_OF_UPDATE = re.compile(r"(?!.*(?:publi|posted|created)).*(?:updated|modified)", re.I | re.DOTALL)
_UPDATED = re.compile(
    r"\W*(?:last\s+)?(?:updated|modified|actualizado|aktualisiert|oppdatert|päivitetty)", re.I
)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[T ](\d\d):\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|GMT|[+-]00:?00)?"
)


def page_dates(
    tree: HtmlElement,
    title: str,
    url: str,
    stated: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the stated dates of a page, the most trusted first.

    Args:
        tree: The whole page.
        title: Its title.
        url: Its address, or an empty string.
        stated: What it states for machines.
    """
    in_url: list[str] = []
    if match := _IN_URL.search(url):
        year, month, day = match.groups()
        in_url.append(
            f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month.title()} {year}"
        )
    below, above = _around_title(tree, title)
    found = sorted((*_times(tree, below), *_lines(below)), key=lambda each: _is_update(each[0]))
    shown = [line for _, line in found]
    if shown and _UPDATED.match(shown[0]):  # The day of publication may stand on the line below.
        shown.sort(key=lambda line: _LABELLED.match(line) is None)
    local = [shown[0]] if stated and shown and _is_local(shown[0], stated[0]) else []
    others = [*(line for _, line in _lines(above)), *_compact(url)]
    return tuple(dict.fromkeys((*in_url, *local, *stated, *shown, *others)))


def _is_local(line: str, stated: str) -> bool:
    """Say whether a line that the reader sees has the outlet's day of a moment given in UTC."""
    moment = _TIMESTAMP.fullmatch(stated)
    here, there = _only_day(line), _only_day(stated)
    if moment is None or here is None or there is None:
        return False
    hour = int(moment.group(1))
    if _UPDATED.match(line) and here > there:
        return False
    return (there - here == _DAY and hour < _WEST) or (here - there == _DAY and hour >= _EAST)


def _compact(url: str) -> list[str]:
    """Return the date with which an address ends, as in `/story-20191115/`."""
    return ["-".join(match.groups())] if (match := _IN_FILE_NAME.search(url)) else []


def _only_day(line: str) -> date | None:
    mention = next(find_dates(line), None)
    days = {day for _, day in mention.readings} if mention else set()
    return days.pop() if len(days) == 1 else None


def _times(tree: HtmlElement, near: list[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the dates of the `time` elements near the heading, or of the article's only one."""
    own = [element for element in tree.iter("time") if not is_around(element)]
    for element in own if len(own) == 1 else near:
        if element.tag != "time" or is_around(element):
            continue
        label = (element.getparent().text or "") if element.getprevious() is None else ""
        for value in (f"{label} {element.text_content()}", element.get("datetime") or ""):
            if re.search(r"\d{4}", value):
                yield element, " ".join(value.split())


def _lines(near: list[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the elements near the heading that hold nothing but a date, and that.

    From the first paragraph of the article on, only where they are marked as one.
    """
    before_text = True
    for element in near:
        texts = [
            " ".join(text.split())
            for text in element.xpath("descendant::text()")
            if text.is_tail or text.getparent() is element or not _is_update(text.getparent())
        ]
        line = " ".join(filter(None, texts))
        before_text = before_text and not (element.tag == "p" and len(line) >= _PARAGRAPH)
        marked = _DATE_CLASS.search(_marks(element)) is not None
        if (before_text or marked or _LABELLED.match(line)) and not is_around(element):
            beside = len(line) <= _LONGEST_LINE and (marked or _BESIDE.search(line))
            split = (part for text in texts for part in _PARTS.split(text)) if beside else ()
            parts = [part for each in split if (part := each.strip(" |·•/,"))]
            named = (date_line(each) or is_name(each) or _COUNT.fullmatch(each) for each in parts)
            if not (marked or all(named)):
                parts = []  # What happens, or is seen, on that day stands beside it.
            dates = [found for part in parts for found in date_line(part)] or date_line(line)
            dates = sorted(dates, key=lambda found: _UPDATED.match(found) is not None)
            yield from ((element, found) for found in dates)


def _is_update(element: HtmlElement) -> bool:
    """Say whether what it is called says that it has the day of an update."""
    marks = f"{_marks(element)} {element.get('itemprop') or ''}"
    return _OF_UPDATE.match(marks) is not None


def is_around(element: HtmlElement) -> bool:
    """Say whether an element stands in what is around an article: menus, lists of others."""
    parent = element.getparent()
    if parent is not None and any(
        len(link.text_content().split()) >= _HEADLINE for link in parent.iterchildren("a")
    ):
        return True
    for each in (element, *element.iterancestors()):
        before = islice(each.itersiblings(preceding=True), _CARDS)
        heading = next((other for other in before if other.tag in ("h2", "h3", "h4")), None)
        listed = heading is not None and _ABOUT_OTHERS.fullmatch(_line(heading))
        # A theme may put the day of publication below the text, and says so.
        below = each.tag == "footer" and not _OF_ARTICLE.search(_marks(element))
        # The head of a page has today's date.
        above = each.tag == "header" and not _OF_ARTICLE.search(_marks(element))
        above = above and next(each.iterancestors("article", "main"), None) is None
        around = (
            listed or below or above or each.tag in _TAGS_AROUND or _AROUND.search(_marks(each))
        )
        if around and next(each.iter("h1"), None) is None:
            return True
    return False


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _around_title(tree: HtmlElement, title: str) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """Return the elements below the heading and those above it, the nearest first."""
    headings = list(tree.iter("h1"))
    if not headings:
        return [], []
    heading = next(
        (each for each in headings if same_words(each.text_content(), title)), headings[0]
    )
    below = heading.xpath(f"following::*[position() <= {_BELOW_TITLE}]")
    above = heading.xpath(f"preceding::*[position() <= {_ABOVE_TITLE}]")
    # Today's date often stands at the head of a page.
    article = next(heading.iterancestors("article"), None)
    return list(below), [
        each
        for each in reversed(above)
        if _says_of_article(each) or (article is not None and article in each.iterancestors())
    ]


def _says_of_article(element: HtmlElement) -> bool:
    return bool(_OF_ARTICLE.search(_marks(element)) or _LABELLED.match(element.text or ""))


def _marks(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
