"""Claims: what a model wrote is shown only where an exact span of an article says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Document
from rag.claims import Draft, make_claims, worth_showing
from rag.types import Answer, Claim
from scripted import LIMA, LONG, MIGRATION, URGED, WHO_URGED, check_promises, note

SIGN = "Mexico took part in the meeting but did not sign."
ASKED = "They asked him to hand his powers to the National Assembly."
LEFT = "About 2,300,000 people have left Venezuela since 2015, the United Nations said."
NOTES = (
    note(LIMA, LONG),
    note(LIMA, SIGN),
    note(MIGRATION, LEFT),
    note(LIMA, ASKED, context=LONG),
)


def draft_of(text: str, question: str = WHO_URGED, *, truncated: bool = False) -> Draft:
    """Make claims, and hold them against the promises."""
    draft = make_claims(text, question, NOTES, truncated=truncated)
    shown = " ".join(claim.text for claim in draft.claims)
    check_promises(Answer(question, question, shown, draft.claims))
    return draft


def quotes(claim: Claim) -> list[str]:
    return [citation.quote for citation in claim.citations]


def test_the_models_words_stand_for_a_long_sentence_that_supports_them() -> None:
    draft = draft_of(URGED)
    (claim,) = draft.claims
    assert (claim.text, claim.verbatim) == (URGED, False)
    assert 0.5 < claim.support < 1
    assert "numbers in the quotes: 12" in claim.reasons
    assert quotes(claim) == [LONG]
    assert draft.supported


def test_a_short_sentence_is_shown_to_the_letter() -> None:
    draft = make_claims("Mexico did not sign it.", "Who did not sign?", NOTES[1:])
    (claim,) = draft.claims
    assert (claim.text, claim.verbatim) == (SIGN, True)
    assert quotes(claim) == [SIGN]
    assert draft.supported


def test_the_span_need_not_be_that_of_the_best_note() -> None:
    draft = draft_of("About 2,300,000 people left Venezuela.", "How many left Venezuela?")
    assert draft.supported
    assert [LEFT] in [quotes(claim) for claim in draft.claims]


@pytest.mark.parametrize(
    ("text", "question", "invented"),
    [
        (URGED.replace("Canada", "Brazil"), WHO_URGED, "Brazil"),
        (f"{URGED[:-1]}, said Angela Merkel.", WHO_URGED, "Merkel"),
        ("31,000,000 people have left Venezuela.", "How many have left Venezuela?", "31"),
        ("2.3 billion people have left Venezuela.", "How many have left Venezuela?", "billion"),
        ("About 2,300,000 have left since 2013.", "How many have left?", "2013"),
        ("Mexico took part in the meeting and did sign.", "Did Mexico sign?", "and did sign"),
        ("Mexico did not take part in the meeting.", "Did Mexico take part?", "not take part"),
        (URGED.replace("not to be", "to be"), WHO_URGED, "urged Maduro to be"),
        ("Nicolás Maduro urged Canada not to be sworn in.", WHO_URGED, "Maduro urged"),
    ],
)
def test_an_invention_is_never_shown(text: str, question: str, invented: str) -> None:
    draft = draft_of(text, question)
    assert not draft.supported
    assert all(invented not in claim.text for claim in draft.claims)
    # What is shown in its place is a sentence of an article, to the letter.
    assert all(claim.verbatim for claim in draft.claims)


def test_of_two_sentences_the_invented_one_is_not_shown() -> None:
    draft = draft_of(f"{URGED} Brazil sent soldiers.")
    assert draft.claims[0].text == URGED
    assert all("Brazil" not in claim.text for claim in draft.claims)
    assert draft.supported


@pytest.mark.parametrize(
    "text",
    [
        f"Answer: {URGED}",
        f"Yes, {URGED}",
        f"- {URGED}",
        f"1. {URGED}",
        f"* {URGED}\n* {URGED}",
        f"{URGED[:-1]} [4].",
        f"{URGED} [1, 2]",
        f"{URGED[:-1]} [Note 3].",
        f"\n\n  {URGED}  \n",
        f"According to the notes, {URGED}",
        f"Based on the information provided, {URGED}",
        URGED[:-1],
        f"{URGED} {URGED}",
    ],
)
def test_what_models_put_around_an_answer_is_taken_off(text: str) -> None:
    assert [claim.text for claim in draft_of(text).claims] == [URGED]


@pytest.mark.parametrize("text", ["", " \n ", "[4]", "[1][2].", "...", "Yes.", "-", "No", "4."])
def test_a_text_that_says_nothing_supports_nothing(text: str) -> None:
    draft = draft_of(text)
    assert not draft.supported
    assert [(claim.text, claim.verbatim) for claim in draft.claims] == [(LONG, True)]


def test_a_sentence_that_only_repeats_the_question_is_no_answer() -> None:
    draft = draft_of("Maduro was urged not to be sworn in.")
    assert not draft.supported
    assert all(claim.verbatim for claim in draft.claims)


def test_a_sentence_that_was_cut_off_is_left_out() -> None:
    text = f"{URGED} Mexico took part in the meeting"
    assert [claim.text for claim in draft_of(text, truncated=True).claims] == [URGED]
    assert len(draft_of(text).claims) == 2


def test_the_same_span_has_the_same_number() -> None:
    draft = draft_of(f"{URGED} Mexico did not sign. They asked him to hand over his powers.")
    numbers: dict[tuple[int, int], set[int]] = {}
    for claim in draft.claims:
        for citation in claim.citations:
            numbers.setdefault((citation.start, citation.end), set()).add(citation.number)
    assert all(len(found) == 1 for found in numbers.values())


def test_the_sentence_before_is_cited_where_the_claim_needs_it() -> None:
    text = "Canada asked Maduro to hand his powers to the National Assembly."
    draft = make_claims(text, "What did Canada ask?", NOTES[3:])
    (claim,) = draft.claims
    assert sorted(quotes(claim)) == [LONG, ASKED]
    check_promises(Answer("q", "q", claim.text, draft.claims))


WORDS = (
    "Canada Mexico Brazil Maduro Peru urged signed sworn not never the a of meeting people "
    "2,300,000 31 2015 left Venezuela no did take took part [3] - Answer: Yes, . ? ! \n"
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), st.booleans())
def test_any_sequence_of_words_keeps_the_promises(text: str, truncated: bool) -> None:
    draft_of(text, truncated=truncated)


@given(st.text(max_size=200))
def test_any_text_keeps_the_promises(text: str) -> None:
    draft_of(text)


def test_an_account_tells_the_best_notes_as_the_article_has_them() -> None:
    notes = (note(LIMA, ASKED), note(MIGRATION, LEFT), note(LIMA, SIGN), note(LIMA, LONG))
    draft = make_claims("They asked him.", "What happened in Lima?", notes, account=True)
    in_order = sorted((ASKED, SIGN), key=LIMA.text.index)
    assert [quotes(claim) for claim in draft.claims] == [[text] for text in (*in_order, LEFT)]
    assert all(claim.verbatim for claim in draft.claims)
    shown = " ".join(claim.text for claim in draft.claims)
    check_promises(Answer("", "", shown, draft.claims))


def test_a_second_note_is_shown_where_it_is_nearly_as_good_and_short_enough() -> None:
    best = replace(NOTES[1], score=2.0)
    near, far = (replace(NOTES[2], score=s) for s in (1.75, 1.5))
    asked = "Who did not sign?"
    assert worth_showing(asked, (best, near), 0.3, 60) == (0, 1)
    assert worth_showing(asked, (best, far), 0.3, 60) == (0,)
    assert worth_showing(asked, (best, near), 0.3, 10) == (0,)
    assert worth_showing(asked, (best,), 0.3, 60) == (0,)
    assert worth_showing(asked, (best, replace(best, score=1.9)), 0.3, 60) == (0,)


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        ("LIMA, Peru (AP) -- ", ""),
        ("LIMA (Harbour Wire) — ", ""),
        ("(AFP) - ", ""),
        ("The dam (built 1961) - ", "The dam (built 1961) - "),
    ],
)
def test_a_dateline_is_not_part_of_what_is_shown(before: str, shown: str) -> None:
    document = Document(text=f"{before}Envoys met on Friday.")
    item = note(document, document.text)
    (claim,) = make_claims("", "Who met?", (item,)).claims
    assert claim.text == f"{shown}Envoys met on Friday."
    assert claim.citations[0].quote == claim.text


def test_a_question_that_compares_gets_the_sentence_on_the_other() -> None:
    notes = (replace(NOTES[1], score=3.0), replace(NOTES[3], score=1.0), replace(NOTES[2], score=1))
    asked = "How do Mexico and Venezuela differ?"
    assert worth_showing(asked, notes, 0.3, 60) == (0, 2)
    shown = make_claims("", asked, notes, shown=(0, 2)).claims
    assert [claim.text for claim in shown] == [SIGN, LEFT]
