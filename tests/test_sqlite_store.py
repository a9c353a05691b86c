"""What only the store in a folder does: an absent library, its files, and what it imports."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.errors import LockedError
from index.sqlite import SqliteStore
from index.sqlite.locking import WriterLock
from index.store import Counts
from store_samples import ENVIRONMENT, entry, numbered, open_store, put, unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def test_reading_an_absent_library_creates_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_store(home) as store:
        assert store.counts() == Counts(0, 0)
        assert list(store.documents()) == []
        assert store.search_dense(unit(1), 5) == []
        assert store.search_lexical("harbour", 5) == []
        assert store.chunk_frequencies(["harbour"]) == [0]
        assert store.sources() == {}
        assert store.delete_documents(["0" * 16]) == 0
        assert store.delete_files(["/a"]) == 0
        store.commit_index()
        store.rebuild_index()
        assert all(check.ok for check in store.health())
    assert not home.exists()


def test_listing_and_removing_import_nothing_heavy(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, entry(numbered(1)))
    code = """
import sys
from pathlib import Path
from index.sqlite import SqliteStore
with SqliteStore(Path(sys.argv[1])) as store:
    (document,) = store.documents()
    assert store.document(document.id[:4]) == document
    assert store.delete_documents([document.id]) == 1
heavy = {"numpy", "faiss", "torch", "sentence_transformers"} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=ENVIRONMENT, check=True)


def test_looking_up_and_counting_reads_no_article_but_those_meant(store: SqliteStore) -> None:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    dated = [replace(numbered(number), published=date(2020, 1, 1)) for number in range(120)]
    for document in dated:
        put(store, entry(document))
    with store._database.read() as connection:
        connection.set_progress_handler(step, 1)
    for ask in (store.document, store.full_id, lambda _: store.count_undated()):
        steps = 0
        ask(dated[7].id)
        assert 0 < steps < 120  # of SQLite's virtual machine, less than one an article


def test_a_second_writer_is_told_whom_it_waits_for(tmp_path: Path) -> None:
    with open_store(tmp_path) as one, open_store(tmp_path, lock_timeout_s=0.05) as two:
        put(one, entry(numbered(1)))
        with WriterLock(tmp_path / "lock").held():
            with pytest.raises(LockedError, match="another process is adding articles"):
                put(two, entry(numbered(2)))
            assert two.counts() == Counts(1, 2)
            assert len(two.search_dense(unit(1), 99)) == 2
        assert put(two, entry(numbered(2))) == "added"


def test_a_commit_waits_longer_for_a_reader_than_readers_do_for_it(tmp_path: Path) -> None:
    with open_store(tmp_path, busy_timeout_s=0.05) as store:
        put(store, entry(numbered(1)))
        with closing(sqlite3.connect(tmp_path / "library.db", check_same_thread=False)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM documents").fetchone()
            timer = threading.Timer(0.3, reader.rollback)
            timer.start()
            assert put(store, entry(numbered(2))) == "added"
            timer.join()
        assert store.counts() == Counts(2, 4)


def test_a_reader_that_never_ends_is_told_of(tmp_path: Path) -> None:
    with open_store(tmp_path, busy_timeout_s=0.01) as store:
        put(store, entry(numbered(1)))
        with closing(sqlite3.connect(tmp_path / "library.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM documents").fetchone()
            with pytest.raises(LockedError, match="in use by another process"):
                put(store, entry(numbered(2)))
        assert store.counts() == Counts(1, 2)
        assert put(store, entry(numbered(2))) == "added"


def test_every_file_of_a_library_is_private(tmp_path: Path) -> None:
    with open_store(tmp_path / "home") as store:
        put(store, entry(numbered(1)))
        store.commit_index()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    assert {name for name, mode in modes.items() if mode != 0o600} == set()
    assert len(modes) >= 4
