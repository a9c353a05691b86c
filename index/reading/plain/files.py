"""Reads a file that is text as a whole: a web page, Markdown, or plain text.

Joins decoding to the makers of drafts; knows nothing of paths or of dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, has_words
from index.reading.encoding.decoding import Decoded, decode
from index.reading.plain.text import draft_from_text
from index.reading.web.page import draft_from_html, looks_like_html

__all__ = ["drafts_from_html", "drafts_from_markdown", "drafts_from_text", "looks_like_page"]

_MARKS = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?")


def looks_like_page(head: bytes) -> bool:
    """Say whether a file that begins so is a web page, in any encoding that extends ASCII."""
    # Without the zero bytes, UTF-16 and UTF-32 spell tags as ASCII does.
    return looks_like_html(_MARKS.sub(b"", head).replace(b"\0", b"").decode("latin-1"))


def drafts_from_html(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a web page.

    Raises:
        ReadError: If it is no text, or there is no article in it.
    """
    decoded = _decoded(file)
    draft = draft_from_html(decoded.text)
    if not has_words(draft.text):
        raise ReadError("no article text was found in the page; save the article as text")
    yield _with_warning(draft, decoded)


def drafts_from_markdown(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a Markdown file.

    Raises:
        ReadError: If it is no text, or there is none below its header.
    """
    return _drafts_from_text(file, markdown=True)


def drafts_from_text(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a text file, which may hold Markdown all the same.

    Raises:
        ReadError: If it is no text, or there is none below its header.
    """
    return _drafts_from_text(file, markdown=False)


def _drafts_from_text(file: BinaryIO, *, markdown: bool) -> Iterator[Draft]:
    decoded = _decoded(file)
    draft = draft_from_text(decoded.text, markdown=markdown)
    if not has_words(draft.text):
        raise ReadError("a header and no text; add the article below it")
    yield _with_warning(draft, decoded)


def _decoded(file: BinaryIO) -> Decoded:
    decoded = decode(file.read())
    if not has_words(decoded.text):
        raise ReadError("empty; there is nothing to read in it")
    return decoded


def _with_warning(draft: Draft, decoded: Decoded) -> Draft:
    return replace(draft, warnings=(*decoded.warnings, *draft.warnings))
