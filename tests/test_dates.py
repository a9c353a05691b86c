"""Dates as written, and what settles the ambiguous ones."""

from datetime import date

import pytest

from index.reading.metadata.dates import DateClues, Published, find_dates, publication_date

TODAY = date(2026, 1, 1)
JANUARY, NOVEMBER = date(2019, 1, 11), date(2019, 11, 1)
WARNING = "the date 11/01/2019 can be 11 January or 1 November; add it with --date-order DMY or MDY"


def published(written: str, **clues) -> Published:
    return publication_date((written,), DateClues(today=TODAY, **clues))


@pytest.mark.parametrize(
    "written",
    [
        "2019-01-04",
        "2019/01/04",
        "2019-1-4",
        "20190104",
        "20190104T120000Z",
        "2019-01-04T23:30:00-05:00",
        "2019-01-04 23:30",
        "4 January 2019",
        "4th January, 2019",
        "4th of January 2019",
        "04-Jan-2019",
        "January 4, 2019",
        "JANUARY 4, 2019",
        "Jan. 4, 2019",
        "Jan 4 2019",
        "Fri, 04 Jan 2019 18:00:00 +0000",
        "Friday, January 4th, 2019 at 9:30 a.m. EST",
        "4 de enero de 2019",
        "4 janvier 2019",
        "4. Januar 2019",
        "2019年1月4日",
        "Published: 4 January 2019",
        "Fri Jan  4 18:00:00 2019",
        "Fri Jan 04 18:00:00 +0000 2019",
        "Fri Jan  4 18:00:00 CET 2019",
        "4-Jan-19",
        "2019-Jan-04",
    ],
)
def test_clear_date(written: str) -> None:
    assert published(written) == Published(date(2019, 1, 4))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("25/01/2019", date(2019, 1, 25)),
        ("01/25/2019", date(2019, 1, 25)),
        ("25.1.2019", date(2019, 1, 25)),
        ("04/04/2019", date(2019, 4, 4)),
        ("25/01/98", date(1998, 1, 25)),
        ("98-01-25", date(1998, 1, 25)),
        ("28-02-19", date(2019, 2, 28)),  # In 2028 it would not have come yet.
        ("9-13-19", date(2019, 9, 13)),
        ("12-12-12", date(2012, 12, 12)),
    ],
)
def test_numeric_date_that_can_only_be_one(written: str, day: date) -> None:
    assert published(written).day == day


@pytest.mark.parametrize(
    "written",
    ["31/02/2019", "2019-02-31", "31 April 2019", "1799-01-04", "2031-01-04", "soon", "13/13/2019"],
)
def test_no_date(written: str) -> None:
    assert published(written) == Published(
        warning=f"no publication date: '{written}' is not a possible one"
    )


def test_tomorrow_is_a_date_somewhere() -> None:
    assert published("2026-01-02").day == date(2026, 1, 2)
    assert published("2026-01-03").day is None


def test_nothing_stated_is_no_reason_to_warn() -> None:
    assert publication_date((), DateClues()) == Published()


def test_the_next_stated_date_stands_in_for_an_impossible_one() -> None:
    assert publication_date(("31/02/2019", "2019-03-02"), DateClues(today=TODAY)).day == date(
        2019, 3, 2
    )


def test_ambiguous_date_stays_unknown() -> None:
    assert published("11/01/2019") == Published(warning=WARNING)


@pytest.mark.parametrize(
    ("clues", "day"),
    [
        ({"order": "DMY"}, JANUARY),
        ({"order": "MDY"}, NOVEMBER),
        # The person's word counts more than any clue.
        ({"order": "MDY", "text": "Since 25/12/2018", "language": "es"}, NOVEMBER),
        # Another numeric date that is clear.
        ({"text": "The vote of 25/12/2018 was annulled."}, JANUARY),
        ({"text": "The vote of 12/25/2018 was annulled."}, NOVEMBER),
        # The page's language.
        ({"language": "en-GB"}, JANUARY),
        ({"language": "es"}, JANUARY),
        ({"language": "es_VE"}, JANUARY),
        ({"language": "en-US"}, NOVEMBER),
        # A clear date near one reading.
        ({"text": "Maduro was sworn in on Jan. 10 in Caracas."}, JANUARY),
        ({"text": "Maduro was sworn in on 10 January 2019."}, JANUARY),
        ({"text": "It happened on 2019-10-30."}, NOVEMBER),
        ({"text": "El acto del 10 de enero"}, JANUARY),
        # The file was written before November.
        ({"modified": date(2019, 2, 1)}, JANUARY),
    ],
)
def test_what_settles_it(clues: dict, day: date) -> None:
    assert published("11/01/2019", **clues) == Published(day)


def test_weekday_beside_the_date_settles_it() -> None:
    # 4 March 2019 was a Monday, 3 April 2019 a Wednesday.
    assert published("Monday, 04/03/2019").day == date(2019, 3, 4)
    assert published("Wednesday, 04/03/2019").day == date(2019, 4, 3)
    assert published("Friday, 04/03/2019").day is None
    # 11 January and 1 November 2019 were both Fridays.
    assert published("Friday, 11/01/2019").day is None


@pytest.mark.parametrize(
    "clues",
    [
        {"language": "en"},
        {"language": "en-CA"},
        {"language": "es-US"},
        {"text": "Since 25/12/2018, or 12/26/2018"},
        {"text": "Between Jan. 10 and Oct. 30"},
        {"text": "He may 10 times out of 12 be right. The 10 Mars rovers agree."},
        {"text": "Elections are due on May 20."},
        {"text": "The ceremony of Jan. 10", "language": "en-US"},  # they contradict each other
        {"modified": date(2020, 1, 1)},
        {"modified": date(1980, 1, 1)},
    ],
)
def test_what_does_not_settle_it(clues: dict) -> None:
    assert published("11/01/2019", **clues) == Published(warning=WARNING)


def test_a_reading_in_the_future_is_impossible() -> None:
    clues = DateClues(today=date(2019, 2, 1))
    assert publication_date(("11/01/2019",), clues) == Published(JANUARY)


def test_positions_are_those_of_the_text() -> None:
    text = "From Jan. 4, 2019 to 12/01/2019, not v1.2.2019 or 1/2/3."
    assert [text[m.start : m.end] for m in find_dates(text)] == ["Jan. 4, 2019", "12/01/2019"]


@pytest.mark.parametrize(
    ("written", "clues", "day"),
    [
        ("11.01.2019", {}, JANUARY),
        ("25.01.19", {}, date(2019, 1, 25)),
        ("4. 11. 2019", {}, None),  # no numeric date, and no month by name
        ("11.01.2019", {"language": "en-US"}, JANUARY),
        ("11.01.2019", {"order": "MDY"}, NOVEMBER),
        ("01.31.2019", {}, date(2019, 1, 31)),
        ("11 mrt 2019", {}, date(2019, 3, 11)),
        ("3 de set. de 2019", {}, date(2019, 9, 3)),
        ("11 marca 2019 r.", {}, date(2019, 3, 11)),
        ("4 Μαΐου 2019", {}, date(2019, 5, 4)),
        ("4 KASIM 2019", {}, date(2019, 11, 4)),
        ("1970-01-01", {}, None),
        ("1970-01-01T00:00:00Z", {}, None),
    ],
)
def test_dots_short_months_and_the_beginning_of_clocks(written, clues, day) -> None:
    assert published(written, **clues).day == day


TWO_DIGITS = "; write its year in full, or add it with --date-order DMY or MDY"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("19-01-04", "19 January 2004 or 4 January 2019"),
        ("11/01/19", "11 January 2019 or 1 November 2019 or 19 January 2011"),
        ("04-04-19", "4 April 2019 or 19 April 2004"),
    ],
)
def test_a_year_of_two_digits_may_come_first(written: str, names: str) -> None:
    for clues in ({}, {"language": "es"}, {"text": "The vote of 25/06/2018 was annulled."}):
        assert published(written, **clues) == Published(
            warning=f"the date {written} can be {names}{TWO_DIGITS}"
        )


@pytest.mark.parametrize(
    ("written", "clues", "day"),
    [
        ("19-01-04", {"order": "DMY"}, date(2004, 1, 19)),
        ("04-04-19", {"order": "MDY"}, date(2019, 4, 4)),
        ("Friday, 19-01-04", {}, date(2019, 1, 4)),
        ("Friday, 04-04-19", {}, None),  # 19 April 2004 was a Monday, 4 April 2019 a Thursday.
        ("Thursday, 04-04-19", {}, date(2019, 4, 4)),
        ("19-01-04", {"modified": date(2010, 1, 1)}, date(2004, 1, 19)),
        ("19-01-04", {"text": "It was signed on 2 January 2019."}, date(2019, 1, 4)),
        ("19-01-04", {"order": "MDY"}, None),
    ],
)
def test_what_settles_where_its_year_is(written: str, clues: dict, day: date | None) -> None:
    assert published(written, **clues).day == day


def test_a_file_from_the_last_day_of_the_calendar() -> None:
    assert published("11/01/2019", modified=date.max) == Published(warning=WARNING)
