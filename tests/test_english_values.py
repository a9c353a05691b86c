"""What a marked span is, and which two of them are in conflict."""

from __future__ import annotations

from datetime import date

import pytest

from rag.english.dates import When
from rag.english.numbers import Amount
from rag.english.values import Named, Value, read_value


def value(span: str, sentence: str = "") -> Value:
    found = read_value(span, sentence or span)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("span", "sentence", "kind"),
    [
        ("43", "At least 43 people died in 1943.", Amount),
        ("43 people", "43 people died.", Amount),
        ("1984", "He was born in 1984.", When),
        ("10 January", "On 10 January 43 people met.", When),
        (
            "a dozen Latin American governments",
            "A plea of a dozen Latin American governments.",
            Amount,
        ),
        ("Boeing 737", "A Boeing 737 crashed.", Named),
        ("Bank of England", "The Bank of England met.", Named),
    ],
)
def test_the_kind_of_a_span(span: str, sentence: str, kind: type) -> None:
    assert isinstance(value(span, sentence).what, kind)


@pytest.mark.parametrize(
    "span",
    [
        "Ana met Bo",
        "because it rained",
        "the president of Peru",
        "the President",
        "43 dead and 16 injured",
        "Canada and a dozen Latin American governments",
        "1953 and 1954",
        "",
    ],
)
def test_what_is_no_single_value(span: str) -> None:
    assert read_value(span, f"They say {span}.") is None


def test_a_span_is_read_by_the_words_around_it() -> None:
    read = value("43", "In 1943 at least 43 miners were killed.").what
    assert isinstance(read, Amount)
    assert (read.value, read.bound, read.things) == (43, "more", {"dead"})


def test_a_weekday_is_read_by_the_day_of_the_article() -> None:
    read = read_value("Friday", "They met on Friday.", date(2019, 1, 5))
    assert read is not None
    assert isinstance(read.what, When)
    assert read.what.parts == (2019, 1, 4, 4)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("President Donald Trump", ("donald", "trump")),
        ("Venezuelan President Maduro", ("maduro",)),
        ("the mayor, Ana Costa", ("ana", "costa")),
        ("the Bank of England", ("bank", "england")),
    ],
)
def test_a_name_is_its_words_without_titles(span: str, expected: tuple[str, ...]) -> None:
    assert value(span).what == Named(expected)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1984", "nineteen eighty-four"),
        ("Donald Trump", "Trump"),
        ("Donald Trump", "President Trump"),
        ("New York", "New York City"),
        ("WHO", "World Health Organization"),
        ("the US", "United States"),
        ("Canadian", "Canada"),
        ("Guaidó", "GUAIDO\u0301"),
        ("43 people", "43 dead"),
        ("January 2019", "10 January 2019"),
        ("Peru and Chile", "Chile and Peru"),
        ("at 10:00", "10 a.m."),
        ("12:30 am", "0:30"),
        ("2.30pm", "14:30"),
    ],
)
def test_two_that_agree(left: str, right: str) -> None:
    one, other = value(left), value(right)
    assert (one.differs(other), other.differs(one)) == (False, False)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Donald Trump", "Hillary Clinton"),
        ("Bill Clinton", "Hillary Clinton"),
        ("North Korea", "South Korea"),
        ("Boeing 737", "Boeing 747"),
        ("43 people", "at least 26"),
        ("1900", "1910"),  # years are never rounded
        ("about 1835", "about 1935"),
        ("in 1850", "10 July 1885"),
        ("10:00", "8:30"),
        ("9 am", "9 p.m."),
    ],
)
def test_two_that_are_in_conflict(left: str, right: str) -> None:
    one, other = value(left), value(right)
    assert (one.differs(other), other.differs(one)) == (True, True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Ana", "Ana met Bo."), ("Bo", "Bo met Ana.")),
        (("Paris", "It was held in Paris, France."), ("France", "It was held in France.")),
        (("Trump", "Trump won."), ("43", "43 won.")),
        (("43%", "43% left."), ("43", "43 left.")),
        (("on Friday", "on Friday"), ("2019", "in 2019")),
        (("10 a.m. in Lima", "At 10 a.m. in Lima."), ("15:00 GMT", "At 15:00 GMT.")),
    ],
)
def test_two_that_cannot_be_set_against_each_other(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    one, other = value(*left), value(*right)
    assert (one.differs(other), other.differs(one)) == (False, False)


@pytest.mark.parametrize("span", ["25:21", "9 a.m. to 5 p.m.", "2:03:59", "Monday at 9 am"])
def test_a_score_and_a_span_of_hours_are_no_time_of_day(span: str) -> None:
    assert read_value(span, f"It was {span}.") is None
