"""Which sentences stand alone, which say the same, and which of many are told."""

from __future__ import annotations

import numpy as np
import pytest

from index.types import Document
from rag.answer.accounts.telling import choose, says_the_same, stands_alone, telling
from rag.types import Evidence
from scripted import found


def alone(text: str) -> Evidence:
    return Evidence(Document(text), 0, len(text), 0, 0, 0, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "The council of Lund closed the harbour bridge on Friday after a ship had struck it.",
        "“The bridge will stay closed until spring,” the mayor, Ana Ruiz, told reporters.",
        "Mayor Ana Ruiz said that she would ask the state for a loan.",
        "The driver said he had not seen the barrier in the fog.",
    ],
)
def test_what_can_be_told_by_itself(text: str) -> None:
    assert stands_alone(alone(text))


@pytest.mark.parametrize(
    "text",
    [
        "Bridge closed after ship strikes it",
        "A short one.",
        "Who will pay for the new bridge across the harbour?",
        "and closed the harbour bridge for the rest of the year.",
        "- Lund, with more than 20 ships and all of their crews.",
        "RELATED: How the harbour bridge of Lund was built in 1931.",
        "Click here to read more about the harbour bridge of Lund.",
        "The harbour bridge of Lund in the fog. (Eva Holm/Reuters)",
        "“The bridge will stay closed until spring, and so will the quay.",
        "“The bridge will stay closed until spring, and so will the quay.”",
        "Ana Ruiz speaks to divers on March 8, 2024 at the foot of the bridge.",
        "The harbour bridge of Lund was built by a firm that ...",
        "Ana Ruiz speaks in front of the bridge on Friday.",
        "In his speech, he promised a new bridge to all who had come.",
        "On Friday she promised a new bridge to all who had come.",
        "However, the bridge was open again by the end of the week.",
        "BERG: The bridge was never meant for ships of that size.",
    ],
)
def test_what_cannot(text: str) -> None:
    assert not stands_alone(alone(text))


def test_a_sentence_on_someone_stands_with_the_one_that_names_him() -> None:
    named = "Ana Ruiz, the mayor of Lund, came to the bridge at noon."
    text = f"{named} She promised to have it mended by the spring."
    item = found(Document(text), text[len(named) + 1 :], "She", context=named)
    assert stands_alone(item)
    heading = "What the mayor promised"
    text = text.replace(named, heading)
    assert not stands_alone(found(Document(text), text[len(heading) + 1 :], "She", context=heading))


def test_a_dateline_is_left_out() -> None:
    text = "LUND, Sweden (AP) -- The council closed the harbour bridge on Friday."
    (item,) = telling([alone(text)])
    assert item.text == "The council closed the harbour bridge on Friday."
    assert item.context_start == item.start


def test_figures_that_differ_tell_two_things() -> None:
    one = alone("The flood at Calder killed 19 people.")
    assert says_the_same(one, alone("The flood killed 19 people at Calder."), 0.9)
    assert not says_the_same(one, alone("The flood at Calder killed 65 people."), 0.99)
    assert not says_the_same(one, alone("The flood at Calder closed a road."), 0.5)


def test_each_next_one_is_the_most_telling_that_adds_something() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    worth = np.array([1.0, 0.9, 0.5], dtype=np.float32)
    assert choose(vectors, worth, 2) == [0, 2]  # .9 - .5 is less than .5
    assert choose(vectors, worth, 9) == [0, 2, 1]
    assert choose(vectors, worth, 9, lambda _chosen, place: place != 2) == [0, 1]
