"""Reads what a web page states of its article for machines: meta elements and schema.org data.

Values stay as written, but for white space and character references. Which of
them is to be believed, and what the reader of the page sees, is not known here.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.reading.web.dates import is_around

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["Statements", "read_statements"]

_DATES = (
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
_AUTHORS = (
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "byl",
)
_ARTICLE = re.compile(
    r"(?:https?://schema\.org/)?\w*(?:Article|BlogPosting|LiveBlogPosting|Report)"
)
_MOST_ITEMS = 5_000
"""Items of schema.org data that are looked at; real pages have some hundred."""
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]{1,2000})"
)


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page states of its article; empty where it states nothing."""

    headlines: tuple[str, ...] = ()
    """The first is the most trusted; the site's name may follow in one."""
    authors: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    """Names of the outlet; the first may be that of an agency."""
    urls: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    """Of publication."""
    is_article: bool = False
    """Whether it says that it is one."""
    free: bool = True
    """Whether it is open to all readers, as far as it says."""
    word_count: int = 0
    """Of the whole article; 0 where it does not say."""
    languages: tuple[str, ...] = ()
    is_live: bool = False
    """Whether it says that it is a live blog."""
    updates: tuple[dict[str, object], ...] = ()
    """The blocks of one, as it states them."""


def read_statements(tree: HtmlElement, markup: str) -> Statements:
    """Return what a page states.

    Args:
        tree: The whole page.
        markup: Its source, for the comment in which a browser says where it saved it from.
    """
    meta = _meta(tree)
    items = list(_items(tree))
    by_id = {str(item["@id"]): item for item in reversed(items) if "@id" in item and len(item) > 1}
    article = next((item for item in items if _is_article(item)), {})
    links = [link.get("href") for link in tree.iter("link") if _is(link, "rel", "canonical")]
    saved = _SAVED_FROM.search(markup[:4096])
    urls = [*links, meta.get("og:url"), *_urls(article), saved.group(1) if saved else None]
    return Statements(
        headlines=_some(article.get("headline"), meta.get("og:title"), meta.get("twitter:title")),
        authors=_some(*_names(article.get("author"), by_id))
        or _some(*(meta.get(name) for name in _AUTHORS))[:1],
        sites=_some(*_names(article.get("publisher"), by_id), meta.get("og:site_name")),
        urls=tuple(url for url in _some(*urls) if _is_page(url)),
        dates=_some(
            *(meta.get(name) for name in _DATES),
            article.get("datePublished"),
            *(item.get("datePublished") for item in items),
            *_microdata(tree, "datePublished"),
        ),
        is_article=bool(article) or meta.get("og:type", "").casefold() == "article",
        free=str(article.get("isAccessibleForFree", "true")).casefold() != "false"
        and meta.get("article:content_tier", "").casefold() != "locked",
        word_count=int(count) if (count := str(article.get("wordCount"))).isdecimal() else 0,
        languages=_some(
            tree.get("lang"),
            tree.get("xml:lang"),
            meta.get("og:locale"),
            *_names(article.get("inLanguage"), by_id),
            meta.get("content-language"),
            meta.get("dc.language"),
            meta.get("language"),
        ),
        is_live=(live := _live(items, tree)) is not None,
        updates=tuple(live or ()),
    )


def _live(items: list[dict[str, object]], tree: HtmlElement) -> list[dict[str, object]] | None:
    """Return the blocks that a live blog states; None where the page is none."""
    for item in items:
        if "LiveBlogPosting" in str(item.get("@type")):
            updates = item.get("liveBlogUpdate")
            updates = updates if isinstance(updates, list) else [updates]
            return [each for each in updates if isinstance(each, dict)]
    marked = tree.iterfind(".//*[@itemtype]")
    return [] if any("LiveBlogPosting" in each.get("itemtype") for each in marked) else None


def _some(*values: object) -> tuple[str, ...]:
    """Return the texts among the values that are not empty, each once."""
    texts = (" ".join(html.unescape(value).split()) for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(filter(None, texts)))


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Return the contents of the meta elements by name, in lower case; the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := element.get(attribute)):
                found.setdefault(name.strip().casefold(), content)
    return found


def _items(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """Yield the items of the page's JSON-LD, the outer ones of a script first."""
    count = 0
    for script in tree.iter("script"):
        if not _is(script, "type", "application/ld+json"):
            continue
        try:
            waiting: list[object] = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        for value in waiting:  # It grows while it is walked.
            count += 1
            if count > _MOST_ITEMS:
                return
            if isinstance(value, dict):
                yield value
                # What a list has as its elements are other articles.
                waiting.extend(v for key, v in value.items() if key != "itemListElement")
            elif isinstance(value, list):
                waiting.extend(value)


def _is_article(item: dict[str, object]) -> bool:
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE.fullmatch(name) for name in names)


def _names(value: object, by_id: dict[str, dict[str, object]], depth: int = 3) -> Iterator[str]:
    """Yield the names of persons, organisations, or languages, given as such or by reference."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _names(each, by_id, depth - 1) if depth else ()
    elif isinstance(value, dict):
        name = value.get("name") or by_id.get(str(value.get("@id")), {}).get("name")
        if depth:
            yield from _names(name, by_id, depth - 1)


def _urls(article: dict[str, object]) -> Iterator[object]:
    yield article.get("url")
    page = article.get("mainEntityOfPage")
    yield page.get("@id") if isinstance(page, dict) else page


def _is_page(url: str) -> bool:
    """Say whether it is the address of a page, and not of a whole site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and parts.path not in ("", "/")


def _microdata(tree: HtmlElement, name: str) -> Iterator[str]:
    for element in tree.iterfind(f".//*[@itemprop='{name}']"):
        if not is_around(element):
            yield element.get("datetime") or element.get("content") or element.text_content()


def _is(element: HtmlElement, attribute: str, value: str) -> bool:
    return (element.get(attribute) or "").strip().casefold() == value
