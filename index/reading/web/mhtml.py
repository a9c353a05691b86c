"""Makes the draft of a web page that a browser saved as one file (MHTML, RFC 2557).

The page's pictures and styles in the file are passed over. The day on which it
was saved is no date of publication and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import LARGEST, one_line, tidy
from index.reading.draft import Draft, Unread, has_words
from index.reading.mail.message import (
    LARGEST_MESSAGE,
    header,
    parsed_message,
    payload,
    payload_text,
)
from index.reading.web.page import draft_from_html

__all__ = ["drafts_from_mhtml", "looks_like_mhtml"]

_RELATED = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_SAVED = re.compile(
    rb"^(?:snapshot-content-location|content-location|from:\s*[\"<]?saved by)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_PARTS = 5_000


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
    url = one_line(location)
    url = url if url.startswith(("https://", "http://")) else ""
    draft = draft_from_html(payload_text(page), url=url)
    if not has_words(draft.text):
        raise ReadError("no article text was found in the page; save the article as text")
    yield replace(draft, text=tidy(draft.text))


def _page(message: Message) -> Message | None:
    """Return the part that the file is about: the one named as its start, or the first page."""
    start = message.get_param("start")
    pages: list[Message] = []
    for part, _ in zip(message.walk(), range(_MOST_PARTS)):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            pages.append(part)
    named = [page for page in pages if start and page.get("Content-ID") == start]
    return next(iter(named or pages), None)
