from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.tokens import stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ships sailed; a ship SAILS.", ["ship", "sail", "a", "ship", "sail"]),
        ("the U.S. and the u.s, the US", ["the", "us", "and", "the", "us", "the", "us"]),
        ("a U.S.-backed e.g. A.", ["a", "us", "back", "eg", "a"]),
        ("10,000 1,234,567.8 2.5 2,5", ["10000", "1234567.8", "2.5", "2.5"]),
        ("$2.5bn, 1,000m", ["2.5", "bn", "1000", "m"]),
        ("11.01.2019 and 1.2.3", ["11", "01", "2019", "and", "1", "2", "3"]),
        ("in 2019, 5. 3rd", ["in", "2019", "5", "3rd"]),
        ("Maduro's Maduro’s O'Neill 'tis'", ["maduro", "maduro", "o", "neill", "tis"]),
        ("café CAFÉ cafe\u0301 Straße", ["cafe", "cafe", "cafe", "strass"]),
        ("Søren Łódź Đorđić Æsop Œuvre ÞÓR ısı", "soren lodz dordic aesop oeuvr thor isi".split()),
        ("x_y a—b c–d e…f bbc.co.uk", ["x", "y", "a", "b", "c", "d", "e", "f", "bbc", "co", "uk"]),
        ("石油 हिंदी", ["石油", "हिंदी"]),
        ("½ ﬁx x²", ["1", "2", "fix", "x2"]),
        (" \0 \ud800 … ' . ,, '' ._", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@given(st.text(), st.text())
def test_a_text_has_the_stems_of_its_parts_and_none_is_empty(one: str, other: str) -> None:
    together = stems(f"{one} | {other}")
    assert together == stems(one) + stems(other)
    assert all(stem and not stem.isspace() and stem.encode() for stem in together)
