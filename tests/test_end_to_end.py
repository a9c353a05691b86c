"""The whole path with the real models, on the sample articles."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from rag import Answer, Assistant
from rag.settings import Settings
from rag.types import Timing
from scripted import check_promises

pytestmark = pytest.mark.models
MADURO = "Who urged Maduro not to be sworn in?"
BREXIT = "By how many votes did the House of Commons reject the Brexit deal?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The default models over a library that holds the samples."""
    home = tmp_path_factory.mktemp("library")
    settings = replace(
        Settings.from_environment(home), language_model="default", embedder="default"
    )
    with Assistant.open(settings=settings) as opened:
        opened.add_samples()
        yield opened


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    """Answers to three questions in a row, the third being the first again."""
    return [assistant.ask(question) for question in (MADURO, BREXIT, MADURO)]


def test_who_urged_maduro(answers: list[Answer]) -> None:
    answer = answers[0]
    check_promises(answer)
    assert not answer.refused
    names = ("Canada", "Latin American governments")
    assert all(name in answer.text for name in names) or "Lima Group" in answer.text
    assert any(
        all(name in citation.quote for name in names) and "urged" in citation.quote
        for citation in answer.citations
    )


def test_a_question_on_something_else(answers: list[Answer]) -> None:
    answer = answers[1]
    check_promises(answer)
    assert not answer.refused
    assert "230" in answer.text or "432" in answer.text
    assert "brexit" in str(answer.citations[0].document.path)


def test_the_third_answer_is_the_first_again(answers: list[Answer]) -> None:
    first, _, third = (replace(answer, timing=Timing()) for answer in answers)
    assert first == third
    assert answers[0].timing.completion_tokens == answers[2].timing.completion_tokens


@pytest.mark.parametrize(
    "question", ["Who won the 2018 World Cup?", "How tall is the dam at Brumadinho?"]
)
def test_what_no_article_says_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    check_promises(answer)
    assert (answer.refused, answer.reason) == (True, "not in the articles")
    assert answer.nearest


def test_an_answer_in_the_models_words_is_the_same_each_time(
    assistant: Assistant, answers: list[Answer]
) -> None:
    first, other, again = (
        assistant.ask(question, write="always") for question in (MADURO, BREXIT, MADURO)
    )
    for answer in (first, other):
        check_promises(answer)
    assert replace(first, timing=Timing()) == replace(again, timing=Timing())
    assert not first.claims[0].verbatim
    assert "Canada" in first.text
    assert first.text != answers[0].text
    assert first.citations == answers[0].citations
    assert first.timing.completion_tokens > 0


def test_two_threads_get_the_answers_that_one_gets(
    assistant: Assistant, answers: list[Answer]
) -> None:
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(assistant.ask, (BREXIT, MADURO)))
    assert [answer.text for answer in both] == [answers[1].text, answers[0].text]
