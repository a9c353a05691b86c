"""The store when things go wrong: kills, damage, full disks, and other processes."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.errors import DamagedError, LibraryError, MismatchError
from index.sqlite import SqliteStore
from index.store import Counts, Listing
from index.types import Document, Filter
from rag.cli import main
from store_samples import (
    ENVIRONMENT,
    TESTS,
    entry,
    fill,
    numbered,
    open_store,
    put,
    random_units,
    rows,
    unit,
)


def worker(home: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(TESTS / "store_worker.py"), str(home), name, str(count)]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def index_file(home: Path) -> Path:
    (path,) = home.glob("vectors-*.faiss")
    return path


def failed(store: SqliteStore) -> list[str]:
    return [check.name for check in store.health() if not check.ok]


def searches(store: SqliteStore) -> list[list[tuple[str, float]]]:
    dense = [rows(store.search_dense(query, 10)) for query in random_units(5, seed=7)]
    return [*dense, rows(store.search_lexical("report ship3 ship4", 10))]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    fill(home)
    return home


# Processes


def test_two_processes_add_at_once_and_none_is_lost(tmp_path: Path) -> None:
    with worker(tmp_path, "a", 20) as one, worker(tmp_path, "b", 20) as two:
        assert (one.wait(), two.wait()) == (0, 0)
    with open_store(tmp_path) as store:
        assert {document.path for document in store.documents()} == {
            f"/articles/{name}/{number}.txt" for name in "ab" for number in range(20)
        }
        assert len(store.search_dense(unit(1), 99)) == 80
        assert failed(store) == []


def test_acknowledged_adds_survive_kills_at_any_moment(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(4)  # noqa: S311 - no secret
    acknowledged: set[str] = set()
    for turn in range(12):
        with worker(home, f"k{turn}", 10_000) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(0, 6)):  # let a few be acknowledged first
                acknowledged.add(f"/articles/k{turn}/{process.stdout.readline().strip()}.txt")
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
            rest = process.stdout.read()
        lines = rest.split("\n")[:-1]  # what follows the last line break was never said
        acknowledged |= {f"/articles/k{turn}/{line}.txt" for line in lines}
        with open_store(home) as store:
            assert acknowledged <= store.files().keys()
            found = searches(store)
            everything = list(store.documents())
            assert store.counts() == Counts(len(everything), 2 * len(everything))
            assert failed(store) == []
    with open_store(tmp_path / "fresh") as fresh:
        for document in everything:
            put(fresh, entry(document))
        assert searches(fresh) == found
    assert len(acknowledged) >= 12
    assert not list(home.glob("*.tmp*"))


# The vector index


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, Path.unlink])
def test_a_damaged_index_is_noticed_and_built_anew(
    filled: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    with open_store(filled) as store:
        expected, whole = searches(store), index_file(filled).read_bytes()
    assert caplog.records == []
    damage(index_file(filled))
    with open_store(filled) as store:
        assert failed(store) == ["vector index"]
        caplog.clear()
        assert searches(store) == expected
        assert "building the vector index anew" in caplog.text
        assert failed(store) == []
    assert index_file(filled).read_bytes() == whole  # saved again by the first search


def test_an_older_index_is_never_taken_for_the_current_one(filled: Path) -> None:
    older = index_file(filled).read_bytes()
    with open_store(filled) as store:
        store.delete_documents([numbered(number).id for number in (1, 2, 3)])
        put(store, entry(numbered(50)))
        expected = searches(store)
        store.commit_index()
    index_file(filled).write_bytes(older)
    with open_store(filled) as store:
        assert searches(store) == expected
        assert failed(store) == []


def test_a_file_that_is_behind_is_caught_up(filled: Path) -> None:
    with open_store(filled) as store:
        store.delete_documents([numbered(1).id])
        put(store, entry(numbered(50)))
        expected = searches(store)
    with open_store(filled) as store:
        assert failed(store) == []
        assert searches(store) == expected
    with open_store(filled) as store:
        (check,) = [check for check in store.health() if check.name == "vector index"]
        assert check.detail == "24 vectors in a file that agrees with the database"


def test_commit_index_is_idle_when_nothing_changed(filled: Path) -> None:
    before = index_file(filled).stat()
    with open_store(filled) as store:
        store.commit_index()
        store.search_dense(unit(1), 1)
        store.commit_index()
    after = index_file(filled).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_only_the_files_of_dead_generations_are_swept(filled: Path) -> None:
    ours = [filled / "vectors-3.faiss", filled / "vectors-9.faiss.tmp", filled / "library.db.tmp"]
    theirs = [filled / "notes.tmp", filled / "my-vectors.faiss"]
    for path in (*ours, *theirs):
        path.write_text("left behind")
    with open_store(filled) as store:
        put(store, entry(numbered(99)))
        store.commit_index()
    assert [path for path in ours if path.exists()] == []
    assert all(path.exists() for path in theirs)
    assert len(list(filled.glob("vectors-*.faiss"))) == 1


def test_a_library_deleted_and_made_anew_is_noticed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home)
    with open_store(home) as store:
        store.search_dense(unit(1), 1)
        shutil.rmtree(home)
        assert store.search_dense(unit(1), 1) == []
        fill(home, count=12)
        with open_store(home) as other:
            assert searches(store) == searches(other)


def _put_back(backup: Path, library: Path) -> None:
    backup.replace(library)


def _copy_over(backup: Path, library: Path) -> None:
    library.write_bytes(backup.read_bytes())
    # One commit more: SQLite itself tells two states of one file apart by counting them.
    alter(library.parent, "UPDATE meta SET value = value")


@pytest.mark.parametrize("restore", [_put_back, _copy_over])
@pytest.mark.parametrize("writes", [1, 2])
def test_a_backup_that_was_put_back_is_not_searched_by_old_vectors(
    tmp_path: Path, restore: Callable[[Path, Path], None], writes: int
) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup.db"
    fill(home, count=40)
    shutil.copyfile(home / "library.db", backup)
    with open_store(home) as store:
        for number in range(50, 50 + writes):
            put(store, entry(numbered(number)))
        store.search_dense(unit(1), 1)
        restore(backup, home / "library.db")
        with open_store(home) as other:
            # As many writes as before, of other articles: chunks get the same numbers again.
            for number in range(60, 60 + writes):
                put(other, entry(numbered(number)))
        for number in range(60, 60 + writes):
            made = entry(numbered(number))
            for chunk, vector in zip(made.chunks, made.vectors, strict=True):
                assert [hit.chunk for hit in store.search_dense(vector, 1)] == [chunk]


# The database


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 500)


def _flip_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[3] ^= 0xFF
    path.write_bytes(data)


def _cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _other_program(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()


@pytest.mark.parametrize("damage", [_garbage, _flip_header, _cut_in_half, _empty, _other_program])
def test_a_damaged_database_is_told_in_one_line(
    filled: Path, damage: Callable[[Path], None]
) -> None:
    damage(filled / "library.db")
    with pytest.raises(DamagedError, match=r"library\.db is damaged") as caught:
        open_store(filled)
    assert "\n" not in str(caught.value)


def test_damage_anywhere_in_the_database_never_surfaces_as_sqlite(filled: Path) -> None:
    path, chance = filled / "library.db", random.Random(2)  # noqa: S311 - no secret
    whole = path.read_bytes()
    noticed = 0
    for page in range(1, len(whole) // 4096):
        data = bytearray(whole)
        data[page * 4096 : page * 4096 + 256] = chance.randbytes(256)
        path.write_bytes(data)
        try:
            with open_store(filled) as store:
                noticed += bool(failed(store))
                searches(store)
                list(store.documents())
                put(store, entry(numbered(77)))
        except LibraryError as error:
            noticed += "\n" not in str(error)
    assert noticed >= len(whole) // 4096 - 1


def alter(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "library.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE documents SET text = replace(text, 'ship4', 'boat4')", ["articles", "full text"]),
        ('UPDATE chunks SET "end" = 9999 WHERE number = 4', ["articles"]),
        ("UPDATE documents SET sentences = '[0]' WHERE number = 3", ["articles"]),
        ("UPDATE documents SET sentences = '[0, \"x\"]' WHERE number = 3", ["articles"]),
        ("UPDATE chunks SET start = 'x' WHERE number = 3", ["articles", "full text"]),
        ("UPDATE meta SET value = value + 1 WHERE key = 'chunks'", ["database"]),
        ("UPDATE vectors SET vector = zeroblob(32) WHERE chunk = 3", ["vectors", "vector index"]),
        ("DELETE FROM vectors WHERE chunk = 3", ["vectors", "vector index"]),
        ("INSERT INTO places (file, part, document) VALUES (9, 'x', 99)", ["database"]),
        ("INSERT INTO removed_chunks (place, number) VALUES (99, 4)", ["full text"]),
    ],
)
def test_health_names_what_is_wrong(filled: Path, statement: str, names: list[str]) -> None:
    with open_store(filled) as store:
        assert failed(store) == []
    alter(filled, statement)
    with open_store(filled) as store:
        assert failed(store) == names
        assert all(check.ok or check.mend for check in store.health())


_ALTERED = [
    "UPDATE documents SET text = replace(text, 'ship4', 'boat4')",
    "UPDATE documents SET title = 'Other' WHERE id = '{id}'",
    "UPDATE documents SET published = 'yesterday' WHERE id = '{id}'",
    # Neither UTF-8 nor as long as it was:
    "UPDATE documents SET text = CAST(x'ff0aff' AS TEXT) WHERE id = '{id}'",
    "UPDATE documents SET sentences = '[]', text = '' WHERE id = '{id}'",
]


@pytest.mark.parametrize("statement", _ALTERED)
def test_a_damaged_article_is_never_shown_and_hides_no_other(
    filled: Path, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, others = numbered(4), [numbered(number) for number in range(12) if number != 4]
    alter(filled, statement.format(id=damaged.id))
    with open_store(filled) as store:
        with pytest.raises(DamagedError) as caught:
            store.document(damaged.id[:6])
        assert str(caught.value) == (
            f'the article "{damaged.id}" is damaged in the database: '
            "add '/articles/w/4.txt' again, or remove the article"
        )
        assert {document.id for document in store.documents()} == {other.id for other in others}
        assert caplog.messages == [f"left out: {caught.value}"]
        (articles,) = [check for check in store.health() if check.name == "articles"]
        assert articles.detail == str(caught.value)
        # Both it and others can be removed, and nothing of them is left behind.
        assert store.full_id(damaged.id[:6]) == damaged.id
        assert store.delete_documents([damaged.id, others[0].id]) == 2
        assert [document.id for document in store.documents() if document not in others] == []
        assert store.counts() == Counts(10, 20)
        assert failed(store) == []


@pytest.mark.parametrize("statement", _ALTERED)
def test_adding_a_damaged_article_again_mends_it(filled: Path, statement: str) -> None:
    damaged = numbered(4)
    alter(filled, statement.format(id=damaged.id))
    with open_store(filled) as store:
        assert store.status(damaged) == "updated"
        assert put(store, entry(damaged)) == "updated"
        assert store.document(damaged.id) == damaged
        assert store.status(damaged) == "unchanged"
        assert store.counts() == Counts(12, 24)
        assert failed(store) == []


def test_new_content_at_the_path_of_a_damaged_article_replaces_it(filled: Path) -> None:
    damaged = numbered(4)
    alter(filled, _ALTERED[3].format(id=damaged.id))
    with open_store(filled) as store:
        changed = Document("The harbour is empty.", path=damaged.path)
        assert put(store, entry(changed)) == "updated"
        assert changed in list(store.documents())
        assert failed(store) == []


def test_a_library_without_counters_is_counted(filled: Path) -> None:
    alter(filled, "DELETE FROM meta WHERE key IN ('documents', 'chunks')")
    with open_store(filled) as store:
        store.delete_documents([numbered(1).id])
        assert store.counts() == Counts(11, 22)
        assert failed(store) == []


@pytest.mark.parametrize("value", ["", "garbage", "-1", "1e999"])
@pytest.mark.parametrize(
    "key", ["generation", "index_file", "index_sha256", "index_bytes", "index_rows"]
)
def test_a_senseless_note_of_the_index_does_no_harm(filled: Path, key: str, value: str) -> None:
    with open_store(filled) as store:
        expected = searches(store)
    alter(filled, f"UPDATE meta SET value = '{value}' WHERE key = '{key}'")  # noqa: S608
    with open_store(filled) as store:
        assert searches(store) == expected
        assert failed(store) == []
        store.replace_documents([entry(numbered(50))])
        store.commit_index()
        assert failed(store) == []
        assert len(store.search_dense(unit(1), 99)) == 26


def test_an_old_index_that_cannot_be_deleted_is_in_nobodys_way(filled: Path) -> None:
    (filled / "vectors-1.faiss").mkdir()
    with open_store(filled) as store:
        store.replace_documents([entry(numbered(50))])
        store.commit_index()
        assert failed(store) == []


@pytest.mark.parametrize("value", ["0", "7", "garbage"])
def test_rebuilding_counts_anew(filled: Path, value: str) -> None:
    statement = f"UPDATE meta SET value = '{value}' WHERE key IN ('documents', 'chunks')"  # noqa: S608
    alter(filled, statement)
    with open_store(filled) as store:
        assert failed(store) == ["database"]
        store.rebuild_index()
        assert store.counts() == Counts(12, 24)
        assert failed(store) == []


def test_rebuilding_mends_what_is_derived(filled: Path) -> None:
    with open_store(filled) as store:
        expected = searches(store)
    alter(filled, "INSERT INTO removed_chunks (place, number) VALUES (99, 4)")
    _flip(index_file(filled))
    with open_store(filled) as store:
        assert failed(store) == ["full text", "vector index"]
        store.rebuild_index()
        assert failed(store) == []
        assert searches(store) == expected


def test_another_format_is_refused(filled: Path) -> None:
    alter(filled, "PRAGMA user_version = 99")
    with pytest.raises(MismatchError, match="format 99, and this Byline reads formats up to 4"):
        open_store(filled)


# The disk


def test_the_name_of_a_new_home_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    sync = os.fsync

    def recorded(descriptor: int) -> None:
        synced.add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    home = tmp_path / "new" / "home"
    fill(home, count=1)
    assert {str(tmp_path), str(home.parent), str(home)} <= synced
    synced.clear()
    fill(home, count=2)
    assert str(home.parent) not in synced


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from index.errors import LibraryError
from index.types import Document
from rag.cli import main
from store_samples import entry, numbered, put
from test_sqlite_faults import open_store, searches
home = Path(sys.argv[1])
with open_store(home) as store:
    before = searches(store)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = (home / "library.db").stat().st_size + 20_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        put(store, entry(Document("x" * 200_000)))
    except LibraryError as error:
        print(error)
    assert store.counts().documents == 12
    assert searches(store) == before
    put(store, entry(numbered(50)))
    assert store.counts().documents == 13
"""


def test_a_file_that_may_not_grow_leaves_all_as_it_was(filled: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(filled)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert "nothing of this change was stored, and what was there before is kept" in done.stdout
    with open_store(filled) as store:
        assert store.counts() == Counts(13, 26)
        assert failed(store) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_all_as_it_was(small_disk: Path) -> None:
    fill(small_disk)
    with open_store(small_disk) as store:
        before = searches(store)
        with pytest.raises(LibraryError, match="the disk is full: nothing of this change"):
            put(store, entry(Document("x" * 2_000_000)))
        assert searches(store) == before
        put(store, entry(numbered(60)))
        expected = searches(store)
        used = small_disk / "filler"
        with used.open("wb", buffering=0) as file:
            while file.write(b"x" * min(4096, shutil.disk_usage(small_disk).free)):
                pass
        with pytest.raises(LibraryError, match="the articles are stored and can be searched"):
            store.commit_index()
        assert searches(store) == expected
        assert not list(small_disk.glob("*.tmp"))
        used.unlink()
        store.commit_index()
        assert failed(store) == []


_READ_ONLY = """
import os, sys
from pathlib import Path
from index.errors import LibraryError
from store_samples import entry, numbered, put
from test_sqlite_faults import failed, fill, open_store, searches
home, other = map(Path, sys.argv[1:])
fill(other)
with open_store(other) as store:
    searches(store), failed(store)  # imports all that another user may not be able to read
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
with open_store(home) as store:
    print(len(searches(store)[0]), store.counts().documents, failed(store))
    try:
        put(store, entry(numbered(50)))
    except LibraryError as error:
        print(error)
"""


def test_a_library_that_may_only_be_read_is_read(filled: Path) -> None:
    with open_store(filled) as store:
        put(store, entry(numbered(20)))  # the index is behind, and cannot be saved
    home = Path(tempfile.mkdtemp()) / "home"
    try:
        shutil.copytree(filled, home)
        for path in home.iterdir():
            path.chmod(0o444)
        home.chmod(0o555)
        home.parent.chmod(0o755)
        command = [sys.executable, "-c", _READ_ONLY, str(home), str(filled.parent / "other")]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        first, second = done.stdout.splitlines()
        assert first == "10 13 []"
        assert "cannot be read or written to; check its permissions" in second
    finally:
        home.chmod(0o755)
        shutil.rmtree(home.parent)


def test_a_library_is_private_to_its_owner(filled: Path) -> None:
    assert filled.stat().st_mode & 0o077 == 0
    assert (filled / "library.db").stat().st_mode & 0o077 == 0


def test_a_damaged_article_can_be_removed_by_a_person(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(filled) as store:
        first, *others = [document.id for document in store.documents()]
    alter(filled, _ALTERED[1].format(id=first))
    assert main(["remove", first[:10], "--home", str(filled)]) == 0
    capsys.readouterr()
    with open_store(filled) as store:
        assert [document.id for document in store.documents()] == others
        assert failed(store) == []


@pytest.mark.parametrize(
    "listing",
    [
        Listing(search="x" * 60_000),
        Listing(search=" ".join(map(str, range(2_000)))),
        Listing(Filter(sources=tuple(map(str, range(300_000))))),
    ],
)
def test_what_is_too_long_for_the_database_is_no_damage(filled: Path, listing: Listing) -> None:
    with open_store(filled) as store:
        with pytest.raises(LibraryError, match="too much to ask") as told:
            store.list_documents(listing)
        assert not isinstance(told.value, DamagedError)


def test_an_offset_that_is_no_number_ends_a_search_in_one_line(filled: Path) -> None:
    alter(filled, "UPDATE chunks SET start = 'x' WHERE number = 3")
    with open_store(filled) as store:
        for search in (lambda: searches(store), lambda: store.search_lexical("report", 99)):
            with pytest.raises(DamagedError, match="ask doctor"):
                search()
