from __future__ import annotations

import pytest

from rag.answer_kind import AnswerKind, asked_kind, holds_kind, may_answer
from rag.words import content_stems


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many people have left since 2015?", AnswerKind.NUMBER),
        ("What percentage of voters stayed home?", AnswerKind.NUMBER),
        ("What is the total population of Peru?", AnswerKind.NUMBER),
        ("How old is the bridge?", AnswerKind.NUMBER),
        ("How long did the talks last?", AnswerKind.DURATION),
        ("How many years has he ruled?", AnswerKind.DURATION),
        ("How long ago was it built?", AnswerKind.DATE),
        ("When was the harbour closed?", AnswerKind.DATE),
        ("In what year did it open?", AnswerKind.DATE),
        ("Who closed the harbour?", AnswerKind.NAME),
        ("Where did they meet?", AnswerKind.NAME),
        ("  Which country left the bloc? ", AnswerKind.NAME),
        ("Whose ship was it?", AnswerKind.NAME),
        ("Which countries are members of the bloc?", AnswerKind.LIST),
        ("Who are the founding members?", AnswerKind.LIST),
        ("List the ships that sank.", AnswerKind.LIST),
        ("Who were the Normans?", AnswerKind.NAME),
        ("Has Peru joined?", AnswerKind.YES_NO),
        ("Is it true?", AnswerKind.YES_NO),
        ("Why did they leave?", AnswerKind.OTHER),
        ("What did the mayor say?", AnswerKind.OTHER),
        ("", AnswerKind.OTHER),
    ],
)
def test_the_kind_that_a_question_asks_for(question: str, expected: AnswerKind) -> None:
    assert asked_kind(question) is expected


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        (AnswerKind.LIST, "The bloc has Peru, Chile, Brazil and Canada.", True),
        (AnswerKind.LIST, "On Friday, the minister said so.", False),
        (AnswerKind.NUMBER, "It cost $40.", True),
        (AnswerKind.NUMBER, "A dozen states met.", True),
        (AnswerKind.NUMBER, "Many people often phone.", False),
        (AnswerKind.DURATION, "The talks lasted three weeks.", True),
        (AnswerKind.DURATION, "The talks were long.", False),
        (AnswerKind.DATE, "It opened in 1998.", True),
        (AnswerKind.DATE, "It opens on May 3.", True),
        (AnswerKind.DATE, "It opened two days ago.", True),
        (AnswerKind.DATE, "They may march.", False),
        (AnswerKind.DATE, "It cost 400 pesos.", False),
        (AnswerKind.NAME, "The port of Callao was closed.", True),
        (AnswerKind.NAME, "It was closed by the Élan company.", True),
        (AnswerKind.NAME, "It was closed at an école.", False),
        (AnswerKind.NAME, "The harbour was closed.", False),
        (AnswerKind.YES_NO, "whatever", True),
        (AnswerKind.OTHER, "", True),
    ],
)
def test_whether_a_sentence_holds_the_kind(kind: AnswerKind, sentence: str, expected: bool) -> None:
    assert holds_kind(kind, sentence, ()) is expected


def test_a_name_that_the_question_brought_is_no_answer() -> None:
    question = content_stems("Who did Maduro meet in Lima?")
    assert not holds_kind(AnswerKind.NAME, "In Lima, Maduro met them.", question)
    assert holds_kind(AnswerKind.NAME, "In Lima, Maduro met Duque.", question)


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("How many people left?", "Three million left.", True),
        ("How many people left?", "Many people left.", False),
        ("How long did the talks last?", "The talks lasted two days.", True),
        ("How long did the talks last?", "The talks were held in Lima.", False),
        ("What is the population of Peru?", "Peru has a population of 32 million.", True),
        ("What is the population of Peru?", "The 13 ministers met in Peru.", False),
        ("When was he born?", "He was born in Lima.", True),
        ("What is the area called where the two rivers meet?", "It is named the Gates.", True),
    ],
)
def test_a_sentence_may_answer(question: str, sentence: str, expected: bool) -> None:
    assert may_answer(question, sentence, sentence) is expected


@pytest.mark.parametrize(
    "question", ["What happened to Unasur?", "Summarise the talks.", "Tell me about Peru."]
)
def test_an_account_is_asked_for(question: str) -> None:
    assert asked_kind(question) is AnswerKind.ACCOUNT
