"""Makes a draft of a PowerPoint presentation (.pptx): its slides in order, and their notes.

Hidden slides, numbers, dates, and footers of slides, and comments are left out. The elements
are those of ECMA-376, part 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from index.reading.office.archive import (
    Archive,
    local_name,
    main_part,
    related,
    stated_properties,
)
from index.reading.office.blocks import Blocks, Slides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element  # type: ignore[import-untyped]

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_pptx"]

_LEFT_OUT = frozenset(("sldNum", "dt", "ftr", "hdr", "sldImg"))
"""Kinds of placeholders that say nothing of the slide's own."""
_SKIPPED = frozenset(("Fallback", "nvSpPr", "spPr", "pPr", "rPr", "endParaRPr", "extLst"))
_TITLES = frozenset(("title", "ctrTitle"))


def drafts_from_pptx(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of a presentation; its pages are the slides.

    Raises:
        ReadError: If it is damaged, protected, or unpacks to more than a document holds.
    """
    with Archive(file) as archive:
        main = main_part(archive, "ppt/presentation.xml")
        parts = related(archive, main, "slide")
        slides, title = Slides(), ""
        for listed in archive.xml(main).iterfind("{*}sldIdLst/{*}sldId"):
            part = parts.get(_relation(listed), "")
            shown, notes = Blocks(), Blocks()
            if part in archive.names:
                slide = archive.xml(part)
                if slide.get("show") not in ("0", "false"):
                    named = _read(slide, shown)
                    title = title or named
                    for notes_part in related(archive, part, "notesSlide").values():
                        _read(archive.xml(notes_part), notes)
            slides.add(shown, notes)
        properties = stated_properties(archive, "docProps/core.xml", title)
    yield slides.draft(properties)


def _relation(element: _Element) -> str:
    """Return the id of the relation that an element names; its own id has no namespace."""
    return next((str(value) for key, value in element.items() if key.endswith("}id")), "")


def _read(slide: _Element, blocks: Blocks) -> str:
    """Add what a slide shows, its title first, and return the title."""
    shapes = [each for each in slide.iter("{*}sp") if _kind(each) in _TITLES]
    for shape in shapes:
        _read_below(shape, blocks)
    title = " ".join(blocks.text().split())
    tree = slide.find("{*}cSld/{*}spTree")
    if tree is not None:
        _read_below(tree, blocks, without=_TITLES)
    return title


def _read_below(parent: _Element, blocks: Blocks, *, without: frozenset[str] = frozenset()) -> None:
    for element in parent:
        name = local_name(element)
        if name == "p":
            blocks.add(_paragraph(element))
        elif name == "tr":
            blocks.add_row(element.iterfind("{*}tc"), lambda cell: _read_below(cell, blocks))
        elif name == "sp":
            if _kind(element) not in _LEFT_OUT | without:
                _read_below(element, blocks)
        elif name and name not in _SKIPPED:
            _read_below(element, blocks, without=without)


def _kind(shape: _Element) -> str:
    """Return which placeholder of its layout a shape fills; empty for none."""
    placeholder = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return "" if placeholder is None else str(placeholder.get("type", "body"))


def _paragraph(paragraph: _Element) -> str:
    pieces: list[str] = []
    for element in paragraph.iter("{*}t", "{*}br", "{*}tab"):
        pieces.append((element.text or "") if local_name(element) == "t" else "\n")
    return "".join(pieces)
