"""Parses markup and renders what is below an element as paragraphs of plain text.

Knows which elements make a block, a line, or a cell; nothing of articles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["body_paragraphs", "is_hidden", "parse", "render", "words_of"]

_DROPPED = re.compile(
    r"script|style|noscript|template|nav|aside|footer|form|iframe|svg|button|select|textarea|object"
    r"|figure|menu|dialog"
)
_BLOCK = re.compile(
    r"p|div|[uod]l|li|d[td]|h[1-6r]|blockquote|pre|section|article|main|header|address|center|body"
    r"|table|t(?:head|body|foot|r)|caption|details|summary|figcaption"
    r"|head|item|list|quote|row|fw"  # trafilatura's own names
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CELL = re.compile(r"td|th|cell")
_ITEM = re.compile(r"li|item")
_ITEM_MARK = "-"
_MARKED_TWICE = re.compile(r"\A- (?=[-*•‣▪·–]\s)")


def parse(markup: str) -> HtmlElement | None:
    """Return the root of a page; None where there is nothing but comments."""
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring

    # As bytes: lxml refuses a str with an encoding declaration, which is stale by now.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(markup.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def body_paragraphs(tree: HtmlElement) -> list[str]:
    """Return the texts of a page's blocks, all of them."""
    body = tree.find("body")
    return [] if body is None else render(body)


def words_of(text: str) -> str:
    """Return the words of a text, by which it is found again however it was rendered."""
    return " ".join(re.findall(r"\w+", text))


def render(root: HtmlElement) -> list[str]:
    """Return the text of each block below an element; line breaks stay, other white space is one.

    Items of a list begin with a mark.

    What the reader of the page does not see is left out, such as words for search engines.
    Walks without recursion, as a page may be nested deeper than Python's stack.
    """
    done: list[str] = []
    pieces: list[str] = []

    def close() -> None:
        lines = (" ".join(line.split()).strip("| ") for line in "".join(pieces).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text == _ITEM_MARK:
            return  # It waits for the words of its item.
        if text:
            done.append(_MARKED_TWICE.sub("", text))
        pieces.clear()

    waiting: list[tuple[HtmlElement, bool]] = [(root, True)]
    while waiting:
        element, opening = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if opening:
            if _BLOCK.fullmatch(tag):
                close()
            if _ITEM.fullmatch(tag):
                pieces[:] = [f"{_ITEM_MARK} "]
            if tag in ("br", "lb"):
                pieces.append("\n")
            if _CELL.fullmatch(tag) and element.getprevious() is not None:
                pieces.append(" | ")
            waiting.append((element, False))
            if tag and not _DROPPED.fullmatch(tag) and not is_hidden(element):
                pieces.append((element.text or "").replace("\n", " "))
                waiting.extend((child, True) for child in reversed(element))
        else:
            if _BLOCK.fullmatch(tag):
                close()
            if _ITEM.fullmatch(tag):
                pieces.clear()
            if element is not root:
                pieces.append((element.tail or "").replace("\n", " "))
    close()
    return done


def is_hidden(element: HtmlElement) -> bool:
    """Say whether an element is marked as one that the reader of the page does not see."""
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
