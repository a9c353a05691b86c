"""Adds and removes articles within a transaction that the caller runs; ranks nothing.

Everything that hangs on an article (its places, chunks, vectors)
comes and goes here, and nowhere else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.relational.catalog import read_article
from index.relational.connection import Connection, set_meta
from index.relational.corrections import (
    add_own_tags,
    carry,
    has_correction,
    kept_in,
    note_tags,
    put_correction,
)
from index.relational.rows import VALUE_COLUMNS, document_values, list_key, path_key, spans_text
from index.search.copies import bands
from index.types import Document

if TYPE_CHECKING:
    from index.store import Change, IndexedDocument

__all__ = [
    "delete_article",
    "delete_if_unused",
    "derive_anew",
    "note_kin",
    "plan",
    "put_article",
    "settle_replaced",
]


def plan(connection: Connection, document: Document) -> tuple[Change, int | None]:
    """Say what storing an article would do, and its number where its content is there already.

    It is unchanged only where nothing at all would be written: known content
    at a new place is a copy, and what is damaged is mended.
    """
    row = connection.execute(
        "SELECT number, pasted FROM documents WHERE id = ?", (document.id,)
    ).fetchone()
    number = None if row is None else int(row[0])
    if number is not None and not is_whole(connection, number):
        return "updated", number
    if document.path is None:
        if row is None or not row[1]:
            return "added", number
        return ("updated" if _says_more(connection, number, document) else "unchanged"), number
    place = _place_of(connection, document.path, document.part)
    if place is None:
        return ("added" if number is None else "copy"), number
    known, tags = place
    retagged = (tags or "[]") != _tags_text(document)
    return ("updated" if known != number or retagged else "unchanged"), number


def put_article(
    connection: Connection, entry: IndexedDocument, replaced: dict[int, list[int]]
) -> Change:
    """Store an article as `plan` says, with its place, its tags, and what is corrected of it.

    Args:
        connection: of a transaction, at whose end `settle_replaced` is called.
        entry: the article.
        replaced: filled with the article that stood at its place, and with this one where it is
            new to the library.
    """
    document = entry.document
    change, number = plan(connection, document)
    if change == "unchanged":
        return change
    if change == "copy" and number in replaced and not _has_place(connection, number):
        change = "added"  # It lost its place to another just now, and gets one at the end.
    new = number is None
    if number is None:
        number = insert_article(connection, entry)
        if document.stated:
            put_correction(connection, number, document)
    elif not is_whole(connection, number):
        mend_article(connection, number, entry)
    elif document.stated and not has_correction(connection, number):
        put_correction(connection, number, document)
    if document.path is None:
        connection.execute("UPDATE documents SET pasted = 1 WHERE number = ?", (number,))
        add_own_tags(connection, number, document.said.tags)
        note_tags(connection, number)
    else:
        before = link_place(connection, document, number)
        if before is not None:
            replaced.setdefault(before, []).extend([number] if new else [])
    return change


def settle_replaced(connection: Connection, replaced: dict[int, list[int]]) -> None:
    """Drop the articles that others took the place of, where no other place is left to them.

    What was corrected of such a one is corrected of those that came new to its places, if they
    say nearly the same. This waits for the end of a transaction: of a table with a row more on
    top, each article only stands one row further down, and keeps what is its own.
    """
    for before, after in replaced.items():
        if not _has_place(connection, before):
            for number in after:
                carry(connection, before, number)
    for before in replaced:
        if not delete_if_unused(connection, before):
            note_tags(connection, before)


def _says_more(connection: Connection, number: int | None, document: Document) -> bool:
    """Say whether an article has tags or corrections that the same one in the library lacks."""
    held = None if number is None else read_article(connection, number)
    if held is None:
        return False
    if document.stated and held.stated is None:
        return True
    return not set(document.said.tags) <= set(held.said.tags)


def _tags_text(document: Document) -> str:
    return json.dumps(document.said.tags)


def _place_of(connection: Connection, path: str, part: str) -> tuple[int, str | None] | None:
    """Return the article that was read from a part of a file, and the tags stated there."""
    row: tuple[int, str | None] | None = connection.execute(
        "SELECT document, tags FROM places JOIN files ON files.number = file "
        "WHERE path = ? AND part = ?",
        (path_key(path), part),
    ).fetchone()
    return row


def insert_article(connection: Connection, entry: IndexedDocument) -> int:
    """Write an article and all that is derived from it; return its number."""
    document = entry.document
    connection.execute(
        f"INSERT INTO documents (id, pasted, sentences, {', '.join(VALUE_COLUMNS)}) "  # noqa: S608
        f"VALUES (?, 0, ?{', ?' * len(VALUE_COLUMNS)})",
        (document.id, spans_text(entry.sentences), *document_values(document)),
    )
    (number,) = connection.execute(
        "SELECT number FROM documents WHERE id = ?", (document.id,)
    ).fetchone()
    connection.insert_chunks(number, entry.chunks, entry.vectors)
    note_kin(connection, number, document.text)
    return int(number)


def derive_anew(connection: Connection) -> None:
    """Count all articles and chunks, and derive by what articles are listed, and their tags."""
    for table in ("documents", "chunks"):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        set_meta(connection, table, str(count))
    rows = connection.execute("SELECT number, title, source, author FROM documents").fetchall()
    for number, *names in rows:
        connection.execute(
            "UPDATE documents SET listed = ? WHERE number = ?", (list_key(*names), number)
        )
        note_tags(connection, number)


def note_kin(connection: Connection, number: int, text: str) -> None:
    """Note by what an article is found by those that are nearly the same."""
    connection.executemany(
        "INSERT INTO kin VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(band, number) for band in bands(text)],
    )


def mend_article(connection: Connection, number: int, entry: IndexedDocument) -> None:
    """Write the content of an article once more over what is kept under its number."""
    document = kept_in(connection, number, entry.document)
    # Under new numbers, so that no index keeps what it derived from the damaged text.
    connection.delete_chunks(number)
    connection.execute(
        f"UPDATE documents SET sentences = ?, {' = ?, '.join(VALUE_COLUMNS)} = ? "  # noqa: S608
        "WHERE number = ?",
        (spans_text(entry.sentences), *document_values(document), number),
    )
    if document.stated and not has_correction(connection, number):
        put_correction(connection, number, document)
    connection.insert_chunks(number, entry.chunks, entry.vectors)


def link_place(connection: Connection, document: Document, number: int) -> int | None:
    """Let a part of a file lead to an article; return the other one that it led to before."""
    assert document.path is not None  # noqa: S101 - it has a place
    path, part = path_key(document.path), document.part
    before, _ = _place_of(connection, document.path, part) or (None, None)
    connection.execute("INSERT INTO files (path) VALUES (?) ON CONFLICT DO NOTHING", (path,))
    connection.execute(
        "INSERT INTO places (file, part, document, tags) "
        "VALUES ((SELECT number FROM files WHERE path = ?), ?, ?, ?) "
        "ON CONFLICT (file, part) DO UPDATE SET document = excluded.document, tags = excluded.tags",
        (path, part, number, _tags_text(document) if document.said.tags else None),
    )
    note_tags(connection, number)
    return None if before == number else before


def _has_place(connection: Connection, number: int) -> bool:
    query = "SELECT 1 FROM places WHERE document = ?"
    return connection.execute(query, (number,)).fetchone() is not None


def delete_if_unused(connection: Connection, number: int) -> bool:
    """Remove an article that was not pasted and that no file leads to; say whether it went."""
    unused = connection.execute(
        "SELECT 1 FROM documents WHERE number = ? AND pasted = 0 "
        "AND NOT EXISTS (SELECT 1 FROM places WHERE document = documents.number)",
        (number,),
    ).fetchone()
    if unused:
        delete_article(connection, number)
    return unused is not None


def delete_article(connection: Connection, number: int) -> None:
    """Remove an article with all that hangs on it."""
    connection.delete_chunks(number)
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))


def is_whole(connection: Connection, number: int) -> bool:
    """Say whether an article is what was stored."""
    try:
        read_article(connection, number)
    except DamagedError:
        return False
    return True
