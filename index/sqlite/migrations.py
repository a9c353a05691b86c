"""Brings a library of an earlier format to the present one, in one transaction: all or nothing.

Each step leads from one format to the next and is never changed again, so that
a library of any age takes them in turn. docs/format.md tells the formats apart.
"""

from __future__ import annotations

from index.relational.articles import note_kin
from index.relational.rows import list_key
from index.sqlite.connection import LibraryConnection
from index.sqlite.schema import FORMAT, KIN, LANGUAGES, ORGANISED, PLACES, REMOVALS, WAITING

__all__ = ["OLDEST", "migrate"]

OLDEST = 1
"""The earliest format that can still be read."""


def migrate(connection: LibraryConnection) -> None:
    """Take the steps that are left, within a transaction that the caller runs."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in _STEPS[version - OLDEST :]:
        step(connection)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _from_1(connection: LibraryConnection) -> None:
    """Files have content and several articles, articles know their kin, words are in a file."""
    connection.execute("ALTER TABLE documents ADD COLUMN language TEXT")
    connection.execute("ALTER TABLE documents ADD COLUMN pages TEXT")
    connection.execute(LANGUAGES)
    _run(connection, PLACES)
    connection.execute("INSERT INTO files (path) SELECT path FROM paths ORDER BY number")
    connection.execute(
        "INSERT INTO places (file, part, document) SELECT files.number, '', paths.document "
        "FROM paths JOIN files ON files.path = paths.path ORDER BY paths.number"
    )
    connection.execute("DROP TABLE paths")
    _run(connection, REMOVALS)
    _run(connection, KIN)
    connection.execute("DROP TABLE chunk_terms")
    for (number,) in connection.execute("SELECT number FROM documents").fetchall():
        (text,) = connection.execute(
            "SELECT text FROM documents WHERE number = ?", (number,)
        ).fetchone()
        note_kin(connection, number, text)


def _from_2(connection: LibraryConnection) -> None:
    """Articles have tags, corrections, and lines that OCR read; they are listed from an index."""
    _run(connection, ORGANISED)
    rows = connection.execute("SELECT number, title, source, author FROM documents").fetchall()
    connection.executemany(
        "UPDATE documents SET listed = ? WHERE number = ?",
        [(list_key(*names), number) for number, *names in rows],
    )


def _from_3(connection: LibraryConnection) -> None:
    """Chunks may wait for their vectors."""
    _run(connection, WAITING)


_STEPS = (_from_1, _from_2, _from_3)


def _run(connection: LibraryConnection, script: str) -> None:
    # Not executescript: it would commit first.
    for statement in script.split(";\n"):
        connection.execute(statement)
