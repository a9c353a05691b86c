"""`ask add`, `list`, `show`, and `remove`: what is printed, what is kept, and the exit status."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import LIMA, UNDATED, FakeAssistant, FakeStore
from index.errors import FullDiskError, LockedError
from index.reading import ReadOptions
from index.reading.sandbox.pool import ReaderPool
from rag.assistant import AddResult
from rag.cli import main
from reader_tables import OBEYING

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
    assert assistant.options == [ReadOptions("DMY")] * 3


def test_add_goes_on_after_a_failure_and_ends_with_1(capsys: Captured) -> None:
    outcomes = {
        "a.txt": AddResult("x/a.txt", "failed", None, "empty; fill it"),
        "b.txt": AddResult("x/b.txt", "added", LIMA, "the date is unclear"),
        "none": AddResult("x/none", "failed", None, "does not exist; check the path"),
    }
    argv = ["add", "x/b.txt", "x/a.txt", "x/none", "x/c.txt"]
    assert main(argv, FakeAssistant(outcomes=dict(outcomes)).open) == 1
    printed = capsys.readouterr()
    assert printed.out == "2 added, 0 updated, 0 unchanged, 2 failed\n"
    assert printed.err == (
        "ask: failed: x/a.txt: empty; fill it\n"
        "ask: failed: x/none: does not exist; check the path\n"
        "ask: warning: x/b.txt: the date is unclear\n"
    )


def test_add_of_what_is_not_there_makes_no_library(home: Path, capsys: Captured) -> None:
    """With the real assistant, which loads nothing for it."""
    missing = home.parent / "none"
    assert main(["add", str(missing), "~no-such-user/x", "y" * 300]) == 1
    assert not home.exists()
    printed = capsys.readouterr()
    assert printed.out == "0 added, 0 updated, 0 unchanged, 3 failed\n"
    assert printed.err == (
        f"ask: failed: {missing}: does not exist; check the path\n"
        "ask: failed: ~no-such-user/x: does not exist; check the path\n"
        f"ask: failed: {'y' * 300}: cannot be read (File name too long); "
        "copy it elsewhere and try again\n"
    )


def test_a_reader_that_breaks_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(
        "index.reading.sandbox.pool.ReaderPool", functools.partial(ReaderPool, table=OBEYING)
    )
    path = home.parent / "a.txt"
    path.write_text("break", encoding="utf-8")
    assert main(["add", str(path)]) == 1
    line = (
        f"ask: failed: {path}: could not be read (ValueError: a parser broke); "
        "save the article as plain text\n"
    )
    assert capsys.readouterr().err == line
    monkeypatch.setenv("BYLINE_DEBUG", "1")
    assert main(["add", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"could not read {path}\n")
    assert 'raise ValueError("a parser\\nbroke")' in said
    assert said.endswith(line)


def test_a_full_disk_is_told_in_one_sentence_that_is_true(capsys: Captured) -> None:
    full = FullDiskError("the disk is full: nothing of this change was stored")
    assert main(["add", "a.txt", "b.txt"], FakeAssistant(outcomes={"b.txt": full}).open) == 1
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 0 failed\n"
    assert printed.err == (
        "ask: the disk is full: what is counted above is stored, and nothing else; free some "
        "space, and the same command goes on from here\n"
    )


@pytest.mark.parametrize("as_json", [False, True])
def test_a_fault_of_the_library_does_not_hide_what_was_added(
    as_json: bool, capsys: Captured
) -> None:
    assistant = FakeAssistant(outcomes={"b.txt": LockedError("another process writes; wait")})
    argv = ["add", "a.txt", "b.txt", "c.txt", *(["--json"] if as_json else [])]
    assert main(argv, assistant.open) == 1
    printed = capsys.readouterr()
    if as_json:
        assert json.loads(printed.out)["added"] == 1
    else:
        assert printed.out == "1 added, 0 updated, 0 unchanged, 0 failed\n"
    assert printed.err == "ask: another process writes; wait\n"


def test_add_interrupted_says_what_was_kept(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    assistant = FakeAssistant(outcomes={"b.txt": KeyboardInterrupt()})
    argv = ["add", str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert main(argv, assistant.open) == 130
    printed = capsys.readouterr()
    assert printed.out == "1 added, 0 updated, 0 unchanged, 0 failed\n"
    assert "what was done is kept" in printed.err


def test_add_samples_and_json(capsys: Captured) -> None:
    failed = AddResult("missing.txt", "failed", None, "does not exist; check the path")
    assistant = FakeAssistant(outcomes={"missing.txt": failed})
    assert main(["add", "--samples", "missing.txt", "--json"], assistant.open) == 1
    assert json.loads(capsys.readouterr().out) == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "failed": 1,
        "moved": 0,
        "copies": 0,
        "files": [
            {
                "path": "samples/lima.md",
                "part": "",
                "outcome": "added",
                "id": LIMA.id,
                "title": LIMA.title,
                "message": "",
                "kin": [],
            },
            {
                "path": "missing.txt",
                "part": "",
                "outcome": "failed",
                "id": None,
                "title": None,
                "message": "does not exist; check the path",
                "kin": [],
            },
        ],
    }


def test_add_reads_web_pages_after_files(capsys: Captured) -> None:
    failed = AddResult("https://x.example/b", "failed", None, "the server answered 404 Not Found")
    assistant = FakeAssistant(outcomes={"b": failed})
    urls = ["--url", "https://x.example/a", "--url=https://x.example/b"]
    assert main(["add", *urls, "a.txt", "--date-order", "MDY"], assistant.open) == 1
    assert assistant.added == ["a.txt", "https://x.example/a", "https://x.example/b"]
    assert assistant.options == [ReadOptions("MDY")] * 3
    printed = capsys.readouterr()
    assert printed.out == "2 added, 0 updated, 0 unchanged, 1 failed\n"
    assert printed.err == ("ask: failed: https://x.example/b: the server answered 404 Not Found\n")


def test_add_of_a_private_address_connects_to_nothing(home: Path, capsys: Captured) -> None:
    """With the real assistant, which loads nothing for it."""
    urls = ["--url", "http://127.0.0.1:7860/", "--url", "file:///etc/passwd"]
    assert main(["add", *urls]) == 1
    assert not home.exists()
    printed = capsys.readouterr()
    assert printed.out == "0 added, 0 updated, 0 unchanged, 2 failed\n"
    assert printed.err == (
        "ask: failed: http://127.0.0.1:7860/: 127.0.0.1 is not on the public internet; "
        "save the page from a browser and add the file\n"
        "ask: failed: file:///etc/passwd: not the address of a web page; "
        "it begins with https:// or http://\n"
    )


def test_add_needs_something_to_add(capsys: Captured) -> None:
    assert main(["add"], FakeAssistant().open) == 2
    assert main(["add", "x", "--date-order", "YMD"], FakeAssistant().open) == 2
    assert main(["add", "--url"], FakeAssistant().open) == 2
    assert capsys.readouterr().err.count("\n") == 3


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
            "part": "",
            "language": None,
            "tags": [],
            "corrected": {},
        }
    ]


def test_a_source_or_tag_that_no_article_has_is_named_with_those_near_it(capsys: Captured) -> None:
    store = FakeStore([LIMA, replace(UNDATED, tags=("peru/lima",))])
    assert main(["list", "--source", "Heralds"], FakeAssistant(store=store).open) == 0
    assert capsys.readouterr().err == (
        "ask: no article is of the source 'Heralds'; there are: Herald\n"
    )
    assert main(["list", "--tag", "lima"], FakeAssistant(store=store).open) == 0
    assert capsys.readouterr().err == "ask: no article is tagged 'lima'; there are: peru/lima\n"
    # A tag without a name is no wish for all articles, and bytes that are no text are no fault.
    for option, typed, said in (("--tag", "#", "tagged '#'"), ("--source", "\udcff", "source '?'")):
        assert main(["list", option, typed], FakeAssistant(store=store).open) == 0
        assert said in capsys.readouterr().err


def test_list_searches_pages_and_chooses_columns(capsys: Captured) -> None:
    assert main(["list", "peru", "--columns", "id,date,title"], FakeAssistant().open) == 0
    assert capsys.readouterr().out == f"{UNDATED.id[:8]}  -           Peru\n"
    argv = ["list", "--limit", "1", "--page", "2", "--json", "--columns", "date,title"]
    assert main(argv, FakeAssistant().open) == 0
    assert json.loads(capsys.readouterr().out) == [{"published": None, "title": "Peru"}]
    assert main(["list", "--limit", "1"], FakeAssistant().open) == 0
    assert capsys.readouterr().err == "ask: 1 of 2 articles; --page shows others\n"
    assert main(["list", "who", "voted"], FakeAssistant().open) == 0
    assert "to ask a question: ask -- list who" in capsys.readouterr().err
    assert main(["list", "--tag", "none"], FakeAssistant().open) == 0
    assert "leave out --source, --tag" in capsys.readouterr().err
    for wrong in (["--columns", "id,size"], ["--page", "0"], ["--sort", "size"]):
        assert main(["list", *wrong], FakeAssistant().open) == 2
    assert capsys.readouterr().err.count("\n") == 3


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
    shown = json.loads(capsys.readouterr().out)
    assert (shown["text"], shown["kin"]) == (UNDATED.text, [])


def test_show_names_the_articles_that_are_nearly_the_same(capsys: Captured) -> None:
    assistant = FakeAssistant(alike=[LIMA])
    assert main(["show", UNDATED.id[:8]], assistant.open) == 0
    assert (
        f"""
also:      {LIMA.id[:8]}  2019-01-04  BBC                   Lima Group urges Maduro to stand down
"""
        in capsys.readouterr().out
    )
    assert main(["show", UNDATED.id, "--json"], assistant.open) == 0
    assert [kin["id"] for kin in json.loads(capsys.readouterr().out)["kin"]] == [LIMA.id]


def test_remove_removes_all_or_nothing(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["remove", LIMA.id[:8], "zzz"], assistant.open) == 1
    assert len(assistant.store.articles) == 2
    assert main(["remove", LIMA.id[:8]], assistant.open) == 0
    assert assistant.store.articles == [UNDATED]
    assert f"removed {LIMA.id[:8]}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["add", ""], "a path is empty; for the folder that you are in, write ."),
        (["sync", ""], "a path is empty; for the folder that you are in, write ."),
        (["export", ""], "a path is empty"),
        (["verify", ""], "a path is empty"),
        (["eval", ""], "a path is empty"),
        (["add", "https://a.example/b"], "a web page; ask add --url https://a.example/b"),
        (["list", "--home", ""], "--home is empty; name the folder of the library"),
    ],
)
def test_what_a_shell_left_empty_is_not_acted_on(
    argv: list[str], says: str, capsys: Captured
) -> None:
    assistant = FakeAssistant()
    assert main(argv, assistant.open) == 2
    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.out == ""


def test_a_file_whose_name_begins_as_an_option_says_how_it_is_written(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-draft of May.txt").touch()
    (tmp_path / "--last.txt").touch()
    assert main(["add", "a.txt", "-draft of May.txt", "--last.txt"]) == 2
    assert capsys.readouterr().err.endswith("for the file write ./-draft of May.txt\n")


@pytest.mark.parametrize("argv", [["show"], ["show", "a", "b"], ["remove"]])
def test_wrong_number_of_words(argv: list[str], capsys: Captured) -> None:
    assert main(argv, FakeAssistant().open) == 2
    assert capsys.readouterr().err.count("\n") == 1
