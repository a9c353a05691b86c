"""From question to checked answer: the order of the steps, and when an answer is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.errors import ModelError
from index.types import Filter
from rag.answering import answer_question
from rag.language_model import LanguageModel
from rag.types import Answer, Delta, Question, Stage
from scripted import (
    ARTICLES,
    LONG,
    URGED,
    WHO_URGED,
    JudgeModel,
    ScriptedModel,
    check_promises,
    filled_store,
    settings,
)

OFF_TOPIC = "Which team won the football championship?"


class Line:
    """Everything from the store to the model, which counts how often the model was asked for."""

    def __init__(self, folder: Path, model: ScriptedModel, **changes: object) -> None:
        self.settings = settings(folder, **changes)
        self.store = filled_store(self.settings.home, *ARTICLES)
        self.model = model
        self.loaded = 0

    def get_model(self) -> LanguageModel:
        self.loaded += 1
        return self.model

    def events(self, text: str, filter: Filter = Filter()) -> list[Stage | Delta | Answer]:
        question = Question(text, filter)
        return list(
            answer_question(question, self.store, HashEmbedder(), self.get_model, self.settings)
        )

    def answer(self, text: str, filter: Filter = Filter()) -> Answer:
        answer = self.events(text, filter)[-1]
        assert isinstance(answer, Answer)
        check_promises(answer)
        return answer


def test_the_steps_come_in_order_and_the_answer_last(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel(f"Answer: {URGED}"))
    events = line.events(WHO_URGED)
    stages = [event.name for event in events if isinstance(event, Stage)]
    assert stages == ["searching", "reading", "writing", "checking"]
    drafts = [event.text for event in events if isinstance(event, Delta)]
    assert "".join(drafts) == f"Answer: {URGED}"
    assert [type(event) for event in events].count(Answer) == 1
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (answer.text, answer.refused, answer.model) == (URGED, False, "scripted")
    assert answer.timing.prompt_tokens > 10
    assert answer.timing.completion_tokens > 0
    check_promises(answer)


def test_the_model_is_shown_the_question_and_the_sentence(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel(URGED))
    line.answer(WHO_URGED)
    (prompt,) = line.model.prompts
    assert WHO_URGED in prompt.variable
    assert "- Canada and a dozen Latin American governments urged" in prompt.variable


def test_the_fixed_part_of_the_prompt_is_the_same_for_every_question(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel(URGED))
    for question in (WHO_URGED, "How many people have left Venezuela?", "Who died in Genoa?"):
        line.answer(question)
    assert len({prompt.fixed for prompt in line.model.prompts}) == 1
    assert len({prompt.variable for prompt in line.model.prompts}) == 3


INVENTIONS = pytest.mark.parametrize(
    ("text", "invented"),
    [
        (URGED.replace("Canada", "Germany"), "Germany"),
        ("It was urged by 31 governments.", "31"),
        ("Canada never urged Maduro not to be sworn in.", "never"),
        ("[4]", "[4]"),
        ("", "\n"),
        ("Nobody has said so.", "Nobody"),
    ],
)


@INVENTIONS
def test_where_refusal_is_lenient_the_articles_own_words_stand_in_for_an_invention(
    tmp_path: Path, text: str, invented: str
) -> None:
    answer = Line(tmp_path, ScriptedModel(text), refusal="lenient").answer(WHO_URGED)
    assert not answer.refused
    assert invented not in answer.text
    assert all(claim.verbatim for claim in answer.claims)


@INVENTIONS
def test_where_refusal_is_strict_an_invention_is_refused(
    tmp_path: Path, text: str, invented: str
) -> None:
    line = Line(tmp_path, ScriptedModel(text), refusal="strict")
    answer = line.answer(WHO_URGED)
    assert (answer.refused, answer.reason) == (True, "not in the articles")
    assert answer.nearest[0].quote == LONG
    assert (answer.model, line.loaded) == ("scripted", 1)
    assert all(invented not in citation.quote for citation in answer.nearest)


def test_a_model_that_judges_need_not_write_what_can_be_quoted(tmp_path: Path) -> None:
    line = Line(tmp_path, JudgeModel("2,300,000"))
    events = line.events("How many people have left Venezuela?")
    stages = [event.name for event in events if isinstance(event, Stage)]
    assert stages == ["searching", "reading", "checking"]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text.startswith("About 2,300,000 people have left Venezuela")
    assert line.model.prompts == []
    assert answer.certainty is not None
    assert answer.certainty > 0.5
    check_promises(answer)


def test_a_model_that_judges_writes_where_the_sentence_is_too_long(tmp_path: Path) -> None:
    answer = Line(tmp_path, JudgeModel("Canada", says=URGED)).answer(WHO_URGED)
    assert answer.text == URGED
    assert answer.citations[0].quote == LONG


def test_what_the_model_does_not_take_for_an_answer_is_refused(tmp_path: Path) -> None:
    line = Line(tmp_path, JudgeModel(odds=9.0), refusal="strict")
    answer = line.answer("How many people have left Venezuela?")
    assert (answer.refused, answer.reason) == (True, "not in the articles")
    assert answer.certainty is not None
    assert answer.nearest[0].quote.startswith("About 2,300,000")


def test_a_text_that_was_cut_off_keeps_its_whole_sentences(tmp_path: Path) -> None:
    model = ScriptedModel(f"{URGED} Mexico did not", truncated=True)
    assert Line(tmp_path, model).answer(WHO_URGED).text == URGED


def test_a_question_about_something_else_is_refused_without_the_model(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel("Brazil won."))
    answer = line.answer(OFF_TOPIC)
    assert (answer.refused, answer.reason, answer.claims) == (True, "not in the articles", ())
    assert answer.text == "The articles do not answer this question."
    assert 1 <= len(answer.nearest) <= 3
    assert [citation.number for citation in answer.nearest] == [1, 2, 3][: len(answer.nearest)]
    assert (line.loaded, line.model.prompts) == (0, [])


def test_a_filter_that_matches_nothing_is_its_own_reason(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel(URGED))
    nobody = Filter(sources=("Nobody",))
    answer = line.answer(WHO_URGED, nobody)
    assert (answer.reason, answer.nearest) == ("nothing matches the filters", ())
    assert answer.filter == nobody
    assert line.answer(WHO_URGED, Filter(after=date(2030, 1, 1))).reason == answer.reason
    assert line.loaded == 0


def test_an_empty_library_is_its_own_reason(tmp_path: Path) -> None:
    store = filled_store(tmp_path)
    (answer,) = answer_question(
        Question("Who?"), store, HashEmbedder(), lambda: ScriptedModel(""), settings(tmp_path)
    )
    assert isinstance(answer, Answer)
    assert (answer.refused, answer.reason) == (True, "empty library")


def test_a_model_that_fails_is_a_model_error(tmp_path: Path) -> None:
    line = Line(tmp_path, ScriptedModel(ModelError("it broke; try another"), URGED))
    with pytest.raises(ModelError, match="it broke; try another"):
        line.events(WHO_URGED)
    assert line.answer(WHO_URGED).text == URGED
