"""Makes a draft of a PDF, page by page with PDFium; knows nothing of how lines make paragraphs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.header import same_words
from index.reading.metadata.properties import Properties, draft_of, usable_author, usable_title
from index.reading.pdf.layout import Page, Printed, print_size, text_of_pages
from index.reading.pdf.lines import clean_characters, page_of
from index.reading.pdf.printed_dates import printed_dates
from index.reading.pdf.running_heads import without_running_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_pdf"]

_MOST_PAGES = 5_000
_MOST_CHARACTERS = 10_000_000
_MOST_UNREADABLE = 0.3
"""Share of characters without a letter from which on a text is of no use."""
_LARGER = 1.2
"""Times the size of the text from which on larger letters on the first page are a title."""
_URL = re.compile(r"https?://[^\s<>\"|]+\.[^\s<>\"|]+")
_DAMAGED = "damaged or cut off; download it again, or open it in a viewer and print it to a new PDF"
_SCANNED = "a scan, pictures of pages without text; run OCR on it first, as with ocrmypdf"


def drafts_from_pdf(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of a PDF, with its pages.

    Raises:
        ReadError: If it is damaged, protected, a scan, or has more pages than can be read.
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("protected by a password; save a copy without one") from error
        raise ReadError(_DAMAGED) from error
    try:
        yield _draft(document)
    finally:
        document.close()


def _draft(document: PdfDocument) -> Draft:
    count = len(document)
    if count > _MOST_PAGES:
        raise ReadError(f"more than {_MOST_PAGES:,} pages; split it into several files")
    pages, unreadable = _pages(document, count)
    broken = sum(page is None for page in pages)
    read = [page or Page((), 1, 1) for page in pages]
    warnings = _checked(read, broken)
    kept, heads = without_running_heads(read)
    if not any(page.lines for page in kept):  # pages that are all alike
        kept = read
    printed = text_of_pages(kept)
    properties = _properties(document, printed, print_size(kept))
    if unreadable:
        warnings = (*warnings, unreadable)
    draft = draft_of(
        printed.text, properties, pages=printed.pages, url=_url(heads), warnings=warnings
    )
    return replace(draft, dates=printed_dates(read[0]))


def _pages(document: PdfDocument, count: int) -> tuple[list[Page | None], str]:
    """Return the pages, None for one that cannot be read, and a warning where letters are lost."""
    import pypdfium2 as pdfium

    pages: list[Page | None] = []
    characters = unreadable = 0
    for number in range(count):
        try:
            page = document[number]
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
    scanned = sum(page.pictures and not page.lines for page in pages)
    if not any(page.lines for page in pages):
        raise ReadError(_SCANNED if scanned else "no text on its pages; run OCR on it first")
    warnings = []
    if scanned:
        warnings.append(
            f"left out {scanned} of {len(pages)} pages, pictures without text;"
            " run OCR on it to read them"
        )
    if broken:
        warnings.append(f"left out {broken} of {len(pages)} pages, which are damaged")
    return tuple(warnings)


def _properties(document: PdfDocument, printed: Printed, body_size: float) -> Properties:
    stated = {name: clean_characters(text) for name, text in document.get_metadata_dict().items()}
    return Properties(
        title=_title(usable_title(stated.get("Title", "")), printed, body_size),
        author=usable_author(stated.get("Author", "")),
        language=_language(document),
    )


def _title(stated: str, printed: Printed, body_size: float) -> str:
    """Return the title: the stated one, unless only the largest letters on page 1 stand there.

    Templates and earlier documents leave their titles behind; one that stands
    on the first page is no such title.
    """
    first = [text for text, _, page in printed.paragraphs if page == 0]
    if stated and any(same_words(text, stated) for text in first):
        return stated
    opening = [each for each in printed.paragraphs[:12] if each[2] == 0]
    largest = max((size for _, size, _ in opening), default=0.0)
    title = ""
    for text, size, _ in opening:
        if size < 0.97 * largest:
            if title:
                break
            continue
        title = f"{title} {text}".strip()
    letters = sum(letter.isalpha() for letter in title)
    is_title = largest > _LARGER * body_size and letters >= 8 and len(title) <= 200
    return title if is_title and (not stated or " " not in stated) else stated


def _language(document: PdfDocument) -> str:
    import ctypes

    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

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
