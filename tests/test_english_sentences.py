"""What is a sentence, whether it tells of what was or is to come, and what it negates."""

from __future__ import annotations

import pytest

from rag.english.sentences import is_statement, negations, tells_of_past, tells_of_plans


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mexico did not sign the statement.", [("sign", "statement")]),
        ("Mexico didn’t sign, and stayed.", [("sign",)]),
        ("urged him to abstain from being sworn in", [("sworn",)]),
        ("They refused to recognise it.", [("recognis",)]),
        ("He failed to win.", [("win",)]),
        ("It is not well-grounded.", [("ground",)]),
        ("Silva denied taking bribes.", [("take", "bribe")]),
        ("They were unable to land.", [("land",)]),
        (
            "Neither side spoke; nobody left without tears.",
            [("side", "spoke"), ("left", "tear"), ("tear",)],
        ),
        ("not only signed but praised it", []),
        ("the No. 5 seed", []),
        ("He knows another notion.", []),
        ("Not. Signed.", []),
    ],
)
def test_negations(text: str, expected: list[tuple[str, ...]]) -> None:
    assert negations(text) == expected
