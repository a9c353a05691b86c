"""Tenses: what was, what is, and what is to come."""

from __future__ import annotations

import pytest

from rag.english.tense import tells_of_past, tells_of_plans


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
