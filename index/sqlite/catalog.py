"""Looks articles up within a transaction that the caller runs; ranks nothing, changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from index.errors import NotFoundError
from index.sqlite.rows import (
    DOCUMENT_COLUMNS,
    document_from,
    filter_clause,
    path_text,
    spans_from,
)
from index.types import Document, Filter, Span

__all__ = [
    "count_by_source",
    "find_article",
    "ids_by_path",
    "in_order",
    "numbers_of",
    "read_articles",
    "read_sentences",
]

_MOST_LISTED = 5
_TITLE_LENGTH = 40


def in_order(connection: sqlite3.Connection, filter: Filter) -> list[int]:
    """Return the numbers of the articles that a filter admits, newest first, undated last."""
    condition, values = filter_clause(filter)
    rows = connection.execute(
        f"SELECT number FROM documents WHERE {condition} "  # noqa: S608 - placeholders only
        "ORDER BY published IS NULL, published DESC, title, id",
        values,
    )
    return [number for (number,) in rows]


def read_articles(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[Document]:
    """Return the articles of these numbers, without those that are gone."""
    query = f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE number = ?"  # noqa: S608 - a constant
    rows = (connection.execute(query, (number,)).fetchone() for number in numbers)
    return [document_from(row) for row in rows if row is not None]


def find_article(connection: sqlite3.Connection, id_prefix: str) -> Document:
    """Return the one article whose id begins so.

    Raises:
        NotFoundError: none does, or more than one.
    """
    prefix = id_prefix.strip().lower()
    rows = connection.execute(
        "SELECT number, id, title FROM documents WHERE substr(id, 1, ?) = ? ORDER BY id LIMIT ?",
        (len(prefix), prefix, _MOST_LISTED + 1),
    ).fetchall()
    if not rows:
        raise NotFoundError(f'no article has an id that begins with "{prefix}": see ask list')
    if len(rows) > 1:
        some = ", ".join(f"{id_} ({_short(title)})" for _, id_, title in rows[:_MOST_LISTED])
        more = ", and more" if len(rows) > _MOST_LISTED else ""
        raise NotFoundError(
            f'several articles have an id that begins with "{prefix}": {some}{more}; '
            "give more digits"
        )
    return read_articles(connection, [rows[0][0]])[0]


def read_sentences(connection: sqlite3.Connection, document_id: str) -> tuple[Span, ...]:
    """Return the sentence offsets of an article.

    Raises:
        NotFoundError: no article has this id.
    """
    row = connection.execute(
        "SELECT sentences FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f'no article has the id "{document_id}": see ask list')
    return spans_from(row[0])


def numbers_of(connection: sqlite3.Connection, ids: Sequence[str]) -> list[int]:
    """Return the numbers of the articles among these ids that are there."""
    query = "SELECT number FROM documents WHERE id = ?"
    rows = (connection.execute(query, (id_,)).fetchone() for id_ in dict.fromkeys(ids))
    return [int(row[0]) for row in rows if row is not None]


def ids_by_path(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the id of the article that was read from each path."""
    rows = connection.execute(
        "SELECT path, id FROM paths JOIN documents ON documents.number = document ORDER BY path"
    )
    return {path_text(path): id_ for path, id_ in rows}


def count_by_source(connection: sqlite3.Connection) -> dict[str, int]:
    """Count articles by source; the empty string stands for unknown."""
    rows = connection.execute(
        "SELECT coalesce(source, '') AS name, count(*) FROM documents GROUP BY name ORDER BY name"
    )
    return dict(rows.fetchall())


def _short(title: str) -> str:
    line = " ".join(title.split()) or "untitled"
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1]}…"
