"""OpenDocument texts, made part by part."""

import io

import pytest

from documents import odt
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.office.opendocument import drafts_from_odt

FIRST = "The harbour of Port Vell reopened on Tuesday."


def read(body: str, **parts: str) -> Draft:
    [draft] = drafts_from_odt(odt(body, **parts))
    assert isinstance(draft, Draft)
    return draft


def test_paragraphs_headings_lists_and_sections() -> None:
    body = (
        "<text:h>Strike ends</text:h><text:section><text:p>The <text:span>harbour</text:span>\n"
        'reopened<text:s text:c="1000000000"/>on<text:tab/>Tuesday<text:line-break/>at noon.'
        "</text:p></text:section><text:list><text:list-item><text:p>First</text:p></text:list-item>"
        "<text:list-item><text:p>Second</text:p></text:list-item></text:list>"
    )
    assert read(body).text == (
        "Strike ends\n\nThe harbour reopened on Tuesday\nat noon.\n\nFirst\n\nSecond"
    )


def test_deleted_and_hidden_text_comments_and_indexes_are_left_out() -> None:
    body = (
        "<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:tracked-changes><text:table-of-content><text:p>Contents</text:p>"
        "</text:table-of-content><text:p>Seen<office:annotation><text:p>remark</text:p>"
        "</office:annotation><text:hidden-text>unseen</text:hidden-text>.</text:p>"
    )
    assert read(body).text == "Seen."


def test_cells_of_a_table_stand_side_by_side() -> None:
    def row(*cells: str) -> str:
        filled = "".join(
            f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in cells
        )
        return f'<table:table-row table:number-rows-repeated="1000000">{filled}</table:table-row>'

    body = (
        f"<table:table><table:table-header-rows>{row('Port', 'Ships')}</table:table-header-rows>"
        f"{row('Vell', '12')}{row('Alone', '')}</table:table>"
    )
    assert read(body).text == "Port | Ships\n\nVell | 12\n\nAlone"


def test_notes_and_boxes_follow() -> None:
    body = (
        "<text:p>The harbour<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Port Vell.</text:p></text:note-body></text:note> reopened.<drawing:frame>"
        "<drawing:text-box><text:p>In a box.</text:p></drawing:text-box></drawing:frame></text:p>"
    )
    assert read(body).text == "The harbour reopened.\n\nIn a box.\n\n[1] Port Vell."


def test_properties() -> None:
    meta = (
        "<meta:initial-creator>Ada Quill</meta:initial-creator><dc:creator>Sub Editor</dc:creator>"
        "<meta:creation-date>2019-01-08T09:00:00</meta:creation-date>"
        "<dc:date>2019-01-09T09:00:00</dc:date><dc:language>en-GB</dc:language>"
        "<dc:title>The harbour reopens</dc:title>"
    )
    draft = read(f"<text:p>{FIRST}</text:p>", meta=meta)
    assert (draft.title, draft.author, draft.language) == (
        "The harbour reopens",
        "Ada Quill",
        "en-GB",
    )
    assert draft.dates == ()  # When the file was made.


def test_a_paragraph_in_the_style_of_a_title_is_the_title() -> None:
    body = f'<text:p text:style-name="Title">Port reopens</text:p><text:p>{FIRST}</text:p>'
    draft = read(body)
    assert (draft.title, draft.text) == ("Port reopens", FIRST)


def test_a_password_is_named() -> None:
    entry = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    with pytest.raises(ReadError, match="protected by a password; save a copy without one"):
        list(drafts_from_odt(odt(f"<text:p>{FIRST}</text:p>", manifest=entry)))


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ReadError, match="no text in it"):
        list(drafts_from_odt(odt("")))
    with pytest.raises(ReadError, match="damaged; open it in the program that made it"):
        list(drafts_from_odt(io.BytesIO(b"PK\x03\x04")))
