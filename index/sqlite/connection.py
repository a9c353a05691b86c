"""How SQLite keeps chunks and their vectors: as rows, from which the indexes are derived later.

Within a transaction that the caller runs. Numbers of chunks only ever grow, and one that gets
its vector later gets another number, so that what is new is what is above the highest number seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.types import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.types import Chunk

    VectorRows = tuple[NDArray[np.int64], NDArray[np.float32]]
    """Numbers of chunks, and their vectors of shape (len(numbers), dimension)."""

__all__ = ["LibraryConnection", "highest_number", "vectors_above", "vectors_between"]

_DAMAGED_VECTOR = (
    "a vector is missing or damaged in the database: put a copy of library.db back, or move it "
    "away and add the articles again"
)
_ROWS_AT_ONCE = 2048
"""About 10 ms of reading: as long as a search may have to wait for its turn."""


class LibraryConnection(sqlite3.Connection):
    """Implements `index.relational.connection.Connection`."""

    def insert_chunks(
        self, document: int, spans: Sequence[Span | Chunk], vectors: NDArray[np.float32] | None
    ) -> None:
        """Add chunks of an article, under numbers above all that ever were."""
        made = [None] * len(spans) if vectors is None else vectors.astype("<f4")
        for span, vector in zip(spans, made, strict=True):
            number = self.execute(
                'INSERT INTO chunks (document, start, "end") VALUES (?, ?, ?)',
                (document, span.start, span.end),
            ).lastrowid
            if vector is None:
                self.execute("INSERT INTO waiting VALUES (?)", (number,))
            else:
                self.execute("INSERT INTO vectors VALUES (?, ?)", (number, vector.tobytes()))

    def add_vectors(self, chunks: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Give chunks that wait their vectors, under new numbers: indexes look at those only."""
        (before,) = self.execute("SELECT coalesce(max(place), 0) FROM removed_chunks").fetchone()
        for number, vector in zip(chunks, vectors, strict=True):
            document, start, end = self.execute(
                'SELECT document, start, "end" FROM chunks WHERE number = ?', (number,)
            ).fetchone()
            self.execute("DELETE FROM chunks WHERE number = ?", (number,))
            self.insert_chunks(document, [Span(start, end)], vector[None])
        self.execute("UPDATE removed_chunks SET had_vector = 0 WHERE place > ?", (before,))

    def delete_chunks(self, document: int) -> None:
        """Remove the chunks of an article; a trigger notes which went."""
        self.execute("DELETE FROM chunks WHERE document = ?", (document,))

    def vectors(self, chunks: Sequence[int], dimension: int) -> NDArray[np.float32]:
        """Return the vectors of chunks by number, of shape (len(chunks), dimension).

        Raises:
            DamagedError: one is missing or has another length.
        """
        import numpy as np

        array = np.empty((len(chunks), dimension), dtype=np.float32)
        # One look-up a chunk, without a list of parameters to grow.
        for row, number in enumerate(chunks):
            found = self.execute("SELECT vector FROM vectors WHERE chunk = ?", (number,)).fetchone()
            if found is None or len(found[0]) != 4 * dimension:
                raise DamagedError(_DAMAGED_VECTOR)
            array[row] = np.frombuffer(found[0], dtype="<f4")
        return array


def vectors_above(
    connection: LibraryConnection, number: int, highest: int, dimension: int
) -> VectorRows:
    """Return the vectors of the next chunks above a number that have one, some up to the highest.

    Raises:
        DamagedError: one is missing or has another length.
    """
    import numpy as np

    rows = connection.execute(
        "SELECT number, vector FROM chunks LEFT JOIN vectors ON chunk = number "
        "WHERE number > ? AND number <= ? "
        "AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.chunk = number) "
        "ORDER BY number LIMIT ?",
        (number, highest, _ROWS_AT_ONCE),
    ).fetchall()
    if any(vector is None or len(vector) != 4 * dimension for _, vector in rows):
        raise DamagedError(_DAMAGED_VECTOR)
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
        rows = vectors_above(connection, number, highest, dimension)
        if not len(rows[0]):
            return
        yield rows
        number = int(rows[0][-1])


def highest_number(connection: LibraryConnection) -> int:
    """Return the number of the chunk that was added last; 0 where there is none."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM chunks").fetchone()
    return int(number)
