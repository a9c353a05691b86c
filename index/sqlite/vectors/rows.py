"""Reads vectors of chunks from the database; knows no index.

Within a transaction that the caller runs. Numbers of chunks only ever grow, and one that gets
its vector later gets another number, so that what is new is what is above the highest number seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError
from index.sqlite.connection import DAMAGED_VECTOR, LibraryConnection

__all__ = [
    "VectorRows",
    "highest_number",
    "vectors_above",
    "vectors_between",
]

_ROWS_AT_ONCE = 4096

VectorRows = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Numbers of chunks, and their vectors of shape (len(numbers), dimension)."""


def vectors_above(
    connection: LibraryConnection, number: int, most: int, highest: int, dimension: int
) -> VectorRows:
    """Return the vectors of the next chunks above a number that have one, up to the highest.

    Raises:
        DamagedError: one is missing or has another length.
    """
    rows = connection.execute(
        "SELECT number, vector FROM chunks LEFT JOIN vectors ON chunk = number "
        "WHERE number > ? AND number <= ? "
        "AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.chunk = number) "
        "ORDER BY number LIMIT ?",
        (number, highest, most),
    ).fetchall()
    if any(vector is None or len(vector) != 4 * dimension for _, vector in rows):
        raise DamagedError(DAMAGED_VECTOR)
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    data = np.frombuffer(b"".join(vector for _, vector in rows), dtype="<f4")
    return numbers, data.reshape(len(rows), dimension).astype(np.float32)


def vectors_between(
    connection: LibraryConnection, number: int, highest: int, dimension: int
) -> Iterator[VectorRows]:
    """Yield the vectors of all chunks above a number, up to the highest, some at a time.

    Raises:
        DamagedError: one is missing or has another length.
    """
    while number < highest:
        rows = vectors_above(connection, number, _ROWS_AT_ONCE, highest, dimension)
        if not len(rows[0]):
            return
        yield rows
        number = int(rows[0][-1])


def highest_number(connection: LibraryConnection) -> int:
    """Return the number of the chunk that was added last; 0 where there is none."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM chunks").fetchone()
    return int(number)
