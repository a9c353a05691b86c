"""Counts: of articles and mentions to the last, of things as a bound, and of none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.cli.terminal import answer_lines, plain
from scripted import MarkingReader, WordReader, answer_to, filled_store

LUND = Document(
    "The council of Lund met. The ferry of Lund is late, and Peru’s envoy was on it.",
    title="Ferry late",
    source="Lund Post",
    published=date(2019, 3, 8),
)
CALDER = Document(
    "Zoë Ruud came from Peru to Calder. She spoke of ferries.",
    title="Ruud in Calder",
    source="Calder Echo",
    published=date(2018, 3, 9),
)
TITLED = Document(
    "The envoy came at noon. He left at night.",
    title="Peru sends an envoy",
    source="Lund Post",
    published=date(2020, 1, 2),
)
UNDATED = Document("Eight tugs pulled. The Alp and the Baraka pulled too.", title="Tugs")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", LUND, CALDER, TITLED, UNDATED) as opened:
        yield opened


ask_count = partial(answer_to, kind="count")


@pytest.mark.parametrize(
    "question",
    [
        "How many articles mention Peru?",
        "In how many reports is Peru named?",
        "How often do my articles mention Peru?",
        "How many times is Peru mentioned?",
        "How many of my articles are about Peru?",
        "Count the articles that mention Peru",
    ],
)
def test_every_article_that_names_it_is_counted_newest_first(
    store: SqliteStore, question: str
) -> None:
    reader = WordReader()
    answer = ask_count(store, question, reader)
    assert answer.lead == "3 of 4 articles mention Peru, twice in their text:"
    assert [claim.citations[0].document for claim in answer.claims] == [TITLED, LUND, CALDER]
    # Where only the title has it, the article is told by how it begins.
    assert [claim.text for claim in answer.claims] == [
        "The envoy came at noon.",
        "The ferry of Lund is late, and Peru’s envoy was on it.",
        "Zoë Ruud came from Peru to Calder.",
    ]
    assert [claim.pieces[1] for claim in answer.claims] == ["", "Peru’s", "Peru"]
    assert (answer.coverage.complete, answer.coverage.articles) == (True, 4)
    assert reader.calls == []


@pytest.mark.parametrize(
    ("what", "lead"),
    [
        ("mention Zoe", "1 of 4 articles mentions Zoe, once in its text:"),
        ("mention the ferry", "2 of 4 articles mention the ferry, twice in their text:"),
        (
            "mention both Lund and Peru",
            "1 of 4 articles mentions Lund and Peru, 3 times in its text:",
        ),
        (
            "from the Lund Post mention Peru",
            "2 of 2 articles (from Lund Post) mention Peru, once in their text:",
        ),
    ],
)
def test_words_names_and_sources(store: SqliteStore, what: str, lead: str) -> None:
    assert ask_count(store, f"How many articles {what}?").lead == lead


def test_articles_by_somebody_are_told_beside_those_that_mention_him(tmp_path: Path) -> None:
    own = Document("The tide was high.", title="Tide", author="Zoë Ruud")
    with filled_store(tmp_path / "home", CALDER, own) as store:
        answer = ask_count(store, "How many articles mention Zoë Ruud?")
        said = "1 of 2 articles mentions Zoë Ruud, once in its text; 1 is by Zoë Ruud:"
        assert answer.lead == said
        assert {citation.document for citation in answer.citations} == {CALDER, own}


def test_two_letters_are_counted_by_what_they_stand_for_too(tmp_path: Path) -> None:
    spelled = Document("The United Nations sent tents. The un-named donor did not.", title="Tents")
    titled = Document("The talks ended at noon.", title="UN summit closes")
    with filled_store(tmp_path / "home", spelled, titled) as store:
        answer = ask_count(store, "How often is the UN mentioned?")
        assert answer.lead == "2 of 2 articles mention the UN, once in their text:"
        only = ask_count(store, "How many articles mention a summit?")
    assert only.lead == "1 of 2 articles mentions summit, but not in its text:"


def test_a_count_of_none_is_an_answer(store: SqliteStore) -> None:
    answer = ask_count(store, "How many articles mention Unasur?")
    said = "None of the 4 articles mentions Unasur."
    assert (answer.refused, answer.claims, answer.lead, answer.text) == (False, (), said, said)
    assert plain(answer_lines(answer)) == said


def test_a_year_leaves_the_others_and_the_undated_out(store: SqliteStore) -> None:
    today = date(2024, 6, 1)
    answer = ask_count(store, "How many articles of 2018 mention Peru?", today=today)
    assert answer.lead == (
        "1 of 1 article (published from 1 January 2018 to 31 December 2018, 1 undated left out) "
        "mentions Peru, once in its text:"
    )
    none = ask_count(store, "How many articles of 2015 mention Peru?", today=today)
    assert none.lead.startswith("There are no articles (published from 1 January 2015")


def test_a_source_that_is_not_there_is_not_counted(store: SqliteStore) -> None:
    answer = ask_count(store, "How many articles from the Dunmore Stage mention Peru?")
    assert not answer.lead


def test_all_articles_are_counted_too(store: SqliteStore) -> None:
    answer = ask_count(store, "How many articles are there?", filter=Filter(sources=("Lund Post",)))
    assert answer.lead == "There are 2 articles (from Lund Post):"
    assert [c.document for c in answer.citations] == [TITLED, LUND]


def test_of_many_the_newest_are_shown(tmp_path: Path) -> None:
    first = date(2020, 1, 1)
    days = [first + timedelta(days=n) for n in range(12)]
    articles = [
        Document(f"Lund was quiet on day {n}.", title=f"Day {n}", published=day)
        for n, day in enumerate(days)
    ]
    with filled_store(tmp_path / "many", *articles) as store:
        answer = ask_count(store, "How many articles mention Lund?")
    assert answer.lead == "12 of 12 articles mention Lund, 12 times in their text; the 10 newest:"
    assert [c.document.published for c in answer.citations] == days[:1:-1]


def test_things_are_counted_by_their_names(store: SqliteStore) -> None:
    reader = MarkingReader(The_Alp_and_the_Baraka=9.0)
    answer = ask_count(store, "How many different tugs are named?", reader)
    assert answer.lead == "2 tugs, counted by the names in 1 article:"
    assert [claim.pieces[1] for claim in answer.claims] == ["The Alp and the Baraka"]


def test_where_names_are_asked_for_what_is_none_is_not_counted(store: SqliteStore) -> None:
    reader = MarkingReader(The_Alp_and_the_Baraka=9.0, Eight=9.0, of_ferries=9.0)
    answer = ask_count(store, "How many tugs are named?", reader)
    assert answer.lead == "2 tugs, counted by the names in 1 article:"
    assert len(answer.claims) == 1
    other = ask_count(store, "How many tugs pulled her?", MarkingReader(of_ferries=9.0, Lund=8.0))
    assert other.lead == "2 tugs pulled her, counted by the names in 2 articles:"
    whole = ask_count(store, "How many tugs that were named, by Lund, are there?", reader)
    assert whole.lead == "2 tugs, counted by the names in 1 article:"


def test_a_number_that_an_article_gives_is_a_fact(store: SqliteStore) -> None:
    answer = ask_count(store, "How many tugs pulled?", MarkingReader(Eight=9.0))
    assert (answer.lead, answer.text) == ("", "Eight tugs pulled.")


def test_an_empty_library_counts_nothing(tmp_path: Path) -> None:
    with filled_store(tmp_path / "empty") as store:
        answer = ask_count(store, "How many articles mention Peru?")
    assert (answer.refused, answer.reason) == (True, "empty library")
