"""What the page draws of an article, and what is taken along of a conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import LIMA, answered, marked, refused
from index.types import Document
from rag.serve.views import (
    answer_markdown,
    answer_view,
    article_view,
    conversation_markdown,
    document_view,
)
from rag.types import Answer, Citation, Claim

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
    assert all("".join(s["pieces"]) == s["text"] for s in view["segments"])
    words = [s["pieces"][1] for s in view["segments"] if s["pieces"][1]]
    start, end = answer
    assert words == ([TEXT[start:end]] if 8 <= start < end <= 18 else [])


def test_the_page_gets_each_claim_in_three_pieces() -> None:
    (claim,) = answer_view(marked().to_json())["claims"]
    assert claim["pieces"] == (
        "",
        "Canada and a dozen Latin American governments",
        " urged Maduro not to be sworn in.",
    )
    # What stands elsewhere, or was kept before answers were marked, is not marked.
    text = claim["text"]
    for answer in (None, claim["answer"] | {"at": 3}, claim["answer"] | {"at": len(text)}):
        kept = {"claims": [claim | {"answer": answer}]}
        assert answer_view(kept)["claims"][0]["pieces"] == (text, "", "")
    del claim["answer"]
    assert answer_view({"claims": [claim]})["claims"][0]["pieces"] == (text, "", "")


def test_articles_that_are_nearly_the_same_are_named() -> None:
    view = article_view(Document(TEXT), kin=[LIMA])
    assert [other["title"] for other in view["kin"]] == [LIMA.title]
    assert article_view(Document(TEXT))["kin"] == []


def test_only_web_addresses_become_links() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", None, " http://x"):
        assert document_view(replace(LIMA, url=url))["url"] == ""
    assert document_view(LIMA)["url"] == "https://news.example/lima"


def test_markdown_has_each_claim_with_its_quote() -> None:
    text = answer_markdown(answered().to_json())
    assert text.splitlines()[0].endswith("[1]")
    assert "1. “Canada and a dozen Latin American governments" in text
    assert "Lima Group urges Maduro to stand down, BBC, 2019-01-04" in text


def test_the_words_that_answer_are_bold_in_markdown() -> None:
    line = answer_markdown(marked().to_json()).splitlines()[0]
    assert line == (
        "**Canada and a dozen Latin American governments** urged Maduro not to be sworn in. [1]"
    )


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("It was *five*.", "*five*", r"It was **\*five\***."),
        ("He paid\n $5 for it.", "$5", "He paid **$5** for it."),
        ("He paid\nfor  it.", "paid\nfor", "He **paid for** it."),
        # Between a letter and a punctuation mark, two stars would be read as stars.
        ("He paid US$5 for it.", "$5", "He paid US$5 for it."),
        ("The U.N.-led talks", "U.N.", "The **U.N.**-led talks"),
        ("He said x_y.", "x_y", r"He said **x\_y**."),
    ],
)
def test_bold_words_are_escaped_like_the_others(text: str, words: str, line: str) -> None:
    citation = Citation(1, Document(text), 0, len(text))
    start = text.index(words)
    span = replace(citation, start=start, end=start + len(words))
    at = len(" ".join((text[:start] + "|").split())) - 1
    claim = Claim(" ".join(text.split()), (citation,), 1.0, answer=span, answer_at=at)
    answer = Answer("Q?", "Q?", text, (claim,))
    assert answer_markdown(answer.to_json()).splitlines()[0] == f"{line} [1]"


def test_markdown_of_a_courtesy_is_its_text() -> None:
    said = Answer("Thanks!", "Thanks!", "You are *welcome*.").to_json()
    assert answer_markdown(said) == r"You are \*welcome\*."


def test_markdown_of_an_answer_kept_before_its_words_were_marked() -> None:
    kept = marked().to_json()
    del kept["claims"][0]["answer"]
    assert answer_markdown(kept).startswith("Canada and a dozen")


def test_markdown_of_a_refusal_shows_the_nearest_passages() -> None:
    text = answer_markdown(refused().to_json())
    assert "do not answer it" in text
    assert "“Peru has mountains.”" in text


def test_nothing_in_markdown_is_a_mark_of_its_own() -> None:
    hostile = "<b>x</b> [y](http://z) # `w` *v*\n\n# Heading"
    said = conversation_markdown(hostile, [answered(hostile).to_json()])
    assert "<b>" not in said.replace("\\<b", "")
    assert "](" not in said.replace("\\](", "").replace("]\\(", "")
    assert sum(line.startswith("#") for line in said.splitlines()) == 2
