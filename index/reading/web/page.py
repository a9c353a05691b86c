"""Makes a draft of a web page: the article's own text, without what stands around it.

trafilatura finds the article; small handmade pages, which have nothing around
it, are taken whole. Makes no network connection and knows nothing of files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.reading.draft import Draft
from index.reading.metadata.dates import dateline_dates
from index.reading.metadata.fields import language_tag
from index.reading.metadata.header import read_header, same_words
from index.reading.web.article import find_article
from index.reading.web.bylines import authors_line, is_agency, outlet_name
from index.reading.web.dates import page_dates
from index.reading.web.live import besides_blocks, live_blocks
from index.reading.web.structured import read_statements
from index.reading.web.stubs import stub_reason, take_requests, without_requests
from index.reading.web.title import page_title
from index.reading.web.tree import body_paragraphs, parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["draft_from_html", "html_paragraphs", "looks_like_html"]

_HANDMADE = 5_000
"""Characters up to which a page without menus and scripts counts as handmade."""
_MASTHEAD_LINE = 80
"""Characters up to which a line above the title is a part of the page, not of the article."""
_AROUND = ("nav", "aside", "footer", "header", "form", "iframe", "script", "menu")


def looks_like_html(text: str) -> bool:
    """Say whether a text is a web page, whatever its file is called."""
    return re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", text, re.I) is not None


def draft_from_html(markup: str, *, url: str = "") -> Draft:
    """Return the draft of a web page; its text is empty where no article is found in it.

    Args:
        markup: The page.
        url: Its address, where that is known from elsewhere; the page's own goes before it.
    """
    tree = parse(markup)
    if tree is None:
        return Draft(text="")
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
        stub=stub_reason(tree, stated, [body], wall=wall or wall_below),
    )


def html_paragraphs(markup: str) -> list[str]:
    """Return the texts of a piece of HTML, one a block element, without its tags."""
    tree = parse(markup)
    return [] if tree is None else body_paragraphs(tree)


def _is_handmade(tree: HtmlElement) -> bool:
    if next(tree.iter(*_AROUND), None) is not None:
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
