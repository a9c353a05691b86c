"""An article as fields of JSON, as another process or an archive states them, and back.

Nothing of what is read back is believed: every value is checked before it becomes an article.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from index.scanned import lines_from_numbers, numbers_of_lines
from index.tags import tag_names
from index.text.storable import LONGEST_LINE, NOT_LINE, is_article
from index.types import Document

__all__ = ["document_fields", "document_from_fields", "one_line_of", "one_of", "tags_of"]


def document_fields(document: Document) -> dict[str, Any]:
    """Return what the file of an article says of it, but for its path; the text is not among it."""
    said = document.said
    return {
        "title": said.title,
        "source": said.source,
        "author": said.author,
        "url": document.url,
        "published": said.published.isoformat() if said.published else None,
        "part": document.part,
        "language": document.language,
        "pages": document.pages,
        "tags": said.tags,
        "lines": numbers_of_lines(document.lines),
    }


def document_from_fields(
    told: Mapping[str, Any], text: str, *, path: str | None = None, longest: int = LONGEST_LINE
) -> Document:
    """Return the article of `document_fields`.

    Args:
        told: Its fields; those that came later, tags and lines, may be missing.
        text: Its text.
        path: Where it lies.
        longest: Characters that a title or another field of one line may have.

    Raises:
        ValueError: They are not what that returns, or the text is not that of an article.
        LookupError: A field is missing.
    """
    if not is_article(text):
        raise ValueError("an article without a text that can be stored")
    pages = tuple(one_of(page, int) for page in one_of(told["pages"], list))
    if pages and (pages[0] != 0 or list(pages) != sorted(pages) or pages[-1] > len(text)):
        raise ValueError("its pages are not in order, or lie outside the text")
    published = one_of(told["published"], str, None)
    lines = {name: one_line_of(told[name], longest) for name in ("title", "part")}
    lines |= {
        name: one_line_of(told[name], longest, None)
        for name in ("source", "author", "url", "language")
    }
    return Document(
        text=text,
        published=None if published is None else date.fromisoformat(published),
        path=path,
        pages=pages,
        tags=tags_of(told.get("tags", [])),
        lines=lines_from_numbers(one_of(told.get("lines", []), list), len(text)),
        **lines,
    )


def tags_of(told: object) -> tuple[str, ...]:
    """Return tags that were stated as `index.tags.tag_names` has them.

    Raises:
        ValueError: They are none, or not in order.
    """
    tags = tag_names(one_line_of(tag) for tag in one_of(told, list))
    if list(tags) != told:
        raise ValueError("tags that are none, or not in order")
    return tags


def one_line_of(value: Any, longest: int = LONGEST_LINE, *others: None) -> Any:
    """Return a value of JSON that must be one line, or one of the others.

    Raises:
        ValueError: It is not.
    """
    line = one_of(value, str, *others) or ""
    if len(line) > longest or NOT_LINE.search(line):
        raise ValueError("expected one line")
    return value


def one_of(value: Any, kind: type[Any], *others: None) -> Any:
    """Return a value of JSON that must be of this kind; a truth value is no number.

    Raises:
        ValueError: It is not.
    """
    if type(value) is kind or (others and value is None):
        return value
    raise ValueError(f"expected {kind.__name__}, found {type(value).__name__}")
