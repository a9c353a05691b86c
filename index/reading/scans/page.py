"""Puts the lines of a picture in the order in which they are read: straightened, by columns.

Knows where lines stand, and nothing of how they were seen or of what they say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.reading.pdf.layout import Line, Page
from index.scanned import PAGE

__all__ = ["SeenLine", "page_of_lines"]

_POINTS_A_PAGE = 842.0
"""Height that pages are taken to have: A4."""
_LETTER = 0.46
"""Times the size of a font that its letters are wide, as in running text: the height of a line's
box says less, as it depends on which letters are in it."""
_FEW_LETTERS = 15
"""In a line, from which its size cannot be told."""
_INK = 0.15
"""Share of a line's box, above and below, that is but space."""
_SAME_SIZE = 0.25
"""Share by which lines of one size seem to differ."""
_GUTTER = 0.9
"""Times the height of a line from which on a gap parts columns."""
_COLUMN = 8.0
"""Times the height of a line from which on what stands between gaps is a column of text, and no
cell of a table."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as it was seen on a picture."""

    text: str
    certainty: float
    """Mean probability of its letters, 0 to 1."""
    corners: tuple[float, ...]
    """x and y of its corners, clockwise from where its upper left is as it is read, in pixels."""


def page_of_lines(seen: Sequence[SeenLine], width: int, height: int) -> Page:
    """Return a page of what was seen on its picture, of so many pixels."""
    angle = _angle(seen)
    # Of a page that lies on its side, the lines run up or down.
    quarters = round(angle / (math.pi / 2)) % 4
    across, down = (height, width) if quarters % 2 else (width, height)
    scale = _POINTS_A_PAGE / down
    lines = _sized([_line(each, angle, scale, width, height) for each in seen])
    left, top = {0: (0, 0), 1: (0, -down), 2: (-across, -down), 3: (-across, 0)}[quarters]
    placed = [_moved(line, -left * scale, -top * scale) for line in lines]
    return Page(tuple(_in_order(placed)), across * scale, _POINTS_A_PAGE, pictures=True)


def _moved(line: Line, right: float, down: float) -> Line:
    return replace(
        line,
        left=line.left + right,
        right=line.right + right,
        top=line.top + down,
        bottom=line.bottom + down,
    )


def _angle(seen: Sequence[SeenLine]) -> float:
    """Return by how much the page is turned, in radians: that of the middle one of its letters."""
    turns = sorted(
        (math.atan2(y2 - y1, x2 - x1), math.hypot(x2 - x1, y2 - y1))
        for x1, y1, x2, y2, *_ in (each.corners for each in seen)
    )
    half = sum(length for _, length in turns) / 2
    for turn, length in turns:
        half -= length
        if half <= 0:
            return turn
    return 0.0


def _line(seen: SeenLine, angle: float, scale: float, width: int, height: int) -> Line:
    cos, sin = math.cos(angle), math.sin(angle)
    points = list(zip(seen.corners[::2], seen.corners[1::2]))
    across = [(x * cos + y * sin) * scale for x, y in points]
    down = [(y * cos - x * sin) * scale for x, y in points]
    top, bottom = (down[0] + down[1]) / 2, (down[2] + down[3]) / 2
    space = _INK * (bottom - top)
    corners = [
        min(max(round(value * PAGE / side), 0), PAGE)
        for point in points
        for value, side in zip(point, (width, height))
    ]
    return Line(
        text=" ".join(seen.text.split()),
        left=min(across),
        right=max(across),
        top=top + space,
        bottom=bottom - space,
        size=max(bottom - top, 0.1),
        certainty=seen.certainty,
        corners=tuple(corners),
    )


def _sized(lines: Sequence[Line]) -> list[Line]:
    """Return lines with the sizes of their letters in the place of the heights of their boxes.

    Those of about the usual size are of one size.
    """
    if not lines:
        return []
    told = [line for line in lines if len(line.text) >= _FEW_LETTERS]
    widths = {id(line): (line.right - line.left) / len(line.text) / _LETTER for line in told}
    sizes = []
    for line in lines:
        # A short line is as large as the one whose box is most like its own.
        like = min(told or [line], key=lambda other: abs(other.size - line.size))
        sizes.append(widths.get(id(line), widths.get(id(like), line.size)))
    usual = median(size for line, size in zip(lines, sizes) for _ in line.text)
    return [
        replace(line, size=usual if abs(size - usual) <= _SAME_SIZE * usual else size)
        for line, size in zip(lines, sizes)
    ]


def _in_order(lines: list[Line]) -> list[Line]:
    """Return lines as they are read: what spans the page parts what stands in columns."""
    if len(lines) < 2:
        return lines
    least = _GUTTER * median(line.size for line in lines)
    ordered: list[Line] = []
    for block, gutter in _blocks(lines, least):
        if gutter is None:
            ordered += _by_rows(block)
        else:
            middle = sum(gutter) / 2
            left = [line for line in block if line.right <= middle]
            ordered += _in_order(left)
            ordered += _in_order([line for line in block if line.right > middle])
    return ordered


def _blocks(
    lines: Sequence[Line], least: float
) -> list[tuple[list[Line], tuple[float, float] | None]]:
    """Part lines from top to bottom; return with each part the gap between its columns, if any.

    Rows that follow one another and have a gap in common are one part.
    """
    blocks: list[tuple[list[Line], tuple[float, float] | None]] = []
    for band in _bands(lines):
        if blocks:
            before, gutter = blocks[-1]
            both = before + band
            if gutter and (common := _gutter(both, least)):
                blocks[-1] = both, common
                continue
            if gutter is None and _gutter(band, least) is None:
                blocks[-1] = both, None
                continue
        blocks.append((band, _gutter(band, least)))
    return blocks


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in groups that no line beside them joins, from top to bottom."""
    bands: list[list[Line]] = []
    lowest = -math.inf
    for line in sorted(lines, key=lambda line: line.top):
        if line.top >= lowest:
            bands.append([])
        bands[-1].append(line)
        lowest = max(lowest, line.bottom)
    return bands


def _gutter(lines: Sequence[Line], least: float) -> tuple[float, float] | None:
    """Return the widest gap from top to bottom between two columns of text; None without any."""
    widest: tuple[float, float] | None = None
    right = -math.inf
    for line in sorted(lines, key=lambda line: line.left):
        wide = line.left - right
        if wide >= least and (widest is None or wide > widest[1] - widest[0]) and right > -math.inf:
            widest = right, line.left
        right = max(right, line.right)
    if widest is None:
        return None
    for side in (
        [line for line in lines if line.right <= widest[0]],
        [line for line in lines if line.left >= widest[1]],
    ):
        if median(line.right - line.left for line in side) < _COLUMN * side[0].size:
            return None
    return widest


def _by_rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one column from top to bottom, those of one row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.bottom):
        if rows and line.bottom - rows[-1][0].bottom < 0.5 * min(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.left)]
