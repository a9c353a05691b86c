"""Tells by its head what a file holds: a document of which program, other files, or no article.

The directory at the end of a zip file counts, and its first part: a document that lies in an
archive has a directory of its own in the midst of it. Of a format that is not read it says what to
save it as. Knows nothing of reading.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

__all__ = ["OLD", "ZIP", "office_kind", "refusal_of"]

ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_UNPACKED = 65_536
_PACKAGE = (b"[Content_Types].xml", b"_rels/.rels")
_PARTS = (
    (b"word/document", b"wordprocessingml.document.main", "docx"),
    (b"ppt/presentation", b"presentationml", "pptx"),
    (b"xl/workbook", b"spreadsheetml", "xlsx"),
)
"""What names the main part of a package, in the directory and in the first part."""
_MIME_TYPES = (
    (b"application/epub+zip", "epub"),
    (b"opendocument.text", "odt"),
    (b"opendocument.presentation", "odp"),
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.graphics", "odg"),
)
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
OLD = "an old Office document; save it as .docx, its tables as .xlsx, its slides as .pptx"
"""Of a compound file whose parts do not say which."""
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


def office_kind(head: bytes) -> str:
    """Return the usual suffix of a document with this content, as `docx`; empty for other files.

    `zip` for an archive of files of any kind.
    """
    if head.startswith(_OLE):
        names = set(_stream_names(head))
        if "__properties_version1.0" in names:
            return "msg"
        return "xls" if names & {"Workbook", "Book"} and "EncryptedPackage" not in names else ""
    if not head.startswith(ZIP):
        return ""
    if head[30:38] == b"mimetype":
        return next((kind for stated, kind in _MIME_TYPES if stated in head[38:200]), "")
    listed = _zip_directory(head)
    if any(name in listed for name in _PACKAGE):
        first = _first_part(head)
        return next((kind for name, of, kind in _PARTS if name in listed or of in first), "")
    return "" if b"META-INF/" in listed or b"mimetype" in listed else "zip"


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
    kind = office_kind(head)
    if head.startswith(_OLE) and not kind:
        names = set(_stream_names(head))
        return next((refusal for name, refusal in _OLE_STREAMS.items() if name in names), OLD)
    if kind == "odg":
        return "an OpenDocument drawing; export it as PDF"
    if head.startswith(ZIP):
        listed = _zip_directory(head)
        return next((refusal for part, refusal in _ZIP_PARTS if part in listed), None)
    return None


def _stream_names(head: bytes) -> Iterator[str]:
    """Yield the names in the first folder sectors of a compound file, as far as they are there."""
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    start = (int.from_bytes(head[48:52], "little") + 1) * sector
    for entry in range(start, min(len(head), start + 64 * _OLE_ENTRY), _OLE_ENTRY):
        length = int.from_bytes(head[entry + 64 : entry + 66], "little")
        yield head[entry : entry + min(length, 64)].decode("utf-16-le", "replace").rstrip("\0")
