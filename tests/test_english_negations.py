from __future__ import annotations

import pytest

from rag.english.negations import negations


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
