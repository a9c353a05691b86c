"""On which day a sentence says that something was: what is explained, and what is left as it is."""

from __future__ import annotations

from datetime import date

import pytest

from rag.english.days_told import days_meant, days_told

PUBLISHED = date(2019, 1, 11)
"""A Friday."""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("On Thursday, the council met.", [("Thursday", 10)]),
        (
            "The council met on Thursday night and on Tuesday.",
            [("Thursday night", 10), ("Tuesday", 8)],
        ),
        ("The mayor said on Wednesday that the bridge will open soon.", [("Wednesday", 9)]),
        ("The governors urged him on Friday not to be sworn in.", [("Friday", 11)]),
        ("He told reporters at Lund Station Thursday.", [("Thursday", 10)]),
        ("On Thursday Trump signed the bill.", [("Thursday", 10)]),
        ("She won ten states on Super Tuesday.", []),
        ("They played on Monday Night Football.", []),
        ("Sheffield Wednesday beat Leeds, wrote Sunday Times reporters.", []),
        (
            "The ship sank yesterday, two days ago it sailed.",
            [("yesterday", 10), ("two days ago", 9)],
        ),
    ],
)
def test_a_day_that_is_certain_is_told(sentence: str, expected: list[tuple[str, int]]) -> None:
    found = list(days_meant(sentence, PUBLISHED))
    assert [(meant.text, meant.day.day) for meant in found] == expected
    assert all(sentence[m.at :].startswith(m.text) for m in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "The council met on Thursday, 10 January 2019.",
        "The council met on Thursday (10 January).",
        "The council will meet on Tuesday.",
        "The council leaves on Tuesday and will meet the envoys that it had invited.",
        "The council asked the schools to stay closed until Tuesday.",
        "The council met on Saturday.",  # Six days ago, or tomorrow?
        "The council had met every Thursday.",
        "It was Thursday’s only vote.",
        "He told the Sunday Times that it was late.",
        "It was told in USA TODAY.",
        "The council met last week.",
    ],
)
def test_what_is_not_certain_is_left_as_it_is(sentence: str) -> None:
    assert list(days_meant(sentence, PUBLISHED)) == []


def test_without_the_articles_day_none_is_told() -> None:
    assert list(days_meant("It was closed on Thursday.", None)) == []


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("The bridge was opened in 1931.", [1931]),
        ("In 1931 the town, which grew, opened the bridge.", [1931]),
        ("He said that the mill closed in 1972.", [1972]),
        ("Much of 1972 was dry.", [1972]),
        ("Thousands marched on the anniversary of the fall of Calder in 1958.", []),
        ("Eva Berg, who led the port in 1998, opposed the plan.", []),
        ("The town mourned the ferry that sank in 1998.", []),
        ("The council invoked the Harbour Act of 1972.", []),
    ],
)
def test_the_year_of_something_else_is_not_told(sentence: str, years: list[int]) -> None:
    assert [told.first.year for told in days_told(sentence, PUBLISHED)] == years


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("The lock has been shut since Tuesday.", [8]),
        ("Since Tuesday the lock has been shut.", []),
        ("Prices rose by the most since 8 January.", []),
        ("It has been the worst storm since 8 January.", []),
        ("The mill has been in the midst of a strike since 8 January.", [8]),
        ("The fair had been planned for 7 January.", [7]),
        ("A hearing is scheduled for 17 January.", [17]),
        ("They had waited for 7 January.", []),
    ],
)
def test_what_begins_or_is_planned_is_told_and_no_other_of_such_a_day(
    sentence: str, days: list[int]
) -> None:
    assert [told.first.day for told in days_told(sentence, PUBLISHED)] == days
