"""Rich Text files, as several programs write them."""

import io

import pytest

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.office.rtf import drafts_from_rtf

DAMAGED = "damaged; open it in the program that made it and save it again"
HEAD = r"{\rtf1\ansi\ansicpg1252\deff0\deflang2057{\fonttbl{\f0\fswiss Helvetica;}}"


def read(body: str, head: str = HEAD) -> Draft:
    [draft] = drafts_from_rtf(io.BytesIO(f"{head}{body}}}".encode("cp1252")))
    assert isinstance(draft, Draft)
    return draft


def test_paragraphs_breaks_and_characters() -> None:
    body = (
        r"\pard The {\b har}bour \'93reopened\'94\emdash at last.\par Two\line lines. \u8364?5\par"
    )
    assert read(body).text == "The harbour “reopened”—at last.\n\nTwo\n\nlines. €5"


def test_characters_beyond_the_code_page() -> None:
    assert read(r"Fish \u-10179?\u-8704? caf" + "é").text == "Fish \N{GRINNING FACE} café"


def test_cells_of_a_table_stand_side_by_side() -> None:
    body = r"\trowd Port\cell Ships\cell\row\trowd Vell\cell 12\cell\row\pard a|b\par"
    assert read(body).text == "Port | Ships\n\nVell | 12\n\na|b"


def test_what_is_no_text_of_the_article_is_left_out() -> None:
    body = (
        r"{\header Port News\par}{\*\generator Writer;}{\pict\pngblip 89504e47}{\*\xe index}"
        r'{\field{\*\fldinst{HYPERLINK "http://port.example/"}}{\fldrslt The harbour}}'
        r" reopened{\deleted  twice}{\v  in secret}{\*\annotation remark}{\pict\bin4 {{}}}.\par"
    )
    assert read(body).text == "The harbour reopened."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"The {\b\f0\v  old}{\*\v  red} harbour", "The harbour"),
        (r"The \v old\v0  harbour", "The old harbour"),
        (r"The {\v old \v0 harbour} reopened.", "The old harbour reopened."),
        (r"\v The harbour", "The harbour"),
        (r"The {\v old {\i harbour}} reopened.", "The old harbour reopened."),
    ],
)
def test_hidden_text_is_left_out_where_all_of_a_group_is(body: str, text: str) -> None:
    for head in (HEAD, r"{\rtf1\ansi "):
        assert " ".join(read(body, head).text.split()) == text


def test_notes_stand_at_the_end() -> None:
    body = r"The harbour{\super\chftn{\footnote\pard\chftn  Port {\i Vell}.}} reopened.\par"
    assert read(body).text == "The harbour reopened.\n\n[1] Port Vell."


def test_properties() -> None:
    info = (
        r"{\info{\title The caf\'e9 reopens}{\author Ada Quill}"
        r"{\creatim\yr2019\mo1\dy8\hr9}{\revtim\yr2019\mo1\dy19}}"
    )
    draft = read(info + r"The harbour reopened.\par")
    assert (draft.title, draft.author, draft.language) == (
        "The café reopens",
        "Ada Quill",
        "en-GB",
    )
    assert draft.dates == ()  # When the file was made.
    assert draft.text == "The harbour reopened."


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    content = HEAD + r"The harbour reopened.\par{\pict 8950"
    [draft] = drafts_from_rtf(io.BytesIO(content.encode()))
    assert isinstance(draft, Draft)
    assert draft.text == "The harbour reopened."


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"Hello", "no Rich Text; open it in the program that made it and save it again"),
        (b"{\\rtf1 }", "no text in it; if it shows pictures of text, run OCR on them first"),
        (b"{\\rtf1 \\u99999999 x}", DAMAGED),
        (
            b"{\\rtf1 " + b"a" * 10_000_001 + b"}",
            "too large for its text; save it without its pictures, or split it",
        ),
    ],
    ids=["no-rtf", "empty", "no-character", "large"],
)
def test_what_is_no_rich_text_is_refused(content: bytes, refusal: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(drafts_from_rtf(io.BytesIO(content)))
    assert str(caught.value) == refusal


def test_hostile_nesting_is_refused() -> None:
    with pytest.raises(ReadError) as caught:
        list(drafts_from_rtf(io.BytesIO(b"{\\rtf1 " + b"{\\field{\\*\\fldinst{x" * 1_000)))
    assert str(caught.value) == DAMAGED


def test_what_follows_the_document_is_left_out() -> None:
    content = f"{HEAD}The harbour reopened.\\par}}{{\\rtf1 Other}} rest\0"
    [draft] = drafts_from_rtf(io.BytesIO(content.encode()))
    assert isinstance(draft, Draft)
    assert draft.text == "The harbour reopened."


def test_fonts_settle_what_characters_mean() -> None:
    head = r"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset1 A;}{\f1\fswiss\fcharset161 B;}}"
    body = r"\f0 \'cf\'ee\'f0\'f2\f1  \'e1\'e2\par"
    assert read(body, head).text == "Порт αβ"
