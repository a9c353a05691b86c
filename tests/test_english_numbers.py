"""Numbers of a text as values, what they measure, and when two are one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rag.english.numbers import Amount, amounts, numbers


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
        ("nineteen eighty-four; twenty nineteen; twenty ten", [1984, 2010, 2019]),
        ("sixteen twenty-year-olds", [16, 20]),
        ("two-hundred-and-five", [205]),
        ("between two hundred and five hundred", [200, 500]),
        ("between five thousand and two million", [5000, 2000000]),
        ("a half-million, half a million", [500000]),
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
        ("Over 400 were killed.", [(400, "more", "", {"dead"})]),
        ("43 people died, 16 injured", [(43, "", "", {"dead"}), (16, "", "", {"hurt"})]),
        ("nearly $2.5 million", [(2_500_000, "less", "dollar", set())]),
        ("No more than 30", [(30, "less", "", set())]),
        ("up to 30, went up to 30", [(30, "less", "", set()), (30, "", "", set())]),
        ("some 70 officials", [(70, "about", "", {"offici"})]),
        ("30% or 30 per cent", [(30, "", "percent", set())] * 2),
        ("2 million U.S. dollars, US$2m", [(2_000_000, "", "dollar", set())] * 2),
        ("a 10km run, 10 km long", [(10, "", "kilometre", set())] * 2),
        ("5kg or $5million", [(5, "", "kilogram", set()), (5_000_000, "", "dollar", set())]),
        ("20 square miles, 30 km", [(20, "", "square mile", set()), (30, "", "kilometre", set())]),
        ("12 houses", [(12, "", "", {"hous"})]),
    ],
)
def test_amounts(text: str, expected: list[tuple[int, str, str, set[str]]]) -> None:
    assert [(int(a.value), a.bound, a.unit, a.things) for a in amounts(text)] == expected


def test_an_amount_stands_where_it_says() -> None:
    text = "Ño, two hundred and five of 1,200 left; half a million stayed."
    assert [text[a.start : a.end] for a in amounts(text)] == [
        "two hundred and five",
        "1,200",
        "half a million",
    ]


def amount(text: str) -> Amount:
    (found,) = amounts(text)
    return found


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ("over 400", "425", False),
        ("over 400", "501", True),  # a quarter more at most
        ("over 400", "399", True),
        ("nearly 400", "390", False),
        ("about 3,600", "3,300", False),
        ("3,600", "3,559", False),  # rounded
        ("3,559", "3,506", True),
        ("43%", "43 percent", False),
        ("43%", "43", False),
        ("$2 million", "2 million dollars", False),
        ("$2 million", "€2 million", False),
        ("43 people", "43 dead", False),
        ("43 people", "at least 26", True),
        ("43 dead", "26 injured", False),
        ("12 houses", "43 people", False),
        ("70 senior officials", "80 officials left", True),
    ],
)
def test_when_two_amounts_differ(left: str, right: str, differ: bool) -> None:
    one, other = amount(left), amount(right)
    assert (one.differs(other), other.differs(one)) == (differ, differ)
