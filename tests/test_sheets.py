"""Workbooks: rows that are articles, sheets that are tables, and files that are neither."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from documents import odt, relations, xlsx, zipped
from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.formats import format_of, head_of
from index.reading.office.archive import Archive
from index.reading.tables.percents import percent_cells
from index.reading.tables.sheets import drafts_from_workbook
from outlook_files import compound_file

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


def old_workbook() -> io.BytesIO:
    """A workbook of Excel 97, of two sheets; of [MS-XLS] only what a table needs."""

    def record(kind: int, *values: int | bytes) -> bytes:
        content = b"".join(
            value if isinstance(value, bytes) else struct.pack("<H", value) for value in values
        )
        return struct.pack("<2H", kind, len(content)) + content

    def words(row: int, column: int, text: str) -> bytes:
        return record(0x204, row, column, 0, len(text), b"\0" + text.encode())

    def number(row: int, column: int, style: int, value: float) -> bytes:
        return record(0x203, row, column, style, struct.pack("<d", value))

    begin, end = record(0x809, 0x600, 5, 0, 0, 0, 0, 0, 0), record(0x0A)
    own = "0.0 %"
    formats = record(0x41E, 164, len(own), b"\0" + own.encode())
    formats += record(0x41E, 165, 3, b"\1" + '0"%'.encode("utf-16-le"))
    styles = b"".join(record(0xE0, 0, each, bytes(16)) for each in (0, 9, 164, 165))
    several = struct.pack("<HiHi", 1, 4 << 2 | 2, 0, 4 << 2 | 2)
    sheets = {
        "Turnout": words(0, 0, "Ward") + words(0, 1, "Share") + words(0, 2, "Rate")
        + words(1, 0, "Moss") + number(1, 1, 1, 0.25) + number(1, 2, 2, -0.031)
        + words(2, 0, "Tangen") + record(0xBD, 2, 1, several, 2),
        "Other": words(0, 0, "Ward") + words(0, 1, "Part")
        + words(1, 0, "Moss") + number(1, 1, 3, 0.25),
    }  # fmt: skip
    listed = [record(0x85, bytes(6), bytes((len(name), 0)), name.encode()) for name in sheets]
    at = len(begin + formats + styles + b"".join(listed) + end)
    globals_, bodies = begin + formats + styles, b""
    for name, cells in sheets.items():
        place = struct.pack("<IH", at + len(bodies), 0)
        globals_ += record(0x85, place, bytes((len(name), 0)), name.encode())
        bodies += record(0x809, 0x600, 0x10, 0, 0, 0, 0, 0, 0) + cells + end
    return io.BytesIO(compound_file({"Workbook": globals_ + end + bodies}))


def binary_workbook() -> io.BytesIO:
    """An .xlsb with one sheet; of [MS-XLSB] only what a table needs."""

    def record(kind: int, *values: int | str | bytes) -> bytes:
        content = b"".join(
            struct.pack("<I", value) if isinstance(value, int)
            else struct.pack("<I", len(value)) + value.encode("utf-16-le")
            if isinstance(value, str) else value
            for value in values
        )  # fmt: skip
        number = bytes((kind,)) if kind < 128 else bytes((kind & 127 | 128, kind >> 7))
        return number + bytes((len(content) & 127 | 128, len(content) >> 7)) + content

    def style(used: int) -> bytes:
        return record(47, struct.pack("<2H", 0, used), bytes(12))

    row = bytes(17)
    cells = (
        (0, record(6, 0, 0, "Ward"), record(6, 1, 0, "Share"), record(6, 2, 0, "Rate")),
        (1, record(6, 0, 0, "Moss"), record(5, 1, 1, struct.pack("<d", 0.25)),
         record(2, 2, 2, 4 << 2 | 2)),
    )  # fmt: skip
    sheet = record(129) + record(148, bytes(16)) + record(145)
    sheet += b"".join(record(0, number, row) + b"".join(each) for number, *each in cells)
    sheet += record(146) + record(130)
    styles = (
        record(615, 1)
        + record(44, struct.pack("<H", 164), "0.0%")
        + record(617, 3)
        + style(0)
        + style(164)
    )
    styles += style(2) + record(618)
    kinds = "worksheet", "styles"
    links = relations(kinds[0], {"r1": "worksheets/sheet1.bin"})
    link = relations(kinds[1], {"r2": "styles.bin"})
    links = links.replace(
        "</Rel", link[link.index("<Relationship ") : link.index("</Rel")] + "</Rel"
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations("officeDocument", {"r1": "xl/workbook.bin"}),
            "xl/workbook.bin": record(156, 0, 1, "r1", "Turnout") + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": links,
            "xl/styles.bin": styles,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def test_percentages_of_a_binary_workbook() -> None:
    (draft,) = articles(binary_workbook())
    assert isinstance(draft, Draft)
    assert draft.text == "Ward | Share | Rate\n\nMoss | 25% | 4"


def test_percentages_of_an_old_workbook() -> None:
    turnout, other = articles(old_workbook())
    assert isinstance(turnout, Draft)
    assert isinstance(other, Draft)
    assert turnout.text == "Ward | Share | Rate\n\nMoss | 25% | -3.1%\n\nTangen | 400% | 4"
    assert other.text == "Ward | Part\n\nMoss | 0.25"


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
