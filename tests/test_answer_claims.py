"""What is shown: an article's words with white space folded, cited, and the answer marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from index.types import Document
from rag.answer.claims import answer_text, make_claims, nearest_citations
from rag.types import DayMeant
from scripted import found

ODD = Document(
    "It rained.\r\n\r\n The mayor,\tRosa\u00a0 Quill,\n closed the harbour.  He  left.",
    title="Rain",
    source="Harbour Wire",
    published=date(2019, 1, 4),
)
MAYOR = "The mayor,\tRosa\u00a0 Quill,\n closed the harbour."
QUILL = "Rosa\u00a0 Quill"


def test_white_space_is_folded_in_the_text_and_kept_in_the_quote() -> None:
    (claim,) = make_claims([found(ODD, MAYOR, QUILL)])
    assert claim.text == "The mayor, Rosa Quill, closed the harbour."
    assert [citation.quote for citation in claim.citations] == [MAYOR]
    assert claim.pieces == ("The mayor, ", "Rosa Quill", ", closed the harbour.")
    assert claim.to_json()["answer"] == {
        "text": QUILL,
        "start": ODD.text.index(QUILL),
        "end": ODD.text.index(QUILL) + len(QUILL),
        "citation": 1,
        "at": 11,
    }


def test_the_answer_may_be_the_whole_sentence_its_beginning_or_its_end() -> None:
    for answer, pieces in {
        MAYOR: ("", "The mayor, Rosa Quill, closed the harbour.", ""),
        "The mayor": ("", "The mayor", ", Rosa Quill, closed the harbour."),
        "harbour.": ("The mayor, Rosa Quill, closed the ", "harbour.", ""),
    }.items():
        (claim,) = make_claims([found(ODD, MAYOR, answer)])
        assert claim.pieces == pieces


def test_the_sentence_before_is_cited_for_itself() -> None:
    (claim,) = make_claims([found(ODD, "He  left.", "left", context=MAYOR)])
    assert claim.text == "The mayor, Rosa Quill, closed the harbour. He left."
    assert [(c.number, c.quote) for c in claim.citations] == [(1, MAYOR), (2, "He  left.")]
    assert claim.answer is not None
    assert (claim.answer.number, claim.answer.quote) == (2, "left")
    assert claim.pieces == ("The mayor, Rosa Quill, closed the harbour. He ", "left", ".")


def test_what_is_cited_already_is_not_shown_again() -> None:
    first, second = make_claims(
        [found(ODD, MAYOR, QUILL), found(ODD, "He  left.", "left", context=MAYOR)]
    )
    assert (first.text, second.text) == ("The mayor, Rosa Quill, closed the harbour.", "He left.")
    assert [[c.number for c in claim.citations] for claim in (first, second)] == [[1], [2]]


def test_a_day_that_is_meant_is_explained_where_it_stands_in_the_claim() -> None:
    document = replace(ODD, text="It  rained.\n\nHe met her on  Thursday night. She left Thursday.")
    met = "He met her on  Thursday night."
    (claim,) = make_claims([found(document, "She left Thursday.", "left", context=met)])
    assert claim.text == "He met her on Thursday night. She left Thursday."
    assert claim.days == (DayMeant(14, "Thursday night", date(2019, 1, 3)),)
    assert claim.to_json()["days"] == [{"at": 14, "text": "Thursday night", "day": "2019-01-03"}]
    undated = replace(document, published=None)
    (claim,) = make_claims([found(undated, met, "met")])
    assert claim.days == ()


def test_the_same_words_of_another_article_are_shown_once() -> None:
    copy = Document("The mayor, Rosa Quill, closed the harbour. It was cold.", title="Copy")
    sentence = "The mayor, Rosa Quill, closed the harbour."
    claims = make_claims([found(ODD, MAYOR, QUILL), found(copy, sentence, "Rosa Quill")])
    assert [claim.citations[0].document for claim in claims] == [ODD]


def test_a_side_says_who_says_it() -> None:
    undated = replace(ODD, source=None, published=None)
    bare = Document("It snowed.")
    claims = make_claims(
        [
            found(ODD, MAYOR, QUILL),
            found(undated, "It rained.", "rained"),
            found(bare, "It snowed.", "snowed"),
        ],
        attributed=True,
    )
    assert [claim.attribution for claim in claims] == [
        "Harbour Wire, 4 January 2019",
        "Rain, undated",
        "an article, undated",
    ]
    assert answer_text(claims[1:], "The articles disagree.") == (
        "The articles disagree.\nRain, undated: It rained.\nan article, undated: It snowed."
    )
    assert answer_text(make_claims([found(bare, "It snowed.", "snowed")])) == "It snowed."


def test_a_refusal_shows_the_three_nearest_with_the_words_they_lack() -> None:
    items = [found(ODD, sentence, sentence) for sentence in ("It rained.", MAYOR, "He  left.")]
    items.append(found(Document("It snowed."), "It snowed.", "snowed"))
    nearest = nearest_citations(items, "Where did it snow on the Mayor?")
    assert [(c.number, c.quote, c.lacking) for c in nearest] == [
        (1, "It rained.", ("snow", "mayor")),
        (2, MAYOR, ("snow",)),
        (3, "He  left.", ("snow", "mayor")),
    ]
