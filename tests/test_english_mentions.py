"""Where a text names something: whole words, names by their initials, words in other forms."""

from __future__ import annotations

import pytest

from rag.english.mentions import mentions


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("Peru", "Peru’s envoy left Peru; the Peruvian one stayed.", ["Peru’s", "Peru"]),
        ("Guaido", "Guaidó and GUAIDO, but no Guaidósson.", ["Guaidó", "GUAIDO"]),
        ("Guaidó", "Guaido\u0301 spoke.", ["Guaido\u0301"]),
        ("the Ever Given", "The Ever Given was ever given a tug.", ["Ever Given"]),
        (
            "the United Nations",
            "The UN, or U.N., is the United Nations.",
            ["UN", "U.N", "United Nations"],
        ),
        ("US", "They gave us the U.S. figures.", ["U.S"]),
        ("bridge", "Bridges and a bridge, not a bridgehead.", ["Bridges", "bridge"]),
        ("city", "Two cities and a city.", ["cities", "city"]),
        ("Lund", "He came to Lund.The boat sank.", ["Lund"]),
        ("unasur", "UNASUR and Unasur", ["UNASUR", "Unasur"]),
        ("Unasur", "a text without it", []),
    ],
)
def test_mentions(term: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in mentions(text, term)] == found
