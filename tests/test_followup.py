"""A follow-up becomes a question that stands alone; one that does already is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from index.errors import ModelError
from index.types import Document
from rag.answer.answering import told_last
from rag.answer.followup import FollowUp, understand
from rag.language_model import LanguageModel
from rag.types import Answer, Citation, Claim
from scripted import ScriptedModel, no_model

GERMAN = "Wer hat die Erklärung in Basel unterzeichnet?"


def answered(question: str, sentence: str, marked: str = "", *, searched: str = "") -> Answer:
    """An answer that is the only sentence of an article, perhaps with the answer in it marked."""
    document = Document(sentence)
    start = sentence.index(marked)
    claim = Claim(
        sentence,
        (Citation(1, document, 0, len(sentence)),),
        answer=Citation(1, document, start, start + len(marked)) if marked else None,
        answer_at=start,
    )
    return Answer(question, searched or question, sentence, (claim,))


def says(text: str | Exception) -> Callable[[], LanguageModel]:
    return lambda: ScriptedModel(text)


CLOSED = answered(
    "Who closed the harbour?",
    "The mayor of Dunmore, Rosa Quill, closed the harbour on Monday.",
    "Rosa Quill",
)
SIGNED = answered(
    "Did Norway sign the charter?", "Norway and four others signed the charter in Basel."
)
WHEN_SIGNED = answered("When did Norway sign the charter?", "Norway signed the charter in May.")
BURST = answered(
    "Where did the dam burst?", "The dam burst near the town of Calder.", "near the town of Calder"
)
OWNS = answered("Which company owns the mine?", "Orrin Metals owns the mine.", "Orrin Metals")
REFUSED = answered("Which countries refused?", "Norway and Chile refused.", "Norway and Chile")
DROWNED = answered("How many people drowned in Calder in 2018?", "In Calder 19 people drowned.")
LENGTH = answered("What is the length of the Calder Canal?", "It is 19 km long.", "19 km")
HARBOUR = answered("What is the old harbour called?", "The old harbour is called Moss Sound.")
QUILL = answered("Who is Rosa Quill?", "Rosa Quill is the mayor of Dunmore.", "mayor of Dunmore")
BECAME = answered("What happened to the ship?", "The ship disappeared.", "disappeared")
LEADS = answered("Who will lead the inquiry?", "A former judge will lead it.", "A former judge")
WON = answered("Who won the match in Calder?", "Dunmore won the match in Calder.", "Dunmore")
PRAISED = answered("Who praised Quill for the harbour?", "Fishermen praised her.", "Fishermen")
TREATY = Answer(
    "What is said about the treaty?",
    "What is said about the treaty?",
    "",
    tuple(
        answered("", sentence).claims[0]
        for sentence in ("Norway ratified the treaty in May.", "Chile left the treaty in June.")
    ),
)


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        # He, she, it, they, there: what was answered
        (CLOSED, "What did she say?", "What did Rosa Quill say?"),
        (CLOSED, "And what are her plans?", "What are Rosa Quill’s plans?"),
        (OWNS, "When was it founded?", "When was Orrin Metals founded?"),
        (OWNS, "Has its share price fallen?", "Has Orrin Metals’s share price fallen?"),
        (REFUSED, "Why did they refuse?", "Why did Norway and Chile refuse?"),
        # ... and what was asked of
        (QUILL, "Where does she live?", "Where does Rosa Quill live?"),
        (
            answered("Who was Bo Hale?", "He built the first mill.", "built the first mill"),
            "Where did he live?",
            "Where did Bo Hale live?",
        ),
        (HARBOUR, "How deep is it?", "How deep is the old harbour?"),
        (
            answered("What is the Lima Group?", "A group of states."),
            "When was it formed?",
            "When was the Lima Group formed?",
        ),
        # A name, a place, a time in the place of another
        (QUILL, "And Bo Hale?", "Who is Bo Hale?"),
        (WHEN_SIGNED, "Sorry, I meant Chile", "When did Chile sign the charter?"),
        (SIGNED, "and Chile?", "Did Chile sign the charter?"),
        (SIGNED, "What about the United States?", "Did the United States sign the charter?"),
        (DROWNED, "And in Dunmore?", "How many people drowned in Dunmore in 2018?"),
        (WHEN_SIGNED, "And Chile?", "When did Chile sign the charter?"),
        (LENGTH, "And the Dunmore Canal?", "What is the length of the Dunmore Canal?"),
        (
            answered("When did Apollo 8 land?", "Apollo 8 landed on 27 December."),
            "And Apollo 10?",
            "When did Apollo 10 land?",
        ),
        (DROWNED, "What about 2017?", "How many people drowned in Calder in 2017?"),
        # A question word alone
        (SIGNED, "Why?", "Why did Norway sign the charter?"),
        (SIGNED, "when was that?", "When did Norway sign the charter?"),
        (BURST, "When did that happen?", "When did the dam burst?"),
        # Alone, but for the word that joins it
        (SIGNED, "And what did Chile do?", "What did Chile do?"),
    ],
)
def test_a_rule_makes_it_stand_alone(before: Answer, text: str, expected: str) -> None:
    understood = understand(text, [before], no_model)
    assert (understood.text, understood.kind, understood.last) == (expected, "question", expected)


@pytest.mark.parametrize(
    "text",
    [
        "Which country left the treaty?",
        "Compared with Norway, did Chile sign early?",
        "Did Quill say she would resign?",
        "Is it true that Chile left the treaty?",
        "How many people were there at the march in Dunmore?",
        "Did the owners say when they will rebuild the bridge?",
        "What is inflation?",
        "Why did the court stop the vote?",
    ],
)
@pytest.mark.parametrize("before", [SIGNED, CLOSED, TREATY])
def test_what_stands_alone_is_not_changed(before: Answer, text: str) -> None:
    understood = understand(text, [before], no_model)
    assert (understood.text, understood.kind, understood.last) == (text, "question", text)


def test_what_names_nothing_may_go_on_from_the_question_before() -> None:
    score = understand("What was the final score?", [WON], no_model)
    assert score == FollowUp("What was the final score?", before=WON.question)
    assert not understand("What was the score in Lund?", [WON], no_model).before


def test_a_question_that_names_nothing_is_led_by_one_that_does() -> None:
    score = replace(answered("What was the final score?", "3-1"), claims=WON.claims)
    understood = understand("Where was it held?", [WON, score], says("no"))
    assert understood.text == f"{WON.question} {score.question} Where was it held?"
    # Not where other articles answered it.
    score = answered(score.question, "It was 3-1 in the end.")
    understood = understand("Where was it held?", [WON, score], says("no"))
    assert understood.text == f"{score.question} Where was it held?"


def test_a_pronoun_goes_on_standing_for_what_was_named_alone_since() -> None:
    works = answered("Where does Rosa Quill work?", "Rosa Quill works in the town hall.")
    assert understand("How old is she?", [QUILL, works], no_model).text == "How old is Rosa Quill?"
    other = answered("When did Bo Hale resign?", "Bo Hale resigned in May.")
    joined = understand("How old is he?", [QUILL, other], says("no"))
    assert joined.text == f"{other.question} How old is he?"


@pytest.mark.parametrize(("before", "text"), [(LEADS, "How old is he?"), (BECAME, "Is it old?")])
def test_no_pronoun_stands_for_a_description_or_for_what_happened(
    before: Answer, text: str
) -> None:
    assert understand(text, [before], says("no")).text == f"{before.question} {text}"


@pytest.mark.parametrize("text", [GERMAN, "¿Quién lo firmó?", "Кто подписал?", "谁签署了声明?"])
def test_another_language_is_never_joined_to_what_was_asked(text: str) -> None:
    assert understand(text, [SIGNED], no_model) == FollowUp(text)


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you!", "ok", "Yes.", "no", "great, thanks a lot"]
)
@pytest.mark.parametrize("history", [[], [SIGNED]])
def test_a_courtesy_is_not_searched_for(text: str, history: list[Answer]) -> None:
    understood = understand(text, history, no_model)
    assert understood.kind == "thanks"
    assert understood.reply


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("hello", "Hello."),
        ("Good morning!", "Hello."),
        ("hi there", "Hello."),
        ("Who are you?", "All right."),
        ("what can you do", "All right."),
        ("Are you sure?", "What is shown stands in the articles"),
        ("many thanks", "You’re welcome."),
    ],
)
@pytest.mark.parametrize("history", [[], [SIGNED]])
def test_what_is_said_to_the_program_gets_its_reply(
    text: str, begins: str, history: list[Answer]
) -> None:
    assert understand(text, history, no_model).reply.startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "Hi! Who signed it?",
        "In the morning?",
        "Could you say when?",
        "What can you tell me about it?",
        "Was he right?",
        "Was it a good day?",
    ],
)
def test_what_asks_something_is_no_courtesy(text: str) -> None:
    assert understand(text, [SIGNED], says("no")).reply == ""


def test_a_courtesy_does_not_come_between() -> None:
    thanks = Answer("Thanks!", "Thanks!", "You’re welcome.")
    assert (
        understand("and Chile?", [SIGNED, thanks], no_model).text == "Did Chile sign the charter?"
    )


@pytest.mark.parametrize(
    "text", ["tell me more", "More!", "go on", "What else?", "can you tell me more about that?"]
)
def test_more_goes_on_from_what_was_shown(text: str) -> None:
    understood = understand(text, [CLOSED, SIGNED], no_model)
    assert (understood.kind, understood.text) == ("more", SIGNED.searched)
    assert told_last([CLOSED, SIGNED]) == SIGNED.citations


def test_more_again_knows_all_that_was_shown() -> None:
    more = answered("more", "Chile read it aloud.", searched=SIGNED.searched)
    assert understand("more", [SIGNED, more], no_model).text == SIGNED.searched
    assert [c.quote for c in told_last([SIGNED, more])] == [SIGNED.text, more.text]


def test_there_is_no_more_of_nothing() -> None:
    assert understand("tell me more", [], no_model).kind == "thanks"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guaidó", "Who is Guaidó?"),
        ("Jorge Arreaza?", "Who is Jorge Arreaza?"),
        ("The OAS?", "What is the OAS?"),
    ],
)
def test_a_bare_name_asks_who_that_is(text: str, expected: str) -> None:
    for history in ([], [SIGNED]):
        understood = understand(text, history, no_model)
        assert (understood.kind, understood.text) == ("who", expected)


@pytest.mark.parametrize("order", ["Describe Unasur.", "Describe Juan Guaidó"])
def test_an_order_is_no_name(order: str) -> None:
    assert understand(order, [], no_model) == FollowUp(order)


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        (SIGNED, "Where is it kept?", "Where is the charter kept?"),
        (SIGNED, "Is it legally binding?", "Is the charter legally binding?"),
        (PRAISED, "Why did they praise her?", "Why did Fishermen praise Quill?"),
        (PRAISED, "And Chile?", "Who praised Chile for the harbour?"),
    ],
)
def test_the_model_rewrites_what_no_rule_is_sure_of(
    before: Answer, text: str, written: str
) -> None:
    assert understand(text, [before], says(f'"{written}"\nYes.')) == FollowUp(written)


def test_who_is_one_of_several_answers_stands_for_nobody() -> None:
    before = replace(CLOSED, disagreement="several answers")
    said = understand("How old is she?", [before], says(""))
    assert said == FollowUp("Who closed the harbour? How old is she?", asked="How old is she?")


@pytest.mark.parametrize(
    "written",
    [
        "Where is the charter of Peru kept?",  # a name from nowhere
        "Where are the 14 charters kept?",  # a number from nowhere
        "Where is the US charter kept?",  # a name that is a small word too
        "Where is the letter kept?",  # a letter from nowhere
        "Where is it kept by Norway?",  # still open
        "Did Norway sign the charter?",  # the question before
        "When was the charter kept?",  # another question
        "Where is the charter of Norway?",  # not what was asked
        "Where is kept?",  # no more than was said
        "The charter is kept in Basel.",
        "",
        ModelError("the model failed"),
    ],
)
def test_where_the_model_fails_too_the_question_before_comes_first(
    written: str | Exception,
) -> None:
    understood = understand("Where is it kept?", [SIGNED], says(written))
    assert understood.text == "Did Norway sign the charter? Where is it kept?"
    assert understood.last == "Where is it kept?"


def test_a_number_put_together_from_words_of_two_is_none_that_was_told() -> None:
    paid = answered("What did the bridge cost?", "It cost 3 million, and 12 towns paid for it.")
    written = "Who says that 12 million paid for the bridge?"
    understood = understand("Who says that they paid for it?", [paid], says(written))
    assert understood.asked == "Who says that they paid for it?"


def test_a_question_without_a_matter_is_joined_and_costs_no_model() -> None:
    understood = understand("And how many were wounded?", [DROWNED], no_model)
    assert understood.text == f"{DROWNED.question} And how many were wounded?"
    assert understood.last == "And how many were wounded?"


@pytest.mark.parametrize(
    "text", ["Where is it kept?", "why?", "and Chile?", "who else?", "more", "And who read it?"]
)
def test_nothing_grows_with_the_turns(text: str) -> None:
    history = [SIGNED]
    for _ in range(10):
        understood = understand(text, history, says("no"))
        history.append(answered(text, "It is so.", searched=understood.text))
    assert len(history[-1].searched) <= len(f"{SIGNED.question} {text}")


def test_a_long_question_before_is_cut() -> None:
    before = answered("Did Norway sign? " * 100, "It did.")
    assert len(understand("Where is it kept?", [before], says("no")).text) < 400


def test_a_wish_for_an_account_is_no_name() -> None:
    for text in ("Timeline of the Ever Given", "Summary of the Lima Group"):
        assert understand(text, [], no_model).text == text


def test_without_a_conversation_a_question_is_left_as_it_is() -> None:
    assert understand("And what did they say?", [], no_model) == FollowUp("And what did they say?")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Who else?", "Who else praised Quill for the harbour?"),
        ("When was that?", "When praised Quill for the harbour?"),
        ("From whom?", "From whom praised Quill for the harbour?"),
        ("And then?", "Who praised Quill for the harbour? And then?"),
    ],
)
def test_what_has_no_matter_asks_the_question_before_in_its_words_and_costs_no_model(
    text: str, asked: str
) -> None:
    both = f"{PRAISED.question} {text}"
    assert understand(text, [PRAISED], no_model) == FollowUp(both, asked=asked)
    # One that leaned itself is asked with what it said, and searched with what it leaned on.
    leaning = answered("Who bought it?", "Velder.", searched=f"{PRAISED.question} Who bought it?")
    said = understand("For how much?", [leaning], no_model)
    assert said == FollowUp(f"{PRAISED.question} For how much?", asked="For how much bought it?")
