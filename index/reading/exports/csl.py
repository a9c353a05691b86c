"""Takes the references from CSL JSON, which Zotero and others export (docs.citationstyles.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.exports.references import Reference, drafts_of_references
from index.reading.tables.json_values import JsonValues

__all__ = ["drafts_from_csl", "looks_like_csl"]

_BEGINS = re.compile(r"[\s\ufeff]*\[\s*\{")
_TYPE = re.compile(
    r'"type"\s*:\s*"(?:article(?:-\w+)?|book|chapter|document|entry(?:-\w+)?|interview|legislation'
    r"|legal_case|manuscript|pamphlet|paper-conference|personal_communication|post(?:-weblog)?"
    r'|report|review(?:-book)?|speech|thesis|webpage)"'
)
_FIELD = re.compile(
    r'"(?:issued|container-title|citation-key|accessed)"\s*:|"(?:family|literal)"\s*:'
)


def looks_like_csl(head: bytes) -> bool:
    """Say whether a file begins as CSL JSON does."""
    text = head.decode("utf-8", "replace")
    return all(pattern.search(text) for pattern in (_TYPE, _FIELD)) and bool(_BEGINS.match(text))


def drafts_from_csl(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note.

    Raises:
        ReadError: If none has.
    """
    with opened_as_text(file) as text:
        yield from drafts_of_references(_references(JsonValues(text)), "a file of references")


def _references(values: JsonValues) -> Iterator[Reference | Unread]:
    try:
        for value in values.elements():
            if isinstance(value, dict):
                yield _reference(value)
    except ValueError as error:
        yield Unread("the rest", f"from here on {error}; export the references again")


def _reference(value: dict[str, Any]) -> Reference:
    def text(*names: str) -> str:
        found = (value.get(name) for name in names)
        return next((str(each) for each in found if isinstance(each, (str, int)) and each), "")

    people = next((p for n in ("author", "editor") if isinstance(p := value.get(n), list)), [])
    return Reference(
        key=text("citation-key", "id"),
        title=text("title"),
        texts=(text("abstract"), text("note")),
        authors=tuple(filter(None, map(_name, people))),
        source=text("container-title", "publisher"),
        date=_date(value.get("issued")),
        url=text("URL"),
        doi=text("DOI"),
        language=text("language"),
    )


def _name(person: object) -> str:
    if not isinstance(person, dict):
        return ""
    parts = (person.get(key) for key in ("given", "non-dropping-particle", "family", "literal"))
    # A comma within a name would turn it around.
    return " ".join(part.replace(",", " ") for part in parts if isinstance(part, str))


def _date(issued: object) -> str:
    if not isinstance(issued, dict):
        return ""
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return "-".join(str(part).zfill(2) for part in first[:3])
    written = issued.get("raw") or issued.get("literal")
    return written if isinstance(written, str) else ""
