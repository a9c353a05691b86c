from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rag.checks.aliases import short_forms
from rag.checks.dates import dates
from rag.checks.names import missing_names, names
from rag.checks.negations import negations
from rag.checks.numbers import measures, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Digits
        ("In 2019, 13 states met.", [13, 2019]),
        ("1,200 envoys, 2,300,000 people, and 1.234.567 votes", [1200, 1234567, 2300000]),
        ("It rose 3.5 percent, or 3,5 in Spain.", ["3.5"]),
        ("$5m, 3k, 2bn", [3000, 5000000, 2000000000]),
        ("the 1990s, the 21st, the A380", [21, 380, 1990]),
        ("٤٠٠ شخص", [400]),
        # Scales
        ("2.3 million", [2300000]),
        ("a 2.3-million town", [2300000]),
        ("half a million, half a dozen", [6, 500000]),
        ("a dozen; two dozen", [12, 24]),
        ("a hundred", [100]),
        # Words
        ("twenty-five", [25]),
        ("two hundred and five", [205]),
        ("two hundred and twenty-five", [225]),
        ("two thousand five hundred", [2500]),
        ("one million two hundred thousand", [1200000]),
        ("a thousand and one", [1001]),
        ("nineteen eighty-four", [19, 84]),
        ("three, four and five", [3, 4, 5]),
        ("zero", [0]),
        # Ordinals
        ("a second term, the twelfth day", [2, 12]),
        ("the twenty-first", [21]),
        # A number in digits does not go on in words
        ("In 2000 two men left.", [2, 2000]),
        ("over 400 five-year-olds", [5, 400]),
        ("3 million two-year-olds", [2, 3000000]),
        ("a 30-second film", [30]),
        # No numbers
        ("One of them, no one, the first to go", []),
        ("Often, phone, weight, thousands", []),
        ("", []),
    ],
)
def test_numbers(text: str, expected: list[int | str]) -> None:
    assert numbers(text) == {Decimal(value) for value in expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Jan. 10 the U.S. recognised Guaidó.", ["january", "u.s", "guaido"]),
        ("The Tuesday talks in Sept.", ["tuesday", "september"]),
        ("Peru’s anti-Chilean, Lima-born envoy", ["peru", "chilean", "lima", "born"]),
        ("Rodri\u0301guez met O'Neil.", ["rodriguez", "o'neil"]),
        ("It said that US forces and the WHO left.", ["us", "who"]),
        ("no names, 石油", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert [name.word for name in names(text)] == expected


def test_an_opening_word_is_told_from_one_inside() -> None:
    found = [(name.word, name.opening) for name in names('Rain hit Lima. "Floods" followed.')]
    assert found == [("rain", True), ("lima", False), ("floods", True)]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The Venezuelan envoy", "Venezuela sent an envoy."),
        ("Canada agreed.", "The Canadian minister agreed."),
        ("Peru agreed.", "The Peruvian minister agreed."),
        ("The French left.", "Troops of France left."),
        ("Iraqis voted.", "There was a vote in Iraq."),
        ("Israelis voted.", "Israel went to the polls."),
        ("It begins on January 10.", "It begins on Jan. 10."),
        ("It begins on Thurs.", "It begins on Thursday."),
        ("The United States agreed.", "The U.S. agreed."),
        ("The US agreed.", "The U.S. agreed."),
        ("The U.S. agreed.", "Officials of the United States agreed."),
        ("The ICC agreed.", "The International Criminal Court agreed."),
        ("The World Health Organization agreed.", "The WHO agreed."),
        ("GUAIDO spoke.", "Juan Guaidó spoke."),
        ("Brazil spoke.", "brazil spoke"),
        # Ordinary openers, and numbers, which are checked as numbers
        ("According to Silva, it rained.", "Silva said it rained."),
        ("Approximately 40 left.", "About 40 left."),
        ("Roughly 40 left.", "About 40 left."),
        ("Additionally, Silva left.", "Silva left."),
        ("People left.", "Many left."),
        ("Over 40 left. Around ten stayed.", "40 left, 10 stayed"),
        ("Twenty-five left.", "25 left."),
        ("Four hundred left.", "400 left."),
        ("Rain fell.", "There was rain."),
    ],
)
def test_names_that_a_text_holds_in_another_form(claim: str, text: str) -> None:
    assert missing_names(claim, text) == ()


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        ("Russia agreed.", "Canada agreed.", ("russia",)),
        ("Juan Silva agreed.", "Ana Silva agreed.", ("juan",)),
        ("It rained in May.", "It rained in June.", ("may",)),
        ("Victoria agreed.", "Victor agreed.", ("victoria",)),
        ("Antonia agreed.", "Antonio agreed.", ("antonia",)),
        ("The pro-Russian group", "the pro-Turkish group", ("russian",)),
        # Initials are no proof for a name that is not written as initials
        ("Ali spoke.", "Ana Lopez Ibarra spoke.", ("ali",)),
        ("Ursula Smith agreed.", "The U.S. agreed.", ("ursula", "smith")),
        ("The U.S. agreed.", "Ursula Smith agreed.", ("u.s",)),
        # An actor or a quantity is no ordinary opener
        ("Officials agreed.", "Silva agreed.", ("officials",)),
        ("Soldiers shot him.", "Rebels shot him.", ("soldiers",)),
        ("Thousands left.", "Dozens left.", ("thousands",)),
        # Nor is an ordinary opener one in the middle
        ("The Nearly Festival", "a festival", ("nearly",)),
    ],
)
def test_names_that_a_text_does_not_hold(claim: str, text: str, expected: tuple[str, ...]) -> None:
    assert tuple(name for name in missing_names(claim, text) if name != "festival") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mexico did not sign the statement.", [("sign", "statement")]),
        ("Mexico didn’t sign, and stayed.", [("sign",)]),
        ("urged him to abstain from being sworn in", [("sworn",)]),
        ("They refused to recognise it.", [("recognis",)]),
        ("He failed to win.", [("win",)]),
        ("It is not well-grounded.", [("ground",)]),
        ("Silva denied taking bribes.", [("take", "bribe")]),
        ("They were unable to land.", [("land",)]),
        (
            "Neither side spoke; nobody left without tears.",
            [("side", "spoke"), ("left", "tear"), ("tear",)],
        ),
        ("not only signed but praised it", []),
        ("the No. 5 seed", []),
        ("He knows another notion.", []),
        ("Not. Signed.", []),
    ],
)
def test_negations(text: str, expected: list[tuple[str, ...]]) -> None:
    assert negations(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Over 400 were killed.", {400: {"more"}}),
        ("400 were killed.", {400: {""}}),
        (
            "More than a dozen left, nearly $2.5 million was lost.",
            {12: {"more"}, 2500000: {"less"}},
        ),
        ("An estimated 2.3 million left in 2015.", {2300000: {"about"}, 2015: {""}}),
        ("No more than 30, or 30 at the least.", {30: {"less", ""}}),
        ("About 20 or about 20.", {20: {"about"}}),
    ],
)
def test_bounds(text: str, expected: dict[int, set[str]]) -> None:
    found = measures(text).items()
    assert {int(number): {bound for bound, _ in ways} for number, ways in found} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On January 4, 10 governments met.", {4: {"jan"}, 10: {""}}),
        ("He was sworn in on the 10th of January 2019.", {10: {"jan"}, 2019: {""}}),
        ("Jan. 10 and 11 February.", {10: {"jan"}, 11: {"feb"}}),
        ("Prices rose by 30% or 30 per cent, not $30.", {30: {"percent", "dollar"}}),
        ("It cost 30 million euros.", {30_000_000: {"euro"}}),
        ("They won 3-2.", {3: {"3-2"}, 2: {"3-2"}}),
        ("A 30-second film of 12 people.", {30: {""}, 12: {""}}),
    ],
)
def test_measures(text: str, expected: dict[int, set[str]]) -> None:
    found = measures(text).items()
    assert {int(number): {measure for _, measure in ways} for number, ways in found} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Written out
        ("On Jan. 10, 2019 and 10 January 2019", [(2019, 1, 10), (2019, 1, 10)]),
        ("2019-01-10", [(2019, 1, 10)]),
        ("in March 2018, since 2015", [(2018, 3, None), (2015, None, None)]),
        # By the article's date, a Friday
        ("today, yesterday, tomorrow", [(2019, 1, 4), (2019, 1, 3), (2019, 1, 5)]),
        ("They met on Wednesday.", [(2019, 1, 2)]),
        ("They will meet on Wednesday.", [(2019, 1, 9)]),
        ("on Friday, two days ago", [(2019, 1, 4), (2019, 1, 2)]),
        ("last month, last year", [(2018, 12, None), (2018, None, None)]),
        ("in December, on 10 January", [(2018, 12, None), (2019, 1, 10)]),
        # A Friday before or after: said on a Monday, "next Friday" may be either
        ("31 June 2019? 30 February 2019?", []),
    ],
)
def test_dates(text: str, expected: list[tuple[int | None, ...]]) -> None:
    found = dates(text, date(2019, 1, 4))
    assert [(when.year, when.month, when.day) for when in found] == expected


@pytest.mark.parametrize("text", ["next Wednesday", "last Monday"])
def test_a_day_that_may_be_one_of_two_is_not_resolved(text: str) -> None:
    # On a Thursday, "last Monday" may be three days ago or ten; so too on a Tuesday the other.
    published = date(2019, 1, 1) if text.startswith("next") else date(2019, 1, 3)
    assert [when.day for when in dates(text, published)] == [None]


def test_without_the_articles_date_nothing_is_resolved() -> None:
    found = dates("They met on Friday, last year, and yesterday.")
    assert [(when.year, when.month, when.day) for when in found] == [(None, None, None)] * 3


def test_short_forms() -> None:
    text = (
        "The Organization of American States (OAS) met. Petróleos de Venezuela (PDVSA) sold oil. "
        "It rained in Lima (Peru) on Monday (the 4th)."
    )
    assert [(sorted(long), short) for long, short in short_forms(text)] == [
        (["american", "of", "organization", "states"], "oas"),
        (["de", "petroleos", "venezuela"], "pdvsa"),
    ]
