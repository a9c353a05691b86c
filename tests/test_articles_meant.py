"""Whose articles a question means: read only where it says so, of sources and authors there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.answer.articles_meant import articles_meant, is_named
from scripted import MarkingReader, answer_to, filled_store

POST = Document("The fire killed 12 people.", title="Fire", source="Lund Post", author="Zoë Ruud")
ECHO = Document("The fire killed 15 people.", title="Quay burns", source="The Echo")
TIME = Document(
    "Bread is dear in the Echo. Zoë Ruud bakes it.", title="Bread", source="Time", author="Ida Falk"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", POST, ECHO, TIME) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "source", "left"),
    [
        ("According to the Echo, who won?", "The Echo", "Who won?"),
        ("In Time, what is bread?", "Time", "What is bread?"),
        ("What did Ruud say in the Lund Post?", "Lund Post", "What did Ruud say?"),
        ("What did the echo report on it?", "The Echo", "What did my articles say on it?"),
        ("List the articles from Time on bread", "Time", "List the articles on bread"),
        ("Which stories has Time published?", "Time", "Which stories?"),
    ],
)
def test_a_source_is_taken_out(store: SqliteStore, question: str, source: str, left: str) -> None:
    meant = articles_meant(question, Filter(), store)
    assert meant is not None
    assert (meant.filter, meant.text) == (Filter(sources=(source,)), left)


@pytest.mark.parametrize(
    ("question", "source", "left"),
    [
        ("What did CNN report on it?", "www.cnn.com", "What did my articles say on it?"),
        ("According to USA Today, who won?", "www.usatoday.com", "Who won?"),
        ("According to the Week, who won?", "www.theweek.co.uk", "Who won?"),
        ("What did www.cnn.com report?", "www.cnn.com", "What did my articles say?"),
        ("Who won in the week?", None, ""),
        ("Name an article in which he won", None, ""),
        ("What did www.which.co.uk report?", "www.which.co.uk", "What did my articles say?"),
    ],
)
def test_a_source_that_is_an_address_is_called_by_its_name(
    tmp_path: Path, question: str, source: str | None, left: str
) -> None:
    hosts = ("www.cnn.com", "www.usatoday.com", "www.theweek.co.uk", "www.which.co.uk")
    articles = [Document(f"{host} has it.", title=host, source=host) for host in hosts]
    with filled_store(tmp_path / "home", *articles) as opened:
        meant = articles_meant(question, Filter(), opened)
    assert (meant and meant.filter.sources, meant and meant.text) == (
        ((source,), left) if source else (None, None)
    )


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("articles by Zoe Ruud", "Articles"),
        ("How many articles did Zoë Ruud write?", "How many articles?"),
        ("What has Ruud written about bread?", "What has my articles say about bread?"),
    ],
)
def test_an_author_is_taken_out(store: SqliteStore, question: str, left: str) -> None:
    meant = articles_meant(question, Filter(), store)
    assert meant is not None
    assert (meant.filter, meant.text) == (Filter(authors=("Zoë Ruud",)), left)


@pytest.mark.parametrize(
    ("author", "name", "named"),
    [
        ("Will May", "Will May", True),
        ("The Lund Desk", "the Lund desk", True),
        ("Lund Desk", "the Lund desk", True),
        ("Ann Lee and Bo Falk", "Ann Lee", True),
        ("Ann Lee", "Falk", False),
        ("Ann Berit Lee", "Ann", False),
        ("", "the", False),
    ],
)
def test_an_author_is_named_by_most_of_the_name(author: str, name: str, named: bool) -> None:
    assert is_named(author, name) is named


@pytest.mark.parametrize(
    "question",
    [
        "Did the doctor come in time?",
        "Who owns the Lund Post?",
        "Who was dismissed by the Lund Post?",
        "What do the Lund Post and the Echo say about the fire?",
        "According to the Calder Mail, who won?",
        "Which articles mention Zoë Ruud?",
        "What did Zoë Ruud say?",
        "How many articles did Ann write?",
    ],
)
def test_what_is_said_of_them_is_no_choice(store: SqliteStore, question: str) -> None:
    assert articles_meant(question, Filter(), store) is None


def test_what_a_person_chose_wins_and_a_single_source_is_not_read(
    store: SqliteStore, tmp_path: Path
) -> None:
    asked = "According to the Echo, who won?"
    assert articles_meant(asked, Filter(sources=("Time",)), store) is None
    with filled_store(tmp_path / "one", ECHO) as one:
        assert articles_meant(asked, Filter(), one) is None


def test_a_fact_comes_from_the_source_that_is_named(store: SqliteStore) -> None:
    for source, died in (("the Lund Post", "12"), ("the Echo", "15")):
        answer = answer_to(store, f"According to {source}, how many people did the fire kill?")
        assert died in answer.text
        assert len(answer.citations) == 1
        assert answer.filter_read == f"According to {source}"


def test_all_are_asked_where_the_source_does_not_say(store: SqliteStore) -> None:
    answer = answer_to(store, "According to the Echo, what is dear?", MarkingReader(Bread=20.0))
    assert (answer.text, answer.filter_dropped) == ("Bread is dear in the Echo.", True)
    assert answer.filter == Filter()


def test_articles_of_an_author_are_listed(store: SqliteStore) -> None:
    answer = answer_to(store, "Which articles did Ida Falk write?")
    assert (answer.kind, answer.lead) == ("list", "There is 1 article (by Ida Falk):")
    assert [citation.document for citation in answer.citations] == [TIME]


def test_a_source_stays_where_only_its_days_do_not_answer(tmp_path: Path) -> None:
    dated = [replace(article, published=date(2024, 1, 5)) for article in (POST, ECHO)]
    of_last_week = replace(TIME, source="The Echo", published=date(2024, 5, 22))
    with filled_store(tmp_path / "dated", *dated, of_last_week) as store:
        question = "According to the Echo, how many people did the fire kill last week?"
        answer = answer_to(store, question, today=date(2024, 6, 1))
    assert "15" in answer.text
    assert answer.filter == Filter(sources=("The Echo",))
    assert (answer.filter_read, answer.filter_dropped) == ("According to the Echo", False)
