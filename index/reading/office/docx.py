"""Makes a draft of a Word document (.docx, .docm) as it reads with all changes accepted.

Comments, deleted and hidden text, running heads, and tables of contents are
left out; notes stand at the end. The elements are those of ECMA-376, part 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.properties import draft_of
from index.reading.office.archive import (
    Archive,
    attribute,
    local_name,
    main_part,
    stated_properties,
)
from index.reading.office.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_docx"]

_SKIPPED = frozenset(
    "del moveFrom instrText delText delInstrText rPr pPr tblPr trPr tcPr sectPr tblGrid sdtPr "
    "sdtEndPr rt Fallback annotationRef footnoteRef endnoteRef object".split()
)
"""Deleted or moved away, properties, codes of fields, readings above Chinese characters, and
what stands for a drawing in older programs."""
_LISTS = ("list bullet", "list number")
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def drafts_from_docx(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of a Word document.

    Raises:
        ReadError: If it is damaged, protected, or unpacks to more than a document holds.
    """
    with Archive(file) as archive:
        main = main_part(archive, "word/document.xml")
        folder = main.rpartition("/")[0]
        body = next((e for e in archive.xml(main) if local_name(e) == "body"), None)
        if body is None:
            raise ReadError("no document is in it; open it in Word and save it again")
        reader = _Reader(_style_names(archive, f"{folder}/styles.xml"))
        reader.read(body)
        for kind in ("footnote", "endnote"):
            notes = archive.xml_if_there(f"{folder}/{kind}s.xml") if reader.cited[kind] else None
            if notes is not None:
                reader.read_notes(kind, notes)
        properties = stated_properties(archive, "docProps/core.xml", reader.title)
    yield draft_of(reader.blocks.text(), properties)


class _Reader:
    """Walks the body of a document, block by block."""

    def __init__(self, style_names: dict[str, str]) -> None:
        self.blocks = Blocks()
        self.title = ""
        self.cited: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self._style_names = style_names
        self._begun: list[str] = []
        """Pieces of a paragraph that goes on in the next one, as the mark between is deleted."""

    def read(self, parent: _Element) -> None:
        """Read the blocks below an element."""
        for element in parent:
            name = local_name(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name not in _SKIPPED:
                # Content controls, custom XML, and insertions hold blocks of their own.
                self.read(element)

    def read_notes(self, kind: str, notes: _Element) -> None:
        """Read the notes of a kind that the text refers to, in its order."""
        by_id = {attribute(note, "id"): note for note in notes if local_name(note) == kind}
        for number, cited in enumerate(dict.fromkeys(self.cited[kind]), 1):
            if cited in by_id:
                self.blocks.add_note(number, by_id[cited], self.read)

    def _paragraph(self, paragraph: _Element) -> None:
        style = self._style(paragraph)
        if style.startswith("toc "):
            return
        pieces, self._begun = self._begun, []
        boxes: list[_Element] = []
        self._inline(paragraph, pieces, boxes)
        below = paragraph.getnext()
        goes_on = below is not None and local_name(below) == "p"
        begun: list[str] = []
        if goes_on and paragraph.find("{*}pPr/{*}rPr/{*}del") is not None:
            begun, pieces = pieces, []
        text = "".join(pieces)
        if style == "title":
            self.title = self.title or " ".join(text.split())
        listed = paragraph.find("{*}pPr/{*}numPr") is not None or style.startswith(_LISTS)
        if text.strip() and listed and not style.startswith("heading"):
            text = f"- {text}"
        self.blocks.add(text)
        for box in boxes:
            self.read(box)
        self._begun = begun

    def _inline(self, parent: _Element, pieces: list[str], boxes: list[_Element]) -> None:
        for element in parent:
            name = local_name(element)
            if name == "t":
                pieces.append(element.text or "")
            elif name in _CHARACTERS:
                pieces.append(_CHARACTERS[name])
            elif name in ("footnoteReference", "endnoteReference"):
                self.cited[name.removesuffix("Reference")].append(attribute(element, "id"))
            elif name == "txbxContent":
                boxes.append(element)
            elif name not in _SKIPPED and not (name == "r" and _is_hidden(element)):
                self._inline(element, pieces, boxes)

    def _table(self, table: _Element) -> None:
        for row in _rows(table):
            cells = [cell for cell in row.iter("{*}tc") if _parent_row(cell) is row]
            self.blocks.add_row(cells, self.read)

    def _style(self, paragraph: _Element) -> str:
        style = paragraph.find("{*}pPr/{*}pStyle")
        found = "" if style is None else attribute(style, "val")
        return self._style_names.get(found, found.casefold())


def _rows(table: _Element) -> Iterator[_Element]:
    """Yield the rows of a table that are not deleted, those in content controls too."""
    for element in table:
        name = local_name(element)
        if name == "tr":
            if element.find("{*}trPr/{*}del") is None:
                yield element
        elif name not in _SKIPPED:
            yield from _rows(element)


def _parent_row(cell: _Element) -> _Element:
    parent = cell.getparent()
    while local_name(parent) != "tr":
        parent = parent.getparent()
    return parent


def _is_hidden(run: _Element) -> bool:
    hidden = run.find("{*}rPr/{*}vanish")
    return hidden is not None and attribute(hidden, "val") not in ("0", "false", "off")


def _style_names(archive: Archive, part: str) -> dict[str, str]:
    """Return the names of the styles by their ids, which differ from language to language."""
    styles = archive.xml_if_there(part)
    names: dict[str, str] = {}
    for style in () if styles is None else styles.iter("{*}style"):
        name = style.find("{*}name")
        if name is not None:
            names[attribute(style, "styleId")] = attribute(name, "val").casefold()
    return names
