"""Follow-ups: a question that leans on the one before is searched for together with it."""

from __future__ import annotations

import pytest

from rag.followup import standalone
from rag.types import Answer

FIRST = "Who urged Maduro not to be sworn in?"
HISTORY = (Answer("What happened to Unasur?", "", ""), Answer(FIRST, FIRST, "Canada did."))


@pytest.mark.parametrize(
    "question",
    [
        "And what did Mexico do?",
        "What about Mexico?",
        "Why?",
        "When did they meet?",
        "What did he say to the reporters?",
        "Did Peru sign it?",
        "And then?",
    ],
)
def test_a_question_that_leans_is_put_after_the_one_before(question: str) -> None:
    assert standalone(question, HISTORY) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Which country severed relations with Venezuela?",
        "How many social leaders were killed in Colombia last year?",
        "What did Arreaza say on Twitter?",
        "Why did Theresa May lose this vote?",
        "And when did Guaidó declare himself president?",
        "Who won the election that was held in Peru?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(question, HISTORY) == question


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("And they?", ()) == "And they?"
