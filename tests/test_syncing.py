"""The library mirrors a folder, and nothing is lost or embedded twice on the way."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fakes import HashEmbedder
from index.errors import LibraryError, ReadError
from index.reading import ReadOptions
from index.sqlite import SqliteStore
from index.store import FileRead
from index.types import Document
from rag.adding import AddResult, read_files, read_uploads, store_readings
from rag.syncing import SyncReport, sync_folder, watch_folder
from scripted import filled_store, parts_of
from test_kin import STORY, UPDATE


class CountingEmbedder(HashEmbedder):
    """Counts the texts that it is given."""

    def __init__(self) -> None:
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles, written an hour ago, in two folders."""
    made = tmp_path / "articles"
    (made / "2019").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "2019/c.txt"):
        write(made / name, f"Report {name} tells of harbours.\n\nNothing else is known of it.")
    return made


def write(path: Path, text: str) -> None:
    path.write_text(text)
    then = path.stat().st_mtime_ns - 3_600_000_000_000
    os.utime(path, ns=(then, then))


def sync(folder: Path, store: SqliteStore, embedder: HashEmbedder, **options) -> SyncReport:
    report = SyncReport()
    sync_folder(folder, parts_of(store, embedder), ReadOptions(), report, **options)
    return report


def outcomes(report: SyncReport) -> dict[str, str]:
    return {Path(result.path).name: result.outcome for result in report.results}


def titles(store: SqliteStore) -> set[str]:
    return {document.title for document in store.documents()}


def test_the_first_sync_adds_all_and_the_second_does_nothing(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    assert outcomes(sync(folder, store, embedder)) == dict.fromkeys(
        ("a.txt", "b.txt", "c.txt"), "added"
    )
    embedded = embedder.texts
    assert embedded == store.counts().chunks
    state = (folder.parent / "home" / "library.db").stat().st_mtime_ns
    assert sync(folder, store, embedder) == SyncReport(unchanged=3)
    assert embedder.texts == embedded
    assert (folder.parent / "home" / "library.db").stat().st_mtime_ns == state


def test_changed_removed_and_new(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    write(folder / "a.txt", "Report a.txt was taken back.")
    (folder / "b.txt").unlink()
    write(folder / "d.txt", "Report d.txt is new.")
    report = sync(folder, store, embedder)
    assert outcomes(report) == {"a.txt": "updated", "d.txt": "added"}
    assert (report.unchanged, report.removed, report.gone) == (1, 1, [str(folder / "b.txt")])
    assert {document.text.split()[1] for document in store.documents()} == {
        "a.txt",
        "2019/c.txt",
        "d.txt",
    }


def test_moved_files_are_not_read_or_embedded_again(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    embedded = embedder.texts
    (folder / "2019").rename(folder / "archive")
    report = sync(folder, store, embedder)
    assert report == SyncReport(
        unchanged=2, moved=[(str(folder / "2019/c.txt"), str(folder / "archive/c.txt"))]
    )
    assert embedder.texts == embedded
    assert str(folder / "archive/c.txt") in {document.path for document in store.documents()}


@pytest.mark.parametrize("parent", [False, True])
def test_a_folder_with_another_name_is_the_same_folder(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder, *, parent: bool
) -> None:
    (folder / "year").mkdir()
    write(folder / "year" / "d.txt", "Report d.txt tells of a storm.")
    sync(folder / ".." / "articles", store, embedder)
    embedded = embedder.texts
    if parent:
        here = folder.parent / "elsewhere" / "articles"
        here.parent.mkdir()
        folder.rename(here)
    else:
        here = folder.rename(folder.parent / "papers")
    write(here / "a.txt", "Report a.txt was corrected after the move.")
    (here / "b.txt").unlink()
    report = sync(here, store, embedder)
    assert (len(report.moved), report.unchanged, report.removed) == (2, 0, 1)
    assert outcomes(report) == {"a.txt": "updated"}
    assert embedder.texts == embedded + 1
    paths = {str(here / name) for name in ("a.txt", "2019/c.txt", "year/d.txt")}
    assert set(store.files()) == {document.path for document in store.documents()} == paths
    (here / "2019" / "c.txt").unlink()
    assert sync(here, store, embedder).removed == 1


def test_a_folder_that_is_there_keeps_its_files_when_some_are_copied_or_moved(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    here = folder.parent / "papers"
    here.mkdir()
    (folder / "b.txt").rename(here / "b.txt")
    write(here / "a.txt", (folder / "a.txt").read_text())
    report = sync(here, store, embedder)
    assert (report.moved, outcomes(report)) == (
        [(str(folder / "b.txt"), str(here / "b.txt"))],
        {"a.txt": "copy"},
    )
    assert store.counts().documents == 3
    assert str(folder / "2019" / "c.txt") in store.files()


def test_few_files_of_a_folder_that_is_gone_do_not_take_its_other_articles_along(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    here = folder.parent / "papers"
    here.mkdir()
    (folder / "a.txt").rename(here / "a.txt")
    shutil.rmtree(folder)  # As when its disk is taken away.
    assert len(sync(here, store, embedder).moved) == 1
    assert store.counts().documents == 3
    with pytest.raises(ReadError, match="is not there, and 2 files of the library came from it"):
        sync(folder, store, embedder)
    assert sync(folder, store, embedder, allow_empty=True).removed == 2


def test_a_file_that_is_added_under_its_new_name_moved(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    def add(*paths: Path) -> list[str]:
        stored = store_readings(read_files(paths), parts_of(store, embedder))
        return [result.outcome for result in stored]

    add(folder)
    embedded = embedder.texts
    there = (folder / "a.txt").rename(folder / "new.txt")
    assert add(there) == ["moved"]
    assert str(folder / "a.txt") not in store.files()
    # A file of which not everything was found again is kept as it was known.
    write(folder / "two.mbox", mailbox(1, 2))
    add(folder / "two.mbox")
    (folder / "two.mbox").unlink()
    write(folder / "one.mbox", mailbox(1))
    assert add(folder / "one.mbox") == ["moved"]
    assert (store.counts().documents, embedder.texts) == (5, embedded + 2)


def test_a_copy_is_one_article_with_two_paths(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    embedded = embedder.texts
    write(folder / "copy.txt", (folder / "a.txt").read_text())
    assert outcomes(sync(folder, store, embedder)) == {"copy.txt": "copy"}
    assert (store.counts().documents, embedder.texts) == (3, embedded)
    (folder / "a.txt").unlink()
    sync(folder, store, embedder)
    assert store.counts().documents == 3
    (folder / "copy.txt").unlink()
    sync(folder, store, embedder)
    assert store.counts().documents == 2


def test_what_moved_into_another_file_with_a_change_around_it_is_kept(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    embedded = embedder.texts
    text = (folder / "b.txt").read_text()
    (folder / "b.txt").unlink()
    write(folder / "e.txt", f"{text}\n\n\n")
    sync(folder, store, embedder)
    assert store.counts().documents == 3
    assert embedder.texts in (embedded, embedded + 1)  # the trailing lines may be a change


def test_what_came_from_elsewhere_is_left_alone(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder, tmp_path: Path
) -> None:
    write(tmp_path / "other.txt", "Another report, from another folder.")
    sync(tmp_path, store, embedder)
    (folder / "a.txt").unlink()
    report = sync(folder, store, embedder)
    assert report.gone == [str(folder / "a.txt")]
    assert any(document.path == str(tmp_path / "other.txt") for document in store.documents())


def test_a_file_that_cannot_be_read_is_named_each_time_and_read_once(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    (folder / "a.txt").write_bytes(bytes(range(256)) * 4)
    os.utime(folder / "a.txt", ns=(10**18, 10**18))
    first, second = sync(folder, store, embedder), sync(folder, store, embedder)
    assert outcomes(first) == {"a.txt": "failed", "b.txt": "added", "c.txt": "added"}
    (again,) = second.results
    (was,) = (result for result in first.results if result.outcome == "failed")
    assert again.message.startswith(was.message)
    assert second.unchanged == 2
    third = sync(folder, store, embedder, look_again=True)
    assert [result.message for result in third.results] == [was.message]


def test_a_file_that_is_damaged_later_keeps_its_article(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    (folder / "a.txt").write_bytes(bytes(range(256)) * 4)
    assert outcomes(sync(folder, store, embedder)) == {"a.txt": "failed"}
    assert store.counts().documents == 3
    write(folder / "a.txt", "Report a.txt is back.")
    assert outcomes(sync(folder, store, embedder)) == {"a.txt": "updated"}
    assert store.counts().documents == 3


def test_another_way_of_reading_reads_again(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "a.txt", "A title\n\nDate: 03/04/2019\n\nIt rained all day.")
    (result,) = (r for r in sync(folder, store, embedder).results if r.path.endswith("a.txt"))
    assert "--date-order" in result.message
    report = SyncReport()
    sync_folder(folder, parts_of(store, embedder), ReadOptions("DMY"), report)
    assert outcomes(report) == {"a.txt": "updated", "b.txt": "unchanged", "c.txt": "unchanged"}


def test_articles_that_are_nearly_the_same_are_named(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "a.txt", STORY)
    sync(folder, store, embedder)
    write(folder / "b.txt", UPDATE)
    (result,) = sync(folder, store, embedder).results
    assert [store.document(id_).text for id_ in result.kin] == [STORY]


def test_an_empty_folder_does_not_empty_the_library_unless_that_is_meant(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    for path in folder.rglob("*.txt"):
        path.unlink()
    with pytest.raises(ReadError, match="holds no articles any more, and 3 files"):
        sync(folder, store, embedder)
    assert store.counts().documents == 3
    assert sync(folder, store, embedder, allow_empty=True).removed == 3
    assert store.counts().documents == 0


def test_what_lies_on_a_disk_that_is_not_there_now_is_kept(
    folder: Path,
    store: SqliteStore,
    embedder: CountingEmbedder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk, away = tmp_path / "disk", tmp_path / "away"
    (folder / "2019").rename(disk)
    (folder / "linked").symlink_to(disk)
    sync(folder, store, embedder)
    disk.rename(away)
    assert sync(folder, store, embedder).removed == 0
    disk.mkdir()  # as where disks are mounted
    caplog.clear()
    assert sync(folder, store, embedder).removed == 0
    assert "kept the articles of 1 file behind a link" in caplog.text
    disk.rmdir()
    away.rename(disk)
    assert sync(folder, store, embedder).unchanged == 3
    disk.rename(away)
    assert sync(folder, store, embedder, allow_empty=True).removed == 1
    away.rename(disk)
    assert sync(folder, store, embedder).results[0].outcome == "added"
    (folder / "linked").unlink()
    assert sync(folder, store, embedder).removed == 1


def test_a_link_to_a_folder_that_moved_or_is_gone_for_good(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder, tmp_path: Path
) -> None:
    link, elsewhere = tmp_path / "link", tmp_path / "elsewhere"
    link.symlink_to(folder)
    sync(link, store, embedder)
    folder.rename(elsewhere)
    assert len(sync(elsewhere, store, embedder).moved) == 3
    elsewhere.rename(folder)
    sync(link, store, embedder)
    shutil.rmtree(folder)
    assert sync(link, store, embedder, allow_empty=True).removed == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "does not exist, or may not be read; check the path"),
        ("articles/a.txt", "is a file; add it with `ask add`"),
        ("empty", "no articles in this folder"),
    ],
)
def test_what_is_no_folder_of_articles(
    name: str, message: str, folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    (folder.parent / "empty").mkdir()
    with pytest.raises(ReadError, match=message):
        sync(folder.parent / name, store, embedder)


def test_an_interrupted_sync_goes_on_where_it_was(folder: Path, store: SqliteStore) -> None:
    for number in range(120):
        long = " ".join(f"Ship {ship} of {number} came in before noon." for ship in range(100))
        write(folder / f"{number:02}.txt", long)

    class Interrupted(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if self.texts > 200:
                raise KeyboardInterrupt
            return super().embed(texts)

    report, embedder = SyncReport(), Interrupted()
    with pytest.raises(KeyboardInterrupt):
        sync_folder(folder, parts_of(store, embedder), ReadOptions(), report)
    done = len(report.results)
    assert done > 0
    assert store.counts().documents == done
    assert 0 < store.counts().vectors == embedder.texts < store.counts().chunks
    going_on = CountingEmbedder()
    second = sync(folder, store, going_on)
    assert second.unchanged >= done - 1  # a file's record comes after its articles
    assert store.counts().documents == 123
    assert going_on.texts + embedder.texts == store.counts().vectors == store.counts().chunks
    assert second.changed


def test_a_library_that_fails_removes_nothing(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    (folder / "a.txt").unlink()
    write(folder / "d.txt", "Report d.txt is new.")

    class Full(SqliteStore):
        def replace_documents(self, *_: object) -> list:  # type: ignore[override, type-arg]
            raise LibraryError("the disk is full")

    home = folder.parent / "home"
    with (
        Full(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension) as full,
        pytest.raises(LibraryError, match="the disk is full"),
    ):
        sync(folder, full, embedder)
    assert store.counts().documents == 3


def test_the_files_to_come_are_told_before_they_are_read(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    told: list[int | AddResult] = []
    sync(folder, store, embedder, on_plan=told.append, on_file=told.append)
    assert told[0] == 3
    assert len(told) == 4


def test_a_watch_says_when_it_has_begun_and_misses_nothing_after(folder: Path) -> None:
    changes = watch_folder(folder)
    next(changes)
    write(folder / "new.txt", "It came while the first sync was running.")
    next(changes)
    changes.close()


def test_watching_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist"):
        next(watch_folder(tmp_path / "none"))


def test_pasted_articles_stay(folder: Path, store: SqliteStore, embedder: CountingEmbedder) -> None:
    sync(folder, store, embedder)
    (first,) = (d for d in store.documents() if d.path == str(folder / "a.txt"))
    from index.ingest import index_document

    pasted = Document(first.text, first.title, published=first.published)
    store.replace_documents([index_document(pasted, embedder)])
    (folder / "a.txt").unlink()
    sync(folder, store, embedder)
    assert titles(store) >= {first.title}


def mailbox(*numbers: int, broken: int = 0) -> str:
    """Messages, of which one may have no text."""
    return "".join(
        f"From a@b.example Mon Jan  7 10:00:00 2019\nMessage-ID: <{number}@b.example>\n"
        f"From: a@b.example\nSubject: Report {number}\nDate: Mon, 7 Jan 2019 10:00:00 +0000\n\n"
        + ("" if number == broken else f"It rained for {number} days at the harbour.\n\n")
        for number in numbers
    )


def test_articles_that_their_file_no_longer_holds_are_removed_and_counted(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "mail.mbox", mailbox(1, 2, 3))
    sync(folder, store, embedder)
    assert store.counts().documents == 6
    write(folder / "mail.mbox", mailbox(1, 3))
    report = sync(folder, store, embedder)
    assert (report.removed, report.changed, store.counts().documents) == (1, True, 5)


def test_a_part_that_cannot_be_read_now_keeps_its_article(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "mail.mbox", mailbox(1, 2, 3))
    sync(folder, store, embedder)
    write(folder / "mail.mbox", mailbox(1, 2, 3, 4, broken=2))
    report = sync(folder, store, embedder)
    assert sorted(result.outcome for result in report.results) == [
        "added",
        "failed",
        "unchanged",
        "unchanged",
    ]
    assert (report.removed, store.counts().documents) == (0, 7)


def test_what_was_removed_by_hand_comes_back_while_its_file_is_there(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    (first, *_) = store.documents()
    store.delete_documents([first.id])
    assert [result.id for result in sync(folder, store, embedder).results] == [first.id]


def test_a_pipe_is_no_article_and_hangs_nothing(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert len(sync(folder, store, embedder).results) == 3
    readings = read_files([folder / "pipe.txt"])
    (result,) = store_readings(readings, parts_of(store, embedder), record_all=True)
    assert (result.outcome, result.message) == (
        "failed",
        "not an ordinary file; copy its content to one",
    )


def test_a_renamed_folder_with_equal_files_is_only_moved(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "2019" / "d.txt", (folder / "2019" / "c.txt").read_text())
    sync(folder, store, embedder)
    (folder / "2019").rename(folder / "archive")
    report = sync(folder, store, embedder)
    assert (len(report.moved), report.results, report.removed) == (2, [], 0)


def test_another_type_of_file_is_read_anew(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    write(folder / "a.txt", "title,text\nRain,It rained all day.\nSnow,It snowed all night.\n")
    sync(folder, store, embedder)
    (folder / "a.txt").rename(folder / "a.csv")
    report = sync(folder, store, embedder)
    assert (report.moved, sorted(r.title for r in report.results)) == ([], ["Rain", "Snow"])


def test_a_folder_in_the_place_of_a_file(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    sync(folder, store, embedder)
    (folder / "a.txt").unlink()
    (folder / "a.txt").mkdir()
    assert sync(folder, store, embedder).gone == [str(folder / "a.txt")]


def test_a_batch_that_fails_lets_no_later_one_complete_its_file(
    folder: Path, embedder: CountingEmbedder
) -> None:
    class Once(SqliteStore):
        """A library whose first batch of articles fails, and no other."""

        failed = False

        def replace_documents(self, *batch):  # type: ignore[no-untyped-def]
            if not self.failed:
                type(self).failed = True
                raise LibraryError("the disk was full for a moment")
            return super().replace_documents(*batch)

    long = " ".join(f"Ship {number} came in before noon on Tuesday." for number in range(100))
    messages = mailbox(*range(1, 101)).replace("at the harbour.", f"at the harbour. {long}")
    write(folder / "mail.mbox", messages)
    home = folder.parent / "home"
    with Once(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension) as store:
        with pytest.raises(LibraryError, match="full for a moment"):
            sync(folder, store, embedder)
        sync(folder, store, embedder)
        assert store.counts().documents == 103


def reply(number: int, to: int, own: str, quoted: str) -> str:
    return (
        f"Message-ID: <{number}@b.example>\nIn-Reply-To: <{to}@b.example>\nFrom: b@b.example\n"
        f"Subject: Re: Rain\nDate: Mon, 7 Jan 2019 11:00:00 +0000\n\n{own}\n\n"
        f"On Mon, 7 Jan 2019 at 10:00, Ana Ruiz <a@b.example> wrote:\n\n> {quoted}\n"
    )


def test_what_a_reply_quotes_is_left_out_where_the_library_holds_it(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    rain = "It rained for nine days at the harbour, and the quay was under water on the last."
    # The reply is read before the message that it answers.
    write(folder / "0.eml", reply(2, 1, "The quay is to be raised by a metre.", rain))
    head = "Message-ID: <1@b.example>\nFrom: Ana Ruiz <a@b.example>\nSubject: Rain\n"
    write(folder / "1.eml", f"{head}Date: Mon, 7 Jan 2019 10:00:00 +0000\n\n{rain}\n")
    assert {name for name in outcomes(sync(folder, store, embedder)) if name.endswith("l")} == {
        "0.eml",
        "1.eml",
    }
    assert sum(rain in document.text for document in store.documents()) == 1
    lost = "The ferry will not sail before the crane has been mended, says the yard."
    write(folder / "2.eml", reply(3, 2, "Then we take the train.", f"{rain}"))
    write(folder / "3.eml", reply(4, 9, "Who told you so?", lost))
    write(folder / "4.eml", reply(5, 9, "I have read that too.", lost))
    sync(folder, store, embedder)
    assert sum(rain in document.text for document in store.documents()) == 1
    assert sum(lost in document.text for document in store.documents()) == 1
    assert store.counts().documents == 3 + 2 + 3 + 1
    # Once the message is there, a reply that is read again no longer holds its words.
    write(folder / "5.eml", f"{head}Date: Mon, 7 Jan 2019 09:00:00 +0000\n\n{lost}\n")
    sync(folder, store, embedder)
    for name in ("3.eml", "4.eml"):
        write(folder / name, (folder / name).read_text() + "\n")
    sync(folder, store, embedder)
    assert sum(lost in document.text for document in store.documents()) == 1


def test_what_is_quoted_stays_when_its_files_are_read_again(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    lost = "The ferry will not sail before the crane has been mended, says the yard."
    (one, two) = (folder / "1.eml", folder / "2.eml")
    write(one, reply(1, 9, "Who told you so?", lost))
    sync(folder, store, embedder)
    write(one, reply(1, 9, "Who told you so?", f"{lost} Nobody else does."))
    sync(folder, store, embedder)
    (held,) = [document for document in store.documents() if lost in document.text]
    assert held.text.endswith("Nobody else does.")
    # Both are in the library, and each holds what the other quotes.
    write(two, reply(2, 9, "I have read that too.", f"{lost} It is the third time."))
    sync(folder, store, embedder)
    for path in (one, two):
        write(path, path.read_text().replace("> The ferry", "> So: the ferry"))
    sync(folder, store, embedder)
    assert sum("So: the ferry" in document.text for document in store.documents()) == 1


def test_what_is_damaged_tells_no_quotation(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    lost = "The ferry will not sail before the crane has been mended, says the yard."
    write(folder / "d.txt", lost)
    sync(folder, store, embedder)
    with closing(sqlite3.connect(folder.parent / "home" / "library.db")) as database, database:
        database.execute("UPDATE documents SET title = 'other' WHERE text = ?", (lost,))
    write(folder / "1.eml", reply(1, 9, "Who told you so?", lost))
    assert outcomes(sync(folder, store, embedder)) == {"1.eml": "added"}


def test_an_interruption_loses_few_of_the_files_with_quotations(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.quoted._MOST_FILES", 2)

    def until_interrupted() -> Iterator[AddResult | FileRead]:
        for number in range(3):
            path = folder / f"{number}.eml"
            write(path, reply(number, 9, f"Answer {number}.", f"Was it ship {number} that sank?"))
        yield from read_files([folder / f"{number}.eml" for number in range(3)])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(store_readings(until_interrupted(), parts_of(store, embedder)))
    records = store.files(str(folder))
    assert {Path(path).name for path, each in records.items() if each.sha256} == {"0.eml", "1.eml"}
    sync(folder, store, embedder)
    assert sync(folder, store, embedder).unchanged == 3 + 3


def test_quotations_of_one_mailbox_are_stored_before_they_fill_the_memory(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.quoted._MOST_CHARACTERS", 100)
    line = "From b@b.example Mon Jan  7 11:00:00 2019\n"
    told = "Report a.txt tells of harbours.\n> \n> Nothing else is known of it."
    asked = [told, *(f"Was it ship {number} that sank in the harbour?" for number in range(9))]
    replies = [reply(n, 9, f"Answer {n}.", quoted) for n, quoted in enumerate(asked)]
    write(folder / "mail.mbox", "".join(f"{line}{each}\n" for each in replies))
    write(folder / "z.txt", "What comes after the mailbox.")
    report = sync(folder, store, embedder)
    names = [result.part or Path(result.path).name for result in report.results]
    assert names.index("2@b.example quoted 1") < names.index("z.txt")
    assert "0@b.example quoted 1" not in names
    assert store.counts().documents == 3 + 10 + 9 + 1
    assert sync(folder, store, embedder) == SyncReport(unchanged=5)


def test_what_an_upload_quotes_is_left_out_where_the_library_holds_it(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    rain = "It rained for nine days at the harbour, and the quay was under water on the last."
    write(folder / "d.txt", rain)
    sync(folder, store, embedder)
    write(folder / "1.eml", reply(1, 9, "The quay is to be raised by a metre.", rain))
    uploads = read_uploads([folder / "1.eml"])
    (added,) = store_readings(uploads, parts_of(store, embedder))
    assert (added.path, added.outcome) == ("1.eml", "added")
    assert sum(rain in document.text for document in store.documents()) == 1


def test_what_is_quoted_stays_when_its_message_leaves_the_mailbox(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    rain = "It rained for nine days at the harbour, and the quay was under water on the last."
    line = "From b@b.example Mon Jan  7 11:00:00 2019\n"
    first = f"{line}Message-ID: <1@b.example>\nFrom: Ana Ruiz <a@b.example>\n\n{rain}\n\n"
    answer = line + reply(2, 1, "The quay is to be raised by a metre.", rain)
    for content in (first + answer, answer):
        write(folder / "mail.mbox", content)
        sync(folder, store, embedder)
        (held,) = [document for document in store.documents() if rain in document.text]
    assert held.part == "2@b.example quoted 1"


def test_a_removed_article_is_counted_beside_one_with_other_tags_and_a_copy_that_changed(
    tmp_path: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    write(folder / "tagged.md", "---\ntags: [one]\n---\n\nThe quay was raised by a metre.")
    for name in ("a.txt", "copy.txt"):
        write(folder / name, "The ferry sank on Monday, the coast guard said.")
    write(folder / "gone.txt", "It rained for nine days at the harbour.")
    sync(folder, store, embedder)
    write(folder / "tagged.md", "---\ntags: [one, two]\n---\n\nThe quay was raised by a metre.")
    write(folder / "a.txt", "The ferry sank on Tuesday, the coast guard said.")
    (folder / "gone.txt").unlink()
    report = sync(folder, store, embedder)
    assert outcomes(report) == {"tagged.md": "updated", "a.txt": "updated"}
    assert report.removed == 1


def test_a_page_at_two_addresses_is_a_copy_and_keeps_both(
    store: SqliteStore, embedder: CountingEmbedder
) -> None:
    def added(path: str) -> list[str]:
        page = Document("The ferry sank on Monday.", url="https://example.org/a", path=path)
        readings = [AddResult.of(path, "read", page)]
        return [result.outcome for result in store_readings(readings, parts_of(store, embedder))]

    first, second = "https://example.org/a", "https://example.org/a?from=feed"
    assert added(first) + added(second) + added(first) == ["added", "copy", "unchanged"]
    assert list(store.files()) == [first, second]


@pytest.mark.parametrize("name", ["a\0b", "half\ud800"])
def test_a_folder_that_no_system_can_name_is_told(
    store: SqliteStore, embedder: CountingEmbedder, name: str
) -> None:
    with pytest.raises(ReadError, match="no folder has such a name"):
        sync(Path(name), store, embedder)


def test_files_that_only_another_machine_has_are_not_removed_from_a_shared_library(
    folder: Path, store: SqliteStore, embedder: CountingEmbedder
) -> None:
    store.is_shared = True
    sync(folder, store, embedder)
    theirs = titles(store)
    # As of a colleague whose folder is on another machine, and has most of the same articles.
    ours = folder.rename(folder.with_name("ours"))
    (ours / "b.txt").unlink()
    report = sync(ours, store, embedder)
    assert (report.removed, titles(store)) == (0, theirs)
    assert str(folder / "b.txt") in store.files()
