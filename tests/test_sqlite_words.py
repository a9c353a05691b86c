"""The file of the full-text index: in step with the articles, and never believed when it is not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from index.sqlite.connection import LibraryConnection
from index.sqlite.words.postings import Postings
from index.store import Counts
from index.types import Document, Filter
from store_samples import entry, fill, numbered, open_store, put, rows, unit

QUESTIONS = ["report ship3 ship4", "harbours", "ship7", "tells of names", "report 5"]


def words_file(home: Path) -> Path:
    (path,) = home.glob("words-*.idx")
    return path


def searches(store: SqliteStore) -> list[object]:
    ranked = [rows(store.search_lexical(text, 10)) for text in QUESTIONS]
    some = [rows(store.search_lexical(text, 10, Filter(("BBC",)))) for text in QUESTIONS]
    return [*ranked, *some, store.chunk_frequencies(["ship3", "harbour", "report 5", "none"])]


def full_text(store: SqliteStore) -> tuple[bool, str]:
    (check,) = [check for check in store.health() if check.name == "full text"]
    return check.ok, check.detail


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    fill(home)
    return home


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip_first(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)


def _flip_last(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip_first, _flip_last, _empty, Path.unlink])
def test_a_damaged_file_is_noticed_and_built_anew(
    filled: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    with open_store(filled) as store:
        expected, whole = searches(store), words_file(filled).read_bytes()
    assert caplog.records == []
    damage(words_file(filled))
    with open_store(filled) as store:
        ok, detail = full_text(store)
        assert not ok
        assert "damaged" in detail
        caplog.clear()
        assert searches(store) == expected
        assert "building the full-text index anew" in caplog.text
        assert full_text(store) == (True, "the words of 24 passages agree with the articles")
    assert words_file(filled).read_bytes() == whole  # saved again by the first search


def test_a_file_whose_words_were_folded_otherwise_is_built_anew(filled: Path) -> None:
    with open_store(filled) as store:
        expected = searches(store)
    with sqlite3.connect(filled / "library.db") as connection:
        connection.execute("DELETE FROM meta WHERE key = 'words_folding'")
    with open_store(filled) as store:
        assert full_text(store) == (True, "no file yet; the first search builds it")
        assert searches(store) == expected
    with open_store(filled) as store:
        assert full_text(store) == (True, "the words of 24 passages agree with the articles")


def test_damage_that_only_a_question_meets_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Long enough that the damaged block holds neither the chunks' numbers nor the stems.
    text = " ".join(f"ship{number} sails" for number in range(20_000))
    with open_store(tmp_path) as store:
        put(store, entry(Document(text)))
        put(store, entry(Document("ship1")))
        store.commit_index()
        expected = searches(store)
    whole = words_file(tmp_path).read_bytes()
    _flip_first(words_file(tmp_path))
    with open_store(tmp_path) as store:
        store.search_lexical("none", 5)
        assert caplog.records == []
        assert searches(store) == expected
        assert "from 0 on are damaged" in caplog.text
        caplog.clear()
        assert searches(store) == expected
        assert caplog.records == []
    assert words_file(tmp_path).read_bytes() == whole


def test_it_may_be_a_little_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.sqlite.words import keeper

    monkeypatch.setattr(keeper, "_MOST_BEHIND", 0.25)
    fill(tmp_path)
    before = words_file(tmp_path)
    with open_store(tmp_path) as store:
        put(store, entry(numbered(50)))
        put(store, entry(numbered(51)))
        store.delete_documents([numbered(3).id])
        expected = searches(store)
        store.commit_index()
    assert words_file(tmp_path) == before  # six chunks of 24
    with open_store(tmp_path) as store:
        assert searches(store) == expected
        assert full_text(store) == (True, "the words of 26 passages agree with the articles")
        put(store, entry(numbered(52)))
        expected = searches(store)
        store.commit_index()
    assert words_file(tmp_path) != before  # eight
    with open_store(tmp_path) as store:
        assert searches(store) == expected
        with store._database.read() as connection:
            assert connection.execute("SELECT count(*) FROM removed_chunks").fetchone() == (0,)


def test_a_file_that_another_process_wrote_is_taken_over(filled: Path) -> None:
    with open_store(filled) as one, open_store(filled) as two:
        for number in range(20, 26):
            searches(one)
            put(two, entry(numbered(number)))
            two.delete_documents([numbered(number - 20).id])
            two.commit_index()  # so that `one` is told of no removal
            assert searches(one) == searches(two)
            assert one.counts() == Counts(12, 24)
        assert full_text(one)[0]


def test_commit_index_is_idle_when_nothing_changed(filled: Path) -> None:
    before = words_file(filled).stat()
    with open_store(filled) as store:
        store.commit_index()
        searches(store)
        store.commit_index()
    after = words_file(filled).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_articles_come_and_go_while_it_is_built(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.sqlite.words import keeper

    monkeypatch.setattr(keeper, "_AT_ONCE", 3)
    added: list[int] = []

    def add(postings: Postings, chunks: Iterable[tuple[int, str, str]]) -> None:
        some = list(chunks)
        added.append(len(some))
        _add(postings, some)

    _add = Postings.add
    monkeypatch.setattr(Postings, "add", add)
    words_file(filled).unlink()
    coming = iter(range(20, 26))
    with open_store(filled) as one, open_store(filled) as two:
        read = one._database.read

        @contextmanager
        def read_and_let_write() -> Iterator[LibraryConnection]:
            with read() as connection:
                yield connection
            for number in islice(coming, 1):
                put(two, entry(numbered(number)))
                two.delete_documents([numbered(number - 20).id])

        monkeypatch.setattr(one._database, "read", read_and_let_write)
        searches(one)
        assert next(coming, None) is None
        assert max(added) == 3, "what one transaction has to wait for"
        assert searches(one) == searches(two)
        assert full_text(one)[0]


def test_the_same_articles_make_the_same_ranking_by_any_way(tmp_path: Path) -> None:
    fill(tmp_path / "straight", 9)
    with open_store(tmp_path / "winding") as store:
        for number in (8, 3, 11, 5, 0, 12, 7, 2):
            put(store, entry(numbered(number)))
            searches(store)
        store.delete_documents([numbered(11).id])
        store.commit_index()
        for number in (1, 4, 6):
            put(store, entry(numbered(number)))
        store.delete_documents([numbered(12).id])
        found = searches(store)
    with open_store(tmp_path / "straight") as store:
        assert searches(store) == found


def test_an_older_file_is_never_taken_for_the_current_one(filled: Path) -> None:
    older = words_file(filled).read_bytes()
    with open_store(filled) as store:
        store.delete_documents([numbered(number).id for number in (1, 2, 3)])
        put(store, entry(numbered(50)))
        expected = searches(store)
        store.commit_index()
    words_file(filled).write_bytes(older)
    with open_store(filled) as store:
        assert searches(store) == expected
        assert full_text(store)[0]


def test_a_backup_that_was_put_back_is_not_searched_by_newer_words(filled: Path) -> None:
    backup = filled.parent / "backup.db"
    shutil.copyfile(filled / "library.db", backup)
    with open_store(filled) as store:
        expected = searches(store)
        put(store, entry(numbered(60)))
        store.commit_index()
        assert searches(store) != expected
        backup.replace(filled / "library.db")
        assert searches(store) == expected
        put(store, entry(numbered(61)))
        assert [hit.chunk.document_id for hit in store.search_lexical("ship61", 1)] == [
            numbered(61).id
        ]
        assert store.search_lexical("ship60", 1) == []


def test_an_article_that_is_mended_is_found_by_its_own_words(filled: Path) -> None:
    with open_store(filled) as store:
        with store._database.write() as connection:
            connection.execute("UPDATE documents SET text = replace(text, 'ship4', 'boat4')")
        store.rebuild_index()
        assert len(store.search_lexical("boat4", 5)) == 1
        assert put(store, entry(numbered(4))) == "updated"
        assert store.search_lexical("boat4", 5) == []
        assert len(store.search_lexical("ship4", 5)) == 1
        assert len(store.search_dense(unit(1), 99)) == 24
        assert all(check.ok for check in store.health())


def test_only_the_files_of_dead_generations_are_swept(filled: Path) -> None:
    ours = [filled / "words-3.idx", filled / "words-9.idx.tmp"]
    theirs = filled / "my-words.idx"
    for path in (*ours, theirs):
        path.write_text("left behind")
    with open_store(filled) as store:
        put(store, entry(numbered(99)))
        store.commit_index()
    assert [path for path in ours if path.exists()] == []
    assert theirs.exists()
    assert len(list(filled.glob("words-*.idx"))) == 1
