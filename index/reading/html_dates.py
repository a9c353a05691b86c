"""Orders where a web page states its date of publication, as written, the most trusted first.

The page's address and the line that its reader sees have the outlet's own day,
where metadata often has that of UTC. Dates below the article or around it are
not its own and are left out. Knows nothing of what a written date means beyond
the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from index.reading.dates import find_dates

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["page_dates"]

_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[A-Za-z]{3})[/-](\d{1,2})(?=[/-]|$)")
_BELOW_TITLE = 60
"""Elements after the heading within which a visible date is the article's own."""
_ABOVE_TITLE = 15
"""Elements before it."""
_WEST, _EAST = 12, 13
"""Hours of UTC before which a day may not yet have begun at the outlet, and from which the next
may have."""
_DAY = timedelta(days=1)
_DATE_CLASS = re.compile(r"date|time|publish|posted|byline|meta|stamp|fecha|datum", re.IGNORECASE)
_LABELLED = re.compile(
    r"\W*(?:first\s+)?(?:published|posted|publi[eé]|publicado|pubblicato|publiziert|veröffentlicht"
    r"|erschienen|geplaatst|gepubliceerd|opublikowano|опубликовано)",
    re.IGNORECASE,
)
_OF_ARTICLE = re.compile(r"publish|posted|article|entry|story|byline|author", re.IGNORECASE)
_UPDATED = re.compile(r"\W*(?:last\s+)?(?:updated|modified|actualizado|aktualisiert)", re.I)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[T ](\d\d):\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|GMT|[+-]00:?00)?"
)


def page_dates(
    tree: HtmlElement,
    url: str,
    stated: tuple[str, ...],
    date_line: Callable[[str], tuple[str, ...]],
) -> tuple[str, ...]:
    """Return the stated dates of a page, the most trusted first.

    Args:
        tree: The whole page.
        url: Its address, or an empty string.
        stated: What it states for machines.
        date_line: Says whether a visible line is only a date.
    """
    in_url: list[str] = []
    if match := _IN_URL.search(url):
        year, month, day = match.groups()
        in_url.append(
            f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month.title()} {year}"
        )
    below, above = _around_title(tree)
    shown = [*_times(tree, below), *_lines(below, date_line)]
    own = next((line for line in shown if not _UPDATED.match(line)), "")
    local = [own] if stated and _is_local(own, stated[0]) else []
    return tuple(dict.fromkeys((*in_url, *local, *stated, *shown, *_lines(above, date_line))))


def _is_local(line: str, stated: str) -> bool:
    """Say whether a line that the reader sees has the outlet's day of a moment given in UTC."""
    moment = _TIMESTAMP.fullmatch(stated)
    here, there = _only_day(line), _only_day(stated)
    if moment is None or here is None or there is None:
        return False
    hour = int(moment.group(1))
    day_before, day_after = here - there == -_DAY, here - there == _DAY
    return (day_before and hour < _WEST) or (day_after and hour >= _EAST)


def _only_day(line: str) -> date | None:
    mention = next(find_dates(line), None)
    days = {day for _, day in mention.readings} if mention else set()
    return days.pop() if len(days) == 1 else None


def _times(tree: HtmlElement, near: list[HtmlElement]) -> Iterator[str]:
    """Yield the dates of the `time` elements near the heading, or of the page's only one."""
    everywhere = list(tree.iter("time"))
    for element in everywhere if len(everywhere) == 1 else near:
        if element.tag != "time":
            continue
        label = (element.getparent().text or "") if element.getprevious() is None else ""
        for value in (f"{label} {element.text_content()}", element.get("datetime") or ""):
            if re.search(r"\d{4}", value):
                yield " ".join(value.split())


def _lines(near: list[HtmlElement], date_line: Callable[[str], tuple[str, ...]]) -> Iterator[str]:
    """Yield the texts near the heading that are marked as dates and hold nothing else."""
    for element in near:
        line = " ".join(element.text_content().split())[:200]
        if _DATE_CLASS.search(_marks(element)) or _LABELLED.match(line):
            yield from date_line(line)


def _around_title(tree: HtmlElement) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """Return the elements below the first heading and those above it, the nearest first."""
    heading = next(tree.iter("h1"), None)
    if heading is None:
        return [], []
    below = heading.xpath(f"following::*[position() <= {_BELOW_TITLE}]")
    above = heading.xpath(f"preceding::*[position() <= {_ABOVE_TITLE}]")
    # Today's date often stands at the head of a page.
    return list(below), [each for each in reversed(above) if _says_of_article(each)]


def _says_of_article(element: HtmlElement) -> bool:
    return bool(_OF_ARTICLE.search(_marks(element)) or _LABELLED.match(element.text or ""))


def _marks(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
