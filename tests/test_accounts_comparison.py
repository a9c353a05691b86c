"""Comparisons: what the articles say of each side, and of which they say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from index.types import Document
from rag.reader import Passage, Reading
from rag.types import Answer
from scripted import MarkingReader, answer_to, filled_store

LUND = Document(
    "Lund said that the ferry will sail again in May. It promised a lower fare. "
    "The council of Lund meets on Mondays.",
    title="Ferry to sail",
    source="Lund Post",
    published=date(2019, 3, 8),
)
CALDER = Document(
    "Calder said that the ferry is too old to sail. Its harbourmaster spoke of rust.",
    title="Old ferry",
    source="Calder Echo",
    published=date(2023, 3, 9),
)
POST = Document("The fire on the quay killed 12 people.", title="Fire", source="Lund Post")
ECHO = Document("The fire on the quay killed 15 people.", title="Quay burns", source="Calder Echo")
RULE_2019 = Document(
    "The toll of the bridge is 20 crowns.", title="Toll", published=date(2019, 5, 4)
)
RULE_2023 = Document(
    "The toll of the bridge is 30 crowns.", title="New toll", published=date(2023, 5, 4)
)
TABLE = Document(
    "How the two boats stand beside each other:\n\n"
    "what | Merrow | Selkie\nlength | 84 metres | 61 metres\npassengers | 620 | 410\n\n"
    "The Merrow is the newer boat.",
    title="Two boats",
)

PRICES = Document(
    "Prices rose by 9 per cent in May, its office of statistics found. "
    "A loaf of bread costs 12 crowns. "
    "The office of statistics found that prices rose by 9 per cent in May.",
    title="Prices in Skerry",
)
WAGES = Document("Prices in Orrin fell by 2 per cent in May.", title="Wages in Orrin")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    articles = (LUND, CALDER, POST, ECHO, RULE_2019, RULE_2023, TABLE, PRICES, WAGES)
    with filled_store(tmp_path / "home", *articles) as opened:
        yield opened


compare = partial(answer_to, kind="comparison")


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(claim.heading, claim.text) for claim in answer.claims]


def test_each_side_has_its_own_sentences(store: SqliteStore) -> None:
    reader = MarkingReader(
        the_ferry_will_sail_again_in_May=8.0, a_lower_fare=3.0, the_ferry_is_too_old_to_sail=8.0
    )
    answer = compare(store, "Compare what Lund and Calder said about the ferry", reader)
    assert answer.lead == "What the articles say of Lund and Calder:"
    assert told(answer) == [
        ("Lund", "Lund said that the ferry will sail again in May."),
        ("Lund", "It promised a lower fare."),
        ("Calder", "Calder said that the ferry is too old to sail."),
        ("Calder", "Its harbourmaster spoke of rust."),
    ]
    assert [claim.pieces[1] for claim in answer.claims[:3]] == [
        "the ferry will sail again in May",
        "a lower fare",
        "the ferry is too old to sail",
    ]


def test_a_side_of_which_nothing_answers_is_said_to_be_missing(store: SqliteStore) -> None:
    reader = MarkingReader(the_ferry_will_sail_again_in_May=8.0)
    answer = compare(store, "Compare what Lund and Halden said about the ferry", reader)
    assert answer.lead == "What the articles say of Lund; of Halden no answer was found:"
    assert {claim.heading for claim in answer.claims} == {"Lund"}


def test_without_any_side_it_is_refused(store: SqliteStore) -> None:
    answer = compare(store, "Compare what Halden and Brekke said about the ferry")
    assert (answer.refused, answer.kind) == (True, "comparison")


def test_sources_are_compared_by_their_own_articles_and_their_figures(store: SqliteStore) -> None:
    reader = MarkingReader(**{"12": 9.0, "15": 9.0})
    question = "How do the Lund Post and the Calder Echo differ on the number of dead in the fire?"
    answer = compare(store, question, reader)
    assert answer.lead == "They differ: 12 against 15. What Lund Post and Calder Echo say:"
    assert told(answer) == [("Lund Post", POST.text), ("Calder Echo", ECHO.text)]


def test_a_source_that_is_an_address_is_known_by_its_name(tmp_path: Path) -> None:
    post = Document(POST.text, title="Fire", source="www.lundpost.co.uk")
    echo = Document(ECHO.text, title="Quay burns", source="calderecho.com")
    reader = MarkingReader(**{"12": 9.0, "15": 9.0})
    question = "How do the Lund Post and the Calder Echo differ on the number of dead in the fire?"
    with filled_store(tmp_path / "addresses", post, echo) as store:
        answer = compare(store, question, reader)
    assert answer.lead == "They differ: 12 against 15. What the Lund Post and the Calder Echo say:"
    assert told(answer) == [("The Lund Post", POST.text), ("The Calder Echo", ECHO.text)]


def test_years_are_told_by_the_articles_of_that_year(store: SqliteStore) -> None:
    reader = MarkingReader(**{"20_crowns": 9.0, "30_crowns": 9.0})
    answer = compare(store, "Compare the toll of the bridge in 2019 and 2023", reader)
    assert told(answer) == [("2019", RULE_2019.text), ("2023", RULE_2023.text)]


def test_of_a_year_only_articles_on_what_is_asked_are_told(tmp_path: Path) -> None:
    bank = (
        "The central bank left its rate at {} per cent. The decision took the council an hour. "
        "Only one governor voted against it."
    )
    decisions = [
        Document(bank.format(n), title=f"Rate at {n} per cent", published=date(year, 9, 14))
        for n, year in ((4, 2023), (3, 2024))
    ]
    others = [
        Document(f"A court sent a founder to prison for {n} years.", published=date(n, 5, 2))
        for n in (2023, 2024)
    ]
    with filled_store(tmp_path / "rates", *decisions, *others) as store:
        asked = "What is the difference between the decision of the bank of 2023 and that of 2024?"
        answer = compare(store, asked, MarkingReader())
    assert {claim.heading for claim in answer.claims} == {"2023", "2024"}
    assert not any("prison" in claim.text for claim in answer.claims)


def test_of_a_year_what_is_asked_may_stand_in_the_title_of_its_article(tmp_path: Path) -> None:
    reports = [
        Document(
            f"The ferry line lost {n} million crowns. Its fleet grew by {n} ships.",
            title="Holm Lines reports its result",
            published=date(year, 3, 1),
        )
        for n, year in ((4, 2021), (7, 2022))
    ]
    with filled_store(tmp_path / "reports", *reports) as store:
        asked = "Compare the Holm Lines result of 2021 with that of 2022"
        answer = compare(store, asked, MarkingReader())
    assert {claim.heading for claim in answer.claims} == {"2021", "2022"}


def test_months_are_told_by_the_days_that_sentences_tell(tmp_path: Path) -> None:
    may = Document(
        "Fares rose by 4 per cent last month, the port said.",
        title="Dear ferries",
        published=date(2022, 6, 9),
    )
    july = Document(
        "Fares rose by 9 per cent, the port said.", title="Dearer yet", published=date(2022, 7, 20)
    )
    reader = MarkingReader(**{"4_per_cent": 9.0, "9_per_cent": 9.0})
    with filled_store(tmp_path / "fares", may, july) as store:
        answer = compare(store, "Compare the rise of fares in May and July 2022", reader)
    assert told(answer) == [("May 2022", may.text), ("July 2022", july.text)]


def test_a_month_is_looked_for_in_the_articles_of_that_time(tmp_path: Path) -> None:
    later = [
        Document(
            f"The fares of May 2022 were spoken of for {n} hours in the council of Lund.",
            title="The fares of May 2022",
            published=date(2023, 3, n + 1),
        )
        for n in range(8)
    ]
    may = Document(
        "Fares rose by 4 per cent, the port said.", title="Dear", published=date(2022, 5, 9)
    )
    july = Document(
        "Fares rose by 9 per cent, the port said.", title="Dearer", published=date(2022, 7, 20)
    )
    reader = MarkingReader(**{"4_per_cent": 9.0, "9_per_cent": 9.0})
    with filled_store(tmp_path / "fares", may, july, *later) as store:
        answer = compare(store, "Compare the fares of May 2022 and July 2022", reader)
    assert told(answer)[0] == ("May 2022", may.text)


def test_a_sentence_on_two_sides_is_told_of_one(tmp_path: Path) -> None:
    article = Document(
        "Lund and Calder both lie on the sound. Lund has a mint. Calder has a mill.",
        title="Two towns",
    )
    with filled_store(tmp_path / "towns", article) as store:
        answer = compare(store, "How do Lund and Calder differ?")
    assert told(answer) == [
        ("Lund", "Lund and Calder both lie on the sound."),
        ("Lund", "Lund has a mint."),
        ("Calder", "Calder has a mill."),
    ]


BOTH = Document(
    "Ferry fares rose by 5 per cent in Lund and by 9 per cent in Calder over the last year. "
    "The rise of ferry fares in Calder was spoken of in the council, which met for 3 hours.",
    title="Prices in two ports",
)


class _TownReader(MarkingReader):
    """Marks the figure of the town that a question names."""

    def __init__(self, **figures: str) -> None:
        super().__init__()
        self._figures = figures

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        marked = {f: 9.0 for town, f in self._figures.items() if town in question}
        return MarkingReader(**marked).read(question, passages)


def test_a_sentence_that_answers_for_two_sides_is_told_of_both(tmp_path: Path) -> None:
    reader = _TownReader(Lund="5_per_cent", Calder="9_per_cent")
    with filled_store(tmp_path / "ports", BOTH) as store:
        answer = compare(store, "Compare the rise of ferry fares in Lund and Calder", reader)
    assert answer.lead.startswith("They differ: 5 per cent against 9 per cent.")
    assert [claim.heading for claim in answer.claims if claim.text.startswith("Ferry fares")] == [
        "Lund",
        "Calder",
    ]


def test_a_sentence_with_one_answer_is_told_once(tmp_path: Path) -> None:
    reader = _TownReader(Lund="5_per_cent", Calder="5_per_cent")
    with filled_store(tmp_path / "ports", BOTH) as store:
        answer = compare(store, "Compare the rise of ferry fares in Lund and Calder", reader)
    texts = [text for _, text in told(answer)]
    assert len(texts) == len(set(texts))
    assert ("Calder", BOTH.text[BOTH.text.index("The rise") :]) in told(answer)


def test_what_names_a_side_and_what_is_asked_is_told_where_nothing_answers(
    store: SqliteStore,
) -> None:
    reader = MarkingReader(the_ferry_will_sail_again_in_May=8.0)
    answer = compare(store, "Compare what Lund and Calder said about the ferry", reader)
    assert ("Calder", "Calder said that the ferry is too old to sail.") in told(answer)[1:]


def test_a_topic_is_told_by_articles_on_one_side_each_thing_once(store: SqliteStore) -> None:
    reader = MarkingReader(
        **{"12_crowns": 9.0, "rose_by_9_per_cent": 8.0, "prices_rose_by_9_per_cent": 7.0},
        fell_by_2_per_cent=5.0,
    )
    answer = compare(store, "Compare Skerry and Orrin on prices", reader)
    assert told(answer) == [
        ("Skerry", "Prices rose by 9 per cent in May, its office of statistics found."),
        ("Skerry", "A loaf of bread costs 12 crowns."),
        ("Orrin", WAGES.text),
    ]


def test_what_is_alike_of_both_is_told_though_no_sentence_has_all_words_of_a_side(
    tmp_path: Path,
) -> None:
    mariana = Document(
        "The dam at Mariana broke in November. The firm sells its ore to China. "
        "Some 32 million cubic metres of mud escaped. A choir from Lima sang on Sunday.",
        title="The mud of Mariana",
    )
    brumadinho = Document(
        "A dam broke at Brumadinho in January. Some 12 million cubic metres of mud escaped. "
        "The owner of the mine was founded in the war.",
        title="Brumadinho",
    )
    question = "How did the Mariana disaster of 2015 differ from the Brumadinho disaster of 2019?"
    with filled_store(tmp_path / "home", mariana, brumadinho) as store:
        claims = told(compare(store, question))
    assert ("The Mariana disaster", "Some 32 million cubic metres of mud escaped.") in claims
    assert ("The Brumadinho disaster", "Some 12 million cubic metres of mud escaped.") in claims


def test_a_source_also_tells_what_only_the_other_answers(store: SqliteStore) -> None:
    question = "How do the Lund Post and the Calder Echo differ on the fire?"
    answer = compare(store, question, MarkingReader(**{"15": 9.0}))
    assert told(answer) == [("Lund Post", POST.text), ("Calder Echo", ECHO.text)]


def test_a_table_with_the_sides_as_columns_comes_first(store: SqliteStore) -> None:
    answer = compare(store, "How do the Merrow and the Selkie differ?")
    assert answer.lead == "A table has what, Merrow and Selkie beside each other:"
    assert told(answer) == [
        ("what | Merrow | Selkie", "length | 84 metres | 61 metres"),
        ("what | Merrow | Selkie", "passengers | 620 | 410"),
        ("The Merrow", "The Merrow is the newer boat."),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Compare the two reports on the fire",
        "How do the articles about the fire differ?",
        "Where do the stories disagree about the fire on the quay?",
    ],
)
def test_without_named_sides_the_articles_are_the_sides(store: SqliteStore, question: str) -> None:
    answer = compare(store, question)
    assert answer.lead.startswith("What 2 articles say of the fire")
    assert dict(told(answer)) == {"Lund Post": POST.text, "Calder Echo": ECHO.text}


@pytest.mark.parametrize(
    "question", ["Compare the articles on Unasur", "How does the bridge differ?"]
)
def test_one_article_or_none_is_not_compared(store: SqliteStore, question: str) -> None:
    assert compare(store, question).refused
