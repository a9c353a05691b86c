from __future__ import annotations

import pytest

from index.text.tokens import question_stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who urged Maduro not to be sworn in?", ["urg", "maduro", "sworn"]),
        ("Maduro's MADURO maduro", ["maduro"]),
        ("Who leads the WHO?", ["lead", "who"]),
        ("WHAT DID THE US DO", ["what", "did", "the", "us", "do"]),
        ("the U.S. paid 1,000.50", ["us", "paid", "1000.50"]),
        ("to be or not to be", ["to", "be", "or", "not"]),
        ('say "OR" NEAR(x_y)*', ["say", "or", "near", "x", "y"]),
        ("Ölpreis 石油", ["olprei", "石油"]),
        ("?! _ \0 \ud800", []),
        ("", []),
    ],
)
def test_the_telling_words_of_a_text_are_looked_for(text: str, expected: list[str]) -> None:
    assert question_stems(text) == expected


def test_at_most_64_distinct_words_are_asked_for() -> None:
    stems = question_stems(" ".join(f"w{number % 100}" for number in range(1000)))
    assert stems == [f"w{number}" for number in range(64)]
