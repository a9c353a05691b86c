"""Tells which chunks went since a file was derived from the database; knows no such file.

A trigger notes every chunk that goes, at a place that only ever grows. A file
derived from the chunks is recorded with the last place that it knows of, under
`<key>_removals` in `meta`; what every one of them knows of is dropped.
"""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from index.sqlite.database import get_meta

__all__ = ["count_removed", "drop_known", "last_removal", "numbers_removed"]

_KEYS = ("index", "words")
"""Of the derived files, as in `index_file` and `index_removals`."""


def numbers_removed(connection: sqlite3.Connection, after: int) -> NDArray[np.int64]:
    """Return the numbers of the chunks that went after a place, in the order in which they went."""
    rows = connection.execute(
        "SELECT number FROM removed_chunks WHERE place > ? ORDER BY place", (after,)
    )
    return np.fromiter((number for (number,) in rows), dtype=np.int64)


def count_removed(connection: sqlite3.Connection, after: int) -> int:
    """Count the chunks that went after a place."""
    (count,) = connection.execute(
        "SELECT count(*) FROM removed_chunks WHERE place > ?", (after,)
    ).fetchone()
    return int(count)


def last_removal(connection: sqlite3.Connection) -> int:
    """Return the place of the latest removal, whether it is still noted or not; 0 for none."""
    row = connection.execute(
        "SELECT seq FROM sqlite_sequence WHERE name = 'removed_chunks'"
    ).fetchone()
    return 0 if row is None else int(row[0])


def drop_known(connection: sqlite3.Connection) -> None:
    """Drop the removals that every derived file knows of, once one of them is recorded."""
    places = [
        int(get_meta(connection, f"{key}_removals") or 0)
        for key in _KEYS
        if get_meta(connection, f"{key}_file") is not None
    ]
    connection.execute("DELETE FROM removed_chunks WHERE place <= ?", (min(places, default=0),))
