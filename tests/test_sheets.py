"""Workbooks: rows that are articles, sheets that are tables, and files that are neither."""

import io
import zipfile
from pathlib import Path

import pytest

from documents import odt, xlsx, zipped
from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.formats import format_of, head_of
from index.reading.office.archive import Archive
from index.reading.tables.percents import percent_cells
from index.reading.tables.sheets import drafts_from_workbook

OLD = Path(__file__).parent / "data" / "catches.xls"
HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."


def articles(file: io.BytesIO, **columns: str) -> list[Draft | Unread]:
    assert format_of(head_of(file), "unnamed").name == "workbook"  # type: ignore[union-attr]
    return list(drafts_from_workbook(file, columns))


def test_a_row_is_an_article_where_a_column_holds_texts() -> None:
    clips = [
        ["Clips of January"],
        [],
        ["Headline", "Date", "Body"],
        ["Port open", "2019-01-04", HARBOUR],
        ["", "", ""],
        ["Empty", "2019-01-05", ""],
    ]
    first, second = articles(xlsx({"Clips": clips}))
    assert isinstance(first, Draft)
    assert (first.text, first.title, first.dates) == (HARBOUR, "Port open", ("2019-01-04",))
    assert first.part == "row 4"
    assert second == Unread("row 6", "nothing in its column 'Body'; add the text there")


def test_a_sheet_of_facts_is_one_table() -> None:
    snow = [["Snow in cm"], ["Town", "January", "February"], ["Ulvik", "", "104"], ["Moss", "3"]]
    file = xlsx({"Sheet1": snow, "Drafts": [["Secret", "Row"]], "Empty": []}, hidden="Drafts")
    (draft,) = articles(file)
    assert isinstance(draft, Draft)
    assert draft.text == ("Snow in cm\n\nTown | January | February\n\nUlvik | – | 104\n\nMoss | 3")
    assert (draft.title, draft.part) == ("", "Sheet1")


def test_a_sheet_may_begin_with_an_article() -> None:
    clips = [["", "4 January 2019", "Port open", HARBOUR], ["", "5 January 2019", "More", HARBOUR]]
    first, second = articles(xlsx({"Clips": clips}))
    assert isinstance(first, Draft)
    assert (first.text, first.title, first.dates) == (HARBOUR, "Port open", ("4 January 2019",))
    assert (first.part, second.part) == ("row 1", "row 2")


def test_percentages_are_written_as_such() -> None:
    shares = [["", "Turnout"], [], ["", "Town", "Share", "Rate"], ["", "Moss", 0.25, -0.031]]
    (draft,) = articles(xlsx({"Shares": shares}))
    assert isinstance(draft, Draft)
    assert draft.text == "Turnout\n\nTown | Share | Rate\n\nMoss | 25% | -3.1%"
    share = '<table:table-cell office:value-type="percentage" office:value=".07"{}/>'
    words = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = [words.format(name) for name in ("Town", "Share", "Last", "Sum")]
    repeated = share.format(' table:number-columns-repeated="2"')
    cells = [words.format("Moss"), repeated, share.format("").replace("percentage", "float")]
    written = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in (rows, cells))
    sheet = f'<table:table table:name="A">{written}</table:table>'
    (draft,) = articles(odt(sheet, kind="spreadsheet", manifest="<manifest:file-entry/>"))
    assert isinstance(draft, Draft)
    assert draft.text == "Town | Share | Last | Sum\n\nMoss | 7% | 7% | 0.07"


@pytest.mark.parametrize(
    ("code", "cell"),
    [("#,##0.0_%", "12.5"), ("0.0*%", "12.5"), (r"0.0\%", "12.5"), ("_-0.0%_-", "1250%")],
)
def test_a_sign_that_is_not_shown_makes_no_percentage(code: str, cell: str) -> None:
    with zipfile.ZipFile(xlsx({"Shares": [["Town", "Share"], ["Moss", 12.5]]})) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    files["xl/styles.xml"] = files["xl/styles.xml"].replace("[Red]-0.0%;0.0%", code)
    (draft,) = articles(zipped(files))
    assert isinstance(draft, Draft)
    assert draft.text == f"Town | Share\n\nMoss | {cell}"


def test_cells_that_are_repeated_take_no_more_room_than_they_may() -> None:
    def places(times: int, value: str) -> list[int]:
        sheet = (
            f'<table:table table:name="{{}}"><table:table-row table:number-rows-repeated="{times}">'
            f'<table:table-cell office:value-type="percentage" {value}'
            f' table:number-columns-repeated="{times}"/></table:table-row></table:table>'
        )
        both = sheet.format("A") + sheet.format("B")
        file = odt(both, kind="spreadsheet", manifest="<manifest:file-entry/>")
        with Archive(file) as archive:
            return [len(each) for each in percent_cells(archive).values()]

    assert places(1500, "") == [0, 0]
    assert places(20, 'office:value=".25"') == [400, 400]
    assert places(1_500, 'office:value=".25"') == [1_000_000, 0]


def test_the_person_says_which_column_holds_the_text() -> None:
    remarks = {"Log": [["Who", "Said"], ["Ana", "Yes."]], "Other": [["a", "b"], ["c", "d"]]}
    first, second = articles(xlsx(remarks), text="Said", author="Who")
    assert isinstance(first, Draft)
    assert (first.text, first.author, first.part) == ("Yes.", "Ana", "Log › row 2")
    assert second == Unread("Other", "no column 'Said'; its columns are: a, b")


def test_old_and_open_workbooks() -> None:
    (draft,) = articles(io.BytesIO(OLD.read_bytes()))
    assert isinstance(draft, Draft)
    assert draft.title == "Catches"
    assert (
        draft.text
        == "Boat | Landed | Tonnes\n\nPetrel | 2023-03-14 | 4.5\n\nGannet | 2023-03-15 | 12"
    )

    def row(*cells: str) -> str:
        written = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in cells
        )
        return f"<table:table-row>{written}</table:table-row>"

    table = f'<table:table table:name="Crew">{row("Name", "Age")}{row("Ana", "30")}</table:table>'
    (draft,) = articles(odt(table, kind="spreadsheet", manifest="<manifest:file-entry/>"))
    assert isinstance(draft, Draft)
    assert (draft.title, draft.text) == ("Crew", "Name | Age\n\nAna | 30")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (xlsx({"A": [["a", "b"]]}).getvalue()[:-60], "damaged; open it in the program"),
        (xlsx({"A": []}).getvalue(), "a workbook without words; there is nothing to read in it"),
        (xlsx({"A": [["a", "b"]] * 10_002}).getvalue(), "a table of more than 10,000 rows; keep"),
        (OLD.read_bytes()[:3000], "damaged; open it in the program"),
        (
            odt("", kind="spreadsheet", manifest="<manifest:encryption-data/>").getvalue(),
            "protected by a password; save a copy without one",
        ),
    ],
)
def test_broken_workbooks(content: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=f"^{reason}"):
        list(drafts_from_workbook(io.BytesIO(content)))
