"""Answers in the model's words: what may stand for its quotes, what not, and what is shown then."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from index.errors import ModelError
from index.types import Document
from rag.answer.accepting import Acceptance
from rag.answer.claims import answer_text, make_claims
from rag.answer.turn import is_to_be_written
from rag.answer.wording import RejectedError
from rag.answer.writing import written_answer
from rag.language_model import LanguageModel
from rag.reader import Passage, Reading, SpanScore
from rag.types import Answer, Claim, Delta, Question, Stage
from scripted import ScriptedModel, check_promises, found

GENOA = Document(
    "The tower of Pisa leans. About 43 people died when the bridge in Genoa fell, police said. "
    "It could have been old. Rust had eaten the cables, so they broke. "
    'A guide has the idea that it was a lighthouse. "We warned of rust, and of the wind. '
    'Nobody came." A guide hopes to lead visitors through it.',
    title="Bridge falls",
    source="Harbour Wire",
    published=date(2018, 8, 14),
)
FELL = "About 43 people died when the bridge in Genoa fell, police said."
HOW_MANY = Question("How many people died in Genoa?", "How many people died in Genoa?")
WHY = Question("Why did the bridge fall?", "Why did the bridge fall?", several=True)
OLD, RUST = "It could have been old.", "Rust had eaten the cables, so they broke."
HALF = '"We warned of rust, and of the wind.'
TOUR = "A guide hopes to lead visitors through it."
IDEA = "A guide has the idea that it was a lighthouse."


class SayingReader:
    """Knows who said something, and else marks the phrases that it was told."""

    name = "marks"

    def __init__(self, *phrases: str) -> None:
        self.phrases = phrases

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(question, passage.text) for passage in passages]

    def _reading(self, question: str, text: str) -> Reading:
        asks_who = question.startswith("Who said")
        looked_for = [r"(?i:police)(?= said)"] if asks_who else map(re.escape, self.phrases)
        spans = [match.span() for phrase in looked_for if (match := re.search(phrase, text))]
        return Reading(tuple(SpanScore(*span, 8.0) for span in spans) or (SpanScore(0, 3, -8.0),))


READER = SayingReader("43", "34", "Rust had eaten the cables")


def quoted(*shown: tuple[str, str], context: str = "") -> Answer:
    made = make_claims([found(GENOA, s, words, context=context) for s, words in shown])
    return Answer("?", "?", answer_text(made), made, model="marks")


def claims(
    written: str, answer: Answer, question: Question, reader: SayingReader, **how: bool
) -> tuple[Claim, ...]:
    return Acceptance(answer, question, reader).claims(written, **how)


ONE, SEVERAL = quoted((FELL, "43")), quoted((OLD, "old"), (RUST, "Rust had eaten the cables"))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "About 43 people died in Genoa, police said.",
            "About 43 people died in Genoa, police said.",
        ),
        # What is told as somebody's words stays told as his.
        ("About 43 people died in Genoa.", "Police said: About 43 people died in Genoa."),
    ],
)
def test_what_says_the_same_is_accepted(written: str, told: str) -> None:
    (claim,) = claims(f"\n{written} ", ONE, HOW_MANY, READER)
    assert (claim.told, claim.verbatim) == (told, False)
    assert claim.citations == ONE.citations
    assert claim.pieces[1] == "43"
    check_promises(replace(ONE, claims=(claim,), text=claim.told))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("About 34 people died in Genoa, police said.", "amount"),
        ("About 43 people died in Turin, police said.", "names"),
        ("About 43 people did not die in Genoa, police said.", "negation"),
        ("43 people died in Genoa, police said.", "bound otherwise"),
        ("About 43 people died in Genoa after a storm, police said.", "brings after"),
        ("About 43 people died when the old bridge in Genoa fell, police said.", "words"),
        ("About 43 bridges fell when people in Genoa died, police said.", "order"),
        ("People died when the bridge in Genoa fell, police said.", "no answer"),
        ("43", "whole sentences"),
        ("No.", "whole sentences"),
        ("", "whole sentences"),
    ],
)
def test_what_says_another_thing_is_not(written: str, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        claims(written, ONE, HOW_MANY, READER)


def test_another_answer_than_that_of_the_quote_is_not_accepted() -> None:
    both = SayingReader("43 people died", "bridge in Genoa fell")
    answer = quoted((FELL, "43 people died"))
    with pytest.raises(RejectedError, match="finds 'bridge in Genoa fell' in it"):
        claims("The bridge in Genoa fell, police said.", answer, HOW_MANY, both)


def test_what_is_only_possible_stays_so() -> None:
    reader, answer = SayingReader("old"), quoted((OLD, "old"))
    (claim,) = claims("It could be old.", answer, HOW_MANY, reader)
    assert claim.text == "It could be old."
    with pytest.raises(RejectedError, match="could") as refused:
        claims("It was old.", answer, HOW_MANY, reader)
    assert refused.value.hint == 'Use "could".'


def test_an_idea_is_not_told_as_a_fact() -> None:
    reader, answer = SayingReader("lighthouse"), quoted((IDEA, "lighthouse"))
    (claim,) = claims("A guide has the idea that it was a lighthouse.", answer, HOW_MANY, reader)
    assert claim.pieces[1] == "lighthouse"
    with pytest.raises(RejectedError, match="'idea' that"):
        claims("It was a lighthouse.", answer, HOW_MANY, reader)


def test_what_is_told_as_an_intention_is_not_told_as_done() -> None:
    reader, answer = SayingReader("guide"), quoted((TOUR, "guide"))
    (claim,) = claims("A guide hopes to lead visitors.", answer, HOW_MANY, reader)
    assert claim.pieces[1] == "guide"
    with pytest.raises(RejectedError, match="'to lead' as done"):
        claims("A guide leads visitors.", answer, HOW_MANY, reader)


def test_words_of_the_question_do_not_stand_for_those_of_the_quotes() -> None:
    asked = "How many young people died in Genoa?"
    written = "About 43 young people died in Genoa, police said."
    with pytest.raises(RejectedError, match="words"):
        claims(written, ONE, Question(asked, asked), READER)


def test_half_a_quotation_is_left_to_the_quote() -> None:
    answer = quoted((HALF, "rust"))
    assert not Acceptance(answer, HOW_MANY, SayingReader("rust")).possible


def test_a_shortened_text_only_leaves_out() -> None:
    asked = "How many people died, and what do police in Genoa say?"
    question = Question(asked, asked)
    assert Acceptance(ONE, question, READER).kept == ("43 people died", "Genoa", "police")
    with pytest.raises(RejectedError, match="joins '43 people died' and 'Genoa'"):
        claims("About 43 people died, Genoa police said.", ONE, question, READER)
    with pytest.raises(RejectedError, match="more than to shorten"):
        claims("Police said about 43 people died.", ONE, HOW_MANY, READER, shortened=True)


def test_a_name_from_before_the_quote_is_quoted_too() -> None:
    reader, answer = SayingReader("old"), quoted((OLD, "old"))
    (claim,) = claims("The bridge in Genoa could be old.", answer, HOW_MANY, reader)
    assert [citation.quote for citation in claim.citations] == [FELL, OLD]
    check_promises(Answer("?", "?", claim.told, (claim,)))


def test_a_sentence_cites_the_quotes_that_it_is_from_counted_anew() -> None:
    (claim,) = claims("Rust had eaten the cables.", SEVERAL, WHY, READER)
    assert [(citation.number, citation.quote) for citation in claim.citations] == [(1, RUST)]
    assert (claim.answer_at, claim.pieces[1]) == (0, "Rust had eaten the cables")


def events(
    answer: Answer, question: Question, model: LanguageModel
) -> list[Stage | Delta | Answer]:
    return list(written_answer(answer, question, READER, lambda: model))


def test_the_draft_streams_and_the_answer_comes_last() -> None:
    model = ScriptedModel("About 43 people died in Genoa, police said.")
    *before, answer = events(ONE, HOW_MANY, model)
    drafted = "".join(event.text for event in before if isinstance(event, Delta))
    assert isinstance(answer, Answer)
    # The quotes are seen while the model writes.
    assert {e.found for e in before if isinstance(e, Stage) and e.name == "writing"} == {ONE.text}
    assert drafted == answer.text == model.replies[0]
    assert answer.model == "marks, scripted"
    assert answer.timing.prompt_tokens > answer.timing.completion_tokens > 0
    assert answer.citations == ONE.citations
    (prompt,) = model.prompts
    assert FELL in prompt.variable
    assert FELL not in prompt.fixed


def test_the_model_may_try_once_more_with_a_hint() -> None:
    model = ScriptedModel("43", "About 43 people died in Genoa, police said.", "never asked for")
    *_, answer = events(ONE, HOW_MANY, model)
    assert isinstance(answer, Answer)
    assert answer.text.startswith("About 43")
    first, second = (prompt.variable for prompt in model.prompts)
    assert second.strip() == f"{first.strip()}\nWrite a full sentence."


def test_at_last_the_model_shortens_the_quotes_without_the_question() -> None:
    model = ScriptedModel("34 people died.", "About 43 people died, police said.")
    *_, answer = events(ONE, HOW_MANY, model)
    assert isinstance(answer, Answer)
    assert answer.text == "About 43 people died, police said."
    assert HOW_MANY.text not in model.prompts[1].variable
    assert "people died" in model.prompts[1].variable


@pytest.mark.parametrize(
    ("model", "warnings"),
    [
        (ScriptedModel("34 people died."), 0),
        (ScriptedModel("About 43 people died in", truncated=True), 0),
        (ScriptedModel(ModelError("the model is gone")), 1),
    ],
)
def test_otherwise_the_quotes_stand(
    model: ScriptedModel, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        *_, answer = events(ONE, HOW_MANY, model)
    assert isinstance(answer, Answer)
    assert replace(answer, timing=ONE.timing) == ONE
    assert len(caplog.records) == warnings


def test_a_model_that_is_missing_leaves_the_quotes(caplog: pytest.LogCaptureFixture) -> None:
    def missing() -> LanguageModel:
        raise ModelError("install it")

    *_, answer = written_answer(ONE, HOW_MANY, READER, missing)
    assert answer == ONE
    assert caplog.messages == ["the answer is not in the model's words: install it"]


def test_what_is_written() -> None:
    assert is_to_be_written(SEVERAL, WHY, "auto")
    assert not is_to_be_written(ONE, WHY, "auto")
    assert not is_to_be_written(SEVERAL, HOW_MANY, "auto")
    assert is_to_be_written(ONE, HOW_MANY, "always")
    assert not is_to_be_written(SEVERAL, WHY, "never")
    for kept in (
        replace(ONE, refused=True),
        replace(ONE, disagreement="conflict"),
        replace(ONE, kind="list"),
    ):
        assert not is_to_be_written(kept, HOW_MANY, "always")
