"""Tells by its head what a file holds: a document of which program, other files, or no article.

The directory at the end of a zip file counts, and its first part: a document that lies in an
archive has a directory of its own in the midst of it. Of a format that is not read it says what to
save it as. Knows nothing of reading.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal

__all__ = [
    "ZIP",
    "is_archive",
    "is_old_workbook",
    "is_outlook_message",
    "open_document_kind",
    "package_kind",
    "refusal_of",
]

ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_UNPACKED = 65_536
_PACKAGE = (b"[Content_Types].xml", b"_rels/.rels")
_OF_DOCUMENTS = (*_PACKAGE, b"META-INF/", b"mimetype")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_MAGIC = (
    (b"GIF8", "a GIF picture; save it as .png"),
    (b"%!PS", "a PostScript file; convert it to PDF, as with ps2pdf"),
    (b"AT&TFORM", "a DjVu file; convert it to PDF"),
    (b"\xffWPC", "a WordPerfect document; save it as .docx"),
    (b"\x31\xbe\0\0", "an old Write document; save it as .docx"),
    (b"Rar!", "a packed archive; unpack it and add the files"),
    (b"7z\xbc\xaf", "a packed archive; unpack it and add the files"),
    (b"\x1f\x8b", "a packed file; unpack it and add what is in it"),
    (b"BZh91AY&SY", "a packed file; unpack it and add what is in it"),
    (b"\xfd7zXZ", "a packed file; unpack it and add what is in it"),
    (b"\x28\xb5\x2f\xfd", "a packed file; unpack it and add what is in it"),
    (b"ID3", "a sound recording; add a transcript of it"),
    (b"RIFF", "a recording or a picture; add a transcript of it"),
    (b"OggS", "a recording; add a transcript of it"),
    (b"SQLite format 3\0", "a database; export its text as CSV"),
)
_BOOKS = (b"BOOKMOBI", b"TEXtREAd")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "EncryptedPackage": "protected by a password; save a copy without one",
    "WordDocument": "an old Word document (.doc); save it as .docx",
    "PowerPoint Document": "an old PowerPoint presentation (.ppt); save it as .pptx",
    "VisioDocument": "a Visio drawing; export it as PDF",
    "Quill": "a Publisher document; export it as PDF",
}
_OLE_ENTRY = 128
"""Bytes that the folder of a compound file has for each of its parts ([MS-CFB] 2.6)."""
_ZIP_PARTS = (
    (b"visio/", "a Visio drawing; export it as PDF"),
    (b".iwa", "an Apple Pages, Numbers, or Keynote document; export it as .docx, .xlsx, or .pptx"),
    (b"AndroidManifest.xml", "an Android app and no article"),
)


def _zip_directory(head: bytes) -> bytes:
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
    listed = _zip_directory(head)
    return head.startswith(ZIP) and not any(name in listed for name in _OF_DOCUMENTS)


def package_kind(head: bytes) -> Literal["document", "presentation", "workbook"] | None:
    """Return what a package of Microsoft's Office holds; None for any other file."""
    listed = _zip_directory(head) if head.startswith(ZIP) else b""
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


def refusal_of(head: bytes) -> str | None:
    """Return what a file is and what to save it as; None for one that may be read after all.

    Args:
        head: Its first bytes, 8,192 or more; all of it names an old Office file more surely.

    >>> refusal_of(b"Rar!...")
    'a packed archive; unpack it and add the files'
    >>> refusal_of(b"The harbour reopened on Tuesday.")
    """
    for magic, refusal in _MAGIC:
        if head.startswith(magic):
            return refusal
    if head[60:68] in _BOOKS:
        return "a Kindle book; convert it to EPUB, as with Calibre"
    if head[4:8] == b"ftyp":
        return "a recording or a picture; add its text, as a transcript"
    if head.startswith(_OLE):
        return _compound(head)
    if head.startswith(ZIP):
        if open_document_kind(head).startswith("graphics"):
            return "an OpenDocument drawing; export it as PDF"
        listed = _zip_directory(head)
        return next((refusal for part, refusal in _ZIP_PARTS if part in listed), None)
    return None


def is_old_workbook(head: bytes) -> bool:
    """Say whether a file is an Excel workbook of before 2007, and not protected."""
    names = set(_stream_names(head)) if head.startswith(_OLE) else set()
    return bool(names & {"Workbook", "Book"}) and "EncryptedPackage" not in names


def is_outlook_message(head: bytes) -> bool:
    """Say whether a file is a message that Outlook saved."""
    return head.startswith(_OLE) and "__properties_version1.0" in _stream_names(head)


def _compound(head: bytes) -> str | None:
    names = set(_stream_names(head))
    if is_old_workbook(head) or is_outlook_message(head):
        return None
    for stream, refusal in _OLE_STREAMS.items():
        if stream in names:
            return refusal
    return "an old Office document; save it as .docx, its tables as .xlsx, its slides as .pptx"


def _stream_names(head: bytes) -> Iterator[str]:
    """Yield the names in the first folder sectors of a compound file, as far as they are there."""
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    start = (int.from_bytes(head[48:52], "little") + 1) * sector
    for entry in range(start, min(len(head), start + 64 * _OLE_ENTRY), _OLE_ENTRY):
        length = int.from_bytes(head[entry + 64 : entry + 66], "little")
        yield head[entry : entry + min(length, 64)].decode("utf-16-le", "replace").rstrip("\0")
