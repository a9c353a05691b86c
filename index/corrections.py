"""What a person says of an article in the place of its file; knows no store.

A correction never changes an article's text, nor its id: citations and receipts of it stand.
What its file says is kept beside it, so that every correction can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from index.errors import QuestionError
from index.tags import MOST_TAGS, tag_name, tag_names
from index.text.storable import NOT_LINE
from index.types import Document, is_day, texts_of

__all__ = [
    "FIELDS",
    "Correction",
    "as_stated",
    "carried",
    "corrected",
    "corrected_fields",
    "tags_corrected",
    "with_changes",
]

FIELDS = ("title", "source", "author", "published")
"""What can be corrected, beside the tags."""
_LONGEST = 1_000
"""Characters of a field, as of one that a file states."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What to correct of an article. None leaves a field; an empty one, no title, takes it away."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | Literal[""] | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.published not in (None, "") and not is_day(self.published):
            raise TypeError('published is a day, as in date(2019, 1, 11); "" takes it away')
        lines = (self.title, self.source, self.author)
        if any(line is not None and not isinstance(line, str) for line in lines):
            raise TypeError("title, source, and author are texts")
        for name in ("add_tags", "remove_tags"):
            wrong = 'tags are given as a sequence, as in add_tags=["politics"]'
            object.__setattr__(self, name, texts_of(getattr(self, name), wrong))

    def __bool__(self) -> bool:
        fields = any(getattr(self, name) is not None for name in FIELDS)
        return fields or bool(self.add_tags or self.remove_tags)


def corrected(document: Document, correction: Correction) -> Document:
    """Return an article with a correction, beside those that it has.

    A field that is corrected to what the file says is corrected no more.

    Raises:
        QuestionError: a field is no line, the title is empty, the day is still to come, a tag is
            none, or one that is to be removed is not there.
    """
    values: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(correction, name)
        if value is not None:
            line = _line(value) if isinstance(value, str) else value
            if name == "title" and not line:
                raise QuestionError(
                    "an article has a title: write one, or take the correction back"
                )
            if isinstance(line, date) and line > date.today() + timedelta(days=1):
                raise QuestionError(f"{line} is still to come: write the day when it was published")
            values[name] = line or None
    for tag in (*correction.add_tags, *correction.remove_tags):
        if not tag_name(tag):
            raise QuestionError(f"{tag!r} is no tag; write a word, or more, as in politics/peru")
    gone = {tag_name(tag).casefold() for tag in correction.remove_tags}
    held = {tag.casefold() for tag in document.tags}
    if missing := gone - held:
        has = f"its tags are {', '.join(document.tags)}" if held else "it has none"
        raise QuestionError(f'“{document.title}” has no tag "{min(missing)}": {has}')
    changed = with_changes(document, values, correction.add_tags, gone)
    now = {tag.casefold() for tag in changed.tags}
    if any(tag_name(tag).casefold() not in now for tag in correction.add_tags):
        raise QuestionError(
            f"“{document.title}” would have more than {MOST_TAGS} tags: take some away first"
        )
    return changed


def with_changes(
    document: Document, values: Mapping[str, Any], added: Iterable[str], removed: Iterable[str]
) -> Document:
    """Return an article with other values of some fields, and tags added and removed.

    What its file says is kept beside them, where anything of it is corrected then.
    """
    gone = {tag.casefold() for tag in removed}
    kept = [tag for tag in document.tags if tag.casefold() not in gone]
    tags = tag_names((*kept, *added))
    changed = replace(document, **values, tags=tags, stated=document.said)
    return changed if corrected_fields(changed) else replace(changed, stated=None)


def as_stated(document: Document) -> Document:
    """Return an article as its file has it."""
    said = document.said
    values = {name: getattr(said, name) for name in FIELDS}
    return replace(document, **values, tags=said.tags, stated=None)


def carried(before: Document, after: Document) -> Document:
    """Return an article that took the place of another, with the corrections of that one."""
    if before.stated is None:
        return after
    values = {name: getattr(before, name) for name in _differing(before)}
    return with_changes(after, values, *tags_corrected(before))


def corrected_fields(document: Document) -> dict[str, Any]:
    """Return what the file says of each field that was corrected, tags included."""
    fields = {name: getattr(document.said, name) for name in _differing(document)}
    if document.tags != document.said.tags:
        fields["tags"] = document.said.tags
    return fields


def tags_corrected(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags that a person added, and those that were taken away."""
    now = {tag.casefold(): tag for tag in document.tags}
    said = {tag.casefold(): tag for tag in document.said.tags}
    added = tuple(tag for key, tag in now.items() if key not in said)
    return added, tuple(tag for key, tag in said.items() if key not in now)


def _line(value: str) -> str:
    line = " ".join(value.split())
    if NOT_LINE.search(line) or len(line) > _LONGEST:
        raise QuestionError(f"{line[:40]!r} cannot be stored; write at most {_LONGEST:,} letters")
    return line


def _differing(document: Document) -> list[str]:
    said = document.said
    return [name for name in FIELDS if getattr(document, name) != getattr(said, name)]
