"""Libraries of more chunks than are searched exactly; here that is few."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

import store_samples
from index.errors import LibraryError
from index.sqlite import SqliteStore
from index.sqlite.vectors.ivf_index import LayeredIndex
from index.store import IndexedDocument
from index.types import Document, Filter
from store_samples import (
    ENVIRONMENT,
    entry,
    numbered,
    random_units,
    rows,
    unit,
)

EXACT = 200


open_store = partial(store_samples.open_store, exact_up_to=EXACT)


def entries(start: int, end: int) -> list[IndexedDocument]:
    return [entry(numbered(number)) for number in range(start, end)]


def fill(home: Path, count: int = 150) -> None:
    with open_store(home) as store:
        store.replace_documents(entries(0, count))
        store.commit_index()


def names(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("vectors-*"))


def searches(store: SqliteStore) -> list[list[tuple[str, float]]]:
    queries = random_units(4, seed=7)
    filters = [Filter(), Filter(sources=("BBC",)), Filter(sources=("none",))]
    return [rows(store.search_dense(query, 10, chosen)) for query in queries for chosen in filters]


def failed(store: SqliteStore) -> list[str]:
    return [check.name for check in store.health() if not check.ok]


def is_layered(store: SqliteStore) -> bool:
    held = store._vectors()._held
    return held is not None and isinstance(held.index, LayeredIndex)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    fill(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def expected(filled: Path) -> list[list[tuple[str, float]]]:
    # A home of its own, so that what is measured against leaves no file in the other.
    exact = filled.parent / "exact"
    with open_store(exact, exact_up_to=10_000) as store:
        store.replace_documents(entries(0, 150))
        return searches(store)


def test_size_decides_which_kind_of_index_is_kept(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.replace_documents(entries(0, 100))
        store.commit_index()
        assert names(tmp_path) == ["vectors-1.faiss"]
        store.replace_documents(entries(100, 150))
        store.commit_index()
        assert names(tmp_path) == ["vectors-2.ivf.faiss"]
        store.delete_documents([numbered(number).id for number in range(60, 150)])
        store.commit_index()
        assert names(tmp_path) == ["vectors-3.faiss"]
        assert failed(store) == []


def test_a_large_library_is_searched_as_a_small_one(
    filled: Path, expected: list[list[tuple[str, float]]]
) -> None:
    with open_store(filled) as store:
        assert searches(store) == expected
        assert is_layered(store)
        assert len(store.search_dense(unit(1), 999)) == 300
        assert failed(store) == []


def test_few_changes_leave_the_file_and_many_build_it_anew(filled: Path) -> None:
    with open_store(filled) as store:
        assert names(filled) == ["vectors-1.ivf.faiss"]
        store.replace_documents(entries(150, 155))
        store.delete_documents([numbered(3).id])
        store.commit_index()
        assert names(filled) == ["vectors-1.ivf.faiss"]
        assert failed(store) == []
        store.replace_documents(entries(155, 165))
        store.commit_index()
        assert names(filled) == ["vectors-4.ivf.faiss"]
        assert failed(store) == []
        with store._database.read() as connection:
            assert connection.execute("SELECT * FROM removed_chunks").fetchall() == []


def test_changes_are_found_at_once_by_all_who_have_it_open(filled: Path) -> None:
    chance, kept = random.Random(3), set(range(150))  # noqa: S311 - no secret
    with open_store(filled) as reader, open_store(filled) as writer:
        for turn in range(6):
            new = range(200 + 4 * turn, 204 + 4 * turn)
            gone = chance.sample(sorted(kept), 8)
            writer.replace_documents([entry(numbered(number)) for number in new])
            writer.delete_documents([numbered(number).id for number in gone])
            kept = (kept | set(new)) - set(gone)
            if turn % 3 == 2:
                writer.commit_index()
            with open_store(filled) as fresh:
                found = searches(fresh)
            assert searches(reader) == found
            assert searches(writer) == found
            with open_store(filled.parent / f"exact{turn}", exact_up_to=10_000) as exact:
                exact.replace_documents([entry(numbered(number)) for number in kept])
                assert searches(exact) == found
        assert failed(reader) == []


def test_ties_are_the_same_whatever_the_order_of_adding(tmp_path: Path) -> None:
    documents = [Document(f"Same words, paper {number}.") for number in range(300)]
    found = []
    for name, order in (("one", documents), ("two", documents[::-1])):
        with open_store(tmp_path / name) as store:
            store.replace_documents([entry(document, unit(3, 4)) for document in order])
            store.replace_documents([entry(Document("Another."), unit(1))])
            store.commit_index()
            found.append([rows(store.search_dense(unit(1), limit)) for limit in (1, 7, 40)])
            assert is_layered(store)
    assert found[0] == found[1]
    assert len(found[0][2]) == 40


def test_lists_are_the_same_whatever_the_order_of_adding(tmp_path: Path) -> None:
    found = []
    everything = entries(0, 300)
    for name, order in (("one", everything), ("two", everything[::-1])):
        with open_store(tmp_path / name) as store:
            store.replace_documents(order)
            store.commit_index()
            with store._database.read() as connection:
                index = store._vectors().load(connection)
            assert index is not None
            found.append([sorted(map(bytes, codes)) for _, codes in index.rows()])
    assert found[0] == found[1]


def test_opening_reads_no_row_of_what_did_not_change(tmp_path: Path) -> None:
    fill(tmp_path, count=2000)
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with open_store(tmp_path) as store:
        with store._database.read() as connection:
            connection.set_progress_handler(step, 1)
        assert len(store.search_dense(unit(1), 1)) == 1
    assert 0 < steps < 2000  # of SQLite's virtual machine, less than one for two of 4000 chunks


# Damage


def _edit_header(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(0, 80)
    data[place] = (data[place] + chance.randrange(1, 256)) % 256


def _flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def test_damage_of_the_file_is_noticed_and_mended(
    filled: Path, expected: list[list[tuple[str, float]]], caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    for turn in range(24):
        (path,) = filled.glob("vectors-*")
        data = bytearray(path.read_bytes())
        (_flip, _edit_header, _truncate)[turn % 3](data, chance)
        path.write_bytes(data)
        caplog.clear()
        with open_store(filled) as store:
            assert failed(store) == ["vector index"]
            assert searches(store) == expected
            assert "building the vector index anew" in caplog.text
            assert "ask doctor --repair" in caplog.text
            store.commit_index()
        with open_store(filled) as store:
            assert searches(store) == expected
            assert is_layered(store)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE meta SET value = 'vectors-9.ivf.faiss' WHERE key = 'index_file'",
        "UPDATE meta SET value = '../../vectors-9.faiss' WHERE key = 'index_file'",
        "UPDATE meta SET value = replace(value, 'ivf.', '') WHERE key = 'index_file'",
        "UPDATE meta SET value = 'ab' || substr(value, 3) WHERE key = 'index_sha256'",
        "UPDATE meta SET value = '' WHERE key = 'index_sha256'",
        "UPDATE meta SET value = value + 1 WHERE key = 'index_bytes'",
        "UPDATE meta SET value = value - 1 WHERE key = 'index_rows'",
        "UPDATE meta SET value = 'many' WHERE key = 'index_rows'",
        "UPDATE meta SET value = 99 WHERE key = 'index_removals'",
        "UPDATE meta SET value = -99 WHERE key = 'index_removals'",
        "DELETE FROM meta WHERE key LIKE 'index_%'",
        "DELETE FROM meta WHERE key = 'index_sha256'",
        "DELETE FROM removed_chunks",
        "INSERT INTO removed_chunks (number) VALUES (40), (9999)",
    ],
)
def test_damage_of_what_is_recorded_changes_no_result(
    filled: Path, expected: list[list[tuple[str, float]]], change: str
) -> None:
    with open_store(filled) as store:
        store.replace_documents([entry(numbered(151))])
        store.delete_documents([numbered(151).id])  # so that a removal is noted
        store.replace_documents([entry(numbered(152))])
        store.delete_documents([numbered(0).id])
        store.replace_documents([entry(numbered(0))])
        store.delete_documents([numbered(152).id])
    connection = sqlite3.connect(filled / "library.db")
    connection.execute(change)
    connection.commit()
    connection.close()
    with open_store(filled) as store:
        assert searches(store) == expected
        store.commit_index()
        store.rebuild_index()
        assert searches(store) == expected
        assert failed(store) == []


def test_a_repair_builds_the_file_anew(filled: Path) -> None:
    with open_store(filled) as store:
        searches(store)
        store.rebuild_index()
        assert names(filled) == ["vectors-2.ivf.faiss"]
        assert failed(store) == []


_SAVES = """
import sys
from pathlib import Path
from store_samples import entry, numbered
from test_large_library import entries, open_store
with open_store(Path(sys.argv[1])) as store:
    for turn in range(1000):
        store.replace_documents(entries(1000 + 20 * turn, 1020 + 20 * turn))
        print(turn, flush=True)
        store.commit_index()
"""


def test_a_kill_while_it_is_built_loses_nothing(filled: Path) -> None:
    chance = random.Random(8)  # noqa: S311 - no secret
    for _ in range(4):
        command = [sys.executable, "-c", _SAVES, str(filled)]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
        with open_store(filled) as store:
            found = searches(store)
            assert failed(store) == []
            held = store.counts().chunks
            store.delete_documents([item.document.id for item in entries(1000, 3000)])
            assert held > store.counts().chunks == 300
        assert len(found[0]) == 10
    with open_store(filled) as store:
        store.commit_index()
    assert len(names(filled)) == 1


# In the background


def build(store: SqliteStore) -> None:
    builder = store._vectors()._builder
    assert builder is not None
    builder.join(timeout=60)
    assert not builder.is_alive()


def test_searches_are_exact_while_a_thread_builds(
    filled: Path, expected: list[list[tuple[str, float]]]
) -> None:
    (path,) = filled.glob("vectors-*")
    path.unlink()
    with open_store(filled, background=True) as store:
        assert searches(store) == expected
        build(store)
        assert searches(store) == expected
        assert is_layered(store)
        assert names(filled) == ["vectors-1.ivf.faiss"]
        store.replace_documents(entries(150, 180))
        store.commit_index()
        meanwhile = searches(store)
        build(store)
        assert searches(store) == meanwhile
        assert names(filled) == ["vectors-2.ivf.faiss"]
        assert failed(store) == []


def test_articles_that_come_and_go_during_a_build_are_seen(tmp_path: Path) -> None:
    with open_store(tmp_path, background=True) as store:
        store.replace_documents(entries(0, 2000))
        store.commit_index()
        for number in range(20):
            store.replace_documents([entry(numbered(5000 + number))])
            store.delete_documents([numbered(50 * number).id])
        found = searches(store)
        build(store)
        assert searches(store) == found
        assert is_layered(store)
        assert failed(store) == []


def test_a_store_may_be_closed_while_a_thread_builds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(tmp_path, background=True)
    store.replace_documents(entries(0, 2000))
    store.commit_index()
    builder = store._vectors()._builder
    assert builder is not None
    store.close()
    builder.join(timeout=60)
    assert not builder.is_alive()
    assert caplog.messages == []
    fill(tmp_path, count=1)


def test_a_build_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with open_store(tmp_path) as store:
        store.replace_documents(entries(0, 150))
        store.commit_index(on_progress=lambda done, of: told.append((done, of)))
        assert told == [(300, 600), (600, 600)]
        store.commit_index(on_progress=lambda done, of: told.append((done, of)))
        assert len(told) == 2


def test_a_file_that_cannot_be_written_is_told_in_one_line(filled: Path) -> None:
    with open_store(filled) as store:
        store.replace_documents(entries(150, 200))
        blocked = filled / "vectors-2.ivf.faiss.tmp"
        blocked.mkdir()
        with pytest.raises(LibraryError, match="the articles are stored and can be searched"):
            store.commit_index()
        blocked.rmdir()
        store.commit_index()
        assert failed(store) == []
