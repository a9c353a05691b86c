"""Proper names, and in which forms a text holds them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rag.english.names import missing_names, name_runs, names, same_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Jan. 10 the U.S. recognised Guaidó.", ["january", "u.s", "guaido"]),
        ("The Tuesday talks in Sept.", ["tuesday", "september"]),
        ("Peru’s Lima-born envoy", ["peru", "lima", "born"]),
        ("Rodri\u0301guez met O'Neil.", ["rodriguez", "o'neil"]),
        ("It said that US forces and the WHO left.", ["us", "who"]),
        ("no names, 石油", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert list(names(text)) == expected


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
        # Small words, and numbers, which are checked as numbers
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
        # Initials are no proof for a name that is not written as initials
        ("Ali spoke.", "Ana Lopez Ibarra spoke.", ("ali",)),
        ("Ursula Smith agreed.", "The U.S. agreed.", ("ursula", "smith")),
        ("The U.S. agreed.", "Ursula Smith agreed.", ("u.s",)),
        # Whatever opens a sentence may be who acts, or how many
        ("Officials agreed.", "Silva agreed.", ("officials",)),
        ("Soldiers shot him.", "Rebels shot him.", ("soldiers",)),
        ("Thousands left.", "Dozens left.", ("thousands",)),
    ],
)
def test_names_that_a_text_does_not_hold(claim: str, text: str, expected: tuple[str, ...]) -> None:
    assert missing_names(claim, text) == expected


def test_names_match_without_accents_decomposed_and_in_small_letters() -> None:
    for text in ("guaido", "Guaidó", "GUAIDO\u0301"):
        assert missing_names("Guaidó spoke.", text) == ()
        assert missing_names("Guaido\u0301 spoke.", text) == ()
    assert missing_names("Jørgen left Łódź.", "jorgen, lodz") == ()


def test_initials_leave_out_small_words() -> None:
    assert missing_names("The USA voted.", "The United States of America voted.") == ()


def test_runs_leave_out_small_words() -> None:
    assert name_runs("the Bank of England met Ana Silva in Lima") == [
        ["Bank", "England"],
        ["Ana", "Silva"],
    ]


def test_an_adjective_is_its_country() -> None:
    assert same_name("peruvian", "peru")
    assert same_name("canadians", "canada")
    assert not same_name("victor", "victoria")


def test_months_are_english_whatever_the_language_of_the_program() -> None:
    code = (
        "import calendar; calendar.month_name = calendar.day_name = ['', 'Jänner', 'Montag'];"
        "from rag.english.names import names; from rag.answer.accounts.sides import sides_asked;"
        "print(names('On Jan. 10'), [s.name for s in sides_asked('Compare May and June 2019')])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert printed == "('january',) ['May 2019', 'June 2019']\n"
