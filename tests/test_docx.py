"""Word documents, made part by part."""

import io

import pytest

from documents import docx, run, word_paragraph, zipped
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.office.docx import drafts_from_docx

DAMAGED = "damaged; open it in the program that made it and save it again"
FIRST = "The harbour of Port Vell reopened on Tuesday."


def paragraphs(*texts: str) -> str:
    return "".join(word_paragraph(run(text)) for text in texts)


def read(body: str, **parts: str) -> Draft:
    [draft] = drafts_from_docx(docx(body, **parts))
    assert isinstance(draft, Draft)
    return draft


def test_paragraphs() -> None:
    body = word_paragraph(run("The har"), run("bour reopened."), run("")) + word_paragraph()
    assert read(body + paragraphs(FIRST)).text == f"The harbour reopened.\n\n{FIRST}"


def test_breaks_tabs_and_hyphens() -> None:
    pieces = "<w:r><w:t>Vell</w:t><w:tab/><w:t>12</w:t><w:br/><w:t>co</w:t><w:noBreakHyphen/>"
    body = f"<w:p>{pieces}<w:t>op</w:t><w:softHyphen/><w:t>erative</w:t></w:r></w:p>"
    assert read(body).text == "Vell 12\nco-operative"


def test_changes_are_read_as_accepted() -> None:
    body = (
        f"<w:p><w:ins>{run('Nine ')}</w:ins><w:del><w:r><w:delText>Ten</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('gone ')}</w:moveFrom>{run('days.')}</w:p>"
    )
    assert read(body).text == "Nine days."


def test_paragraphs_whose_mark_is_deleted_are_one() -> None:
    deleted = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    first, last = f"<w:p>{deleted}{run('Nine ')}</w:p>", f"<w:p>{deleted}{run('End.')}</w:p>"
    assert read(f"{first}<w:p>{run('ships.')}</w:p>{last}").text == "Nine ships.\n\nEnd."


def test_a_text_box_is_in_no_paragraph_that_is_joined() -> None:
    box = f"<w:r><w:txbxContent>{paragraphs('In a box.')}</w:txbxContent></w:r>"
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('Nine ')}{box}</w:p>"
    assert read(f"{first}<w:p>{run('ships.')}</w:p>").text == "In a box.\n\nNine ships."


def test_hidden_text_and_codes_of_fields_are_left_out() -> None:
    body = word_paragraph(
        run("Seen. "),
        run("Ignore the question.", "<w:vanish/>"),
        run("Shown.", '<w:vanish w:val="0"/>'),
        "<w:r><w:instrText>PAGE</w:instrText></w:r>",
    )
    assert read(body).text == "Seen. Shown."


def test_content_controls_links_and_text_boxes_are_read() -> None:
    text = paragraphs("In a box.")
    box = f"<w:r><w:drawing><w:txbxContent>{text}</w:txbxContent></w:drawing></w:r>"
    body = (
        f"<w:sdt><w:sdtContent>{paragraphs('Controlled.')}</w:sdtContent></w:sdt>"
        f"<w:p><w:hyperlink>{run('A link')}</w:hyperlink>{box}{run(' and more.')}</w:p>"
    )
    assert read(body).text == "Controlled.\n\nA link and more.\n\nIn a box."


def test_a_text_box_of_older_programs_is_read_once() -> None:
    box = f"<w:pict><w:txbxContent>{paragraphs('In a box.')}</w:txbxContent></w:pict>"
    newer = f"<w:Choice>{box.replace('pict', 'drawing')}</w:Choice>"
    body = (
        f"<w:p>{run('Above.')}<w:r>{box}</w:r></w:p>"
        f"<w:p><w:r><w:AlternateContent>{newer}<w:Fallback>{box}</w:Fallback>"
        "</w:AlternateContent></w:r></w:p>"
    )
    assert read(body).text == "Above.\n\nIn a box.\n\nIn a box."


def test_cells_of_a_table_stand_side_by_side() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    nested = f"<w:tbl>{row(paragraphs('in'), paragraphs('side'))}</w:tbl>"
    table = (
        "<w:tbl>"
        + row(paragraphs("Port"), paragraphs("Ships", "a day"))
        + row(nested, paragraphs("12"))
        + row(paragraphs("Alone.", "In two."), paragraphs(""))
        + f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraphs('gone')}</w:tc></w:tr></w:tbl>"
    )
    assert read(table).text == "Port | Ships a day\n\nin | side | 12\n\nAlone.\n\nIn two."


def test_items_of_a_list_have_a_mark() -> None:
    def listed(text: str, style: str) -> str:
        return f"<w:p><w:pPr>{style}</w:pPr>{run(text)}</w:p>"

    number = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    body = (
        listed("Ships", '<w:pStyle w:val="heading 1"/>' + number)
        + paragraphs("These are sold:")
        + listed("Petrel", number)
        + listed("Tern", '<w:pStyle w:val="List Bullet"/>')
        + listed("", number)
    )
    assert read(body).text == "Ships\n\nThese are sold:\n\n- Petrel\n\n- Tern"


def test_notes_stand_at_the_end_in_the_order_of_the_text() -> None:
    body = word_paragraph(
        run("The harbour"),
        '<w:r><w:footnoteReference w:id="7"/></w:r>',
        run(" reopened."),
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
    )
    notes = "".join(
        f'<w:footnote w:id="{number}">{paragraphs(text)}</w:footnote>'
        for number, text in ((2, "After a strike."), (7, "Port Vell."), (9, "Not cited."))
    )
    assert read(body, footnotes=notes).text == (
        "The harbour reopened.\n\n[1] Port Vell.\n\n[2] After a strike."
    )


def test_properties_and_the_title_of_the_text() -> None:
    core = (
        "<dc:title>Template</dc:title><dc:creator>Ada Quill</dc:creator>"
        "<dcterms:created>2019-01-08T09:00:00Z</dcterms:created>"
        "<dcterms:modified>2019-01-09T09:00:00Z</dcterms:modified><dc:language>en-GB</dc:language>"
    )
    styles = '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    body = word_paragraph(run("The harbour reopens"), style="Titel") + paragraphs(FIRST)
    draft = read(body, core=core, styles=styles)
    assert (draft.title, draft.author, draft.language) == (
        "The harbour reopens",
        "Ada Quill",
        "en-GB",
    )
    assert draft.dates == ()  # When the file was made.
    assert draft.text == FIRST


@pytest.mark.parametrize("stated", ["", "<dc:title>Strike of May</dc:title>"])
def test_the_articles_own_first_lines_are_believed_first(stated: str) -> None:
    core = (
        f"{stated}<dc:creator>python-docx</dc:creator>"
        "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
    )
    draft = read(paragraphs("Port reopens", "By Ada Quill", "4 January 2019", FIRST), core=core)
    assert draft.title == "Port reopens"
    assert draft.author == "Ada Quill"
    assert draft.dates == ("4 January 2019",)
    assert draft.text == FIRST


def test_tables_of_contents_are_left_out() -> None:
    styles = '<w:style w:styleId="Verz1"><w:name w:val="toc 1"/></w:style>'
    body = word_paragraph(run("Harbour 3"), style="Verz1") + paragraphs(FIRST)
    assert read(body, styles=styles).text == FIRST


def test_a_document_is_found_wherever_its_package_says() -> None:
    main = docx(paragraphs(FIRST))
    assert next(drafts_from_docx(main)).text == FIRST
    alone = zipped(
        {"word/document.xml": '<d xmlns:w="w"><body><p><r><t>Hi there</t></r></p></body></d>'}
    )
    assert next(drafts_from_docx(alone)).text == "Hi there"


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (docx(""), "no text in it; if it shows pictures of text, run OCR on them first"),
        (io.BytesIO(b""), DAMAGED),
        (docx("<w:p>&broken;</w:p>"), DAMAGED),
        (
            zipped({"xl/workbook.xml": "<workbook/>"}),
            "no document is in it; open it in the program that made it and save it again",
        ),
        (
            zipped({"word/document.xml": "<document/>"}),
            "no document is in it; open it in Word and save it again",
        ),
    ],
)
def test_what_is_no_document_is_refused(file: io.BytesIO, refusal: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(drafts_from_docx(file))
    assert str(caught.value) == refusal
