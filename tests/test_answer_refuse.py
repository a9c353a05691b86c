"""The chance that a sentence answers: a fit, with what it was made from; no constant is tested."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from index.types import Document
from rag.answer import refuse
from rag.answer.refuse import likely, names_another, probability, thresholds
from rag.reader.reading import NOTHING
from rag.settings import Refusal
from rag.types import Evidence

ROOT = Path(__file__).parent.parent


TOWER = "The tower of Pisa stands. It is 56 m high, and leans. The tower of Essen is 80 m high."


def sentence(told: str, score: float = 2.0, title: str = "Towers") -> Evidence:
    """A sentence of an article about two towers."""
    start = TOWER.index(told)
    end = start + len(told)
    return Evidence(Document(TOWER, title=title), start, end, start, start, start, score)


def test_a_better_score_is_more_likely() -> None:
    scores = (NOTHING, -10.0, -2.0, 0.0, 2.0, 10.0, 30.0)
    chances = [probability(sentence("It is 56 m high", score), "How high?") for score in scores]
    assert chances == sorted(set(chances))
    assert 0 < chances[0] < 0.1
    assert 0.9 < chances[-1] < 1


@pytest.mark.parametrize(
    ("told", "question", "another"),
    [
        ("The tower of Essen is 80 m high.", "How high is the tower of Essen?", False),
        ("The tower of Essen is 80 m high.", "How high is the tower of Pisa?", True),
        # "It" may be any of those that the article names, but no other.
        ("It is 56 m high, and leans.", "How high is the tower of Pisa?", False),
        ("It is 56 m high, and leans.", "How high is the tower of Bologna?", True),
        ("The tower of Essen is 80 m high.", "How high is the tower?", False),
        ("The tower of Essen is 80 m high.", "Which of the Towers is 80 m high?", False),
    ],
)
def test_a_sentence_that_names_another_thing_answers_less_likely(
    told: str, question: str, another: bool
) -> None:
    item = sentence(told)
    assert names_another(item, question) is another
    same = probability(item, "How high?")
    assert (probability(item, question) < same) is another


def test_the_thresholds_are_those_of_the_settings_in_their_order() -> None:
    limits = thresholds()
    assert set(limits) == set(get_args(Refusal))
    ordered = [limits[how] for how in ("never", "lenient", "balanced", "strict")]
    assert ordered[0] == 0
    assert ordered == sorted(set(ordered))
    assert ordered[-1] < 1


def test_the_fit_says_when_it_was_made_of_what_and_by_which_script() -> None:
    text = files("rag.answer").joinpath("calibration.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    assert date.fromisoformat(fitted["fitted"]) <= date.today()
    assert fitted["data"]
    assert (ROOT / fitted["by"]).is_file()


def test_an_article_is_looked_through_once_and_not_for_each_sentence() -> None:
    text = "It is 56 m high. " * 50
    document = Document(text, title="Towers")
    items = [
        Evidence(document, n * 17, n * 17 + 16, n * 17, n * 17, n * 17, 9.0) for n in range(50)
    ]
    refuse._held_by.cache_clear()
    likely(items, "How high is the tower of Bologna?", "balanced")
    assert refuse._held_by.cache_info().misses == 1
