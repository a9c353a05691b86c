"""What can be asked at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from rag.answer.question import LONGEST, clean_question, questions_in, seems_english


@pytest.mark.parametrize("wrong", [None, 3, b"Who won?", ["Who won?"]])
def test_what_is_no_text_is_one_line(wrong: Any) -> None:
    with pytest.raises(QuestionError, match="a question is a text"):
        clean_question(wrong)


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Who won?", True),
        ("list all court cases", True),
        ("Wie lang ist die Ever Given?", False),
        ("谁赢得了女足世界杯?", False),
        ("من فاز؟", False),
    ],
)
def test_a_question_in_another_language_is_known(question: str, english: bool) -> None:
    assert seems_english(question) is english


def test_it_is_put_on_one_line() -> None:
    assert clean_question("  Who\n urged\t\x00Maduro \r\n?") == "Who urged Maduro ?"


@pytest.mark.parametrize("text", ["", "  \n", "?!…", "\x00\x1b", "\u200b", "👩‍👩‍👧"])
def test_without_a_letter_or_digit_it_is_empty(text: str) -> None:
    with pytest.raises(QuestionError, match="the question is empty; ask something"):
        clean_question(text)


def test_the_longest_is_taken_and_one_more_character_is_not() -> None:
    assert len(clean_question("x" * LONGEST)) == LONGEST
    with pytest.raises(QuestionError, match=r"has 2,001 characters; ask it in at most 2,000"):
        clean_question("x" * (LONGEST + 1))
    assert clean_question("Who?" + " " * 10_000) == "Who?"


@pytest.mark.parametrize("text", ["¿Quién ganó?", "誰が勝ちましたか", "من فاز؟", "42?"])
def test_other_languages_are_taken_as_they_are(text: str) -> None:
    assert clean_question(text) == text


@given(st.text())
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    try:
        question = clean_question(text)
    except QuestionError:
        return
    assert question == clean_question(question)
    assert "\n" not in question
    assert len(question) <= LONGEST


def test_letters_whose_accents_stand_apart_are_made_whole() -> None:
    assert clean_question("Who is Mu\u0308ller?") == "Who is Müller?"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Who founded Lumo? When did it open? How many work there?", 3),
        ("In which year was it built, and who paid for it?", 2),
        ("How many drowned? But was the captain saved? And in what ship?", 3),
        ("What is the fee and how long is it valid?", 2),
        ("The quay burned in May. Who lit the fire? Where is he now?", 2),
        ("Who won? Lund or Malmo?", 1),
        ("How and why did the bank fail?", 1),
        ("Which towns and which villages were flooded?", 1),
        ("Summarise what happened and who was hurt.", 1),
        ("Who spoke for the dockers and the miners?", 1),
        ("Which firm buys ships and leases them?", 1),
        ("Compare what Lund said and what did Malmo say?", 1),
        ("Why? " * 9, 1),
        ('Who asked "Why did it burn? Who is to blame?" at Lund?', 1),
        ("What ships and what boats were sold?", 1),
        ("Which firm bought the quay and who sold it?", 2),
        ("Who signed it and to whom did it pay?", 2),
        ("When did it open, and for how long was it shut?", 2),
        ("Who is known for what and for whom?", 1),
        ("Who hired the cooks and crew who were aboard?", 1),
        ("Which clerk took the deed and told what was in it?", 1),
        ("Where is the town in which she lived and in which she was buried?", 1),
    ],
)
def test_the_questions_of_a_text_are_told_apart(text: str, number: int) -> None:
    assert len(questions_in(text.strip())) == number
