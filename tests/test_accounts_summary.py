"""Summaries: what is summarised, which sentences tell it, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.answer.accounts.subject import (
    articles_named,
    passages_on,
    share_held,
    subject_asked,
)
from rag.answer.evidence import Sources
from rag.answer.turn import answer_turn
from rag.types import Answer, Coverage
from scripted import (
    MarkingReader,
    ScriptedModel,
    WordReader,
    answer_to,
    filled_store,
    settings,
)

BRIDGE = Document(
    "A cargo ship struck the harbour bridge of Lund on Thursday and closed it to all traffic. "
    "The mayor, Ana Ruiz, said that the bridge will stay closed until the spring. "
    "Engineers found cracks in two of the five pillars that carry its road. "
    "Some 9,000 people cross the bridge each day on their way to work. "
    "Ferries have carried them across the water since the accident. "
    "Why did the ship leave the channel? "
    "The owner of the ship, Holm Lines, offered to pay for a part of the work. "
    "Click here to read more about ships.",
    title="Ship closes harbour bridge of Lund",
    source="Lund Post",
    author="Eva Holm",
    published=date(2024, 3, 8),
    path="/news/bridge.txt",
)
COPY = replace(BRIDGE, source="Calder Echo", author="Wire staff", path="/news/copy.txt")
LOAN = Document(
    "The state will lend the town of Lund 40 million for a new harbour bridge in Lund. "
    "The loan is to be paid back from a toll on lorries within thirty years. "
    "Owners of sawmills in the valley protested against the toll at once.",
    title="State lends money to Lund",
    source="Calder Echo",
    published=date(2024, 4, 2),
)
OPERA = Document(
    "The opera of Dunmore opened its season with a new staging of Carmen. "
    "The house was sold out for the first time in eleven years. "
    "Its director, Bo Aasen, leaves in the autumn for a theatre in Oslo.",
    title="Carmen opens season",
    source="The Dunmore Stage",
    published=date(2024, 5, 1),
)
ALL = (BRIDGE, COPY, LOAN, OPERA)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", *ALL) as opened:
        yield opened


def summary(store: SqliteStore, question: str, filter: Filter = Filter()) -> Answer:
    reader = WordReader()
    answer = answer_to(store, question, reader, filter, kind="summary", today=date(2024, 6, 1))
    assert reader.calls == []
    return answer


def sources(store: SqliteStore) -> Sources:
    return Sources(store, HashEmbedder(), WordReader(), Filter())


# What is summarised


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What do my articles say about Unasur?", "Unasur"),
        ("Summarise the speech of minister Aasen.", "minister Aasen"),
        ("Please give me a short overview of the flood at Calder in 2015", "the flood at Calder"),
        ("What happened to the Ever Given, day by day?", "the Ever Given"),
        ("Retrace the flood at Calder", "the flood at Calder"),
        ("Walk me through Lund's budget", "Lund's budget"),
        ("What was published in 2023 about the flood at Calder?", "the flood at Calder"),
        ("Summarise my articles", ""),
        ("What have I saved from January 2019?", ""),
    ],
)
def test_the_subject_is_what_the_words_of_asking_leave(question: str, subject: str) -> None:
    assert subject_asked(question) == subject


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('Summarise "Carmen opens season".', [OPERA]),
        ("Summarise the article on how the state lends money to Lund", [LOAN]),
        ("Summarise the state's statement on its loan to Lund", []),
        ("Summarise Lund's report on the toll on lorries", [LOAN]),
        ("Summarise the harbour bridge of Lund", []),
        ("Summarise what Eva Holm wrote", [BRIDGE]),
        ("Summarise the Calder Echo", [COPY, LOAN]),
        ("Summarise The Dunmore Stage", [OPERA]),
        ("What is in bridge.txt?", [BRIDGE]),
        ("Summarise the story on sawmills", [LOAN]),
        ("Summarise the stories on sawmills", []),
        ("Summarise my articles", []),
    ],
)
def test_articles_are_named(store: SqliteStore, text: str, named: list[Document]) -> None:
    assert articles_named(text, subject_asked(text), sources(store)) == named


def test_a_passage_speaks_of_a_subject_if_it_has_its_names(store: SqliteStore) -> None:
    found = passages_on("the harbour bridge", sources(store), 20)
    assert {hit.document for hit in found} == {BRIDGE, LOAN}
    assert share_held("the population of Lund", BRIDGE.text) == 0.5
    assert share_held("the population of Lunden", BRIDGE.text) == 0
    assert share_held("the crisis in Lund", BRIDGE.text) == 1
    # However many words one of two names has.
    assert share_held("Ana Ruiz and Peru", BRIDGE.text) == 0.5
    assert share_held("Ana Ruiz and Lund", BRIDGE.text) == 1
    assert passages_on("the harbour bridge of Utrecht", sources(store), 20) == []


# What is told


def test_an_article_is_told_by_its_lead_and_what_stands_for_the_rest(store: SqliteStore) -> None:
    answer = summary(store, 'Summarise "Carmen opens season".')
    assert answer.lead == "Summary of “Carmen opens season”, The Dunmore Stage, 1 May 2024."
    assert [claim.text for claim in answer.claims] == OPERA.text.replace(". ", ".|").split("|")
    assert answer.coverage == Coverage(articles=4, passages=3, complete=True)


def test_no_question_advertisement_or_repetition_is_told(store: SqliteStore) -> None:
    answer = summary(store, "What is in bridge.txt?")
    assert answer.claims[0].text.startswith("A cargo ship struck")
    assert 2 <= len(answer.claims) <= 5
    assert not any("Click" in claim.text or "?" in claim.text for claim in answer.claims)
    assert [c.citations[0].start for c in answer.claims] == sorted(
        c.citations[0].start for c in answer.claims
    )


def test_a_subject_is_told_from_all_articles_that_speak_of_it(store: SqliteStore) -> None:
    answer = summary(store, "What do my articles say about the harbour bridge?")
    assert answer.lead == "What 2 articles say of the harbour bridge."
    told = [claim.citations[0].document.title for claim in answer.claims]
    assert told == sorted(told, key=[BRIDGE.title, LOAN.title].index)  # oldest first
    assert set(told) == {BRIDGE.title, LOAN.title}
    assert "Carmen" not in answer.text


@pytest.mark.parametrize("latest", ["latest", "newest reports"])
def test_who_asks_for_the_latest_gets_the_newest_article_first(
    store: SqliteStore, latest: str
) -> None:
    answer = summary(store, f"What's the {latest} on the harbour bridge?")
    assert answer.lead == "What 2 articles say of the harbour bridge, newest first."
    told = [claim.citations[0] for claim in answer.claims]
    assert [c.document.title for c in told[:1] + told[-1:]] == [LOAN.title, BRIDGE.title]
    of_bridge = [c.start for c in told if c.document.title == BRIDGE.title]
    assert of_bridge == sorted(of_bridge)


def test_of_other_news_that_names_the_subject_only_that_is_told(tmp_path: Path) -> None:
    week = "The library opens on Sundays, a bakery has closed, and the choir looks for voices. " * 4
    other = Document(
        f"{week}\nPolice gave the harbour bridge of Lund a new barrier.",
        title="The week in brief",
        source="Lund Post",
        published=date(2024, 6, 1),
    )
    with filled_store(tmp_path / "home", BRIDGE, other) as store:
        answer = summary(store, "What do my articles say about the harbour bridge of Lund?")
    assert "new barrier" in answer.text
    assert "library opens" not in answer.text
    assert "Engineers found cracks" in answer.text  # of an article that is about it


def test_a_copy_is_cited_beside_what_it_copies(store: SqliteStore) -> None:
    answer = summary(store, "What do my articles say about the harbour bridge?")
    struck = next(claim for claim in answer.claims if "struck" in claim.text)
    assert {citation.document.source for citation in struck.citations} == {
        "Lund Post",
        "Calder Echo",
    }
    assert len({claim.text for claim in answer.claims}) == len(answer.claims)


def test_the_library_is_told_article_by_article(store: SqliteStore) -> None:
    answer = summary(store, "Summarise my articles")
    assert answer.lead == "Summary of 4 articles."
    assert list(dict.fromkeys(claim.heading for claim in answer.claims)) == [
        "Ship closes harbour bridge of Lund, 8 March 2024",
        "State lends money to Lund, 2 April 2024",
        "Carmen opens season, 1 May 2024",
    ]
    assert answer.coverage.complete


@pytest.mark.parametrize(
    "question",
    [
        "latest news",
        "The newest articles",
        "What's new?",
        "What’s new in my articles?",
        "Any news?",
        "Anything new?",
        "What is the news?",
    ],
)
def test_the_news_of_a_library_is_told_newest_first(store: SqliteStore, question: str) -> None:
    answer = answer_to(store, question, MarkingReader(new=9.0))
    assert answer.lead == "Summary of 4 articles, newest first."
    headings = list(dict.fromkeys(claim.heading for claim in answer.claims))
    assert [heading.rpartition(", ")[2] for heading in headings] == [
        "1 May 2024",
        "2 April 2024",
        "8 March 2024",
    ]


def test_a_name_that_begins_with_new_is_no_wish_for_the_news(tmp_path: Path) -> None:
    rates = Document("New Zealand cut its rates.", published=date(2024, 6, 1))
    ferry = Document("A ferry of New Zealand sank.", published=date(2024, 5, 1))
    with filled_store(tmp_path / "home", rates, ferry) as store:
        answer = summary(store, "What is New Zealand?")
    assert answer.lead == "What 2 articles say of New Zealand."


def test_what_no_sentence_describes_is_summarised_if_all_of_it_is_named(
    store: SqliteStore,
) -> None:
    answer = answer_to(store, "Describe the harbour bridge.", MarkingReader())
    assert (answer.kind, answer.lead) == ("summary", "What 2 articles say of the harbour bridge.")
    assert answer_to(store, "Describe the lamps of the harbour bridge.", MarkingReader()).refused
    stated = answer_to(store, "Describe the harbour bridge.", MarkingReader(cracks=20.0))
    assert (stated.kind, len(stated.claims)) == ("fact", 1)
    # What may be no answer to it gives way too.
    unsure = answer_to(store, "Describe the harbour bridge.", MarkingReader(cracks=0.0))
    assert (unsure.kind, unsure.lead) == (answer.kind, answer.lead)
    asked = "What has the harbour bridge?"
    assert answer_to(store, asked, MarkingReader(cracks=0.0)).kind == "fact"


def test_news_are_of_nothing_before(store: SqliteStore) -> None:
    opera = answer_to(store, "Who sang Carmen?", MarkingReader(Carmen=9.0))
    sources = Sources(store, HashEmbedder(), MarkingReader(), Filter())
    *_, answer = answer_turn(
        "What's new?", [opera], sources, lambda: ScriptedModel(""), settings(Path("/none")),
        today=None,
    )  # fmt: skip
    assert isinstance(answer, Answer)
    assert answer.lead.startswith("Summary of 4 articles, newest first.")
    assert answer.searched == "What's new?"


def test_a_filter_or_a_month_leaves_what_is_told(store: SqliteStore) -> None:
    kept = summary(store, "Summarise my articles", Filter(sources=("the dunmore stage",)))
    assert kept.lead.startswith("Summary of “Carmen opens season”")
    assert kept.coverage.articles == 1
    month = summary(store, "Give me an overview of what I have from April 2024")
    assert month.lead.startswith("Summary of “State lends money to Lund”")
    assert month.filter_read == "from April 2024"


def test_what_no_passage_speaks_of_is_refused(store: SqliteStore) -> None:
    for question in ("What do my articles say about whales?", "Summarise the news on Unasur"):
        answer = summary(store, question)
        assert (answer.refused, answer.reason) == (True, "not in the articles")
