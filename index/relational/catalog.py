"""Looks articles up within a transaction that the caller runs; changes and ranks nothing."""

from __future__ import annotations

import logging
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from index.errors import DamagedError, NotFoundError
from index.relational.connection import Connection, marks
from index.relational.rows import DOCUMENT_COLUMNS, DOCUMENTS, document_from
from index.store import Counts
from index.types import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ALIKE",
    "article_rows",
    "count_all",
    "find_article",
    "numbers_of",
    "read_article",
    "read_whole_articles",
    "still_waiting",
    "stored_vectors",
]

_log = logging.getLogger(__name__)

ALIKE = 0.6
"""Share of word triples from which articles are nearly the same. An update keeps most of what was
there; two reports of one event by two papers share hardly a tenth."""
_MOST_LISTED = 5
_TITLE_LENGTH = 40


def read_article(connection: Connection, number: int) -> Document | None:
    """Return the article of a number, or None where it is gone.

    Raises:
        DamagedError: it is not what was stored.
    """
    rows = article_rows(connection, [number])
    return document_from(*rows[number]) if rows else None


def read_whole_articles(connection: Connection, numbers: Sequence[int]) -> list[Document]:
    """Return the articles of these numbers, without those that are gone or damaged.

    One damaged article must not hide the others; the log names it.
    """
    rows = article_rows(connection, numbers)
    found = []
    for number in filter(rows.__contains__, numbers):
        try:
            found.append(document_from(*rows[number]))
        except DamagedError as error:
            _log.warning("left out: %s", error)
    return found


def article_rows(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Any, Any]]:
    """Return what `document_from` takes, of the articles of these numbers that are there."""
    among = marks(numbers)
    tags: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for document, *tag in connection.execute(
        "SELECT document, standing, name FROM tags "  # noqa: S608 - placeholders only
        f"WHERE document IN {among} AND name IS NOT NULL",
        numbers,
    ):
        tags[document].append((tag[0], tag[1]))
    rows = connection.execute(
        f"SELECT {DOCUMENT_COLUMNS} FROM {DOCUMENTS} WHERE documents.number IN {among}",  # noqa: S608
        numbers,
    )
    return {row[0]: (row, tags[row[0]]) for row in rows}


def find_article(connection: Connection, id_prefix: str) -> tuple[int, str]:
    """Return number and id of the one article whose id begins so, whether whole or damaged.

    Raises:
        NotFoundError: none does, or more than one.
    """
    if not isinstance(id_prefix, str):
        raise TypeError('an id is a text, as in "3f2a91c0"')
    # What is no Unicode, as an argument of a shell may be, begins no id either.
    prefix = id_prefix.strip().lower().encode("utf-8", "replace").decode()
    rows = connection.execute(
        # A range, for the sake of the index on ids. No character sorts after the last one.
        "SELECT number, id, title FROM documents WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (prefix, prefix + chr(sys.maxunicode), _MOST_LISTED + 1),
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
    if not prefix:  # As from a variable of a shell that is not set; no one article was meant.
        raise NotFoundError("an id is empty: see ask list")
    number, id_, _ = rows[0]
    return number, id_


def numbers_of(connection: Connection, ids: Sequence[str]) -> list[int]:
    """Return the numbers of the articles among these ids that are there."""
    query = "SELECT number FROM documents WHERE id = ?"
    rows = (connection.execute(query, (id_,)).fetchone() for id_ in dict.fromkeys(ids))
    return [int(row[0]) for row in rows if row is not None]


def count_all(connection: Connection) -> Counts:
    """Count articles and chunks, by the counters that the tables' triggers keep."""
    # A library of before the triggers has none, and is counted each time.
    kept = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = "
    row = connection.execute(
        f"SELECT coalesce(({kept}'documents'), (SELECT count(*) FROM documents)), "  # noqa: S608
        f"coalesce(({kept}'chunks'), (SELECT count(*) FROM chunks)), "
        "(SELECT count(*) FROM waiting)"
    ).fetchone()
    return Counts(*row)


def _short(title: str) -> str:
    line = " ".join(title.split()) or "untitled"
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1]}…"


def stored_vectors(
    connection: Connection, number: int, chunks: Sequence[int], dimension: int
) -> NDArray[np.float32] | None:
    """Return the vectors of the chunks of an article; None where some wait for theirs.

    Raises:
        DamagedError: one is missing or has another length.
    """
    waits = connection.execute(
        "SELECT 1 FROM waiting JOIN chunks ON number = chunk WHERE document = ? LIMIT 1", (number,)
    ).fetchone()
    return None if waits else connection.vectors(chunks, dimension)


def still_waiting(connection: Connection, chunks: Sequence[Chunk]) -> dict[int, int]:
    """Return the numbers of the chunks that wait for their vectors, and the place of each."""
    found = {}
    for place, chunk in enumerate(chunks):
        row = connection.execute(
            "SELECT chunks.number FROM documents JOIN chunks ON document = documents.number "
            'JOIN waiting ON chunk = chunks.number WHERE id = ? AND start = ? AND "end" = ?',
            (chunk.document_id, chunk.start, chunk.end),
        ).fetchone()
        if row is not None:
            found[int(row[0])] = place
    return found
