"""Tells pages that hold no article: the beginning of one behind a paywall, and lists of others.

By how a page is built and what it states of itself: whose text is short while its metadata say
that the rest is not free, or a block asks for a subscription; and whose prose is scattered among
links to other pages. The few words here only confirm what such a block is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.reading.web.dates import is_around
from index.reading.web.structured import Statements

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["stub_reason", "take_requests", "without_requests"]

_BLOCK = re.compile(
    r"(?P<wall>pay-?wall|reg-?wall|subscri\w*|piano|tp-modal|meter|gate|premium|locked)"
    r"|cookie|consent|gdpr|usercentrics|onetrust|didomi|trustarc|sp_message|newsletter|sign-?up",
    re.IGNORECASE,
)
"""Classes and identifiers of what asks the reader for money, an address, or leave."""
_ASKS = re.compile(
    r"subscri|log ?in|sign (?:in|up)|register|unlimited|cookies|newsletter|inbox|abonn|anmelden"
    r"|suscri|inicia sesión|connectez|abbona|accedi|assine|prenumer",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"(?!.*\b(?:continue reading|already an?|trial)\b).*"
    r"\b(?:subscribe for free to receive|new posts)\b",
    re.IGNORECASE,
)
"""What is asked for where all is there to read, and not what else asks so for more."""
_LINE = re.compile(
    r"\W*(?:(?P<wall>already an? (?:subscriber|member)|subscribe to (?:continue|keep|read)"
    r"|(?:sign|log) in to (?:continue|keep|read)|to continue reading|get unlimited)"
    r"|subscribe (?:to|now|for|today)|sign up (?:to|for|now)|(?:we|th(?:is|e) (?:web)?site) uses?"
    r" cookies|accept (?:all )?cookies)\b.*",
    re.IGNORECASE | re.DOTALL,
)
"""What asks the same in a line at the beginning or the end of the text."""
_LONGEST_BLOCK = 600
"""Characters; what is longer has the article in it, whatever its class says."""
_SHORTEST_REQUEST = 25
_LONGEST_LINE = 200
_FIRST, _LAST = 2, 4
"""Paragraphs at the beginning and the end that may be such lines."""
_SHORT = 1_000
"""Characters of prose below which a page that is not free, or has such a block, has no more."""
_HEADLINE = 4
_MOST_HEADLINES = 6
"""Links to other articles from which on a page without much prose in one place lists them."""
_PROSE = 40
"""Characters that make a text outside links one of prose."""
_TEXT = "//body//text()[not(ancestor::a|ancestor::script|ancestor::style)]"
_LEAST_PROSE = 300
"""Characters of prose in one place below which there is no article in a page of headlines."""


_REFUSED = re.compile(
    r"\W*(?:error\W*)?(?:40[0-9]|50[0-9]|page|file|article)?\W*(?:error\W*)?"
    r"(?:(?:page |file |article )?(?:was |could )?not (?:be )?found"
    r"|access denied|forbidden|just a moment|attention required|bad gateway"
    r"|service unavailable|are you (?:a )?(?:robot|human)|robot check|security check"
    r"|too many requests|page unavailable)\b\W*(?:[|·–—-] .*)?",
    re.IGNORECASE,
)
"""Titles of what a site answers with where it gives no page, with its name behind them or none."""


def take_requests(tree: HtmlElement) -> bool:
    """Take the blocks out of a page that ask its reader for something; say if one is a paywall."""
    wall = False
    for element in list(tree.iter("div", "section", "aside", "p", "form", "dialog", "span")):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        found = _BLOCK.search(marks)
        if found is None or element.getparent() is None:
            continue
        text = " ".join(element.text_content().split())
        if len(text) <= _LONGEST_BLOCK and _ASKS.search(text):
            # More than a button: it says what for.
            asks = found["wall"] is not None and len(text) >= _SHORTEST_REQUEST
            asks = asks and not _FREE.match(text)
            wall = wall or (asks and not is_around(element))
            element.drop_tree()
    return wall


def without_requests(paragraphs: Sequence[str]) -> tuple[list[str], bool]:
    """Return a text without such lines at its beginning and end; and if one is of a paywall."""
    kept, wall = [], False
    for index, text in enumerate(paragraphs):
        outer = index < _FIRST or index >= len(paragraphs) - _LAST
        found = _LINE.fullmatch(text) if outer and len(text) <= _LONGEST_LINE else None
        if found:
            wall = wall or found["wall"] is not None
        else:
            kept.append(text)
    return kept, wall


def stub_reason(
    tree: HtmlElement, stated: Statements, paragraphs: Sequence[str], title: str, *, wall: bool
) -> str:
    """Return why a page holds no article; empty where it may hold one.

    Args:
        tree: The page, without what asks its reader for something.
        stated: What it says of itself.
        paragraphs: Its text.
        title: Its title.
        wall: Whether a paywall was taken out.
    """
    length = sum(map(len, paragraphs))
    words = sum(len(each.split()) for each in paragraphs)
    if length < _SHORT and not stated.is_article and _REFUSED.fullmatch(title):
        return "what a site answers with instead of an article"
    cut = 2 * words < stated.word_count if stated.word_count else length < _SHORT
    if cut and (wall or not stated.free):
        return "only the beginning of an article behind a paywall"
    return "a page of links to articles, and none itself" if _is_index(tree, stated) else ""


def _is_index(tree: HtmlElement, stated: Statements) -> bool:
    """Say whether links to other articles part what prose there is."""
    if stated.is_article:
        return False
    stretches = [0]
    for found in tree.xpath(f"//a | {_TEXT}"):
        if isinstance(found, str):
            length = len(" ".join(found.split()))
            stretches[-1] += length if length >= _PROSE else 0
        elif _is_headline(found):
            stretches.append(0)
    return len(stretches) > _MOST_HEADLINES and max(stretches) < _LEAST_PROSE


def _is_headline(link: HtmlElement) -> bool:
    """Say whether a link stands in the page's middle, has some words, and is in no sentence."""
    if len(link.text_content().split()) < _HEADLINE:
        return False
    if any(each.tag in ("nav", "aside", "footer") for each in link.iterancestors()):
        return False
    return not any(len((text or "").strip()) >= _PROSE for text in _beside(link))


def _beside(link: HtmlElement) -> tuple[str | None, str | None]:
    before = link.getprevious()
    return link.tail, before.tail if before is not None else link.getparent().text
