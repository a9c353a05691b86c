"""One turn of a conversation: what is searched for, in which articles, and when anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.turn import answer_turn
from rag.types import Answer, Delta, Stage
from scripted import EchoModel, ScriptedModel, check_promises, filled_store, settings

FLOOD_2015 = Document(
    "The flood at Calder killed 19 people and closed the harbour bridge.",
    title="Flood at Calder",
    published=date(2015, 11, 6),
)
FLOOD_2019 = Document(
    "The flood at Calder killed 65 people and closed the railway.",
    title="Flood at Calder again",
    published=date(2019, 1, 28),
)
OPERA = Document(
    "The opera house of Lund opened its season with Carmen.",
    title="Carmen at Lund",
    published=date(2015, 9, 1),
)
UNDATED = Document("The flood at Dunmore killed 7 people.", title="Flood at Dunmore")
TODAY = date(2019, 1, 30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", FLOOD_2015, FLOOD_2019, OPERA, UNDATED) as opened:
        yield opened


def turn(
    store: SqliteStore,
    question: str,
    *,
    model: ScriptedModel | None = None,
    history: Sequence[Answer] = (),
    filter: Filter = Filter(),
    today: date | None = TODAY,
) -> tuple[Answer, list[Stage | Delta]]:
    """Return the answer and what came before it."""
    model = model or EchoModel()
    made = settings(Path("/none"))
    *before, answer = answer_turn(
        question, history, filter, store, HashEmbedder(), lambda: model, made, today=today
    )
    assert isinstance(answer, Answer)
    check_promises(answer)
    return answer, [event for event in before if not isinstance(event, Answer)]


def test_a_date_in_the_question_chooses_among_the_articles(store: SqliteStore) -> None:
    answer, _ = turn(store, "How many people did the flood at Calder kill in 2019?")
    assert "65" in answer.text
    assert "19 people" not in answer.text
    assert answer.filter == Filter(after=date(2019, 1, 1), undated=True)
    assert (answer.filter_read, answer.filter_dropped) == ("in 2019", False)
    assert answer.to_json()["filter"]["undated"] is True


def test_an_article_without_a_date_is_searched_all_the_same(store: SqliteStore) -> None:
    answer, _ = turn(store, "How many people did the flood at Dunmore kill in 2019?")
    assert "7 people" in answer.text
    assert answer.filter_read == "in 2019"


def test_where_the_days_do_not_answer_all_articles_are_searched(store: SqliteStore) -> None:
    answer, events = turn(store, "With what did the opera house of Lund open its season last week?")
    assert "Carmen" in answer.text
    assert answer.filter == Filter()
    assert (answer.filter_read, answer.filter_dropped) == ("last week", True)
    assert [e.name for e in events if isinstance(e, Stage)].count("searching") == 2


def test_a_refusal_of_both_is_that_of_all_articles(store: SqliteStore) -> None:
    answer, _ = turn(store, "Who sank the ferry yesterday?")
    assert answer.refused
    assert answer.filter_dropped == bool(answer.filter_read)


@pytest.mark.parametrize(
    ("filter", "today"), [(Filter(before=date(2015, 12, 31)), TODAY), (Filter(), None)]
)
def test_dates_are_left_unread_beside_a_filter_or_on_request(
    store: SqliteStore, filter: Filter, today: date | None
) -> None:
    question = "How many people did the flood at Calder kill in 2019?"
    answer, _ = turn(store, question, filter=filter, today=today)
    assert (answer.filter, answer.filter_read) == (filter, "")


def test_a_date_in_a_follow_up_is_read_too(store: SqliteStore) -> None:
    first, _ = turn(store, "How many people did the flood at Calder kill?")
    answer, _ = turn(store, "And in 2019?", history=[first])
    assert answer.question == "And in 2019?"
    assert answer.searched == "How many people did the flood at Calder kill in 2019?"
    assert answer.filter_read == "in 2019"
    assert "65 people" in answer.text


def test_the_model_rewrites_what_no_rule_can(store: SqliteStore) -> None:
    first, _ = turn(store, "What did the flood at Calder close?")
    written = "Did the flood at Calder close the railway?"
    model = ScriptedModel(written, "The flood at Calder closed the railway.")
    answer, _ = turn(store, "Did he close the railway?", history=[first], model=model)
    assert answer.searched == written
    assert len(model.prompts) == 2


def test_a_rewriting_that_is_not_accepted_leaves_the_question_before_in_front(
    store: SqliteStore,
) -> None:
    first, _ = turn(store, "What did the flood at Calder close?")
    model = ScriptedModel("Did Peru close it?", "The flood at Calder closed the railway.")
    answer, _ = turn(store, "Did he close the railway?", history=[first], model=model)
    assert answer.searched == "What did the flood at Calder close? Did he close the railway?"


def test_a_rule_asks_no_model(store: SqliteStore) -> None:
    first, _ = turn(store, "What did the flood at Calder close?")
    model = EchoModel()
    answer, _ = turn(store, "And at Dunmore?", history=[first], model=model)
    assert answer.searched == "What did the flood at Dunmore close?"
    assert all("Rewrite" not in prompt.fixed for prompt in model.prompts)


@pytest.mark.parametrize(
    "question",
    [
        "What did the flood at Calder close before 1 January 2016?",
        "Before 1 January 2016, what did the flood at Calder close?",
    ],
)
def test_words_that_no_article_can_have_are_left_to_the_bounds(
    store: SqliteStore, question: str
) -> None:
    answer, _ = turn(store, question)
    assert answer.question == question
    assert answer.searched == "What did the flood at Calder close?"
    assert [c.document for c in answer.citations] == [FLOOD_2015]


def test_thanks_are_answered_without_a_search(store: SqliteStore) -> None:
    made = settings(Path("/none"))
    model = ScriptedModel(RuntimeError("not asked"))
    events = answer_turn(
        "Thank you!", [], Filter(), store, HashEmbedder(), lambda: model, made, today=TODAY
    )
    assert list(events) == [Answer("Thank you!", "Thank you!", "You’re welcome.")]
    assert model.prompts == []


def test_the_year_of_an_event_is_searched_for_too(store: SqliteStore) -> None:
    question = "What did the flood at Calder close in 2015?"
    assert turn(store, question)[0].searched == question


def test_what_was_just_told_is_not_told_again(tmp_path: Path) -> None:
    talks = Document(
        "The ministers met in Calder to speak about the flood. Dunmore sent an engineer to Calder.",
        title="Talks at Calder",
    )
    question = "Who met in Calder to speak about the flood?"
    with filled_store(tmp_path / "other", talks) as store:
        first, _ = turn(store, question)
        assert first.citations[0].quote.startswith("The ministers met")
        second, _ = turn(store, "And who sent an engineer?", history=[first])
    assert second.searched.startswith(question)
    assert [c.quote for c in second.citations] == ["Dunmore sent an engineer to Calder."]


def test_a_question_with_a_name_is_asked_alone(tmp_path: Path) -> None:
    talks = Document(
        "Calder closed its harbour, and Dunmore sent an engineer to see the flood. It rained.",
        title="Talks at Calder",
    )
    with filled_store(tmp_path / "other", talks) as store:
        first, _ = turn(store, "Who closed its harbour to the flood?")
        second, _ = turn(store, "And what engineer did Dunmore send?", history=[first])
    assert second.searched == "What engineer did Dunmore send?"
