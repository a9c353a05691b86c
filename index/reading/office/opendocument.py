"""Makes drafts of OpenDocument texts (.odt) and presentations (.odp), all changes accepted.

Comments, deleted and hidden text, running heads, and indexes are left out, and so are numbers,
dates, and footers of slides; notes stand at the end, those of a slide below it. The elements are
those of OpenDocument 1.3, part 3.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.properties import draft_of
from index.reading.office.archive import Archive, attribute, local_name, stated_properties
from index.reading.office.blocks import Blocks, Slides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = [
    "BodyReader",
    "drafts_from_odp",
    "drafts_from_odt",
    "open_document",
]

_SKIPPED = frozenset(
    "tracked-changes annotation annotation-end sequence-decls forms variable-decls "
    "user-field-decls table-of-content illustration-index table-index object-index user-index "
    "alphabetical-index bibliography note-citation ruby-text hidden-text hidden-paragraph title "
    "desc script event-listeners object object-ole glue-point covered-table-cell".split()
)
"""What is no text of the article; title and desc are those of pictures."""
_CHARACTERS = {"s": " ", "tab": "\t", "line-break": "\n", "soft-page-break": ""}
_LEFT_OUT = frozenset(("page-number", "date-time", "footer", "header"))
"""Classes of frames that say nothing of the slide's own."""


def drafts_from_odt(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of an OpenDocument text.

    Raises:
        ReadError: If it is damaged, protected, or unpacks to more than a document holds.
    """
    with open_document(file) as archive:
        body = archive.xml("content.xml").find("{*}body/{*}text")
        if body is None:
            raise ReadError("no text document; open it in LibreOffice and save it as .odt")
        reader = BodyReader()
        reader.read(body)
        reader.read_notes()
        properties = stated_properties(archive, "meta.xml", reader.title)
    yield draft_of(reader.blocks.text(), properties)


@contextmanager
def open_document(file: BinaryIO, **bounds: int) -> Iterator[Archive]:
    """Open the archive of an OpenDocument file, with the bounds that `Archive` takes.

    Raises:
        ReadError: If it is damaged or protected.
    """
    with Archive(file, **bounds) as archive:
        manifest = archive.xml_if_there("META-INF/manifest.xml")
        if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
            raise ReadError("protected by a password; save a copy without one")
        yield archive


class BodyReader:
    """Walks the body of a document, block by block."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.title = ""
        self._notes: list[_Element] = []

    def read(self, parent: _Element) -> None:
        """Read the blocks below an element."""
        for element in parent:
            name = local_name(element)
            if name in ("p", "h"):
                self._paragraph(element)
            elif name == "table":
                self._table(element)
            elif name and name not in _SKIPPED:
                # Lists, sections, and frames hold blocks of their own.
                self.read(element)

    def read_notes(self) -> None:
        """Read the notes that the text refers to, in its order; those in notes are left out."""
        notes, self._notes = self._notes, []
        for number, note in enumerate(notes, 1):
            self.blocks.add_note(number, note, self.read)

    def _paragraph(self, paragraph: _Element) -> None:
        pieces: list[str] = []
        boxes: list[_Element] = []
        self._inline(paragraph, pieces, boxes)
        text = "".join(pieces)
        if paragraph.get(f"{{{paragraph.nsmap.get(paragraph.prefix)}}}style-name") == "Title":
            self.title = self.title or " ".join(text.split())
        self.blocks.add(text)
        for box in boxes:
            self.read(box)

    def _inline(self, parent: _Element, pieces: list[str], boxes: list[_Element]) -> None:
        pieces.append(_words(parent.text))
        for element in parent:
            name = local_name(element)
            if name in _CHARACTERS:
                pieces.append(_CHARACTERS[name])
            elif name == "note":
                self._notes.extend(element.iterfind("{*}note-body"))
            elif name == "text-box":
                boxes.append(element)
            elif name and name not in _SKIPPED:
                self._inline(element, pieces, boxes)
            pieces.append(_words(element.tail))

    def _table(self, table: _Element) -> None:
        for element in table:
            name = local_name(element)
            if name == "table-row":
                self.blocks.add_row(element.iterfind("{*}table-cell"), self.read)
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                self._table(element)


def _words(text: str | None) -> str:
    """Return a text as it reads: line ends in the file are white space like any other."""
    return (text or "").replace("\n", " ")


def drafts_from_odp(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of a presentation; its pages are the slides.

    Raises:
        ReadError: If it is damaged, protected, or unpacks to more than a document holds.
    """
    with open_document(file) as archive:
        body = archive.xml("content.xml").find("{*}body/{*}presentation")
        if body is None:
            raise ReadError("no presentation; open it in LibreOffice and save it as .odp")
        slides, title = Slides(), ""
        for page in body.iterfind("{*}page"):
            shown, notes = BodyReader(), BodyReader()
            for frame in page:
                if attribute(frame, "class") == "title":
                    title = title or " ".join("".join(frame.itertext()).split())
            for inner in page.findall("{*}notes"):
                notes.read(_own(inner))
                page.remove(inner)
            shown.read(_own(page))
            slides.add(shown.blocks, notes.blocks)
        properties = stated_properties(archive, "meta.xml", title)
    yield slides.draft(properties)


def _own(page: _Element) -> _Element:
    """Return a page without the frames that every page has."""
    for frame in [each for each in page if attribute(each, "class") in _LEFT_OUT]:
        page.remove(frame)
    return page
