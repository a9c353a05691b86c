"""The tables of a library on a PostgreSQL server, and how they come to be; knows no article.

They stand in the first schema of the connection's search path, so that a database
can hold several libraries. What they mean is told in `index.sqlite.schema`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

__all__ = ["FORMAT", "OLDEST", "create_tables", "migrate"]

FORMAT = 2
"""Raised with every change to the tables that an older Byline could not read."""

OLDEST = 1
"""The earliest format that can still be read."""

_WAITING = """
CREATE TABLE waiting (
    chunk integer PRIMARY KEY REFERENCES chunks ON DELETE CASCADE
);
"""

# Text is compared by code points, as in SQLite. What may be longer than an entry of a B-tree can
# be is not in one, or hashed.
_TABLES = """
CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL);

CREATE TABLE documents (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    pasted integer NOT NULL,
    published text COLLATE "C",
    source text COLLATE "C",
    source_key text COLLATE "C",
    author text COLLATE "C",
    url text COLLATE "C",
    title text COLLATE "C" NOT NULL,
    sentences text NOT NULL,
    text text COLLATE "C" NOT NULL,
    language text COLLATE "C",
    pages text,
    lines text,
    tags text,
    listed text COLLATE "C" NOT NULL
);
CREATE INDEX documents_by_source ON documents USING hash (source_key);
CREATE INDEX documents_by_day ON documents (published);

CREATE TABLE files (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path bytea NOT NULL UNIQUE,
    sha256 text,
    size bigint,
    modified bigint,
    reading text,
    problem text,
    folder text
);

CREATE TABLE places (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file bigint NOT NULL REFERENCES files ON DELETE CASCADE,
    part text COLLATE "C" NOT NULL,
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    tags text,
    UNIQUE (file, part)
);
CREATE INDEX places_by_document ON places (document);

CREATE TABLE kin (
    band bigint NOT NULL,
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (band, document)
);
CREATE INDEX kin_by_document ON kin (document);

CREATE TABLE corrections (
    document bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    stated text NOT NULL,
    added text NOT NULL,
    removed text NOT NULL
);

CREATE TABLE tags (
    key text COLLATE "C" NOT NULL,
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    standing integer NOT NULL,
    name text COLLATE "C",
    PRIMARY KEY (key, document, standing)
);
CREATE INDEX tags_by_document ON tags (document);

CREATE SEQUENCE chunk_numbers AS integer;
CREATE TABLE chunks (
    number integer PRIMARY KEY,     -- so many that an array of all numbers fits into memory
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    start integer NOT NULL,
    "end" integer NOT NULL,
    length integer NOT NULL,        -- words, with those of its title
    UNIQUE (document, start, "end")
);

CREATE TABLE vectors (
    chunk integer PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    vector vector NOT NULL
);

-- Which chunks of a run of numbers hold a stem: see index/postgres/postings.py.
CREATE TABLE postings (
    stem text COLLATE "C" NOT NULL,
    run integer NOT NULL,
    entries bytea NOT NULL,
    PRIMARY KEY (stem, run)
) WITH (fillfactor = 80);           -- so that a run that grows stays on its page
-- Numbers hardly shrink, and are cut out by every question.
ALTER TABLE postings ALTER COLUMN entries SET STORAGE EXTERNAL;

-- Each question asks how much there is. By statement: rows come and go by thousands.
CREATE FUNCTION count_documents() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE meta SET value = (value::bigint
        + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * (SELECT count(*) FROM changed))::text
        WHERE key = 'documents';
    RETURN NULL;
END $$;
CREATE FUNCTION count_chunks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    UPDATE meta SET value = (value::bigint + sign * (SELECT count(*) FROM changed))::text
        WHERE key = 'chunks';
    UPDATE meta SET value = (value::bigint
        + sign * (SELECT coalesce(sum(length), 0) FROM changed))::text
        WHERE key = 'words';
    RETURN NULL;
END $$;
CREATE TRIGGER documents_added AFTER INSERT ON documents REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_documents();
CREATE TRIGGER documents_removed AFTER DELETE ON documents REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_documents();
CREATE TRIGGER chunks_added AFTER INSERT ON chunks REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_chunks();
CREATE TRIGGER chunks_removed AFTER DELETE ON chunks REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_chunks();
"""


def create_tables(connection: psycopg.Connection[Any]) -> None:
    """Make an empty library, within a transaction that the caller runs."""
    connection.execute(_TABLES)
    connection.execute(_WAITING)
    for key, value in {
        "format": str(FORMAT),
        "documents": "0",
        "chunks": "0",
        "words": "0",
        "generation": "0",
        "library": uuid.uuid4().hex,
    }.items():
        connection.execute("INSERT INTO meta VALUES (%s, %s)", (key, value))


def migrate(connection: psycopg.Connection[Any], format_: int) -> None:
    """Bring a library of an earlier format to the present one, within a transaction likewise."""
    if format_ == 1:  # Chunks may wait for their vectors.
        connection.execute(_WAITING)
    connection.execute("UPDATE meta SET value = %s WHERE key = 'format'", (str(FORMAT),))
