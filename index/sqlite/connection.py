"""How SQLite keeps chunks and their vectors: as rows, from which the indexes are derived later."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.types import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.types import Chunk

__all__ = ["DAMAGED_VECTOR", "LibraryConnection"]

DAMAGED_VECTOR = (
    "a vector is missing or damaged in the database: put a copy of library.db back, or move it "
    "away and add the articles again"
)


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
                raise DamagedError(DAMAGED_VECTOR)
            array[row] = np.frombuffer(found[0], dtype="<f4")
        return array
