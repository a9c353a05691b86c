"""Finds the cells of binary workbooks (.xls, .xlsb) that are shown as percentages.

Both are records, one after the other, of which few matter here: formats, the styles that use them,
and cells with a number and a style. The numbers of records are those of [MS-XLS] and [MS-XLSB].
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from index.reading.office.packages import main_part, related

if TYPE_CHECKING:
    from index.reading.office.archive import Archive

__all__ = ["MOST_PLACES", "percents_of_xls", "percents_of_xlsb"]

Places = frozenset[tuple[int, int]]
IsPercent = Callable[[str], bool]

MOST_PLACES = 1_000_000
"""Cells of a workbook that are told of."""
_LARGEST = 150_000_000
_SUBSTREAM, _SHEET, _FORMAT, _STYLE, _SEVERAL = 0x809, 0x85, 0x41E, 0xE0, 0xBD
_NUMBERS = (0x203, 0x27E, 0x06)
"""Cells with a number, written in two ways, and with a formula."""
_BIFF8 = 0x600
_BUNDLE, _ROW, _FORMAT_12, _STYLE_12, _CELL_STYLES, _END_CELL_STYLES = 156, 0, 44, 47, 617, 618
_NUMBERS_12 = (2, 5, 9)


def percents_of_xls(file: BinaryIO, is_percent: IsPercent) -> Iterator[tuple[str, Places]]:
    """Yield the places of these cells, from 1, by the names of their sheets.

    Args:
        file: A compound file.
        is_percent: Whether a format, or its number where it is not declared, is of percentages.

    Raises:
        OSError, struct.error: If it is damaged.
    """
    import olefile

    with olefile.OleFileIO(file) as compound:
        stream = next((each for each in ("Workbook", "Book") if compound.exists(each)), None)
        data = compound.openstream(stream).read(_LARGEST) if stream else b""
    formats: dict[int, str] = {}
    styles: list[bool] = []
    names: dict[int, str] = {}  # of the sheets, by where they begin
    places: dict[int, list[tuple[int, int]]] = {}
    room = MOST_PLACES
    wide, sheet = True, -1
    for start, kind, record in _records(data):
        if kind == _SUBSTREAM:
            wide, sheet = record[:2] == _BIFF8.to_bytes(2, "little"), start
        elif kind == _SHEET:
            (begins,) = struct.unpack_from("<I", record)
            names[begins] = _text(record[6:], wide=wide, count=1)
        elif kind == _FORMAT:
            (number,) = struct.unpack_from("<H", record)
            formats[number] = _text(record[2:], wide=wide, count=2 if wide else 1)
        elif kind == _STYLE:
            used = struct.unpack_from("<2H", record)[1]
            styles.append(is_percent(formats.get(used, str(used))))
        elif kind in _NUMBERS or kind == _SEVERAL:
            row, column, *cells = struct.unpack_from("<3H", record)
            if kind == _SEVERAL:
                several = range(4, len(record) - 6, 6)
                cells = [struct.unpack_from("<H", record, each)[0] for each in several]
            for at, style in enumerate(cells, column + 1):
                if style < len(styles) and styles[style] and room:
                    places.setdefault(sheet, []).append((row + 1, at))
                    room -= 1
    for begins, name in names.items():
        yield name, frozenset(places.get(begins, ()))


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each record of an .xls begins, its number, and what is in it."""
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<2H", data, at)
        yield at, kind, data[at + 4 : at + 4 + length]
        at += 4 + length


def _text(data: bytes, *, wide: bool, count: int) -> str:
    """Return a text behind its length, of so many bytes, and in BIFF8 a byte of flags."""
    length = int.from_bytes(data[:count], "little")
    if not wide:
        return data[count : count + length].decode("cp1252", "replace")
    if data[count : count + 1] == b"\0":
        return data[count + 1 : count + 1 + length].decode("latin-1")
    return data[count + 1 : count + 1 + 2 * length].decode("utf-16-le", "replace")


def percents_of_xlsb(archive: Archive, is_percent: IsPercent) -> Iterator[tuple[str, Places]]:
    """Yield the same of an .xlsb.

    Raises:
        ReadError, struct.error: If it is damaged.
    """
    main = main_part(archive, "xl/workbook.bin")
    sheets = related(archive, main, "worksheet")
    formats: dict[int, str] = {}
    styles: list[bool] = []
    are_of_cells, room = False, MOST_PLACES
    for part in related(archive, main, "styles").values():
        for kind, record in _records_12(archive.read(part)):
            if kind == _FORMAT_12:
                formats[struct.unpack_from("<H", record)[0]] = _wide_text(record, 2)[0]
            elif kind in (_CELL_STYLES, _END_CELL_STYLES):
                are_of_cells = kind == _CELL_STYLES
            elif kind == _STYLE_12 and are_of_cells:
                used = struct.unpack_from("<2H", record)[1]
                styles.append(is_percent(formats.get(used, str(used))))
    for kind, record in _records_12(archive.read(main)) if any(styles) else ():
        if kind == _BUNDLE:
            relation, end = _wide_text(record, 8)
            part = sheets.get(relation, "")
            if part in archive.names:
                name = _wide_text(record, end)[0]
                found = itertools.islice(_styled(archive.read(part), styles), room)
                yield name, (shown := frozenset(found))
                room -= len(shown)


def _styled(sheet: bytes, styles: list[bool]) -> Iterator[tuple[int, int]]:
    row = 0
    for kind, record in _records_12(sheet):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", record)
        elif kind in _NUMBERS_12:
            column, style = struct.unpack_from("<2I", record)
            style &= 0xFFFFFF
            if style < len(styles) and styles[style]:
                yield row + 1, column + 1


def _records_12(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each record of a part of an .xlsb, and what is in it."""
    at = 0
    while at < len(data):
        kind, at = _number(data, at, 2)
        length, at = _number(data, at, 4)
        yield kind, data[at : at + length]
        at += length


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for shift in range(most):
        byte = data[at] if at < len(data) else 0
        value |= (byte & 0x7F) << (7 * shift)
        at += 1
        if byte < 0x80:
            break
    return value, at


def _wide_text(record: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", record, at)
    end = at + 4 + 2 * length
    return record[at + 4 : end].decode("utf-16-le", "replace"), end
