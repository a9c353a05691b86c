"""The page of a report: nothing in it but text, whatever the articles and the questions hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser

import pytest

from fakes import FakeAssistant, FakeStore, answered, refused
from index.types import Document
from rag.evaluation import FAULTS, Example, Report, evaluate
from rag.evaluation.page import html_page
from rag.types import Answer, Citation, Claim

HOSTILE = (
    "</title></style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %} {# gone #}",
    "&lt;b&gt; &amp; <b>bold</b>",
    "]]> <!-- \ud800 \x00 \u202e",
)
WHEN = datetime(2026, 11, 22, 9, 5)


class Page(HTMLParser):
    """The elements, attributes, and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta"}:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.opened:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def hostile_report(bad: str, url: str = "https://news.example/a?b=1&c=\"'<") -> Report:
    """Every place that a text can come from holds the hostile one."""
    document = Document(f"{bad} {bad}", bad, bad, bad, url, date(2019, 1, 4), bad)
    citation = Citation(1, document, 0, len(bad))
    answer = Answer(bad, bad, bad, (Claim(bad, (citation,)),), model=bad)
    nearest = replace(refused(reason=""), text=bad, nearest=(citation,))
    assistant = FakeAssistant(
        answers={"told " + bad: answer, "refused " + bad: nearest}, store=FakeStore([document])
    )
    examples = [
        Example("told " + bad, (bad, "x"), (bad, "nowhere"), True, line=2),
        Example("refused " + bad, (bad,), (bad,), True, line=3),
    ]
    return evaluate(assistant, examples)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_texts_stay_texts(bad: str) -> None:
    harmless = Page(html_page(hostile_report("plain"), "plain", WHEN, ["plain"]))
    html = html_page(hostile_report(bad), bad, WHEN, [bad])
    page = Page(html)
    assert page.opened == []
    # The same elements and attributes as with a harmless text: nothing was let in.
    assert page.tags == harmless.tags
    names = [name for name, _ in page.attributes]
    assert names == [name for name, _ in harmless.attributes]
    assert not {"script", "img", "iframe", "link"} & set(page.tags)
    assert not [name for name in names if name.startswith("on")]
    seen = " ".join(bad.split())
    # Title, heading, remark, questions, answers, expected, articles, quotes, origins.
    assert page.text.count(seen) >= 12


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " https://x", "data:text/html,x", "file:///etc/passwd", "//x.y"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert "href" not in html_page(hostile_report("plain", url), "plain", WHEN)
    assert 'href="https://news.example/a?b=1&amp;c=&#34;&#39;&lt;"' in html_page(
        hostile_report("plain"), "plain", WHEN
    )


def test_the_page_asks_for_nothing() -> None:
    html = html_page(hostile_report("plain"), "plain", WHEN)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert not re.search(r"\bsrc=|@import|url\(|<link|<script", html)


def test_what_is_wrong_comes_first_beside_quotes_and_expectations() -> None:
    assistant = FakeAssistant(answers={"lost": refused(), "made up": answered()})
    examples = [
        Example("right", ("dozen Latin",), line=2, answerable=True),
        Example("made up", answerable=False, line=3),
        Example("lost", ("mountains",), answerable=True, line=4),
    ]
    html = html_page(evaluate(assistant, examples), "my.csv", WHEN, ["A remark."])  # type: ignore[arg-type]
    text = Page(html).text
    wanted = [
        *("Answers to my.csv", "3 of 3 questions asked", "22 November 2026, 09:05", "A remark."),
        *("To look at (2)", "made up", FAULTS["invented"], "A refusal: the articles do not"),
        *("lost", FAULTS["refused"], "mountains", "Nearest passages", "Peru has"),
        *("Nothing found wrong (1)", "right", "Quotes", "4 January 2019"),
    ]
    place = 0
    for each in wanted:
        assert each in text[place:], each
        place = text.index(each, place)
    assert html.count("<details open>") == 2
    assert html.count("<details>") == 1
    assert "<mark>dozen Latin</mark> American" in html
    assert "<mark>mountains</mark>" in html
    assert "Stopped early" not in text


def test_a_run_that_was_stopped_says_so() -> None:
    report = evaluate(FakeAssistant(), [Example("one"), Example("two")])  # type: ignore[arg-type]
    stopped = replace(report, results=report.results[:1])
    assert "1 of 2 questions asked" in html_page(stopped, "q", WHEN)
    assert "Stopped early" in html_page(stopped, "q", WHEN)
