"""What a refusal is worth: what its filter left, and what could not be read or understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from fakes import refused
from index.store import FileRead, FileRecord
from index.types import Filter
from rag.answer.answering import accounted
from rag.types import Answer, Coverage
from scripted import BRIDGE, LIMA, MIGRATION, filled_store

GERMAN = replace(LIMA, title="Lima-Gruppe", language="de-AT")
FRENCH = replace(LIMA, title="Groupe de Lima", language="fr")


def told(store_home: Path, filter: Filter = Filter(), **looked_at: int) -> Coverage:
    """What is said of a refusal over five articles and two files, one of them unread."""
    ours = (replace(LIMA, language="en-GB"), MIGRATION, BRIDGE, GERMAN, FRENCH)
    with filled_store(store_home, *ours) as store:
        records = [FileRecord("/a/scan.pdf", problem="no text"), FileRecord("/a/b.txt")]
        store.replace_documents([], [FileRead(record, None) for record in records])
        answer: Answer = replace(refused(), filter=filter, coverage=Coverage(**looked_at))
        return accounted(answer, store).coverage


def test_a_refusal_says_what_was_left_out(tmp_path: Path) -> None:
    coverage = told(tmp_path, passages=4)
    assert coverage.told == (
        "Searched 5 articles and read 4 passages. "
        "1 file could not be read, or not all of it: see ask doctor. "
        "2 of 5 articles are in German or French, which are not understood."
    )
    kept = coverage.to_json()
    assert (kept["unread_files"], kept["languages"]) == (1, {"de": 1, "fr": 1})


def test_a_refusal_names_its_filters_and_counts_within_them(tmp_path: Path) -> None:
    chosen = Filter(("Harbour Wire", "BBC"), date(2019, 1, 1), date(2019, 1, 31))
    assert told(tmp_path, chosen, passages=1).told.startswith(
        "Searched 3 articles of Harbour Wire or BBC, from 1 January 2019 up to 31 January 2019 "
        "and read 1 passage. "
    )
    nothing = told(tmp_path, Filter(before=date(1999, 1, 1)))
    assert nothing.told == (
        "Searched 0 articles up to 1 January 1999. "
        "1 file could not be read, or not all of it: see ask doctor."
    )


def test_where_nothing_was_left_out_nothing_is_said_of_it() -> None:
    assert Coverage(articles=1, passages=1).told == "Searched 1 article and read 1 passage."
    assert Coverage().told == ""
    rare = Coverage(articles=2, passages=3, languages=(("qqq", 1),))
    assert rare.told.endswith("1 of 2 articles is in “qqq”, which is not understood.")
