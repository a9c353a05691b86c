"""Finds the article in a web page: its paragraphs, in order, without what stands around them.

trafilatura decides; its decision is mended where it takes words out of a
sentence, stops in the middle of an article, or lets a link to another one
pass. Knows nothing of titles, authors, or dates.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from index.reading.web.stubs import take_requests
from index.reading.web.tree import is_hidden, parse, render, words_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]
    from trafilatura.settings import Document as Page

__all__ = ["Found", "find_article"]

_INLINE = ("span", "a", "b", "i", "em", "strong", "u", "q", "cite", "abbr", "mark", "small", "font")
_LONG = 3_000
"""Block elements from which a page is a long one; the largest of 181 pages of papers has 891."""
_OTHERS = re.compile(
    r"\b(?:related|recommended)\b|read-?(?:next|also)|most-?read|more-?(?:stories|news)", re.I
)
"""Identifiers and classes of lists of other articles."""
_HEADS = ("article", "h2", "h3", "h4")
"""What has a link in it, or stands in one, for each of these."""
_TOO_SHORT = 500
"""Characters below which an article may have been overlooked."""
_MUCH_MORE = 3
"""How many times as much a wider search must find, to be believed instead."""
_SAME_PLACE = 3
"""Paragraphs found in one kind of place, from which others in it are the article's too."""
_OWN_WORDS = 25
"""Characters outside links that make a paragraph more than a link."""
_LONGEST_LABEL = 80
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
_HEADLINE = 4
"""Words of a link that is a headline, not a name or an address."""
_CAPTION = re.compile(r"(?:.{1,30}:)?\W*(?:[\[(]\w+[\])])?\W*")


@dataclass(frozen=True, slots=True)
class Found:
    """The paragraphs of an article, and what trafilatura says of its page."""

    paragraphs: tuple[str, ...] = ()
    page: Page | None = None


def find_article(markup: str) -> Found:
    """Return the article of a page; without paragraphs where none is found in it."""
    tree = parse(markup)
    if tree is None:
        return Found()
    take_requests(tree)
    _drop_others(tree)
    _mend(tree)
    page = _extract(tree, precise=True)
    paragraphs = _rendered(page)
    if sum(map(len, paragraphs)) < _TOO_SHORT:
        wider = _rendered(_extract(tree, precise=False))
        if sum(map(len, wider)) > _MUCH_MORE * sum(map(len, paragraphs)):
            paragraphs = wider
    if _is_long(tree):
        return Found(tuple(paragraphs), page)
    blocks = _blocks(tree)
    return Found(tuple(_without_links(_completed(paragraphs, blocks), blocks)), page)


@dataclass(frozen=True, slots=True)
class _Block:
    """A `p` element of the page."""

    key: str
    """Its words."""
    text: str
    place: tuple[object, ...]
    """The elements around it, by name and class, and which article or heading it belongs to."""
    outside: str | None
    """What of its text is in no link; None where there is no link."""


def _drop_others(tree: HtmlElement) -> None:
    """Drop the parts of a page that hold other articles, with a headline each, and say so.

    One that has most of the page's paragraphs is around the article itself ("has-related").
    """
    lengths = {each: len(each.text_content()) for each in tree.iter("p")}
    most = sum(lengths.values()) / 2
    links = list(tree.iter("a"))
    led = {
        each for link in links for each in chain(link.iter(*_HEADS), link.iterancestors(*_HEADS))
    }
    for element in list(tree.iter("section", "div", "ul")):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not _OTHERS.search(marks) or next(element.iter("h1"), None) is not None:
            continue
        is_led = any(head in led for head in element.iter(*_HEADS))
        is_inner = element.getparent() is not None
        if is_led and is_inner and sum(lengths[each] for each in element.iter("p")) < most:
            element.drop_tree()


def _mend(tree: HtmlElement) -> None:
    """Take away from words inside a sentence what would have them taken for a part of the page.

    A link in the middle of one is dropped for a class such as `link` otherwise.
    What is hidden, and a card with a picture and several links, that opens over a name, is dropped.
    """
    for element in list(tree.iter(*_INLINE)):
        if next(element.iterancestors("p", "li"), None) is None:
            continue
        if is_hidden(element) or _is_card(element):
            element.drop_tree()
            continue
        for name in ("class", "id", "style"):
            element.attrib.pop(name, None)


def _is_card(element: HtmlElement) -> bool:
    """Say whether it begins with a picture and goes on with links."""
    if element.tag != "span" or len(element.findall(".//a")) < 2:
        return False
    for child in element.iter():
        if child.tag == "img" or (child.text or "").strip():
            return bool(child.tag == "img")
    return False


def _extract(tree: HtmlElement, *, precise: bool) -> Page | None:
    from copy import deepcopy

    import trafilatura

    # It warns of every page that it finds nothing in; the caller has its own words for that.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = trafilatura.bare_extraction(
        deepcopy(tree),
        include_comments=False,
        # Leaves out more of what stands around an article, and hardly any of the article.
        favor_precision=precise,
        with_metadata=True,
        # Its second opinions take time that grows with the square of the page.
        fast=_is_long(tree),
        # Its dates are guesses, day first; ours are looked up apart.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    return None if page is None or isinstance(page, dict) else page


def _is_long(tree: HtmlElement) -> bool:
    blocks = tree.iter("p", "div", "li", "td", "h1", "h2")
    return next(islice(blocks, _LONG, None), None) is not None


def _rendered(page: Page | None) -> list[str]:
    return [] if page is None or page.body is None else render(page.body)


def _blocks(tree: HtmlElement) -> list[_Block]:
    blocks: list[_Block] = []
    headings = 0
    for element in tree.iter("h1", "p"):
        headings += element.tag == "h1"
        text = "\n".join(render(element))
        if element.tag == "h1" or not (key := words_of(text)):
            continue
        around = [(each.tag, each.get("class")) for each in element.iterancestors()]
        article = next(element.iterancestors("article"), None)
        place = (element.get("class"), *around, article, headings)
        outside = "".join(element.xpath(".//text()[not(ancestor::a)]"))
        linked = next(element.iter("a"), None) is not None
        blocks.append(_Block(key, text, place, " ".join(outside.split()) if linked else None))
    return blocks


def _completed(paragraphs: list[str], blocks: list[_Block]) -> list[str]:
    """Return the paragraphs with those of the page that stand where most of them do.

    An article may go on in a second container, of which trafilatura reads the first.
    """
    positions = {words_of(paragraph): index for index, paragraph in enumerate(paragraphs)}
    places = Counter(block.place for block in blocks if block.key in positions)
    added: dict[int, list[str]] = {}
    last = -1
    for block in blocks:
        if block.key in positions:
            last = positions[block.key]
        elif (
            last >= 0
            and places[block.place] >= _SAME_PLACE
            and (block.outside is None or len(block.outside) >= _OWN_WORDS)
            and _ends_sentence(block.text)
        ):
            added.setdefault(last, []).append(block.text)
    return [
        text
        for index, paragraph in enumerate(paragraphs)
        for text in (paragraph, *added.get(index, ()))
    ]


def _without_links(paragraphs: list[str], blocks: list[_Block]) -> list[str]:
    """Return the paragraphs but those that only lead to other articles."""
    teasers = {block.key for block in blocks if _is_teaser(block)}
    return [paragraph for paragraph in paragraphs if words_of(paragraph) not in teasers]


def _is_teaser(block: _Block) -> bool:
    """Say whether there is nothing in it but links and what announces them."""
    if block.outside is None or len(block.outside) > _LONGEST_LABEL or _ends_sentence(block.text):
        return False
    linked = len(block.text.split()) - len(block.outside.split())
    return linked >= _HEADLINE and _CAPTION.fullmatch(block.outside) is not None


def _ends_sentence(text: str) -> bool:
    return text.rstrip("\"'”’»)]").endswith(_SENTENCE_ENDS)
