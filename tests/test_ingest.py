"""Articles go into the store in batches, in order, and whatever ends it early is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fakes import HashEmbedder
from index.errors import LibraryError
from index.ingest import Item, embed_waiting, index_document, ingest
from index.sqlite import SqliteStore
from index.store import Change, Counts, FileRead, FileRecord, IndexedDocument
from index.types import Document
from scripted import filled_store

LONG = " ".join(f"Ship {number} came in before noon on Tuesday." for number in range(100))
"""Four chunks or more."""


def article(number: int, text: str = "") -> Document:
    return Document(text or f"Report {number}. The port reopened.", path=f"/{number}.txt")


def file_of(*documents: Document) -> FileRead:
    record = FileRecord(str(documents[0].path), "ab", 1, 1, "1")
    return FileRead(record, frozenset(document.part for document in documents))


class CountingEmbedder(HashEmbedder):
    """Remembers how many texts it was given at once."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.given.append(len(texts))
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path) as opened:
        yield opened


def run(items, store: SqliteStore, embedder: HashEmbedder) -> list[tuple[object, Change | None]]:
    """Add to the end, and embed what waits; return what became of each item."""
    seen = [(item.note, change) for item, change in ingest(items, store, lambda: embedder)]
    embed_waiting(store, lambda: embedder)
    return seen


def run_into(error: type[BaseException], items, store, embedder) -> list[object]:
    """Return the notes of what was stored before the error."""
    seen: list[object] = []
    try:
        for item, _ in ingest(items, store, lambda: embedder):
            seen.append(item.note)
        embed_waiting(store, lambda: embedder)
    except error:
        return seen
    raise AssertionError(f"no {error.__name__}")


def test_items_come_back_in_order_with_what_became_of_them(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    store.replace_documents([index_document(article(1), embedder)])
    changed = replace(article(1), text="Report 1 was taken back.")
    items = [
        Item("first", article(1)),
        Item("no article"),
        Item("second", article(2)),
        Item("changed", changed),
        Item("done", file=file_of(article(2))),
    ]
    assert run(items, store, embedder) == [
        ("first", "unchanged"),
        ("no article", None),
        ("second", "added"),
        ("changed", "updated"),
        ("done", None),
    ]
    assert store.files()["/2.txt"].sha256 == "ab"


def test_what_is_stored_equals_what_is_made_of_one_article_alone(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    documents = [article(1), article(2, LONG), article(3)]
    run([Item(document=document) for document in documents], store, embedder)
    assert len(embedder.given) == 1
    for document in documents:
        alone, stored = index_document(document, embedder), store.entry(document.id)
        assert stored is not None
        assert (stored.chunks, stored.sentences) == (alone.chunks, alone.sentences)
        assert np.array_equal(stored.vectors, alone.vectors)


def test_many_articles_are_embedded_in_batches(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    documents = [article(number, f"{LONG} {number}") for number in range(80)]
    seen = run([Item(document=document) for document in documents], store, embedder)
    assert [change for _, change in seen] == ["added"] * 80
    assert sum(embedder.given) == store.counts().chunks
    assert len(embedder.given) > 2
    assert max(embedder.given) == 128


def test_known_content_in_another_file_is_not_embedded(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    run([Item(document=article(1))], store, embedder)
    copy = replace(article(1), path="/copy.txt")
    assert run([Item("copy", copy)], store, embedder) == [("copy", "copy")]
    assert embedder.given == [1]
    assert store.files()["/copy.txt"].documents == (article(1).id,)


def test_articles_alike_in_one_batch_are_one(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    copy = replace(article(1), path="/copy.txt")
    run([Item(document=article(1)), Item(document=copy)], store, embedder)
    assert store.counts().documents == 1
    assert list(store.files()) == ["/1.txt", "/copy.txt"]


def test_a_fault_of_the_reading_comes_out_after_what_was_stored(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    def items() -> Iterator[Item]:
        for number in range(80):
            yield Item(number, article(number, f"{LONG} {number}"))
        raise LookupError("the folder went away")

    seen = run_into(LookupError, items(), store, embedder)
    assert seen == list(range(len(seen)))
    assert len(seen) == store.counts().documents > 0


class Full(SqliteStore):
    """A library whose disk is full after the first batch."""

    def replace_documents(
        self, entries: Sequence[IndexedDocument], files: Sequence[FileRead] = ()
    ) -> list[Change]:
        if self.counts().documents:
            raise LibraryError("the disk is full")
        return super().replace_documents(entries, files)


def test_a_full_disk_ends_it_and_what_was_stored_is_reported(
    tmp_path: Path, embedder: CountingEmbedder
) -> None:
    with Full(tmp_path, fingerprint=embedder.fingerprint, dimension=embedder.dimension) as store:
        items = (Item(number, article(number, f"{LONG} {number}")) for number in range(200))
        seen = run_into(LibraryError, items, store, embedder)
        assert seen == list(range(store.counts().documents))
        assert len(seen) >= 10


def test_an_interruption_while_embedding_keeps_what_was_stored(store: SqliteStore) -> None:
    class Interrupted(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.given) == 2:
                raise KeyboardInterrupt
            return super().embed(texts)

    items = (Item(number, article(number, f"{LONG} {number}")) for number in range(200))
    embedder = Interrupted()
    seen = run_into(KeyboardInterrupt, items, store, embedder)
    assert seen
    assert seen == list(range(store.counts().documents))
    assert len(embedder.given) == 2
    counts = store.counts()
    assert 0 < counts.vectors == sum(embedder.given) < counts.chunks
    assert len(store.search_dense(HashEmbedder().embed(["ship"])[0], 9999)) == counts.vectors
    assert len(store.search_lexical("ship", 9999)) == counts.chunks

    # The same once more completes it.
    items = (Item(number, article(number, f"{LONG} {number}")) for number in range(200))
    assert [change for _, change in run(items, store, CountingEmbedder())][: len(seen)] == [
        "unchanged" for _ in seen
    ]
    assert store.counts() == Counts(200, 1000)


def test_no_thread_is_left_behind(store: SqliteStore, embedder: CountingEmbedder) -> None:
    run([Item(document=article(1))], store, embedder)
    assert "byline-reader" not in {thread.name for thread in threading.enumerate()}


def test_nothing_is_embedded_where_nothing_is_new(store: SqliteStore) -> None:
    def get_embedder() -> HashEmbedder:
        raise AssertionError("it takes seconds to load")

    assert len(list(ingest([Item("a note")], store, get_embedder))) == 1


def test_whoever_stops_listening_leaves_nothing_running(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    outcomes = ingest(
        (Item(n, article(n, f"{LONG} {n}")) for n in range(200)), store, lambda: embedder
    )
    next(outcomes)
    outcomes.close()
    stored = store.counts()
    assert stored.documents > 0
    assert "byline-reader" not in {thread.name for thread in threading.enumerate()}
    assert store.counts() == stored


def test_all_is_found_by_words_while_the_first_is_embedded(store: SqliteStore) -> None:
    class Slow(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            end = time.monotonic() + 60
            while len(store.search_lexical("tuesday", 9999)) < 1000 and time.monotonic() < end:
                time.sleep(0.01)
            self.found = len(store.search_lexical("tuesday", 9999))
            return super().embed(texts)

    embedder = Slow()
    run((Item(n, article(n, f"{LONG} {n}")) for n in range(200)), store, embedder)
    assert embedder.found == 1000
    assert store.counts() == Counts(200, 1000)


def test_vectors_that_came_later_are_those_that_came_at_once(tmp_path: Path) -> None:
    def added(home: Path, *, at_once: bool) -> list[object]:
        embedder = HashEmbedder()
        with filled_store(home) as store:
            items = (Item(document=article(n, f"{LONG} {n}")) for n in range(60))
            for _ in ingest(items, store, lambda: embedder, at_once=at_once):
                assert store.counts().waiting == 0 or not at_once
            embed_waiting(store, lambda: embedder)
            store.commit_index()
            assert [check for check in store.health() if not check.ok] == []
            vector = embedder.embed(["Ship 17 came in"])[0]
            return [store.search_dense(vector, 50), store.search_lexical("ship 17", 50)]

    assert added(tmp_path / "one", at_once=True) == added(tmp_path / "two", at_once=False)


def test_only_the_chunks_that_are_meant_are_embedded(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    for number in (1, 2):
        whole = index_document(article(number, f"{LONG} {number}"), embedder)
        store.replace_documents([replace(whole, vectors=None)])
    told: list[tuple[int, int]] = []
    first = article(1, f"{LONG} 1").id
    assert embed_waiting(store, lambda: embedder, [first], lambda *at: told.append(at)) == 5
    assert told == [(5, 10)]
    assert embed_waiting(store, lambda: embedder) == 5
