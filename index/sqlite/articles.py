"""Adds and removes articles within a transaction that the caller runs; ranks nothing.

Everything that hangs on an article (its places, chunks, vectors)
comes and goes here, and nowhere else.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.search.kin import bands
from index.sqlite.catalog import read_article
from index.sqlite.rows import document_values, path_key, spans_text
from index.types import Document

if TYPE_CHECKING:
    from index.store import Change, IndexedDocument

__all__ = [
    "delete_article",
    "delete_if_unused",
    "insert_article",
    "is_whole",
    "link_place",
    "mend_article",
    "note_kin",
    "plan",
]


def plan(connection: sqlite3.Connection, document: Document) -> tuple[Change, int | None]:
    """Say what storing an article would do, and its number where its content is there already.

    It is unchanged only where nothing at all would be written: known content
    at a new place is an addition of that place, and what is damaged is mended.
    """
    row = connection.execute(
        "SELECT number, pasted FROM documents WHERE id = ?", (document.id,)
    ).fetchone()
    number = None if row is None else int(row[0])
    if number is not None and not is_whole(connection, number):
        return "updated", number
    if document.path is None:
        return ("unchanged" if row is not None and row[1] else "added"), number
    known = place_owner(connection, document.path, document.part)
    if known is None:
        return "added", number
    return ("unchanged" if known == number else "updated"), number


def place_owner(connection: sqlite3.Connection, path: str, part: str) -> int | None:
    """Return the number of the article that was read from a part of a file."""
    row = connection.execute(
        "SELECT document FROM places JOIN files ON files.number = file WHERE path = ? AND part = ?",
        (path_key(path), part),
    ).fetchone()
    return None if row is None else int(row[0])


def insert_article(connection: sqlite3.Connection, entry: IndexedDocument) -> int:
    """Write an article and all that is derived from it; return its number."""
    document = entry.document
    number = connection.execute(
        "INSERT INTO documents (id, pasted, sentences, published, source, source_key, author, "
        "url, title, text, language, pages, lines) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document.id, spans_text(entry.sentences), *document_values(document)),
    ).lastrowid
    assert number is not None  # noqa: S101 - an INSERT always has a row number
    _insert_chunks(connection, number, entry)
    note_kin(connection, number, document.text)
    return number


def note_kin(connection: sqlite3.Connection, number: int, text: str) -> None:
    """Note by what an article is found by those that are nearly the same."""
    connection.executemany(
        "INSERT OR IGNORE INTO kin VALUES (?, ?)", [(band, number) for band in bands(text)]
    )


def mend_article(connection: sqlite3.Connection, number: int, entry: IndexedDocument) -> None:
    """Write the content of an article once more over what is kept under its number."""
    connection.execute(
        "UPDATE documents SET sentences = ?, published = ?, source = ?, source_key = ?, "
        "author = ?, url = ?, title = ?, text = ?, language = ?, pages = ?, lines = ? "
        "WHERE number = ?",
        (spans_text(entry.sentences), *document_values(entry.document), number),
    )
    # Under new numbers, so that no index keeps what it derived from the damaged text.
    connection.execute("DELETE FROM chunks WHERE document = ?", (number,))
    _insert_chunks(connection, number, entry)


def _insert_chunks(connection: sqlite3.Connection, number: int, entry: IndexedDocument) -> None:
    rows = entry.vectors.astype("<f4")
    for chunk, vector in zip(entry.chunks, rows, strict=True):
        chunk_number = connection.execute(
            'INSERT INTO chunks (document, start, "end") VALUES (?, ?, ?)',
            (number, chunk.start, chunk.end),
        ).lastrowid
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (chunk_number, vector.tobytes()))


def link_place(connection: sqlite3.Connection, path: str, part: str, number: int) -> None:
    """Let a part of a file lead to an article; drop the one that it led to if nothing else does."""
    before = place_owner(connection, path, part)
    connection.execute("INSERT OR IGNORE INTO files (path) VALUES (?)", (path_key(path),))
    connection.execute(
        "INSERT INTO places (file, part, document) "
        "VALUES ((SELECT number FROM files WHERE path = ?), ?, ?) "
        "ON CONFLICT (file, part) DO UPDATE SET document = excluded.document",
        (path_key(path), part, number),
    )
    if before is not None and before != number:
        delete_if_unused(connection, before)


def delete_if_unused(connection: sqlite3.Connection, number: int) -> bool:
    """Remove an article that was not pasted and that no file leads to; say whether it went."""
    unused = connection.execute(
        "SELECT 1 FROM documents WHERE number = ? AND NOT pasted "
        "AND NOT EXISTS (SELECT 1 FROM places WHERE document = documents.number)",
        (number,),
    ).fetchone()
    if unused:
        delete_article(connection, number)
    return unused is not None


def delete_article(connection: sqlite3.Connection, number: int) -> None:
    """Remove an article with all that hangs on it."""
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))


def is_whole(connection: sqlite3.Connection, number: int) -> bool:
    """Say whether an article is what was stored."""
    try:
        read_article(connection, number)
    except DamagedError:
        return False
    return True
