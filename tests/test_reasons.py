"""The sentence that says why, after the one that says what happened."""

from __future__ import annotations

import pytest

from index.types import Document
from rag.reasons import reason_after
from scripted import note

DID_NOT = "Mexico took part in the meeting but did not sign."
ITS_RULE = "Its government does not meddle in the affairs of other states."
LATER = "The meeting went on until the evening."
MEETING = Document(text=f"{DID_NOT} {ITS_RULE}\n\n{LATER}", title="The meeting")
FOUND = (note(MEETING, DID_NOT), note(MEETING, LATER), note(MEETING, ITS_RULE, context=DID_NOT))


@pytest.mark.parametrize("question", ["Why did Mexico not sign?", "How come Mexico did not sign?"])
def test_the_next_sentence_is_shown_to_why(question: str) -> None:
    found = reason_after(question, FOUND[0], FOUND)
    assert found is not None
    assert found.text == found.readable == ITS_RULE


def test_other_questions_need_none() -> None:
    assert reason_after("Did Mexico sign?", FOUND[0], FOUND) is None


@pytest.mark.parametrize(
    "said",
    [
        "Mexico did not sign because it does not meddle.",
        "Mexico did not sign, citing its rule not to meddle.",
        "Mexico stayed away in protest against the text.",
        "Mexico left the room to avoid a vote.",
    ],
)
def test_a_sentence_that_says_why_itself_needs_none(said: str) -> None:
    article = Document(text=f"{said} {ITS_RULE}")
    found = (note(article, said), note(article, ITS_RULE))
    assert reason_after("Why did Mexico not sign?", found[0], found) is None


def test_only_the_very_next_sentence_is_taken() -> None:
    # The one between was not found: what comes after it may be about something else.
    assert reason_after("Why did Mexico not sign?", FOUND[0], FOUND[:2]) is None
    assert reason_after("Why did it go on?", FOUND[1], FOUND) is None
