"""A file is taken for what its content says, and only then for what its suffix says."""

from __future__ import annotations

import plistlib
from io import BytesIO
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import ReadArticle, Unread, find_files, read_articles
from index.reading.articles import articles_in
from index.reading.draft import Draft
from index.reading.formats import FORMATS, Format, format_of, head_of

PAGE = "<!DOCTYPE html><html><body><p>Ships came in before noon.</p></body></html>"


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        (b"Words.", "a.txt", "plain text"),
        (b"Words.", "a.TEXT", "plain text"),
        (b"Words.", "a.md", "Markdown"),
        (b"Words.", "a.htm", "HTML"),
        (PAGE.encode(), "a.txt", "HTML"),
        (PAGE.encode(), "page", "HTML"),
        (PAGE.encode("utf-8-sig"), "a.md", "HTML"),
        (PAGE.encode("utf-16"), "a.txt", "HTML"),
        (PAGE.encode("utf-16-be"), "a.txt", "HTML"),
        (b'\n<?xml version="1.0"?>\n<html lang="en">', "a.txt", "HTML"),
        (b"<p>Words.</p>", "a.txt", "plain text"),
        (b"Words.", "a.png", "picture"),
        (b"Words.", "a.gif", None),
        (b"Words.", "README", None),
    ],
)
def test_the_format_of_a_file(content: bytes, name: str, format: str | None) -> None:
    found = format_of(content, name)
    assert (found.name if found else None) == format


def test_no_suffix_belongs_to_two_formats() -> None:
    suffixes = [suffix for each in FORMATS for suffix in each.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all("." in suffix and suffix == suffix.lower() for suffix in suffixes)


def test_a_page_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_text(PAGE, encoding="utf-8")
    (found,) = read_articles(path)
    assert isinstance(found, ReadArticle)
    assert found.document.text == "Ships came in before noon."
    assert found.document.path == str(path)


def test_the_head_of_an_archive_holds_the_table_at_its_end() -> None:
    for archive in (b"PK\x03\x04" + bytes(9000), b"PK\x03\x04" + bytes(90_000)):
        file = BytesIO(archive + b"PK\x01\x02word/document.xml")
        assert b"word/document.xml" in head_of(file)
        assert file.tell() == 0
    assert head_of(BytesIO(bytes(90_000))) == bytes(8192)
    assert head_of(BytesIO(b"PK\x03\x04 short")) == b"PK\x03\x04 short"


def articles(*drafts: Draft | Unread) -> list[ReadArticle | Unread]:
    """Return what comes of a file in which a reader found these."""
    table = (Format("made", (".x",), lambda *_: iter(drafts)),)
    return list(articles_in(BytesIO(b"content"), "letters.x", formats=table))


def test_an_article_has_all_that_its_reader_found() -> None:
    draft = Draft(
        "One page.\n\nTwo.",
        title="A title\nin two lines",
        author=" ",
        dates=("2019-01-04",),
        language="en-GB",
        pages=(0, 11),
        part="7",
        warnings=("two pages were left out",),
    )
    (found,) = articles(draft)
    assert isinstance(found, ReadArticle)
    document = found.document
    assert document.title == "A title in two lines"
    assert document.author is None
    assert str(document.published) == "2019-01-04"
    assert (document.language, document.pages, document.part) == ("en-GB", (0, 11), "7")
    assert found.warnings == ("two pages were left out",)
    assert document.page_at(document.text.index("Two")) == 2


def test_what_is_no_character_is_replaced_and_pages_stay_right() -> None:
    (found,) = articles(Draft("a\0b\ud800 c", title="\0", pages=(0, 5)))
    assert isinstance(found, ReadArticle)
    assert found.document.text == "a\ufffdb\ufffd c"
    assert found.document.pages == (0, 5)


def test_one_part_without_text_leaves_the_others_standing() -> None:
    reason = "no text was found in it; save the article as text"
    first, second = articles(Draft(" \u200b", part="1"), Draft("Words.", part="2"))
    assert first == Unread("1", reason)
    assert isinstance(second, ReadArticle)
    with pytest.raises(ReadError, match=f"^{reason}$"):
        articles(Draft(" \u200b"))
    with pytest.raises(ReadError, match=r"^no article was found in it"):
        articles()
    with pytest.raises(ReadError, match=r"^its text is longer than 20,000,000 characters; split"):
        articles(Draft("x" * 20_000_001))


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("a.url", "add the page it leads to: ask add --url"),
        ("a.opml", "it lists feeds; add their pages, each with ask add --url"),
        ("a.tex", "convert it, as with pandoc to .docx, or add the PDF made of it"),
        ("a.xyz", "save it as text or PDF"),
    ],
)
def test_what_is_not_read_says_what_to_do(name: str, instead: str) -> None:
    kind = name[1:]
    with pytest.raises(ReadError, match=f"^{kind} is not supported; {instead}$"):
        list(articles_in(BytesIO(b"[InternetShortcut]\nURL=https://moss.example/\n"), name))


@pytest.mark.parametrize("fmt", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_an_archive_of_safari(fmt: plistlib.PlistFormat) -> None:
    main = {
        "WebResourceData": PAGE.replace("noon", "café").encode("cp1252"),
        "WebResourceTextEncodingName": "windows-1252",
        "WebResourceURL": "https://moss.example/ships",
    }
    kept = plistlib.dumps({"WebMainResource": main}, fmt=fmt)
    (read,) = articles_in(BytesIO(kept), "a.webarchive")
    assert isinstance(read, ReadArticle)
    assert read.document.text == "Ships came in before café."
    assert read.document.url == "https://moss.example/ships"
    number = plistlib.dumps({"WebMainResource": {"WebResourceData": 1_000_000}}, fmt=fmt)
    # Lists within lists.
    lists = b"".join(b"\xa1" + place.to_bytes(2, "big") for place in range(1, 5_000)) + b"\x09"
    places = b"".join((8 + 3 * place).to_bytes(2, "big") for place in range(5_000))
    ends = (4_999 * 3 + 9).to_bytes(8, "big")
    deep = b"bplist00" + lists + places + bytes(6) + b"\x02\x02" + (5_000).to_bytes(8, "big")
    deep += bytes(8) + ends
    for broken in (kept[:-40], plistlib.dumps(["a"], fmt=fmt), b"bplist00", number, deep):
        with pytest.raises(ReadError, match="no web page in it"):
            list(articles_in(BytesIO(broken), "a.webarchive"))


def test_the_number_that_notion_adds_is_no_part_of_a_title(tmp_path: Path) -> None:
    path = tmp_path / f"Boats {'0a' * 16}_all.csv"
    path.write_text("Name,Metres\nPetrel,12\nMerrow,84\n")
    (read,) = read_articles(path)
    assert isinstance(read, ReadArticle)
    assert read.document.title == "Boats"


def test_files_that_programs_are_made_with_are_passed_over_in_folders(tmp_path: Path) -> None:
    for name in ("package.json", "Requirements.txt", "requirements of the port.txt"):
        (tmp_path / name).write_text("Ships came in before noon.\n")
    (found,) = find_files(tmp_path)
    assert found.name == "requirements of the port.txt"
