"""What a database must offer the statements of this package, and what both note about a library.

Statements are of the SQL that SQLite 3.30 and PostgreSQL have in common, with `?` for a value.
Only chunks are kept in each database's own way, since its indexes hang on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.types import Chunk, Span

__all__ = ["Connection", "Cursor", "Database", "get_meta", "get_number", "marks", "set_meta"]


class Cursor(Protocol):
    """The rows that a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def __iter__(self) -> Iterator[Any]: ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""


class Connection(Protocol):
    """One transaction."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> object:
        """Run a statement for each of some rows of values."""

    def insert_chunks(
        self, document: int, spans: Sequence[Span | Chunk], vectors: NDArray[np.float32] | None
    ) -> None:
        """Add chunks of an article that is there, under numbers above all that ever were.

        Args:
            document: the number of the article.
            spans: offsets into its text.
            vectors: shape (len(spans), dimension); None where the chunks wait for them.
        """

    def add_vectors(self, chunks: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Give chunks that wait, by number, their vectors; their numbers may change by that."""

    def delete_chunks(self, document: int) -> None:
        """Remove the chunks of an article, before anything of it is changed."""

    def vectors(self, chunks: Sequence[int], dimension: int) -> NDArray[np.float32]:
        """Return the vectors of chunks by number, of shape (len(chunks), dimension).

        Raises:
            DamagedError: one is missing or has another length.
        """


class Database(Protocol):
    """Runs transactions."""

    def read(self) -> AbstractContextManager[Connection]:
        """Run one that sees a single state of the library and changes nothing."""

    def write(self) -> AbstractContextManager[Connection]:
        """Run one, alone, that is durable when the block ends, or undone when it raises."""

    def close(self) -> None:
        """Release what is held. Safe to call twice."""


def marks(values: Sequence[object]) -> str:
    """Return a `?` for each value, in brackets, as `IN` wants them; NULL for none.

    >>> marks("abc"), marks(())
    ('(?, ?, ?)', '(NULL)')
    """
    return f"({', '.join('?' * len(values)) or 'NULL'})"


def get_meta(connection: Connection, key: str) -> str | None:
    """Return what the library notes about itself under a key."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def get_number(connection: Connection, key: str) -> int:
    """Return a number that the library notes about itself; 0 where it is missing or damaged."""
    value = get_meta(connection, key) or ""
    return int(value) if value.isdecimal() and value.isascii() else 0


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Note something about the library itself."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
