"""Reads the rows of CSV and TSV files, whatever parts their cells.

What parts the cells, and how quotes inside them are written, is found by trying:
the way that gives the most rows as many cells as the first one has. Knows
nothing of what the columns mean.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from index.reading.contained import LARGEST
from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.office.blocks import text_of_table
from index.reading.tables.headless import names_by_content
from index.reading.tables.rows import (
    Row,
    column_names,
    drafts_from_rows,
    first_rows,
    hold_facts,
)

__all__ = ["drafts_from_delimited"]

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 17
"""Characters at the start of a file that are tried each way."""
_SAMPLE_ROWS = 100


@dataclass(frozen=True, slots=True)
class _Way:
    """How a table is written."""

    delimiter: str
    escape: str | None
    """What stands before a quote inside a cell; None where the quote is doubled."""


def drafts_from_delimited(
    file: BinaryIO, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | Unread]:
    """Yield one draft a row of a CSV or TSV file. Its first row names its columns, or is one too.

    A table of facts, no column of which holds texts, is one article instead.

    Rows with more or fewer cells than that, or with a quote that is never closed,
    are one `Unread` up to the next whole row: a stray quote costs one article.

    Args:
        file: Read as it is needed; no row may be longer than 20 million characters.
        columns: The column, by its name, of each field that the person states.

    Raises:
        ReadError: If it is no text, or a stated column is not there.
    """
    with opened_as_text(file) as text:
        sample = text.read(_SAMPLE)
        text.seek(0)
        lines = _Lines(text)
        stated = sample.partition("\n")[0].strip()
        whole = _whole_lines(sample)
        above = _above(whole)
        way = _way(whole[above:])
        if above and names_by_content(_sampled(whole[above:], way) or []):
            above = 0  # Below no head, what stands above is a row that lacks cells.
        if stated.casefold().startswith("sep=") and len(stated) == len("sep=;"):
            # How Excel is told; the columns are named below it.
            way = _Way(stated[-1], way.escape)
            next(lines, None)
        titles = [line.strip(f'{way.delimiter}" \r\n') for line in itertools.islice(lines, above)]
        names = names_by_content(_sampled(whole[above:], way) or [])
        rows = _rows(lines, way, names, above)
        first = first_rows(rows)
        all_rows = itertools.chain(first, rows)
        if columns or not hold_facts(first):
            yield from drafts_from_rows(all_rows, columns)
            return
        damaged: list[Unread] = []
        facts = text_of_table(_heads(first), _whole(all_rows, damaged), filter(None, titles))
        yield Draft(text=facts)
        yield from damaged


def _heads(rows: list[Row]) -> list[str]:
    return list(next(row.cells for row in rows if not row.reason))


def _whole(rows: Iterable[Row], damaged: list[Unread]) -> Iterator[Iterable[str]]:
    """Yield the cells of the rows that can be read, and note the others."""
    for row in rows:
        if row.reason:
            damaged.append(Unread(f"row {row.number}", row.reason))
        else:
            yield row.cells.values()


class _Lines:
    """The lines of a text, some of which may be given back to be read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        """The lines of the row that is read now."""
        self.ended = False
        """Whether the row that is read now asked for a line after the last one: its quote is
        never closed."""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > LARGEST:
            raise _UnclosedError
        line = self._again.popleft() if self._again else self._next()
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        self._length += len(line)
        return line.replace("\0", "")  # an error to Python 3.10's reader

    def _next(self) -> str:
        line = self._text.readline(LARGEST + 1)
        if len(line) > LARGEST:
            while (rest := self._text.readline(_SAMPLE)) and not rest.endswith(("\n", "\r")):
                pass
        return line

    def begin_row(self) -> None:
        """Take what comes next for another row."""
        self.taken, self.ended, self._length = [], False, 0

    def give_back(self, kept: int) -> None:
        """Let the lines of the row be read again, but for the first ones."""
        self._again.extendleft(reversed(self.taken[kept:]))


class _UnclosedError(Exception):
    """A row goes on to the end of the file, or farther than any row does."""


def _reader(lines: Iterator[str], way: _Way, *, strict: bool = False) -> Iterator[list[str]]:
    # The limit belongs to the process; 131,072 characters are fewer than long articles have.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST))
    return csv.reader(
        lines,
        delimiter=way.delimiter,
        escapechar=way.escape,
        doublequote=way.escape is None,
        skipinitialspace=way.delimiter != "\t",
        strict=strict,
    )


def _cells(lines: _Lines, way: _Way, *, strict: bool) -> list[str] | None:
    """Return the cells of the next row, none at the end of the file; None where quotes are amiss.

    Only a strict reading sees quotes within a cell as such.
    """
    lines.begin_row()
    try:
        return next(_reader(lines, way, strict=strict), [])
    except (csv.Error, _UnclosedError):
        return None


def _rows(lines: _Lines, way: _Way, names: list[str], above: int) -> Iterator[Row]:
    """Yield the rows, below the first one where no names are given; all damaged ones as one."""
    shape = _Shape()
    damaged: Row | None = None
    further = 0
    for number in itertools.count(above + 1):
        cells, reason = _row(lines, way, len(names))
        if not lines.taken:
            break
        if not reason and not any(cell.strip() for cell in cells):
            continue
        if not reason and not names:
            names = column_names(cells)
        elif not reason and (damaged is None or shape.fits(cells)):
            if damaged:
                yield _told(damaged, further)
            damaged, further = None, 0
            shape.note(cells)
            yield Row(number, dict(zip(names, cells)))
        elif damaged is None:
            damaged = Row(number, reason=reason)
        else:
            further += 1
    if damaged:
        yield _told(damaged, further)


def _told(damaged: Row, further: int) -> Row:
    after = f", or in the {further} after it" if further else ""
    return Row(damaged.number, reason=damaged.reason + after)


class _Shape:
    """Which columns never hold white space, as addresses and dates do not.

    After a damaged row the rest of its text looks like rows, too, wherever a
    line has the right number of commas; those have words in these columns.
    """

    def __init__(self) -> None:
        self._solid: list[bool] = []

    def note(self, cells: list[str]) -> None:
        """Learn from a row that is whole."""
        solid = [len(cell.split()) < 2 for cell in cells]
        self._solid = [a and b for a, b in zip(self._solid, solid)] if self._solid else solid

    def fits(self, cells: list[str]) -> bool:
        """Say whether a row is like the ones that are whole."""
        return all(len(cell.split()) < 2 for cell, solid in zip(cells, self._solid) if solid)


def _row(lines: _Lines, way: _Way, columns: int) -> tuple[list[str], str]:
    """Return the cells of the next row, and what is wrong with it, if anything is.

    Args:
        lines: Those after the row are still to come.
        way: How the table is written.
        columns: How many cells a row has; 0 for the first one.
    """
    cells = _cells(lines, way, strict=True)
    sound = cells is not None
    if not sound:
        lines.give_back(0)
        cells = _cells(lines, way, strict=False)
    unclosed = bool(lines.taken) and (cells is None or lines.ended)
    reason = _ragged(cells or [], columns) if columns and any(cells or []) else ""
    if unclosed or reason or not sound:
        swallowed = _swallowed(lines.taken[1:], way, columns)
        if swallowed:
            lines.give_back(1)
        if swallowed or unclosed:
            reason = "a quote in it is never closed; close it in the file"
    if any(len(line) > LARGEST for line in lines.taken):
        reason = "longer than 20 million characters; split it"
    return cells or [], reason


def _swallowed(lines: list[str], way: _Way, columns: int) -> bool:
    """Say whether a row ran into the next ones: a further line of it is a whole row by itself.

    Of a table with two columns, most of them are: one comma makes no row of a paragraph.
    """
    if columns < 2:
        return False
    try:
        rows = sum(len(row) == columns for line in lines for row in _reader(iter([line]), way))
    except csv.Error:
        return False
    return rows > (0 if columns > 2 else len(lines) / 2)


def _ragged(cells: list[str], columns: int) -> str:
    """Say what is wrong with the number of a row's cells; empty ones beyond the last may be."""
    if len(cells) >= columns and not any(cell.strip() for cell in cells[columns:]):
        return ""
    count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
    return f"{count} for {columns} columns; look for a missing quote in this row"


def _above(lines: list[str]) -> int:
    """Return how many lines stand above the head of the table, as a title or the day of the export.

    Each has one cell at most, and all rows from the head on have as many as it has.
    """
    for delimiter in _DELIMITERS:
        rows = _sampled(lines, _Way(delimiter, None)) or []
        filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
        at = next((at for at, count in enumerate(filled) if count > 2), 0)
        widths = [len(row) for row in rows[at:] if row]
        if at and max(filled[:at]) < 2 and len(widths) > 2 and len(set(widths)) == 1:
            return at
    return 0


def _way(lines: list[str]) -> _Way:
    """Return the way of reading that gives the most rows the shape of the first one."""
    escapes: tuple[str | None, ...] = (None,)
    if any('\\"' in line for line in lines):
        escapes = (None, "\\")
    ways = [_Way(delimiter, escape) for escape in escapes for delimiter in _DELIMITERS]
    return max(ways, key=lambda way: _fit(lines, way))


def _whole_lines(sample: str) -> list[str]:
    whole = sample.rpartition("\n")[0] if len(sample) == _SAMPLE else ""
    lines = list(io.StringIO(whole or sample, newline=""))
    return lines[1:] if lines and lines[0].casefold().startswith("sep=") else lines


def _sampled(lines: list[str], way: _Way) -> list[list[str]] | None:
    try:
        return list(itertools.islice(_reader(iter(lines), way), _SAMPLE_ROWS))
    except csv.Error:
        return None


def _fit(lines: list[str], way: _Way) -> tuple[float, int]:
    rows = _sampled(lines, way)
    if rows is None:
        return (0, 0)
    widths = [len(row) for row in rows if row]
    if not widths or widths[0] == 1:
        return (0, 1)
    return (widths.count(widths[0]) / len(widths), widths[0])
