"""Signals by hand, and what the fitted weights must make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from index.types import Document
from rag.answerable import SIGNALS, answerability, signals, thresholds
from rag.evidence import Findings
from rag.types import Evidence
from rag.words import content_stems
from scripted import LIMA, MIGRATION, note

LEFT = "About 2,300,000 people have left Venezuela since 2015, the United Nations said."


def among(item: Evidence, relevance: float, rarity: dict[str, float]) -> Findings:
    """What a sentence was found among, its article's stems included."""
    stems = frozenset(content_stems(f"{item.document.title}\n{item.document.text}"))
    return Findings((item,), relevance, rarity, {item.document.id: stems})


RARITY = {"ordinari": 1.0, "peopl": 1.0, "left": 2.0, "venezuela": 4.0}


def test_the_signals_of_a_sentence_that_answers() -> None:
    item = replace(note(MIGRATION, LEFT, score=2.5), odds=1.5)
    found = signals(
        "How many ordinary people have left Venezuela since 2015?", item, among(item, 1.8, RARITY)
    )
    assert tuple(found) == SIGNALS
    assert found["relevance"] == 1.8
    assert found["score"] == 2.5
    assert found["odds"] == 1.5
    # "ordinari" alone is not in the sentence: 1 of 8.
    assert found["covered"] == 0.875
    assert found["rarest_missing"] == 0.25
    assert [found[name] for name in SIGNALS[5:]] == [0, 0, 0, 0, 1]


def test_the_signals_of_a_near_miss() -> None:
    item = note(LIMA, "Mexico took part in the meeting but did not sign.")
    found = signals(
        "How many people left Colombia in 2017?", item, among(item, 0.9, {"colombia": 3.0})
    )
    assert (found["covered"], found["rarest_missing"], found["odds"]) == (0, 1, 0)
    assert (found["names_missing_near"], found["names_missing_article"]) == (1, 1)
    assert (found["numbers_missing"], found["negation_differs"], found["kind_held"]) == (1, 1, 0)


def test_only_the_words_of_what_is_asked_last_count() -> None:
    item = note(MIGRATION, LEFT)
    rarity = {"agre": 5.0, "peopl": 1.0, "left": 2.0}
    alone = signals("And how many people left?", item, among(item, 1.0, rarity))
    both = signals("Who agreed? And how many people left?", item, among(item, 1.0, rarity))
    assert alone["covered"] == 1
    assert both["covered"] == 0.375


def test_a_first_name_that_the_article_has_need_not_be_repeated() -> None:
    said = "Arreaza said so on Twitter."
    article = Document(f"The foreign minister, Jorge Arreaza, spoke at noon. {said}")
    item = note(article, said)
    for first, missing in (("Jorge", 0), ("Delcy", 1)):
        found = signals(f"What did {first} Arreaza say?", item, among(item, 1.0, {}))
        assert found["names_missing_near"] == missing


@pytest.mark.parametrize("judged", [True, False])
def test_an_answer_is_surer_than_a_near_miss_and_strict_is_above_lenient(judged: bool) -> None:
    asked = "How many people have left Venezuela since 2015?"
    good = replace(note(MIGRATION, LEFT, score=3.0), odds=2.0)
    answer = signals(asked, good, among(good, 1.9, RARITY))
    bad = replace(note(MIGRATION, LEFT, score=1.8), odds=-2.0)
    near = signals(
        asked.replace("2015", "1999").replace("Venezuela", "Mali"),
        bad,
        among(bad, 1.3, {"mani": 1.0, "peopl": 1.0, "left": 2.0, "mali": 5.0}),
    )
    limits = thresholds(judged=judged)
    assert limits["lenient"] <= limits["balanced"] <= limits["strict"]
    assert answerability(answer, judged=judged) > limits["strict"]
    assert answerability(near, judged=judged) < limits["strict"]


def test_the_stored_fit_says_when_and_on_what_it_was_made() -> None:
    fitted = json.loads(files("rag").joinpath("answerable.json").read_text(encoding="utf-8"))
    assert fitted["by"] == "bench/fit_refusal.py"
    assert {"fitted", "data"} <= fitted.keys()
    for name in ("judged", "unjudged"):
        assert set(fitted[name]["weights"]) <= {"constant", *SIGNALS}
    assert "odds" not in fitted["unjudged"]["weights"]
