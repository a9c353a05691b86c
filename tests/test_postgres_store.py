"""What only the store on a server does: its index, its faults, and many who write at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import psycopg
import pytest

import store_samples
from index.errors import LibraryError, LockedError, MismatchError
from index.postgres import PostgresStore, postings, vectors
from index.postgres.vectors import has_index
from index.store import Counts
from index.types import Document, Filter
from servers import PostgresServer, postgres_server
from store_samples import (
    DIMENSION,
    ENVIRONMENT,
    FINGERPRINT,
    entry,
    numbered,
    put,
    random_units,
    rows,
    unit,
)


def open_store(url: str, **options: float) -> PostgresStore:
    return PostgresStore(url, fingerprint=FINGERPRINT, dimension=DIMENSION, **options)  # type: ignore[arg-type]


@pytest.fixture
def store(postgres: PostgresServer) -> Iterator[PostgresStore]:
    with open_store(postgres.library()) as opened:
        yield opened


FILTERS = (
    Filter(),
    Filter(sources=("Reuters",)),
    Filter(after=date(2020, 1, 10)),
    Filter(after=date(2020, 1, 27)),
    Filter(sources=("nobody",)),
)


@pytest.mark.parametrize("few", [5_000, 3])
def test_it_ranks_as_the_store_in_a_folder(
    store: PostgresStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(vectors, "FEW", few)
    monkeypatch.setattr(postings, "_SCORED", 50)
    with store_samples.open_store(tmp_path) as folder:
        for number in range(120):
            made = entry(numbered(number))
            put(store, made)
            put(folder, made)
        for gone in (3, 40, 77):
            store.delete_documents([numbered(gone).id])
            folder.delete_documents([numbered(gone).id])
        for chosen in FILTERS:
            for text in ("report of harbours", "ship7 ship8 names", "names it also"):
                expected = rows(folder.search_lexical(text, 9, chosen))
                assert rows(store.search_lexical(text, 9, chosen)) == expected
            for query in random_units(5, seed=1):
                expected = rows(folder.search_dense(query, 9, chosen))
                assert rows(store.search_dense(query, 9, chosen)) == expected


def test_an_index_is_made_when_it_has_grown(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "FEW", 3)
    with open_store(postgres.library(), exact_up_to=100) as store:
        for number in range(40):
            put(store, entry(numbered(number)))
        store.commit_index()
        with store._database.read() as transaction:
            assert not has_index(transaction)
        for number in range(40, 120):
            put(store, entry(numbered(number)))
        queries = random_units(20, seed=2)
        exact = [[rows(store.search_dense(q, 9, each)) for each in FILTERS] for q in queries]
        store.commit_index()
        with store._database.read() as transaction:
            assert has_index(transaction)
        # So few that the index reaches all of them.
        assert [[rows(store.search_dense(q, 9, f)) for f in FILTERS] for q in queries] == exact
        put(store, entry(numbered(120), unit(1), unit(-1)))
        assert store.search_dense(unit(1), 1)[0].chunk.document_id == numbered(120).id
        assert all(check.ok for check in store.health())


def test_those_who_make_the_index_at_once_make_it_once(postgres: PostgresServer) -> None:
    url = postgres.library()
    with open_store(url, exact_up_to=10) as one, open_store(url, exact_up_to=10) as two:
        one.replace_documents([entry(numbered(number)) for number in range(200)])
        with ThreadPoolExecutor(2) as executor:
            list(executor.map(PostgresStore.commit_index, (one, two)))
        with one._database.read() as transaction:
            assert has_index(transaction)


def test_libraries_of_one_database_share_nothing(postgres: PostgresServer) -> None:
    url = postgres.library()
    named = url.rpartition("%3D")[2]
    # A name that has to be quoted; and the other library is in the search path, too.
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "Other"')
    other = f"{postgres.url}?options=-csearch_path%3D%22Other%22%2C{named}"
    for _ in range(2):
        with open_store(url, exact_up_to=10) as store, open_store(other, exact_up_to=10) as beside:
            store.replace_documents([entry(numbered(number)) for number in range(20)])
            put(beside, entry(numbered(1)))
            assert beside.counts() == Counts(1, 2)
            store.commit_index()
            beside.rebuild_index()
            indexed = []
            for each in (store, beside):
                with each._database.read() as transaction:
                    indexed.append(has_index(transaction))
            assert indexed == [True, False]


def test_a_schema_that_is_not_there_is_not_taken_for_the_next(postgres: PostgresServer) -> None:
    url = postgres.library().replace("library_", "absent%2Clibrary_")
    with pytest.raises(LibraryError, match="has no schema absent: make it with CREATE SCHEMA"):
        open_store(url)


def test_a_search_path_without_pgvector_is_one_line(postgres: PostgresServer) -> None:
    with pytest.raises(LibraryError, match="has pgvector in a schema that is not in the search"):
        open_store(postgres.library().replace("%2Cpublic", ""))


def test_the_encoding_that_a_terminal_prefers_is_nothing_to_articles(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    document = Document("Zürich grüßt für 3 €.", title="Größe")
    with open_store(postgres.library()) as other:
        put(other, entry(document))
        assert other.document(document.id) == document


def test_damage_of_the_inverted_lists_is_noticed_and_mended(store: PostgresStore) -> None:
    for number in range(9):
        put(store, entry(numbered(number)))
    sound = rows(store.search_lexical("harbours of report 7", 9))
    for damage in (
        "DELETE FROM postings WHERE stem = 'harbour'",
        "UPDATE postings SET entries = substr(entries, 7) WHERE stem = 'report'",
        "UPDATE meta SET value = '3' WHERE key = 'words'",
        "DELETE FROM meta WHERE key = 'chunks'",
    ):
        with store._database.write() as transaction:
            transaction.execute(damage)
        assert [check.mend for check in store.health() if not check.ok] == ["ask doctor --repair"]
        store.rebuild_index()
        assert all(check.ok for check in store.health())
        assert rows(store.search_lexical("harbours of report 7", 9)) == sound


def test_an_article_that_is_mended_leaves_nothing_of_its_damage(store: PostgresStore) -> None:
    for number in range(9):
        put(store, entry(numbered(number)))
    with store._database.write() as transaction:
        transaction.execute("UPDATE documents SET text = 'other' WHERE id = ?", (numbered(4).id,))
    assert put(store, entry(numbered(4))) == "updated"
    assert store.chunk_frequencies(["harbours", "other"]) == [9, 0]
    assert [check for check in store.health() if not check.ok] == []


def test_what_is_too_long_for_an_index_of_the_server_is_kept(store: PostgresStore) -> None:
    long = "".join(chr(97 + int(n)) for n in np.random.default_rng(7).integers(0, 26, 9000))
    document = Document(
        f"A word: {long} ends.", title=long, source=long, author=long, url="https://a.org/" + long
    )
    put(store, entry(document))
    assert store.document(document.id) == document
    (found,) = store.search_lexical(long, 5)
    assert found.chunk.document_id == document.id
    assert list(store.documents(Filter(sources=(long.upper(),)))) == [document]


# Faults


def test_an_address_that_leads_nowhere_is_one_line_without_the_password() -> None:
    for url, said in (
        ("postgresql://byline:s3cret@127.0.0.1:1/news", "the database news on 127.0.0.1"),
        ("postgresql://byline:s3cret@", "cannot be reached"),
        ("postgresql://byline:s3cret@[", "none that PostgreSQL understands"),
        ("postgresql://byline:a@s3cret@127.0.0.1/news", "a password @ as %40"),
        ("postgresql://byline:a/s3cret@127.0.0.1/news", "a password @ as %40"),
    ):
        with pytest.raises(LibraryError, match=said) as caught:
            open_store(url, connect_timeout_s=2)
        assert "s3cret" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_library_of_the_first_format_is_brought_up_to_date(postgres: PostgresServer) -> None:
    address = postgres.library()
    with open_store(address) as store:
        put(store, entry(numbered(1)))
    with open_store(address) as store, store._database.write() as transaction:
        transaction.execute("DROP TABLE waiting")
        transaction.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
    with open_store(address) as store:
        assert store.counts() == Counts(1, 2)
        store.replace_documents([replace(entry(numbered(2)), vectors=None)])
        assert store.counts() == Counts(2, 4, waiting=2)
        assert [check for check in store.health() if not check.ok] == []


def test_a_library_of_a_later_format_is_refused(postgres: PostgresServer) -> None:
    url = postgres.library()
    with open_store(url) as store, store._database.write() as transaction:
        transaction.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(MismatchError, match="has format 99, and this Byline reads formats up to 2"):
        open_store(url)


def test_who_may_only_read_reads(postgres: PostgresServer) -> None:
    url = postgres.library()
    with open_store(url) as store:
        put(store, entry(numbered(1)))
    with open_store(f"{url}%20-cdefault_transaction_read_only%3Don") as reader:
        assert reader.counts() == Counts(1, 2)
        assert len(reader.search_lexical("harbours", 5)) == 1
        with pytest.raises(LibraryError, match="can only be read"):
            put(reader, entry(numbered(2)))


def test_a_second_writer_waits_and_is_told_for_what(postgres: PostgresServer) -> None:
    url = postgres.library()
    with open_store(url) as one, open_store(url, lock_timeout_s=0.1) as two:
        put(one, entry(numbered(1)))
        with one._database.write():
            with pytest.raises(LockedError, match="another process is writing"):
                put(two, entry(numbered(2)))
            assert two.counts() == Counts(1, 2)
        assert put(two, entry(numbered(2))) == "added"


def writer(url: str, name: str, count: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, str(Path(__file__).parent / "store_worker.py"), url, name]
    return subprocess.Popen(
        [*arguments, str(count)], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    )


def test_writers_that_are_killed_lose_nothing_that_they_told_of(postgres: PostgresServer) -> None:
    url = postgres.library()
    names = ("a", "b", "c")
    workers = [writer(url, name, 500) for name in names]
    acknowledged: list[Document] = []
    for number, worker in enumerate(workers):
        assert worker.stdout is not None
        for _ in range(5 + 3 * number):
            acknowledged.append(numbered(int(worker.stdout.readline()), names[number]))
        worker.kill()
    for worker in workers:
        worker.communicate()
    with open_store(url) as store:
        stored = list(store.documents())
        assert {document.id for document in acknowledged} <= {document.id for document in stored}
        assert store.counts() == Counts(len(stored), 2 * len(stored))
        assert all(check.ok for check in store.health())


def test_a_server_that_is_killed_keeps_what_it_told_of_and_is_found_again() -> None:
    with postgres_server() as server:
        url = server.library()
        with open_store(url, connect_timeout_s=5) as store:
            worker = writer(url, "w", 10_000)
            assert worker.stdout is not None
            told = [int(worker.stdout.readline()) for _ in range(20)]
            server.kill()
            told += [int(line) for line in worker.communicate()[0].split()]
            assert worker.returncode != 0
            with pytest.raises(LibraryError, match="see whether it runs"):
                store.counts()
            server.start()
            until = time.monotonic() + 30
            while True:
                try:
                    stored = {document.id for document in store.documents()}
                    break
                except LibraryError:
                    assert time.monotonic() < until
            assert {numbered(number, "w").id for number in told} <= stored
            # At most the one that was under way.
            assert len(stored) - len(told) in (0, 1)
            assert [check for check in store.health() if not check.ok] == []


def test_it_is_nothing_to_who_has_none() -> None:
    code = """
import sys
import rag.assistant, index.sqlite, rag.cli.main
assert not {"psycopg", "pgvector", "index.postgres"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True)


def test_the_package_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from rag.parts import open_store as opened
    from rag.settings import Settings

    monkeypatch.setitem(sys.modules, "index.postgres", None)
    settings = Settings(tmp_path, tmp_path, store="postgresql://localhost/x")
    with pytest.raises(LibraryError, match=r'pip install "byline\[postgres\]"'):
        opened(settings)


def test_only_addresses_of_postgresql_are_known(tmp_path: Path) -> None:
    from rag.parts import open_store as opened
    from rag.settings import Settings

    with pytest.raises(LibraryError, match="must begin with postgresql://"):
        opened(Settings(tmp_path, tmp_path, store="mysql://localhost/x"))
