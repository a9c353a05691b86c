"""Follow-ups become questions that stand on their own; those that do already are left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.types import Document
from rag.followup import Rewriting, standalone
from rag.followup.by_model import rewrite_by_model
from rag.followup.mentions import Kind, find_mentions, kind_of
from rag.types import Answer, Citation, Claim
from scripted import ScriptedModel

LIMA = Document(
    "Canada and a dozen Latin American governments urged Venezuelan President Nicolás Maduro "
    "on Friday not to be sworn in. Mexico took part in the meeting but did not sign. "
    "Peru's foreign minister, Néstor Popolizio, read the text to reporters in Lima."
)
OAS = Document(
    "Nineteen member states of the OAS voted for the resolution and six against it. "
    "Mexico and Uruguay abstained. "
    "Its secretary general, Luis Almagro, has been a sharp critic of the government in Caracas."
)
DAM = Document(
    "A dam burst on Friday near the town of Brumadinho. It belongs to the company Vale. "
    "Vale has owned the dam since 2001. The mine near Mariana gave way in 2015."
)
COMMONS = Document(
    "The House of Commons rejected Theresa May's deal by 432 votes to 202. "
    "Jeremy Corbyn, the leader of the opposition, called a vote of no confidence. May lost."
)
ABROAD = Document("Most live in Colombia, Peru, and Ecuador. Chile has taken in 100,000.")


def answered(question: str, document: Document, *sentences: str) -> Answer:
    """An answer whose claims are sentences of an article."""
    claims = []
    for number, sentence in enumerate(sentences, 1):
        start = document.text.index(sentence)
        citation = Citation(number, document, start, start + len(sentence))
        claims.append(Claim(sentence, (citation,), 1.0, verbatim=True))
    return Answer(question, question, " ".join(sentences), tuple(claims))


URGED = answered("Who urged Maduro not to be sworn in?", LIMA, LIMA.text.partition(" Mexico")[0])
SIGNED = answered("Did Peru sign the statement?", LIMA, LIMA.text.partition(" Mexico")[0])
MEXICO = answered(
    "What did Mexico do at the meeting?",
    LIMA,
    "Mexico took part in the meeting but did not sign.",
)
LEADER = answered(
    "Who is the secretary general of the OAS?",
    OAS,
    "Its secretary general, Luis Almagro, has been a sharp critic of the government in Caracas.",
)
ABSTAINED = answered("Which countries abstained?", OAS, "Mexico and Uruguay abstained.")
BURST = answered(
    "Where did the dam burst?", DAM, "A dam burst on Friday near the town of Brumadinho."
)
OWNS = answered("Which company owns the dam?", DAM, "Vale has owned the dam since 2001.")
REJECTED = answered(
    "By how many votes did the House of Commons reject the deal?",
    COMMONS,
    "The House of Commons rejected Theresa May's deal by 432 votes to 202.",
)
CALLED = answered(
    "Who called a vote of no confidence?",
    COMMONS,
    "Jeremy Corbyn, the leader of the opposition, called a vote of no confidence.",
)
VOTED = answered(
    "How many states voted for the resolution?",
    OAS,
    "Nineteen member states of the OAS voted for the resolution and six against it.",
)
LIVE = answered(
    "Where do most Venezuelans abroad live?", ABROAD, "Most live in Colombia, Peru, and Ecuador."
)
KILLED = Answer("How many people were killed in Colombia in 2018?", "", "", refused=True)


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        # A name in the place of one of its kind
        (SIGNED, "And Mexico?", "Did Mexico sign the statement?"),
        (SIGNED, "and mexico and Chile?", None),
        (SIGNED, "What about the United States?", "Did the United States sign the statement?"),
        (SIGNED, "And Mexico and Chile?", "Did Mexico and Chile sign the statement?"),
        (MEXICO, "How about Peru?", "What did Peru do at the meeting?"),
        (LEADER, "And of Peru?", "Who is the secretary general of Peru?"),
        (URGED, "And Mexico?", "Was Mexico among those who urged Maduro not to be sworn in?"),
        (URGED, "And Popolizio?", "Who urged Popolizio not to be sworn in?"),
        (ABSTAINED, "And Peru?", "Was Peru among the countries that abstained?"),
        # A time or place in the place of another, or besides
        (KILLED, "And in 2017?", "How many people were killed in Colombia in 2017?"),
        (KILLED, "What about 2017?", "How many people were killed in Colombia in 2017?"),
        (KILLED, "And last year?", "How many people were killed in Colombia last year?"),
        (KILLED, "And in Brazil?", "How many people were killed in Brazil in 2018?"),
        (BURST, "And in 2015?", "Where did the dam burst in 2015?"),
        (KILLED, "And how many were wounded?", "How many were wounded in Colombia in 2018?"),
        (VOTED, "And against it?", "How many states voted against the resolution?"),
        (KILLED, "What about the rebels?", "What about the rebels in Colombia in 2018?"),
        # A question word alone
        (SIGNED, "When was that?", "When did Peru sign the statement?"),
        (SIGNED, "Why not?", "Why did Peru not sign the statement?"),
        (SIGNED, "Why?", "Why did Peru sign the statement?"),
        (BURST, "When?", "When did the dam burst?"),
        (REJECTED, "When exactly?", "When did the House of Commons reject the deal?"),
        (MEXICO, "Why?", "Why was it that Mexico took part in the meeting but did not sign?"),
        (
            MEXICO,
            "When did that happen?",
            "When was it that Mexico took part in the meeting but did not sign?",
        ),
        (KILLED, "Where?", "Where were people killed in Colombia in 2018?"),
        (ABSTAINED, "Why was that?", "Why was it that Mexico and Uruguay abstained?"),
        # Others
        (URGED, "Who else?", "Who else urged Maduro not to be sworn in?"),
        (ABSTAINED, "Any others?", "Which other countries abstained?"),
        (SIGNED, "Who else?", "Who else did sign the statement?"),
        (MEXICO, "What else?", "What else did Mexico do at the meeting?"),
        # He and she
        (URGED, "What did he say to reporters?", "What did Maduro say to reporters?"),
        (LEADER, "When was he elected?", "When was Luis Almagro elected?"),
        (LEADER, "What are his plans?", "What are Luis Almagro's plans?"),
        (CALLED, "Which party does he lead?", "Which party does Jeremy Corbyn lead?"),
        (REJECTED, "What did she say?", "What did Theresa May say?"),
        (REJECTED, "And who supports her?", "Who supports Theresa May?"),
        # It, they, and there
        (SIGNED, "Who wrote it?", "Who wrote the statement?"),
        (SIGNED, "Did Mexico sign it?", "Did Mexico sign the statement?"),
        (BURST, "When did it burst?", "When did the dam burst?"),
        (BURST, "How many people died there?", "How many people died in Brumadinho?"),
        (BURST, "Who is its owner?", "Who is the dam's owner?"),
        (MEXICO, "Why did it not sign?", "Why did Mexico not sign?"),
        (
            URGED,
            "When did they meet?",
            "When did Canada and a dozen Latin American governments meet?",
        ),
        (
            replace(URGED, claims=()),
            "When did they meet?",
            "When did those who urged Maduro not to be sworn in meet?",
        ),
        (ABSTAINED, "Why did they abstain?", "Why did Mexico and Uruguay abstain?"),
        (
            replace(ABSTAINED, claims=()),
            "Why did they abstain?",
            "Why did the countries abstain?",
        ),
        (OWNS, "When was it founded?", "When was Vale founded?"),
        (
            replace(OWNS, claims=()),
            "When was it founded?",
            "When was the company that owns the dam founded?",
        ),
        (LEADER, "What is known about the OAS?", "What is known about the OAS?"),
        (VOTED, "Who are they?", "Who are the states that voted for the resolution?"),
        # The n-th of what was listed
        (ABSTAINED, "What did the first one say?", "What did Mexico say?"),
        (ABSTAINED, "And the second one?", "What is known about Uruguay?"),
        (LIVE, "How many live in the last one?", "How many live in Ecuador?"),
        (LIVE, "What about the third?", "What is known about Ecuador?"),
    ],
)
def test_a_follow_up_is_rewritten(before: Answer, question: str, expected: str | None) -> None:
    rewriting = standalone(question, [before])
    if expected is None:
        assert not rewriting.sure
    else:
        assert rewriting == Rewriting(expected)


def test_the_other_one_is_the_one_not_spoken_of() -> None:
    first = standalone("What did the first one say?", [ABSTAINED]).text
    history = [ABSTAINED, Answer(first, first, "")]
    assert standalone("And the other one?", history).text == "What did Uruguay say?"


def test_a_chain_goes_on_from_what_was_searched_for() -> None:
    second = standalone("And Mexico?", [SIGNED]).text
    history = [SIGNED, Answer("And Mexico?", second, "")]
    assert standalone("Why?", history).text == "Why did Mexico sign the statement?"


@pytest.mark.parametrize(
    "question",
    [
        "Which country severed relations with Venezuela?",
        "How many social leaders were killed in Colombia last year?",
        "What did Arreaza say on Twitter?",
        "Why did Theresa May lose her vote?",
        "And when did Guaidó declare himself president?",
        "Who won the election that was held in Peru?",
        "Did Vale say how many people it employs?",
        "How long did it take to find the wreck of the Titanic?",
        "Is it true that Mexico signed the statement?",
        "How many people were there at the march in Caracas?",
        "Who was the first president of Peru?",
        "What happened to Unasur?",
        "Did the members of the group say when they will meet?",
    ],
)
@pytest.mark.parametrize("before", [URGED, ABSTAINED])
def test_a_question_that_stands_alone_is_left_alone(before: Answer, question: str) -> None:
    assert standalone(question, [before]) == Rewriting(question)


@pytest.mark.parametrize(
    ("before", "question", "refers"),
    [
        (URGED, "Did Peru sign it?", True),
        (URGED, "And then?", False),
        (URGED, "And what did Mexico do?", False),
        (ABSTAINED, "What did he say?", True),
        (ABSTAINED, "And who voted against the text?", False),
        (URGED, "What about the opposition?", False),
        (BURST, "The second one?", False),
        (REJECTED, "Who said that?", True),
        (KILLED, "Who criticised it?", True),
    ],
)
def test_where_nothing_fits_the_question_before_is_put_in_front(
    before: Answer, question: str, refers: bool
) -> None:
    expected = Rewriting(f"{before.question} {question}", sure=False, refers=refers)
    assert standalone(question, [before]) == expected


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("And they?", ()) == Rewriting("And they?")


def test_a_long_chain_is_cut_to_the_last_question() -> None:
    before = Answer("Who met?", "Who met? " * 60, "")
    assert standalone("And then?", [before]).text == "Who met? And then?"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Did Peru sign as Canada urged?", "Did Peru sign as Canada urged?"),
        ('"Did Peru sign what Canada urged?"\nYes.', "Did Peru sign what Canada urged?"),
        ("Did Colombia and Peru sign the plea?", None),  # a name from nowhere
        ("Did Peru sign the 14 pleas to Maduro?", None),  # a number from nowhere
        ("Did Peru sign the letter to Maduro?", None),  # a letter from nowhere
        ("Did Peru sign it when Maduro was urged?", None),  # a pronoun that is still open
        ("Who urged Maduro?", None),  # another question
        ("Did Peru sign?", None),  # no more than was asked
        ("Peru signed the plea to Maduro.", None),
        ("", None),
    ],
)
def test_what_the_model_writes_is_checked(written: str, expected: str | None) -> None:
    model = ScriptedModel(written)
    assert rewrite_by_model("Did Peru sign it?", [URGED], model) == expected
    (prompt,) = model.prompts
    assert "Question: Who urged Maduro not to be sworn in?\n" in prompt.variable
    assert "Last question: Did Peru sign it?\n" in prompt.variable


def test_names_and_what_they_stand_for() -> None:
    texts = "\n".join(document.text for document in (LIMA, OAS, DAM, COMMONS))
    found = {m.name: kind_of(m.name, texts) for m in find_mentions(texts, texts)}
    assert found == {
        "Canada": Kind.COUNTRY,
        "Nicolás Maduro": Kind.PERSON,
        "Mexico": Kind.COUNTRY,
        "Peru": Kind.COUNTRY,
        "Néstor Popolizio": Kind.PERSON,
        "Lima": Kind.PLACE,
        "OAS": Kind.GROUP,
        "Uruguay": Kind.COUNTRY,
        "Luis Almagro": Kind.PERSON,
        "Caracas": Kind.PLACE,
        "Brumadinho": Kind.PLACE,
        "Vale": Kind.UNKNOWN,
        "Mariana": Kind.PLACE,
        "House of Commons": Kind.GROUP,
        "Theresa May": Kind.PERSON,
        "Jeremy Corbyn": Kind.PERSON,
        "May": Kind.PERSON,
    }
