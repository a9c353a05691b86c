"""`ask add`, `list`, `show`, and `remove`: what is printed, what is kept, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes import LIMA, UNDATED, FakeAssistant, FakeStore
from rag.assistant import AddResult
from rag.cli import main

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]


def test_add_sums_up(tmp_path: Path, capsys: Captured) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).touch()
    assistant = FakeAssistant(
        outcomes={"b.txt": AddResult("b.txt", "unchanged", LIMA, "the date 4/1 is ambiguous")}
    )
    argv = ["add", *(str(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt"))]
    assert main([*argv, "--date-order", "DMY"], assistant.open) == 0
    printed = capsys.readouterr()
    assert printed.out == "2 added, 0 updated, 1 unchanged, 0 failed\n"
    assert printed.err == "ask: warning: b.txt: the date 4/1 is ambiguous\n"
    assert all(line.endswith(" DMY") for line in assistant.added)


def test_add_goes_on_after_a_failure_and_ends_with_1(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    assistant = FakeAssistant(outcomes={"a.txt": AddResult("a.txt", "failed", None, "is empty")})
    argv = ["add", str(tmp_path / "a.txt"), str(tmp_path / "none"), str(tmp_path / "b.txt")]
    assert main(argv, assistant.open) == 1
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 2 failed\n"
    assert printed.err == (
        f"ask: failed: a.txt: is empty\nask: failed: {tmp_path / 'none'}: no such file or folder\n"
    )


def test_a_message_that_begins_with_the_file_name_gets_the_path_instead(
    tmp_path: Path, capsys: Captured
) -> None:
    results = {
        "a.txt": AddResult(str(tmp_path / "a.txt"), "failed", None, "a.txt is empty: fill it"),
        "b.txt": AddResult(str(tmp_path / "b.txt"), "added", LIMA, "b.txt: the date is unclear"),
        "c.txt": AddResult(str(tmp_path / "c.txt"), "failed", None, "c.txt2 is gone"),
    }
    for name in results:
        (tmp_path / name).touch()
    main(["add", *(str(tmp_path / name) for name in results)], FakeAssistant(outcomes=results).open)
    assert capsys.readouterr().err == (
        f"ask: failed: {tmp_path}/a.txt is empty: fill it\n"
        f"ask: failed: {tmp_path}/c.txt: c.txt2 is gone\n"
        f"ask: warning: {tmp_path}/b.txt: the date is unclear\n"
    )


def test_add_of_nothing_but_missing_files_opens_no_library(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["add", "nonexistent"], assistant.open) == 1
    assert assistant.settings is None
    assert "no such file or folder" in capsys.readouterr().err


def test_add_interrupted_says_what_was_kept(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    assistant = FakeAssistant(outcomes={"b.txt": KeyboardInterrupt()})
    argv = ["add", str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert main(argv, assistant.open) == 130
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 0 failed\n"
    assert "what was added is kept" in printed.err


def test_add_samples_and_json(capsys: Captured) -> None:
    assert main(["add", "--samples", "missing.txt", "--json"], FakeAssistant().open) == 1
    assert json.loads(capsys.readouterr().out) == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "failed": 1,
        "files": [
            {
                "path": "samples/lima.md",
                "outcome": "added",
                "id": LIMA.id,
                "title": LIMA.title,
                "message": "",
            },
            {
                "path": "missing.txt",
                "outcome": "failed",
                "id": None,
                "title": None,
                "message": "no such file or folder",
            },
        ],
    }


def test_add_needs_something_to_add(capsys: Captured) -> None:
    assert main(["add"], FakeAssistant().open) == 2
    assert main(["add", "x", "--date-order", "YMD"], FakeAssistant().open) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_list_prints_one_article_a_line(capsys: Captured) -> None:
    assert main(["list"], FakeAssistant().open) == 0
    printed = capsys.readouterr()
    assert printed.out == (
        f"{LIMA.id[:8]}  2019-01-04  BBC                   Lima Group urges Maduro to stand down\n"
        f"{UNDATED.id[:8]}  undated     Herald                Peru\n"
    )
    assert printed.err == "ask: 2 articles\n"


def test_list_filters_and_gives_json(capsys: Captured) -> None:
    assert main(["list", "--source", "Herald", "--json"], FakeAssistant().open) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": UNDATED.id,
            "title": "Peru",
            "source": "Herald",
            "author": None,
            "published": None,
            "url": None,
            "path": "/news/peru.txt",
        }
    ]


def test_an_empty_library_says_how_to_fill_it(capsys: Captured) -> None:
    assert main(["list"], FakeAssistant(store=FakeStore([])).open) == 0
    assert "ask add FOLDER" in capsys.readouterr().err


def test_show_prints_the_text_and_what_is_known(capsys: Captured) -> None:
    assert main(["show", UNDATED.id[:8]], FakeAssistant().open) == 0
    assert capsys.readouterr().out == (
        f"title:     Peru\nsource:    Herald\npath:      /news/peru.txt\n"
        f"id:        {UNDATED.id}\n\nPeru has mountains.\n"
    )
    assert main(["show", UNDATED.id, "--json"], FakeAssistant().open) == 0
    assert json.loads(capsys.readouterr().out)["text"] == UNDATED.text


def test_remove_removes_all_or_nothing(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["remove", LIMA.id[:8], "zzz"], assistant.open) == 1
    assert len(assistant.store.articles) == 2
    assert main(["remove", LIMA.id[:8]], assistant.open) == 0
    assert assistant.store.articles == [UNDATED]
    assert f"removed {LIMA.id[:8]}" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["show"], ["show", "a", "b"], ["remove"], ["list", "x"]])
def test_wrong_number_of_words(argv: list[str], capsys: Captured) -> None:
    assert main(argv, FakeAssistant().open) == 2
    assert capsys.readouterr().err.count("\n") == 1
