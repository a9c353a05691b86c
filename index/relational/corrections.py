"""Keeps what a person corrected of articles, and the tags that they are found by.

Within a transaction that the caller runs. The columns of `documents` hold what counts; what the
file says of a field that was corrected is kept beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from index.corrections import FIELDS, carried, corrected_fields, tags_corrected, with_changes
from index.errors import DamagedError
from index.relational.catalog import ALIKE, read_article, stored_vectors
from index.relational.connection import Connection, get_number
from index.relational.rows import ADDED, REMOVED, SAID, list_key
from index.search.copies import resemblance
from index.tags import tag_keys, tag_names
from index.types import Document, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["add_own_tags", "carry", "has_correction", "kept_in", "note_tags", "put_correction"]


def put_correction(connection: Connection, number: int, document: Document) -> None:
    """Let an article be described as this one is, and keep what its file says."""
    (title,) = connection.execute(
        "SELECT title FROM documents WHERE number = ?", (number,)
    ).fetchone()
    # An index may have derived something from the title: it forgets the chunks, and sees them anew.
    taken = _take_chunks(connection, number) if title != document.title else None
    published = document.published.isoformat() if document.published else None
    source_key = None if document.source is None else document.source.casefold()
    connection.execute(
        "UPDATE documents SET title = ?, source = ?, source_key = ?, author = ?, published = ?, "
        "listed = ? WHERE number = ?",
        (
            document.title,
            document.source,
            source_key,
            document.author,
            published,
            list_key(document.title, document.source, document.author),
            number,
        ),
    )
    connection.execute("DELETE FROM corrections WHERE document = ?", (number,))
    fields = corrected_fields(document)
    if fields:
        fields.pop("tags", None)
        added, removed = tags_corrected(document)
        written = [json.dumps(value, default=str) for value in (fields, added, removed)]
        connection.execute("INSERT INTO corrections VALUES (?, ?, ?, ?)", (number, *written))
    note_tags(connection, number)
    if taken is not None:
        connection.insert_chunks(number, *taken)


def carry(connection: Connection, before: int, after: int) -> None:
    """Let an article have the corrections of another that said nearly the same in its place.

    One that has some of its own keeps them.
    """
    if not has_correction(connection, before) or has_correction(connection, after):
        return
    with suppress(DamagedError):  # Of a damaged one, nothing can be told.
        old, new = read_article(connection, before), read_article(connection, after)
        if old and new and resemblance(old.text, new.text) >= ALIKE:
            put_correction(connection, after, carried(old, new))


def has_correction(connection: Connection, number: int) -> bool:
    """Say whether anything of an article is corrected."""
    query = "SELECT 1 FROM corrections WHERE document = ?"
    return connection.execute(query, (number,)).fetchone() is not None


def kept_in(connection: Connection, number: int, document: Document) -> Document:
    """Return an article as its file has it, with the corrections that are kept of it.

    Those that can no longer be read are let go of.
    """
    row = connection.execute(
        "SELECT stated, added, removed, title, source, author, published FROM corrections "
        "JOIN documents ON number = document WHERE document = ?",
        (number,),
    ).fetchone()
    if row is None:
        return document
    stated, added, removed, *columns = row
    values: dict[str, Any] = dict(zip(FIELDS, columns))
    try:
        if values["published"]:
            values["published"] = date.fromisoformat(values["published"])
        values = {name: values[name] for name in json.loads(stated)}
        return with_changes(document, values, json.loads(added), json.loads(removed))
    except (AttributeError, KeyError, TypeError, ValueError):
        connection.execute("DELETE FROM corrections WHERE document = ?", (number,))
        return document


def add_own_tags(connection: Connection, number: int, tags: tuple[str, ...]) -> None:
    """Give an article tags that no file states, beside those that it has."""
    own = _names(connection, "SELECT tags FROM documents WHERE number = ?", number)
    connection.execute(
        "UPDATE documents SET tags = ? WHERE number = ?",
        (json.dumps(tag_names((*own, *tags))) if own or tags else None, number),
    )


def note_tags(connection: Connection, number: int) -> None:
    """Derive what an article is found by from its files, their folders, and what is corrected."""
    said = tag_names(
        (
            *_names(connection, "SELECT tags FROM documents WHERE number = ?", number),
            *_names(connection, "SELECT tags FROM places WHERE document = ?", number),
            *_folders(connection, number),
        )
    )
    added = _names(connection, "SELECT added FROM corrections WHERE document = ?", number)
    gone = _names(connection, "SELECT removed FROM corrections WHERE document = ?", number)
    removed = {name.casefold() for name in gone}
    rows: dict[tuple[str, bool], tuple[int, str | None]] = {}
    for standing, names in ((SAID, said), (ADDED, tag_names(added))):
        for name in names:
            if standing == SAID and name.casefold() in removed:
                rows[name.casefold(), False] = REMOVED, name
                continue
            *above, key = tag_keys(name)
            for each in above:
                rows.setdefault((each, True), (standing, None))
            if rows.get((key, True), (0, None))[1] is None:
                rows[key, True] = standing, name
    connection.execute("DELETE FROM tags WHERE document = ?", (number,))
    connection.executemany(
        "INSERT INTO tags (key, document, standing, name) VALUES (?, ?, ?, ?)",
        [(key, number, standing, name) for (key, _), (standing, name) in rows.items()],
    )


def _names(connection: Connection, query: str, number: int) -> list[str]:
    found: list[str] = []
    for (written,) in connection.execute(query, (number,)):
        with suppress(TypeError, ValueError):  # A damaged one is no tag.
            found += [name for name in json.loads(written or "[]") if isinstance(name, str)]
    return found


def _folders(connection: Connection, number: int) -> Iterable[str]:
    rows = connection.execute(
        "SELECT folder FROM places JOIN files ON files.number = file "
        "WHERE document = ? AND folder <> ''",
        (number,),
    )
    return [folder for (folder,) in rows]


def _take_chunks(
    connection: Connection, number: int
) -> tuple[tuple[Span, ...], NDArray[np.float32] | None]:
    """Remove the chunks of an article; return their offsets and vectors.

    Where some wait for theirs, all do from then on.
    """
    rows = connection.execute(
        'SELECT number, start, "end" FROM chunks WHERE document = ? ORDER BY start', (number,)
    ).fetchall()
    numbers = [chunk for chunk, _, _ in rows]
    vectors = stored_vectors(connection, number, numbers, get_number(connection, "dimension"))
    connection.delete_chunks(number)
    return tuple(Span(start, end) for _, start, end in rows), vectors
