"""Which sides a question sets against each other, and what it asks of each."""

from __future__ import annotations

from datetime import date

import pytest

from rag.answer.accounts.sides import Side, names_side, sides_asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Compare what Lund and Calder said about the ferry.",
            ["What Lund said about the ferry?", "What Calder said about the ferry?"],
        ),
        (
            "Compare what Bo Silva and Ana Berg promised",
            ["What Bo Silva promised?", "What Ana Berg promised?"],
        ),
        ("Lund versus Calder: what did each do?", ["What did Lund do?", "What did Calder do?"]),
        (
            "How did Lund, Calder and Dunmore react to the flood?",
            [f"How did {town} react to the flood?" for town in ("Lund", "Calder", "Dunmore")],
        ),
        (
            "How do the accounts of the Post and the Echo differ on the number of dead?",
            [f"What does the {name} say about the number of dead?" for name in ("Post", "Echo")],
        ),
        (
            "Compare the toll in 2013 and 2019.",
            ["What is the toll in 2013?", "What is the toll in 2019?"],
        ),
        (
            "Compare Hale & Sons with R&B Ferries.",
            ["What is said about Hale & Sons?", "What is said about R&B Ferries?"],
        ),
        (
            "How does Lund compare with Calder?",
            ["What is said about Lund?", "What is said about Calder?"],
        ),
        (
            "What is the difference between the old bridge and the new bridge?",
            ["What is said about the old bridge?", "What is said about the new bridge?"],
        ),
        (
            "What distinguishes hares from rabbits?",
            ["What is said about hares?", "What is said about rabbits?"],
        ),
        (
            "Compare the first and the second voyage of the Alba.",
            [
                "What is said about the first voyage of the Alba?",
                "What is said about the second voyage of the Alba?",
            ],
        ),
        (
            "What distinguished the first voyage of the Alba from the second?",
            [
                "What is said about the first voyage of the Alba?",
                "What is said about the second voyage of the Alba?",
            ],
        ),
        (
            "Compare the cases of Bo Silva and Ana Berg",
            ["What is said about Bo Silva?", "What is said about Ana Berg?"],
        ),
        (
            "Compare Apollo 11 and Apollo 13",
            ["What is said about Apollo 11?", "What is said about Apollo 13?"],
        ),
        (
            "Compare the toll in May and June 2013.",
            ["What is the toll in May 2013?", "What is the toll in June 2013?"],
        ),
        (
            "Compare fares in June 2018 with fares in June 2021.",
            ["What is fares in June 2018?", "What is fares in June 2021?"],
        ),
        (
            "How did the 2015 vote compare with that of 2019?",
            ["What is said about 2015 vote?", "What is said about 2019 vote?"],
        ),
        (
            "Compare 2015 and 2019 on the toll",
            [f"What is said about the toll in {year}?" for year in (2015, 2019)],
        ),
        (
            "How do the Merrow and the Selkie compare in a storm?",
            [f"What is said about the {name} in a storm?" for name in ("Merrow", "Selkie")],
        ),
        (
            "What is the difference between the harbours of Lund and Calder?",
            [f"What is said about the harbours of {town}?" for town in ("Lund", "Calder")],
        ),
        (
            "How did the Mariana disaster of 2015 differ from the Brumadinho disaster of 2019?",
            [f"What is said about the {town} disaster?" for town in ("Mariana", "Brumadinho")],
        ),
        (
            "How did the 2015 Mariana disaster differ from the 2019 Brumadinho disaster?",
            [f"What is said about the {town} disaster?" for town in ("Mariana", "Brumadinho")],
        ),
        (
            "Compare the deaths in the dam collapse of 2015 with the deaths in the riots of 2019",
            [f"What is said about the deaths in the {what}?" for what in ("dam collapse", "riots")],
        ),
        (
            "Compare the printer of 2007 with the Nokia of 2005",
            [f"What is said about the {what}?" for what in ("printer", "Nokia")],
        ),
        (
            "How did the flood of 2015 in Lund differ from the storm of 2019 in Calder?",
            [f"What is said about the {what}?" for what in ("flood in Lund", "storm in Calder")],
        ),
        (
            "How did the vote of 2015 differ from that of 2019 in Lund?",
            [f"What is said about the vote of {year} in Lund?" for year in (2015, 2019)],
        ),
        (
            "Compare prices in may and july 2022",
            [f"What is prices in {month} 2022?" for month in ("May", "July")],
        ),
        (
            "Merrow and Selkie: how do their storms compare?",
            [f"What is said about storms of {name}?" for name in ("Merrow", "Selkie")],
        ),
        (
            "Compare the 2016 Merrow prize with the one of 2022.",
            [f"What is said about {year} Merrow prize?" for year in (2016, 2022)],
        ),
        (
            "How did July 2023 in Lund compare with the 1991–2020 average?",
            ["What is said about Lund?", "What is said about the 1991–2020 average?"],
        ),
    ],
)
def test_each_side_is_asked_about_alone(question: str, asked: list[str]) -> None:
    assert [one.question for one in sides_asked(question)] == asked


@pytest.mark.parametrize(
    "question",
    [
        "Who urged Maduro?",
        "Compare the articles.",
        "Compare the two candidates.",
        "Compare Lund, Calder, Dunmore, Halden, and Brekke",
        "Compare Lund and Lund",
    ],
)
def test_one_side_or_too_many_are_no_comparison(question: str) -> None:
    assert sides_asked(question) == ()


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("How do the Merrow disaster and the Selkie disaster differ?", [("Merrow",), ("Selkie",)]),
        ("Compare Bo Silva and Ana Silva.", [("Bo",), ("Ana",)]),
        ("Compare Apollo 11 and Apollo 13", [(), ()]),
        ("Compare the toll in May 2018 and June 2019", [(), ()]),
        ("Compare the old bridge and the new bridge.", [(), ()]),
        ("Compare World War I and World War II.", [(), ("II",)]),
        ("Compare Plan A and Plan B.", [(), ()]),
        ("Compare Will Silva and Ana Silva.", [(), ("Ana",)]),
    ],
)
def test_a_side_is_known_by_the_names_that_the_other_lacks(
    question: str, known: list[tuple[str, ...]]
) -> None:
    assert [side.known_by for side in sides_asked(question)] == known


def test_a_year_or_a_month_is_known_for_one() -> None:
    first, second = sides_asked("Compare the toll in 2013 and May 2019.")
    assert first.days == (date(2013, 1, 1), date(2013, 12, 31))
    assert second.days == (date(2019, 5, 1), date(2019, 5, 31))
    assert [one.days for one in sides_asked("Compare Apollo 11 and Apollo 13")] == [None, None]


def test_a_month_in_small_letters_is_one_and_a_verb_is_none() -> None:
    first, second = sides_asked("How did inflation in march 2022 differ from june 2022?")
    assert first.days == (date(2022, 3, 1), date(2022, 3, 31))
    assert second.days == (date(2022, 6, 1), date(2022, 6, 30))
    year, _ = sides_asked("What may 2022 bring compared with 2021?")
    assert year.days == (date(2022, 1, 1), date(2022, 12, 31))


def test_only_what_is_asked_for_nothing_more_is_broad() -> None:
    assert all(one.broad for one in sides_asked("How do Lund and Calder differ?"))
    assert not any(one.broad for one in sides_asked("How do Lund and Calder differ on the toll?"))


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("the US", "They told us to wait.", False),
        ("the US", "The U.S. told them to wait.", True),
        ("the US", "The United States waited.", True),
        ("Peru", "A Peruvian ship waited.", True),
        ("Bo Silva", "Silva waited.", False),
        ("the old bridge", "The old tower stands.", False),
    ],
)
def test_a_side_is_named_by_its_words(name: str, text: str, named: bool) -> None:
    assert names_side(text, Side(name, "")) is named


def test_the_last_word_of_a_name_will_do_in_an_article_that_has_it_in_full() -> None:
    side = Side("Bo Silva", "")
    assert names_side("Silva waited.", side, "Bo Silva came. Silva waited.")
    assert not names_side("Silva waited.", side, "Eva Silva came. Silva waited.")


def test_a_letter_that_ends_a_name_does_not_name_it_by_itself() -> None:
    side, _ = sides_asked("Compare World War I and World War II.")
    article = "World War I began in 1914. I went there."
    assert names_side("World War I began in 1914.", side, article)
    assert not names_side("I went there.", side, article)
