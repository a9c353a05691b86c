from __future__ import annotations

import pytest

from index.sqlite.terms import match_any, match_body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who urged Maduro not to be sworn in?", '"urged" OR "Maduro" OR "sworn"'),
        ("Maduro's MADURO maduro", '"Maduro" OR "MADURO"'),
        ("Who leads the WHO?", '"leads" OR "WHO"'),
        ("WHAT DID THE US DO", '"WHAT" OR "DID" OR "THE" OR "US" OR "DO"'),
        ("the U.S. paid 1,000.50", '"U.S." OR "paid" OR "1,000.50"'),
        ("to be or not to be", '"to" OR "be" OR "or" OR "not"'),
        ('say "OR" NEAR(x_y)*', '"say" OR "OR" OR "NEAR" OR "x" OR "y"'),
        ("Ölpreis 石油", '"Ölpreis" OR "石油"'),
        ("?! _ \0", None),
        ("", None),
    ],
)
def test_any_word_of_a_text_matches(text: str, expected: str | None) -> None:
    assert match_any(text) == expected


def test_at_most_64_distinct_words_are_asked_for() -> None:
    match = match_any(" ".join(f"w{number % 100}" for number in range(1000)))
    assert match is not None
    assert match.split(" OR ") == [f'"w{number}"' for number in range(64)]


def test_a_word_is_quoted_whatever_is_in_it() -> None:
    assert match_body('a"b\0c\ud800') == 'body : "a""b c"'
