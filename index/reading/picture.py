"""Shows one page of a PDF or picture file as a picture, with the lines of text that it has.

Knows nothing of articles: which of the lines are quoted, is told from their words.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.scanned import PAGE

if TYPE_CHECKING:
    from PIL.Image import Image

    from index.reading.pdf.layout import Line, Page

__all__ = ["LARGEST", "PagePicture", "PlacedLine", "picture_of_page"]

LARGEST = 2_600
"""Pixels of the longest side up to which a page is shown."""
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text, and where it stands."""

    text: str
    corners: tuple[int, ...]
    """As in `index.scanned.ScannedLine`."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as it looks."""

    pages: int
    """How many its file has."""
    width: int
    height: int
    """In pixels."""
    jpeg: bytes
    lines: tuple[PlacedLine, ...] = ()
    """In the order in which they are read; none of a page that is itself a picture."""


def picture_of_page(file: BinaryIO, number: int, longest: int) -> PagePicture:
    """Return a page of a PDF or picture file.

    Args:
        file: Seekable; it is left open.
        number: Of the page, from 1.
        longest: Pixels that its longest side is to have.

    Raises:
        ReadError: If it is no such file, is damaged, or has no such page.
    """
    from index.reading.scans.pictures import count_frames, frame, looks_like_picture

    longest = min(longest, LARGEST)
    head = file.read(1024)
    file.seek(0)
    if looks_like_picture(head):
        pages = count_frames(file)
        _check(number, pages)
        return _shown(frame(file, number, longest), pages)
    if b"%PDF-" not in head:
        raise ReadError("its pages cannot be shown; open the file itself")
    return _page_of_pdf(file, number, longest)


def _page_of_pdf(file: BinaryIO, number: int, longest: int) -> PagePicture:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    from index.reading.pdf.document import open_pdf, opened_page, picture_of
    from index.reading.pdf.lines import page_of

    with closing(open_pdf(file)) as document:
        pages = len(document)
        _check(number, pages)
        try:
            with closing(opened_page(document, number - 1)) as page:
                read = page_of(page)  # which may turn the page
                picture = picture_of(page, longest)
        except pdfium.PdfiumError as error:
            raise ReadError("this page is damaged and cannot be shown") from error
    lines = tuple(PlacedLine(line.text, _corners(line, read)) for line in read.lines)
    return _shown(picture, pages, lines)


def _check(number: int, pages: int) -> None:
    if not 1 <= number <= pages:
        raise ReadError(f"it has no page {number}; its file may have changed since it was added")


def _corners(line: Line, page: Page) -> tuple[int, ...]:
    # Lines stand on their base; letters with tails reach below it.
    top, bottom = line.top - 0.1 * line.size, line.bottom + 0.25 * line.size
    left, right = (_part(x, page.width) for x in (line.left, line.right))
    upper, lower = (_part(y, page.height) for y in (top, bottom))
    return left, upper, right, upper, right, lower, left, lower


def _part(length: float, whole: float) -> int:
    return min(max(round(length * PAGE / whole), 0), PAGE)


def _shown(picture: Image, pages: int, lines: tuple[PlacedLine, ...] = ()) -> PagePicture:
    written = BytesIO()
    picture.convert("RGB").save(written, "JPEG", quality=_QUALITY)
    return PagePicture(pages, picture.width, picture.height, written.getvalue(), lines)
