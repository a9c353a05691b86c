"""Finds the chunks that a filter admits, and keeps them until the library changes; ranks nothing.

One question is often ranked more than once under one filter, and the next one
has the same filter again. To find half of a million chunks takes SQLite longer
than to search them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.relational.rows import filter_clause
from index.sqlite.connection import LibraryConnection
from index.sqlite.database import LibraryState
from index.types import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["AdmittedChunks"]

_FILTERS = 4
"""Of a million chunks, the numbers take up to 8 MB for each filter."""


class AdmittedChunks:
    """The numbers of the chunks that filters admit. Called within the library's transactions."""

    def __init__(self) -> None:
        """Begin with none."""
        self._state: LibraryState | None = None
        self._numbers: dict[Filter, NDArray[np.int64]] = {}

    def numbers(self, connection: LibraryConnection, filter: Filter) -> NDArray[np.int64] | None:
        """Return the numbers of the chunks of the articles that a filter admits, ascending.

        None stands for all of them, where the filter is empty.
        """
        if not filter:
            return None
        state = LibraryState.of(connection)
        if state != self._state:
            self._state, self._numbers = state, {}
        numbers = self._numbers.pop(filter, None)
        if numbers is None:
            numbers = _read(connection, filter)
        while len(self._numbers) >= _FILTERS:
            del self._numbers[next(iter(self._numbers))]
        self._numbers[filter] = numbers
        return numbers


def _read(connection: LibraryConnection, filter: Filter) -> NDArray[np.int64]:
    import numpy as np

    condition, values = filter_clause(filter)
    # As one text: a row of Python's for each number takes three times as long.
    (text,) = connection.execute(
        "SELECT group_concat(chunks.number) FROM documents "  # noqa: S608 - a constant
        f"JOIN chunks ON document = documents.number WHERE {condition}",
        values,
    ).fetchone()
    numbers: NDArray[np.int64] = np.fromstring(text or "", dtype=np.int64, sep=",")
    numbers.sort()
    return numbers
