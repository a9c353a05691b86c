"""What can be asked at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from rag.answer.question import (
    LONGEST,
    another_measure,
    asked_anew,
    asked_plainly,
    clean_question,
    person_asked_of,
    tells_of_others,
)


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
    ("text", "plain"),
    [
        ("please tell me who Ana Silva is", "Who Ana Silva is"),
        ("Could you please tell me when it sank? Thanks!", "When it sank?"),
        ("who is Ana Silva, pls", "who is Ana Silva?"),
        ("Where does Ana Silva teach? 🙂", "Where does Ana Silva teach?"),
        ("I’d like to know how old it is", "How old it is"),
        ("When did it open please", "When did it open?"),
    ],
)
def test_what_is_only_polite_is_not_asked(text: str, plain: str) -> None:
    assert asked_plainly(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "No, thanks.",
        "tell me more please",
        "Do you know Ana Silva?",
        "Is 40 °C hot?",
        "Can you tell me about Peru?",
        "Would you say so?",
        "Please summarise the news",
        "And Peru?",
        "How do you say thank you?",
        "Who gave thanks?",
        "Who said 'please'?",
        "Who wrote Please Please Please?",
        "Can you have two passports in Spain?",
        "Thank you?",
        "➀",
    ],
)
def test_what_is_more_than_polite_stays(text: str) -> None:
    assert asked_plainly(text) == text


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Where is Squadron 333?", "Squadron 330 is in Bodø.", True),
        ("How late was flight BO 421?", "Flight BO 412 was late.", True),
        ("What became of motion 4/2023?", "Motion 4/2022 was adopted.", True),
        ("Where is Squadron 333?", "Squadron 330 met squadron 333.", False),
        ("What happened on May 4?", "It sank on May 5.", False),
        ("Who won in 2019?", "Ana won in 2018.", False),
        ("Who won Euro 2016?", "Portugal won. Euro 2020 is in Rome.", False),
        ("Who scored 3 goals?", "Ana scored three goals, Bo scored 2.", False),
        ("Did Ana win 5 medals?", "Ana won five medals. Others win 3.", False),
    ],
)
def test_what_has_another_number_is_another_thing(question: str, text: str, other: bool) -> None:
    assert tells_of_others(text, question) is other


@pytest.mark.parametrize(
    ("question", "answer", "following", "other"),
    [
        ("How wide is the canal?", "12 kilometres long", ".", True),
        ("How wide is the canal?", "12 kilometres", " long and straight.", True),
        ("What is the depth of the lake?", "12 metres", " wide.", True),
        ("How long is the lake?", "74 square kilometres", ".", True),
        ("How high is the tower?", "31 metres tall", ".", False),
        ("How long did it live?", "12 years old", ".", False),
        ("How high is the tower?", "31 metres", " above the sea.", False),
        ("Who built the canal?", "the long Arne", ".", False),
        ("How high was the snow?", "two metres deep", ".", False),
        ("How long did the talks last?", "three days of high tension", ".", False),
        ("Where did he live at the age of 12?", "Long Island", ".", False),
    ],
)
def test_one_measure_is_not_another(
    question: str, answer: str, following: str, other: bool
) -> None:
    assert another_measure(question, answer, following) is other


@pytest.mark.parametrize(
    ("question", "person"),
    [
        ("Who is Ana Silva?", "Ana Silva"),
        ("who is ana silva", "ana silva"),
        ("Who was Alfred Núñez?", "Alfred Núñez"),
        ("Who was shot dead?", ""),
        ("Who was first elected?", ""),
        ("Who is CEO?", ""),
    ],
)
def test_who_is_asked_of_a_person_is_told_from_who_did(question: str, person: str) -> None:
    assert person_asked_of(question) == person


def test_what_is_said_stands_in_the_place_of_the_words_that_ask() -> None:
    assert asked_anew("where", "In which year did Peru sign") == "where did Peru sign"
    assert asked_anew("when", "Peru signed what") == "when Peru signed what"
