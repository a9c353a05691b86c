"""Small documents of every binary format, made part by part as a test needs them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from index.reading import ReadArticle, ReadOptions
from index.reading.articles import articles_in

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DUBLIN = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"

Text = tuple[float, float, str]
"""A line of a page: points from the left, points from the bottom, and its words."""


def read_bytes(
    content: bytes, name: str = "a.txt", options: ReadOptions = ReadOptions(keep_stubs=True)
) -> ReadArticle:
    """The first article of a file."""
    found = next(articles_in(io.BytesIO(content), name, options))
    assert isinstance(found, ReadArticle)
    return found


def none_read(_file: BinaryIO, _name: str) -> None:
    """Read no attachment."""


def zipped(parts: Mapping[str, str | bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # What tells the kind of an OpenDocument file or a book has to be seen from outside.
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, stored)
    file.seek(0)
    return file


# Word


def docx(body: str, *, core: str = "", **parts: str) -> io.BytesIO:
    """A Word document; `parts` are further ones of its folder, as in `footnotes="..."`."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    files = {
        "_rels/.rels": relations,
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    if core:
        files["docProps/core.xml"] = (
            f'<c:coreProperties xmlns:c="{CORE}" {DUBLIN} xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{core}</c:coreProperties>"
        )
    for name, content in parts.items():
        files[f"word/{name}.xml"] = f'<w:{name} xmlns:w="{WORD}">{content}</w:{name}>'
    return zipped(files)


def word_paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


# Workbooks and presentations

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(kind: str, targets: Mapping[str, str]) -> str:
    """The file that names what a part of a package refers to: targets by their ids."""
    each = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]], *, hidden: str = "") -> io.BytesIO:
    """A workbook: the rows of its sheets by name; a number is shown as a percentage."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    unseen = {name: ' state="hidden"' if name == hidden else "" for name in sheets}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"{state}/>'
        for number, (name, state) in enumerate(unseen.items(), 1)
    )
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations("officeDocument", {"r1": "xl/workbook.xml"}),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            "worksheet", {f"r{n}": f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)}
        ),
    }
    files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace(
        "</Rel", f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/></Rel', 1
    )
    files["xl/styles.xml"] = (
        f'<styleSheet xmlns="{main}"><numFmts><numFmt numFmtId="164" formatCode="0 &quot;%&quot;"/>'
        '<numFmt numFmtId="165" formatCode="[Red]-0.0%;0.0%"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    for number, rows in enumerate(sheets.values(), 1):
        written = "".join(
            f'<row r="{at}">'
            + "".join(
                f'<c r="{chr(65 + column)}{at}" t="inlineStr"><is><t>{cell}</t></is></c>'
                if isinstance(cell, str)
                else f'<c r="{chr(65 + column)}{at}" s="2"><v>{cell}</v></c>'
                for column, cell in enumerate(row)
                if cell
            )
            + "</row>"
            for at, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{written}</sheetData></worksheet>'
        )
    return zipped(files)


def shape(text: str, kind: str = "body") -> str:
    """A shape of a slide with one paragraph; `kind` is that of its placeholder."""
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>'
        f"<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def pptx(slides: Sequence[str], *, notes: Mapping[int, str] = {}, hidden: int = 0) -> io.BytesIO:
    """A presentation: the shapes of its slides in order, and of their notes by number, from 1."""
    spaces = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )

    def page(name: str, shapes: str, more: str = "") -> str:
        tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
        return f"<p:{name} {spaces}{more}>{tree}</p:{name}>"

    # The file of the last slide is the first: their order is that of the list.
    order = {f"r{n}": f"slides/slide{len(slides) - n}.xml" for n in range(len(slides))}
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
    files = {
        "_rels/.rels": relations("officeDocument", {"r1": "ppt/presentation.xml"}),
        "ppt/presentation.xml": f'<p:presentation {spaces} xmlns:r="{RELATIONS}"><p:sldIdLst>'
        f"{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations("slide", order),
    }
    for number, shapes in enumerate(slides, 1):
        name = order[f"r{number - 1}"]
        files[f"ppt/{name}"] = page("sld", shapes, ' show="0"' if number == hidden else "")
        if number in notes:
            files[f"ppt/slides/_rels/{name.rpartition('/')[2]}.rels"] = relations(
                "notesSlide", {"r1": f"../notesSlides/notes{number}.xml"}
            )
            files[f"ppt/notesSlides/notes{number}.xml"] = page("notes", notes[number])
    return zipped(files)


# OpenDocument


def odt(body: str, *, meta: str = "", manifest: str = "", kind: str = "text") -> io.BytesIO:
    """An OpenDocument file; `kind` is `text`, `presentation`, or `spreadsheet`."""
    spaces = " ".join(
        f'xmlns:{name}="{OASIS}:{name}:1.0"'
        for name in ("office", "text", "table", "drawing", "meta", "presentation")
    )
    files = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {spaces}><office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>",
    }
    if meta:
        files["meta.xml"] = (
            f"<office:document-meta {spaces} {DUBLIN}><office:meta>{meta}</office:meta>"
            "</office:document-meta>"
        )
    if manifest:
        files["META-INF/manifest.xml"] = (
            f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0">{manifest}'
            "</manifest:manifest>"
        )
    return zipped(files)


# E-books


def epub(
    chapters: Mapping[str, str],
    *,
    metadata: str = "",
    spine: Sequence[str] | None = None,
    encryption: str = "",
) -> io.BytesIO:
    """An e-book: the bodies of its chapters by name, in reading order unless `spine` differs."""
    items = "".join(
        f'<item id="{name}" href="text/{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in chapters
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in (chapters if spine is None else spine))
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="book/package.opf"/></rootfiles></container>',
        "book/package.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><metadata {DUBLIN}>'
        f"{metadata}</metadata><manifest>{items}</manifest><spine>{order}</spine></package>",
    }
    for name, body in chapters.items():
        files[f"book/text/{name}.xhtml"] = (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title/></head><body>{body}</body></html>"
        )
    if encryption:
        files["META-INF/encryption.xml"] = encryption
    return zipped(files)


# PDF


def pdf(
    pages: Sequence[Sequence[Text | tuple[float, float, str, float] | bytes]],
    *,
    info: str = "",
    catalog: str = "",
    page: str = "",
) -> io.BytesIO:
    """A PDF of 600 by 800 points in Helvetica, 10 points high unless a fourth value says.

    Bytes among the lines are operators, as of a picture. `info`, `catalog`, and
    `page` are further entries of those dictionaries.
    """
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * number} 0 R"
            f" /Resources << /Font << /F 3 0 R >> >> {page} >>".encode()
        )
        content = b"\n".join(line if isinstance(line, bytes) else _shown(line) for line in lines)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    objects.append(f"<< {info} >>".encode())
    file = io.BytesIO()
    file.write(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(file.tell())
        file.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    file.write(
        b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, len(objects), start)
    )
    file.seek(0)
    return file


PICTURE = b"q 400 0 0 400 100 200 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


def _shown(line: Sequence[float | str]) -> bytes:
    left, base, words, size = (*line, 10.0)[:4]
    escaped = str(words).replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {size} Tf {left} {base} Td ({escaped}) Tj ET".encode("cp1252")


def column(
    lines: Sequence[str], *, left: float = 60, top: float = 740, step: float = 12
) -> list[Text]:
    """Lines one below the other, from the top of a page."""
    return [(left, top - step * number, words) for number, words in enumerate(lines)]
