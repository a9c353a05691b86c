"""Answers and conversations as Markdown, as a page, and as a Word document."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree

from documents import read_bytes
from fakes import LIMA, UNDATED, answered, marked, refused
from index.errors import QuestionError
from index.types import Document
from rag.export import ENDINGS, check_ending, exported
from rag.export.layout import layout
from rag.export.markdown import answer_markdown, conversation_markdown
from rag.types import Answer, Citation, Claim, Coverage, DayMeant

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BRIDGE = Document(
    text="The bridge fell & 43 people died.\n\nIt was built in 1967.",
    title="Bridge <falls>",
    source="Harbour Wire",
    author="Ada Lovelace",
    url='https://news.example/?a="b"&c=d e',
    published=date(2018, 8, 14),
    pages=(0, 35),
)
FELL, BUILT = Citation(1, BRIDGE, 0, 33), Citation(2, BRIDGE, 35, 56)
HOSTILE = '<script>alert("1")</script>{{ 7 * 7 }}\x07 & # *x*\n\n# y'


def told(*claims: Claim, **more: Any) -> dict[str, Any]:
    """An answer of these claims, with fields that the types here may not know yet."""
    headings = more.pop("headings", ())
    answer = Answer("What of the bridge?", "What of the bridge?", "It fell.", claims).to_json()
    for claim, heading in zip(answer["claims"], headings):
        claim["heading"] = heading
    return answer | more


def headed() -> dict[str, Any]:
    """A timeline: two claims of one heading, one of another; the first quote is cited twice."""
    claims = (
        Claim("It stood.", (FELL,)),
        Claim("It was built in 1967.", (BUILT,)),
        Claim("The bridge fell.", (FELL, BUILT), answer=replace(FELL, end=10), answer_at=0),
    )
    headings = ("1967", "1967", "14 August 2018")
    return told(*claims, headings=headings, lead="A timeline of 1 article.")


# The file


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.md", ".md"), ("b.c/A B.HTML", ".html"), ("x.tar.docx", ".docx")],
)
def test_the_ending_says_the_form(name: str, ending: str) -> None:
    assert check_ending(name) == ending


@pytest.mark.parametrize("name", ["answer", "answer.pdf", ".md", "answer.doc"])
def test_another_ending_is_one_line_that_names_those_that_are_known(name: str) -> None:
    with pytest.raises(QuestionError, match=r"let it end in \.md, \.html, or \.docx$"):
        check_ending(name)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_form_holds_the_question_the_answer_and_its_quotes(ending: str) -> None:
    none = replace(refused(), coverage=Coverage(articles=4, passages=3))
    content = exported(f"talk{ending}", "My talk", [marked().to_json(), none.to_json()])
    text = read_bytes(content, f"talk{ending}").document.text
    for said in (
        "Who urged Maduro?",
        "Canada and a dozen Latin American governments urged Maduro not to be sworn in.",
        "Lima Group urges Maduro to stand down, BBC, 4 January 2019",
        "https://news.example/lima",
        "The articles do not say.",
        "Nearest passages, which do not answer it",
        "Peru has mountains.",
        "Searched 4 articles and read 3 passages.",
    ):
        assert said in text.replace("**", "")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_conversation_gives_the_same_file(ending: str) -> None:
    once, again = (exported(f"x{ending}", "", [headed()]) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_lone_surrogate_spoils_no_file(ending: str) -> None:
    assert exported(f"x{ending}", "\ud800", [answered("Who?\udfff").to_json()])


# How it is laid out


def test_the_points_of_an_account_stand_apart_below_their_heading() -> None:
    found = layout(headed())
    assert found.leads == ("A timeline of 1 article.",)
    assert [
        (
            paragraph.heading,
            ["".join(text for text, _ in point.pieces) for point in paragraph.points],
        )
        for paragraph in found.paragraphs
    ] == [
        ("1967", ["It stood."]),
        ("", ["It was built in 1967."]),
        ("14 August 2018", ["The bridge fell."]),
    ]
    assert [note.number for note in found.notes] == [1, 2]


def test_the_sides_of_a_disagreement_stand_apart() -> None:
    sides = [Claim("It fell.", (FELL,), attribution="Wire"), Claim("No.", (BUILT,))]
    found = layout(told(*sides, disagreement="conflict", lead="The articles disagree."))
    assert found.leads == ("The articles disagree.",)
    assert [len(paragraph.points) for paragraph in found.paragraphs] == [1, 1]


def test_a_note_says_all_that_is_known_of_its_article() -> None:
    first, second = layout(headed()).notes
    assert first.origin == "Bridge <falls>, Harbour Wire, Ada Lovelace, 14 August 2018, page 1"
    assert second.place == "page 2"
    assert first.link == first.url == BRIDGE.url
    (unknown,) = layout(refused().to_json()).nearest
    assert (unknown.origin, unknown.link) == ("Peru, Herald", "")
    nameless = Citation(1, Document("It rained.", url="javascript:alert(1)"), 0, 10)
    (note,) = layout(told(Claim("It rained.", (nameless,)))).notes
    assert (note.origin, note.link) == ("an article without a title", "")


def test_an_answer_kept_by_an_earlier_version_is_laid_out() -> None:
    kept = marked().to_json()
    del kept["claims"][0]["answer"]
    for citation in kept["citations"]:
        del citation["page"]
        del citation["document"]["author"]
    (paragraph,) = layout(kept).paragraphs
    assert paragraph.points[0].pieces == ((kept["claims"][0]["text"], ""),)


def test_a_day_that_is_meant_stands_in_brackets_that_are_not_the_articles_words() -> None:
    text = "They met on Friday in Lima."
    citation = Citation(1, Document(text), 0, len(text))
    claim = Claim(text, (citation,), answer=replace(citation, start=9, end=26), answer_at=9)
    answer = told(replace(claim, days=(DayMeant(12, "Friday", date(2019, 1, 4)),)))
    ((point,),) = (paragraph.points for paragraph in layout(answer).paragraphs)
    assert point.pieces == (
        ("They met ", ""),
        ("on Friday", "answer"),
        (" [4 January 2019]", "day"),
        (" in Lima", "answer"),
        (".", ""),
    )
    line = "They met **on Friday** \\[4 January 2019\\] **in Lima**. [1]"
    assert answer_markdown(answer).splitlines()[0] == line
    assert b'<span class="quiet"> [4 January 2019]</span><strong>' in exported(
        "x.html", "", [answer]
    )
    document = parts(exported("x.docx", "", [answer]))["word/document.xml"]
    grey = [
        words(r) for r in document.iter(f"{WORD}r") if r.find(f"{WORD}rPr/{WORD}color") is not None
    ]
    assert grey == [" [4 January 2019]"]


# Markdown


def test_markdown_has_each_claim_with_its_quote() -> None:
    text = answer_markdown(answered().to_json())
    assert text.splitlines()[0].endswith("[1]")
    assert "1. “Canada and a dozen Latin American governments" in text
    assert "Lima Group urges Maduro to stand down, BBC, 4 January 2019" in text


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
    claim = Claim(" ".join(text.split()), (citation,), answer=span, answer_at=at)
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


def test_headings_in_markdown_are_one_deeper_than_the_question() -> None:
    lines = conversation_markdown("", [headed()]).splitlines()
    assert lines[:11] == [
        "# What of the bridge?",
        "",
        "A timeline of 1 article.",
        "",
        "## 1967",
        "",
        "It stood. [1]",
        "",
        "It was built in 1967. [2]",
        "",
        "## 14 August 2018",
    ]


# HTML


class Page(HTMLParser):
    """Gathers the elements of a page, with their attributes, and its text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.elements if tag == "a"]


def test_every_mark_leads_to_its_note_and_every_note_back() -> None:
    page = Page(exported("x.html", "Two", [headed(), headed()]))
    places = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(places) == len(set(places))
    within = [link[1:] for link in page.links() if link.startswith("#")]
    assert set(within) == set(places)
    # Four marks an answer, each with a way there and a way back.
    assert len(within) == 2 * 2 * 4


def test_the_page_loads_nothing_and_nothing_in_it_is_markup() -> None:
    document = replace(LIMA, title=HOSTILE, source=HOSTILE, url="javascript:alert(1)")
    claim = Claim(HOSTILE, (Citation(1, document, 0, 30),), attribution=HOSTILE)
    answer = told(claim, headings=[HOSTILE], lead=HOSTILE, question=HOSTILE, searched="y")
    page = Page(exported("x.html", HOSTILE, [answer]))
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "img", "link", "iframe"})
    # Twice the title; question, lead, heading, attribution, claim; title, source, and address.
    assert page.said.count("alert") == 10
    assert "{{ 7 * 7 }}" in page.said
    assert all(link.startswith("#") for link in page.links())
    policy = [attributes.get("content") for tag, attributes in page.elements if tag == "meta"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy


def test_the_words_that_answer_are_bold_in_the_page() -> None:
    assert b"<strong>The bridge</strong> fell." in exported("x.html", "", [headed()])


# Word


def parts(content: bytes) -> dict[str, Any]:
    """The parts of a package, parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: etree.fromstring(package.read(name)) for name in package.namelist()}


def words(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{WORD}t"))


def test_citations_are_footnotes_of_word() -> None:
    found = parts(exported("x.docx", "", [headed(), refused().to_json()]))
    cited = [
        reference.get(f"{WORD}id")
        for reference in found["word/document.xml"].iter(f"{WORD}footnoteReference")
    ]
    assert cited == ["1", "2", "3", "4", "5"]
    notes = {note.get(f"{WORD}id"): note for note in found["word/footnotes.xml"]}
    assert set(notes) == {"-1", "0", *cited}
    assert words(notes["1"]) == (
        " “The bridge fell & 43 people died.” — Bridge <falls>, Harbour Wire, Ada Lovelace, "
        f"14 August 2018, page 1, {BRIDGE.url}"
    )
    (field,) = notes["2"].iter(f"{WORD}fldSimple")
    assert field.get(f"{WORD}instr") == (' HYPERLINK "https://news.example/?a=%22b%22&c=d%20e" ')
    assert words(notes["5"]) == " “Peru has mountains.” — Peru, Herald"


def test_the_words_that_answer_are_bold_in_word() -> None:
    document = parts(exported("x.docx", "", [headed()]))["word/document.xml"]
    bold = [
        words(run)
        for run in document.iter(f"{WORD}r")
        if run.find(f"{WORD}rPr/{WORD}b") is not None
    ]
    assert bold == ["The bridge"]


def test_the_parts_of_the_package_are_declared_and_there() -> None:
    found = parts(exported("x.docx", "", [answered().to_json()]))
    declared = {
        part.get("PartName") for part in found["[Content_Types].xml"] if part.get("PartName")
    }
    held = {f"/{name}" for name in found if not name.endswith(".rels") and "Content" not in name}
    assert declared == held
    for relation in found["word/_rels/document.xml.rels"]:
        assert f"word/{relation.get('Target')}" in found
    for relation in found["_rels/.rels"]:
        assert relation.get("Target") in found


def test_what_xml_cannot_hold_is_left_out_of_word() -> None:
    claim = Claim(HOSTILE, (Citation(1, LIMA, 0, 6),))
    answer = told(claim, question="\ufffe\x0b?", searched="\ufffe\x0b?")
    found = parts(exported("x.docx", "\x00 & <w:p>", [answer]))
    text = words(found["word/document.xml"])
    assert text.startswith(" & <w:p>?<script>alert")
    assert re.search("[\x00-\x08\x0b\ufffe]", text) is None


def test_byline_reads_its_own_word_documents() -> None:
    document = read_bytes(exported("x.docx", "A talk", [headed()]), "x.docx").document
    assert document.title == "A talk"
    assert "[4] “It was built in 1967.” — Bridge <falls>, Harbour Wire" in document.text
    assert UNDATED.text not in document.text


@pytest.mark.parametrize("text", ["1984. It stood.", "2) It stood.", "- It stood.", "+ It", "---"])
def test_a_sentence_begins_no_list_in_markdown(text: str) -> None:
    from markdown_it import MarkdownIt

    document = Document(text=text, title="Bridge")
    answer = told(Claim(text, (Citation(1, document, 0, len(text)),)), lead=text)
    lead, point, *_ = MarkdownIt().parse(answer_markdown(answer))[:6:3]
    assert (lead.type, point.type) == ("paragraph_open", "paragraph_open")
    assert text in MarkdownIt().render(answer_markdown(answer))
