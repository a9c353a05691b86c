"""Turns articles and filters into what SQL holds and back; runs no transaction.

What comes in is checked as a programmer's duty (ValueError), what comes out of
the database as possible damage (DamagedError).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from index.errors import DamagedError
from index.relational.connection import marks
from index.scanned import lines_from_numbers, numbers_of_lines
from index.tags import tag_names
from index.text.storable import NOT_TEXT
from index.text.tokens import plain_text
from index.types import Document, Filter, Span, Stated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store import IndexedDocument

__all__ = [
    "ADDED",
    "DOCUMENTS",
    "DOCUMENT_COLUMNS",
    "REMOVED",
    "SAID",
    "VALUE_COLUMNS",
    "check_entry",
    "check_vectors",
    "document_from",
    "document_values",
    "filter_clause",
    "list_key",
    "path_key",
    "path_text",
    "spans_from",
    "spans_text",
]

DOCUMENT_COLUMNS = """documents.number, documents.id, published, source, author, url, title, text,
    language, pages, lines, path, part,
    (SELECT stated FROM corrections WHERE corrections.document = documents.number)"""
"""What `document_from` reads of `DOCUMENTS`, beside the tags."""

DOCUMENTS = """documents LEFT JOIN places ON places.number =
    (SELECT min(number) FROM places WHERE document = documents.number)
    LEFT JOIN files ON files.number = places.file"""
"""The articles, each with the place that it was added from first, where it has one."""

SAID, ADDED, REMOVED = range(3)
"""How a tag stands: its file says so, a person added it, a person took away what its file says."""

VALUE_COLUMNS = (
    "published", "source", "source_key", "author", "url", "title", "text", "language", "pages",
    "lines", "listed",
)  # fmt: skip
"""The columns of `documents` that `document_values` gives."""
_UNIT_TOLERANCE = 1e-3


def document_values(document: Document) -> tuple[str | None, ...]:
    """Return the values of `VALUE_COLUMNS`."""
    return (
        document.published.isoformat() if document.published else None,
        document.source,
        None if document.source is None else document.source.casefold(),
        document.author,
        document.url,
        document.title,
        document.text,
        document.language,
        json.dumps(document.pages) if document.pages else None,
        json.dumps(numbers_of_lines(document.lines)) if document.lines else None,
        list_key(document.title, document.source, document.author),
    )


def list_key(title: str, source: str | None, author: str | None) -> str:
    """Return what an article is listed and looked for by, whatever damage has made of it."""
    lines = (plain_text(name) if isinstance(name, str) else "" for name in (title, source, author))
    return "\n".join(lines)


def document_from(row: Sequence[Any], tags: Sequence[tuple[int, str]]) -> Document:
    """Make the article of a row of `DOCUMENT_COLUMNS`.

    Args:
        row: of these.
        tags: how each stands, and its name.

    Raises:
        DamagedError: it is not what was stored: the id is a hash of text and metadata.
    """
    _, id_, published, source, author, url, title, text, language, pages, lines, *more = row
    path, part, stated = more
    reason: Exception | None = None
    try:
        fields: dict[str, Any] = {
            "title": title,
            "source": source,
            "author": author,
            "published": _day(published),
            "tags": tag_names(name for standing, name in tags if standing < REMOVED),
        }
        document = Document(
            text=text,
            url=url,
            path=None if path is None else path_text(path),
            language=language,
            pages=tuple(json.loads(pages)) if pages else (),
            lines=lines_from_numbers(json.loads(lines), len(text)) if lines else (),
            part=part or "",
            stated=None if stated is None else _stated(fields, tags, stated),
            **fields,
        )
        if document.id == id_:
            return document
    except (TypeError, ValueError, AttributeError) as error:
        reason = error
    file = repr(path_text(path)) if isinstance(path, bytes) else "its file"
    raise DamagedError(
        f'the article "{id_}" is damaged in the database: add {file} again, or remove the article'
    ) from reason


def _stated(fields: dict[str, Any], tags: Sequence[tuple[int, str]], stated: str) -> Stated:
    said = json.loads(stated)
    if "published" in said:
        said["published"] = _day(said["published"])
    said["tags"] = tag_names(name for standing, name in tags if standing != ADDED)
    return Stated(**{**fields, **said})


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def spans_text(spans: Iterable[Span]) -> str:
    """Write spans as one flat JSON list."""
    return json.dumps([place for span in spans for place in (span.start, span.end)])


def spans_from(text: str) -> tuple[Span, ...]:
    """Read spans from one flat JSON list.

    Raises:
        DamagedError: it is no such list.
    """
    try:
        places = json.loads(text)
        if not all(type(place) is int for place in places):
            raise TypeError("an offset is no number")
        return tuple(Span(*pair) for pair in zip(places[::2], places[1::2], strict=True))
    except (LookupError, TypeError, ValueError) as error:
        raise DamagedError(
            "the sentences of an article are damaged in the database: remove it and add it again"
        ) from error


def path_key(path: str) -> bytes:
    """Return a path as the file system spells it: not every path is UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def path_text(path: bytes) -> str:
    """Return a stored path as Python spells it."""
    return path.decode("utf-8", "surrogateescape")


def filter_clause(filter: Filter) -> tuple[str, list[str]]:
    """Return a condition on `documents` that holds where `filter.admits` does, and its values."""
    conditions: list[str] = []
    values: list[str] = []
    if filter.sources:
        sources = _storable(filter.sources)
        conditions.append(f"source_key IN {marks(sources)}")
        values += [name.casefold() for name in sources]
    if filter.authors:
        # The last line of the key; `substr` and not LIKE, to which "_" is any letter.
        ends = "substr(listed, length(listed) - length(CAST(? AS TEXT))) = ?"
        authors = _storable(map(plain_text, filter.authors))
        conditions.append(f"({' OR '.join([ends] * len(authors)) or 'FALSE'})")
        for author in authors:
            values += [author, f"\n{author}"]
    if filter.tags:
        tags = _storable(filter.tags)
        conditions.append(
            "documents.number IN (SELECT document FROM tags "  # noqa: S608 - placeholders only
            f"WHERE key IN {marks(tags)} AND standing < {REMOVED})"
        )
        values += [tag.casefold() for tag in tags]
    dates: list[str] = []
    if filter.after:
        dates.append("published >= ?")
        values.append(filter.after.isoformat())
    if filter.before:
        dates.append("published <= ?")
        values.append(filter.before.isoformat())
    if dates:
        within = " AND ".join(dates)
        conditions.append(f"(published IS NULL OR {within})" if filter.undated else within)
    return " AND ".join(conditions) or "TRUE", values


def _storable(names: Iterable[str]) -> list[str]:
    """Return the names that an article may have: no database takes the others."""
    return [name for name in names if not NOT_TEXT.search(name)]


def check_entry(entry: IndexedDocument, dimension: int | None) -> None:
    """Refuse an entry whose parts do not belong together.

    Raises:
        ValueError: and says which invariant does not hold.
    """
    document = entry.document
    for value in document_values(document):
        try:
            (value or "").encode()
        except UnicodeEncodeError as error:
            raise ValueError("a document's text must not hold lone surrogates") from error
    for chunk in entry.chunks:
        if chunk.document_id != document.id:
            raise ValueError(f"chunk {chunk.id} is not of document {document.id}")
        _check_span(chunk.start, chunk.end, document)
        if document.text[chunk.start : chunk.end] != chunk.text:
            raise ValueError(f"chunk {chunk.id} does not equal the text at its offsets")
    if len({(chunk.start, chunk.end) for chunk in entry.chunks}) != len(entry.chunks):
        raise ValueError(f"document {document.id} has the same chunk twice")
    for span in entry.sentences:
        _check_span(span.start, span.end, document)
    if entry.vectors is not None:
        check_vectors(entry.vectors, len(entry.chunks), dimension)


def check_vectors(vectors: NDArray[np.float32], rows: int, dimension: int | None) -> None:
    """Refuse vectors that are not finite float32 rows of unit length.

    Raises:
        ValueError: and says what is wrong with them.
    """
    import numpy as np

    if vectors.dtype != np.float32:
        raise ValueError(f"vectors must be float32, not {vectors.dtype}")
    if vectors.ndim != 2 or vectors.shape != (rows, dimension or vectors.shape[1]):
        raise ValueError(f"vectors have shape {vectors.shape}, not {(rows, dimension)}")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite")
    if (abs(np.linalg.norm(vectors, axis=1) - 1) > _UNIT_TOLERANCE).any():
        raise ValueError("vectors must have unit length")


def _check_span(start: int, end: int, document: Document) -> None:
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"{start}-{end} lies outside the text of document {document.id}")
