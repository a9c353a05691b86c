"""What the exports of reference managers share: an entry becomes an article by its abstract.

Knows nothing of how an entry is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.reading.contained import LeftOut, PartNames, one_line, text_of
from index.reading.draft import Draft, Unread, has_words

__all__ = ["Reference", "drafts_of_references", "in_order"]

_DAY = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}(?:T.*)?|\d{1,2}\.? [^\W\d]+\.? \d{4}")
"""A date of which more than the year or the month is known."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry, as its file states it; empty where it states nothing."""

    key: str
    title: str = ""
    texts: tuple[str, ...] = ()
    """Its abstract, and notes that the person took; they may hold HTML."""
    authors: tuple[str, ...] = ()
    source: str = ""
    """The journal, the newspaper, or whoever publishes it."""
    date: str = ""
    url: str = ""
    doi: str = ""
    language: str = ""


def drafts_of_references(
    found: Iterable[Reference | Unread], kind: str
) -> Iterator[Draft | Unread]:
    """Yield one draft a reference with an abstract or a note; with the last, tell of the others.

    Args:
        found: The entries, read as they are needed, and what could not be read.
        kind: What their file is, as in `a BibTeX file`.

    Raises:
        ReadError: If none has.
    """
    left_out = LeftOut()
    return left_out.telling(_drafts(found, left_out), kind)


def in_order(name: str) -> str:
    """Return a name as it is spoken.

    >>> in_order("Winge, Nora"), in_order("Nora Winge"), in_order("Falk, Jr., Ola")
    ('Nora Winge', 'Nora Winge', 'Ola Falk, Jr.')
    """
    family, comma, given = one_line(name).rpartition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else one_line(name)


def _drafts(found: Iterable[Reference | Unread], left_out: LeftOut) -> Iterator[Draft | Unread]:
    names = PartNames()
    for number, each in enumerate(found, 1):
        if isinstance(each, Unread):
            yield each
            continue
        text = "\n\n".join(filter(has_words, map(text_of, each.texts)))
        if not text:
            left_out.note("references without an abstract or notes", each.title or each.key)
            continue
        doi = re.sub(
            r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", one_line(each.doi), flags=re.I
        )
        date = one_line(each.date).strip("/-")
        yield Draft(
            text=text,
            title=one_line(text_of(each.title)),
            source=one_line(text_of(each.source)) or None,
            author=", ".join(filter(None, map(in_order, each.authors))) or None,
            url=one_line(each.url) or (f"https://doi.org/{doi}" if doi else None),
            dates=(date,) if _DAY.fullmatch(date) else (),
            language=one_line(each.language) or None,
            clues=f"{date}\n{text}",
            part=names.unique(one_line(each.key) or f"reference {number}"),
        )
