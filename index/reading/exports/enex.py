"""Makes drafts of the notes in an export of Evernote (.enex).

Attached files stand in it as text, and are thrown away as they come. Nothing is fetched, and no
entity is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from index.reading.contained import LARGEST, FileParts, one_line, text_of
from index.reading.draft import Draft, Unread
from index.reading.office.archive import SAFE_XML
from index.text.storable import has_words

__all__ = ["ENEX", "drafts_from_enex"]

ENEX = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE[^>]{0,400}>\s*)?<en-export\b"
)
"""How a file begins."""
_PROLOGUE = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE[^>]{0,400}>\s*)?")
_ENCRYPTED = re.compile(r"<en-crypt\b[^>]{0,1000}>[^<]{0,10000000}</en-crypt>")


def drafts_from_enex(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a note.

    Raises:
        ReadError: If no note is in it.
    """
    parts = FileParts()
    notes = _notes(file)
    drafts = (each if isinstance(each, str) else _draft(each, parts) for each in notes)
    yield from parts.told(drafts, "note", "an export of Evernote without notes")


def _draft(note: dict[str, str], parts: FileParts) -> Draft | Unread:
    title = one_line(note.get("title", ""))
    part = parts.unique(title or "note")
    content = note.get("content", "")
    if len(content) > LARGEST:
        return Unread(part, "a note of more than 20 million characters; split it")
    text = text_of(_ENCRYPTED.sub("", _PROLOGUE.sub("", content, count=1)))
    if not has_words(text):
        return Unread(part, "a note without text; add what is attached to it as a file")
    created = one_line(note.get("created", ""))
    return Draft(
        text=text,
        title=title,
        author=one_line(note.get("author", "")) or None,
        url=one_line(note.get("source-url", "")) or None,
        dates=(created,) if created else (),
        clues=f"{created}\n{text}",
        part=part,
        tags=tuple(filter(None, note.get("tags", "").split("\n"))),
    )


def _notes(file: BinaryIO) -> Iterator[dict[str, str] | str]:
    """Yield the fields of each note; where the file is broken, what to do, and nothing after."""
    from lxml import etree  # type: ignore[import-untyped]

    file.seek(0)
    # Attached files are longer than lxml takes a text for without being told so.
    read = {**SAFE_XML, "huge_tree": True}
    try:
        for _, element in etree.iterparse(file, tag=("note", "data"), **read):
            if element.tag == "note":
                note: dict[str, str] = {}
                for each in element.iter():
                    note.setdefault(each.tag, each.text or "")
                note["tags"] = "\n".join(each.text or "" for each in element.iter("tag"))
                yield note
            element.clear()
    except (etree.XMLSyntaxError, LookupError, ValueError):
        yield "the file is broken or breaks off here; export the notes again"
