"""Reads the sheets of a workbook (.xlsx, .xls, .ods): a row an article, or a sheet a table.

Which of the two a sheet is, its columns say: rows are articles where one of them holds texts.
A table is one article, its rows lines of cells below the heads of the columns. Hidden sheets
are left out. calamine parses; nothing is calculated, but percentages are written as such.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts
from index.reading.draft import Draft, Unread
from index.reading.office.archive import DAMAGED
from index.reading.office.blocks import text_of_table
from index.reading.office.opendocument import open_document
from index.reading.tables.headless import names_by_content
from index.reading.tables.percents import CellPlace, percent_cells
from index.reading.tables.rows import (
    SAMPLE,
    Row,
    column_names,
    drafts_from_rows,
    first_rows,
    hold_articles,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    Cell = str | float | bool | date | time | timedelta

__all__ = ["drafts_from_workbook"]

_MOST_BYTES = 150_000_000
"""Of the parts of a workbook, unpacked; parsed they take up to three times as much."""
_DEFAULT_NAME = re.compile(
    r"(?:sheet|tabelle|blatt|feuil|hoja|foglio|blad|ark|planilha|arkusz|list|лист)\s?\d*", re.I
)
"""Names that programs give to sheets."""


def drafts_from_workbook(
    file: BinaryIO, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | Unread]:
    """Yield the articles of a workbook, sheet after sheet.

    Args:
        file: The workbook.
        columns: The column, by its name, of each field that the person states; then every
            row of a sheet that has them is an article.

    Raises:
        ReadError: If it is damaged or protected, or nothing is in it.
    """
    workbook, percents = _opened(file)
    sheets = list(_sheets(workbook, percents))
    parts, empty = FileParts(), True
    for name, rows in sheets:
        table = _Table.of(rows)
        if not table.lines and not table.heads:
            continue
        empty = False
        part = parts.unique(name) if len(sheets) > 1 else ""
        try:
            for found in _articles(table, name, columns):
                inner = f"{part} › {found.part}" if part and found.part else part or found.part
                yield replace(found, part=inner)
        except ReadError as error:
            if not part:
                raise
            yield Unread(part, str(error))
    if empty:
        raise ReadError("a workbook without words; there is nothing to read in it")


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet: what stands above its table, the heads of its columns, and the rows to come."""

    lines: tuple[str, ...]
    heads: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    """Each with the number that it has in the program."""

    @classmethod
    def of(cls, rows: Iterator[tuple[int, list[str]]]) -> _Table:
        """Return the table of a sheet; the first row with two cells or more has its heads."""
        lines: list[str] = []
        for _, cells in rows:
            filled = [cell for cell in cells if cell]
            if len(filled) > 1:
                return cls(tuple(lines), tuple(cells), rows)
            lines += filled
        return cls(tuple(lines), (), rows)


def _articles(
    table: _Table, name: str, columns: Mapping[str, str] | None
) -> Iterator[Draft | Unread]:
    start = list(itertools.islice(table.rows, SAMPLE))
    by_number = itertools.chain(start, table.rows)
    names = names_by_content([table.heads, *(cells for _, cells in start)])
    if names:
        by_number = itertools.chain([(start[0][0] - 1, list(table.heads))], by_number)
    names = names or column_names(list(table.heads))
    rows = (Row(number, dict(zip(names, cells))) for number, cells in by_number)
    first = first_rows(rows)
    if columns or hold_articles(first):
        yield from drafts_from_rows(itertools.chain(first, rows), columns)
        return
    cells = (row.cells.values() for row in itertools.chain(first, rows))
    text = text_of_table(table.heads, cells, table.lines)
    title = "" if _DEFAULT_NAME.fullmatch(name) else name
    yield Draft(text=text, title=title)


def _opened(file: BinaryIO) -> tuple[CalamineWorkbook, dict[str, frozenset[CellPlace]]]:
    """Return a workbook, and which cells of its sheets are percentages."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    percents: dict[str, frozenset[CellPlace]] = {}
    file.seek(0)
    if zipfile.is_zipfile(file):
        with open_document(file, most_bytes=_MOST_BYTES) as archive:
            if sum(archive.sizes.values()) > _MOST_BYTES:
                raise ReadError("a workbook of more than 150 MB when unpacked; split it")
            with suppress(ReadError):  # What calamine says of a damaged one is said below.
                percents = percent_cells(archive)
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file), percents
    except PasswordError as error:
        raise ReadError("protected by a password; save a copy without one") from error
    except (CalamineError, OSError, ValueError) as error:
        raise ReadError(DAMAGED) from error


def _sheets(
    workbook: CalamineWorkbook, percents: Mapping[str, frozenset[CellPlace]]
) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Yield the name and the rows of each sheet that is seen."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            shown = percents.get(sheet.name, frozenset())
            yield sheet.name, _rows(workbook, sheet.name, shown)


def _rows(
    workbook: CalamineWorkbook, name: str, percents: frozenset[CellPlace]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with something in them, and their numbers, from 1."""
    from python_calamine import CalamineError

    try:
        sheet: CalamineSheet = workbook.get_sheet_by_name(name)
    except (CalamineError, ValueError) as error:
        raise ReadError(DAMAGED) from error
    # Empty rows above come with the others, empty columns beside do not.
    first = (sheet.start or (0, 0))[1] + 1
    for number, cells in enumerate(sheet.iter_rows(), 1):
        written = [
            f"{100 * cell:.10g}%"
            if (number, column) in percents and isinstance(cell, float)
            else _written(cell)
            for column, cell in enumerate(cells, first)
        ]
        if any(written):
            yield number, written


def _written(cell: Cell) -> str:
    """Return a cell as a person would write it; a day without a time is a date."""
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.10g}"
    return str(cell).strip()
