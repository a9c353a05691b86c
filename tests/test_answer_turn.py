"""One turn of a conversation: what is searched for, in which articles, when anew; read once."""

from __future__ import annotations

import builtins
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from fakes import HashEmbedder
from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.answer import turn as turn_module
from rag.answer.evidence import Sources
from rag.answer.turn import answer_turn
from rag.reader import Passage, Reading
from rag.types import Answer, Stage
from scripted import (
    MarkingReader,
    ScriptedModel,
    WordReader,
    check_promises,
    filled_store,
    no_model,
    settings,
)

FLOOD_2015 = Document(
    "The flood at Calder killed 19 people and closed the harbour bridge. "
    "The town hall was under water for a day. Boats were found in gardens.",
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
KILLED_2019 = "How many people did the flood at Calder kill in 2019?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", FLOOD_2015, FLOOD_2019, OPERA, UNDATED) as opened:
        yield opened


def turn(
    store: SqliteStore,
    question: str,
    *,
    model: ScriptedModel | None = None,
    reader: WordReader | MarkingReader | None = None,
    history: Sequence[Answer] = (),
    filter: Filter = Filter(),
    today: date | None = TODAY,
) -> tuple[Answer, list[str]]:
    """Return the answer and the stages before it."""
    *before, answer = answer_turn(
        question,
        history,
        Sources(store, HashEmbedder(), reader or WordReader(), filter),
        (lambda: model) if model else no_model,
        settings(Path("/none")),
        today=today,
    )
    assert isinstance(answer, Answer)
    check_promises(answer)
    return answer, [event.name for event in before if isinstance(event, Stage)]


# Names that the articles spell otherwise


def test_a_name_with_one_letter_wrong_is_read_as_the_articles_spell_it(store: SqliteStore) -> None:
    answer, _ = turn(store, "How many people did the flood at Dunmoer kill?")
    assert answer.text == UNDATED.text
    assert answer.question == "How many people did the flood at Dunmoer kill?"
    assert answer.searched == "How many people did the flood at Dunmore kill?"


@pytest.mark.parametrize(
    "question",
    [
        "How many people did the flood at Calder kill?",  # as the articles have it
        "How many people did the flood at Zalder kill?",  # names that begin otherwise
        "How many people did the flood at Caddler kill?",  # two letters
        "With what did the opera house of Lond open?",  # too short to be told
        "How many people did the flood bridgge?",  # no name
        "What is known of the Bridgge?",  # nor is what it is near to
    ],
)
def test_what_may_be_another_word_is_left_as_it_is(store: SqliteStore, question: str) -> None:
    answer, _ = turn(store, question)
    assert answer.searched == question


# Names that no article has


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        ("How many people did the flood at Paris kill?", True),
        ("Who is Angela Merkel?", True),
        ("How many people did the flood at Calder kill?", False),
        # A title holds it, an acronym may be told in words, and so may a country's people.
        ("How many people did the flood Again kill?", False),
        ("How many people did the flood at Calder kill, says the UNHCR?", False),
        ("How many Britons did the flood at Calder kill on Monday?", True),
        ("How many Scottish people did the flood at Calder kill on Monday?", False),
        ("How Many People Did The Dreadful Flood At Calder Kill?", False),
    ],
)
def test_what_is_about_somebody_that_no_article_names_is_refused(
    store: SqliteStore, question: str, refused: bool
) -> None:
    answer, _ = turn(store, question)
    assert answer.refused is refused


# Dates


def test_a_date_in_the_question_chooses_among_the_articles(store: SqliteStore) -> None:
    answer, stages = turn(store, KILLED_2019)
    assert answer.text == FLOOD_2019.text
    assert answer.filter == Filter(after=date(2019, 1, 1), undated=True)
    assert (answer.filter_read, answer.filter_dropped) == ("in 2019", False)
    assert stages == ["searching", "reading"]


def test_an_article_without_a_date_is_searched_all_the_same(store: SqliteStore) -> None:
    answer, _ = turn(store, "How many people did the flood at Dunmore kill in 2019?")
    assert (answer.text, answer.filter_read) == (UNDATED.text, "in 2019")


def test_where_the_days_do_not_answer_all_articles_are_searched(store: SqliteStore) -> None:
    answer, stages = turn(store, "With what did the opera house of Lund open its season last week?")
    assert answer.text == OPERA.text
    assert answer.filter == Filter()
    assert (answer.filter_read, answer.filter_dropped) == ("last week", True)
    assert stages == ["searching", "reading"] * 2


def test_a_refusal_of_both_is_that_of_all_articles(store: SqliteStore) -> None:
    answer, _ = turn(store, "Who sank the ferry last week?")
    assert (answer.refused, answer.filter) == (True, Filter())
    assert (answer.filter_read, answer.filter_dropped) == ("last week", True)


@pytest.mark.parametrize(
    ("filter", "today"), [(Filter(before=date(2015, 12, 31)), TODAY), (Filter(), None)]
)
def test_dates_are_left_unread_beside_a_filter_or_on_request(
    store: SqliteStore, filter: Filter, today: date | None
) -> None:
    answer, _ = turn(store, KILLED_2019, filter=filter, today=today)
    assert (answer.filter, answer.filter_read) == (filter, "")


def test_a_date_in_a_follow_up_is_read_too(store: SqliteStore) -> None:
    first, _ = turn(store, "How many people did the flood at Calder kill?")
    answer, stages = turn(store, "And in 2019?", history=[first])
    assert (answer.question, answer.searched) == ("And in 2019?", KILLED_2019)
    assert (answer.filter_read, answer.text) == ("in 2019", FLOOD_2019.text)
    assert stages == ["reading", "searching", "reading"]


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
    reader = WordReader()
    answer, _ = turn(store, question, reader=reader)
    assert answer.question == question
    assert answer.searched == "What did the flood at Calder close?"
    assert reader.calls[0][0] == answer.searched
    assert [c.document for c in answer.citations] == [FLOOD_2015]


def test_the_year_of_an_event_is_searched_for_too(store: SqliteStore) -> None:
    question = "What did the flood at Calder close in 2015?"
    assert turn(store, question)[0].searched == question


def test_what_is_asked_of_now_is_not_read_of_later_articles(tmp_path: Path) -> None:
    tolls = [
        Document(f"The toll of Lund is now {toll} kronor.", published=date(year, 2, 1))
        for toll, year in ((40, 2018), (65, 2020))
    ]
    with filled_store(tmp_path / "tolls", *tolls) as store:
        for today, read in ((TODAY, "now"), (date(2021, 1, 1), "")):
            answer, _ = turn(store, "What is the toll of Lund now?", today=today)
            assert (answer.filter_read, answer.filter_dropped) == (read, False)
            assert ("65" in answer.text) == (not read)
            assert "40" in answer.text or not read
        answer, _ = turn(store, "What is the toll of Lund now?", today=date(2017, 1, 1))
        assert (answer.filter_dropped, answer.refused) == (True, False)


# Several questions in one text


def test_each_question_of_a_text_is_answered_below_it(store: SqliteStore) -> None:
    flood, opera = (
        "How many people did the flood at Dunmore kill?",
        "With what did the opera house of Lund open its season?",
    )
    reader = WordReader()
    answer, _ = turn(store, f"{flood} And {opera[0].lower()}{opera[1:]}", reader=reader)
    assert [(claim.heading, claim.text) for claim in answer.claims] == [
        (f"1. {flood}", UNDATED.text),
        (f"2. {opera}", OPERA.text),
    ]
    alone = [turn(store, one)[0].certainty or 0 for one in (flood, opera)]
    assert answer.certainty == min(alone)
    assert {asked for asked, _ in reader.calls} >= {flood, opera}
    assert answer.lead == "2 questions, one after the other:"
    assert (answer.searched, answer.kind) == (f"{flood} {opera}", "fact")
    assert [citation.number for citation in answer.citations] == [1, 2]
    check_promises(answer)
    again, _ = turn(store, f"{opera} {opera}")
    assert [[c.number for c in claim.citations] for claim in again.claims] == [[1], [1]]


def test_of_several_questions_those_without_an_answer_are_named(store: SqliteStore) -> None:
    opera = "With what did the opera house of Lund open its season?"
    answer, _ = turn(store, f"{opera} Who is the king of Sweden?")
    assert answer.lead == "2. Who is the king of Sweden? The articles do not answer this question."
    assert [claim.heading for claim in answer.claims] == [f"1. {opera}"]
    none, _ = turn(store, "Who is the king of Sweden? Who is the pope of Rome?")
    assert (none.refused, none.reason, none.claims, none.lead) == (
        True, "not in the articles", (), "",
    )  # fmt: skip


def test_a_later_question_of_a_text_goes_on_from_an_earlier_one(store: SqliteStore) -> None:
    answer, _ = turn(store, "What did the flood at Calder close? And what did the flood kill?")
    first, *_, last = answer.claims
    assert last.heading.startswith("2. What did the flood kill?")
    assert "Calder" in first.text
    assert "Calder" in last.text
    # What no rule can name is not asked of the language model, which `turn` has none of.
    leaning, _ = turn(store, "What did the flood at Calder close? And when did it do so?")
    assert leaning.claims


# Conversations


def test_thanks_are_answered_without_a_search(store: SqliteStore) -> None:
    reader = WordReader()
    events = answer_turn(
        "Thank you!",
        [],
        Sources(store, HashEmbedder(), reader, Filter()),
        no_model,
        settings(Path("/none")),
        today=TODAY,
    )
    assert list(events) == [Answer("Thank you!", "Thank you!", "You’re welcome.")]
    assert reader.calls == []


def test_a_refused_order_lacks_no_word_that_nobody_said(store: SqliteStore) -> None:
    order = "Describe the lamps of the harbour bridge."
    refused, _ = turn(store, order, reader=WordReader(shift=-99.0))
    assert refused.refused
    assert {word for cited in refused.nearest for word in cited.lacking} >= {"lamps"}
    assert "features" not in {word for cited in refused.nearest for word in cited.lacking}


def test_more_of_what_may_be_no_answer_says_so_too(store: SqliteStore) -> None:
    question = "Which harbour bridge did the flood at Calder close?"
    first, _ = turn(store, question, filter=Filter(before=date(2015, 12, 31)))
    lead = "The articles may not answer this; the nearest is:"
    for history in ([replace(first, lead=lead)], [first]):
        more, _ = turn(store, "Tell me more.", history=history)
        assert (more.lead, more.text.startswith(lead)) == ((history[0].lead), bool(more.lead))
        again, _ = turn(store, "More.", history=[*history, more])
        assert more.citations != again.citations


def test_more_goes_on_with_the_article_and_then_asks_anew(store: SqliteStore) -> None:
    question = "Which harbour bridge did the flood at Calder close?"
    first, _ = turn(store, question, filter=Filter(before=date(2015, 12, 31)))
    assert first.text == FLOOD_2015.text.partition(" The town")[0]
    reader = WordReader()
    more, _ = turn(store, "Tell me more.", history=[first], reader=reader)
    assert reader.calls == []
    assert (more.question, more.searched) == ("Tell me more.", question)
    assert [c.quote for c in more.citations] == [
        "The town hall was under water for a day.",
        "Boats were found in gardens.",
    ]
    turn(store, "Go on.", history=[first, more], reader=reader)
    assert reader.calls[0][0] == question


def test_what_was_told_is_shown_again_only_where_nothing_else_answers(tmp_path: Path) -> None:
    talks = Document(
        "Ministers met in Calder on the flood. Ministers of Dunmore met in Calder on it too.",
        title="Talks",
    )
    with filled_store(tmp_path / "other", talks) as store:
        first, _ = turn(store, "Who met in Calder on the flood?")
        assert [c.quote for c in first.citations] == ["Ministers met in Calder on the flood."]
        no = ScriptedModel("no")
        second, _ = turn(store, "Who else?", history=[first], model=no)
        third, _ = turn(store, "Who else?", history=[first, second], model=no)
    assert first.citations[0].quote not in [c.quote for c in second.citations]
    assert not third.refused or third.nearest


MATCHES = (
    Document("Dunmore won the match in Calder. The final score of the game was 3-1.", title="One"),
    Document("The final score was 2-0. The keeper saved it.", title="Two"),
)


def test_what_names_nothing_is_answered_from_the_articles_cited_just_now(tmp_path: Path) -> None:
    with filled_store(tmp_path / "other", *MATCHES) as store:
        first, _ = turn(store, "Who won the match in Calder?")
        alone, _ = turn(store, "What was the final score?")
        score, _ = turn(store, "What was the final score?", history=[first])
        # A new matter is answered from wherever it is told, and so is one after a refusal.
        saved, _ = turn(store, "Who was the keeper?", history=[first])
        refused, _ = turn(store, "Who is Angela Merkel?", history=[first])
        after, _ = turn(store, "What was the final score?", history=[first, refused])
    assert first.text == "Dunmore won the match in Calder."
    assert "2-0" in alone.text
    assert score.text == "The final score of the game was 3-1."
    assert saved.text == "The keeper saved it."
    assert refused.refused
    assert after.text == alone.text


@pytest.mark.parametrize(("score", "told"), [(5.0, "3-1"), (3.0, "2-0")])
def test_what_answers_far_more_surely_is_not_passed_over(
    tmp_path: Path, score: float, told: str
) -> None:
    with filled_store(tmp_path / "other", *MATCHES) as store:
        first, _ = turn(store, "Who won the match in Calder?")
        reader = MarkingReader(**{"3-1": score, "2-0": 9.0})
        answer, _ = turn(store, "What was the final score?", reader=reader, history=[first])
    assert [claim.answer.quote for claim in answer.claims if claim.answer] == [told]


class Deeds(MarkingReader):
    """Finds what somebody did, and not who that is."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        asks = question if question.startswith("What did") else "earlier version"
        return super().read(asks, passages)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("Who is Birgit Amdal?", False),
        ("please tell me who birgit amdal is", False),
        ("who is birgit amdal", False),
        ("Who is Birgit Lund?", True),
        ("Who is the keeper?", True),
    ],
)
def test_of_somebody_of_whom_no_article_says_who_that_is_it_tells_what_he_did(
    tmp_path: Path, asked: str, refused: bool
) -> None:
    bought = Document("Birgit Amdal bought the lighthouse. The keeper left.")
    with filled_store(tmp_path / "other", bought) as store:
        answer, _ = turn(store, asked, reader=Deeds(bought=9.0))
    assert answer.refused is refused
    assert refused or answer.text == "Birgit Amdal bought the lighthouse."


def test_a_sentence_that_answered_the_question_before_may_answer_what_leans_on_it(
    tmp_path: Path,
) -> None:
    certified = Document("The firm Orrin certified the dam in 2018. The dam burst in 2019.")
    with filled_store(tmp_path / "other", certified) as store:
        reader = MarkingReader(The_firm_Orrin=9.0)
        first, _ = turn(store, "Who certified the dam?", reader=reader)
        reader = MarkingReader(**{"2018": 9.0, "2019": 5.0})
        no = ScriptedModel("no")
        when, _ = turn(store, "And when was it?", reader=reader, history=[first], model=no)
    assert [c.quote for c in when.citations] == ["The firm Orrin certified the dam in 2018."]


def test_the_model_rewrites_what_no_rule_can(store: SqliteStore) -> None:
    first, _ = turn(store, "What did the flood at Calder close?")
    model = ScriptedModel("Did the flood at Calder close the railway?")
    answer, _ = turn(store, "Did he close the railway?", history=[first], model=model)
    assert answer.searched == "Did the flood at Calder close the railway?"
    assert len(model.prompts) == 1


def test_a_rewriting_that_is_not_accepted_leaves_the_question_before_in_front(
    store: SqliteStore,
) -> None:
    first, _ = turn(store, "What did the flood at Calder close?")
    reader = WordReader()
    question = "Did he close the railway?"
    answer, _ = turn(
        store, question, history=[first], model=ScriptedModel("Did Peru close it?"), reader=reader
    )
    assert answer.searched == f"{first.question} {question}"
    assert reader.calls[0][0] == question


# The way of a question


def test_a_question_is_read_once(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(name: str) -> Any:
        whole = getattr(turn_module, name)

        def call(*arguments: Any) -> Any:
            calls.append(name)
            return whole(*arguments)

        return call

    for name in ("understand", "kind_of", "needs_several", "date_phrases"):
        monkeypatch.setattr(turn_module, name, counted(name))
    # Asked twice, within the days and of all articles; read once.
    answer, stages = turn(store, "With what did the opera house of Lund open its season last week?")
    assert (stages, answer.refused) == (["searching", "reading"] * 2, False)
    assert sorted(calls) == ["date_phrases", "kind_of", "needs_several", "understand"]


STEPS = {
    "rag.answer.turn",
    "rag.answer.followup",
    "rag.answer.answering",
    "rag.answer.evidence",
    "index.search.retriever",
    "rag.answer.refuse",
    "rag.answer.compare",
    "rag.answer.claims",
}
HELPERS = {
    "rag.answer.articles_meant",
    "rag.answer.question",
    "rag.answer.references",
    "index.search.copies",
}
"""Where a question passes on its way to an answer. `rag.english`, and the seams where the
library and the models are plugged in, are what these steps look things up in."""
TYPES = {"FollowUp", "Question", "Hit", "Reading", "Evidence", "Sides", "Claim", "Answer"}
"""What one step hands to the next."""
PARTS = {"Filter", "DatePhrase", "Document", "Citation", "Disagreement", "Kind", "Reason"}
"""What one of these is made of."""
SEAMS = {"Store", "Sources", "Embedder", "Reader", "LanguageModel", "Settings", "Write"} | {
    "Refusal",
    "Stage",
    "Delta",
}


def test_a_question_passes_twelve_modules_at_most(store: SqliteStore) -> None:
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            ran.add(frame.f_globals.get("__name__", ""))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        turn(store, KILLED_2019)
    finally:
        sys.setprofile(before)
    assert {
        name for name in ran if name.startswith(("rag.answer.", "index.search."))
    } == STEPS | HELPERS
    assert len(STEPS | HELPERS) <= 12


def test_eight_types_at_most_are_handed_on() -> None:
    named: set[str] = set()
    for path in STEPS:
        module = importlib.import_module(path)
        for function in (getattr(module, name) for name in module.__all__):
            if inspect.isfunction(function):
                hints = " ".join(map(str, function.__annotations__.values()))
                named.update(re.findall(r"[A-Z]\w+", hints))
    own = {name for name in named if hasattr(builtins, name) or hasattr(typing, name)}
    assert named - own - SEAMS - PARTS - {"NDArray", "Ranked"} <= TYPES
    assert len(TYPES) <= 8
