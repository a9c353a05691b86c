"""Reads the parts of a zipped document, and their XML, within bounds.

A few kilobytes of zip can unpack to gigabytes, and a few lines of XML can
expand to as much. Knows nothing of what the parts hold.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = [
    "DAMAGED",
    "DAMAGES",
    "MOST_RATIO",
    "SAFE_XML",
    "SMALL",
    "Archive",
    "local_name",
    "parse_xml",
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
