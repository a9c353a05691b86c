"""Looks articles up and lists them within a transaction that the caller runs; changes nothing.

Ranks nothing. All that a list is sorted and searched by is in indexes, so that no text of the
library is passed over.
"""

from __future__ import annotations

import logging
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from index.errors import DamagedError, NotFoundError
from index.relational.connection import Connection, marks
from index.relational.rows import (
    DOCUMENT_COLUMNS,
    DOCUMENTS,
    REMOVED,
    document_from,
    filter_clause,
    spans_from,
)
from index.search.kin import resemblance
from index.store import Counts, Listing
from index.text.tokens import plain_text
from index.types import Chunk, Document, Filter, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store import IndexedDocument

__all__ = [
    "ALIKE",
    "article_rows",
    "count_all",
    "count_by",
    "count_by_day",
    "count_by_tag",
    "count_undated",
    "find_article",
    "listed_numbers",
    "numbers_of",
    "read_article",
    "read_kin",
    "read_sentences",
    "read_waiting",
    "read_whole_articles",
    "still_waiting",
    "stored_entry",
    "stored_vectors",
]

_log = logging.getLogger(__name__)

ALIKE = 0.6
"""Share of word triples from which articles are nearly the same. An update keeps most of what was
there; two reports of one event by two papers share hardly a tenth."""
_MOST_IN_BAND, _MOST_COMPARED = 100, 20
_MOST_LISTED = 5
_TITLE_LENGTH = 40
_LIKE_MARK = re.compile("[!%_]")
# As in `Listing`, and then the other way round.
_ORDERS = {
    "date": ("published DESC NULLS LAST, listed, id", "published NULLS LAST, listed, id"),
    "title": ("listed, published DESC NULLS LAST", "listed DESC, published DESC NULLS LAST"),
    "source": ("source_key, published DESC NULLS LAST, number",) * 2,
    "added": ("number DESC", "number"),
}


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


def read_sentences(connection: Connection, document_id: str) -> tuple[Span, ...]:
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


def numbers_of(connection: Connection, ids: Sequence[str]) -> list[int]:
    """Return the numbers of the articles among these ids that are there."""
    query = "SELECT number FROM documents WHERE id = ?"
    rows = (connection.execute(query, (id_,)).fetchone() for id_ in dict.fromkeys(ids))
    return [int(row[0]) for row in rows if row is not None]


def read_kin(connection: Connection, document_id: str, limit: int) -> list[Document]:
    """Return articles that are nearly the same as one, the oldest first, undated ones last.

    At most `limit` of them, of the few that share most with it: of thousands of weather
    reports, all are alike.

    Raises:
        NotFoundError: no article has this id.
    """
    number, _ = find_article(connection, document_id)
    shared: Counter[int] = Counter()
    for (band,) in connection.execute("SELECT band FROM kin WHERE document = ?", (number,)):
        shared.update(
            document
            for (document,) in connection.execute(
                "SELECT document FROM kin WHERE band = ? AND document <> ? LIMIT ?",
                (band, number, _MOST_IN_BAND),
            )
        )
    found = read_whole_articles(connection, [number]) if shared else []
    alike: list[Document] = []
    for candidate, _ in shared.most_common(_MOST_COMPARED) if found else ():
        if len(alike) == limit:
            break
        others = read_whole_articles(connection, [candidate])
        alike += [o for o in others if resemblance(found[0].text, o.text) >= ALIKE]
    return sorted(alike, key=lambda other: (other.published or date.max, other.title, other.id))


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


def count_undated(connection: Connection, filter: Filter) -> int:
    """Count the undated articles that a filter admits but for its bounds on the date."""
    condition, values = filter_clause(replace(filter, after=None, before=None))
    (count,) = connection.execute(
        f"SELECT count(*) FROM documents WHERE published IS NULL AND {condition}",  # noqa: S608
        values,
    ).fetchone()
    return int(count)


def count_by(
    connection: Connection,
    column: Literal["author", "language", "published", "source"],
    filter: Filter,
) -> dict[str, int]:
    """Count the articles that a filter admits by a column; the empty string stands for unknown."""
    condition, values = filter_clause(filter)
    rows = connection.execute(
        f"SELECT coalesce({column}, '') AS name, count(*) FROM documents "  # noqa: S608
        f"WHERE {condition} GROUP BY name ORDER BY name",
        values,
    )
    return dict(rows.fetchall())


def count_by_tag(connection: Connection) -> dict[str, int]:
    """Count articles by tag as it is written, and by what tags lie below, in order of letters."""
    rows = connection.execute(
        "SELECT coalesce(min(name), key), count(*) FROM tags "  # noqa: S608 - a constant
        f"WHERE standing < {REMOVED} GROUP BY key ORDER BY key"
    )
    return dict(rows.fetchall())


def count_by_day(connection: Connection, filter: Filter) -> dict[date, int]:
    """Count the dated articles that a filter admits by their day of publication."""
    counts: dict[date, int] = {}
    for day, count in count_by(connection, "published", filter).items():
        with suppress(ValueError):  # Unknown or damaged; what reads the article will say so.
            counts[date.fromisoformat(day)] = count
    return counts


def _short(title: str) -> str:
    line = " ".join(title.split()) or "untitled"
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1]}…"


def stored_entry(
    connection: Connection, document_id: str, dimension: int
) -> IndexedDocument | None:
    """Return an article by its full id, with its sentences, chunks, and vectors of a dimension.

    None where it is gone, or where anything of it is not what was stored; without vectors where
    some of them are not made yet.
    """
    from index.store import IndexedDocument

    row = connection.execute(
        "SELECT number, sentences FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if row is None:
        return None
    number, sentences = row
    try:
        document = read_article(connection, number)
        if document is None:
            return None
        places = connection.execute(
            'SELECT number, start, "end" FROM chunks WHERE document = ? ORDER BY start', (number,)
        ).fetchall()
        chunks = tuple(
            Chunk(document_id, start, end, document.text[start:end]) for _, start, end in places
        )
        vectors = stored_vectors(connection, number, [chunk for chunk, _, _ in places], dimension)
        return IndexedDocument(document, spans_from(sentences), chunks, vectors)
    except DamagedError:
        return None


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


def read_waiting(
    connection: Connection, limit: int, ids: Sequence[str] | None
) -> list[tuple[Document, Chunk]]:
    """Return chunks that wait for their vectors, with their articles; see `Store.waiting`."""
    condition = "TRUE" if ids is None else f"documents.id IN {marks(ids)}"
    order = "DESC" if ids is None else ""
    passed = 0
    while True:
        rows = connection.execute(
            'SELECT chunk, documents.number, start, "end" FROM waiting '  # noqa: S608 - placeholders only
            "JOIN chunks ON chunks.number = chunk JOIN documents ON documents.number = document "
            f"WHERE {condition} ORDER BY chunk {order} LIMIT ? OFFSET ?",
            (*(ids or ()), limit, passed),
        ).fetchall()
        found: list[tuple[Document, Chunk]] = []
        for number, places in groupby(rows, key=itemgetter(1)):
            for document in read_whole_articles(connection, [number]):
                found += [
                    (document, Chunk(document.id, start, end, document.text[start:end]))
                    for _, _, start, end in places
                ]
        # Of a damaged article, no chunk is what was stored: it must not hide those behind it.
        if found or len(rows) < limit:
            return found
        passed += limit


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


def listed_numbers(connection: Connection, listing: Listing) -> list[int]:
    """Return the numbers of all articles that a listing is of, in its order."""
    condition, values = filter_clause(listing.filter)
    for word in plain_text(listing.search).split():
        condition += " AND listed LIKE ? ESCAPE '!'"
        values.append("%" + _LIKE_MARK.sub(r"!\g<0>", word) + "%")
    # No column that is in none of the indexes by which it is sorted.
    source = "source_key" if listing.order == "source" else "NULL"
    rows = connection.execute(
        f"SELECT number, {source} FROM documents WHERE {condition} "  # noqa: S608 - placeholders only
        f"ORDER BY {_ORDERS[listing.order][listing.reverse]}",
        values,
    )
    if listing.order == "source":
        return _by_source(rows, listing.reverse)
    return [number for number, _ in rows]


def _by_source(rows: Iterable[tuple[int, str | None]], reverse: bool) -> list[int]:
    """Return numbers in the order of the letters of their sources, without accents.

    The rows of one source follow one another: only the sources themselves are left to be sorted.
    """
    groups = {
        key: [number for number, _ in group] for key, group in groupby(rows, key=itemgetter(1))
    }
    unknown = groups.pop(None, [])
    keys = sorted(groups, key=lambda key: plain_text(str(key)))
    ordered = [groups[key] for key in (reversed(keys) if reverse else keys)]
    return [*chain.from_iterable(ordered), *unknown]
