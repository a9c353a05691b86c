"""Takes the references from BibTeX, with bibtexparser, and what LaTeX writes of letters."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from index.reading.draft import Draft, Unread
from index.reading.encoding.decoding import decode
from index.reading.exports.references import Reference, drafts_of_references

if TYPE_CHECKING:
    from bibtexparser.model import Entry

__all__ = ["drafts_from_bibtex", "looks_like_bibtex"]

_BEGINS = re.compile(
    r"\ufeff?\s*(?:%[^\n]{0,1000}\n\s*)*@(?:article|book|booklet|collection|comment|conference|dataset"
    r"|in(?:book|collection|proceedings)|manual|(?:masters|phd)?thesis|misc|online|preamble"
    r"|proceedings|report|software|string|techreport|unpublished)\s*[{(]",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+and\s+")
_LATEX = re.compile(r"[\\{}$~]|--|``|''")
_USED = frozenset(
    "author editor title abstract annote annotation note journaltitle journal booktitle publisher "
    "institution school date day month year url doi langid language".split()
)


def looks_like_bibtex(head: bytes) -> bool:
    """Say whether a file begins as BibTeX does."""
    return _BEGINS.match(head.decode("utf-8", "replace")) is not None


def drafts_from_bibtex(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note; a broken entry is `Unread`.

    Raises:
        ReadError: If it is no text, or none has.
    """
    text = decode(file.read()).text
    yield from drafts_of_references(_references(text), "a file of references")


def _references(text: str) -> Iterator[Reference | Unread]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    # It logs each entry that it cannot read, which is told here.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    for block in parse_string(text).blocks:
        if isinstance(block, Entry):
            yield _reference(block)
        elif isinstance(block, DuplicateBlockKeyBlock):
            # Two entries of the same key are two references all the same.
            yield from map(_reference, parse_string(block.raw or "").entries)
        elif isinstance(block, ParsingFailedBlock):
            line = (block.start_line or 0) + 1
            yield Unread(f"line {line}", "its BibTeX is broken; mend this entry")


def _reference(entry: Entry) -> Reference:
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware

    key = entry.key
    # Only where it is needed: the decoder takes a thousandth of a second for a field.
    entry.fields = [each for each in entry.fields if each.key.lower() in _USED]
    plain = {each.key.lower(): each.value for each in entry.fields}
    entry.fields = [each for each in entry.fields if _LATEX.search(str(each.value))]
    LatexDecodingMiddleware().transform_entry(entry, Library())
    plain |= {each.key.lower(): each.value for each in entry.fields}
    fields = {name: str(value) for name, value in plain.items()}

    def first(*names: str) -> str:
        return next((fields[name] for name in names if fields.get(name)), "")

    people = first("author", "editor")
    return Reference(
        key=key,
        title=first("title"),
        texts=(first("abstract"), first("annote", "annotation"), first("note")),
        authors=tuple(_AND.split(people)) if people else (),
        source=first("journaltitle", "journal", "booktitle", "publisher", "institution", "school"),
        date=first("date") or " ".join(filter(None, map(first, ("day", "month", "year")))),
        url=first("url"),
        doi=first("doi"),
        language=first("langid", "language"),
    )
