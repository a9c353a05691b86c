"""Tells what a zip file holds by its head: a document of which program, or files of any kind.

The directory at its end counts, and its first part: a document that lies in an archive has a
directory of its own in the midst of it. Knows nothing of reading.
"""

from __future__ import annotations

import zlib
from typing import Literal

__all__ = ["ZIP", "is_archive", "open_document_kind", "package_kind", "zip_directory"]

ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_UNPACKED = 65_536
_PACKAGE = (b"[Content_Types].xml", b"_rels/.rels")
_OF_DOCUMENTS = (*_PACKAGE, b"META-INF/", b"mimetype")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


def zip_directory(head: bytes) -> bytes:
    """Return the part of a zip file's head that names what is in it, as far as it is there.

    Args:
        head: What `index.reading.formats.head_of` returns.
    """
    end = head.rfind(_END)
    size = int.from_bytes(head[end + 12 : end + 16], "little")
    listed = head if end < 0 else head[max(end - size, 0) : end]
    return head[30 : 30 + int.from_bytes(head[26:28], "little")] + b"\n" + listed


def is_archive(head: bytes) -> bool:
    """Say whether a file is a zip archive of files, and no document or program."""
    if not head.startswith(ZIP):
        return False
    listed = zip_directory(head)
    return not any(name in listed for name in _OF_DOCUMENTS)


def package_kind(head: bytes) -> Literal["document", "presentation", "workbook"] | None:
    """Return what a package of Microsoft's Office holds; None for any other file."""
    listed = zip_directory(head) if head.startswith(ZIP) else b""
    if not any(name in listed for name in _PACKAGE):
        return None
    kinds = _first_part(head)
    if b"word/document" in listed or b"wordprocessingml.document.main" in kinds:
        return "document"
    if b"ppt/presentation" in listed or b"presentationml" in kinds:
        return "presentation"
    if b"xl/workbook" in listed or b"spreadsheetml" in kinds:
        return "workbook"
    return None


def open_document_kind(head: bytes) -> str:
    """Return what an OpenDocument file holds, as in `text`, or `epub`; empty for any other file."""
    if not head.startswith(ZIP) or head[30:38] != b"mimetype":
        return ""
    stated = head[38:200]
    if b"application/epub+zip" in stated:
        return "epub"
    _, found, kind = stated.partition(_OPEN_DOCUMENT)
    return kind.partition(b"PK")[0].decode("latin-1") if found else ""


def _first_part(head: bytes) -> bytes:
    """Return the beginning of the first part, which in Office files names the kinds of the rest."""
    start = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    if head[8:10] != b"\x08\0":
        return b""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(head[start:], _UNPACKED)
    except zlib.error:
        return b""
