"""Makes hostile files for the benchmark of the readers: mutations of good ones, and bombs.

Knows of formats only how a bomb in each is built; reads none.
"""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable

__all__ = ["BOMBS", "mutate"]

_HUGE = 300_000_000
"""Bytes that a bomb unpacks to: half of the memory that a reader may use, and more when parsed."""


def mutate(seed: bytes, random: random.Random) -> bytes:
    """Return a file that one to three accidents have befallen."""
    data = seed
    for _ in range(random.randint(1, 3)):
        data = random.choice(_ACCIDENTS)(data or b"\0", random)
    return data


def _truncate(data: bytes, random: random.Random) -> bytes:
    return data[: random.randrange(len(data))]


def _flip(data: bytes, random: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(random.randint(1, max(1, len(data) // 100))):
        flipped[random.randrange(len(data))] = random.randrange(256)
    return bytes(flipped)


def _block(data: bytes, random: random.Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.choice((16, 256, 4096)))


def _repeat(data: bytes, random: random.Random) -> bytes:
    start, end = _block(data, random)
    return data[:start] + data[start:end] * random.choice((2, 10, 100)) + data[end:]


def _remove(data: bytes, random: random.Random) -> bytes:
    start, end = _block(data, random)
    return data[:start] + data[end:]


def _nest(data: bytes, random: random.Random) -> bytes:
    """Put the file, or a block of it, into its own middle, again and again."""
    start, end = _block(data, random)
    inner = data if len(data) < 10_000 else data[start:end]
    for _ in range(random.choice((1, 3, 10))):
        middle = len(inner) // 2
        inner = inner[:middle] + data[start:end] + inner[middle:]
    return data[:start] + inner + data[start:]


def _exchange(data: bytes, random: random.Random) -> bytes:
    start, end = _block(data, random)
    to, _ = _block(data, random)
    return data[:to] + data[start:end] + data[to + end - start :]


_ACCIDENTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_truncate, _flip, _repeat, _remove, _nest, _exchange),
)


def _archive(*entries: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return file.getvalue()


def _spaces_in(before: bytes, after: bytes) -> bytes:
    return before + b" " * _HUGE + after


def _word_bomb() -> bytes:
    start = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:t>'
    )
    return _archive(
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", _spaces_in(start, b"</w:t></w:document>")),
    )


_OFFICE = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
)


def _open_document(content: bytes, kind: bytes = b"text") -> bytes:
    return _archive(
        ("mimetype", b"application/vnd.oasis.opendocument." + kind),
        ("META-INF/manifest.xml", b"<manifest/>"),
        ("content.xml", content),
    )


def _open_document_bomb() -> bytes:
    return _open_document(_spaces_in(_OFFICE, b"</office:document-content>"))


def _quadratic_open_document() -> bytes:
    entity = b"x" * 100_000
    doctype = b'<!DOCTYPE d [<!ENTITY a "' + entity + b'">]>'
    return _open_document(doctype + _OFFICE + b"&a;" * 30_000 + b"</office:document-content>")


def _repeated_cells() -> bytes:
    spaces = b"".join(
        b' xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (name, name)
        for name in (b"office", b"table", b"text")
    )
    cell = (
        b'<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        b"<text:p>x</text:p></table:table-cell>"
    )
    row = b'<table:table-row table:number-rows-repeated="1048576">' + cell + b"</table:table-row>"
    return _open_document(
        b"<office:document-content" + spaces + b"><office:body><office:spreadsheet>"
        b'<table:table table:name="a">' + row + b"</table:table></office:spreadsheet>"
        b"</office:body></office:document-content>",
        b"spreadsheet",
    )


def _workbook_bomb() -> bytes:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    related = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="' + related + b'/%s" Target="%s"/></Relationships>'
    )
    return _archive(
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relation % (b"officeDocument", b"xl/workbook.xml")),
        (
            "xl/workbook.xml",
            b'<workbook xmlns="' + main + b'" xmlns:r="' + related + b'"><sheets>'
            b'<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        ),
        ("xl/_rels/workbook.xml.rels", relation % (b"worksheet", b"worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            b'<worksheet xmlns="' + main + b'"><sheetData><row r="1"><c r="A1"/></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        ),
    )


def _tar_bomb() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.txt")
        member.size = _HUGE
        archive.addfile(member, io.BytesIO(bytes(_HUGE)))
    return file.getvalue()


def _book_bomb() -> bytes:
    container = (
        b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        b'<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/>'
        b"</rootfiles></container>"
    )
    package = (
        b'<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        b'<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
        b'<spine><itemref idref="c"/></spine></package>'
    )
    return _archive(
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container),
        ("b.opf", package),
        ("c.xhtml", _spaces_in(b"<html><body><p>", b"</p></body></html>")),
    )


def _laughs(root: bytes, inner: bytes) -> bytes:
    entities = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    return b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]>" + root + b"&a11;" + inner


def _laughing_feed() -> bytes:
    return _laughs(
        b'<rss version="2.0"><channel><title>T</title><item><description>',
        b"</description></item></channel></rss>",
    )


def _laughing_drawing() -> bytes:
    return _laughs(b'<svg xmlns="http://www.w3.org/2000/svg"><text>', b"</text></svg>")


def _nested_page() -> bytes:
    return b"<!DOCTYPE html><html><body>" + b"<div>" * 300_000 + b"Words."


def _nested_json() -> bytes:
    return b'{"text": ' + b"[" * 1_000_000


def _nested_mail() -> bytes:
    parts = [b"From: a@example.org\nSubject: Parts\nMIME-Version: 1.0\n"]
    for depth in range(5000):
        parts.append(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth))
    return b"".join(parts)


def _pdf(*objects: bytes) -> bytes:
    numbered = (b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    return b"%PDF-1.4\n" + b"".join(numbered) + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"


def _pdf_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"(a) Tj " * (_HUGE // 7)))
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(packed)
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        stream + packed + b"\nendstream",
    )


def _endless_pdf() -> bytes:
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + b"3 0 R " * 1_000_000 + b"2 0 R] /Count 2000000000 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def _web_archive_bomb() -> bytes:
    header = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        b"WARC-Date: 2019-01-04T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    )
    return gzip.compress(_spaces_in(header % _HUGE, b"\r\n\r\n"), 6)


def _huge_field() -> bytes:
    return b'title,text\nA,"' + b"x" * 100_000_000


def _slow_words() -> bytes:
    return b"**a" * 3_000_000


BOMBS: dict[str, Callable[[], bytes]] = {
    "zip-bomb.docx": _word_bomb,
    "zip-bomb.odt": _open_document_bomb,
    "zip-bomb.epub": _book_bomb,
    "zip-bomb.zip": lambda: _archive(("a.txt", b" " * _HUGE), ("b.txt", b"Words.")),
    "tar-bomb.tgz": _tar_bomb,
    "far-cell.xlsx": _workbook_bomb,
    "repeated-cells.ods": _repeated_cells,
    "quadratic.odt": _quadratic_open_document,
    "laughs.rss": _laughing_feed,
    "laughs.svg": _laughing_drawing,
    "nested.html": _nested_page,
    "nested.json": _nested_json,
    "nested.eml": _nested_mail,
    "stream-bomb.pdf": _pdf_bomb,
    "endless.pdf": _endless_pdf,
    "bomb.warc.gz": _web_archive_bomb,
    "huge-field.csv": _huge_field,
    "unclosed.md": _slow_words,
}
"""By file name, what makes its content."""
