"""The tables of a library's database, how a new one comes to be, and one is brought up to date.

Every row of `documents` is one article, known by the hash of its content. It
lives for as long as it has a place in a file, or, when it was pasted, until it
is removed. Chunks and sentences are offsets into its text, which is stored once.

Each step of a migration leads from one format to the next and is never changed again, so that
a library of any age takes them in turn. docs/format.md tells the formats apart.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path

from index.durable import sync_folder
from index.relational.articles import note_kin
from index.relational.rows import list_key
from index.sqlite.connection import LibraryConnection

__all__ = ["APPLICATION_ID", "FORMAT", "OLDEST", "create_database", "create_tables", "migrate"]

APPLICATION_ID = 0x42796C6E
"""`Byln`, in the header of the file, so that `file` and we can tell whose it is."""

FORMAT = 4
"""Raised with every change to the tables that an older Byline could not read."""
OLDEST = 1
"""The earliest format that can still be read."""

_PLACES = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,      -- as the file system spells it: not every path is UTF-8
    sha256 TEXT,                    -- of the bytes that were read; NULL: not read to the end yet
    size INTEGER,
    modified INTEGER,               -- nanoseconds since 1970
    reading TEXT,                   -- how it was read, in words that only change with the way
    problem TEXT                    -- why it, or a part of it, could not be read
);
CREATE INDEX files_by_sha256 ON files (sha256);

CREATE TABLE places (
    number INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    part TEXT NOT NULL,             -- which article of the file; empty for the only one
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    UNIQUE (file, part)
);
CREATE INDEX places_by_document ON places (document);
"""

# Saves a derived file the comparing of all its numbers with all that are left. AUTOINCREMENT,
# because noted removals are dropped once every derived file has been written without them.
_REMOVALS = """
CREATE TABLE removed_chunks (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL         -- a chunk that is gone
);
CREATE TRIGGER chunk_noted AFTER DELETE ON chunks
    BEGIN INSERT INTO removed_chunks (number) VALUES (OLD.number); END;
"""

# Holds all that is counted by language: the column itself lies behind the text.
_LANGUAGES = "CREATE INDEX documents_by_language ON documents (language, source_key, published);"

_KIN = """
CREATE TABLE kin (
    band INTEGER NOT NULL,          -- a key that nearly the same articles share
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (band, document)
) WITHOUT ROWID;
CREATE INDEX kin_by_document ON kin (document);
"""

# A tag is of a place, since each file may state others; what is found by it is derived.
# Articles are listed from indexes alone: the columns lie among the texts.
_ORGANISED = """
-- Where it lies below the folder that it was added with.
ALTER TABLE files ADD COLUMN folder TEXT;
-- JSON: the tags that a file states; then those of an article that was added without one.
ALTER TABLE places ADD COLUMN tags TEXT;
ALTER TABLE documents ADD COLUMN tags TEXT;
-- JSON: eleven numbers a line, where OCR read it.
ALTER TABLE documents ADD COLUMN lines TEXT;
CREATE TABLE corrections (
    document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    stated TEXT NOT NULL,           -- JSON: what the file says of the fields that are corrected
    added TEXT NOT NULL,            -- JSON: tags that a person added
    removed TEXT NOT NULL           -- JSON: tags of the file that a person took away
);
CREATE TABLE tags (
    key TEXT NOT NULL,              -- case-folded: a tag, or what it lies below
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    standing INTEGER NOT NULL,      -- 0: its file says so, 1: a person does, 2: was taken away
    name TEXT,                      -- the tag; NULL where the article has only one below the key
    PRIMARY KEY (key, document, standing)
) WITHOUT ROWID;
CREATE INDEX tags_by_document ON tags (document);
-- Title, source, and author, a line each, without case and accents.
ALTER TABLE documents ADD COLUMN listed TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_name ON documents (listed, published);
DROP INDEX documents_by_day;
CREATE INDEX documents_by_day ON documents (published, listed, id);
DROP INDEX documents_by_source;
CREATE INDEX documents_by_source ON documents (source_key, published, source);
"""

# A chunk that gets its vector later gets another number, so that what is below the highest number
# that an index has seen never changes but by going.
_WAITING = """
CREATE TABLE waiting (
    chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE   -- whose vector is not made yet
);
-- 0: it was waiting, and has its vector under another number.
ALTER TABLE removed_chunks ADD COLUMN had_vector INTEGER NOT NULL DEFAULT 1;
"""

# Small columns come first: SQLite reads a row up to the last column it needs,
# and the text is what spills over into further pages. AUTOINCREMENT keeps the
# number of a removed chunk from ever being given to another, so that indexes
# catch up by comparing numbers alone.
_TABLES = f"""
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    pasted INTEGER NOT NULL,        -- 1: was added without a path, and stays until removed
    published TEXT,                 -- ISO 8601 day
    source TEXT,
    source_key TEXT,                -- the source case-folded, for filters
    author TEXT,
    url TEXT,
    title TEXT NOT NULL,
    sentences TEXT NOT NULL,        -- JSON: [start, end, start, end, ...]
    text TEXT NOT NULL,
    language TEXT,                  -- tag, as in en-GB
    pages TEXT                      -- JSON: [start, start, ...], where it has pages
);
CREATE INDEX documents_by_source ON documents (source_key, published);
CREATE INDEX documents_by_day ON documents (published);
{_LANGUAGES}

{_PLACES}
{_KIN}
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    UNIQUE (document, start, "end")
);

CREATE TABLE vectors (
    chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    vector BLOB NOT NULL            -- float32, little-endian, unit length
);

{_REMOVALS}
"""

# Each question asks how much there is; counting chunks would read an index of them all.
# A trigger cannot be forgotten, and sees what ON DELETE CASCADE removes.
_COUNTERS = """
CREATE TRIGGER document_added AFTER INSERT ON documents BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'documents';
END;
CREATE TRIGGER document_removed AFTER DELETE ON documents BEGIN
    UPDATE meta SET value = value - 1 WHERE key = 'documents';
END;
CREATE TRIGGER chunk_added AFTER INSERT ON chunks BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'chunks';
END;
CREATE TRIGGER chunk_removed AFTER DELETE ON chunks BEGIN
    UPDATE meta SET value = value - 1 WHERE key = 'chunks';
END;
"""


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty library in an empty database."""
    connection.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"
        f"BEGIN; {_TABLES} {_COUNTERS} {_ORGANISED} {_WAITING} COMMIT;"
    )
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [
            ("documents", "0"),
            ("chunks", "0"),
            ("generation", "0"),
            # Tells a vector index in memory that the library was replaced by another.
            ("library", uuid.uuid4().hex),
        ],
    )


def create_database(path: Path) -> None:
    """Make an empty library file appear at once: whole, or not at all.

    The caller holds the writer's lock, and knows that there is no such file.
    An empty or half-made file at `path` is therefore always damage.
    """
    temporary = path.with_name(path.name + ".tmp")
    for leftover in (temporary, path.with_name(temporary.name + "-journal")):
        leftover.unlink(missing_ok=True)
    # Articles are private: the file is never readable by others, not even at first.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(temporary, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        create_tables(connection)
    finally:
        connection.close()
    temporary.rename(path)
    sync_folder(path.parent)


def migrate(connection: LibraryConnection) -> None:
    """Bring a library of an earlier format to the present one, in a transaction of the caller's."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in _STEPS[version - OLDEST :]:
        step(connection)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _from_1(connection: LibraryConnection) -> None:
    """Files have content and several articles, articles know their kin, words are in a file."""
    connection.execute("ALTER TABLE documents ADD COLUMN language TEXT")
    connection.execute("ALTER TABLE documents ADD COLUMN pages TEXT")
    connection.execute(_LANGUAGES)
    _run(connection, _PLACES)
    connection.execute("INSERT INTO files (path) SELECT path FROM paths ORDER BY number")
    connection.execute(
        "INSERT INTO places (file, part, document) SELECT files.number, '', paths.document "
        "FROM paths JOIN files ON files.path = paths.path ORDER BY paths.number"
    )
    connection.execute("DROP TABLE paths")
    _run(connection, _REMOVALS)
    _run(connection, _KIN)
    connection.execute("DROP TABLE chunk_terms")
    for (number,) in connection.execute("SELECT number FROM documents").fetchall():
        (text,) = connection.execute(
            "SELECT text FROM documents WHERE number = ?", (number,)
        ).fetchone()
        note_kin(connection, number, text)


def _from_2(connection: LibraryConnection) -> None:
    """Articles have tags, corrections, and lines that OCR read; they are listed from an index."""
    _run(connection, _ORGANISED)
    rows = connection.execute("SELECT number, title, source, author FROM documents").fetchall()
    connection.executemany(
        "UPDATE documents SET listed = ? WHERE number = ?",
        [(list_key(*names), number) for number, *names in rows],
    )


def _from_3(connection: LibraryConnection) -> None:
    """Chunks may wait for their vectors."""
    _run(connection, _WAITING)


_STEPS = (_from_1, _from_2, _from_3)


def _run(connection: LibraryConnection, script: str) -> None:
    # Not executescript: it would commit first.
    for statement in script.split(";\n"):
        connection.execute(statement)
