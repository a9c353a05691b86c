"""PDFs, good and bad, made byte by byte."""

import io
from contextlib import closing

import pytest

from documents import column, pdf
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.pdf.document import drafts_from_pdf, open_pdf
from index.reading.pdf.lines import clean_characters, page_of

FIRST = [
    "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and the inter-",
    "national ferries came in before noon. The dockers had asked for a well-",
    "known judge to settle it, as the crew of every ship in the port",
]
SECOND = ["had gone home by then. The dockers stay away on Sunday."]
TEXT = (
    "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and the"
    " international ferries came in before noon. The dockers had asked for a well-known judge to"
    " settle it, as the crew of every ship in the port had gone home by then. The dockers stay"
    " away on Sunday."
)


def read(*pages, **entries: str) -> Draft:
    [draft] = drafts_from_pdf(pdf(pages, **entries))
    assert isinstance(draft, Draft)
    return draft


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(ReadError) as caught:
        list(drafts_from_pdf(file))
    return str(caught.value)


def test_a_paragraph_goes_on_over_the_page() -> None:
    draft = read(column(FIRST), column(SECOND))
    assert draft.text == TEXT
    assert draft.pages == (0, TEXT.index("had gone home"))


def test_properties() -> None:
    draft = read(
        column(FIRST),
        info="/Title (The harbour reopens) /Author (Ada Quill) /CreationDate (D:20190108120000Z)"
        " /ModDate (D:20190109)",
        catalog="/Lang (en-GB)",
    )
    assert (draft.title, draft.author, draft.language) == (
        "The harbour reopens",
        "Ada Quill",
        "en-GB",
    )
    assert draft.dates == ()  # The day on which a file was made is none of publication.


def test_the_articles_own_first_lines_are_believed_first() -> None:
    lines = ["The harbour reopens", "", "By Ada Quill", "", "4 January 2019", "", *FIRST]
    draft = read(column(lines), info="/Title (The harbour reopens) /Author (Print Room)"
                 " /CreationDate (D:20200101)")  # fmt: skip
    assert draft.title == "The harbour reopens"
    assert draft.author == "Ada Quill"
    assert draft.dates == ("4 January 2019",)
    assert draft.text.startswith("The harbour of Port Vell")
    assert draft.pages == (0,)


HEAD = (60, 815, "The Harbour Quarterly, vol. 3, 14 March 2023")
PRINTED = "14 March 2023"


@pytest.mark.parametrize(
    "lines",
    [
        [*column(["Port Vell reopens", "14 March 2023", "By Ada Quill", "", *FIRST])],
        [*column(["Port Vell reopens", "Ada Quill, 14 March 2023", "", *FIRST])],
        [*column(["Port Vell reopens", "", "By Ada Quill | Port News | 14 March 2023", *FIRST])],
        [*column(["Port Vell reopens", "", "PORT VELL, 14 March 2023 - " + FIRST[0], *FIRST[1:]])],
        [*column(["Received 3 May 2022, published online: 14 March 2023", "", *FIRST])],
        [*column(["Report date: 14 March 2023", "2 May 2022", "", *FIRST])],
        [*column(["To the council", "", *FIRST, "", "14 March 2023", "", "Ada Quill"])],
        [*column(["To the council", "", *FIRST, "", "Ada Quill", "Port Vell, 14 March 2023"])],
        [*column(["To the council", "", *FIRST, "", "Signed on 14 March 2023", "Ada Quill"])],
        [*column(["Published online: 14 March 2023", "Issue date: 1 June 2023", "", *FIRST])],
        [*column(["Release date: 14 March 2023", "Next release date: 1 June 2023", "", *FIRST])],
        [*column(["INVOICE", "Order date: 2 March 2023", "Invoice date: 14 March 2023", *FIRST])],
        [HEAD, *column(FIRST)],
        [*column(FIRST), (60, 20, "14 March 2023")],
    ],
)
def test_a_date_printed_on_the_first_page_is_the_day_of_publication(lines) -> None:
    draft = read(lines, column(SECOND), info="/CreationDate (D:20260101120000Z)")
    assert PRINTED in draft.dates[0]


@pytest.mark.parametrize(
    "lines",
    [
        [*column(FIRST), (60, 20, "Updated 14 March 2023")],
        [*column([*FIRST, "The strike began on 14 March 2023, said the harbour master."])],
        [*column([*FIRST, "", "14 March 2023", "", "15 March 2023", "", "16 March 2023"])],
        [*column([*FIRST, "", "Photo: Port Vell, 14 March 2023", "", *FIRST])],
        # The last line of a narrow column, and of a caption.
        [*column([*FIRST, "", "in Port Vell on 14 March 2023 against the"])],
        [*column([*FIRST, "", "The quay in Port Vell, 14 March 2023"])],
        # As browsers put it on what they print.
        [(20, 825, "14/03/2023, 09:30"), *column(FIRST), (20, 12, "https://port.example/strike")],
    ],
)
def test_other_dates_of_a_page_are_not(lines) -> None:
    assert read(lines, info="/CreationDate (D:20260101120000Z)").dates == ()


@pytest.mark.parametrize("stated", ["", "/Title (Microsoft Word - port_final.doc)"])
def test_the_largest_letters_are_the_title_where_none_is_stated(stated: str) -> None:
    title = (60, 770, "Port Vell reopens after nine days", 18)
    assert read([title, *column(FIRST)], info=stated).title == "Port Vell reopens after nine days"
    assert read([(60, 770, "Port Vell reopens", 11), *column(FIRST)], info=stated).title == ""


def test_running_heads_are_no_text_and_tell_the_address() -> None:
    pages = [
        [
            (60, 780, "Port News"),
            *column([f"Ship number {number} came in."], top=600),
            (60, 20, f"https://port.example/strike {number}/3"),
        ]
        for number in (1, 2, 3)
    ]
    draft = read(*pages)
    assert draft.text == (
        "Ship number 1 came in.\n\nShip number 2 came in.\n\nShip number 3 came in."
    )
    assert draft.pages == (0, 24, 48)
    assert draft.url == "https://port.example/strike"


def test_pages_that_are_all_alike_keep_their_text() -> None:
    line = "The harbour reopened."
    assert read(*[[(60, 780, line)]] * 3).text == "\n\n".join([line] * 3)


def test_columns_are_read_one_after_the_other() -> None:
    left = column(["The ships of the left", "column came first and"])
    right = column(["those of the right one", "came after them."], left=320)
    assert read([*left, *right]).text == (
        "The ships of the left column came first and those of the right one came after them."
    )


def test_cells_of_a_table_are_marked() -> None:
    rows = [(60, 700, "Port"), (200, 700, "Ships"), (60, 680, "Vell"), (200, 680, "12")]
    assert read(rows).text == "Port | Ships\n\nVell | 12"


def test_raised_figures_are_superscripts_and_note_marks_go() -> None:
    area = [(60, 700, "10 km"), (85.5, 704, "2", 6), (90, 700, " of port")]
    assert read(area).text == "10 km² of port"
    note = [(60, 700, "The port reopened."), (141, 704, "3", 6)]
    assert read(note).text == "The port reopened."


def test_a_page_that_is_turned_reads_the_same() -> None:
    turned = b"0 1 -1 0 600 0 cm"
    lines = [turned, *column(FIRST, left=60, top=500)]
    assert read(lines, page="/Rotate 90").text == read(column(FIRST)).text


# What cannot be read


def test_empty_pages_are_refused() -> None:
    assert refusal(pdf([[]])) == "no text on its pages; there is nothing to read"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"no PDF at all", bytes(50)])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content)) == (
        "damaged or cut off; download it again, or open it in a viewer and print it to a new PDF"
    )


def test_a_password_is_named() -> None:
    content = pdf([column(FIRST)]).getvalue()
    key = "<" + "00" * 32 + ">"
    entry = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O {key} /U {key} >> /ID [{key} {key}]"
    locked = content.replace(b"trailer\n<<", b"trailer\n<< " + entry.encode())
    assert refusal(io.BytesIO(locked)) == "protected by a password; save a copy without one"


def test_a_file_without_its_table_of_objects_is_read() -> None:
    content = pdf([column(FIRST), column(SECOND)]).getvalue()
    start = content.index(b"xref")
    mended = content[:start] + content[content.index(b"trailer") :]
    [draft] = drafts_from_pdf(io.BytesIO(mended))
    assert isinstance(draft, Draft)
    assert draft.text == TEXT


def test_a_file_that_was_cut_off_is_refused() -> None:
    content = pdf([column(FIRST)]).getvalue()
    assert refusal(io.BytesIO(content[: len(content) // 2])).startswith("damaged or cut off;")


def test_a_million_pages_are_refused() -> None:
    content = pdf([column(FIRST)]).getvalue()
    kids = b"[" + b"4 0 R " * 1_000_000 + b"]"
    many = content.replace(b"[4 0 R]", kids).replace(b"/Count 1", b"/Count 1000000")
    assert refusal(io.BytesIO(many)) == "more than 5,000 pages; split it into several files"


def test_ligatures_and_unseen_characters() -> None:
    assert (
        clean_characters("e\ufb03cient \ufb02eets\u200b\x00 \ud83d\ude00") == "efficient fleets 😀"
    )


def test_what_is_filled_into_a_form_is_read() -> None:
    widget = "/Type /Annot /Subtype /Widget /FT /Tx /T (owner) /V (Halvard Rise of Skarv) /F 4"
    draft = read(
        column(FIRST),
        info=f"{widget} /Rect [60 300 400 320] /DA (/F 10 Tf 0 g)",
        page="/Annots [6 0 R]",
        catalog="/AcroForm << /Fields [6 0 R] /DR << /Font << /F 3 0 R >> >> >>",
    )
    assert draft.text.endswith("Halvard Rise of Skarv")


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_upright(turn: int) -> None:
    assert read(column(FIRST + SECOND), page=f"/Rotate {turn}").text == TEXT


def test_a_stamp_across_a_page_turns_nothing() -> None:
    # Along the diagonal of A4, as on pages that are else a picture.
    stamp = [b"0.57 0.82 -0.82 0.57 100 100 cm", *column(["A DRAFT"], left=0, top=0)]
    with closing(open_pdf(pdf([stamp]))) as document, closing(document[0]) as page:
        page_of(page)
        assert page.get_rotation() == 0
