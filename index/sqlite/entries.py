"""Reads an article back with all that was derived from it, as it was stored; derives nothing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.sqlite.catalog import read_article
from index.sqlite.database import get_number
from index.sqlite.rows import spans_from
from index.types import Chunk

if TYPE_CHECKING:
    from index.store import IndexedDocument

__all__ = ["stored_entry"]


def stored_entry(connection: sqlite3.Connection, document_id: str) -> IndexedDocument | None:
    """Return an article by its full id, with its sentences, chunks, and vectors.

    None where it is gone, or where anything of it is not what was stored.
    """
    import numpy as np

    from index.sqlite.vectors.rows import stored_vectors
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
        numbers = np.array([chunk for chunk, _, _ in places], dtype=np.int64)
        vectors = stored_vectors(connection, numbers, get_number(connection, "dimension"))
        return IndexedDocument(document, spans_from(sentences), chunks, vectors)
    except DamagedError:
        return None
