"""Makes articles of what a reader found in one open file: picks its format, understands its dates.

Knows nothing of where the file lies or who asked for it. Messages do not name
the file: whoever shows them puts its path before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.formats import FORMATS, Format, ReadOptions, drafts_in
from index.reading.metadata.dates import DateClues, publication_date, wire_agency
from index.reading.metadata.fields import language_tag
from index.reading.plain.text import title_from_name, title_from_text
from index.tags import tag_names
from index.text.storable import LONGEST_LINE, LONGEST_TEXT, NOT_TEXT, has_words
from index.types import Document

__all__ = ["ReadArticle", "articles_in", "reading_of_draft"]

_LONGEST_NAME = 1_000
"""Characters of a title, source, or author: a chunk is embedded with the title before it."""
_NOTE_OF_DAY = re.compile(
    r"(?:.*(?:/|› ))?(\d{4})[-_](\d\d)[-_](\d\d)(?!\d)[^/]*\.(?:md|markdown)", re.IGNORECASE
)
"""The name of a file that note programs and blogs call by its day, after what it lies in."""
_MOST_ARTICLES = 10_000_000
"""Of one file: one that goes on beyond was made to have no end."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that was read, and what the person should know of how."""

    document: Document
    warnings: tuple[str, ...] = ()
    """Each one line, as of a date that could not be understood."""


def articles_in(
    file: BinaryIO,
    name: str,
    options: ReadOptions = ReadOptions(),
    *,
    modified: date | None = None,
    formats: Sequence[Format] = FORMATS,
) -> Iterator[ReadArticle | Unread]:
    """Yield the articles of an open file, and what could not be read of it.

    Args:
        file: Seekable; it is read from its beginning, and left open.
        name: The file's name, whose suffix helps to tell what it is.
        options: What the person says of it.
        modified: The day on which it was last written.
        formats: What can be read.

    Raises:
        ReadError: If it cannot be read as a whole, or no article is in it.
    """
    count = 0
    for count, draft in enumerate(drafts_in(file, name, options, formats), 1):
        if count > _MOST_ARTICLES:
            raise ReadError(f"holds more than {_MOST_ARTICLES:,} articles; split it")
        if isinstance(draft, Unread):
            yield Unread(_one_line(draft.part), _one_line(draft.reason))
            continue
        try:
            yield reading_of_draft(draft, name, options, modified)
        except ReadError as error:
            if not draft.part:
                raise
            yield Unread(_one_line(draft.part), _one_line(str(error)))
    if not count:
        raise ReadError("no article was found in it; save the article as text")


def reading_of_draft(
    draft: Draft, name: str, options: ReadOptions = ReadOptions(), modified: date | None = None
) -> ReadArticle:
    """Return the article of a draft.

    Args:
        draft: What a reader found.
        name: Its title where it has none, not even a first sentence.
        options: What the person says of dates.
        modified: The day on which its file was last written.

    Raises:
        ReadError: If it has no text, more than an article has, or is a stub.
    """
    if not has_words(draft.text):
        raise ReadError("no text was found in it; save the article as text")
    if len(draft.text) > LONGEST_TEXT:
        raise ReadError(f"its text is longer than {LONGEST_TEXT:,} characters; split it")
    if draft.stub and not options.keep_stubs:
        raise ReadError(f"{draft.stub}; save the whole article, or add it with --keep-stubs")
    clues = DateClues(draft.clues, options.date_order, draft.language, modified)
    published = publication_date((*draft.dates, *_day_named(draft.part or name)), clues)
    warnings = (*draft.warnings, *filter(None, [draft.stub, published.warning]))
    text = _storable(draft.text)
    first = "" if draft.title is None else title_from_text(text)
    document = Document(
        text=text,
        title=_name(draft.title) or _name(first) or _stem(name),
        source=_name(draft.source) or wire_agency(text),
        author=_name(draft.author) or None,
        url=_one_line(draft.url) or None,
        published=published.day,
        language=language_tag(_one_line(draft.language)),
        pages=draft.pages,
        lines=draft.lines,
        part=_one_line(draft.part),
        tags=tag_names(draft.tags),
    )
    return ReadArticle(document, tuple(map(_one_line, warnings)))


def _day_named(name: str) -> tuple[str, ...]:
    """Return the day that a note is called by, if it may be that of a publication."""
    found = _NOTE_OF_DAY.fullmatch(name)
    day = "-".join(found.groups()) if found else ""
    with suppress(ValueError):
        return (day,) if date.fromisoformat(day) <= date.today() else ()
    return ()


def _storable(text: str) -> str:
    """Return the text with U+FFFD for what is no character, one for one: offsets stay right."""
    return NOT_TEXT.sub("\ufffd", text)


def _one_line(text: str | None, longest: int = LONGEST_LINE) -> str:
    line = " ".join(NOT_TEXT.sub(" ", text).split()) if text else ""
    return line[:longest].rstrip()


def _name(text: str | None) -> str:
    return _one_line(text, _LONGEST_NAME)


def _stem(name: str) -> str:
    """Return a file's name as it can stand in a title, whatever characters it holds."""
    valid = name.encode("utf-8", "backslashreplace").decode()
    return title_from_name("".join(c if c.isprintable() else " " for c in valid))
