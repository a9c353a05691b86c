"""Finds the list or the table that a sentence of an article stands in. Knows no reader.

A list is lines that begin with a mark, below a line that ends in a colon; a table is lines whose
cells are parted by " | ", the first of them the heads of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.evidence import CELLS
from rag.english.vocabulary import content_stems
from rag.types import Evidence

__all__ = ["MARK", "Block", "block_at", "unmarked"]

MARK = re.compile(r"(?:[-*•·–—]|\d{1,2}[.)])\s+")
"""What an item of a list begins with."""
_NAMED = re.compile(r"[^,;:(|\n]+?(?=\s*(?:[,;:(|]|\s[-–—]\s|\.?\s*\Z|\n))")
"""What follows the mark: the name of the item, before what is told of it."""
_RULE = re.compile(r"\|?[-:=+|\s]*[-=]{3}[-:=+|\s]*")
"""The line that parts the heads of columns from the rows, in a table typed into a plain text."""
_CHOOSES = re.compile(
    r"\b(?:more|less|fewer|most|least|over|under|above|below|than|not|no|without|only|"
    r"best|worst|\w{3,}est)\b",
    re.IGNORECASE,
)
"""What a question holds that asks for some items and not for all."""


@dataclass(frozen=True, slots=True)
class Block:
    """A list or a table: what stands above it, and its items, each a sentence."""

    start: int
    """Where what stands above it begins."""
    head: str
    """The words above it: the line that names what is listed, or the heads of the columns."""
    items: tuple[Evidence, ...]
    """With what each begins with marked: its name, or its first cell."""
    table: bool

    @property
    def heading(self) -> str:
        """What to show above its items."""
        return self.head.strip(":| ")

    def answering(self, asked: str) -> tuple[Evidence, ...]:
        """Return the items that answer if one does; none where that has to be read.

        "The company named the boats that it will sell:" says it of each, and so does a table of
        stations if the question asks for stations. Of what some of the items say, such as the
        year that is asked for, those that say it answer, unless the title says it of all.
        """
        wanted, above = content_stems(asked).keys(), content_stems(self.head).keys()
        if _CHOOSES.search(asked) or not wanted & above:
            return ()
        told = {item: content_stems(item.text).keys() for item in self.items}
        chosen = {stem for stems in told.values() for stem in stems & wanted}
        chosen -= above | content_stems(self.items[0].document.title).keys()
        return tuple(item for item, stems in told.items() if chosen <= stems)


def block_at(item: Evidence, sentences: Sequence[Evidence]) -> Block | None:
    """Return the list or table in which a sentence of an article is, or above which it stands.

    Args:
        item: the sentence.
        sentences: all of the article, in order, each row by itself.
    """
    at = next((n for n, one in enumerate(sentences) if one.start >= item.start), None)
    if at is None:
        return None
    for belongs, table in ((_is_marked, False), (_is_row, True)):
        place = at
        below = not table and at + 1 < len(sentences) and item.text.rstrip().endswith(":")
        if not belongs(sentences[place]) and below:
            place += 1
        if not belongs(sentences[place]):
            continue
        first = last = place
        while first and belongs(sentences[first - 1]):
            first -= 1
        while last + 1 < len(sentences) and belongs(sentences[last + 1]):
            last += 1
        if table:
            head = sentences[first]
            items = sentences[first + 1 : last + 1]
        else:
            before = sentences[first - 1] if first else None
            head = before if before and before.text.rstrip().endswith(":") else sentences[first]
            items = sentences[first : last + 1]
        above = "" if head is sentences[first] and not table else " ".join(head.text.split())
        told = tuple(_marked(item) for item in items if not _RULE.fullmatch(item.text))
        return Block(head.start, above, told, table) if told else None
    return None


def _is_marked(item: Evidence) -> bool:
    return MARK.match(item.text) is not None


def _is_row(item: Evidence) -> bool:
    return CELLS in item.text or _RULE.fullmatch(item.text) is not None


def unmarked(item: Evidence) -> Evidence:
    """Return a sentence without the mark of a list before it."""
    mark = MARK.match(item.text)
    start = item.start + (mark.end() if mark else 0)
    return replace(item, start=start, context_start=start if mark else item.context_start)


def _marked(item: Evidence) -> Evidence:
    """Return an item without its mark, its name marked in it."""
    bare = unmarked(item)
    named = _NAMED.match(bare.document.text, bare.start, bare.end)
    end = named.end() if named else bare.end
    return replace(bare, context_start=bare.start, answer_start=bare.start, answer_end=end)
