"""Lists articles within a transaction that the caller runs; reads none of them.

All that it sorts and searches by is in indexes, so that no text of the library is passed over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import chain, groupby
from operator import itemgetter

from index.sqlite.rows import filter_clause
from index.sqlite.words.tokens import plain_text
from index.store import Listing

__all__ = ["listed_numbers"]

# As in `Listing`, and then the other way round.
_ORDERS = {
    "date": ("published DESC NULLS LAST, listed, id", "published NULLS LAST, listed, id"),
    "title": ("listed, published DESC", "listed DESC, published DESC"),
    "source": ("source_key, published DESC, number",) * 2,
    "added": ("number DESC", "number"),
}


def listed_numbers(connection: sqlite3.Connection, listing: Listing) -> list[int]:
    """Return the numbers of all articles that a listing is of, in its order."""
    condition, values = filter_clause(listing.filter)
    for word in plain_text(listing.search).split():
        condition += " AND instr(listed, ?) > 0"
        values.append(word)
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
