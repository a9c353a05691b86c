"""Finds the cells of a workbook (.xlsx, .ods) that are shown as percentages.

calamine gives their values alone, and .25 is not what is read where 25% stands. Knows where cells
are, and not what they hold.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.reading.office.archive import (
    DAMAGED,
    SAFE_XML,
    Archive,
    attribute,
    local_name,
    main_part,
    related,
)

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = ["CellPlace", "percent_cells"]

CellPlace = tuple[int, int]
"""Row and column of a cell, both from 1."""

_BUILT_IN = frozenset(("9", "10"))
"""Formats that need no declaration: 0% and 0.00% (ECMA-376, part 1, 18.8.30)."""
_PERCENT = re.compile(r'(?:"[^"]*"|[\\_*].|[^"\\%_*])*%')
"""A format with a sign that is no text of its own, nor a space of its width, nor a filling."""
_CELL = re.compile(rb"<(?:\w{1,20}:)?c\s([^<>]{1,200})>")
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_MOST_PLACES = 1_000_000
"""Cells of an .ods that are told of; a few repeated ones may stand for any number."""


def percent_cells(archive: Archive) -> dict[str, frozenset[CellPlace]]:
    """Return the places of these cells by the names of their sheets; nothing for other workbooks.

    Raises:
        ReadError: If it is damaged, or unpacks to more than a document holds.
    """
    if "content.xml" in archive.names:
        return {name: frozenset(places) for name, places in _of_ods(archive.read("content.xml"))}
    return dict(_of_xlsx(archive)) if "xl/workbook.xml" in archive.names else {}


def _of_xlsx(archive: Archive) -> Iterator[tuple[str, frozenset[CellPlace]]]:
    main = main_part(archive, "xl/workbook.xml")
    sheets = related(archive, main, "worksheet")
    for styles in related(archive, main, "styles").values():
        root = archive.xml_if_there(styles)
        shown = set() if root is None else set(_percent_styles(root))
        for sheet in archive.xml(main).iter("{*}sheet") if shown else ():
            part = sheets.get(attribute(sheet, "id"), "")
            if part in archive.names:
                yield str(sheet.get("name")), frozenset(_styled(archive.read(part), shown))


def _percent_styles(styles: _Element) -> Iterator[bytes]:
    """Yield the numbers of the styles of cells that show percentages."""
    formats = set(_BUILT_IN)
    for each in styles.iter("{*}numFmt"):
        if _PERCENT.match(str(each.get("formatCode", ""))):
            formats.add(str(each.get("numFmtId")))
    for number, each in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        if each.get("numFmtId") in formats:
            yield b"%d" % number


def _styled(sheet: bytes, styles: set[bytes]) -> Iterator[CellPlace]:
    for cell in _CELL.finditer(sheet):
        style = _STYLE.search(cell[1])
        if style and style[1] in styles and (place := _REFERENCE.search(cell[1])):
            column = 0
            for letter in place[1]:
                column = 26 * column + letter - ord("A") + 1
            yield int(place[2]), column


def _of_ods(content: bytes) -> Iterator[tuple[str, list[CellPlace]]]:
    from lxml import etree  # type: ignore[import-untyped]

    places: list[CellPlace] = []
    row, room = 0, _MOST_PLACES
    try:
        for _, element in etree.iterparse(io.BytesIO(content), **SAFE_XML):
            name = local_name(element)
            if name == "table-row":
                columns = list(itertools.islice(_percent_columns(element), room))
                first, row = row + 1, row + _repeated(element, "rows")
                rows = range(first, row + 1) if columns else ()
                found = itertools.islice(((at, each) for at in rows for each in columns), room)
                places += found
                room = max(0, room - len(columns) * len(rows))
                element.clear()
            elif name == "table":
                yield attribute(element, "name"), places
                places, row = [], 0
    except etree.XMLSyntaxError as error:
        raise ReadError(DAMAGED) from error


def _percent_columns(row: _Element) -> Iterator[int]:
    column = 0
    for cell in row:
        again = _repeated(cell, "columns")
        if attribute(cell, "value-type") == "percentage" and attribute(cell, "value"):
            yield from range(column + 1, column + again + 1)
        column += again


def _repeated(element: _Element, kind: str) -> int:
    stated = attribute(element, f"number-{kind}-repeated")
    return int(stated) if re.fullmatch(r"\d{1,7}", stated) else 1
