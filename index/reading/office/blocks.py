"""Gathers the paragraphs, tables, and slides of a document into a text. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.encoding.decoding import join_surrogates
from index.reading.metadata.properties import Properties, draft_of

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = ["Blocks", "Slides", "clean", "text_of_table"]

_MOST_CHARACTERS = 10_000_000
_MOST_PARAGRAPHS = 100_000
_MOST_ROWS = 10_000
"""Of a table of facts: one with more is data, whose passages would crowd out those of articles."""
_NO_CELL = "–"
"""Stands for an empty cell between others, so that each stays below its head."""
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff]")


class Blocks:
    """Paragraphs in the order in which they are added."""

    def __init__(self) -> None:
        self._done: list[list[str]] = [[]]
        self._length = 0
        self._count = 0

    def add(self, text: str) -> None:
        """Add a paragraph; one without words is left out.

        Raises:
            ReadError: If the text becomes longer than can be read.
        """
        text = clean(text)
        self._length += len(text)
        self._count += 1
        if self._length > _MOST_CHARACTERS or self._count > _MOST_PARAGRAPHS:
            raise ReadError(
                f"more than {_MOST_CHARACTERS:,} characters or {_MOST_PARAGRAPHS:,} paragraphs of"
                " text; split it into several files"
            )
        if text:
            self._done[-1].append(text)

    def add_row(self, cells: Iterable[_Element], read: Callable[[_Element], object]) -> None:
        """Add a row of a table; cells stand side by side, what is alone stands as it is.

        Args:
            cells: Of the row.
            read: Adds what is in one of them.
        """
        filled = [cell for each in cells if any(cell := self._apart(each, read))]
        if len(filled) == 1:
            self._done[-1].extend(filled[0])
        elif filled:
            self._done[-1].append(" | ".join(map(_joined, filled)))

    def add_note(self, number: int, note: _Element, read: Callable[[_Element], object]) -> None:
        """Add a note on one line behind its number; one without words is left out."""
        words = _joined(self._apart(note, read))
        self.add(f"[{number}] {words}" if words else "")

    def _apart(self, element: _Element, read: Callable[[_Element], object]) -> list[str]:
        """Return the paragraphs of a cell or a note, which are not among the others."""
        self._done.append([])
        try:
            read(element)
        finally:
            apart = self._done.pop()
        return apart

    def text(self) -> str:
        r"""Return the paragraphs, parted by `\n\n`."""
        return "\n\n".join(self._done[0])


def _joined(paragraphs: Iterable[str]) -> str:
    return " ".join(" ".join(paragraphs).split())


def clean(text: str) -> str:
    r"""Return a text with one space between words; its line breaks stay, unseen characters go.

    >>> clean("The  har\u00adbour \n reopened")
    'The harbour\nreopened'
    """
    text = _UNSEEN.sub("", join_surrogates(text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class Slides:
    """Slides in the order in which they are added; each is a page of the article."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, shown: Blocks, notes: Blocks) -> None:
        """Add a slide: what it shows, and below it what its speaker was to say.

        One without words, as a hidden one, counts too: the others keep their numbers.
        """
        self._texts.append("\n\n".join(filter(None, (shown.text(), notes.text()))))

    def draft(self, properties: Properties) -> Draft:
        """Return the draft of the presentation.

        Raises:
            ReadError: If there are no words on any slide.
        """
        pages, length = [], 0
        for text in self._texts:
            pages.append(length)
            length += len(text) + 2 if text else 0
        whole = "\n\n".join(filter(None, self._texts))
        starts = tuple(min(page, len(whole)) for page in pages)
        return draft_of(whole, properties, pages=starts)


def text_of_table(
    heads: Iterable[str], rows: Iterable[Iterable[str]], above: Iterable[str] = ()
) -> str:
    """Return the text of a table of facts: lines of cells below the heads of its columns.

    Args:
        heads: what its columns are called.
        rows: their cells, in the order of the columns.
        above: lines that stand above it.

    Raises:
        ReadError: it has more than 10,000 rows.
    """
    blocks = Blocks()
    for line in above:
        blocks.add(line)
    blocks.add(_row(heads))
    for count, cells in enumerate(rows, 1):
        if count > _MOST_ROWS:
            raise ReadError(
                f"a table of more than {_MOST_ROWS:,} rows; keep those that matter, or say which "
                "column holds articles with --column text=NAME"
            )
        blocks.add(_row(cells))
    return blocks.text()


def _row(cells: Iterable[str]) -> str:
    joined = " | ".join(" ".join(cell.split()) or _NO_CELL for cell in cells)
    return re.sub(rf"(?: \| {_NO_CELL})+\Z", "", joined)
