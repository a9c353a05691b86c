"""What the page draws of an article, and what is taken along of a conversation."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fakes import LIMA, answered, refused
from index.types import Document
from rag.serve.views import answer_markdown, article_view, conversation_markdown, document_view

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
