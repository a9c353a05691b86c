"""Libraries of earlier formats, and a damaged entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.sqlite import SqliteStore
from index.types import Document
from store_samples import DIMENSION, FINGERPRINT, TESTS, entry, numbered, open_store, put
from test_kin import STORY, UPDATE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def test_a_damaged_entry_is_none(store: SqliteStore, tmp_path: Path) -> None:
    put(store, entry(numbered(4)))
    with sqlite3.connect(tmp_path / "home" / "library.db") as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    connection.close()
    assert store.entry(numbered(4).id) is None


# Older formats


@pytest.fixture
def first_format(tmp_path: Path) -> Path:
    """A library of format 1: two pasted articles, and one that was read from two files."""
    home = tmp_path / "home"
    home.mkdir()
    connection = sqlite3.connect(home / "library.db", isolation_level=None)
    connection.executescript((TESTS / "data" / "library-format-1.sql").read_text())
    for number, document in enumerate([numbered(1), Document(STORY), Document(UPDATE)], 1):
        made = entry(document)
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?)",
            (
                number,
                document.id,
                int(document.path is None),
                document.published and document.published.isoformat(),
                document.source,
                document.source and document.source.casefold(),
                document.title,
                "[" + ", ".join(f"{s.start}, {s.end}" for s in made.sentences) + "]",
                document.text,
            ),
        )
        for chunk, vector in zip(made.chunks, made.vectors):
            row = connection.execute(
                'INSERT INTO chunks (document, start, "end") VALUES (?, ?, ?)',
                (number, chunk.start, chunk.end),
            ).lastrowid
            connection.execute("INSERT INTO vectors VALUES (?, ?)", (row, vector.tobytes()))
            connection.execute(
                "INSERT INTO chunk_terms (rowid, title, body) VALUES (?, ?, ?)",
                (row, document.title, chunk.text),
            )
    for path in (numbered(1).path, "/copy.txt"):
        connection.execute("INSERT INTO paths (path, document) VALUES (?, 1)", (path.encode(),))
    for key, value in (("fingerprint", FINGERPRINT), ("dimension", str(DIMENSION))):
        connection.execute("INSERT INTO meta VALUES (?, ?)", (key, value))
    connection.close()
    return home


def test_a_library_of_the_first_format_is_brought_up_to_date(first_format: Path) -> None:
    with open_store(first_format) as store:
        assert store.document(numbered(1).id) == numbered(1)
        assert {p: r.documents for p, r in store.files().items()} == {
            numbered(1).path: (numbered(1).id,),
            "/copy.txt": (numbered(1).id,),
        }
        assert [d.id for d in store.kin(Document(STORY).id)] == [Document(UPDATE).id]
        assert put(store, entry(numbered(1))) == "unchanged"
        assert [hit.chunk.document_id for hit in store.search_lexical("harbours", 5)] == [
            numbered(1).id
        ]
        assert store.delete_files([str(numbered(1).path), "/copy.txt"]) == 1
        assert [h for h in store.health() if not h.ok] == []
    fresh = first_format.parent / "fresh"
    with open_store(fresh) as store:
        put(store, entry(numbered(1)))
    assert tables(fresh) == tables(first_format)


def tables(home: Path) -> dict[str, set[str]]:
    connection = sqlite3.connect(home / "library.db")
    names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    found = {n: {r[1] for r in connection.execute(f"PRAGMA table_info({n})")} for n in names}
    found["triggers and indexes"] = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type <> 'table'")
    }
    connection.close()
    return found


def test_a_step_that_fails_leaves_the_library_as_it_was(first_format: Path) -> None:
    path = first_format / "library.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kin (taken)")
    connection.close()
    with pytest.raises(LibraryError, match="already exists"):
        open_store(first_format)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM paths").fetchone() == (2,)
    connection.close()
