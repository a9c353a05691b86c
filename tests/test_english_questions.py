from __future__ import annotations

import pytest

from rag.english.kinds import needs_several
from rag.english.questions import asked_anew, asked_plainly, ordered, person_asked_of


@pytest.mark.parametrize(
    "question",
    [
        "Why did they leave?",
        "And how did the talks end?",
        "How come he left?",
        "What happened to Unasur?",
        "Can you describe the plan?",
        "Explain how it works",
        "What caused the fire?",
    ],
)
def test_one_span_does_not_do(question: str) -> None:
    assert needs_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many people left?",
        "How long did it last?",
        "How old is he?",
        "Who urged Maduro not to be sworn in?",
        "Who was killed?",
        "When was it?",
        "What is the capital of Peru?",
        "What is it called?",
        "Who is the president of Peru?",
        "What year was it?",
        "Is it true?",
        "What did Mexico do?",
        "What did the mayor say about it?",
        "What is a quorum?",
        "",
    ],
)
def test_one_span_may_do(question: str) -> None:
    assert not needs_several(question)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("please tell me who Ana Silva is", "Who Ana Silva is"),
        ("Could you please tell me when it sank? Thanks!", "When it sank?"),
        ("who is Ana Silva, pls", "who is Ana Silva?"),
        ("Where does Ana Silva teach? 🙂", "Where does Ana Silva teach?"),
        ("I’d like to know how old it is", "How old it is"),
        ("When did it open please", "When did it open?"),
        ("Could it close early please", "Could it close early?"),
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


@pytest.mark.parametrize(
    ("order", "question"),
    [
        ("Describe the new bridge.", "What are the features of the new bridge?"),
        ("please describe Ana Silva", "What are the features of Ana Silva?"),
        ("Can you tell me the price of a ticket?", "What is the price of a ticket?"),
        ("Name the mayor of Lima", "What is the mayor of Lima?"),
        ("Give us the date.", "What is the date?"),
    ],
)
def test_an_order_becomes_a_question(order: str, question: str) -> None:
    assert ordered(order) == question


@pytest.mark.parametrize(
    "question",
    [
        "Describe how the bridge moves.",
        "Name three rivers.",
        "State police arrested whom?",
        "Tell me about the bridge.",
        "Who described the bridge?",
    ],
)
def test_what_is_no_order_stays(question: str) -> None:
    assert ordered(question) == question
