"""The portable archive of a library: what it keeps, and that nothing bad gets in by it."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from fakes import HashEmbedder
from index.archive import write_archive
from index.archive_reading import read_archive
from index.errors import BylineError, LibraryError, MismatchError, ReadError
from index.ingest import index_document
from index.scanned import ScannedLine
from index.sqlite import SqliteStore
from index.store import Change, Counts, IndexedDocument, Store
from index.types import Document
from rag import Assistant
from rag.cli import main
from rag.settings import Settings
from servers import Libraries
from store_samples import rows

EMBEDDER = HashEmbedder()
NEW = {"added": 3, "updated": 0, "unchanged": 0}
KNOWN = {"added": 0, "updated": 0, "unchanged": 3}
ARTICLES = [
    Document("The harbour opened. Ships came.\n\nThe mayor spoke.", "Harbour", path="/a/1.txt"),
    Document(
        "Der Fluß stieg.\fEs regnete.",
        "Fluß",
        language="de",
        pages=(0, 16),
        lines=(ScannedLine(0, 15, 0.875, (100, 200, 900, 201, 901, 250, 101, 249)),),
        path="/a/2.pdf",
    ),
    Document(
        "A vote was held in the café.",
        title="Vote",
        source="Herald",
        author="A. Writer",
        url="https://news.example/vote",
        published=date(2020, 2, 29),
        path="/a/caf\udce9.mbox",
        part="<7@example>",
    ),
]


LANDED = [replace(document, path=None, part="") for document in ARTICLES]
"""The same articles as an import stores them."""


class OtherEmbedder(HashEmbedder):
    fingerprint = "other"


class CountingStore:
    """A store that remembers how many articles came at once."""

    def __init__(self, store: SqliteStore) -> None:
        self.batches: list[int] = []
        self._store = store

    def replace_documents(self, entries: Sequence[IndexedDocument]) -> list[Change]:
        self.batches.append(len(entries))
        return self._store.replace_documents(entries)


def open_store(home: Path, embedder: HashEmbedder = EMBEDDER) -> SqliteStore:
    return SqliteStore(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension)


def searches(store: Store) -> list[list[tuple[str, float]]]:
    found = [store.search_lexical("harbour vote fluß", 9)]
    found += [store.search_dense(EMBEDDER.embed([text])[0], 9) for text in ("the mayor", "regnete")]
    return [rows(ranked) for ranked in found]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "library.zip"
    with open_store(tmp_path / "home") as store:
        store.replace_documents([index_document(document, EMBEDDER) for document in ARTICLES])
        assert write_archive(store, path) == Counts(3, store.counts().chunks)
    return path


def test_a_library_from_an_archive_is_the_same(
    archive: Path, tmp_path: Path, libraries: Libraries
) -> None:
    known = {"fingerprint": EMBEDDER.fingerprint, "dimension": EMBEDDER.dimension}
    with open_store(tmp_path / "home") as old, libraries.open("new", **known) as new:
        assert read_archive(archive, new, EMBEDDER) == NEW
        assert list(new.documents()) == [
            replace(document, path=None, part="") for document in old.documents()
        ]
        for document in ARTICLES:
            was, is_ = old.entry(document.id), new.entry(document.id)
            assert was is not None
            assert is_ is not None
            assert (is_.sentences, is_.chunks) == (was.sentences, was.chunks)
            assert np.array_equal(is_.vectors, was.vectors)
        assert searches(new) == searches(old)
        assert all(check.ok for check in new.health())


def test_importing_again_changes_nothing(archive: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "new") as store:
        store.replace_documents([index_document(ARTICLES[1], EMBEDDER)])
        store.replace_documents([index_document(LANDED[0], EMBEDDER)])
        assert read_archive(archive, store, EMBEDDER) == {**KNOWN, "added": 2, "unchanged": 1}
        assert read_archive(archive, store, EMBEDDER) == KNOWN
        assert store.counts().documents == 3


def test_no_article_takes_the_place_of_another(archive: Path, tmp_path: Path) -> None:
    own = Document("What I added from my own folder.", path="/a/1.txt")
    with open_store(tmp_path / "new") as store:
        store.replace_documents([index_document(each, EMBEDDER) for each in (own, ARTICLES[1])])
        assert read_archive(archive, store, EMBEDDER) == NEW
        assert store.document(own.id).path == own.path
        # Known from a file, and from the archive too: it outlives the file.
        assert store.document(ARTICLES[1].id).path == ARTICLES[1].path
        assert store.delete_files(["/a/1.txt", "/a/2.pdf"]) == 1
        assert set(store.documents()) == set(LANDED)


def test_batches_are_closed_by_size_too(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each article has a text of some 40 characters, and one vector of 256 bytes.
    monkeypatch.setattr("index.archive_reading._BYTES_AT_ONCE", 500)
    with open_store(tmp_path / "new") as store:
        counted = CountingStore(store)
        assert read_archive(archive, cast("Store", counted), EMBEDDER) == NEW
    assert counted.batches == [2, 1]


def test_the_archive_is_plain_and_private(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(archive) as file:
        assert file.namelist() == ["documents.jsonl", "vectors.npy", "manifest.json"]
        documents = file.read("documents.jsonl")
        lines = [json.loads(line) for line in documents.splitlines()]
        manifest = json.loads(file.read("manifest.json"))
        with file.open("vectors.npy") as member:
            vectors = np.load(member, allow_pickle=False)
    assert [line["id"] for line in lines] == [ARTICLES[i].id for i in (2, 1, 0)]
    assert "Fluß stieg".encode() in documents  # An escape of six bytes a letter would not fit.
    assert lines[2]["sentences"] == [0, 19, 20, 31, 33, 49]
    assert manifest["embedder"] == "hashed words, 64"
    assert vectors.shape == (manifest["chunks"], 64)
    assert [path.name for path in archive.parent.glob(".*")] == []


def test_nothing_is_written_over(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    with open_store(tmp_path / "home") as store:
        with pytest.raises(LibraryError, match="exists already"):
            write_archive(store, archive)
        with pytest.raises(LibraryError, match="cannot be written"):
            write_archive(store, tmp_path / "none" / "x.zip")
    with (
        open_store(tmp_path / "empty") as store,
        pytest.raises(LibraryError, match="nothing to export"),
    ):
        write_archive(store, tmp_path / "x.zip")
    assert archive.read_bytes() == before
    assert not (tmp_path / "x.zip").exists()


def test_vectors_of_another_embedder_are_refused_or_made_anew(
    archive: Path, tmp_path: Path
) -> None:
    other = OtherEmbedder()
    with open_store(tmp_path / "new", other) as store:
        with pytest.raises(MismatchError, match="use --embed to compute them anew"):
            read_archive(archive, store, other)
        assert store.counts() == Counts(0, 0)
        assert read_archive(archive, store, other, embed=True) == NEW
        assert store.fingerprint() == "other"
        assert read_archive(archive, store, other, embed=True) == KNOWN


def remade(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Change members, and state their new hashes as one who means harm would."""
    with zipfile.ZipFile(archive) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    manifest = json.loads(members["manifest.json"])
    for name in ("documents.jsonl", "vectors.npy"):
        manifest["sha256"][name] = hashlib.sha256(members[name]).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()
    path = archive.with_name("remade.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def article(number: int, **fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        lines = members["documents.jsonl"].splitlines()
        lines[number] = json.dumps({**json.loads(lines[number]), **fields}).encode()
        members["documents.jsonl"] = b"\n".join(lines)

    return change


def stated(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        told = {**json.loads(members["manifest.json"]), **fields}
        members["manifest.json"] = json.dumps(told).encode()

    return change


def bytes_of(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.__setitem__(name, change(members[name]))


@pytest.mark.parametrize(
    "change",
    [
        article(2, text="Another text."),
        article(2, chunks=[0, 99_999]),
        article(2, chunks=[0, 0]),
        article(2, chunks=[0, 49, 33, 49]),
        article(2, sentences=[0, 19, 0, 19]),
        article(2, sentences=[20, 31, 0, 19]),
        article(2, title="two\nlines"),
        article(2, author="\ud800"),
        article(2, part="\0"),
        article(2, part="\ud800"),
        article(2, path="/a\0b"),
        article(2, path="/a\ud800"),
        article(2, path=7),
        article(2, chunks=[5, 2]),
        article(2, chunks=[0]),
        article(2, chunks=[0, True]),
        article(2, sentences=[-4, 9]),
        article(2, chunks=None),
        article(1, pages=[3, 1]),
        article(1, pages=[0, 10**30]),
        article(0, published="yesterday"),
        article(0, title=7),
        article(0, id="0" * 16),
        stated(documents=4),
        stated(chunks=10**12),
        stated(dimension=-64),
        stated(dimension="64"),
        stated(embedder=None),
        bytes_of("vectors.npy", lambda data: data[:-4]),
        bytes_of("vectors.npy", lambda data: data + b"more"),
        bytes_of("vectors.npy", lambda data: data[:128] + b"\0" * 256 + data[384:]),
        bytes_of("vectors.npy", lambda data: data.replace(b"<f4", b"|O8")),
        bytes_of("vectors.npy", lambda data: b"\x93NUMPY" + data[:100]),
        bytes_of("documents.jsonl", lambda data: b"[" * 100_000 + data),
        bytes_of("documents.jsonl", lambda data: data + b" " * 40_000_000),
        bytes_of("documents.jsonl", lambda data: b"\xff" + data),
    ],
)
def test_what_was_made_up_adds_nothing(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    path = remade(archive, change)
    with open_store(tmp_path / "new") as store:
        with pytest.raises(ReadError, match="damaged or was cut short; export it again"):
            read_archive(path, store, EMBEDDER)
        assert store.counts() == Counts(0, 0)


def test_what_was_cut_or_changed_adds_nothing(archive: Path, tmp_path: Path) -> None:
    whole, path = archive.read_bytes(), tmp_path / "changed.zip"
    chance = random.Random(5)  # noqa: S311 - no secret
    refused = 0
    for number in range(200):
        data = bytearray(whole)
        if number % 2:
            del data[chance.randrange(len(data)) :]
        else:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        with open_store(tmp_path / "new") as store:
            try:
                read_archive(path, store, EMBEDDER)
            except BylineError:
                refused += 1
                assert store.counts() == Counts(0, 0)
            else:  # A bit of what nobody reads, such as the time at which a member was written.
                assert list(store.documents()) == [LANDED[i] for i in (2, 1, 0)]
                store.delete_documents([document.id for document in ARTICLES])
    assert refused >= 180


def test_what_is_no_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    text, empty = tmp_path / "notes.txt", tmp_path / "empty.zip"
    text.write_text("No archive.")
    with zipfile.ZipFile(empty, "w"):
        pass
    with open_store(tmp_path / "new") as store:
        for path, said in [
            (text, "no archive of `ask export`"),
            (empty, "no archive of `ask export`.*`ask add`"),
            (tmp_path / "none", "does not exist"),
            (tmp_path / "no\0ne", "no file has such a name"),
            (remade(archive, stated(name="photos")), "no archive of `ask export`"),
        ]:
            with pytest.raises(ReadError, match=said):
                read_archive(path, store, EMBEDDER)
        with pytest.raises(MismatchError, match="version 9"):
            read_archive(remade(archive, stated(version=9)), store, EMBEDDER)
        assert store.counts() == Counts(0, 0)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def opened(settings: Settings) -> Assistant:
        return Assistant(settings, embedder=EMBEDDER)

    old, new, file = (str(tmp_path / name) for name in ("old", "new", "library.zip"))
    with open_store(Path(old)) as store:
        store.replace_documents([index_document(document, EMBEDDER) for document in ARTICLES])
    assert main(["export", file, "--home", old], opened) == 0
    assert main(["import", file, "--home", new], opened) == 0
    assert main(["import", file, "--home", new, "--json"], opened) == 0
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert (first, second) == (f"3 articles in {file}", "3 added, 0 updated, 0 unchanged")
    assert json.loads("\n".join(rest)) == {"path": file, **KNOWN}
    Path(file).write_bytes(b"PK")
    assert main(["import", file, "--home", new], opened) == 1
    assert capsys.readouterr().err.startswith(f"ask: {file}: this is no archive of `ask export`")
    assert main(["import", "--home", new], opened) == 2


@pytest.mark.parametrize(
    "text",
    [" \u200b\n", "a\0b", random.Random(5).randbytes(10_000_001).hex()],  # noqa: S311 - no secret
    ids=["no words", "a zero", "too long"],
)
def test_a_text_that_is_no_article_adds_nothing(archive: Path, tmp_path: Path, text: str) -> None:
    fields = {"text": text, "sentences": [0, 1], "chunks": [0, 1]}
    path = remade(archive, article(2, **fields, id=Document(text, "Harbour").id))
    with open_store(tmp_path / "new") as store:
        with pytest.raises(ReadError, match="damaged or was cut short; export it again"):
            read_archive(path, store, EMBEDDER)
        assert store.counts() == Counts(0, 0)


def test_a_path_that_is_not_unicode_is_written(archive: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        line = json.loads(file.read("documents.jsonl").splitlines()[0])
    assert line["path"] == ARTICLES[2].path


@pytest.mark.parametrize("text", ["0 " * 200_000, "No entry.\n" * 50_000])
def test_an_article_that_says_the_same_over_and_over_comes_back(tmp_path: Path, text: str) -> None:
    with open_store(tmp_path / "home") as store:
        store.replace_documents([index_document(Document(text), EMBEDDER)])
        write_archive(store, tmp_path / "library.zip")
    with open_store(tmp_path / "other") as store:
        assert read_archive(tmp_path / "library.zip", store, EMBEDDER)["added"] == 1
        assert [document.text for document in store.documents()] == [text]
