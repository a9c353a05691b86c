"""Reads the lines of a PDF's pages with PDFium, and where each stands.

PDFium gives the characters in the order in which they were written, which
follows the columns of nearly all files. It is not safe for several threads.
Knows nothing of paragraphs.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from index.reading.decoding import join_surrogates
from index.reading.layout import Line, Page

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

__all__ = ["clean_characters", "page_of"]

_LINE_END = frozenset((10, 13))
_BROKEN = frozenset((2, 0xFFFE))
"""What PDFium writes for a hyphen at the end of a line, within a word."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPATIBLE = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
"""Ligatures, and the forms that Arabic letters take within words."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")
_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|(?<=[.,;:!?”\"’)])[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")


@dataclass(frozen=True, slots=True)
class _Character:
    """A character and its box: left, right, top, bottom, upright and downwards from the top."""

    code: int
    left: float
    right: float
    top: float
    bottom: float
    turned: bool


def page_of(page: PdfPage) -> Page:
    """Return the lines of a page, and whether there are pictures on it."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    width, height = page.get_size()
    content = page.get_textpage()
    try:
        written = list(_split(content, page))
    finally:
        content.close()
    lines = [line for found in written if (line := _line(found)) is not None]
    unreadable = sum(_is_unreadable(each.code) for found in written for each in found)
    letters = "".join(line.text for line in lines)
    if len(_RIGHT_TO_LEFT.findall(letters)) * 2 > len(_LETTER.findall(letters)):
        lines = [_mirrored(line, width) for line in lines]
    pictures = next(page.get_objects((pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3), None) is not None
    return Page(tuple(lines), width, height, pictures, unreadable)


def clean_characters(text: str) -> str:
    """Return a text without unseen characters, its ligatures as letters.

    >>> clean_characters("e\ufb03cient\x00")
    'efficient'
    """
    text = _UNSEEN.sub("", join_surrogates(text))
    return _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def _split(content: PdfTextPage, page: PdfPage) -> Iterator[list[_Character]]:
    """Yield the characters of each line."""
    import pypdfium2.raw as pdfium

    rotation = page.get_rotation()
    left, bottom, right, top = page.get_cropbox()
    box = pdfium.FS_RECTF()
    line: list[_Character] = []
    for index in range(content.count_chars()):
        code = pdfium.FPDFText_GetUnicode(content, index)
        if code in _LINE_END:
            yield line
            line = []
            continue
        if not pdfium.FPDFText_GetLooseCharBox(content, index, box):
            continue
        broken = code in _BROKEN and pdfium.FPDFText_IsHyphen(content, index) == 1
        x0, y0, x1, y1 = box.left, box.bottom, box.right, box.top
        place = {
            0: (x0 - left, x1 - left, top - y1, top - y0),
            90: (y0 - bottom, y1 - bottom, x0 - left, x1 - left),
            180: (right - x1, right - x0, y0 - bottom, y1 - bottom),
            270: (top - y1, top - y0, right - x1, right - x0),
        }[rotation]
        angle = 0.0 if line else pdfium.FPDFText_GetCharAngle(content, index)
        turned = line[0].turned if line else _turned(angle, rotation)
        line.append(_Character(ord("-") if broken else code, *place, turned))
        if broken:
            yield line
            line = []
    yield line


def _is_unreadable(code: int) -> bool:
    """Say whether a code is no character, as where a font does not say what its shapes mean."""
    return (
        code < 32 and code != 9 or 0x7F <= code < 0xA0 or 0xE000 <= code < 0xF000 or code == 0xFFFD
    )


def _turned(angle: float, rotation: int) -> bool:
    """Say whether a character of this angle is not upright on a page rotated so."""
    difference = (math.degrees(angle) - rotation) % 360
    return 10 < difference < 350 and angle >= 0


def _line(characters: list[_Character]) -> Line | None:
    seen = [c for c in characters if not chr(c.code).isspace() and c.code]
    if not seen:
        return None
    turned = seen[0].turned
    size = median_low(c.right - c.left if turned else c.bottom - c.top for c in seen)
    base = median_low(c.bottom for c in seen)
    pieces = []
    for character in characters:
        letter = chr(character.code)
        small = character.bottom - character.top < 0.8 * size
        raised = base - character.bottom > 0.15 * size
        pieces.append(
            letter.translate(_SUPERSCRIPTS) if small and raised and not turned else letter
        )
    text = " ".join(clean_characters(_NOTE_MARK.sub("", "".join(pieces))).split())
    if not text:
        return None
    return Line(
        text=text,
        left=min(c.left for c in seen),
        right=max(c.right for c in seen),
        top=min(c.top for c in seen),
        bottom=base,
        size=size,
        turned=turned,
    )


def _mirrored(line: Line, width: float) -> Line:
    return Line(
        text=line.text,
        left=width - line.right,
        right=width - line.left,
        top=line.top,
        bottom=line.bottom,
        size=line.size,
        turned=line.turned,
    )
