"""The tables of a library's database, and how a new one comes to be; knows no article.

Every row of `documents` is one article, known by the hash of its content. It
lives for as long as it has a place in a file, or, when it was pasted, until it
is removed. Chunks and sentences are offsets into its text, which is stored once.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path

from index.durable import sync_folder

__all__ = [
    "APPLICATION_ID",
    "FORMAT",
    "KIN",
    "LANGUAGES",
    "ORGANISED",
    "PLACES",
    "REMOVALS",
    "WAITING",
    "create_database",
    "create_tables",
]

APPLICATION_ID = 0x42796C6E
"""`Byln`, in the header of the file, so that `file` and we can tell whose it is."""

FORMAT = 4
"""Raised with every change to the tables that an older Byline could not read."""

PLACES = """
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
REMOVALS = """
CREATE TABLE removed_chunks (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL         -- a chunk that is gone
);
CREATE TRIGGER chunk_noted AFTER DELETE ON chunks
    BEGIN INSERT INTO removed_chunks (number) VALUES (OLD.number); END;
"""

# Holds all that is counted by language: the column itself lies behind the text.
LANGUAGES = "CREATE INDEX documents_by_language ON documents (language, source_key, published);"

KIN = """
CREATE TABLE kin (
    band INTEGER NOT NULL,          -- a key that nearly the same articles share
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (band, document)
) WITHOUT ROWID;
CREATE INDEX kin_by_document ON kin (document);
"""

# A tag is of a place, since each file may state others; what is found by it is derived.
# Articles are listed from indexes alone: the columns lie among the texts.
ORGANISED = """
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
WAITING = """
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
{LANGUAGES}

{PLACES}
{KIN}
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

{REMOVALS}
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
        f"BEGIN; {_TABLES} {_COUNTERS} {ORGANISED} {WAITING} COMMIT;"
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
