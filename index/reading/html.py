"""Makes a draft of a web page: the article's own text, without what stands around it.

trafilatura finds the article; small handmade pages, which have nothing around
it, are taken whole. Makes no network connection and knows nothing of files.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from index.reading.draft import Draft
from index.reading.header import date_line, read_header, same_words
from index.reading.html_dates import page_dates, page_language

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["draft_from_html", "html_paragraphs", "looks_like_html"]

_HANDMADE = 5_000
"""Characters up to which a page without menus and scripts counts as handmade."""
_MASTHEAD_LINE = 80
"""Characters up to which a line above the title is a part of the page, not of the article."""
_AROUND = ("nav", "aside", "footer", "header", "form", "iframe", "script", "menu")
_DROPPED = re.compile(
    r"script|style|noscript|template|nav|aside|footer|form|iframe|svg|button|select|textarea|object"
    r"|figure|menu|dialog"
)
_BLOCK = re.compile(
    r"p|div|[uod]l|li|d[td]|h[1-6r]|blockquote|pre|section|article|main|header|address|center|body"
    r"|table|t(?:head|body|foot|r)|caption|details|summary|figcaption"
    r"|head|item|list|quote|row|fw"  # trafilatura's own names
)
_CELL = re.compile(r"td|th|cell")


def looks_like_html(text: str) -> bool:
    """Say whether a text is a web page, whatever its file is called."""
    return re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", text, re.I) is not None


def draft_from_html(markup: str, *, url: str = "") -> Draft:
    """Return the draft of a web page; its text is empty where no article is found in it.

    Args:
        markup: The page.
        url: Its address, where that is known from elsewhere; the page's own goes before it.
    """
    tree = _tree(markup)
    if tree is None:
        return Draft(text="")
    import trafilatura

    # It warns of every page that it finds nothing in; the caller has its own words for that.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = trafilatura.bare_extraction(
        _tree(markup),
        include_comments=False,
        # Leaves out more of what stands around an article, and hardly any of the article.
        favor_precision=True,
        with_metadata=True,
        # Its dates are guesses, day first; ours are looked up apart.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    found = None if page is None or isinstance(page, dict) else page
    site = _clean(found.sitename) if found else ""
    title = _page_title(tree, _clean(found.title) if found else "", site)
    paragraphs = [] if found is None or found.body is None else _paragraphs(found.body)
    if _is_handmade(tree) or not any(paragraphs):
        paragraphs = _body_paragraphs(tree)
    text = "\n\n".join(_from_title(paragraphs, title))
    header = read_header(text, guess_title=False, title=title)
    url = (_clean(found.url) if found else "") or url
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
    tree = _tree(markup)
    return [] if tree is None else _body_paragraphs(tree)


def _tree(markup: str) -> HtmlElement | None:
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring

    # As bytes: lxml refuses a str with an encoding declaration, which is stale by now.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(markup.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments
        return None


def _is_handmade(tree: HtmlElement) -> bool:
    if next(tree.iter(*_AROUND), None) is not None:
        return False
    return len(tree.text_content()) <= _HANDMADE


def _body_paragraphs(tree: HtmlElement) -> list[str]:
    body = tree.find("body")
    return [] if body is None else _paragraphs(body)


def _from_title(paragraphs: list[str], title: str) -> list[str]:
    """Return the paragraphs without a masthead: the short lines above the title."""
    for index, paragraph in enumerate(paragraphs[:5]):
        if same_words(paragraph, title):
            return paragraphs[index:]
        if len(paragraph) > _MASTHEAD_LINE:
            break
    return paragraphs


def _paragraphs(root: HtmlElement) -> list[str]:
    """Return the text of each block below an element; line breaks stay, other white space is one.

    Walks without recursion, as a page may be nested deeper than Python's stack.
    """
    done: list[str] = []
    pieces: list[str] = []

    def close() -> None:
        lines = (" ".join(line.split()).strip("| ") for line in "".join(pieces).split("\n"))
        if text := "\n".join(line for line in lines if line):
            done.append(text)
        pieces.clear()

    waiting: list[tuple[HtmlElement, bool]] = [(root, True)]
    while waiting:
        element, opening = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if opening:
            if _BLOCK.fullmatch(tag):
                close()
            if tag in ("br", "lb"):
                pieces.append("\n")
            if _CELL.fullmatch(tag) and element.getprevious() is not None:
                pieces.append(" | ")
            waiting.append((element, False))
            if tag and not _DROPPED.fullmatch(tag):
                pieces.append((element.text or "").replace("\n", " "))
                waiting.extend((child, True) for child in reversed(element))
        else:
            if _BLOCK.fullmatch(tag):
                close()
            if element is not root:
                pieces.append((element.tail or "").replace("\n", " "))
    close()
    return done


def _page_title(tree: HtmlElement, found: str, site: str) -> str:
    """Return the title that was found, or the page's own, without the site's name after it."""
    title = found or _clean(tree.findtext(".//title")) or _clean(tree.findtext(".//h1"))
    if site:
        ending = re.compile(rf"\s+[|–—·»-]+\s+{re.escape(site)}\W*$", re.IGNORECASE)
        title = ending.sub("", title) or title
    return title


def _clean(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
