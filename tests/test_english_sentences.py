"""What is a sentence, and whether it tells of what was or is to come."""

from __future__ import annotations

import pytest

from rag.english.sentences import is_statement, tells_of_past, tells_of_plans


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
    ("text", "states"),
    [
        ("The bridge fell.", True),
        ("“The bridge fell!”", True),
        ("Why did it fall? ", False),
        ("The bridge was built by ...", False),
        ("Bridge falls", False),
    ],
)
def test_what_a_line_ends_as(text: str, states: bool) -> None:
    assert is_statement(text) == states
