"""What is a sentence, and whether it tells of what was or is to come."""

from __future__ import annotations

import pytest

from rag.english.sentences import (
    ends_as_sentence,
    is_sentence,
    is_statement,
    tells_of_past,
    tells_of_plans,
)


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


def test_a_question_and_what_is_cut_off_state_nothing() -> None:
    assert is_statement("“The bridge fell.”")
    assert not any(
        map(is_statement, ["Why did it fall?", "The bridge was built by ...", "Bridge falls"])
    )
