"""Files that are not read, and what they are called."""

import doctest
import io

import pytest

import index.reading.metadata.properties
import index.reading.office.kinds
from documents import docx, epub, odt, pdf, pptx, xlsx, zipped
from index.errors import ReadError
from index.reading.formats import ReadOptions, drafts_in
from index.reading.metadata.properties import usable_author, usable_title
from index.reading.office.kinds import refusal_of

SLIDES = "an old PowerPoint presentation (.ppt); save it as .pptx"


def compound(*streams: str) -> bytes:
    """An old Office file with streams of these names in its first folder sector."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    head[30] = 9
    for name in ("Root Entry", *streams):
        entry = name.encode("utf-16-le").ljust(64, b"\0")
        head += entry + (2 * len(name) + 2).to_bytes(2, "little") + bytes(62)
    return bytes(head)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (compound("1Table", "WordDocument"), "an old Word document (.doc); save it as .docx"),
        (compound("PowerPoint Document"), SLIDES),
        (
            compound("EncryptionInfo", "EncryptedPackage"),
            "protected by a password; save a copy without one",
        ),
        (
            compound("Bookmarks"),
            "an old Office document; save it as .docx, its tables as .xlsx, its slides as .pptx",
        ),
        (
            zipped({"Index/Document.iwa": "a"}).getvalue(),
            "an Apple Pages, Numbers, or Keynote document; export it as .docx, .xlsx, or .pptx",
        ),
        (bytes(60) + b"BOOKMOBI", "a Kindle book; convert it to EPUB, as with Calibre"),
        (b"\0\0\0\x18ftypmp42", "a recording or a picture; add its text, as a transcript"),
        (b"GIF89a", "a GIF picture; save it as .png"),
    ],
)
def test_formats_are_named(content: bytes, refusal: str) -> None:
    assert refusal_of(content) == refusal


@pytest.mark.parametrize(
    "file",
    [
        docx("<w:p/>"),
        odt(""),
        epub({"a": "<p>One</p>"}),
        pdf([[]]),
        xlsx({}),
        pptx([]),
        io.BytesIO(compound("Workbook")),
        io.BytesIO(b"Words."),
    ],
)
def test_what_can_be_read_is_not_refused(file: io.BytesIO) -> None:
    assert refusal_of(file.getvalue()) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("talk.msg", "damaged; save it again from Outlook, as .msg or .eml"),
        ("catches.xls", "damaged; open it in the program that made it and save it again"),
        ("talk", "an old Office document; save it as .docx"),
        ("talk.txt", "an old Office document; save it as .docx"),
    ],
)
def test_of_a_broken_file_it_is_told_what_works_for_its_kind(name: str, told: str) -> None:
    with pytest.raises(ReadError, match=f"^{told}"):
        list(drafts_in(io.BytesIO(compound("Bookmarks")), name, ReadOptions()))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_the_beginning_of_a_file_is_enough(content: bytes) -> None:
    assert refusal_of(content) in (
        None,
        "an old Office document; save it as .docx, its tables as .xlsx, its slides as .pptx",
    )


@pytest.mark.parametrize(
    "title",
    ["Untitled-1", "Document2", "(anonymous)", "report.final.docx", "C:\\tmp\\port.doc", "1234",
     "PowerPoint-Präsentation", "<4D6963726F736F6674>", "a" * 301],
)  # fmt: skip
def test_titles_that_programs_write_are_none(title: str) -> None:
    assert usable_title(title) == ""


@pytest.mark.parametrize(
    "title", ["Reports from the port", "Document leak at the port", "1984 again"]
)
def test_titles_that_people_write_are_kept(title: str) -> None:
    assert usable_title(f" {title}\n") == title


@pytest.mark.parametrize("author", ["Admin", "Microsoft Office User", "user1", "python-docx", "-"])
def test_authors_that_programs_write_are_none(author: str) -> None:
    assert usable_author(author) == ""


@pytest.mark.parametrize("module", [index.reading.metadata.properties, index.reading.office.kinds])
def test_the_examples_hold(module) -> None:
    result = doctest.testmod(module)
    assert result.failed == 0
    assert result.attempted > 0
