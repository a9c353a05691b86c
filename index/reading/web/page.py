"""Makes a draft of a web page: the article's own text, without what stands around it.

trafilatura finds the article; small handmade pages, which have nothing around
it, are taken whole. Makes no network connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.encoding.decoding import decode_file
from index.reading.metadata.dates import dateline_dates
from index.reading.metadata.fields import language_tag
from index.reading.metadata.header import read_header, same_words
from index.reading.web.article import find_article
from index.reading.web.dates import page_dates
from index.reading.web.live import besides_blocks, live_blocks
from index.reading.web.names import authors_line, is_agency, outlet_name, page_title
from index.reading.web.structured import read_statements
from index.reading.web.stubs import stub_reason, take_requests, without_requests
from index.reading.web.tree import body_paragraphs, parse
from index.text.storable import has_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = [
    "draft_of_page",
    "drafts_from_html",
    "html_paragraphs",
    "looks_like_page",
]

_NO_ARTICLE = "no article text was found in the page; save the article as text"
_HANDMADE = 5_000
"""Characters up to which a page without menus and scripts counts as handmade."""
_MASTHEAD_LINE = 80
"""Characters up to which a line above the title is a part of the page, not of the article."""
_AROUND = ("nav", "aside", "footer", "header", "form", "iframe", "script", "menu")
_COMMENTS = "//*[@id='comments' or contains(concat(' ', @class, ' '), ' comments ')]"
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)
"""How a page begins, after the mark of its encoding."""
_ARCHIVED = re.compile(
    r"(?:(?<=[\"'=)])|(?<=url: ))"
    r"(?:https?:)?//web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)"
)
"""What the Wayback Machine puts before every address of a page that it keeps.

In its markup, and where a browser says what it saved; what the article itself tells stays.
"""


def looks_like_page(head: bytes) -> bool:
    """Say whether a file that begins so is a web page, in any encoding that extends ASCII."""
    # Without the zero bytes, UTF-16 and UTF-32 spell tags as ASCII does.
    return _PAGE.match(head.replace(b"\0", b"")) is not None


def drafts_from_html(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a web page.

    Raises:
        ReadError: If it is no text, or there is no article in it.
    """
    decoded = decode_file(file)
    draft = draft_of_page(decoded.text)
    yield replace(draft, warnings=(*decoded.warnings, *draft.warnings))


def draft_of_page(markup: str, *, url: str = "") -> Draft:
    """Return the draft of a web page.

    Args:
        markup: The page.
        url: Its address, where that is known from elsewhere; the page's own goes before it.

    Raises:
        ReadError: If no article is found in it.
    """
    markup = _ARCHIVED.sub("", markup)
    tree = parse(markup)
    if tree is None:
        raise ReadError(_NO_ARTICLE)
    wall = take_requests(tree)
    article = find_article(markup)
    stated = read_statements(tree, markup)
    page = article.page
    sites = (*stated.sites, (page.sitename if page else "") or "")
    site = _site([name for name in map(outlet_name, sites) if name])
    title = page_title(tree, stated, site)
    paragraphs = list(article.paragraphs)
    if _is_handmade(tree) or not paragraphs:
        paragraphs = body_paragraphs(tree)
    paragraphs, wall_below = without_requests(_from_title(paragraphs, title))
    blocks = live_blocks(tree, stated.updates) if stated.is_live else []
    paragraphs = besides_blocks(paragraphs, blocks) if blocks else paragraphs
    text = "\n\n".join(paragraphs)
    header = read_header(text, guess_title=False, title=title)
    url = next(iter(stated.urls), url)
    body = "\n\n".join(filter(None, (text[header.start :], *blocks)))
    if not has_words(body):
        raise ReadError(_NO_ARTICLE)
    author = authors_line(stated.authors, site=site)
    if not author and page:
        author = authors_line([page.author or ""], site=site)
    return Draft(
        text=body,
        title=title,
        source=site or None,
        author=author or header.author or None,
        url=url or None,
        dates=(
            *page_dates(tree, title, url, stated.dates),
            *header.dates,
            *dateline_dates(body),
        ),
        language=next(filter(None, map(language_tag, stated.languages)), None),
        clues="\n\n".join((text, *blocks)),
        stub=stub_reason(tree, stated, [body], title, wall=wall or wall_below),
    )


def html_paragraphs(markup: str) -> list[str]:
    """Return the texts of a piece of HTML, one a block element, without its tags."""
    tree = parse(markup)
    return [] if tree is None else body_paragraphs(tree)


def _is_handmade(tree: HtmlElement) -> bool:
    if next(tree.iter(*_AROUND), None) is not None or tree.xpath(_COMMENTS):
        return False
    return len(tree.text_content()) <= _HANDMADE


def _from_title(paragraphs: list[str], title: str) -> list[str]:
    """Return the paragraphs without a masthead: the short lines above the title."""
    for index, paragraph in enumerate(paragraphs[:5]):
        if same_words(paragraph, title):
            return paragraphs[index:]
        if len(paragraph) > _MASTHEAD_LINE:
            break
    return paragraphs


def _site(names: list[str]) -> str:
    """Return the first that is an outlet's own, or else the first."""
    return next((name for name in names if not is_agency(name)), next(iter(names), ""))
