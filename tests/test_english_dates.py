"""Dates of a text, by the article's day or without it, and when two are one."""

from __future__ import annotations

from datetime import date

import pytest

from rag.english.dates import When, dates


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
        ("They’ll meet all of the envoys of the group there, on Wednesday.", [(2019, 1, 9)]),
        ("It will close, the bank said on Wednesday.", [(2019, 1, 2)]),
        ("Theresa May lost the vote on Wednesday.", [(2019, 1, 2)]),
        ("Rescuers could hear voices on Wednesday.", [(2019, 1, 2)]),
        ("The people next door called the police on Wednesday.", [(2019, 1, 2)]),
        ("over the next year", []),
        ("on Friday, two days ago", [(2019, 1, 4), (2019, 1, 2)]),
        ("last month, last year", [(2018, 12, None), (2018, None, None)]),
        ("in December, on 10 January", [(2018, 12, None), (2019, 1, 10)]),
        ("last night, this morning", [(2019, 1, 3), (2019, 1, 4)]),
        ("in mid-May", [(2019, 5, None)]),
        ("on 3 June last year, in June of last year", [(2018, 6, 3), (2018, 6, None)]),
        ("between 5 and 8 January", [(2019, 1, 5), (2019, 1, 8)]),
        ("the night of 4–5 January 2019", [(2019, 1, 4), (2019, 1, 5)]),
        ("January 5-8, 2019", [(2019, 1, 5)]),
        ("born 1984", [(1984, None, None)]),
        ("some years ago, twelve years ago, a year ago", [(None,) * 3, (2018, None, None)]),
        ("a million days ago, trillion days ago, 0 days ago", []),
        ("on march 5, 2019, the 5th of may", [(2019, 3, 5), (2019, 5, 5)]),
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


@pytest.mark.parametrize(
    "text",
    [
        "They marched 12 miles.",
        "They march 12 miles; may 5 of them rest?",
        "March 12 miles a day.",
        "the novel 1984",
        "the mayor 5",
        "Do they trust in May?",
        "in two thousand houses, in 1,200 homes, by 20%",
    ],
)
def test_what_only_looks_like_a_date(text: str) -> None:
    assert dates(text, date(2019, 1, 4)) == ()


def when(text: str) -> When:
    (found,) = dates(text)
    return found


@pytest.mark.parametrize(
    ("left", "right", "agrees"),
    [
        ("January 2019", "10 January 2019", True),
        ("in 2019", "10 January 2019", True),
        ("10 January", "January 2019", True),
        ("10 January 2019", "11 January 2019", False),
        ("January 2019", "10 January 2018", False),
        ("in 2019", "in 2018", False),
        ("on Friday", "on Thursday", False),
        ("in 2019", "10 January", True),
        ("on Friday", "10 January", True),
        ("on 10 January 2019", "on Thursday", True),
        ("on 10 January 2019", "on Friday", False),
    ],
)
def test_when_two_dates_are_one(left: str, right: str, agrees: bool) -> None:
    one, other = when(left), when(right)
    assert (one.agrees(other), other.agrees(one)) == (agrees, agrees)


def test_a_day_lies_within_its_month_and_not_the_reverse() -> None:
    day, month = when("10 January 2019"), when("January 2019")
    assert (day.within(month), month.within(day)) == (True, False)
    assert not day.within(when("Friday 10 January"))  # it was a Thursday
