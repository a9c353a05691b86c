"""What is asked for: a fit, measured on questions that it was not made from."""

from __future__ import annotations

import doctest
import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

import rag.english.kinds
from rag.english.kinds import KINDS, features, kind_of, probabilities

ROOT = Path(__file__).parent.parent
ROWS = [
    json.loads(line)
    for line in (ROOT / "tests/data/kinds.jsonl").read_text(encoding="utf-8").splitlines()
]
REPORT = [row for row in ROWS if row["part"] == "report"]


def right(kind: str) -> float:
    """The share of the report part's questions of a kind that are taken for it."""
    mine = [row["question"] for row in REPORT if row["kind"] == kind]
    return sum(kind_of(question) == kind for question in mine) / len(mine)


def test_the_questions_are_many_of_every_kind_and_none_is_in_both_parts() -> None:
    assert {row["kind"] for row in REPORT} == set(KINDS)
    assert len(ROWS) >= 900
    assert len(REPORT) >= 250
    assert len({row["question"].casefold() for row in ROWS}) == len(ROWS)


def test_facts_stay_facts() -> None:
    assert right("fact") >= 0.96


@pytest.mark.parametrize("kind", KINDS[1:])
def test_most_accounts_are_told(kind: str) -> None:
    assert right(kind) >= 0.7


def test_the_report_part_is_told_as_measured() -> None:
    assert sum(kind_of(row["question"]) == row["kind"] for row in REPORT) / len(REPORT) >= 0.85


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people died?", "fact"),
        ("Which country severed relations?", "fact"),
        ("What did Mexico do?", "fact"),
        ("Who were the two winners?", "fact"),
        ("Compared with Peru, did Mexico sign?", "fact"),
        ("What is the tolerance now?", "fact"),
        ("What is Sato's plan for the parks about?", "fact"),
        ("What is the speech of minister Aasen about?", "summary"),
        ("Summarise the mayor's first speech to the council.", "summary"),
        ("How did the rescue of the Corsa unfold?", "timeline"),
        ("What happened to the choir in April 2016, in order?", "timeline"),
        ("What do my articles say about Peru?", "summary"),
        ("Latest news", "summary"),
        ("News about the harbour", "summary"),
        ("What was published in 2023 about Peru?", "summary"),
        ("Make a timeline of January 2019", "timeline"),
        ("What happened, day by day, in Caracas?", "timeline"),
        ("Compare what Canada and Venezuela said", "comparison"),
        ("What is the difference between the OAS and the Lima Group?", "comparison"),
        ("Which courts heard theft cases?", "list"),
        ("Who are the candidates?", "list"),
        ("How many articles mention Unasur?", "count"),
    ],
)
def test_kind_of(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_probabilities_are_of_every_kind_and_sum_to_one() -> None:
    chances = probabilities("Summarise the article on bees.")
    assert tuple(chances) == KINDS
    assert sum(chances.values()) == pytest.approx(1)


def test_what_a_name_title_or_number_is_called_does_not_matter() -> None:
    asked = 'Did Mexico sign "The long road" in 2019?'
    assert features(asked) == features('Did Ana Silva sign "Bread" in 1985?')


def test_an_empty_question_is_no_account() -> None:
    assert kind_of("") == kind_of("???") == "fact"


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(rag.english.kinds).failed == 0


def test_the_fit_says_when_it_was_made_of_what_and_by_which_script() -> None:
    text = files("rag.english").joinpath("kinds.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    assert date.fromisoformat(fitted["fitted"]) <= date.today()
    assert (ROOT / fitted["by"]).is_file()
    assert fitted["data"].startswith("kinds.jsonl")
    assert tuple(fitted["kinds"]) == KINDS
    assert {len(weights) for weights in fitted["weights"].values()} == {len(KINDS)}
    assert len(text) < 70_000
