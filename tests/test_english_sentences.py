"""What is a sentence, and whether it tells of what was or is to come."""

from __future__ import annotations

import pytest

from rag.english.sentences import ends_as_sentence, is_sentence, tells_of_past, tells_of_plans


@pytest.mark.parametrize(
    ("text", "past", "plans"),
    [
        ("The bridge fell on Friday.", True, False),
        ("They had closed it.", True, False),
        ("Smoke rises over the harbour on Tuesday.", False, False),
        ("The council meets on Monday.", False, False),
        ("The council will meet on Monday.", False, True),
        ("The mayor said he plans to leave.", True, True),
    ],
)
def test_tenses(text: str, past: bool, plans: bool) -> None:
    assert (tells_of_past(text), tells_of_plans(text)) == (past, plans)


def test_what_has_come_to_be_did_not_happen_on_one_day() -> None:
    text = "The fall of the bridge has raised doubts."
    assert tells_of_past(text)
    assert not tells_of_past(text, once=True)


@pytest.mark.parametrize(
    ("text", "ends", "whole"),
    [
        ("The bridge fell.", True, True),
        ("“The bridge fell!”", True, True),
        ("Why did it fall? ", True, True),
        ("Bridge falls", False, False),
        ("The bridge that fell was built in the year 1931", False, True),
    ],
)
def test_a_heading_is_no_sentence(text: str, ends: bool, whole: bool) -> None:
    assert (ends_as_sentence(text), is_sentence(text)) == (ends, whole)
