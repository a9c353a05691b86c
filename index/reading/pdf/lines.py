"""Reads the lines of a PDF's pages with PDFium, and where each stands.

PDFium gives the characters in the order in which they were written, which
follows the columns of nearly all files. It is not safe for several threads.
Knows nothing of paragraphs.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

from index.reading.encoding.decoding import join_surrogates
from index.reading.pdf.layout import CELL_MARK, Line, Page

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

__all__ = ["clean_characters", "page_of"]

_LINE_END = frozenset((10, 13))
_BROKEN = frozenset((2, 0xFFFE))
"""What PDFium writes for a hyphen at the end of a line, within a word."""
_BOLD = 500
"""Weight of letters from which on they are bold: 400 are regular ones, 500 those of headings."""
_CELL_GAP = 1.5
"""Times the size of the letters from which on a gap parts two cells: justified lines have less."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPATIBLE = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
"""Ligatures, and the forms that Arabic letters take within words."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")
_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|(?<=[.,;:!?”\"’)])[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")


class _Character(NamedTuple):
    """A character upright on its page, in points from the left and downwards from the top.

    A tuple, as there are millions in a book.
    """

    code: int
    left: float
    right: float
    base: float
    """Of the line that it stands on."""
    size: float
    turned: bool
    bold: bool


def page_of(page: PdfPage) -> Page:
    """Return the lines of a page, and whether there are pictures on it.

    A page most of whose text is not upright, as one with a wide table, is turned.
    """
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    with closing(page.get_textpage()) as content:
        written = list(_split(content, page))
        turned = sum(each.turned for found in written for each in found)
        upright = _angle(content) if 2 * turned > sum(map(len, written)) else page.get_rotation()
    # A stamp that goes across a page turns nothing.
    if upright != page.get_rotation() and upright % 90 == 0:
        page.set_rotation(upright)
        with closing(page.get_textpage()) as content:
            written = list(_split(content, page))
    width, height = (max(length, 1.0) for length in page.get_size())
    lines = [line for found in written if (line := _line(found)) is not None]
    unreadable = sum(_is_unreadable(each.code) for found in written for each in found)
    letters = "".join(line.text for line in lines)
    if len(_RIGHT_TO_LEFT.findall(letters)) * 2 > len(_LETTER.findall(letters)):
        lines = [_mirrored(line, width) for line in lines]
    pictures = next(page.get_objects((pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3), None) is not None
    return Page(tuple(lines), width, height, pictures, unreadable)


def clean_characters(text: str) -> str:
    r"""Return a text without unseen characters, its ligatures as letters.

    >>> clean_characters("e\ufb03cient\x00")
    'efficient'
    """
    text = _UNSEEN.sub("", join_surrogates(text))
    return _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def _split(content: PdfTextPage, page: PdfPage) -> Iterator[list[_Character]]:
    """Yield the characters of each line."""
    import pypdfium2.raw as pdfium

    text = content.raw
    place = _placing(page)
    rotation = page.get_rotation()
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    line: list[_Character] = []
    for index in range(content.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in _LINE_END:
            yield line
            line = []
            continue
        if not (
            pdfium.FPDFText_GetLooseCharBox(text, index, box)
            and pdfium.FPDFText_GetCharOrigin(text, index, x, y)
            and pdfium.FPDFText_GetMatrix(text, index, matrix)
        ):
            continue
        broken = code in _BROKEN and pdfium.FPDFText_IsHyphen(text, index) == 1
        left, _ = place(box.left, box.bottom)
        right, _ = place(box.right, box.top)
        line.append(
            _Character(
                code=ord("-") if broken else code,
                left=min(left, right),
                right=max(left, right),
                base=place(x.value, y.value)[1],
                # The size that a font is set in, and how the page enlarges it.
                size=pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d),
                turned=line[0].turned if line else _is_turned(matrix.a, matrix.b, rotation),
                bold=pdfium.FPDFText_GetFontWeight(text, index) >= _BOLD,
            )
        )
        if broken:
            yield line
            line = []
    yield line


def _placing(page: PdfPage) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns a point of a PDF, upwards from the bottom, into one of the upright page."""
    left, bottom, right, top = page.get_cropbox()
    return {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }[page.get_rotation()]


def _is_turned(a: float, b: float, rotation: int) -> bool:
    """Say whether text whose matrix begins with these numbers is not upright on the page."""
    angle = math.degrees(math.atan2(b, a)) - rotation
    return 10 < angle % 360 < 350


def _angle(content: PdfTextPage) -> int:
    """Return how most characters are turned, in tens of degrees."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    angles = Counter[int]()
    for index in range(content.count_chars()):
        if pdfium.FPDFText_GetMatrix(content.raw, index, matrix):
            angles[round(math.degrees(math.atan2(matrix.b, matrix.a)) / 10) % 36 * 10] += 1
    return angles.most_common(1)[0][0]


def _is_unreadable(code: int) -> bool:
    """Say whether a code is no character, as where a font does not say what its shapes mean."""
    return (
        (code < 32 and code != 9)
        or 0x7F <= code < 0xA0
        or 0xE000 <= code < 0xF000
        or code == 0xFFFD
    )


def _line(characters: list[_Character]) -> Line | None:
    seen = [each for each in characters if each.code and not chr(each.code).isspace()]
    if not seen:
        return None
    size = median_low(each.size for each in seen)
    base = median_low(each.base for each in seen)
    pieces: list[str] = []
    before = seen[0]
    for each in characters:
        letter = chr(each.code)
        if each.code and not letter.isspace():
            if each.left - before.right > _CELL_GAP * size and not _is_number("".join(pieces)):
                pieces.append(CELL_MARK)
            before = each
            if each.size < 0.9 * size and base - each.base > 0.15 * size and not each.turned:
                letter = letter.translate(_SUPERSCRIPTS)
        pieces.append(letter)
    text = "".join(pieces)
    text = " ".join(clean_characters(_NOTE_MARK.sub("", text)).split())
    if not text:
        return None
    return Line(
        text=text,
        left=min(each.left for each in seen),
        right=max(each.right for each in seen),
        top=base - size,
        bottom=base,
        size=size,
        bold=all(each.bold for each in seen),
        turned=seen[0].turned,
    )


def _is_number(text: str) -> bool:
    """Say whether a piece of a line numbers what follows it: "1.", "(a)", or a bullet."""
    return re.fullmatch(r"\W*(?:\w|[\d.]+)?\W*", text) is not None


def _mirrored(line: Line, width: float) -> Line:
    return replace(line, left=width - line.right, right=width - line.left)
