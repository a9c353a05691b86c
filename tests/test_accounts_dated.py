"""On which day a sentence's event was; none where its words leave a doubt."""

from __future__ import annotations

from datetime import date

import pytest

from index.types import Document
from rag.answer.accounts.timeline import happening
from rag.types import Evidence

FRIDAY = date(2019, 1, 11)


def item(text: str, published: date | None = FRIDAY) -> Evidence:
    return Evidence(Document(text, published=published), 0, len(text), 0, 0, 0, 0.0)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("The ministers met on Thursday.", "10 January 2019"),
        ("The ministers met yesterday.", "10 January 2019"),
        ("The ministers met on Friday evening.", "11 January 2019"),
        ("The vote was held on 20 May 2018.", "20 May 2018"),
        ("The vote was held on the evening of 20 May 2018.", "20 May 2018"),
        ("The group was founded in March 2018.", "March 2018"),
        ("The group was founded in 2015.", "2015"),
        ("The group was founded last year.", "2018"),
        ("The group said on Thursday that the vote of May 2018 was void.", "10 January 2019"),
        ("The group said on Thursday that it will vote again.", "10 January 2019"),
        ("The group will vote on Monday.", "14 January 2019 (planned)"),
    ],
)
def test_the_day_that_the_words_give(text: str, heading: str) -> None:
    event = happening(item(text))
    assert event is not None
    assert event.heading == heading


@pytest.mark.parametrize(
    "text",
    [
        "The ministers met.",
        "Three million have left since 2015.",
        "The term runs until 2025.",
        "The ministers met after the vote of May 2018.",
        "Most have voted again since the court of the U.S. ruled on 4 January.",
        "The group sent aid worth 2 billion since the storm began on 4 January.",
        "The ministers met twice before the vote on Thursday.",
        "The May 20 vote was void, the ministers found.",
        "Thursday's vote was close.",
        "Between 5 and 8 January 850 people were detained.",
        "The town is known today for its bridge, which fell and was built anew.",
        "Nearly two years ago the ministers met.",
        "The ministers met often this year.",
        "The group will be stronger in 2024.",
        # The next one, or that of six days ago
        "On Wednesday, the group plans to set out.",
        "The fair was opened on Saturday.",
        # A caption
        "Smoke rises over the harbour on Thursday.",
    ],
)
def test_a_date_of_something_else_or_of_one_of_two_days_is_none(text: str) -> None:
    assert happening(item(text)) is None


def test_without_the_day_of_its_article_a_weekday_is_none() -> None:
    assert happening(item("The ministers met on Thursday.", None)) is None
    assert happening(item("The ministers met on 5 January 2019.", None)) is not None
