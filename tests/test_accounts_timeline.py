"""Timelines: one line a day and event, in the order of time, each on the day that is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from index.types import Document
from rag.types import Answer
from scripted import LONG, answer_to, filled_store

STRUCK = Document(
    "A cargo ship struck the harbour bridge of Lund on Thursday. "
    "The harbour bridge of Lund was opened in May 1931. "
    "The council will vote on a new harbour bridge for Lund on Tuesday.",
    title="Ship strikes bridge",
    source="Lund Post",
    published=date(2024, 3, 8),
)
AGREES = Document(
    "On Thursday a cargo ship struck the harbour bridge of Lund. "
    "Police detained the captain of the ship yesterday at the harbour bridge of Lund.",
    title="Captain detained",
    source="Calder Echo",
    published=date(2024, 3, 9),
)
OPERA = Document(
    "The opera of Dunmore opened its season with a new staging of Carmen.",
    title="Carmen opens season",
    source="Dunmore Stage",
    published=date(2024, 3, 20),
)
LATER = Document(
    "The flood at Calder closed the mill on 5 February 2024, its owner said. "
    "The house has 200 seats and a stage of its own.",
    title="Mill reopens",
    published=date(2024, 6, 1),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", STRUCK, AGREES, OPERA, LATER) as opened:
        yield opened


timeline = partial(answer_to, kind="timeline", today=date(2024, 7, 1))


def days(answer: Answer) -> list[str]:
    return [claim.heading for claim in answer.claims]


def test_a_subject_is_told_day_by_day(store: SqliteStore) -> None:
    answer = timeline(store, "Make a timeline of the harbour bridge of Lund")
    assert answer.lead == "Timeline from May 1931 to 12 March 2024, from 2 articles."
    assert days(answer) == [
        "May 1931",
        "7 March 2024",
        "8 March 2024",
        "12 March 2024 (planned)",
    ]
    assert [claim.when for claim in answer.claims] == [
        date(1931, 5, 1),
        date(2024, 3, 7),
        date(2024, 3, 8),
        date(2024, 3, 12),
    ]
    assert answer.coverage.complete


def test_articles_that_tell_one_event_are_cited_together(store: SqliteStore) -> None:
    answer = timeline(store, "Make a timeline of the harbour bridge of Lund")
    struck = next(claim for claim in answer.claims if claim.heading == "7 March 2024")
    assert {citation.document for citation in struck.citations} == {STRUCK, AGREES}


@pytest.mark.parametrize(
    "question",
    [
        "What happened, day by day, in March 2024?",
        "Make a timeline of March 2024",
        "Make a timeline of what happened between 1 and 31 March 2024",
    ],
)
def test_days_alone_take_what_happened_on_them(store: SqliteStore, question: str) -> None:
    answer = timeline(store, question)
    assert days(answer) == [
        "7 March 2024",
        "8 March 2024",
        "12 March 2024 (planned)",
    ]


def test_a_day_that_only_a_later_article_tells_of_is_found(store: SqliteStore) -> None:
    assert days(timeline(store, "What happened to the mill in February 2024?")) == [
        "5 February 2024"
    ]


def test_what_is_nowhere_told_or_on_no_day_is_refused(store: SqliteStore) -> None:
    for question in ("Make a timeline of the war in Utrecht", "What happened in 1998?"):
        assert timeline(store, question).refused


def test_the_rows_of_a_table_that_name_a_day_are_told(tmp_path: Path) -> None:
    table = Document(
        "The museum ship of Lund was moved again on 3 May 2024.\n\n"
        "| berth | moved |\n|---|---|\n| Old quay | 12 June 1998 |\n| North pier | in winter |",
        title="The museum ship of Lund moves",
        published=date(2024, 5, 4),
    )
    with filled_store(tmp_path / "other", table) as store:
        answer = timeline(store, "Make a timeline of the museum ship of Lund.")
    assert [claim.heading for claim in answer.claims] == ["12 June 1998", "3 May 2024"]
    assert "Old quay" in answer.claims[0].text


@pytest.mark.parametrize(
    ("day", "told"),
    [(8, [("7 March 2024", 2)]), (15, [("7 March 2024", 1), ("14 March 2024", 1)])],
)
def test_what_is_less_alike_tells_one_event_only_of_one_day(
    tmp_path: Path, day: int, told: list[tuple[str, int]]
) -> None:
    texts = {  # alike by .69
        "The mayor of Lund stepped down on Thursday after the harbour fire.": 8,
        "The mayor resigned on Thursday over the harbour fire in Lund, he said.": day,
    }
    articles = [
        Document(text, title="The harbour fire of Lund", published=date(2024, 3, n))
        for text, n in texts.items()
    ]
    with filled_store(tmp_path / "other", *articles) as store:
        answer = timeline(store, "Make a timeline of the harbour fire of Lund.")
    assert [(claim.heading, len(claim.citations)) for claim in answer.claims] == told


def test_an_article_that_tells_of_the_same_in_other_words_is_read_too(tmp_path: Path) -> None:
    rest = "Divers looked at the hull of the ferry Petrel and pumped the water out of its hold."
    about = Document(
        f"The ferry struck a pier of the harbour at Calder on Monday. {rest}",
        title="Ferry strikes the pier at Calder",
        published=date(2024, 3, 5),
    )
    like = Document(
        f"{rest} The Petrel was towed away on Thursday.",
        title="Petrel towed away",
        published=date(2024, 3, 8),
    )
    other = replace(like, text="The Petrel was a comet of 1910. It was seen on Thursday by many.")
    for name, second, told in (
        ("like", like, ["4 March 2024", "7 March 2024"]),
        ("other", other, ["4 March 2024"]),
    ):
        with filled_store(tmp_path / name, about, second) as store:
            answer = timeline(store, "Make a timeline of the struck pier at Calder.")
        assert days(answer) == told


LEAVING = "crew {0} left the museum ship of Lund."


def test_one_day_does_not_crowd_out_the_others(tmp_path: Path) -> None:
    told = " ".join(f"On Thursday {LEAVING.format(crew)}" for crew in range(2, 30))
    other = "A diver of the harbour office looked at the hull of the museum ship on 4 March 2024."
    day = Document(f"{told} {other}", title="The ship of Lund", published=date(2024, 3, 8))
    with filled_store(tmp_path / "other", day) as store:
        answer = timeline(store, "Make a timeline of the museum ship of Lund.")
    assert days(answer)[0] == "4 March 2024"


def test_what_was_to_come_makes_room_for_what_came(tmp_path: Path) -> None:
    told = " ".join(f"On {n} March 2024 {LEAVING.format(n)}" for n in range(2, 20))
    plan = f"On 22 March 2024 the last {LEAVING.format('will have')}"
    events = Document(told, title="The museum ship is left", published=date(2024, 3, 25))
    before = Document(f"{LONG} {plan}", title="The museum ship of Lund", published=date(2024, 3, 1))
    with filled_store(tmp_path / "other", events, before) as store:
        answer = timeline(store, "Make a timeline of the museum ship of Lund.")
    assert days(answer) == [f"{n} March 2024" for n in range(2, 20)]


def test_the_verb_that_asks_is_no_part_of_the_subject(store: SqliteStore) -> None:
    asked = timeline(store, "Make a timeline of the harbour bridge of Lund")
    for opening in ("Retrace the events of", "Walk me through"):
        assert days(timeline(store, f"{opening} the harbour bridge of Lund")) == days(asked)
