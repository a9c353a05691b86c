"""Reads the parts of a zipped document, and their XML, within bounds; and what such files share.

A few kilobytes of zip can unpack to gigabytes, and a few lines of XML can
expand to as much. What they share is a main part, relations, and properties; the names are those
of ECMA-376, part 2, and of OpenDocument 1.3. Knows nothing of what is in a document.
"""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.properties import Properties, usable_author, usable_title

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = [
    "DAMAGED",
    "DAMAGES",
    "MOST_RATIO",
    "SAFE_XML",
    "SMALL",
    "Archive",
    "attribute",
    "local_name",
    "main_part",
    "parse_xml",
    "related",
    "stated_properties",
]

SAFE_XML = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How lxml parses the XML of strangers: nothing outside it is read, nothing in it expands."""

_MOST_PARTS = 20_000
_MOST_BYTES = 40_000_000
"""Of all parts that are read: a Word document of 872 pages has 5 MB of words and tags."""
MOST_RATIO = 300
"""Times its packed size that a part may unpack to; a Word table of 10,000 like rows has 60."""
SMALL = 2_000_000
"""Bytes up to which a part's ratio does not matter."""
DAMAGED = "damaged; open it in the program that made it and save it again"
_BOMB = "unpacks to far more than a document holds; save its text in a new file"
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What zipfile and tarfile raise over damaged archives."""


class Archive:
    """A zipped document, of which no more than a bounded number of bytes is ever unpacked."""

    def __init__(
        self, file: BinaryIO, *, most_parts: int = _MOST_PARTS, most_bytes: int = _MOST_BYTES
    ) -> None:
        """Open the archive.

        Args:
            file: The archive.
            most_parts: How many it may have.
            most_bytes: How many all parts that are read may unpack to.

        Raises:
            ReadError: If it is no zip archive, or has too many parts.
        """
        try:
            self._zip = zipfile.ZipFile(file)
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            NotImplementedError,
            struct.error,
        ) as error:
            raise ReadError(DAMAGED) from error
        entries = self._zip.infolist()
        if len(entries) > most_parts:
            raise ReadError(_BOMB)
        self.sizes = {entry.filename: entry.file_size for entry in entries}
        """Bytes of each part, as the archive states them, in its order."""
        self.names = frozenset(self.sizes)
        self._left = most_bytes

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            ReadError: If there is no such part, or it is damaged, protected, or too large.
        """
        if name not in self.names:
            raise ReadError(DAMAGED)
        entry = self._zip.getinfo(name)
        if entry.flag_bits & 1:
            raise ReadError("protected by a password; save a copy without one")
        if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
            raise ReadError(_BOMB)
        try:
            with self._zip.open(entry) as part:
                # What the archive says of a part's size may be wrong: what comes out counts.
                data = part.read(self._left + 1)
        except DAMAGES as error:
            raise ReadError(DAMAGED) from error
        self._left -= len(data)
        if self._left < 0:
            raise ReadError(_BOMB)
        return data

    def xml(self, name: str) -> _Element:
        """Return the root of a part that is XML.

        Raises:
            ReadError: As `read` does, and where it is no XML or defines entities.
        """
        return parse_xml(self.read(name))

    def xml_if_there(self, name: str) -> _Element | None:
        """Return the root of a part that a document can do without; None where it has none.

        Raises:
            ReadError: As `xml` does.
        """
        return self.xml(name) if name in self.names else None


def parse_xml(data: bytes) -> _Element:
    """Return the root of an XML document; nothing outside it is read, no entity is expanded.

    Raises:
        ReadError: If it is not well-formed, nested deeper than 256, or defines entities.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(**SAFE_XML)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(DAMAGED) from error
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and next(iter(subset.iterentities()), None) is not None:
        raise ReadError("its XML defines entities, which no document needs; save its text anew")
    return root


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: _Element, name: str) -> str:
    """Return an attribute, whatever its namespace."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def main_part(archive: Archive, usual: str) -> str:
    """Return the name of the part that the package says holds the document.

    Args:
        archive: The package.
        usual: The name that it has in nearly all of them.

    Raises:
        ReadError: If there is none.
    """
    for target in related(archive, "", "officeDocument").values():
        if target in archive.names:
            return target
    if usual in archive.names:
        return usual
    raise ReadError("no document is in it; open it in the program that made it and save it again")


def related(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """Return the parts that a part has of a kind, by the ids under which it names them.

    Args:
        archive: The package.
        part: The name of the part; empty for the package itself.
        kind: The last word of the relation's type, as in `slide`.
    """
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}
    relations = archive.xml_if_there(posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in () if relations is None else relations:
        if str(relation.get("Type", "")).endswith(f"/{kind}"):
            target = posixpath.join("/", folder, str(relation.get("Target", "")))
            found[str(relation.get("Id", ""))] = posixpath.normpath(target).lstrip("/")
    return found


def stated_properties(archive: Archive, part: str, title: str = "") -> Properties:
    """Return what a file says of its document.

    Args:
        archive: The file.
        part: The one of its parts that says it.
        title: What the document itself shows as its title, which is believed first.
    """
    root = archive.xml_if_there(part)
    stated: dict[str, str] = {}
    for element in () if root is None else root.iter():
        stated.setdefault(local_name(element), (element.text or "").strip())
    author = usable_author(stated.get("initial-creator", ""))
    return Properties(
        title=usable_title(title) or usable_title(stated.get("title", "")),
        author=author or usable_author(stated.get("creator", "")),
        language=stated.get("language", ""),
    )
