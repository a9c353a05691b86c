"""Scores of one answer, against values worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fakes import LIMA, QUOTE_END, UNDATED
from rag.evaluation.scores import (
    cites_document,
    cites_gold,
    contains,
    is_supported,
    normalise,
    token_f1,
)
from rag.types import Citation, Claim

TEXTS = {LIMA.id: LIMA.text, UNDATED.id: UNDATED.text}
QUOTE = Citation(1, LIMA, 0, QUOTE_END)
PERU = Citation(2, UNDATED, 0, len(UNDATED.text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Lima\nGroup, a bloc.", "lima group bloc"),
        ("“Lima” – ‘group’…", "lima group"),
        ("Andes and an ant", "andes and ant"),
        ("1,200.5", "12005"),
        ("a", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "golds", "expected"),
    [
        ("It was the LIMA group.", ["The Lima Group"], True),
        ("It was Lima's group.", ["Lima group"], False),
        ("Venezuelan leaders", ["Venezuela"], True),
        ("Peru", ["Chile", "peru"], True),
        ("Peru", [], False),
        ("vitamin A", ["A"], True),
        ("vitamin C", ["A"], False),
        ("Peru", [" "], False),
    ],
)
def test_contains(text: str, golds: list[str], expected: bool) -> None:
    assert contains(text, golds) is expected


@pytest.mark.parametrize(
    ("text", "golds", "expected"),
    [
        ("1989", ["1989"], 1.0),
        # 1 of 4 words is right and the 1 of the gold is found: 2 * 1 / (4 + 1).
        ("It fell in 1989", ["1989"], 0.4),
        # "the" is no word; 2 of 3 and 2 of 2.
        ("the Lima Group met", ["Lima Group"], 0.8),
        # Bags: the second "very" finds no partner; 1 of 2 and 1 of 1.
        ("very very", ["very"], 2 / 3),
        ("Peru", ["Chile", "Peru or Chile"], 0.5),
        ("Peru", ["Chile"], 0.0),
        ("", ["Peru"], 0.0),
        ("Peru", [], 0.0),
    ],
)
def test_token_f1(text: str, golds: list[str], expected: float) -> None:
    assert token_f1(text, golds) == pytest.approx(expected)


def test_the_cited_article() -> None:
    assert cites_document([PERU, QUOTE], {LIMA.id})
    assert not cites_document([PERU], {LIMA.id})
    assert not cites_document([], {LIMA.id})


def test_a_citation_of_the_answer_holds_it_or_overlaps_it() -> None:
    mexico = LIMA.text.index("Mexico")
    assert cites_gold([QUOTE], {LIMA.id}, ["Latin American"])
    # The quote ends before Mexico; a span of the article is overlapped, not held.
    assert not cites_gold([QUOTE], {LIMA.id}, ["Mexico"], [mexico])
    assert cites_gold([Citation(1, LIMA, 0, mexico + 1)], {LIMA.id}, ["Mexico"], [mexico])
    assert not cites_gold([Citation(1, LIMA, 0, mexico)], {LIMA.id}, ["Mexico"], [mexico])
    # An offset at which no answer stands says nothing.
    assert not cites_gold([QUOTE], {LIMA.id}, ["Mexico"], [0])
    # In another article than the gold one it does not count; if none is known, it does.
    assert not cites_gold([PERU], {LIMA.id}, ["mountains"])
    assert cites_gold([PERU], (), ["mountains"])


def test_a_claim_is_checked_anew_against_its_quotes() -> None:
    good = "Canada and a dozen Latin American governments urged Maduro not to be sworn in."
    assert is_supported(Claim(good, (QUOTE,)), TEXTS)
    assert not is_supported(Claim(good.replace("Canada", "Brazil"), (QUOTE,)), TEXTS)
    assert not is_supported(Claim(good.replace("not to", "to"), (QUOTE,)), TEXTS)
    assert not is_supported(Claim(good, (PERU,)), TEXTS)
    assert not is_supported(Claim(good, ()), TEXTS)


def test_a_claim_may_rest_on_several_quotes_in_any_order() -> None:
    second = Citation(1, LIMA, QUOTE_END + 1, len(LIMA.text))
    both = f"{QUOTE.quote} {second.quote}"
    assert is_supported(Claim(both, (second, Citation(2, LIMA, 0, QUOTE_END))), TEXTS)


@dataclass(frozen=True)
class Retold:
    """A citation whose quote is not the article's text."""

    document = LIMA
    number = 1
    start: int
    end: int
    quote: str


def test_a_quote_must_be_in_the_stored_article_to_the_letter() -> None:
    claim = "Canada urged Maduro not to be sworn in."
    for cited in (
        Retold(0, QUOTE_END, LIMA.text[:QUOTE_END].replace("urged", "Urged")),
        Retold(1, QUOTE_END + 1, LIMA.text[:QUOTE_END]),
        Retold(9000, 9001, ""),
    ):
        assert not is_supported(Claim(claim, (cited,)), TEXTS)  # type: ignore[arg-type]
    exact = Retold(0, QUOTE_END, LIMA.text[:QUOTE_END])
    assert is_supported(Claim(claim, (exact,)), TEXTS)  # type: ignore[arg-type]
    assert not is_supported(Claim(claim, (exact,)), {LIMA.id: "edited"})  # type: ignore[arg-type]
    assert not is_supported(Claim(claim, (exact,)), {})  # type: ignore[arg-type]
