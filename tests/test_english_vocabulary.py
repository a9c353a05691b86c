from __future__ import annotations

import pytest

from rag.english.vocabulary import FUNCTION_WORDS, content_stems, fold, fold_in_place, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guaidó", "guaido"),
        ("Guaido\u0301", "guaido"),
        ("STRASSE Straße", "strasse strasse"),
        ("the ‘old’ mayor’s", "the 'old' mayor's"),
        ("re‐elected non‑violent", "re-elected non-violent"),
        ("ﬁve ½", "five 1⁄2"),
        ("Jørgen in Łódź", "jorgen in lodz"),
        ("Æsop’s œuvre, ÐÞ ẞ ısı", "aesop's oeuvre, dth ss isi"),
    ],
)
def test_spellings_are_folded(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Peru's and the envoys’ plan", ["peru", "and", "the", "envoys", "plan"]),
        ("1,200.50 at 10:30", ["1,200.50", "at", "10", "30"]),
        ("the U.S. and the U.S.-led force", ["the", "u.s", "and", "the", "u.s", "led", "force"]),
        ("oil-rich; 2015–2019", ["oil-rich", "2015", "2019"]),
        ("didn't can’t", ["didn't", "can't"]),
        ("_a_ b_c …", ["a", "b", "c"]),
        ("石油 нефть", ["石油", "нефть"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_stems_join_the_forms_of_a_word() -> None:
    assert {stem(word) for word in ("sign", "signs", "signed", "signing")} == {"sign"}
    assert stem("2,300,000") == "2,300,000"


def test_content_stems_leave_out_what_carries_no_meaning() -> None:
    assert content_stems("Who was it that the ministers of oil-rich states had met?") == {
        "minist": "ministers",
        "oil": "oil",
        "rich": "rich",
        "state": "states",
        "met": "met",
    }
    assert content_stems("What did they do to us?") == {}


def test_each_stem_keeps_its_first_word() -> None:
    assert content_stems("Voters voted; the vote") == {"voter": "voters", "vote": "voted"}


def test_function_words_are_folded() -> None:
    assert all(word == fold(word) for word in FUNCTION_WORDS)


def test_folding_in_place_keeps_every_offset() -> None:
    text = "Straße, ﬁve’s Guaidó"
    assert fold_in_place(text) == "straße, ﬁve's guaido"
    assert len(fold_in_place(text)) == len(text)
