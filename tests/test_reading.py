"""Files of every kind, good and bad, and the articles that come of them."""

import io
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from documents import read_bytes
from index.errors import ReadError
from index.reading import ReadOptions, find_files, read_file
from index.reading.articles import articles_in, reading_of_draft
from index.reading.draft import Draft
from index.reading.formats import Format
from index.types import Document

PARAGRAPH = (
    "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and the first "
    "ships came in before noon."
)
AMBIGUOUS = (
    "the date 11/01/2019 can be 11 January or 1 November; add it with --date-order DMY or MDY"
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def document(content: str, name: str = "port.txt", **options) -> Document:
    return read_bytes(content.encode(), name, ReadOptions(**options, keep_stubs=True)).document


# Bad input


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "empty; there is nothing to read in it"),
        ("a.txt", b" \r\n\t\n", "empty; there is nothing to read in it"),
        ("a.txt", b"\xef\xbb\xbf \n", "empty; there is nothing to read in it"),
        (
            "a.txt",
            b"ab\0\0\0cd" * 9,
            "not a text file; save the article as text, Markdown, or HTML",
        ),
        (
            "a.txt",
            b"%PDF-1.4 text",
            (
                "damaged or cut off; download it again, "
                "or open it in a viewer and print it to a new PDF"
            ),
        ),
        (
            "a.txt",
            b"\x01\x02\x03abc" * 9,
            "mostly control characters; save the article as plain text",
        ),
        (
            "a.pdf",
            b"%PDF-1.4",
            (
                "damaged or cut off; download it again, "
                "or open it in a viewer and print it to a new PDF"
            ),
        ),
        (
            "core",
            b"\x7fELF\2\1\1\0\0\0\0\0\3\0\xb7\0\1\0" * 9,
            "not a text file; save the article as text, Markdown, or HTML",
        ),
        (
            "a.html",
            b"<html><head><title>T</title></head><body><script>x()</script></body></html>",
            "no article text was found in the page; save the article as text",
        ),
        (
            "a.html",
            b"<!-- nothing -->",
            "no article text was found in the page; save the article as text",
        ),
        (
            "a.md",
            b"---\ntitle: Alone\n---\n",
            "a header and no text; add the article below it",
        ),
    ],
)
def test_bad_content(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(ReadError) as error:
        read_file(write(tmp_path, name, content))
    assert str(error.value) == message


@pytest.mark.parametrize("name", ["a.txt", "b.txt/a.txt"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    write(tmp_path, "b.txt", "x")
    with pytest.raises(ReadError, match=r"^does not exist; check the path$"):
        read_file(tmp_path / name)


def test_name_with_a_zero(tmp_path: Path) -> None:
    for read in (read_file, find_files):
        with pytest.raises(ReadError, match=r"^no file has such a name; check the path$"):
            read(tmp_path / "a\0b.txt")


def test_working_folder_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ReadError, match=r"^does not exist; check the path$"):
        read_file(Path("a.txt"))


def test_lines_are_cut_where_no_title_is_so_long() -> None:
    found = reading_of_draft(
        Draft(
            PARAGRAPH,
            title="word " * 300,
            source="s" * 1001,
            author="a" * 1001,
            url="https://a.example/" + "u" * 4000,
            part="p" * 4001,
            warnings=("w" * 4001,),
        ),
        "a.txt",
    )
    assert found.document.title == ("word " * 200).rstrip()
    assert (found.document.source, found.document.author) == ("s" * 1000, "a" * 1000)
    assert found.document.url == "https://a.example/" + "u" * 3982
    assert (found.document.part, found.warnings) == ("p" * 4000, ("w" * 4000,))


def test_a_file_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> Iterator[Draft]:
        for number in itertools.count():
            yield Draft(PARAGRAPH, part=str(number))

    monkeypatch.setattr("index.reading.articles._MOST_ARTICLES", 3)
    formats = (Format("endless", (".txt",), endless),)
    found = articles_in(io.BytesIO(b"x"), "a.txt", formats=formats)
    assert len(list(itertools.islice(found, 3))) == 3
    with pytest.raises(ReadError, match=r"^holds more than 3 articles; split it$"):
        next(found)


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^a folder and not a file; read the files in it$"):
        read_file(tmp_path)


def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", PARAGRAPH)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ReadError, match=r"^may not be read; change its permissions"):
        read_file(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ReadError, match=r"^not an ordinary file"):
        read_file(tmp_path / "a.txt")


def test_oversized_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "x" * 1000)
    os.truncate(path, 20_000_001)
    with pytest.raises(ReadError, match=r"^larger than 20 MB; split it"):
        read_file(path)


def test_name_that_is_not_valid(tmp_path: Path) -> None:
    assert read_file(write(tmp_path, "a\nb.txt", "!!!")).document.title == "a b"
    try:
        path = write(tmp_path, os.fsdecode(b"caf\xe9.txt"), PARAGRAPH)
    except OSError:
        return  # a file system that takes only valid names
    with pytest.raises(ReadError, match=r"^its name is not valid UTF-8; rename the file"):
        read_file(path)


@pytest.mark.parametrize("seconds", [300_000_000_000, -100_000_000_000])
def test_file_from_no_year_of_the_calendar(tmp_path: Path, seconds: int) -> None:
    """Written after the year 9999 or before the year 1, where the file system can say so."""
    folders = (Path("/dev/shm"), tmp_path)  # noqa: S108 - a file system that can
    folder = next(each for each in folders if os.access(each, os.W_OK))
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = write(Path(made), "a.txt", f"Dockers return to work\n\n11/01/2019\n\n{PARAGRAPH}")
        os.utime(path, (seconds, seconds))
        if int(path.stat().st_mtime) != seconds:
            pytest.skip("this file system has no such times")
        assert read_file(path).warnings == (AMBIGUOUS,)


# Folders


def test_find_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    names = ["z.TXT", "a.md", "b/c.htm", "b/deep/d.xhtml", "b/e.text", "b/f.markdown", "g.html"]
    names += ["b/paper.pdf", "b/sheet.xlsx", "pages.warc.gz"]
    for name in [*names, ".hidden.txt", ".git/x.txt", "picture.gif", "README"]:
        write(tmp_path, name, "x")
    headers = "From: a@b.example\nDate: Mon, 7 Jan 2019 10:00:00 +0000\nSubject: Rain\n"
    write(tmp_path, "Inbox", f"From a@b.example Mon Jan  7 10:00:00 2019\n{headers}\nIt rained.")
    story = f"The ferry is late. {PARAGRAPH}"
    for name in ["story", "No. 5", "notes 12.03.2024"]:
        write(tmp_path, name, story)
        names.append(name)
    write(tmp_path, "start", f"#!/bin/sh\n# {story}")
    write(
        tmp_path, "Makefile", "all: $(NAMES)\n\tmake -C b all CFLAGS=-O2 DESTDIR=$(DESTDIR)\n" * 9
    )
    names.append("Inbox")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert find_files(tmp_path) == sorted(tmp_path / name for name in names)
    assert "passed over 4 files of other types (no type, .gif)" in caplog.text
    assert read_file(tmp_path / "README").document.text == "x"
    # Whoever names a file of another type that holds prose wants it read.
    assert read_file(write(tmp_path, "story.rst", story)).document.text == story
    assert find_files(tmp_path / "picture.gif") == [tmp_path / "picture.gif"]


def test_links_to_folders_are_followed_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    far, folder = tmp_path / "far", tmp_path / "folder"
    for made in (far, folder / "own"):
        made.mkdir(parents=True)
        write(made, "a.txt", PARAGRAPH)
    (folder / "a link").symlink_to(far)
    (far / "back").symlink_to(folder)
    (folder / "again").symlink_to(folder / "own")
    # What lies in the folder itself keeps its path, whatever a link to it is called.
    assert find_files(folder) == [folder / "a link" / "a.txt", folder / "own" / "a.txt"]
    passed_over = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert passed_over == [str(folder / "again"), str(folder / "a link" / "back")]


def test_messages_of_a_maildir_are_found(tmp_path: Path) -> None:
    for folder in (".", ".Sent.2019", ".Trash", ".INBOX.Deleted Items"):
        for name in ("cur", "new", "tmp"):
            (tmp_path / folder / name).mkdir(parents=True)
    message = "From: a@b.example\nDate: Mon, 7 Jan 2019 10:00:00 +0000\nSubject: Rain\n\nIt rained."
    write(tmp_path / "cur", "picture.gif", "x")
    found = write(tmp_path / "cur", "1546855200.M20P21.mail.example,S=120:2,S", message)
    sent = write(tmp_path / ".Sent.2019" / "cur", "1546855201.M20P21.mail.example:2,S", message)
    for thrown_away in (".Trash", ".INBOX.Deleted Items"):
        write(tmp_path / thrown_away / "cur", "1546855202.M20P21.mail.example:2,ST", message)
    assert find_files(tmp_path) == [sent, found]
    assert read_file(found).document.title == "Rain"


def test_what_belongs_to_a_saved_page_is_no_article(tmp_path: Path) -> None:
    for folder in ("Harbour_files", "other_files", "Hafen-Dateien"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "advertisement.html", f"<p>{PARAGRAPH}</p>")
    pages = [write(tmp_path, name, f"<p>{PARAGRAPH}</p>") for name in ("Hafen.htm", "Harbour.html")]
    other = tmp_path / "other_files" / "advertisement.html"
    assert find_files(tmp_path) == [*pages, other]


def test_a_link_does_not_show_what_is_hidden(tmp_path: Path, caplog) -> None:
    hidden, folder = tmp_path / "home" / ".diary", tmp_path / "folder"
    hidden.mkdir(parents=True)
    folder.mkdir()
    (hidden / "a.txt").write_text("Nobody is to know this.")
    (folder / "b.txt").write_text("The harbour is open.")
    (folder / "notes").symlink_to(hidden)
    assert find_files(folder) == [folder / "b.txt"]
    assert "hidden folder" in caplog.text


def test_folder_without_articles(tmp_path: Path) -> None:
    write(tmp_path, "picture.gif", "x")
    with pytest.raises(ReadError, match="no articles in this folder; what can be read: PDF, pic"):
        find_files(tmp_path)
    with pytest.raises(ReadError, match="does not exist"):
        find_files(tmp_path / "nowhere")


def test_file_that_cannot_be_looked_at_leaves_the_others_standing(tmp_path: Path) -> None:
    good = write(tmp_path, "b.txt", PARAGRAPH)
    bad = tmp_path / "a.txt"
    bad.symlink_to("x" * 300)
    assert find_files(tmp_path) == [bad, good]
    with pytest.raises(ReadError, match=r"^cannot be read \(File name too long\); copy it"):
        read_file(bad)


def test_folder_that_may_be_listed_and_not_entered(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir()
    path = write(tmp_path / "shut", "a.txt", PARAGRAPH)
    (tmp_path / "shut").chmod(0o444)
    if os.access(path, os.F_OK):
        pytest.skip("this user may enter everything")
    assert find_files(tmp_path) == [path]
    with pytest.raises(ReadError, match=r"^may not be read; change its permissions"):
        read_file(path)


# Encodings and line ends

SPANISH = "El año pasado, la señora Núñez dijo: “¿Qué pasará mañana?” – y se marchó a Cádiz."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_spanish(encoding: str) -> None:
    reading = read_bytes(SPANISH.encode(encoding), "a.txt")
    assert reading.document.text == SPANISH
    guessed = ("took its encoding for cp1252; if that is wrong, save it as UTF-8",)
    assert reading.warnings == (guessed if encoding == "cp1252" else ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    assert read_bytes(PARAGRAPH.encode(encoding), "a.txt").document.text == PARAGRAPH


def test_latin_1() -> None:
    text = "Le maire a été élu à Besançon où il a vécu très longtemps, près de la forêt."
    assert read_bytes(text.encode("latin-1"), "a.txt").document.text == text


def test_shift_jis() -> None:
    text = (
        "東京都は四日、新しい予算案を発表した。知事は記者会見で、子育て支援を進めると述べた。" * 4
    )
    assert read_bytes(text.encode("shift_jis"), "a.txt").document.text == text


def test_iso_2022_jp() -> None:
    text = "東京都は四日、新しい予算案を発表した。"
    assert read_bytes(text.encode("iso2022_jp"), "a.txt").document.text == text


def test_declared_encoding_of_a_page() -> None:
    page = (
        '<html><head><meta charset="windows-1251"><title>Новости</title></head><body>'
        "<p>Порт открылся во вторник.</p><p>Первые суда пришли до полудня.</p></body></html>"
    )
    read = read_bytes(page.encode("cp1251"), "a.html")
    assert read.document.title == "Новости"
    assert read.document.text == "Порт открылся во вторник.\n\nПервые суда пришли до полудня."
    assert read.warnings == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(line_end: str) -> None:
    written = f"{PARAGRAPH}\n\n{PARAGRAPH}\nNext line.\n"
    assert document(written.replace("\n", line_end)).text == written


@pytest.mark.parametrize(
    "text",
    [
        "e\u0301te\u0301, שלום עולם, 👩‍👩‍👧 and 🇻🇪 came.",
        "  Indented,   spaced\tand\u00a0tight.\n\n\n\nNext \u2028 line.\x0c\n",
        "2 * 3 * 4 = 24 and snake_case_name and [brackets] and a <tag>.",
        "1. First thing.\n2. Second thing.\n\n- A dash\n- Another dash\n",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert document(text).text == text


# Headers of text files


def test_date_glued_to_the_first_line() -> None:
    read = document(f" date 2019-01-04 {PARAGRAPH}\n\nMore of it.")
    assert read.published == date(2019, 1, 4)
    assert read.text == f"{PARAGRAPH}\n\nMore of it."
    assert (
        read.title
        == "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and…"
    )


def test_title_between_rules_with_a_day_first_date() -> None:
    written = (
        "\n\n---\n\n**Dockers Return to Work**\n\n---\n\n11/01/2019\n\n\n\n"
        "The dockers went back on 10 January.\n\n"
        "**RELATED:** [Why they walked out](#)\n\n"
        "They had asked for *safer* cranes,\n\nand got them.\n\n---\n"
    )
    reading = read_bytes(written.encode(), "a.txt")
    assert reading.document.title == "Dockers Return to Work"
    assert reading.document.published == date(2019, 1, 11)
    assert reading.document.text == (
        "The dockers went back on 10 January.\n\nThey had asked for safer cranes,\n\nand got them."
    )
    assert reading.warnings == ()


def test_ambiguous_date_gives_a_warning_and_no_date() -> None:
    written = f"---\n\n**Dockers Return**\n\n---\n\n11/01/2019\n\n{PARAGRAPH}"
    reading = read_bytes(written.encode(), "a.txt")
    assert reading.document.published is None
    assert reading.warnings == (AMBIGUOUS,)
    assert document(written, date_order="DMY").published == date(2019, 1, 11)
    assert document(written, date_order="MDY").published == date(2019, 11, 1)


def test_age_of_the_file_settles_a_date(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", f"Dockers return to work\n\n11/01/2019\n\n{PARAGRAPH}")
    os.utime(path, (1_550_000_000, 1_550_000_000))  # 12 February 2019
    assert read_file(path).document.published == date(2019, 1, 11)


def test_front_matter() -> None:
    written = (
        "---\ntitle: 'Dockers: back at work'\npublication: Quay Post\nauthors:\n  - Ana Sol\n"
        "  - Ben Tide\ncanonical: https://example.org/dockers\npublished: 2019-01-04\n"
        f"tags: [port]\n---\n\n# Dockers: back at work\n\n{PARAGRAPH}\n"
    )
    assert document(written, "a.md") == Document(
        text=PARAGRAPH,
        title="Dockers: back at work",
        source="Quay Post",
        author="Ana Sol, Ben Tide",
        url="https://example.org/dockers",
        published=date(2019, 1, 4),
        tags=("port",),
    )


@pytest.mark.parametrize(
    ("block", "day"),
    [
        ("created: 2024-04-09\ntags: [port]", date(2024, 4, 9)),
        ("clipped: 2024-05-01\ncreated: 2024-04-09\npubDate: 2024-04-02", date(2024, 4, 2)),
        ("updated: 2024-05-01\ncreated: 2024-04-09T08:30", date(2024, 4, 9)),
        ("Date saved: 2024-04-09", date(2024, 4, 9)),
        ("createdAt: '2024-04-09T08:30:00Z'", date(2024, 4, 9)),
        ("modified: 09.04.2024", date(2024, 4, 9)),
        ("published: true\ndate: 2024-04-09", date(2024, 4, 9)),
        ("created: 1970-01-01", None),
        ("tags: [port]\naliases: [docks]", None),
    ],
)
def test_dates_of_front_matter(block: str, day: date | None) -> None:
    read = document(f"---\n{block}\n---\n# Dockers: back at work\n\n{PARAGRAPH}\n", "a.md")
    assert (read.text, read.title, read.published) == (PARAGRAPH, "Dockers: back at work", day)


def test_front_matter_in_toml_and_in_other_languages() -> None:
    hugo = '+++\ntitle = "Port"\ndate = 2019-01-04T08:00:00Z\ntags = ["sea", "fish"]\n[menu]\na = 1'
    document = read_bytes(f"{hugo}\n+++\n{PARAGRAPH}\n".encode(), "a.md").document
    assert (document.title, document.published) == ("Port", date(2019, 1, 4))
    assert (document.tags, document.text) == (("fish", "sea"), PARAGRAPH)
    german = (
        f"---\ntitel: Hafen\nautor: Ana Ruiz\ndatum: 04.01.2019\nquelle: Blatt\n---\n{PARAGRAPH}"
    )
    document = read_bytes(german.encode(), "a.md").document
    assert (document.title, document.author, document.source) == ("Hafen", "Ana Ruiz", "Blatt")
    assert document.published == date(2019, 1, 4)


def test_values_of_toml_are_taken_out_of_their_own_quotes_only() -> None:
    block = (
        'title = "Peru\'s vote [draft], the \\"deal\\" #2" # 3\nauthor = \'Ana "Bo" Ruiz\'\n'
        "tags = [\n  \"sea\", # 4\n  'fish'\n]\ndate = 2019-01-04 # 5"
    )
    document = read_bytes(f"+++\n{block}\n+++\n{PARAGRAPH}\n".encode(), "a.md").document
    assert document.title == 'Peru\'s vote [draft], the "deal" #2'
    assert (document.author, document.tags) == ('Ana "Bo" Ruiz', ("fish", "sea"))
    assert (document.published, document.text) == (date(2019, 1, 4), PARAGRAPH)


def test_a_date_among_lines_in_another_language() -> None:
    lines = "Titel: Hafen\nAutor: Ana Ruiz\nDatum: 4.1.2019\nQuelle: Blatt\n\n"
    document = read_bytes(f"{lines}{PARAGRAPH}".encode(), "a.txt").document
    assert (document.title, document.author, document.source) == ("Hafen", "Ana Ruiz", "Blatt")
    assert (document.published, document.text) == (date(2019, 1, 4), PARAGRAPH)


def test_a_title_between_rules_is_no_front_matter() -> None:
    read = document(f"---\nPort Vell: a profile\n---\n\n{PARAGRAPH}\n", "a.md")
    assert "Port Vell: a profile" in f"{read.title} {read.text}"


def test_front_matter_that_is_not_valid_yaml() -> None:
    read = document(f"---\ntitle: Dockers: back\ndate: 4 January 2019\n---\n{PARAGRAPH}", "a.md")
    assert (read.title, read.published) == ("Dockers: back", date(2019, 1, 4))


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"A \ud83d\ude00 day", "A 😀 day"),
        (r"A \ud83d day \ude00", "A � day �"),
        (r"\ude00\ud83d", "��"),
    ],
)
def test_escaped_surrogates_become_characters(written: str, title: str) -> None:
    read = document(f'---\ntitle: "{written}"\n---\n{PARAGRAPH}', "a.md")
    assert read.title == title


def test_source_of_a_web_clipper_is_an_address() -> None:
    read = document(f"---\nsource: https://www.example.org/a/b\n---\n{PARAGRAPH}", "a.md")
    assert (read.source, read.url) == ("example.org", "https://www.example.org/a/b")


def test_header_block() -> None:
    written = (
        "Title: Dockers back at work\nSource: Quay Post\nAuthor: Ana Sol\n"
        f"URL: https://example.org/d\nDate: Jan. 4, 2019\n\n{PARAGRAPH}\n"
    )
    assert document(written) == Document(
        text=f"{PARAGRAPH}\n",
        title="Dockers back at work",
        source="Quay Post",
        author="Ana Sol",
        url="https://example.org/d",
        published=date(2019, 1, 4),
    )


def test_sentence_with_a_colon_is_no_header_block() -> None:
    written = f"Source: a docker who was there.\n{PARAGRAPH}"
    assert document(written).text == written


def test_title_line_byline_and_date_line() -> None:
    written = (
        "Dockers are back at work\n\nBy Ana Sol and Ben Tide\n"
        f"Published: Friday, 4 January 2019, 09:30 GMT\n\n{PARAGRAPH}"
    )
    read = document(written)
    assert read.title == "Dockers are back at work"
    assert read.author == "Ana Sol and Ben Tide"
    assert read.published == date(2019, 1, 4)
    assert read.text == PARAGRAPH


def test_date_in_the_body_is_not_the_publication_date() -> None:
    written = f"{PARAGRAPH}\n\n4 January 2019 was the day on which it began.\n\n3 March 2019\n"
    assert document(written).published is None
    assert document(written).text == written


def test_updated_counts_only_where_nothing_else_is_stated() -> None:
    lines = "Dockers are back at work\nUpdated 6 January 2019\n"
    assert document(f"{lines}\n{PARAGRAPH}").published == date(2019, 1, 6)
    assert document(f"{lines}Published 4 January 2019\n\n{PARAGRAPH}").published == date(2019, 1, 4)


@pytest.mark.parametrize("first", ["CNN —", "LISBON", "Quay Post", "ana@example.org", "He left."])
def test_short_first_line_that_is_no_title(first: str) -> None:
    written = f"{first}\n\n{PARAGRAPH}"
    assert document(written).text == written


def test_title_without_a_header() -> None:
    assert document(PARAGRAPH).title == (
        "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and…"
    )
    assert document("It rained all day in Lisbon. Then it stopped.").title == (
        "It rained all day in Lisbon."
    )
    assert document("*** 2019 ***", "harbour-notes.txt").title == "*** 2019 ***"
    assert document("!!! ??? !!!", "harbour-notes.txt").title == "harbour-notes"


def test_wire_agency_of_the_dateline() -> None:
    assert document(f"LISBON, Jan 10 (Reuters) - {PARAGRAPH}").source == "Reuters"
    assert document(f"{PARAGRAPH} It was (AP) - he said - done.").source is None


# Markdown


def test_markdown_is_rendered() -> None:
    written = (
        "# The *Port*\n\n"
        'Ships [came in](https://example.org "Ships") **at\nonce**.![crane](c.png) '
        "Line  \nbreak.\n\n"
        "- first\n- second\n  1. inner\n\n"
        "3. third\n4. fourth\n\n"
        "> A quotation &amp; more\\*.\n\n"
        "```\ncode  here\n  stays\n```\n\n"
        "![only a picture](p.png)\n\n"
        "| Port | Ships |\n|---|---|\n| Vell | 9 |\n\n"
        "***\n\n<div>Boxed <b>te</b>xt</div>\n\nOne<br>two <i>three</i>.\n\n"
        "RELATED: [Another](x)\n\n**Read more:** [One](x)\n\nSee: [the report](x) of May.\n"
    )
    read = document(written, "a.md")
    assert read.title == "The Port"
    assert read.text == (
        "Ships came in at once. Line\nbreak.\n\n"
        "- first\n- second\n1. inner\n\n"
        "3. third\n4. fourth\n\n"
        "A quotation & more*.\n\n"
        "code  here\n  stays\n\n"
        "Port | Ships\nVell | 9\n\n"
        "Boxed text\n\nOne\ntwo three.\n\n"
        "See: the report of May."
    )


def test_text_file_with_a_link_is_markdown() -> None:
    assert document(f"{PARAGRAPH} [More](x).").text == f"{PARAGRAPH} More."


# HTML


def test_small_page() -> None:
    page = (
        "<html lang='en-GB'><head><title>Dockers return</title>"
        "<meta name='author' content='Ana Sol'></head><body><h1>Dockers return</h1>"
        "<p class='date'>11/01/2019</p><p>The strike<br>is over.</p><ul><li>One</li><li>two</li>"
        "</ul><p>Third <b>par</b>agraph.</p></body></html>"
    )
    read = document(page, "a.html")
    assert read.title == "Dockers return"
    assert read.author == "Ana Sol"
    assert read.published == date(2019, 1, 11)
    assert read.text == "The strike\nis over.\n\n- One\n\n- two\n\nThird paragraph."


def test_page_without_end_tags_does_not_glue_words() -> None:
    page = "<title>Port</title><p>One<p>two<div>three</div>four<table><tr><td>a<td>b</table>"
    read = document(page, "a.htm")
    assert read.title == "Port"
    assert read.text == "One\n\ntwo\n\nthree\n\nfour\n\na | b"


def test_page_with_menus_gives_its_article_alone() -> None:
    paragraphs = "".join(f"<p>{PARAGRAPH} Report number {n} says so.</p>" for n in range(6))
    page = (
        "<html><head><title>Dockers return | Quay Post</title>"
        "<meta property='og:site_name' content='Quay Post'>"
        '<script type=\'application/ld+json\'>{"@graph": [{"datePublished": '
        '"2019-01-04T08:00:00Z"}]}</script></head><body>'
        "<nav><a href='/'>Home page of the paper</a></nav><header>Monday, 6 May 2024</header>"
        f"<article><h1>Dockers return</h1>{paragraphs}</article>"
        "<footer>Copyright of the Quay Post</footer></body></html>"
    )
    read = document(page, "a.html")
    assert read.title == "Dockers return"
    assert read.source == "Quay Post"
    assert read.published == date(2019, 1, 4)
    assert read.text == "\n\n".join(f"{PARAGRAPH} Report number {n} says so." for n in range(6))


def test_date_around_the_article_is_not_its_own() -> None:
    page = (
        "<html><head><title>Port</title></head><body><div class='date'>Monday, 6 May 2024</div>"
        f"<h1>Port</h1><p>{PARAGRAPH}</p></body></html>"
    )
    assert document(page, "a.html").published is None


def test_day_in_the_address_goes_before_that_of_utc() -> None:
    page = (
        "<html><head><title>Port</title><link rel='canonical' "
        "href='https://example.org/2019/01/04/port'>"
        "<meta property='article:published_time' content='2019-01-05T01:30:00Z'></head>"
        f"<body><p>{PARAGRAPH}</p></body></html>"
    )
    assert document(page, "a.html").published == date(2019, 1, 4)


def test_ambiguous_date_of_a_page_is_not_guessed() -> None:
    page = (
        "<html><head><title>Port</title><meta name='date' content='11/01/2019'></head>"
        f"<body><h1>Port</h1><p>{PARAGRAPH}</p></body></html>"
    )
    assert document(page, "a.html").published is None
    assert document(page.replace("<html", "<html lang='en-US'"), "a.html").published == date(
        2019, 11, 1
    )


def test_page_saved_as_text_is_still_a_page() -> None:
    page = f"<!DOCTYPE html><html><head><title>Port</title></head><body><p>{PARAGRAPH}</p></body>"
    assert document(page, "a.txt").text == PARAGRAPH


def test_xhtml_with_an_encoding_declaration() -> None:
    page = (
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        "<head><title>Café</title></head><body><p>Señor Núñez came.</p></body></html>"
    )
    read = read_bytes(page.encode("latin-1"), "a.xhtml").document
    assert (read.title, read.text) == ("Café", "Señor Núñez came.")


def test_deeply_nested_page() -> None:
    page = f"<html><body>{'<div>' * 200}{PARAGRAPH}{'</div>' * 200}</body></html>"
    assert document(page, "a.html").text == PARAGRAPH


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "**a" * 50_000, "- " * 50_000 + "x", "<" * 50_000, "1/2/2019 " * 20_000],
    ids=["brackets", "stars", "lists", "tags", "dates"],
)
def test_awkward_text_is_read_in_no_time(text: str) -> None:
    start = time.perf_counter()
    read_bytes(text.encode())
    assert time.perf_counter() - start < 5


# Files


def test_file_keeps_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", PARAGRAPH)
    monkeypatch.chdir(tmp_path)
    read = read_file(Path("a.txt")).document
    assert read.path == str(tmp_path / "a.txt")
    assert read.id == document(PARAGRAPH).id


def test_import_is_light() -> None:
    code = (
        "import sys, index.reading; heavy = {'trafilatura', 'lxml', 'markdown_it', 'yaml', "
        "'charset_normalizer'}; sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_text_of_many_megabytes_keeps_its_marks_and_is_read_soon() -> None:
    assert document("**a " * 750_000, "long.md").text.startswith("**a **a")
    assert document("It **rained**.", "short.md").text == "It rained."
