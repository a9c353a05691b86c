"""`ask sync`: what is printed, what is kept, and the exit status; over a real library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fakes import HashEmbedder
from rag.assistant import Assistant
from rag.cli import main
from rag.settings import Settings
from test_kin import STORY, UPDATE

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]


def opened(settings: Settings) -> Assistant:
    return Assistant(settings, embedder=HashEmbedder())


def ask(*argv: str) -> int:
    return main(list(argv), opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    (made / "story.txt").write_text(STORY)
    (made / "broken.txt").write_bytes(bytes(range(256)) * 4)
    return made


def test_a_summary_of_each_sync(folder: Path, capsys: Captured) -> None:
    assert ask("sync", str(folder)) == 1
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 0 moved, 0 removed, 1 failed\n"
    assert printed.err.startswith(f"ask: failed: {folder / 'broken.txt'}: ")
    assert printed.err.count("\n") == 1
    (folder / "broken.txt").unlink()
    (folder / "story.txt").rename(folder / "moved.txt")
    (folder / "update.txt").write_text(UPDATE)
    assert ask("sync", str(folder)) == 0
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 1 moved, 0 removed, 0 failed\n"
    assert printed.err == (
        "ask: 1 is nearly the same as others, and no further source: see ask show\n"
    )
    assert ask("sync", str(folder)) == 0
    assert capsys.readouterr().out == (
        "0 added, 0 updated, 2 unchanged, 0 moved, 0 removed, 0 failed\n"
    )


def test_of_an_export_with_many_broken_lines_some_are_told(folder: Path, capsys: Captured) -> None:
    good = json.dumps({"title": "Rain", "text": "It rained all day."})
    (folder / "export.jsonl").write_text("\n".join([good, *(["{broken"] * 30)]))
    assert ask("add", str(folder / "export.jsonl")) == 1
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 30 failed\n"
    assert printed.err.count("\n") == 11
    assert "20 more; --json names all of them" in printed.err


def test_json_for_scripts(folder: Path, capsys: Captured) -> None:
    (folder / "broken.txt").unlink()
    assert ask("sync", str(folder), "--json") == 0
    first = json.loads(capsys.readouterr().out)
    (entry,) = first.pop("files")
    assert first == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "moved": 0,
        "removed": 0,
        "failed": 0,
        "copies": 0,
        "moves": [],
        "gone": [],
    }
    assert (entry["path"], entry["outcome"]) == (str(folder / "story.txt"), "added")
    (folder / "story.txt").rename(folder / "moved.txt")
    (folder / "gone.txt").write_text("A short report of rain.")
    ask("sync", str(folder), "--quiet")
    (folder / "gone.txt").unlink()
    (folder / "moved.txt").rename(folder / "again.txt")
    capsys.readouterr()
    assert ask("sync", str(folder), "--json") == 0
    second = json.loads(capsys.readouterr().out)
    assert second["moves"] == [{"from": str(folder / "moved.txt"), "to": str(folder / "again.txt")}]
    assert (second["gone"], second["files"]) == ([str(folder / "gone.txt")], [])


def test_quiet_tells_of_no_file_that_is_passed_over(folder: Path, capsys: Captured) -> None:
    (folder / "song.mp3").write_bytes(b"ID3")
    assert "passed over 1 file of another type (.mp3)" in told(folder, capsys)
    assert "passed over" not in told(folder, capsys, "--quiet")


def told(folder: Path, capsys: Captured, *options: str) -> str:
    ask("sync", str(folder), *options)
    return capsys.readouterr().err


@pytest.mark.parametrize("argv", [["sync"], ["sync", "a", "b"]])
def test_one_folder_is_wanted(argv: list[str], capsys: Captured) -> None:
    assert ask(*argv) == 2
    assert capsys.readouterr().err == "ask: name one folder: ask sync FOLDER\n"


def test_a_folder_that_is_not_there(tmp_path: Path, home: Path, capsys: Captured) -> None:
    for options in ((), ("--json",)):
        assert ask("sync", str(tmp_path / "none"), *options) == 1
        printed = capsys.readouterr()
        assert "does not exist, or may not be read" in printed.err
        assert printed.out == ""  # Nothing was counted.
    assert not home.exists()


@pytest.mark.parametrize("given", ["text", "=a", "text=", "="])
def test_a_column_is_a_mapping(given: str, capsys: Captured) -> None:
    assert ask("add", "x.csv", "--column", given) == 2
    assert "write --column text=NAME" in capsys.readouterr().err


def test_a_column_is_of_a_field_that_articles_have(
    tmp_path: Path, home: Path, capsys: Captured
) -> None:
    """A slip of the hand is bad usage, and no file counts as one that cannot be read for it."""
    (tmp_path / "boats.csv").write_text("title,body\nHalcyon,She sank.\n")
    assert ask("add", str(tmp_path / "boats.csv"), "--column", "words=body") == 2
    printed = capsys.readouterr()
    assert printed.err == (
        "ask: --column words=… is not one of: text, title, date, author, source, url, language, "
        "id, tags\n"
    )
    assert printed.out == ""
    assert not home.exists()


def test_a_watch_goes_on_until_it_is_stopped(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.txt").unlink()

    def changes(_: object):
        yield
        (folder / "update.txt").write_text(UPDATE)
        yield
        yield  # of a file that is no article
        raise KeyboardInterrupt

    # What tells of changes is tested by itself (test_syncing.py).
    monkeypatch.setattr("rag.syncing.watch_folder", changes)
    assert ask("sync", str(folder), "--watch", "--quiet") == 130
    assert capsys.readouterr().out.splitlines() == [
        "1 added, 0 updated, 0 unchanged, 0 moved, 0 removed, 0 failed",
        "1 added, 0 updated, 1 unchanged, 0 moved, 0 removed, 0 failed",
    ]


def test_a_watch_ends_when_its_folder_is_gone(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(_: object):
        yield
        shutil.rmtree(folder)
        yield
        raise AssertionError("of a folder that is gone nothing is heard any more")

    monkeypatch.setattr("rag.syncing.watch_folder", changes)
    assert ask("sync", str(folder), "--watch", "--quiet") == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    assert printed.err.endswith("if it is gone for good, add --allow-empty\n")


def test_a_watch_says_why_it_ends_where_its_folder_went_after_a_look(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.txt").unlink()

    def changes(_: object):
        yield

    def sync(*_: object, **__: object) -> int:
        shutil.rmtree(folder)
        return 0

    monkeypatch.setattr("rag.syncing.watch_folder", changes)
    monkeypatch.setattr("rag.cli.add_commands._sync_once", sync)
    assert ask("sync", str(folder), "--watch", "--quiet") == 1
    told = f"ask: {folder} is no longer there; watch it anew when it is back\n"
    assert capsys.readouterr().err == told
