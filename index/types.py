"""The values that flow through the index: what an article, a passage, and a search result are.

Frozen, and free of behaviour beyond what their fields imply. Offsets are
positions in `Document.text`, counted in Python characters (code points), with
the end exclusive, so that `document.text[start:end]` is always the text meant.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from index.scanned import ScannedLine
from index.tags import tag_keys, tag_name
from index.text.tokens import plain_text

__all__ = ["Chunk", "Document", "Filter", "Hit", "Span", "Stated", "is_day", "texts_of"]


_CLOCK_LINE = re.compile(r"^\d{1,3}:\d\d(?::\d\d)?$", re.MULTILINE)
_STAMP_LINE = re.compile(r"^\d{4}-\d\d-\d\d, \d\d:\d\d(?: UTC)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What the file of an article says of it, where a person may have corrected it."""

    title: str = ""
    source: str | None = None
    author: str | None = None
    published: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One article, as stored. `text` never changes: every offset refers to it."""

    text: str
    title: str = ""
    source: str | None = None
    author: str | None = None
    url: str | None = None
    published: date | None = None
    path: str | None = None
    """Where it was read from, as an absolute path, or as the address of a web page; None for
    pasted text. Not part of the id."""
    language: str | None = None
    """Tag of its language as its file states it, as in `en` or `en-GB`."""
    pages: tuple[int, ...] = ()
    """Where each page begins, of an article that has pages (a PDF): ascending offsets into the
    text, the first of them 0, one a page, also for a page without text."""
    lines: tuple[ScannedLine, ...] = ()
    """Those that were read from pictures of pages, in the order of the text. Not part of the id."""
    part: str = ""
    """Which article of its file it is, where one file holds several (a mailbox, a feed, an
    export): unique and stable within the file. Empty for the only one. Not part of the id."""
    tags: tuple[str, ...] = ()
    """Its tags, and the folder that it lies in, as `index.tags.tag_names` has them. Not part of
    the id."""
    stated: Stated | None = None
    """What its file says, where a person corrected that (`index.corrections`); what is corrected
    stands in the fields themselves. None where nothing is."""

    id: str = field(init=False, compare=False)
    """16 hexadecimal digits that follow from the content alone: same text and metadata, same
    id, on every machine; the path is left out. A correction leaves it as it is."""

    def __post_init__(self) -> None:
        if self.published is not None and not is_day(self.published):
            raise TypeError("published is a day, as in date(2019, 1, 11)")
        said = self.said
        parts = [said.title, said.source, said.author, self.url]
        published = said.published.isoformat() if said.published else None
        content: list[object] = [*parts, published, self.text]
        if self.language or self.pages:  # So that an article without them keeps the id it had.
            content += [self.language, self.pages]
        # Once: every use of it would hash the whole text again.
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=True).encode())
        object.__setattr__(self, "id", digest.hexdigest()[:16])

    @property
    def said(self) -> Stated:
        """What its file says of it, corrected or not."""
        if self.stated is not None:
            return self.stated
        return Stated(self.title, self.source, self.author, self.published, self.tags)

    def page_at(self, offset: int) -> int | None:
        """Return the number, from 1, of the page on which an offset lies; None without pages."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None

    def time_at(self, offset: int) -> str:
        r"""Return the time above an offset, of a text whose paragraphs stand below their times.

        As subtitles are read: `1:02:05` alone on a line, of a text that begins so; and live blogs:
        `2019-01-04, 10:30`. Empty where there is none.

        >>> Document("0:07\n\nGood evening.\n\n0:12\n\nA ferry sank.").time_at(26)
        '0:12'
        """
        line = _CLOCK_LINE if _CLOCK_LINE.match(self.text) else _STAMP_LINE
        found = ""
        for each in line.finditer(self.text, 0, min(offset + 1, len(self.text))):
            found = each.group()
        return found

    def lines_at(self, start: int, end: int) -> tuple[ScannedLine, ...]:
        """Return the lines read from pictures that a stretch of the text lies in."""
        return tuple(line for line in self.lines if line.start < end and start < line.end)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one article: `document.text[start:end] == text`."""

    document_id: str
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """The document's id and the offsets, as in `3f2a…:0-812`."""
        return f"{self.document_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may be searched. An empty filter admits all.

    A date bound admits only articles whose publication date is known, unless `undated` is set.
    """

    sources: tuple[str, ...] = ()
    """Names of sources, compared without case; any of them admits."""
    after: date | None = None
    """Published on this day or later."""
    before: date | None = None
    """Published on this day or earlier."""
    undated: bool = False
    """Whether a date bound admits articles without a date too; without a bound, all are."""
    tags: tuple[str, ...] = ()
    """Tags, compared without case; any of them admits, and so does one that lies below it."""
    authors: tuple[str, ...] = ()
    """Authors as articles name them, compared without case and accents; any of them admits."""

    def __post_init__(self) -> None:
        for field_name in ("sources", "tags", "authors"):
            wrong = 'sources, tags, and authors are tuples, as in Filter(sources=("Reuters",))'
            object.__setattr__(self, field_name, texts_of(getattr(self, field_name), wrong))
        # A tag without a name would be no filter, and is one that no article has.
        object.__setattr__(self, "tags", tuple(tag_name(tag) or tag for tag in self.tags))
        if not all(day is None or is_day(day) for day in (self.after, self.before)):
            raise TypeError("after and before are days, as in date(2019, 1, 11)")

    def __bool__(self) -> bool:
        return bool(self.sources or self.after or self.before or self.tags or self.authors)

    def admits(self, document: Document) -> bool:
        """Say whether a document passes."""
        if self.sources:
            if document.source is None:
                return False
            if document.source.casefold() not in {name.casefold() for name in self.sources}:
                return False
        if self.authors:
            names = {plain_text(name) for name in self.authors}
            if plain_text(document.author or "") not in names:
                return False
        if self.tags:
            wanted = {tag.casefold() for tag in self.tags}
            if wanted.isdisjoint(key for tag in document.tags for key in tag_keys(tag)):
                return False
        if self.after or self.before:
            if document.published is None:
                return self.undated
            if self.after and document.published < self.after:
                return False
            if self.before and document.published > self.before:
                return False
        return True

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types, days as ISO 8601."""
        return {
            "sources": list(self.sources),
            "after": self.after.isoformat() if self.after else None,
            "before": self.before.isoformat() if self.before else None,
            "undated": self.undated,
            "tags": list(self.tags),
            "authors": list(self.authors),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Filter:
        """Return what `to_json` made into JSON types, also before there were tags and authors.

        Raises:
            KeyError, TypeError, ValueError: the JSON is of no filter.
        """
        listed = data["sources"], data.get("tags", []), data.get("authors", [])
        if not all(isinstance(names, list) for names in listed):
            raise TypeError("sources, tags, and authors of a filter are lists")
        sources, tags, authors = map(tuple, listed)
        after, before = (
            None if data[name] is None else date.fromisoformat(data[name])
            for name in ("after", "before")
        )
        return cls(sources, after, before, bool(data["undated"]), tags, authors)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a search found, with its article and what each ranking said of it."""

    chunk: Chunk
    document: Document
    score: float
    """What the hits are ordered by; only its order means anything; higher is better."""
    similarity: float | None = None
    """Cosine of question and chunk, -1 to 1; None where the dense ranking did not list it."""
    copies: tuple[Document, ...] = ()
    """Other articles that say the same there, such as a wire story in another paper; best first.
    They are no further sources for it."""


def texts_of(values: object, wrong: str) -> tuple[str, ...]:
    """Return texts that were given as a tuple, a list, or the like.

    Raises:
        TypeError: they are none, or one that stands alone; with the message given.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(wrong)
    texts = tuple(values)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(wrong)
    return texts


def is_day(value: object) -> bool:
    """Say whether a value is a day: a date without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)
