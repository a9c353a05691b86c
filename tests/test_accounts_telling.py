"""Which sentences are told, which say the same, and which of many are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from index.types import Document
from rag.answer.accounts.telling import choose, says_the_same, tells
from rag.types import Evidence


def alone(text: str) -> Evidence:
    return Evidence(Document(text), 0, len(text), 0, 0, 0, 0.0)


def test_what_states_nothing_is_not_told() -> None:
    told = alone("The council of Lund closed the harbour bridge.")
    heading, question = alone("Bridge closed after ship strikes it"), alone("Who will pay for it?")
    assert [tells(one) for one in (heading, told, question)] == [False, True, False]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("", True),
        (" Nobody was hurt.\n\nRead more", True),
        ("\n\nBridge opens again", True),
        (" They named two ships.\n- Petrel\n- Gannet", True),
        (" Nobody was hurt, said the\nharbour office of Lund.", True),
        (" Ana Berg/Lund Post\n\nNobody was hurt.", False),
        (" Nobody was hurt. [+99 chars]", True),
        (f"{' Nobody was hurt.' * 30} (Lund Post)\n\nRead more", True),
        (" The crew looks on. (Ana Berg/Lund Post)\n\nNobody was hurt.", False),
    ],
)
def test_the_caption_of_a_picture_is_not_told(after: str, told: bool) -> None:
    text = "A ship lies below the bridge of Lund."
    assert tells(Evidence(Document(text + after), 0, len(text), 0, 0, 0, 0.0)) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("For the latest on the flood at Calder from Friday, see our updates here.", False),
        ("For our latest coverage of the flood, see Friday’s page.", False),
        ("Click through to all pictures of the flood.", False),
        ("This story has been updated with the toll of Friday.", False),
        ("Editor’s note: The flood at Calder began on Monday.", False),
        ("Hide Caption 3 of 8 Photos: Flood at Calder A boat lies in a garden.", False),
        ("Here’s what the council said about the flood on Friday.", False),
        ("Ana Berg/Lund Pictures/AP A boat lies in a garden at Calder.", False),
        ("Bo Lind/Getty Images The dam burst on Friday.", False),
        ("“Nothing but mud is left here.”", True),
        ("Here the dam burst on Friday.", True),
        ("The Lund/Calder line was closed on Friday.", True),
        ("The storey below it is under water.", True),
        ("Clicks were heard in the dam.", True),
        ("For the town it is the latest of many floods.", True),
    ],
)
def test_what_tells_of_the_page_is_not_told(text: str, told: bool) -> None:
    assert tells(alone(text)) is told


def test_figures_that_differ_tell_two_things() -> None:
    one = alone("The flood at Calder killed 19 people.")
    assert says_the_same(one, alone("The flood killed 19 people at Calder."), 0.9)
    assert not says_the_same(one, alone("The flood at Calder killed 65 people."), 0.99)
    assert not says_the_same(one, alone("The flood at Calder closed a road."), 0.5)


def test_each_next_one_is_the_most_telling_that_adds_something() -> None:
    items = [alone("The bridge fell."), alone("It fell, the bridge."), alone("A ship struck it.")]
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    worth = np.array([0.9, 1.0, 0.5], dtype=np.float32)
    assert choose(items, vectors, worth, 2) == [1, 2]
    assert choose(items, vectors, worth, 1) == [1]
