"""Makes a draft of an OpenDocument presentation (.odp): its slides in order, and their notes.

Numbers, dates, and footers of slides are left out. The elements are those of OpenDocument 1.3,
part 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.office.odt import BlockReader, open_document, stated_properties
from index.reading.office.packages import attribute
from index.reading.office.slides import Slides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_odp"]

_LEFT_OUT = frozenset(("page-number", "date-time", "footer", "header"))
"""Classes of frames that say nothing of the slide's own."""


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
            shown, notes = BlockReader(), BlockReader()
            for frame in page:
                if attribute(frame, "class") == "title":
                    title = title or " ".join("".join(frame.itertext()).split())
            for inner in page.findall("{*}notes"):
                notes.read(_own(inner))
                page.remove(inner)
            shown.read(_own(page))
            slides.add(shown.blocks, notes.blocks)
        properties = stated_properties(archive, title)
    yield slides.draft(properties)


def _own(page: _Element) -> _Element:
    """Return a page without the frames that every page has."""
    for frame in [each for each in page if attribute(each, "class") in _LEFT_OUT]:
        page.remove(frame)
    return page
