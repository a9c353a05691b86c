"""Writes a table of facts as text: its rows are lines of cells below the heads of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.errors import ReadError
from index.reading.office.blocks import Blocks

__all__ = ["text_of_table"]

_MOST_ROWS = 10_000
"""One with more is data, whose passages would crowd out those of articles."""
_NO_CELL = "–"
"""Stands for an empty cell between others, so that each stays below its head."""


def text_of_table(
    heads: Iterable[str], rows: Iterable[Iterable[str]], above: Iterable[str] = ()
) -> str:
    """Return the text of a table, as an article has it.

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
    blocks.add(_line(heads))
    for count, cells in enumerate(rows, 1):
        if count > _MOST_ROWS:
            raise ReadError(
                f"a table of more than {_MOST_ROWS:,} rows; keep those that matter, or say which "
                "column holds articles with --column text=NAME"
            )
        blocks.add(_line(cells))
    return blocks.text()


def _line(cells: Iterable[str]) -> str:
    joined = " | ".join(" ".join(cell.split()) or _NO_CELL for cell in cells)
    return re.sub(rf"(?: \| {_NO_CELL})+\Z", "", joined)
