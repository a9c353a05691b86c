"""Makes drafts of the notes in an export of Evernote (.enex).

Attached files stand in it as text, and are thrown away as they come. The XML is read by expat,
which fetches nothing and expands no entities of the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from index.reading.contained import LARGEST, PartNames, one_line, text_of, told_where_broken
from index.reading.draft import Draft, Unread, has_words

__all__ = ["drafts_from_enex", "looks_like_enex"]

_PIECE = 1 << 16
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE[^>]{0,400}>\s*)?<en-export\b"
)
_KEPT = ("title", "content", "created", "author", "source-url")
_PROLOGUE = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE[^>]{0,400}>\s*)?")
_ENCRYPTED = re.compile(r"<en-crypt\b[^>]{0,1000}>[^<]{0,10000000}</en-crypt>")


def looks_like_enex(head: bytes) -> bool:
    """Say whether a file begins as an export of Evernote does."""
    return _BEGINS.match(head) is not None


def drafts_from_enex(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a note.

    Raises:
        ReadError: If no note is in it.
    """
    names = PartNames()
    notes = _Notes().read(file)
    drafts = (each if isinstance(each, str) else _draft(each, names) for each in notes)
    yield from told_where_broken(drafts, names, "note", "an export of Evernote without notes")


def _draft(note: dict[str, str], names: PartNames) -> Draft | Unread:
    title = one_line(note.get("title", ""))
    part = names.unique(title or "note")
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
    )


class _Notes:
    """Takes the notes from the XML as they are complete."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._declared
        self._done: list[dict[str, str]] = []
        self._note: dict[str, str] = {}
        self._kept: list[str] | None = None
        self._length = 0

    def read(self, file: BinaryIO) -> Iterator[dict[str, str] | str]:
        """Yield the fields of each note; where the file is broken, what to do, and nothing after.

        Args:
            file: Read from its beginning, as it is needed.
        """
        file.seek(0)
        try:
            while piece := file.read(_PIECE):
                self._parser.Parse(piece, False)
                yield from self._taken()
            self._parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError):  # An encoding of no such name.
            yield from self._taken()
            yield "the file is broken or breaks off here; export the notes again"

    def _taken(self) -> list[dict[str, str]]:
        done, self._done = self._done, []
        return done

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == "note":
            self._note = {}
        elif name in _KEPT and name not in self._note:
            self._kept, self._length = [], 0

    def _text(self, text: str) -> None:
        if self._kept is not None and self._length <= LARGEST:
            self._kept.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        if name == "note":
            self._done.append(self._note)
        elif self._kept is not None and name in _KEPT:
            self._note[name] = "".join(self._kept)
            self._kept = None

    def _declared(self, *_: object) -> None:
        raise ValueError("it declares entities of its own")
