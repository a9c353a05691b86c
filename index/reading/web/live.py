"""Finds the blocks of a live blog, each with its time and its heading.

Only a page that says that it is a live blog is asked. Knows nothing of the rest of the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from index.reading.web.dates import is_around
from index.reading.web.tree import body_paragraphs, parse, render, words_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["besides_blocks", "live_blocks"]

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?(Z|\+00:?00)?")
_WORDS = ("h2", "h3", "h4", "h5", "p", "li", "blockquote")
_SHORTEST = 40
"""Characters of a paragraph that makes what is around it a block."""
_FEWEST = 2
_MOST = 5_000


def live_blocks(tree: HtmlElement, updates: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the paragraphs of a live blog's blocks, each block below its time.

    Args:
        tree: The page.
        updates: What it states of its blocks for machines, which is believed where it has texts.

    Returns:
        In the page's order; nothing where fewer than two blocks are found.
    """
    blocks = [block for each in updates[:_MOST] if len(block := _stated(each)) > 1]
    if len(blocks) < _FEWEST:
        blocks = list(_shown(tree))
    return [line for block in blocks for line in block] if len(blocks) >= _FEWEST else []


def besides_blocks(paragraphs: Sequence[str], blocks: Sequence[str]) -> list[str]:
    """Return those of an article's paragraphs that are in none of its blocks."""
    known = set(map(words_of, blocks))
    return [paragraph for paragraph in paragraphs if words_of(paragraph) not in known]


def _stated(update: Mapping[str, object]) -> list[str]:
    body, headline = update.get("articleBody"), update.get("headline")
    stamp = _stamp(str(update.get("datePublished") or ""))
    if not stamp or not isinstance(body, str) or not body.strip():
        return []
    tree = parse(body if "<" in body else html.escape(body).replace("\n", "<p>"))
    words = [] if tree is None else body_paragraphs(tree)
    title = " ".join(html.unescape(headline).split()) if isinstance(headline, str) else ""
    return [stamp, *([title] if title and title not in words[:1] else []), *words]


def _shown(tree: HtmlElement) -> Iterator[list[str]]:
    """Yield the blocks that the page shows: what is around a time and a paragraph."""
    seen: set[object] = set()
    for time in tree.iter("time"):
        stamp = _stamp(time.get("datetime") or "")
        around = time.iterancestors("article", "section", "div", "li")
        block = next((each for each in around if any(map(_is_long, each.iter("p")))), None)
        if not stamp or block is None or block in seen or len(seen) > _MOST:
            continue
        seen.add(block)
        if next(block.iter("h1"), None) is not None or is_around(block):
            continue
        yield [stamp, *(line for each in _outermost(block) for line in render(each))]


def _outermost(block: HtmlElement) -> Iterator[HtmlElement]:
    for element in block.iter(*_WORDS):
        inner = takewhile(lambda each: each is not block, element.iterancestors())
        if not any(each.tag in _WORDS for each in inner):
            yield element


def _is_long(paragraph: HtmlElement) -> bool:
    return len(paragraph.text_content().strip()) >= _SHORTEST


def _stamp(written: str) -> str:
    """Return a time as it stands above a block, in the zone in which it is stated.

    >>> _stamp("2019-01-04T10:30:00+01:00"), _stamp("2019-01-04T10:30Z"), _stamp("10:30")
    ('2019-01-04, 10:30', '2019-01-04, 10:30 UTC', '')
    """
    found = _STAMP.match(written)
    return f"{found[1]}, {found[2]}{' UTC' if found[3] else ''}" if found else ""
