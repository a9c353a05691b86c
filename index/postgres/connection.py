"""How PostgreSQL keeps chunks: with their vectors, and in the inverted lists of their stems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from psycopg import rows
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown, TextLoader
from psycopg_pool import ConnectionPool

from index.errors import DamagedError
from index.postgres import postings
from index.text.bm25 import count_stems

if TYPE_CHECKING:
    from index.relational.connection import Cursor
    from index.types import Chunk, Span

__all__ = ["CONNECTING", "Transaction", "has_table", "open_pool"]

CONNECTING: dict[str, Any] = {"client_encoding": "UTF8"}
"""How to connect, whatever encoding the user, the terminal, or the address prefers."""

_ESCAPE = "\ue000"
_NUL, _ITSELF = _ESCAPE + "0", _ESCAPE + "1"


class Transaction:
    """Implements `index.relational.connection.Connection`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Take a connection on which a transaction runs."""
        self.raw = connection
        self._new: list[tuple[int, dict[str, int], int]] = []

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement, with `?` for each value."""
        return self.raw.execute(_translated(statement), values)

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> None:
        """Run a statement for each of some rows of values."""
        with self.raw.cursor() as cursor:
            cursor.executemany(_translated(statement), values)

    def insert_chunks(
        self, document: int, spans: Sequence[Span | Chunk], vectors: NDArray[np.float32] | None
    ) -> None:
        """Add chunks of an article, under numbers above all that ever were."""
        title, text = self._words_of(document)
        numbers = [
            number
            for (number,) in self.raw.execute(
                "SELECT nextval('chunk_numbers') FROM generate_series(1, %s)", (len(spans),)
            )
        ]
        new = [
            (number, *count_stems(title, text[span.start : span.end]))
            for number, span in zip(numbers, spans, strict=True)
        ]
        with self.raw.cursor() as cursor:
            with cursor.copy(
                'COPY chunks (number, document, start, "end", length) FROM STDIN'
            ) as copy:
                for (number, _, length), span in zip(new, spans, strict=True):
                    copy.write_row((number, document, span.start, span.end, length))
            if vectors is None:
                with cursor.copy("COPY waiting FROM STDIN") as copy:
                    for number in numbers:
                        copy.write_row((number,))
            else:
                self._copy_vectors(numbers, vectors)
        self._new += new

    def add_vectors(self, chunks: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Give chunks that wait their vectors; their words are in the inverted lists already."""
        self._copy_vectors(chunks, vectors)
        self.raw.execute("DELETE FROM waiting WHERE chunk = ANY(%s)", (list(chunks),))

    def delete_chunks(self, document: int) -> None:
        """Remove the chunks of an article, before anything of it is changed."""
        self.flush()
        title, text = self._words_of(document)
        rows = self.raw.execute(
            'SELECT number, start, "end", length FROM chunks WHERE document = %s ORDER BY number',
            (document,),
        ).fetchall()
        chunks = [(number, *count_stems(title, text[start:end])) for number, start, end, _ in rows]
        if [length for _, _, length in chunks] == [length for *_, length in rows]:
            postings.remove(self.raw, chunks)
        else:  # Text or title is damaged.
            postings.remove_unread(self.raw, [number for number, *_ in rows])
        self.raw.execute("DELETE FROM chunks WHERE document = %s", (document,))

    def vectors(self, chunks: Sequence[int], dimension: int) -> NDArray[np.float32]:
        """Return the vectors of chunks by number, of shape (len(chunks), dimension).

        Raises:
            DamagedError: one is missing or has another length.
        """
        found = dict(
            self.raw.execute(
                "SELECT chunk, vector FROM vectors WHERE chunk = ANY(%s)",
                (list(chunks),),
                binary=True,
            ).fetchall()
        )
        array = np.empty((len(chunks), dimension), dtype=np.float32)
        for row, number in enumerate(chunks):
            vector = found.get(number)
            if vector is None or vector.dimensions() != dimension:
                raise DamagedError(
                    "a vector is missing or damaged in the database: remove its article, and add "
                    "its file again"
                )
            array[row] = vector.to_numpy()
        return array

    def flush(self) -> None:
        """Write what the inverted lists gain by this transaction, once for all of its articles."""
        if self._new:
            postings.add(self.raw, self._new)
            self._new = []

    def _copy_vectors(self, chunks: Sequence[int], vectors: NDArray[np.float32]) -> None:
        with (
            self.raw.cursor() as cursor,
            cursor.copy("COPY vectors FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int4", "vector"])
            for number, vector in zip(chunks, vectors, strict=True):
                copy.write_row((number, vector))

    def _words_of(self, document: int) -> tuple[str, str]:
        found: tuple[str, str] | None = self.raw.execute(
            "SELECT title, text FROM documents WHERE number = %s", (document,)
        ).fetchone()
        return found or ("", "")


class _Dumper(StrDumperUnknown):
    """Text may hold NUL, and PostgreSQL's may not."""

    def dump(self, obj: str) -> Buffer | None:
        if _ESCAPE in obj or "\0" in obj:
            obj = obj.replace(_ESCAPE, _ITSELF).replace("\0", _NUL)
        return super().dump(obj)


class _Loader(TextLoader):
    def load(self, data: Buffer) -> str:
        text = str(data, "utf-8")
        if _ESCAPE in text:
            text = text.replace(_NUL, "\0").replace(_ITSELF, _ESCAPE)
        return text


def _configure(connection: psycopg.Connection[Any]) -> None:
    """Let a connection carry vectors, and text with NUL in it."""
    register_vector(connection)
    connection.adapters.register_dumper(str, _Dumper)
    connection.adapters.register_loader("text", _Loader)
    connection.row_factory = rows.tuple_row
    connection.commit()


def open_pool(url: str, most: int, timeout_s: float) -> ConnectionPool:
    """Return connections to a database, each seen to be alive before it is lent.

    Args:
        url: of the database.
        most: how many there are at once.
        timeout_s: how long one is waited for.
    """
    return ConnectionPool(
        url,
        kwargs=CONNECTING,
        min_size=1,
        max_size=most,
        timeout=timeout_s,
        configure=_configure,
        check=ConnectionPool.check_connection,
        open=True,
    )


def has_table(connection: psycopg.Connection[Any], name: str) -> bool:
    """Say whether the first schema of the search path has a table."""
    query = "SELECT to_regclass(quote_ident(current_schema()) || %s) IS NOT NULL"
    row = connection.execute(query, (f".{name}",)).fetchone()
    return row is not None and bool(row[0])


@lru_cache(maxsize=1024)
def _translated(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")
