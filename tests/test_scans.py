"""Scans and pictures: what is read on them, in which order, how surely, and where it stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from documents import PICTURE, column, pdf
from index.errors import ReadError
from index.reading import ReadArticle, read_file
from index.reading.pdf.document import drafts_from_pdf
from index.reading.pdf.layout import text_of_pages
from index.reading.sandbox.pool import ReaderPool
from index.reading.scans import recognition
from index.reading.scans.page import SeenLine, page_of_lines
from index.reading.scans.pictures import count_frames, drafts_from_picture
from index.scanned import ScannedLine, lines_from_numbers, numbers_of_lines
from index.sqlite.unfinished import UnfinishedScans

LINES = (
    "The weir at Oakfold was opened again on Tues-",
    "day, after eleven weeks of work by the county.",
    "It had cost 4.2 million pounds, said Ines Calder,",
    "and was worth every penny of that.",
)


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    recognition._recogniser.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    yield
    recognition._recogniser.cache_clear()


def printed(lines: Sequence[str], degrees: float = 0.0) -> Image.Image:
    picture = Image.new("L", (1100, 140 + 44 * len(lines)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        place = 70, 70 + 44 * number
        draw.text(place, line, font=ImageFont.load_default(30), fill=0)
    return picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


def content(*pictures: Image.Image, format: str = "TIFF") -> BytesIO:
    file = BytesIO()
    first, *others = pictures
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(file, format, **more)
    file.seek(0)
    return file


@pytest.mark.usefixtures("without_ocr")
def test_without_the_extra_a_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(content(printed(["The weir."]), format="PNG").read())
    with pytest.raises(ReadError, match=r'^a scan or picture.*pip install "byline\[ocr\]"'):
        read_file(path)


def test_a_picture_that_lacks_its_size_is_damaged() -> None:
    written = BytesIO()
    Image.new("L", (24, 12)).save(written, "TIFF")
    broken = written.getvalue().replace(b"\x00\x01\x04\x00", b"\x0f\x01\x04\x00", 1)
    with pytest.raises(ReadError, match="damaged or cut off"):
        count_frames(BytesIO(broken))


@pytest.mark.usefixtures("without_ocr")
def test_without_the_extra_the_pages_with_text_are_read() -> None:
    with pytest.raises(ReadError, match=r"byline\[ocr\]"):
        list(drafts_from_pdf(pdf([[PICTURE], [PICTURE]])))
    (draft,) = drafts_from_pdf(pdf([column(["The weir is open."]), [PICTURE], []]))
    (warning,) = draft.warnings
    assert warning.startswith("left out 1 of 3 pages: a scan or picture")


def test_a_turned_page_is_read_in_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(content(printed(LINES, 1.5), format="PDF").read())
    pages: list[tuple[int, int]] = []
    with ReaderPool(on_page=lambda _, page, of: pages.append((page, of))) as pool:
        ((_, read),) = pool.read_many([path])
        picture = pool.picture(path, 1, 600)
    assert isinstance(read, ReadArticle)
    document = read.document
    words = " ".join(document.text.split())
    assert "again on Tuesday, after eleven weeks" in words
    assert "4.2 million pounds, said Ines Calder, and was" in words
    assert pages == [(1, 1)]
    assert [line.start for line in document.lines] == sorted(line.start for line in document.lines)
    assert all(line.certainty > 0.9 for line in document.lines)
    (line,) = document.lines_at(document.text.index("Ines"), document.text.index("Ines") + 4)
    assert "Ines" in document.text[line.start : line.end]
    # The third line of four, a little below the middle of the page.
    assert 0.45 < line.corners[1] / 10_000 < 0.65
    assert (picture.pages, max(picture.width, picture.height)) == (1, 600)
    assert picture.jpeg.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("way", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_a_page_on_its_side_is_read(way: Image.Transpose) -> None:
    picture = printed(LINES, 0.8).transpose(way)
    (draft,) = drafts_from_picture(content(picture, format="PNG"), Log())
    assert "again on Tuesday, after eleven weeks" in " ".join(draft.text.split())
    at = draft.text.index("Ines")
    (line,) = (each for each in draft.lines if each.start <= at < each.end)
    across, down = line.corners[::2], line.corners[1::2]
    # The line runs up the picture, or down, and is the third of four.
    assert abs(down[1] - down[0]) > 5_000 > 1_000 > abs(across[1] - across[0])
    assert 3_500 < across[3] < 6_500


class Log:
    """Keeps what was read, until it is interrupted at a page."""

    def __init__(self, stop: int = 0) -> None:
        self.kept: dict[str, str] = {}
        self.begun: list[int] = []
        self.stop = stop

    def known(self, key: str) -> str | None:
        return self.kept.get(key)

    def begin(self, page: int, pages: int) -> None:
        assert page <= pages
        self.begun.append(page)
        if page == self.stop:
            raise KeyboardInterrupt

    def keep(self, key: str, seen: str) -> None:
        self.kept[key] = seen


def test_no_page_is_read_twice() -> None:
    file = content(*(printed([f"Page {number} is read."]) for number in ("one", "two", "six")))
    log = Log(stop=2)
    with pytest.raises(KeyboardInterrupt):
        list(drafts_from_picture(file, log))
    log.stop = 0
    (draft,) = drafts_from_picture(file, log)
    assert log.begun == [1, 2, 2, 3]
    assert [draft.text[start:][:8] for start in draft.pages] == ["Page one", "Page two", "Page six"]


def test_pages_are_kept_by_file_until_it_is_in_the_library(tmp_path: Path) -> None:
    scans = UnfinishedScans(tmp_path / "home" / "unfinished.db")
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    scans.forget(one)
    assert scans.known(one) == {}
    assert not (tmp_path / "home").exists()
    scans.keep(one, "a", "[]")
    scans.keep(other, "b", "[]")
    assert (scans.known(one), scans.known(other)) == ({"a": "[]"}, {"b": "[]"})
    scans.forget(one)
    assert (scans.known(one), scans.known(other)) == ({}, {"b": "[]"})


def test_pages_that_cannot_be_kept_stop_nothing(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.db"
    path.write_bytes(b"no database" * 100)
    scans = UnfinishedScans(path)
    scans.keep(tmp_path / "one.pdf", "a", "[]")
    assert scans.known(tmp_path / "one.pdf") == {}


def seen(text: str, left: float, top: float, width: float, turn: float = 0.0) -> SeenLine:
    """A line 30 pixels high, whose right end is `turn` times its width higher."""
    right, rise = left + width, turn * width
    top -= turn * left
    corners = (left, top, right, top - rise, right, top - rise + 30, left, top + 30)
    return SeenLine(text, 0.99, corners)


@pytest.mark.parametrize("turn", [0.0, 0.03, -0.03])
def test_columns_are_read_one_after_the_other(turn: float) -> None:
    rows = [
        [
            seen(
                "A heading that goes across the whole of the page, and is long",
                100,
                100,
                1000,
                turn,
            )
        ],
        [seen("The first column of it has", 100, 200, 430, turn)],
        [seen("words that go on in the se-", 100, 240, 430, turn)],
        [seen("cond, which ends here.", 640, 200, 360, turn)],
        [seen("A last one stands there.", 640, 240, 400, turn)],
    ]
    lines = [line for row in rows for line in row]
    page = page_of_lines([lines[3], lines[1], lines[4], lines[0], lines[2]], 1200, 1600)
    assert [line.text for line in page.lines] == [line.text for line in lines]
    assert "in the second, which ends here" in text_of_pages([page]).text


def test_lines_end_where_the_next_begins() -> None:
    page = page_of_lines(
        [seen("The keeper of the har-", 100, 100, 400), seen("bour spoke.", 100, 140, 200)],
        900,
        900,
    )
    printed_text = text_of_pages([page])
    assert printed_text.text == "The keeper of the harbour spoke."
    assert [printed_text.text[line.start : line.end] for line in printed_text.lines] == [
        "The keeper of the har",
        "bour spoke.",
    ]


LINE = ScannedLine(2, 6, 0.5, (0, 1, 10_000, 2, 10_000, 3, 0, 4))


def test_lines_survive_as_numbers() -> None:
    assert lines_from_numbers(numbers_of_lines([LINE, LINE]), 6) == (LINE, LINE)


@pytest.mark.parametrize(
    ("at", "value"), [(0, -1), (1, 7), (1, 2), (2, 1001), (3, 10_001), (4, True), (5, "1")]
)
def test_what_is_no_line_is_refused(at: int, value: object) -> None:
    numbers: list[object] = list(numbers_of_lines([LINE]))
    numbers[at] = value
    with pytest.raises(ValueError, match="line"):
        lines_from_numbers(numbers, 6)
    with pytest.raises(ValueError, match="eleven"):
        lines_from_numbers(numbers_of_lines([LINE])[:-1], 6)
