"""Makes a draft of an e-book (EPUB 2 and 3): its chapters in reading order, as one text."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from index.errors import ReadError
from index.reading.encoding.decoding import decode
from index.reading.metadata.properties import Properties, draft_of, usable_author, usable_title
from index.reading.office.archive import Archive, local_name
from index.reading.office.blocks import Blocks
from index.reading.web.page import html_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_epub"]

_FONT_MASKS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to scramble fonts, which leave the text readable."""
_PAGES = ("application/xhtml+xml", "text/html", "application/html+xml", "text/x-oeb1-document")
_NO_BOOK = "no e-book is in it; download or export it again"


def drafts_from_epub(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of an e-book.

    Raises:
        ReadError: If it is damaged, protected, or unpacks to more than a book holds.
    """
    with Archive(file) as archive:
        _refuse_protected(archive)
        package = archive.xml(_package_part(archive))
        blocks = Blocks()
        missing = 0
        for part in _chapters(package, _package_part(archive)):
            if part not in archive.names:
                missing += 1
                continue
            for paragraph in html_paragraphs(decode(archive.read(part)).text):
                blocks.add(paragraph)
    warnings = (f"{missing} of its chapters are missing in the file",) if missing else ()
    yield draft_of(blocks.text(), _properties(package), warnings=warnings)


def _refuse_protected(archive: Archive) -> None:
    encryption = archive.xml_if_there("META-INF/encryption.xml")
    for method in () if encryption is None else encryption.iter("{*}EncryptedData"):
        algorithm = method.find("{*}EncryptionMethod")
        if algorithm is None or algorithm.get("Algorithm") not in _FONT_MASKS:
            raise ReadError("protected against copying (DRM); get a copy without protection")


def _package_part(archive: Archive) -> str:
    """Return the name of the part that lists the others."""
    container = archive.xml_if_there("META-INF/container.xml")
    for root in () if container is None else container.iter("{*}rootfile"):
        if root.get("full-path") in archive.names:
            return str(root.get("full-path"))
    packages = sorted(name for name in archive.names if name.endswith(".opf"))
    if not packages:
        raise ReadError(_NO_BOOK)
    return packages[0]


def _chapters(package: _Element, part: str) -> list[str]:
    """Return the names of the parts to be read, in reading order, without those beside it."""
    folder = posixpath.dirname(part)
    pages: dict[str, str] = {}
    for item in package.iterfind("{*}manifest/{*}item"):
        # The table of contents of EPUB 3 repeats what the chapters' headings say.
        is_contents = "nav" in item.get("properties", "").split()
        if item.get("media-type") in _PAGES and not is_contents:
            name = unquote(item.get("href", "").partition("#")[0])
            pages[item.get("id", "")] = posixpath.normpath(posixpath.join(folder, name))
    spine = package.iterfind("{*}spine/{*}itemref")
    listed = [item.get("idref", "") for item in spine if item.get("linear") != "no"]
    found = [pages[name] for name in dict.fromkeys(listed) if name in pages]
    if not found:
        raise ReadError(_NO_BOOK)
    return found


def _properties(package: _Element) -> Properties:
    stated: dict[str, list[str]] = {}
    metadata = package.find("{*}metadata")
    for element in () if metadata is None else metadata.iter():
        if isinstance(element.tag, str) and (text := " ".join((element.text or "").split())):
            stated.setdefault(local_name(element), []).append(text)
    authors = [name for each in stated.get("creator", ()) if (name := usable_author(each))]
    return Properties(
        title=usable_title(stated.get("title", [""])[0]),
        author=usable_author(", ".join(dict.fromkeys(authors))),
        source=stated.get("publisher", [""])[0][:200],
        dates=tuple(stated.get("date", ())[:3]),
        language=stated.get("language", [""])[0],
    )
