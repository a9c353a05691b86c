"""Names the columns of a table whose first row is an article like the others, and no head.

Nobody says so: it is told by a first row with an address, a day, or a text in a column of such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.reading.metadata.header_line import date_line
from index.reading.tables.rows import SHORTEST_TEXT

__all__ = ["names_by_content"]

_ADDRESS = re.compile(r"https?://\S+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d|1\d{9}(?:\d{3})?(?![\d.])")
"""As programs write one: by ISO 8601, or in seconds since 1970."""


def names_by_content(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return names of columns, those of texts, titles, dates, and addresses as `rows` knows them.

    Empty where the first row has names itself, or no column holds texts.

    Args:
        rows: The first ones of the table; those of another length than the first do not count.

    >>> told = "The quarry at Lunn was sold on Monday to a family from Oban that runs two others."
    >>> names_by_content([["4 May 2021", "Quarry sold", told], ["5 May 2021", "Open", told]])
    ['date', 'title', 'text']
    """
    first = rows[0] if rows else ()
    below = [row for row in rows[1:] if len(row) == len(first)]
    columns = [[row[at] for row in below] for at in range(len(first))]
    kinds = [_most(cells) for cells in columns]
    texts = [at for at, kind in enumerate(kinds) if kind == "text"]
    pairs = [(kind, _kind(cell)) for kind, cell in zip(kinds, first) if kind and cell.strip()]
    # The answers to a form stand below its questions, which are long, too, and "Timestamp".
    named = any(kind != own for kind, own in pairs if kind != "text")
    if not texts or named or not any(kind == own for kind, own in pairs):
        return []
    names = [f"({number})" for number in range(1, len(first) + 1)]
    for kind in ("date", "url"):
        if kind in kinds:
            names[kinds.index(kind)] = kind
    names[max(texts, key=lambda at: sum(map(len, columns[at])))] = "text"
    # A title is another one in each row, and longer than a section's name.
    others = [
        (len(set(columns[at])), sum(map(len, columns[at])), at)
        for at, name in enumerate(names)
        if name.startswith("(") and any(map(str.isalpha, "".join(columns[at])))
    ]
    if others:
        names[max(others)[2]] = "title"
    return names


def _most(cells: Sequence[str]) -> str:
    """Return the kind that most cells with something in them have; empty for none."""
    kinds = [_kind(cell) for cell in cells if cell.strip()]
    return next((kind for kind in set(kinds) if 2 * kinds.count(kind) > len(kinds)), "")


def _kind(cell: str) -> str:
    cell = cell.strip()
    if _ADDRESS.fullmatch(cell):
        return "url"
    if len(cell) >= SHORTEST_TEXT:
        return "text"
    return "date" if _MOMENT.match(cell) or date_line(cell) else ""
