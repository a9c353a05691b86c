"""Files and the articles in them, as the stores keep both in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from index.errors import NotFoundError
from index.relational.store import RelationalStore
from index.store import FileRead, FileRecord
from index.types import Document
from servers import Libraries
from store_samples import entry, numbered, put, unit
from test_kin import OTHER, STORY, UPDATE


@pytest.fixture
def store(libraries: Libraries) -> Iterator[RelationalStore]:
    with libraries.open() as opened:
        yield opened


def message(number: int) -> Document:
    return replace(numbered(number), path="/mail.mbox", part=f"<{number}@example.org>")


def read(path: str, *parts: str, sha256: str = "ab", problem: str = "") -> FileRead:
    record = FileRecord(path, sha256, 10, 2_000_000_000, "1", problem)
    return FileRead(record, None if problem else frozenset(parts))


def test_a_file_may_hold_several_articles(store: RelationalStore) -> None:
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
    store: RelationalStore,
) -> None:
    put(store, entry(message(1)))
    copy = replace(message(1), path="/copy.txt", part="")
    assert put(store, entry(copy)) == "copy"
    store.replace_documents([], [read("/mail.mbox")])
    assert store.files()["/mail.mbox"].documents == ()
    assert store.document(copy.id).path == "/copy.txt"


def test_a_file_that_can_no_longer_be_read_keeps_its_articles(store: RelationalStore) -> None:
    store.replace_documents([entry(message(1))], [read("/mail.mbox", message(1).part)])
    store.replace_documents([], [read("/mail.mbox", sha256="cd", problem="damaged")])
    record = store.files()["/mail.mbox"]
    assert (record.sha256, record.problem) == ("cd", "damaged")
    assert record.documents == (message(1).id,)


def test_files_of_a_folder_are_not_those_of_one_whose_name_begins_alike(
    store: RelationalStore,
) -> None:
    for path in ("/a/x", "/a/b/y", "/ab/z", "/a"):
        put(store, entry(replace(numbered(1), path=path)))
    assert list(store.files("/a")) == ["/a", "/a/b/y", "/a/x"]
    assert list(store.files("/a/b/y")) == ["/a/b/y"]
    assert list(store.files()) == ["/a", "/a/b/y", "/a/x", "/ab/z"]


def test_a_moved_file_takes_its_articles_along(store: RelationalStore) -> None:
    put(store, entry(message(1)))
    put(store, entry(replace(numbered(2), path="/new.mbox")))
    store.move_files([("/mail.mbox", "/new.mbox"), ("/unknown", "/elsewhere")])
    assert {p: r.documents for p, r in store.files().items()} == {"/new.mbox": (message(1).id,)}
    assert [document.path for document in store.documents()] == ["/new.mbox"]


def test_an_entry_comes_back_as_it_was_stored(store: RelationalStore) -> None:
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


def test_kin_are_articles_that_say_nearly_the_same(store: RelationalStore) -> None:
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
