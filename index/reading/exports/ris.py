"""Takes the references from a RIS file, one record at a time, with rispy."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.exports.references import Reference, drafts_of_references

__all__ = ["drafts_from_ris", "looks_like_ris"]

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*TY  - [A-Z]")
_LONGEST_RECORD = 1_000_000


def looks_like_ris(head: bytes) -> bool:
    """Say whether a file begins as RIS does."""
    return _BEGINS.match(head) is not None


def drafts_from_ris(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note.

    Raises:
        ReadError: If none has.
    """
    with opened_as_text(file) as text:
        yield from drafts_of_references(_references(text), "a file of references")


def _references(text: io.TextIOWrapper) -> Iterator[Reference | Unread]:
    """Yield the records; one without its end, as the last of a file that breaks off, is whole."""
    lines: list[str] = []
    length = number = 0
    while True:
        line = text.readline(_LONGEST_RECORD)
        if line.startswith("TY  - ") or not line:
            number += bool(lines)
            # Alone, as one that is not closed would take in the next.
            yield from _record("".join([*lines, "\nER  - \n"]), number) if lines else ()
            lines, length = [], 0
        if not line:
            return
        length += len(line)
        if length <= _LONGEST_RECORD:
            lines.append(line)


def _record(written: str, number: int) -> Iterator[Reference | Unread]:
    import rispy

    try:
        yield from map(_reference, rispy.loads(written))
    except (rispy.parser.ParseError, LookupError, ValueError):
        yield Unread(f"reference {number}", "its lines are damaged; export the references again")


def _reference(record: dict[str, Any]) -> Reference:
    def text(*names: str) -> str:
        found = (record.get(name) for name in names)
        return next((each for each in found if isinstance(each, str) and each.strip()), "")

    def texts(name: str) -> tuple[str, ...]:
        found = record.get(name)
        return tuple(filter(None, found)) if isinstance(found, list) else ()

    return Reference(
        key=text("id", "label") or text("title", "primary_title"),
        title=text("title", "primary_title", "short_title"),
        texts=(text("abstract", "notes_abstract"), *texts("notes")),
        authors=texts("authors") or texts("first_authors") or texts("secondary_authors"),
        source=text("journal_name", "secondary_title", "alternate_title1", "publisher"),
        date=text("date", "publication_year", "year"),
        url=next(iter(texts("urls")), ""),
        doi=text("doi"),
        language=text("language"),
    )
