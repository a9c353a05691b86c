"""Zipped documents that unpack to too much, and XML that expands to too much."""

import io
import zipfile

import pytest

from documents import docx, epub, odt, word_paragraph, zipped
from index.errors import ReadError
from index.reading.office.archive import Archive, local_name, parse_xml
from index.reading.office.docx import drafts_from_docx
from index.reading.office.epub import drafts_from_epub
from index.reading.office.opendocument import drafts_from_odt

BOMB = "unpacks to far more than a document holds; save its text in a new file"
DAMAGED = "damaged; open it in the program that made it and save it again"
LAUGHS = (
    "<!DOCTYPE d ["
    '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    + "]>"
)


def refusal(read, *arguments) -> str:
    with pytest.raises(ReadError) as caught:
        read(*arguments)
    return str(caught.value)


def test_parts_are_read_by_name() -> None:
    with Archive(zipped({"a.txt": "words", "b.xml": "<x:b xmlns:x='x'>words</x:b>"})) as archive:
        assert archive.names == {"a.txt", "b.xml"}
        assert archive.read("a.txt") == b"words"
        assert local_name(archive.xml("b.xml")) == "b"
        assert archive.xml_if_there("c.xml") is None
        assert refusal(archive.read, "c.txt") == DAMAGED


def test_a_part_that_unpacks_to_a_thousand_times_its_size_is_refused() -> None:
    with Archive(zipped({"a": bytes(10_000_000)})) as archive:
        assert refusal(archive.read, "a") == BOMB


def test_what_comes_out_counts_and_not_what_the_archive_says() -> None:
    # Both of the places that state its size say 1 byte; its check sum is then that of more.
    content = zipped({"a": bytes(10_000_000)}).getvalue()
    size = (10_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    with Archive(io.BytesIO(content.replace(size, (1).to_bytes(4, "little")))) as archive:
        assert refusal(archive.read, "a") == DAMAGED


def test_all_that_is_read_counts() -> None:
    parts = {str(number): bytes(1_900_000) for number in range(40)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as stored:
        for name, content in parts.items():
            stored.writestr(name, content)
    with Archive(file) as archive:
        for number in range(21):
            archive.read(str(number))
        assert refusal(archive.read, "21") == BOMB


def test_too_many_parts_are_refused() -> None:
    assert refusal(Archive, zipped(dict.fromkeys(map(str, range(20_001)), ""))) == BOMB


def test_locked_parts_are_named() -> None:
    content = bytearray(zipped({"a": "words"}).getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    with Archive(io.BytesIO(bytes(content))) as archive:
        assert refusal(archive.read, "a") == "protected by a password; save a copy without one"


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_or_an_empty_one_is_refused(content: bytes) -> None:
    assert refusal(lambda: list(drafts_from_odt(io.BytesIO(content)))) == DAMAGED


def test_xml_that_expands_is_refused() -> None:
    entities = "its XML defines entities, which no document needs; save its text anew"
    assert refusal(parse_xml, f"{LAUGHS}<d/>".encode()) == entities
    assert refusal(parse_xml, f"{LAUGHS}<d>&a1;</d>".encode()) == entities
    assert refusal(parse_xml, f"{LAUGHS}<d>&a29;</d>".encode()) == DAMAGED
    assert refusal(parse_xml, f"{LAUGHS}<d a='&a29;'/>".encode()) == DAMAGED
    external = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><d>&a;</d>'
    assert refusal(parse_xml, external.encode()) == entities


def test_a_plain_doctype_is_no_bomb() -> None:
    assert (
        local_name(parse_xml(b'<!DOCTYPE ncx PUBLIC "a" "http://port.example/x.dtd"><ncx/>'))
        == "ncx"
    )


def test_deep_nesting_is_refused() -> None:
    assert refusal(parse_xml, b"<a>" * 100_000 + b"</a>" * 100_000) == DAMAGED


def test_readers_refuse_bombs() -> None:
    spaces = " " * 10_000_000
    assert refusal(lambda: list(drafts_from_docx(docx(spaces)))) == BOMB
    assert refusal(lambda: list(drafts_from_odt(odt(spaces)))) == BOMB
    assert refusal(lambda: list(drafts_from_epub(epub({"a": spaces})))) == BOMB


def test_tables_in_tables_are_read_as_deep_as_xml_goes() -> None:
    deep = word_paragraph("<w:r><w:t>Inside</w:t></w:r>")
    for _ in range(70):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc></w:tr></w:tbl>"
    assert next(drafts_from_docx(docx(deep))).text == "Inside"
    for _ in range(20):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc></w:tr></w:tbl>"
    assert refusal(lambda: list(drafts_from_docx(docx(deep)))) == DAMAGED
