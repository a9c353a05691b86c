"""Files are read in a child process, whatever they do to it."""

from __future__ import annotations

import gzip
import io
import json
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from documents import column, docx, pdf, run, word_paragraph
from index.errors import ReadError
from index.reading import ReadArticle, ReadOptions, Unread, read_articles
from index.reading.sandbox.pool import ReaderPool
from index.reading.sandbox.wire import ForgedError, read_answer
from reader_tables import OBEYING

ROOT = Path(__file__).parent.parent
CRASHED = "crashed its reader; open it and save it as plain text"
PARAGRAPH = "The harbour of Port Vell reopened on Tuesday after a strike of nine days."


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    """Children whose reader does what a file says."""
    with ReaderPool(table=OBEYING, silence=2) as pool:
        yield pool


def write(folder: Path, *contents: str) -> list[Path]:
    """Write files in order."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number:04}.txt")
        paths[-1].write_text(content, encoding="utf-8")
    return paths


def told(pool: ReaderPool, paths: list[Path]) -> list[tuple[str, str]]:
    """Return the number of each file and its text, or why there is none."""
    return [(path.stem.lstrip("0") or "0", shown(found)) for path, found in pool.read_many(paths)]


def read(
    pool: ReaderPool, path: Path, options: ReadOptions = ReadOptions()
) -> Iterator[ReadArticle | Unread]:
    """Yield what one file holds, or raise why it cannot be read."""
    for _, found in pool.read_many([path], options):
        if isinstance(found, ReadError):
            raise found
        yield found


def shown(found: ReadArticle | Unread | ReadError) -> str:
    if isinstance(found, ReadArticle):
        return found.document.text
    return found.reason if isinstance(found, Unread) else str(found)


# What is read


def test_a_file_is_read_as_in_this_process(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html lang='en-GB'><title>Port reopens</title><h1>Port reopens</h1>"
        f"<p>By Ana Ruiz</p><p>11/01/2019</p><p>{PARAGRAPH}</p></html>",
        encoding="utf-8",
    )
    with ReaderPool() as pool:
        (found,) = read(pool, page, ReadOptions(date_order="DMY"))
    assert [found] == list(read_articles(page, ReadOptions(date_order="DMY")))
    assert isinstance(found, ReadArticle)
    assert found.document.path == str(page)
    assert found.document.published is not None


def test_a_file_may_hold_several_articles(pool: ReaderPool, tmp_path: Path) -> None:
    (path,) = write(tmp_path, "several")
    first, second, third, fourth = read(pool, path)
    assert isinstance(first, ReadArticle)
    assert (first.document.text, first.document.part) == ("The first.", "1")
    assert second == Unread("2", "no text; add some")
    assert isinstance(third, ReadArticle)
    assert (third.document.pages, third.document.language) == ((0, 4), "en")
    assert third.warnings == ("late",)
    assert fourth == Unread("4", "no text was found in it; save the article as text")


def test_content_without_a_file_is_read(pool: ReaderPool) -> None:
    (found,) = pool.read_content(b"Words.", "a.txt", path="https://paper.example/a")
    assert isinstance(found, ReadArticle)
    assert (found.document.text, found.document.path) == ("Words.", "https://paper.example/a")
    with pytest.raises(ReadError, match=f"^{CRASHED}$"):
        list(pool.read_content(b"crash", "a.txt"))
    (found,) = pool.read_content(b"Words.", "a.txt")
    assert isinstance(found, ReadArticle)
    assert found.document.path is None


def test_what_the_person_says_reaches_the_reader(pool: ReaderPool, tmp_path: Path) -> None:
    options = ReadOptions("MDY", (("text", "Körper"),))
    (found,) = read(pool, write(tmp_path, "options")[0], options)
    assert shown(found) == repr(options)


def test_a_thousand_files_come_in_order(pool: ReaderPool, tmp_path: Path) -> None:
    paths = write(tmp_path, *(f"Number {number}." for number in range(1000)))
    found = list(pool.read_many(paths))
    assert [path for path, _ in found] == paths
    assert [shown(each) for _, each in found] == [f"Number {number}." for number in range(1000)]


def test_more_is_read_than_a_socket_holds(pool: ReaderPool, tmp_path: Path) -> None:
    texts = [letter * 2_000_000 for letter in "abcdef"]
    assert [text for _, text in told(pool, write(tmp_path, *texts))] == texts


def test_one_child_reads_every_file_at_a_lower_priority(pool: ReaderPool, tmp_path: Path) -> None:
    paths = write(tmp_path, "process", "process")
    first, again = (text for _, text in told(pool, paths))
    assert first == again == told(pool, paths[:1])[0][1]
    child, parent = map(int, first.split())
    assert parent == os.getpid()
    assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, 0)


def test_threads_and_calls_within_calls_have_a_child_each(pool: ReaderPool, tmp_path: Path) -> None:
    paths = write(tmp_path, "process", "process")
    for _, outer in pool.read_many(paths):
        (inner,) = read(pool, paths[0])
        assert shown(inner) != shown(outer)


# What goes wrong


def test_files_that_cannot_be_opened_are_told_in_their_turn(
    pool: ReaderPool, tmp_path: Path
) -> None:
    first, last = write(tmp_path, "One.", "Two.")
    paths = [tmp_path / "no.txt", first, tmp_path, tmp_path / "picture.png", last]
    paths[3].write_bytes(b"GIF89a")
    assert [shown(found) for _, found in pool.read_many(paths)] == [
        "does not exist; check the path",
        "One.",
        "a folder and not a file; read the files in it",
        "a GIF picture; save it as .png",
        "Two.",
    ]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("crash", CRASHED),
        ("abort", CRASHED),
        ("hang", "took longer than 2 s to read; open it and save it as plain text"),
        ("hog", "needs too much memory to read; split it, or save it as plain text"),
        (
            "break",
            "could not be read (ValueError: a parser broke); save the article as plain text",
        ),
        ("refuse", "protected by a password; save a copy without one"),
        ("nothing", "no article was found in it; save the article as text"),
    ],
)
def test_the_others_are_read_all_the_same(
    pool: ReaderPool, tmp_path: Path, command: str, reason: str
) -> None:
    paths = write(tmp_path, "One.", command, "Two.", "Three.")
    assert told(pool, paths) == [("0", "One."), ("1", reason), ("2", "Two."), ("3", "Three.")]


def test_one_file_that_cannot_be_read_is_an_error(pool: ReaderPool, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^protected by a password; save a copy without one$"):
        list(read(pool, write(tmp_path, "refuse")[0]))


def test_a_fault_of_a_reader_is_logged(
    pool: ReaderPool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = write(tmp_path, "break")
    told(pool, [path])
    (record,) = caplog.records
    assert record.getMessage() == f"could not read {path}"
    assert record.exc_info is not None
    assert 'reader_tables.py", line' in str(record.exc_info[1])


def test_what_came_before_a_crash_is_kept_and_does_not_come_twice(
    pool: ReaderPool, tmp_path: Path
) -> None:
    paths = write(tmp_path, "One.", "midway", "Two.")
    assert told(pool, paths) == [
        ("0", "One."),
        ("1", "The first."),
        ("1", CRASHED),
        ("2", "Two."),
    ]


def test_a_file_may_take_long_as_long_as_it_yields(tmp_path: Path) -> None:
    with ReaderPool(table=OBEYING, silence=2) as pool:
        assert len(list(read(pool, write(tmp_path, "slowly 8")[0]))) == 8


def test_no_file_is_lost_with_a_child_that_was_killed(pool: ReaderPool, tmp_path: Path) -> None:
    texts = [f"Number {number}." for number in range(20)]
    process, *paths = write(tmp_path, "process", *texts)
    (child,) = read(pool, process)
    os.kill(int(shown(child).split()[0]), signal.SIGKILL)
    assert [text for _, text in told(pool, paths)] == texts
    (child,) = read(pool, process)
    found = pool.read_many(paths)
    heard = [shown(next(found)[1])]
    os.kill(int(shown(child).split()[0]), signal.SIGKILL)
    heard += [shown(each) for _, each in found]
    # Whether the file that was just read had come to its end then, nobody can tell.
    assert [text for text in heard if text != CRASHED] == texts
    assert len(heard) <= 21


def forged(fields: object, text: bytes = b"Words.", length: int | None = None) -> str:
    """Return a message as a child sends it, in hexadecimal digits."""
    header = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return (struct.pack(">II", len(header), length or len(text)) + header + text).hex()


ARTICLE = {
    "kind": "article",
    "title": "T",
    "source": None,
    "author": None,
    "url": None,
    "published": None,
    "language": None,
    "pages": [],
    "lines": [],
    "part": "",
    "tags": [],
    "warnings": [],
}


def test_a_forged_message_like_a_true_one_is_taken(pool: ReaderPool, tmp_path: Path) -> None:
    (path,) = write(tmp_path, f"forge {forged(ARTICLE)}{forged({'kind': 'end'}, b'')}")
    assert told(pool, [path]) == [("0", "Words.")]


@pytest.mark.parametrize(
    "message",
    [
        "ff" * 8,
        forged(b"{"),
        forged(b"[" * 100_000),
        forged([]),
        forged({}),
        forged({"kind": "ready"}),
        forged({"kind": "failure", "reason": "x"}),
        forged({"kind": "unread", "part": 1, "reason": "x"}),
        forged({**ARTICLE, "title": None}),
        forged({**ARTICLE, "title": "two\nlines"}),
        forged({**ARTICLE, "title": "t" * 4001}),
        forged({**ARTICLE, "warnings": ["w" * 4001]}),
        forged({**ARTICLE, "author": ["A"]}),
        forged({**ARTICLE, "url": "\ud800"}),
        forged({**ARTICLE, "published": "2019-02-30"}),
        forged({**ARTICLE, "published": 7}),
        forged({**ARTICLE, "pages": [1]}),
        forged({**ARTICLE, "pages": [0, 7]}),
        forged({**ARTICLE, "pages": [0, 5, 4]}),
        forged({**ARTICLE, "pages": [0, True]}),
        forged({**ARTICLE, "pages": "0"}),
        forged({**ARTICLE, "warnings": "late"}),
        forged({**ARTICLE, "warnings": [1]}),
        forged({k: v for k, v in ARTICLE.items() if k != "part"}),
        forged(ARTICLE, b"\xff"),
        forged(ARTICLE, b"a\0b"),
        forged(ARTICLE, b" \n "),
    ],
)
def test_nothing_that_a_child_forges_becomes_an_article(
    pool: ReaderPool, tmp_path: Path, message: str
) -> None:
    paths = write(tmp_path, f"forge {message}", "One.")
    assert told(pool, paths) == [("0", CRASHED), ("1", "One.")]


def test_a_text_longer_than_any_article_is_forged() -> None:
    message = io.BytesIO(bytes.fromhex(forged(ARTICLE, b"w" * 20_000_001)))
    with pytest.raises(ForgedError):
        read_answer(message.read, None)


def test_a_message_that_never_ends_is_silence(pool: ReaderPool, tmp_path: Path) -> None:
    (path,) = write(tmp_path, f"forge {forged(ARTICLE, length=7)}")
    assert told(pool, [path])[0][1].startswith("took longer than 2 s")


def test_a_child_that_does_not_start_is_told(tmp_path: Path) -> None:
    paths = write(tmp_path, "One.", "Two.")
    with ReaderPool(table="no_such_module:FORMATS") as pool:
        reason = (
            "the process that reads files does not start "
            "(ModuleNotFoundError: No module named 'no_such_module'); reinstall Byline"
        )
        assert told(pool, paths) == [("0", reason), ("1", reason)]


# What a child may not do, and what it leaves behind


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limits")
on_known_machines = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="its calls have other numbers"
)


@on_linux
@pytest.mark.parametrize("deed", ["write", "run", "connect"])
def test_a_reader_cannot_change_anything(pool: ReaderPool, tmp_path: Path, deed: str) -> None:
    ((_, outcome),) = told(pool, write(tmp_path, f"attempt {deed}"))
    assert outcome in ("PermissionError", "OSError")
    assert not Path("/tmp/byline-written-by-a-reader").exists()  # noqa: S108


@on_linux
@on_known_machines
@pytest.mark.parametrize("deed", ["pair", "fork", "signal", "memory"])
def test_a_reader_reaches_no_other_process(pool: ReaderPool, tmp_path: Path, deed: str) -> None:
    assert told(pool, write(tmp_path, f"attempt {deed}")) == [("0", "PermissionError")]


@on_linux
@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every process")
def test_a_reader_cannot_see_the_environment_of_its_parent(
    pool: ReaderPool, tmp_path: Path
) -> None:
    assert told(pool, write(tmp_path, "attempt spy")) == [("0", "PermissionError")]


@on_linux
@on_known_machines
@pytest.mark.parametrize("deed", ["mode", "owner", "times", "attribute"])
def test_a_reader_cannot_change_what_is_known_of_a_file(
    pool: ReaderPool, tmp_path: Path, deed: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("x", encoding="utf-8")
    before = victim.stat()
    paths = write(tmp_path, f"attempt {deed} {victim}")
    assert told(pool, paths) == [("0", "PermissionError")]
    assert victim.stat() == before


@on_linux
@on_known_machines
def test_a_reader_cannot_knock_at_a_socket_of_the_file_system(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # The path of a socket must be short.
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("door")
        listening.listen()
        listening.settimeout(0)
        paths = write(tmp_path, f"attempt knock {tmp_path / 'door'}")
        assert told(pool, paths) == [("0", "PermissionError")]
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_confined_parsers_still_read(tmp_path: Path) -> None:
    body = f"<html><title>Port</title><p>{PARAGRAPH}</p></html>".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://post.example/7\r\n"
        b"WARC-Date: 2020-08-09T10:00:00Z\r\nContent-Type: application/http;msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(answer), answer)
    )
    contents = {
        "page.html": body,  # lxml
        "crawl.warc.gz": gzip.compress(record),  # fastwarc
        "scan.pdf": pdf([column([PARAGRAPH])]).read(),  # pypdfium2
        "word.docx": docx(word_paragraph(run(PARAGRAPH))).read(),
        "old.txt": f"{PARAGRAPH} Die Bürger grüßen, größer für Köln. Жили".encode("utf-16"),
        "older.txt": "Жили у самого синего моря старик со старухой тридцать лет.".encode("koi8-r"),
    }
    paths = []
    for name, content in contents.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    with ReaderPool() as pool:
        texts = [shown(found) for _, found in pool.read_many(paths)]
    assert texts[:4] == [PARAGRAPH] * 4
    assert texts[4].startswith(PARAGRAPH)
    assert texts[5].startswith("Жили")


def test_a_child_knows_nothing_of_the_environment(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    ((_, environment),) = told(pool, write(tmp_path, "environment"))
    assert "PYTHONPATH=" in environment
    assert "SECRET" not in environment


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(process: int) -> bool:
    """Wait until a process is gone; say whether it went."""
    for _ in range(300):
        if not alive(process):
            return True
        time.sleep(0.1)
    return False


OUTLIVED = """
import sys, time
from pathlib import Path
from index.reading.sandbox.pool import ReaderPool
pool = ReaderPool(table="reader_tables:FORMATS")
for path, found in pool.read_many(map(Path, sys.argv[1:])):
    print(found.document.text, flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("command", ["hang", "sleep"])
def test_a_child_dies_with_its_parent(tmp_path: Path, sent: int, command: str) -> None:
    paths = write(tmp_path, "process", command)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-c", OUTLIVED, *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline().split()[0])
        assert alive(child)
        parent.send_signal(sent)
        _, complaint = parent.communicate()
    assert gone(child)
    # Of Ctrl-C the parent alone is told.
    assert complaint.count("KeyboardInterrupt") == (sent == signal.SIGINT)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_nothing_stays_open(tmp_path: Path) -> None:
    paths = write(tmp_path, "One.", "crash", "process", *["Words."] * 20)
    before = open_files()
    with ReaderPool(table=OBEYING) as pool:
        told(pool, paths)
        found = pool.read_many(paths[2:])
        child = int(shown(next(found)[1]).split()[0])
        found.close()  # In the midst of things: what was asked for is not wanted any more.
        assert not alive(child)
        told(pool, paths)
    assert open_files() == before


@pytest.fixture
def unconfined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Children that the system does not confine."""
    (tmp_path / "sitecustomize.py").write_text(
        "import index.reading.sandbox.confinement as c\nc.confine = lambda memory: None",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.usefixtures("unconfined")
def test_what_a_child_starts_ends_with_it(pool: ReaderPool, tmp_path: Path) -> None:
    found = read(pool, write(tmp_path, "grandchild")[0])
    grandchild = int(shown(next(found)))
    assert alive(grandchild)
    begun = time.monotonic()
    pool.close()
    assert list(found) == []
    assert gone(grandchild)
    assert time.monotonic() - begun < 20


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.usefixtures("unconfined")
def test_what_holds_on_to_the_pipe_of_a_child_is_not_waited_for(
    pool: ReaderPool, tmp_path: Path
) -> None:
    found = pool.read_many(write(tmp_path, "grandchild away"))
    grandchild = int(shown(next(found)[1]))
    try:
        begun = time.monotonic()
        found.close()
        assert time.monotonic() - begun < 20
    finally:
        os.kill(grandchild, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_child_without_a_listener_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    paths = write(tmp_path, "One.")
    before = open_files()
    with ReaderPool(table=OBEYING) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            ((_, reason),) = told(pool, paths)
        assert reason.startswith("no process can be started to read it (Resource temporarily")
        assert open_files() <= before
        assert told(pool, paths) == [("0", "One.")]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_ctrl_c_while_a_child_is_started_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: threading.Thread) -> None:
        raise KeyboardInterrupt

    before = open_files()
    with ReaderPool(table=OBEYING) as pool:
        monkeypatch.setattr(threading.Thread, "start", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pool.start()
        assert open_files() <= before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**options: int) -> IO[bytes]:
        return open("/dev/full", "r+b", **options)  # noqa: PTH123 - as TemporaryFile

    with ReaderPool(table=OBEYING) as pool:
        monkeypatch.setattr("tempfile.TemporaryFile", full)
        with pytest.raises(ReadError, match=r"No space left on device.*; free some space"):
            list(pool.read_content(b"Words.", "a.txt"))


def test_closing_the_pool_ends_a_call_that_waits(tmp_path: Path) -> None:
    paths = write(tmp_path, "One.", "sleep", "Two.")
    heard: list[str] = []
    first = threading.Event()
    pool = ReaderPool(table=OBEYING)

    def listen() -> None:
        for _, found in pool.read_many(paths):
            heard.append(shown(found))
            first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert first.wait(60)
    pool.close()
    listener.join(60)
    assert not listener.is_alive()
    assert heard == ["One."]


def test_modules_of_the_working_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = write(tmp_path, PARAGRAPH)
    for name in ("json", "index", "socket", "lxml"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    with ReaderPool() as pool:
        assert told(pool, [path]) == [("0", PARAGRAPH)]
