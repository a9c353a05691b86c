"""Makes a draft of a web page: the article's own text, without what stands around it.

trafilatura finds the article; small handmade pages, which have nothing around
it, are taken whole. Makes no network connection and knows nothing of files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.reading.draft import Draft
from index.reading.header import date_line, read_header, same_words
from index.reading.html_article import find_article
from index.reading.html_dates import page_dates, page_language
from index.reading.html_tree import body_paragraphs, parse

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


def draft_from_html(markup: str) -> Draft:
    """Return the draft of a web page; its text is empty where no article is found in it."""
    tree = parse(markup)
    if tree is None:
        return Draft(text="")
    article = find_article(markup)
    found = article.page
    site = _clean(found.sitename) if found else ""
    title = _page_title(tree, _clean(found.title) if found else "", site)
    paragraphs = list(article.paragraphs)
    if _is_handmade(tree) or not paragraphs:
        paragraphs = body_paragraphs(tree)
    text = "\n\n".join(_from_title(paragraphs, title))
    header = read_header(text, guess_title=False, title=title)
    url = _clean(found.url) if found else ""
    return Draft(
        text=text[header.start :],
        title=title,
        source=site or None,
        author=(_clean(found.author) if found else "") or header.author or None,
        url=url or None,
        dates=(*page_dates(tree, url, date_line), *header.dates),
        language=page_language(tree),
        clues=text,
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


def _page_title(tree: HtmlElement, found: str, site: str) -> str:
    """Return the title that was found, or the page's own, without the site's name after it."""
    title = found or _clean(tree.findtext(".//title")) or _clean(tree.findtext(".//h1"))
    if site:
        ending = re.compile(rf"\s+[|–—·»-]+\s+{re.escape(site)}\W*$", re.IGNORECASE)
        title = ending.sub("", title) or title
    return title


def _clean(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
