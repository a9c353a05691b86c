"""Makes drafts of web pages that were saved whole: as one file (MHTML, or Safari's), or in a WARC.

Of MHTML (RFC 2557), a page's pictures and styles are passed over; of an archive, compressed or not,
all but responses with status 200 and HTML. The day on which a page was saved is no date of
publication; in an archive it names the part. Knows nothing of how a page is read.
"""

from __future__ import annotations

import gzip
import os
import plistlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers.expat import ExpatError

from index.errors import ReadError
from index.reading.contained import (
    LARGEST,
    FileParts,
    decode_declared,
    one_line,
    tidy,
    web_address,
)
from index.reading.draft import Draft, Unread
from index.reading.mail.message import (
    LARGEST_MESSAGE,
    header,
    parsed_message,
    payload,
    payload_text,
)
from index.reading.web.page import draft_of_page

if TYPE_CHECKING:
    from fastwarc import WarcRecord

__all__ = [
    "drafts_from_mhtml",
    "drafts_from_warc",
    "drafts_from_webarchive",
    "looks_like_mhtml",
    "looks_like_warc",
]

_RELATED = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_SAVED = re.compile(
    rb"^(?:snapshot-content-location|content-location|from:\s*[\"<]?saved by)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_PARTS = 5_000
_PAGES = ("text/html", "application/xhtml+xml")
_FAULTS = (ValueError, LookupError, TypeError, AttributeError, ExpatError)
_PIECE = 1 << 16
_GZIP = b"\x1f\x8b"


def looks_like_mhtml(head: bytes) -> bool:
    """Say whether a file begins as a saved page does.

    A mail with pictures begins so, too, but states no location.
    """
    headers, _, _ = head.replace(b"\r\n", b"\n").partition(b"\n\n")
    return bool(_RELATED.search(headers)) and bool(_SAVED.search(headers))


def drafts_from_mhtml(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of the page in a file.

    Raises:
        ReadError: If there is no page in it, or no article in the page.
    """
    file.seek(0)
    message = parsed_message(file.read(LARGEST_MESSAGE + 1))
    page = _page(message)
    if page is None:
        raise ReadError("no web page in it; save the page again, as HTML only")
    if len(payload(page)) > LARGEST:
        raise ReadError("a page of more than 20 MB; save the article as text")
    location = header(page, "Content-Location") or header(message, "Snapshot-Content-Location")
    yield _draft_of(payload_text(page), location)


def drafts_from_webarchive(file: BinaryIO) -> Iterator[Draft]:
    """Yield the draft of the page in an archive of Safari.

    Raises:
        ReadError: If there is no page in it, or no article in the page.
    """
    try:
        main = plistlib.load(file)["WebMainResource"]
        page = b"" + main["WebResourceData"]  # No number, of which bytes() makes as many.
        address = str(main.get("WebResourceURL") or "")
        charset = str(main.get("WebResourceTextEncodingName") or "")
    except (*_FAULTS, RecursionError) as error:
        raise ReadError("no web page in it; save the page again, as page source") from error
    yield _draft_of(decode_declared(page, charset), address)


def _draft_of(markup: str, address: str) -> Draft:
    draft = draft_of_page(markup, url=web_address(address))
    return replace(draft, text=tidy(draft.text))


def _page(message: Message) -> Message | None:
    """Return the part that the file is about: the one named as its start, or the first page."""
    start = message.get_param("start")
    parts = islice(message.walk(), _MOST_PARTS)
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    named = [page for page in pages if start and page.get("Content-ID") == start]
    return next(iter(named or pages), None)


def looks_like_warc(head: bytes) -> bool:
    """Say whether a file begins as a WARC does, or as one that was compressed."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 100)
        except zlib.error:
            return False
    return head.startswith((b"WARC/0.", b"WARC/1."))


def drafts_from_warc(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a page, named by its address and when it was fetched.

    What is left of the archive after a damaged record is one `Unread`: where
    the next one begins cannot be told.

    Raises:
        ReadError: If it is no WARC, or no page is in it.
    """
    parts = FileParts()
    pages = (each if isinstance(each, str) else _draft(each, parts) for each in _pages(file))
    yield from parts.told(pages, "page", "no web page in the archive")
    if _is_cut(file):
        yield Unread(parts.unique("end"), "the archive is cut off in its last record; get it again")


def _pages(file: BinaryIO) -> Iterator[WarcRecord | str]:
    """Yield each record with a page; where the archive is damaged, that, and nothing after it."""
    from fastwarc import ArchiveIterator, WarcRecordType

    file.seek(0)
    wanted = WarcRecordType.response | WarcRecordType.resource
    try:
        for record in ArchiveIterator(file, record_types=wanted, auto_decode="all"):
            if _is_page(record):
                yield record
    except (OSError, ValueError):
        yield "damaged from here on; get the archive again"


def _is_page(record: WarcRecord) -> bool:
    if record.is_http:
        found = record.http_headers is not None and record.http_headers.status_code == 200
        return found and (record.http_content_type or "").strip().casefold() in _PAGES
    stated = record.headers.get("Content-Type") or ""
    return stated.partition(";")[0].strip().casefold() in _PAGES


def _draft(record: WarcRecord, parts: FileParts) -> Draft | Unread:
    # Wget writes the address in angle brackets, as an early draft of the standard has it.
    address = one_line(record.headers.get("WARC-Target-URI") or "").strip("<> ")
    part = parts.unique(f"{address} {record.headers.get('WARC-Date') or ''}")
    try:
        content = _content(record)
    except (OSError, ValueError):
        return Unread(part, "its compressed content is damaged; save the page itself")
    if len(content) > LARGEST:
        return Unread(part, "a page of more than 20 MB; save the article as text")
    charset = record.http_charset if record.is_http else None
    try:
        return replace(_draft_of(decode_declared(content, charset), address), part=part)
    except ReadError as error:
        return Unread(part, str(error))


def _content(record: WarcRecord) -> bytes:
    """Return a page's bytes; of one that is too large, so many that this shows."""
    pieces: list[bytes] = []
    missing = LARGEST + 1
    while missing > 0 and (piece := record.reader.read(min(missing, 1 << 20))):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _is_cut(file: BinaryIO) -> bool:
    """Say whether the end of the last record is missing, of which fastwarc says nothing."""
    file.seek(0)
    if file.read(len(_GZIP)) != _GZIP:
        file.seek(-min(2, file.seek(0, os.SEEK_END)), os.SEEK_END)
        return not file.read(2).endswith(b"\n")
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            while unpacked.read(16 * _PIECE):
                pass
    except (EOFError, OSError, zlib.error):
        return True
    return False
