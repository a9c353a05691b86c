"""Makes a draft of a PDF, page by page with PDFium; knows nothing of how lines make paragraphs."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.properties import Properties, draft_of, usable_author, usable_title
from index.reading.pdf.first_page import printed_dates, printed_title
from index.reading.pdf.layout import Page, print_size, text_of_pages
from index.reading.pdf.lines import clean_characters, page_of
from index.reading.pdf.running_heads import without_running_heads
from index.reading.scans.recognition import LONGEST_SIDE, PageLog, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = [
    "draft_of_pages",
    "drafts_from_pdf",
    "looks_like_pdf",
    "open_pdf",
    "opened_page",
    "picture_of",
]

_MOST_PAGES = 5_000
_MOST_CHARACTERS = 10_000_000
_MOST_UNREADABLE = 0.3
"""Share of characters without a letter from which on a text is of no use."""
_URL = re.compile(r"https?://[^\s<>\"|]+\.[^\s<>\"|]+")
_DAMAGED = "damaged or cut off; download it again, or open it in a viewer and print it to a new PDF"
_MOST_SCANNED = 1_000


def looks_like_pdf(head: bytes) -> bool:
    """Say whether a file begins as a PDF does."""
    return b"%PDF-" in head[:1024]  # ISO 32000-2, Annex I: anywhere in these


def drafts_from_pdf(file: BinaryIO, log: PageLog = PageLog()) -> Iterator[Draft | Unread]:
    """Yield the draft of a PDF, with its pages; pictures of pages are read by OCR.

    Raises:
        ReadError: If it is damaged, protected, a scan that OCR cannot read, or has more pages
            than can be read.
    """
    document = open_pdf(file)
    try:
        yield _draft(document, log)
    finally:
        document.close()


def open_pdf(file: BinaryIO) -> PdfDocument:
    """Return a PDF, which whoever calls this closes.

    Raises:
        ReadError: If it is damaged or protected.
    """
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("protected by a password; save a copy without one") from error
        raise ReadError(_DAMAGED) from error


def opened_page(document: PdfDocument, number: int) -> PdfPage:
    """Return a page, from 0, with what is filled into its form as text; whoever calls closes it."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
    from pypdfium2 import PdfiumError

    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        with suppress(PdfiumError):  # A form that is damaged leaves the page as it is.
            if document.formenv is None:
                document.init_forms()
            with closing(document[number]) as page:
                pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    return document[number]


def picture_of(page: PdfPage, longest: int) -> Image:
    """Return a page as a picture whose longest side has so many pixels."""
    scale = longest / max(*page.get_size(), 1.0)
    picture: Image = page.render(scale=scale).to_pil()
    return picture


def _draft(document: PdfDocument, log: PageLog) -> Draft:
    count = len(document)
    if count > _MOST_PAGES:
        raise ReadError(f"more than {_MOST_PAGES:,} pages; split it into several files")
    pages, unreadable = _pages(document, count)
    pages, left_out = _with_scans(document, pages, log)
    broken = sum(page is None for page in pages)
    read = [page or Page((), 1, 1) for page in pages]
    warnings = _checked(read, broken)
    warnings = (*warnings, *filter(None, [unreadable, left_out]))
    return draft_of_pages(read, _properties(document), warnings)


def draft_of_pages(
    pages: Sequence[Page], stated: Properties = Properties(), warnings: tuple[str, ...] = ()
) -> Draft:
    """Return the draft of printed pages; what they say themselves is believed first.

    Args:
        pages: As they are in the file; some have lines.
        stated: What the file says of them.
        warnings: What the person should know of how they were read.
    """
    kept, heads = without_running_heads(pages)
    if not any(page.lines for page in kept):  # pages that are all alike
        kept = list(pages)
    printed = text_of_pages(kept)
    title = printed_title(printed, print_size(kept), stated.title)
    draft = draft_of(
        printed.text,
        replace(stated, title=title),
        pages=printed.pages,
        lines=printed.lines,
        url=_url(heads),
        warnings=warnings,
    )
    return replace(draft, dates=printed_dates(pages[0]))


def _with_scans(
    document: PdfDocument, pages: list[Page | None], log: PageLog
) -> tuple[list[Page | None], str]:
    """Return the pages with those read that are pictures without text, and what is left out.

    Raises:
        ReadError: If there is nothing but scans, and they cannot be read.
    """
    import pypdfium2 as pdfium

    scanned = [at for at, page in enumerate(pages) if page and page.pictures and not page.lines]
    if len(scanned) > _MOST_SCANNED:
        raise ReadError(f"more than {_MOST_SCANNED:,} scanned pages; split it into several files")
    read = list(pages)
    for at in scanned:
        try:
            page = document[at]
            try:
                picture = picture_of(page, LONGEST_SIDE)
            finally:
                page.close()
            read[at] = read_page(picture, at + 1, len(pages), log)
        except pdfium.PdfiumError:
            read[at] = None
        except ReadError as error:
            if not any(page and page.lines for page in pages):
                raise
            return pages, f"left out {len(scanned)} of {len(pages)} pages: {error}"
    return read, ""


def _pages(document: PdfDocument, count: int) -> tuple[list[Page | None], str]:
    """Return the pages, None for one that cannot be read, and a warning where letters are lost."""
    import pypdfium2 as pdfium

    pages: list[Page | None] = []
    characters = unreadable = 0
    for number in range(count):
        try:
            page = opened_page(document, number)
        except pdfium.PdfiumError:
            pages.append(None)
            continue
        try:
            pages.append(found := page_of(page))
        except pdfium.PdfiumError:
            pages.append(None)
            continue
        finally:
            page.close()
        characters += sum(len(line.text) for line in found.lines)
        unreadable += found.unreadable
        if characters > _MOST_CHARACTERS:
            raise ReadError(
                f"more than {_MOST_CHARACTERS:,} characters of text; split it into several files"
            )
    if unreadable > _MOST_UNREADABLE * (characters + unreadable):
        raise ReadError(
            "its fonts do not say which letters they show; run OCR on it, as with"
            " ocrmypdf --force-ocr"
        )
    lost = f"{unreadable:,} characters are lost, as their font does not say which they are"
    return pages, lost if unreadable > 0.01 * characters else ""


def _checked(pages: list[Page], broken: int) -> tuple[str, ...]:
    """Return what to warn of.

    Raises:
        ReadError: If no page has text.
    """
    if broken == len(pages):
        raise ReadError("none of its pages can be read; print it to a new PDF in a viewer")
    if not any(page.lines for page in pages):
        seen = "pictures on its pages, and no text that can be read on them; leave it out"
        pictures = any(page.pictures for page in pages)
        raise ReadError(seen if pictures else "no text on its pages; there is nothing to read")
    return (f"left out {broken} of {len(pages)} pages, which are damaged",) if broken else ()


def _properties(document: PdfDocument) -> Properties:
    stated = {name: clean_characters(text) for name, text in document.get_metadata_dict().items()}
    return Properties(
        title=usable_title(stated.get("Title", "")),
        author=usable_author(stated.get("Author", "")),
        language=_language(document),
    )


def _language(document: PdfDocument) -> str:
    import ctypes

    import pypdfium2.raw as pdfium

    length = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < length <= 128:
        return ""
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFCatalog_GetLanguage(
        document, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length
    )
    tag = buffer.raw[: length - 2].decode("utf-16-le", "replace")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", tag) else ""


def _url(heads: list[str]) -> str | None:
    """Return the address that a browser printed into the margin of every page."""
    for head in heads:
        if match := _URL.search(head):
            return match.group()
    return None
