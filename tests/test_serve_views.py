"""What the page draws of articles and answers."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fakes import LIMA, marked
from index.types import Document
from rag.serve.views import answer_view, article_view, document_view

TEXT = "One two three four five six."


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 28), st.integers(0, 28)), max_size=4),
    st.integers(0, 4),
)
def test_the_segments_are_the_text_and_the_opened_quote_is_whole(
    spans: list[tuple[int, int, int]], current: int
) -> None:
    numbered = list({number: (number, start, end) for number, start, end in spans}.values())
    view = article_view(Document(TEXT), numbered, current)
    assert "".join(segment["text"] for segment in view["segments"]) == TEXT
    opened = [segment["text"] for segment in view["segments"] if segment["current"]]
    wanted = [TEXT[s:e] for n, s, e in numbered if n == current and 0 <= s < e <= len(TEXT)]
    assert opened == wanted


def test_the_other_quotes_of_the_answer_are_marked_with_their_numbers() -> None:
    view = article_view(Document(TEXT), [(1, 0, 7), (2, 8, 13)], 2)
    assert [(s["text"], s["number"], s["current"]) for s in view["segments"]] == [
        ("One two", 1, False),
        (" ", 0, False),
        ("three", 2, True),
        (" four five six.", 0, False),
    ]


@given(st.tuples(st.integers(-2, 30), st.integers(-2, 30)))
def test_the_words_that_answer_are_marked_within_the_opened_quote_only(
    answer: tuple[int, int],
) -> None:
    view = article_view(Document(TEXT), [(1, 0, 7), (2, 8, 18)], 2, answer=answer)
    assert all("".join(w for w, _ in s["pieces"]) == s["text"] for s in view["segments"])
    words = [w for s in view["segments"] for w, kind in s["pieces"] if w and kind == "answer"]
    start, end = answer
    assert words == ([TEXT[start:end]] if 8 <= start < end <= 18 else [])


def test_the_page_gets_each_claim_in_pieces() -> None:
    (claim,) = answer_view(marked().to_json())["claims"]
    assert claim["pieces"] == (
        ("Canada and a dozen Latin American governments", "answer"),
        (" urged Maduro not to be sworn in.", ""),
    )
    # What stands elsewhere, or was kept before answers were marked, is not marked.
    text = claim["text"]
    for answer in (None, claim["answer"] | {"at": 3}, claim["answer"] | {"at": len(text)}):
        kept = {"claims": [claim | {"answer": answer}]}
        assert answer_view(kept)["claims"][0]["pieces"] == ((text, ""),)
    del claim["answer"], claim["days"]
    assert answer_view({"claims": [claim]})["claims"][0]["pieces"] == ((text, ""),)


def test_articles_that_are_nearly_the_same_are_named() -> None:
    view = article_view(Document(TEXT), kin=[LIMA])
    assert [other["title"] for other in view["kin"]] == [LIMA.title]
    assert article_view(Document(TEXT))["kin"] == []


def test_only_web_addresses_become_links() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", None, " http://x"):
        assert document_view(replace(LIMA, url=url))["url"] == ""
    assert document_view(LIMA)["url"] == "https://news.example/lima"
