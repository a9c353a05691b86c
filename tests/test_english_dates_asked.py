"""The dates of a question as bounds on publication: which, how wide, and when none."""

from __future__ import annotations

from datetime import date

import pytest

from rag.english.dates_asked import Days, date_phrases, days_asked, range_asked

TODAY = date(2019, 1, 30)  # a Wednesday
DAYS = [
    *(date(year, 5, 1) for year in (1999, 2015, 2018)),
    *(date(2019, 1, day) for day in (3, 9, 10, 20, 22, 28, 29, 30)),
    date(2019, 4, 1),
    date(2022, 6, 1),
    date(2022, 9, 1),
]


def read(question: str, days: list[date] = DAYS) -> Days | None:
    return range_asked(date_phrases(question, TODAY), days)


@pytest.mark.parametrize(
    ("question", "phrase", "after", "before"),
    [
        # The day of an event: news of it comes then or later
        ("Who won in 2019?", "in 2019", "2019-01-01", None),
        ("In March 2018, who led?", "In March 2018", "2018-03-01", None),
        ("Who led from 2004 to 2010?", "from 2004 to 2010", "2004-01-01", None),
        (
            "What did they say between April and July 2022?",
            "between April and July 2022",
            "2022-04-01",
            None,
        ),
        (
            "How many were held between 21 and 26 January 2019?",
            "between 21 and 26 January 2019",
            "2019-01-21",
            None,
        ),
        ("Who met on 4 January 2019?", "on 4 January 2019", "2019-01-04", None),
        ("Who met on Jan. 4, 2019?", "on Jan. 4, 2019", "2019-01-04", None),
        ("Who died on 2019-01-25?", "on 2019-01-25", "2019-01-25", None),
        # Since, after, before
        ("How many left since March 2018?", "since March 2018", "2018-03-01", None),
        ("What changed after 2018?", "after 2018", "2019-01-01", None),
        ("What did Peru do after 10 January 2019?", "after 10 January 2019", "2019-01-10", None),
        (
            "What was said before the inauguration on 10 January 2019?",
            "before the inauguration on 10 January 2019",
            None,
            "2019-01-09",
        ),
        ("What was said before May 2018?", "before May 2018", None, "2018-04-30"),
        # The day of publication
        ("Which articles of 2018 name Peru?", "of 2018", "2018-01-01", "2018-12-31"),
        ("What was published in January 2019?", "in January 2019", "2019-01-01", "2019-01-31"),
        ("Is there news from March 2018 on oil?", None, None, None),
        ("Which articles before 2019 name Peru?", "before 2019", None, "2018-12-31"),
        # Counted from today
        ("Who resigned yesterday?", "yesterday", "2019-01-29", "2019-01-30"),
        ("What happened today?", "today", "2019-01-30", "2019-01-30"),
        ("What happened last week?", "last week", "2019-01-21", "2019-01-30"),
        ("Which stars were honoured this week?", "this week", "2019-01-24", "2019-01-30"),
        ("Who won last Friday?", "last Friday", "2019-01-25", "2019-01-30"),
        ("What closed this month?", "this month", "2019-01-01", "2019-01-30"),
        ("How many died last year?", "last year", "2018-01-01", "2019-01-30"),
        ("What was said in the last 3 days?", "in the last 3 days", "2019-01-27", "2019-01-30"),
        ("Who left in the last 9999999 years?", "in the last 9999999 years", "0001-01-01", TODAY),
        ("Who quit over the past two weeks?", "over the past two weeks", "2019-01-16", TODAY),
        # Several: all that they cover
        ("Was it more in 2015 than in 2018?", "in 2015 … in 2018", "2015-01-01", None),
    ],
)
def test_a_phrase_is_read(
    question: str, phrase: str | None, after: str | None, before: str | date | None
) -> None:
    found = read(question)
    if phrase is None:
        assert found is None
        return
    assert found is not None
    assert " … ".join(one.text for one in date_phrases(question, TODAY)) == phrase
    assert tuple(map(str, found)) == (str(after), str(before))


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 1998 World Cup?",  # a name
        "What followed the vote of May 2018?",
        "Do they have confidence in May?",  # a person
        "Who will march in March?",
        "Who was president before 2019?",  # history, told at any time
        "What is it worth today?",  # nowadays
        "Who won last Monday?",  # two days ago, or nine
        "What happened in the last week of 2018?",
        "Which party won on 04/01/2019?",  # two days
        "Who left on 31 February 2019?",  # none
        "Who left in 2030?",  # no article that late
        "What happened in 1990?",  # every article is later
        "What was said on 1 May?",  # of any year
        "How many people live in 1800 houses?",
        "Who is Maduro?",
    ],
)
def test_what_may_mean_something_else_is_left_unread(question: str) -> None:
    assert read(question) is None


def test_without_dated_articles_nothing_is_read() -> None:
    assert read("Who won in 2019?", []) is None


def test_phrases_are_exact() -> None:
    question = "Before the vote on 15 January 2019, what did May do last week?"
    phrases = date_phrases(question, TODAY)
    assert [question[p.start : p.end] for p in phrases] == [p.text for p in phrases]
    assert [p.text for p in phrases] == ["Before the vote on 15 January 2019", "last week"]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened in January 2019?", date(2019, 1, 1), date(2019, 1, 31)),
        ("What happened between 5 and 12 January 2019?", date(2019, 1, 5), date(2019, 1, 12)),
        ("What happened on 10 January 2019?", date(2019, 1, 10), date(2019, 1, 10)),
        ("What happened on 10 January?", None, None),
        ("What happened since May 2018?", date(2018, 5, 1), None),
        ("What happened after May 2018?", date(2018, 6, 1), None),
        ("What happened before 10 January 2019?", None, date(2019, 1, 9)),
        # On a Wednesday
        ("What happened last week?", date(2019, 1, 21), date(2019, 1, 27)),
        ("What happened last Friday?", date(2019, 1, 25), date(2019, 1, 25)),
        ("What happened yesterday?", date(2019, 1, 29), date(2019, 1, 29)),
        ("What happened last month?", date(2018, 12, 1), date(2018, 12, 31)),
        ("What happened this month?", date(2019, 1, 1), date(2019, 1, 30)),
        ("What happened?", None, None),
    ],
)
def test_the_days_themselves_are_asked_for(
    question: str, first: date | None, last: date | None
) -> None:
    assert days_asked(date_phrases(question, date(2019, 1, 30))) == (first, last)


@pytest.mark.parametrize("day", [date.min, date(1, 1, 5), date.max])
def test_no_day_lies_before_the_first_or_after_the_last(day: date) -> None:
    asked = "last week, this week, last night, tomorrow, last Friday, next Friday, or a day ago?"
    first, last = days_asked(date_phrases(f"What happened {asked}", day))
    assert (first or date.min) <= (last or date.max)
