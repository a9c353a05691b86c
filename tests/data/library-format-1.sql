-- The tables of a library of format 1, as Byline 0.1 made them.
PRAGMA application_id = 1115253870;
PRAGMA user_version = 1;
BEGIN;
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    pasted INTEGER NOT NULL,
    published TEXT,
    source TEXT,
    source_key TEXT,
    author TEXT,
    url TEXT,
    title TEXT NOT NULL,
    sentences TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_by_source ON documents (source_key, published);
CREATE INDEX documents_by_day ON documents (published);

CREATE TABLE paths (
    number INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX paths_by_document ON paths (document);

CREATE TABLE chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    UNIQUE (document, start, "end")
);

CREATE TABLE vectors (
    chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    vector BLOB NOT NULL
);

CREATE VIRTUAL TABLE chunk_terms USING fts5(title, body, content='', tokenize='porter unicode61 remove_diacritics 2');
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
INSERT INTO meta VALUES ('documents', '0'), ('chunks', '0'), ('generation', '0'), ('library', 'a');
COMMIT;
