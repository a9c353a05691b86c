"""Collects where a web page states its date of publication, as written, the most trusted first.

The page's address has the outlet's own day, where metadata often has that of
UTC; what the reader sees comes last. Dates below the article or around it are
not its own and are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["page_dates", "page_language"]

_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "citation_publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "published_time",
    "ptime",
    "article.published",
    "article.created",
    "displaydate",
    "dc.date",
    "dcterms.date",
    "date",
)
"""Names of meta elements, in lower case, by how surely they mean the first publication."""
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[A-Za-z]{3})[/-](\d{1,2})(?=[/-]|$)")
_NEAR_TITLE = 60
"""Elements after the heading within which a visible date is the article's own."""
_DATE_CLASS = re.compile(r"date|time|publish|posted|byline|meta|stamp|fecha|datum", re.IGNORECASE)


def page_dates(
    tree: HtmlElement, url: str, date_line: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the stated dates of a page, the most trusted first.

    Args:
        tree: The whole page.
        url: Its address, or an empty string.
        date_line: Says whether a visible line is only a date.
    """
    stated: list[str] = []
    if match := _IN_URL.search(url):
        year, month, day = match.groups()
        stated.append(
            f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month.title()} {year}"
        )
    stated += [*_meta(tree), *_structured(tree), *_times(tree), *_visible(tree, date_line)]
    return tuple(dict.fromkeys(stated))


def page_language(tree: HtmlElement) -> str | None:
    """Return the tag of the page's language, as in `en-GB`, where it is stated."""
    language = tree.get("lang") or tree.get("xml:lang")
    if language:
        return str(language)
    for meta in tree.iter("meta"):
        if (meta.get("property") or "").casefold() == "og:locale" and meta.get("content"):
            return str(meta.get("content")).replace("_", "-")
    return None


def _meta(tree: HtmlElement) -> list[str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = (meta.get("content") or "").strip()
        if content:
            found.setdefault(name.casefold(), content)
    return [found[name] for name in _META if name in found]


def _structured(tree: HtmlElement) -> Iterator[str]:
    """Yield `datePublished` of the page's JSON-LD and microdata (schema.org)."""
    for script in tree.iter("script"):
        if (script.get("type") or "").casefold() != "application/ld+json":
            continue
        try:
            loaded = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [loaded]
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, dict):
                if isinstance(value := item.get("datePublished"), str) and value.strip():
                    yield value.strip()
                waiting.extend(item.values())
            elif isinstance(item, list):
                waiting.extend(item)
    for element in tree.iterfind(".//*[@itemprop='datePublished']"):
        value = element.get("datetime") or element.get("content") or element.text_content()
        if value and value.strip():
            yield value.strip()


def _times(tree: HtmlElement) -> Iterator[str]:
    """Yield the dates of the `time` elements near the heading, or of the page's only one."""
    near = [element for element in _near_title(tree) if element.tag == "time"]
    everywhere = list(tree.iter("time"))
    for element in near or (everywhere if len(everywhere) == 1 else []):
        value = (element.get("datetime") or element.text_content()).strip()
        if re.search(r"\d{4}", value):
            yield value


def _visible(tree: HtmlElement, date_line: Callable[[str], tuple[str, ...]]) -> Iterator[str]:
    """Yield the texts near the heading that are marked as dates and hold nothing else."""
    for element in _near_title(tree):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _DATE_CLASS.search(marks):
            yield from date_line(" ".join(element.text_content().split())[:200])


def _near_title(tree: HtmlElement) -> list[HtmlElement]:
    heading = next(tree.iter("h1"), None)
    if heading is None:
        return []
    return list(heading.xpath(f"following::*[position() <= {_NEAR_TITLE}]"))
