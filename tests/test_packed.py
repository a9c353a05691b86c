"""Archives of files, read in place."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from documents import docx, odt, run, word_paragraph, xlsx, zipped
from index.errors import ReadError
from index.reading import ReadArticle, Unread, find_files, read_articles
from index.reading.articles import articles_in
from index.reading.draft import Draft
from index.reading.exports import packed
from index.reading.formats import format_of, head_of

PAGE = b"<html><title>Seals</title><p>Wardens counted 212 seals.</p></html>"
WARC = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://s.example/\r\n"
    b"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: text/html\r\n"
    b"WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
) % (len(PAGE), PAGE)
NOTE = "The ferry to Moss sails again on Monday."


def tar(files: Mapping[str, bytes], mode: str = "w:gz") -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    file.seek(0)
    return file


def found_in(tmp_path: Path, content: bytes, name: str = "archive") -> dict[str, str]:
    """Each part of an archive with its text, or why it was not read."""
    path = tmp_path / name
    path.write_bytes(content)
    return {
        each.part if isinstance(each, Unread) else each.document.part: (
            each.reason if isinstance(each, Unread) else each.document.text
        )
        for each in read_articles(path)
    }


FILES = {
    "papers/note.txt": NOTE.encode(),
    "papers/brief.docx": docx(word_paragraph(run("Words of a brief."))).getvalue(),
    "papers/rows.csv": b"id,text\n7,One.\n8,\n",
    "papers/letter": b"From: ana@example.org\nMessage-ID: <1@example.org>\n\nWords of a letter.\n",
    "papers/blob": bytes(range(256)),
    "papers/photo.jpg": b"\xff\xd8\xff",
    "papers/old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "papers/inner.zip": zipped({"a.txt": NOTE, "b.csv": "Ship,Tons\nPetrel,7\n"}).getvalue(),
    "papers/.obsidian/app.json": b'{"text": "hidden"}',
    "papers/~$brief.docx": b"lock",
    "__MACOSX/papers/._note.txt": b"fork",
}
FOUND = {
    "papers/note.txt": NOTE,
    "papers/brief.docx": "Words of a brief.",
    "papers/rows.csv › 7": "One.",
    "papers/rows.csv › 8": "nothing in its column 'text'; add the text there",
    "papers/letter": "Words of a letter.",
    "papers/photo.jpg": (
        "a picture that is damaged or cut off; open it in a viewer and save it again"
    ),
    "papers/old.doc": (
        "an old Office document; save it as .docx, its tables as .xlsx, its slides as .pptx"
    ),
    "papers/inner.zip › a.txt": NOTE,
    "papers/inner.zip › b.csv": "Ship | Tons\n\nPetrel | 7",
}


@pytest.mark.parametrize("make", [zipped, tar, lambda files: tar(files, "w:")])
def test_each_file_is_read_in_place_and_named_by_its_path(make, tmp_path: Path) -> None:
    assert found_in(tmp_path, make(FILES).getvalue()) == FOUND


def test_archives_within_archives_are_read_to_a_depth_and_share_their_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "1\n00:00:01,000 --> 00:00:02,000\nGood morning.\n"
    files = {"a.txt": NOTE, "ships 7.csv": "Ship,Tons\nPetrel,7\n", "council.srt": said}
    inner = zipped(files).getvalue()
    nested = tar({"b.zip": zipped({"c.zip": inner, "d.txt": "Fourth."}).getvalue()}).getvalue()
    found = list(articles_in(io.BytesIO(nested), "papers.tar.gz"))
    assert [each.document.title for each in found if isinstance(each, ReadArticle)] == [
        NOTE,
        "ships 7",
        "council",
        "Fourth.",
    ]
    assert found_in(tmp_path, zipped({"e.tgz": nested}).getvalue()) == {
        "e.tgz › b.zip › c.zip": "an archive deep within others; unpack it and add the files",
        "e.tgz › b.zip › d.txt": "Fourth.",
    }
    monkeypatch.setattr(packed, "_MOST_BYTES", 4_000)
    filled = zipped({f"{n}.txt": bytes([65 + n]) * 1_500 for n in range(3)}).getvalue()
    bomb = found_in(tmp_path, zipped({"f.zip": filled}).getvalue())
    assert [reason[:30] for reason in bomb.values()][2:] == ["unpacks to far more than an ar"]


def test_documents_are_told_from_archives_of_documents() -> None:
    documents = {
        "a.docx": docx("<w:p/>").getvalue(),
        "b.odt": odt("").getvalue(),
        "c.xlsx": xlsx({}).getvalue(),
        "d.pages": zipped({"Index/Document.iwa": "a"}).getvalue(),
    }
    for name, content in documents.items():
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr(name, content)
        found = format_of(head_of(stored), "unnamed")
        assert found
        assert found.name == "archive"
    found = [
        format_of(head_of(io.BytesIO(documents[name])), "a.zip") for name in list(documents)[:3]
    ]
    assert [each and each.name for each in found] == ["Word", "OpenDocument text", "workbook"]


def test_what_is_damaged_leaves_the_others_standing(tmp_path: Path) -> None:
    file = zipped({"a.txt": NOTE, "b.txt": NOTE * 9, "c.txt": "Third."})
    broken = file.getvalue().replace(b"b.txt", b"b.txt", 1)
    start = broken.index(b"b.txt") + len(b"b.txt")
    broken = broken[: start + 4] + b"\xff" * 8 + broken[start + 12 :]
    assert found_in(tmp_path, broken) == {
        "a.txt": NOTE,
        "b.txt": "damaged; open it in the program that made it and save it again",
        "c.txt": "Third.",
    }
    many = tar({f"{n}.txt": NOTE.encode() for n in range(9)}, "w:").getvalue()
    found = found_in(tmp_path, many[:5000])
    assert (
        found.pop(f"after article {len(found) - 1}")
        == "damaged from here on; get or make the archive again"
    )
    assert {*found.values()} == {NOTE}


def test_no_article_waits_for_the_file_behind_it() -> None:
    def read(file: io.BytesIO, _name: str) -> Iterator[Draft]:
        content = file.read().decode()
        if content == "hang":
            pytest.fail("the article before was not handed on")
        yield Draft(content)

    found = packed.drafts_from_packed(
        zipped({"a.txt": NOTE, "b.txt": "hang"}), lambda _: True, read
    )
    assert next(found).part == "a.txt"


def test_bombs_and_archives_of_nothing_are_refused(tmp_path: Path) -> None:
    bomb = zipped({"a.txt": b" " * 50_000_000, "b.txt": NOTE.encode()}).getvalue()
    assert found_in(tmp_path, bomb) == {
        "a.txt": "unpacks to far more than a document holds; save its text in a new file",
        "b.txt": NOTE,
    }
    with pytest.raises(ReadError, match=r"^unpacks to far more than an archive of articles"):
        found_in(tmp_path, tar({"a.txt": b" " * 50_000_000}).getvalue())
    with pytest.raises(ReadError, match=r"^an archive without files that can be read"):
        found_in(tmp_path, zipped({"song.mp3": b"x"}).getvalue())
    with pytest.raises(ReadError, match=r"^damaged; get or make it again"):
        found_in(tmp_path, tar({"a.txt": b"x"}).getvalue()[:30], "a.tar.gz")


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("seals.txt.gz", b"Seals are back\n\nWardens counted 212 seals.", "Seals are back"),
        ("Seals.md.GZ", b"Wardens counted *212* seals.", "Wardens counted 212 seals."),
        ("page.html.gz", b"<html><title>Seals</title><p>Wardens counted 212 seals.", "Seals"),
        ("rows.csv.gz", b"title,text\nSeals,Wardens counted 212 seals.\n", "Seals"),
        ("log.warc.gz", WARC, "Seals"),
    ],
)
def test_a_single_packed_file_is_read_as_that_file(name, content, title, tmp_path: Path) -> None:
    for packed_as in (gzip.compress(content), zipped({name: gzip.compress(content)}).getvalue()):
        path = tmp_path / (name if packed_as.startswith(b"\x1f") else "all.zip")
        path.write_bytes(packed_as)
        (article,) = read_articles(path)
        assert isinstance(article, ReadArticle)
        assert article.document.title == title
        assert "Wardens counted 212 seals." in article.document.text
    (tmp_path / "notes.1.gz").write_bytes(gzip.compress(b"Nobody's article."))
    (tmp_path / "dump.sql.gz").write_bytes(gzip.compress(b"SELECT"))
    assert {each.name for each in find_files(tmp_path)} == {name, "all.zip"}


def test_a_packed_file_without_end_is_refused(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(ReadError, match=r"^unpacks to far more than an archive of articles"):
        found_in(tmp_path, gzip.compress(b" " * 50_000_000), "a.txt.gz")
    with pytest.raises(ReadError, match=r"^damaged; get or make it again"):
        found_in(tmp_path, gzip.compress(NOTE.encode() * 99)[:-9], "a.txt.gz")
    monkeypatch.setattr(packed, "_LARGEST", 1000)
    with pytest.raises(ReadError, match=r"^larger than 100 MB; unpack it"):
        found_in(tmp_path, gzip.compress(NOTE.encode() * 99), "a.txt.gz")


def test_names_in_utf8_without_a_mark_are_read(tmp_path: Path) -> None:
    file = zipped({"Caf_.txt": NOTE}).getvalue().replace(b"Caf_", b"Caf\x82")
    assert list(found_in(tmp_path, file)) == ["Café.txt"]
    file = zipped({"Caf__.txt": NOTE}).getvalue().replace(b"Caf__", "Café".encode())
    assert list(found_in(tmp_path, file)) == ["Café.txt"]


def test_lock_files_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    for name in ("note.txt", "~$note.docx", ".~lock.note.odt#", "set.rar"):
        (tmp_path / name).write_text(NOTE)
    assert [path.name for path in find_files(tmp_path)] == ["note.txt", "set.rar"]
    (found,) = read_articles(tmp_path / "note.txt")
    assert isinstance(found, ReadArticle)


def test_a_protected_file_is_named(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": NOTE, "b.txt": NOTE}).getvalue())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.start_dir
    content[start + 8] |= 1
    assert found_in(tmp_path, bytes(content)) == {
        "a.txt": "protected by a password; save a copy without one",
        "b.txt": NOTE,
    }


POST = "<p>The harbour reopened on Tuesday, and the first ships came in before noon.</p>"


def test_of_an_export_of_substack_the_published_posts_are_read() -> None:
    head = "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle\n"
    published = "7.quay,2019-01-04T10:00:00.000Z,true,,newsletter,everyone,The quay,Why\n"
    files = {
        "posts.csv": head + published + "8.fish,,false,,newsletter,everyone,Fish,\n",
        "posts/7.quay.html": f"{POST}<div class='subscription-widget-wrap'><p>Thanks for reading!"
        " Subscribe for free to receive new posts.</p></div>",
        "posts/7.quay.opens.csv": "post_id,timestamp,email\n7,2019,reader@post.example\n",
        "posts/8.fish.html": POST,
        "email_list.csv": "email\nreader@post.example\n",
    }
    (found,) = articles_in(zipped(files), "export.zip")
    assert isinstance(found, ReadArticle)
    assert (found.document.title, found.document.published) == ("The quay", date(2019, 1, 4))
    assert found.document.text.startswith("Why\n\nThe harbour reopened")
    assert found.document.part == "posts/7.quay.html"
    (warning,) = found.warnings
    assert "drafts (1: 8.fish.html)" in warning
    assert "reader@" not in warning


def test_of_an_export_of_medium_the_published_posts_are_read() -> None:
    page = (
        '<html><head><title>The quay</title></head><body><article><header><h1 class="p-name">The '
        f'quay</h1></header><section class="e-content">{POST}</section><footer><p>By <a href="/"'
        ' class="p-author h-card">Ana Ruiz</a> on <time datetime="2020-05-06">May 6, 2020</time>.'
        '</p><p><a href="https://m.example/quay-abc" class="p-canonical">Canonical link</a></p>'
        "</footer></article></body></html>"
    )
    files = {
        "m/posts/2019-01-04_The-quay-abc.html": page,
        "m/posts/draft_Fish-def.html": page,
        "m/claps/claps-0001.html": "<p>Claps.</p>",
    }
    (found,) = articles_in(zipped(files), "export.zip")
    assert isinstance(found, ReadArticle)
    document = found.document
    assert (document.title, document.author, document.published, document.url) == (
        "The quay",
        "Ana Ruiz",
        date(2019, 1, 4),
        "https://m.example/quay-abc",
    )
    assert document.text == POST.removeprefix("<p>").removesuffix("</p>")
    assert "drafts (1: draft_Fish-def.html)" in found.warnings[0]
