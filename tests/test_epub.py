"""E-books, made part by part."""

import zipfile

import pytest

from documents import epub, zipped
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.office.epub import drafts_from_epub

FIRST = "<h1>One</h1><p>The harbour<br/>of Port&#160;Vell reopened.</p>"
SECOND = "<h1>Two</h1><p>Ships came in.</p>"
TEXT = "One\n\nThe harbour\nof Port Vell reopened.\n\nTwo\n\nShips came in."


def read(*arguments, **options) -> Draft:
    [draft] = drafts_from_epub(epub(*arguments, **options))
    assert isinstance(draft, Draft)
    return draft


def encrypted(algorithm: str) -> str:
    return (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        f'<e:EncryptionMethod Algorithm="{algorithm}"/></e:EncryptedData></encryption>'
    )


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    assert read({"b": FIRST, "a": SECOND}).text == TEXT
    assert read({"b": SECOND, "a": FIRST}, spine=["a", "b", "a"]).text == TEXT


def test_properties() -> None:
    metadata = (
        "<dc:title>The Harbour</dc:title><dc:creator>Ada Quill</dc:creator>"
        "<dc:creator>Ben Reed</dc:creator><dc:date>2019-01-04</dc:date>"
        "<dc:language>en</dc:language><dc:publisher>Port Press</dc:publisher>"
    )
    draft = read({"a": FIRST}, metadata=metadata)
    assert (draft.title, draft.author, draft.source) == (
        "The Harbour",
        "Ada Quill, Ben Reed",
        "Port Press",
    )
    assert (draft.dates, draft.language) == (("2019-01-04",), "en")


def test_a_missing_chapter_is_named() -> None:
    whole = epub({"a": FIRST, "b": SECOND})
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts["book/text/a.xhtml"]
    [draft] = drafts_from_epub(zipped(parts))
    assert isinstance(draft, Draft)
    assert draft.text == "Two\n\nShips came in."
    assert draft.warnings == ("1 of its chapters are missing in the file",)


def test_protected_books_are_refused_and_masked_fonts_are_not() -> None:
    with pytest.raises(ReadError) as caught:
        read({"a": FIRST}, encryption=encrypted("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    assert str(caught.value) == "protected against copying (DRM); get a copy without protection"
    masked = encrypted("http://www.idpf.org/2008/embedding")
    assert read({"a": FIRST, "b": SECOND}, encryption=masked).text == TEXT


def test_what_is_no_book_is_refused() -> None:
    for file in (zipped({"a.txt": "a"}), epub({"a": FIRST}, spine=["missing"])):
        with pytest.raises(ReadError, match="no e-book is in it; download or export it again"):
            list(drafts_from_epub(file))
    with pytest.raises(ReadError, match="no text in it"):
        read({"a": "<img src='a.png'/>"})
