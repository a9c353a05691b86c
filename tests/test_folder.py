"""A folder is compared with what is known of it, by content."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.folder import Comparison, compare, is_gone, look_at
from index.store import FileRecord


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files, written an hour ago."""
    for name in ("a.txt", "b.txt", "c.txt"):
        write(tmp_path / name, f"The port reopened, says {name}.")
    return tmp_path


def write(path: Path, text: str, hours_ago: int = 1) -> None:
    path.write_text(text)
    then = path.stat().st_mtime_ns - hours_ago * 3_600_000_000_000
    os.utime(path, ns=(then, then))


def known(folder: Path, reading: str = "1") -> dict[str, FileRecord]:
    return {str(path): look_at(path, reading) for path in sorted(folder.rglob("*.txt"))}


def compared(folder: Path, before: dict[str, FileRecord], **options) -> Comparison:
    return compare(sorted(folder.rglob("*.txt")), before, "1", **options)


def test_what_is_recorded_of_a_file(folder: Path) -> None:
    path = folder / "a.txt"
    digest = hashlib.sha256(b"The port reopened, says a.txt.").hexdigest()
    assert look_at(path, "1") == FileRecord(str(path), digest, 30, path.stat().st_mtime_ns, "1")


def test_nothing_has_changed(folder: Path) -> None:
    before = known(folder)
    assert compared(folder, before) == Comparison(unchanged=tuple(before.values()))


def test_new_changed_and_gone(folder: Path) -> None:
    before = known(folder)
    write(folder / "b.txt", "The port closed again, b.txt says.")
    (folder / "c.txt").unlink()
    write(folder / "d.txt", "A fourth report.")
    assert compared(folder, before) == Comparison(
        to_read=(folder / "b.txt", folder / "d.txt"),
        unchanged=(before[str(folder / "a.txt")],),
        gone=(str(folder / "c.txt"),),
    )


def test_a_change_that_keeps_the_size_is_seen_by_the_time(folder: Path) -> None:
    before = known(folder)
    write(folder / "a.txt", "The port reopened, says A.txt.", hours_ago=2)
    assert compared(folder, before).to_read == (folder / "a.txt",)


def test_a_change_that_keeps_size_and_time_is_seen_where_it_is_looked_for(folder: Path) -> None:
    before = known(folder)
    path = folder / "a.txt"
    stamp = path.stat().st_mtime_ns
    path.write_text("The port reopened, says A.txt.")
    os.utime(path, ns=(stamp, stamp))
    assert compared(folder, before).to_read == ()
    assert compared(folder, before, look_again=True).to_read == (path,)


def test_a_file_written_just_now_is_looked_at_again(folder: Path) -> None:
    path = folder / "a.txt"
    path.write_text("Written this very moment.....")
    before = known(folder)
    assert before[str(path)].modified == -1
    write(path, "Written this very instant....", hours_ago=0)
    assert compared(folder, before).to_read == (path,)


def test_a_file_that_was_only_touched_is_unchanged_and_its_time_is_worth_keeping(
    folder: Path,
) -> None:
    before = known(folder)
    before[str(folder / "a.txt")] = replace(before[str(folder / "a.txt")], problem="a scan")
    os.utime(folder / "a.txt", ns=(10**18, 10**18))
    found = compared(folder, before)
    assert (found.to_read, len(found.unchanged)) == ((), 3)
    (touched,) = found.touched
    assert (touched.path, touched.modified, touched.problem) == (
        str(folder / "a.txt"),
        10**18,
        "a scan",
    )


def test_another_way_of_reading_reads_everything_again(folder: Path) -> None:
    assert len(compared(folder, known(folder, reading="0")).to_read) == 3


def test_moved_files_are_known_by_their_content(folder: Path) -> None:
    before = known(folder)
    (folder / "old").mkdir()
    (folder / "a.txt").rename(folder / "old" / "first.txt")
    assert compared(folder, before).moved == (
        (str(folder / "a.txt"), str(folder / "old" / "first.txt")),
    )


def test_a_copy_is_no_move(folder: Path) -> None:
    before = known(folder)
    write(folder / "copy.txt", (folder / "a.txt").read_text())
    found = compared(folder, before)
    assert (found.to_read, found.moved, found.gone) == ((folder / "copy.txt",), (), ())


def test_of_two_files_alike_each_moves_once(folder: Path) -> None:
    write(folder / "b.txt", (folder / "a.txt").read_text())
    before = known(folder)
    for name in ("a.txt", "b.txt"):
        (folder / name).rename(folder / f"new-{name}")
    found = compared(folder, before)
    assert found.moved == (
        (str(folder / "a.txt"), str(folder / "new-a.txt")),
        (str(folder / "b.txt"), str(folder / "new-b.txt")),
    )
    assert (found.to_read, found.gone) == ((), ())


def test_what_could_not_be_read_is_read_again_under_another_name(folder: Path) -> None:
    before = known(folder)
    before[str(folder / "a.txt")] = replace(before[str(folder / "a.txt")], problem="a scan")
    (folder / "a.txt").rename(folder / "d.txt")
    assert compared(folder, before).to_read == (folder / "d.txt",)


def test_what_is_there_and_only_not_among_the_files_is_not_gone(folder: Path) -> None:
    before = known(folder)
    assert compare([], before, "1").gone == ()
    missing = {"/nowhere/x.txt": FileRecord("/nowhere/x.txt", "ab", 1, 1, "1")}
    assert compare([], before | missing, "1").gone == ("/nowhere/x.txt",)


def test_a_file_that_cannot_be_opened_is_left_to_its_reader(folder: Path) -> None:
    assert compare([folder / "none.txt"], {}, "1").to_read == (folder / "none.txt",)


def test_the_address_of_a_page_is_never_gone() -> None:
    assert not is_gone("https://example.org/story")
    assert is_gone("/nowhere/story.html")


def test_thousands_of_files_that_are_alike_move_or_are_copied_in_seconds(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for number in range(2_000):
        write(tmp_path / "old" / f"{number}.txt", "The page is not there any more.")
    before = known(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    begun = time.process_time()
    copied = compared(tmp_path / "new", {}, elsewhere=before)
    shutil.rmtree(tmp_path / "old")
    moved = compared(tmp_path / "new", {}, elsewhere=before).moved
    assert time.process_time() - begun < 10  # 120 when each was compared with all the others.
    assert copied.moved == ()
    assert len(moved) == 2_000
    assert all(Path(was).name == Path(now).name for was, now in moved)
