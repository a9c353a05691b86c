"""Files and the articles in them, as the store keeps both in step; and older libraries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError, NotFoundError
from index.sqlite import SqliteStore
from index.store import FileRead, FileRecord
from index.types import Document
from store_samples import DIMENSION, FINGERPRINT, TESTS, entry, numbered, put, unit
from test_kin import OTHER, STORY, UPDATE


def open_store(home: Path) -> SqliteStore:
    return SqliteStore.open(home, fingerprint=FINGERPRINT, dimension=DIMENSION)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def message(number: int) -> Document:
    return replace(numbered(number), path="/mail.mbox", part=f"<{number}@example.org>")


def read(path: str, *parts: str, sha256: str = "ab", problem: str = "") -> FileRead:
    record = FileRecord(path, sha256, 10, 2_000_000_000, "1", problem)
    return FileRead(record, None if problem else frozenset(parts))


def test_a_file_may_hold_several_articles(store: SqliteStore) -> None:
    messages = [message(1), message(2), message(3)]
    parts = [document.part for document in messages]
    made = [entry(document) for document in messages]
    changes = store.replace_documents(made, [read("/mail.mbox", *parts)])
    assert changes == ["added", "added", "added"]
    (record,) = store.files().values()
    assert record.documents == tuple(document.id for document in messages)
    assert (record.sha256, record.size, record.modified) == ("ab", 10, 2_000_000_000)
    assert store.document(messages[1].id) == messages[1]
    # The second is gone from the file, and the third has changed.
    changed = replace(messages[2], text="Report 3 of w was taken back.")
    assert store.replace_documents(
        [entry(messages[0]), entry(changed)], [read("/mail.mbox", parts[0], parts[2])]
    ) == ["unchanged", "updated"]
    assert {document.id for document in store.documents()} == {messages[0].id, changed.id}


def test_what_is_read_once_more_and_not_found_stays_where_another_file_has_it(
    store: SqliteStore,
) -> None:
    put(store, entry(message(1)))
    copy = replace(message(1), path="/copy.txt", part="")
    assert put(store, entry(copy)) == "copy"
    store.replace_documents([], [read("/mail.mbox")])
    assert store.files()["/mail.mbox"].documents == ()
    assert store.document(copy.id).path == "/copy.txt"


def test_a_file_that_can_no_longer_be_read_keeps_its_articles(store: SqliteStore) -> None:
    store.replace_documents([entry(message(1))], [read("/mail.mbox", message(1).part)])
    store.replace_documents([], [read("/mail.mbox", sha256="cd", problem="damaged")])
    record = store.files()["/mail.mbox"]
    assert (record.sha256, record.problem) == ("cd", "damaged")
    assert record.documents == (message(1).id,)


def test_files_of_a_folder_are_not_those_of_one_whose_name_begins_alike(
    store: SqliteStore,
) -> None:
    for path in ("/a/x", "/a/b/y", "/ab/z", "/a"):
        put(store, entry(replace(numbered(1), path=path)))
    assert list(store.files("/a")) == ["/a", "/a/b/y", "/a/x"]
    assert list(store.files("/a/b/y")) == ["/a/b/y"]
    assert list(store.files()) == ["/a", "/a/b/y", "/a/x", "/ab/z"]


def test_a_moved_file_takes_its_articles_along(store: SqliteStore) -> None:
    put(store, entry(message(1)))
    put(store, entry(replace(numbered(2), path="/new.mbox")))
    store.move_files([("/mail.mbox", "/new.mbox"), ("/unknown", "/elsewhere")])
    assert {p: r.documents for p, r in store.files().items()} == {"/new.mbox": (message(1).id,)}
    assert [document.path for document in store.documents()] == ["/new.mbox"]


def test_an_entry_comes_back_as_it_was_stored(store: SqliteStore) -> None:
    document = replace(numbered(4), language="en-GB", pages=(0, 12))
    made = entry(document, unit(1), unit(0, 1))
    put(store, made)
    found = store.entry(document.id)
    assert found is not None
    assert (found.document, found.sentences, found.chunks) == (
        document,
        made.sentences,
        made.chunks,
    )
    assert np.array_equal(found.vectors, made.vectors)
    assert store.entry("0" * 16) is None


def test_a_damaged_entry_is_none(store: SqliteStore, tmp_path: Path) -> None:
    put(store, entry(numbered(4)))
    with sqlite3.connect(tmp_path / "home" / "library.db") as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    connection.close()
    assert store.entry(numbered(4).id) is None


def test_kin_are_articles_that_say_nearly_the_same(store: SqliteStore) -> None:
    first, update, other = (Document(text) for text in (STORY, UPDATE, OTHER))
    for document in (first, update, other):
        put(store, entry(document))
    assert [document.id for document in store.kin(first.id)] == [update.id]
    assert [document.id for document in store.kin(update.id)] == [first.id]
    assert store.kin(other.id) == []
    store.delete_documents([update.id])
    assert store.kin(first.id) == []
    with pytest.raises(NotFoundError):
        store.kin("none")


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
