"""The reader as a server: the same readings as in one process, and one line for what is wrong."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from index.errors import ModelError
from rag.cli import main
from rag.models.info import describe_models, identify_reader
from rag.reader import Passage, Reading, SpanScore, load_reader
from rag.reader.served import MOST_PASSAGES, Identity, ServedReader
from rag.receipts.receipt import models_used
from rag.serve.reader import make_reader_app
from rag.serve.server import listen
from rag.settings import Settings
from tiny_reader import write_tiny_reader

TINY = Identity("tiny", "0" * 64, 8, "CC0-1.0", "nothing", "random numbers")
WORDS = "the group of lima urged them to go . they did . who ? "
PASSAGES = [Passage(WORDS * (1 + n % 9), "lima" * (n % 2)) for n in range(3 * MOST_PASSAGES // 2)]
KEY = "correct horse"


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application in a thread; yield its address."""
    with listen("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextlib.contextmanager
def saying(*replies: bytes, wait: float = 0) -> Iterator[str]:
    """Answer one request after the other with JSON, whatever is asked; then hang up on them."""
    with listen("127.0.0.1", 0) as listening:

        def answer() -> None:
            with contextlib.suppress(OSError):
                for reply in replies:
                    with listening.accept()[0] as connection:
                        connection.recv(100_000)
                        time.sleep(wait)
                        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(reply)}\r\n\r\n"
                        connection.sendall(head.encode() + reply)

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class Noting:
    """A reader that notes for whom it reads, takes its time, and gives the scores it is told."""

    name = "noting"

    def __init__(self, pause: float = 0.05, scores: Sequence[float] = ()) -> None:
        self._pause, self._spans = pause, tuple(SpanScore(0, 1, score) for score in scores)
        self.read_for: list[str] = []
        self.begun = threading.Event()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if question == "broken?":
            raise ModelError("the weights\nare gone")
        self.begun.set()
        time.sleep(self._pause)
        self.read_for += [question] * len(passages)
        return [Reading(self._spans) for _ in passages]


def test_another_process_gives_the_same_readings_under_the_same_name(
    tmp_path: Path, home: Path
) -> None:
    folder = write_tiny_reader(tmp_path / "tiny")
    command = [sys.executable, "-m", "rag", "reader", "--port", "0", "--reader", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            url = process.stderr.readline().rpartition(" ")[2].strip()
            here, there = load_reader(str(folder)), load_reader(url)
            assert there.read("who urged them?", PASSAGES) == here.read("who urged them?", PASSAGES)
            assert there.read("who?", []) == []
            assert there.name == here.name == "tiny"
            by_folder, by_url = (
                Settings(home, tmp_path, reader=reader, embedder=str(tmp_path), language_model=url)
                for reader in (str(folder), url)
            )
            told = describe_models(by_url)[2]
            assert told.ready
            assert (told.location, told.licence, told.data) == (url, "CC0-1.0", "random numbers")
            assert identify_reader(by_url).sha256 == identify_reader(by_folder).sha256
            assert models_used(by_url)[2] == models_used(by_folder)[2]
        finally:
            process.terminate()
    assert "is it running?" in describe_models(by_url)[2].detail


def test_who_asks_little_need_not_wait_for_who_asks_much() -> None:
    noting = Noting()
    with serving(make_reader_app(noting, TINY)) as url, ThreadPoolExecutor(2) as pool:
        reader = ServedReader(url)
        much = pool.submit(reader.read, "much?", PASSAGES[:MOST_PASSAGES])
        assert noting.begun.wait(10)
        reader.read("little?", PASSAGES[:2])
        much.result()
    assert noting.read_for.count("much?") == MOST_PASSAGES
    assert noting.read_for.index("little?") < MOST_PASSAGES // 2


def test_who_leaves_is_not_read_for() -> None:
    noting = Noting(pause=1.5)
    with serving(make_reader_app(noting, TINY)) as url:
        with pytest.raises(ModelError, match="did not answer in 1 s"):
            ServedReader(url, timeout=1).read("much?", PASSAGES[:MOST_PASSAGES])
        ServedReader(url).read("little?", PASSAGES[:2])
    assert noting.read_for.count("much?") == 8


def test_a_key_is_asked_for() -> None:
    with serving(make_reader_app(Noting(), TINY, key=KEY)) as url:
        for key in (None, "wrong"):
            with pytest.raises(ModelError) as raised:
                ServedReader(url, key=key)
            assert str(raised.value).endswith("sign in; set BYLINE_READER_KEY")
        assert len(ServedReader(url, key=KEY).read("who?", PASSAGES[:3])) == 3


def sent(url: str, body: bytes, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.partition("//")[2], timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/v1/read", body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "JSON"),
        (b'{"question": "who?"}', "passages: Field required"),
        (b'{"question": 1, "passages": []}', "question: Input should be a valid string"),
        (b'{"question": "who?", "passages": [["text"]]}', "passages.0.1: Field required"),
        (json.dumps({"question": "x" * 20_001, "passages": []}).encode(), "question: "),
        (json.dumps({"question": "", "passages": [["a", ""]] * 65}).encode(), "at most 64"),
        (b"x" * 9_000_000, "too long"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(body: bytes, said: str) -> None:
    with serving(make_reader_app(Noting(), TINY)) as url:
        status, text = sent(url, body)
    assert status == 400
    assert said in text
    assert text.count("\n") == 1


def test_other_sites_and_other_paths_find_nothing() -> None:
    body = b'{"question": "who?", "passages": []}'
    with serving(make_reader_app(Noting(), TINY)) as url:
        assert sent(url, body)[0] == 200
        assert sent(url, body, Host="evil.example")[0] == 403
        assert sent(url, body, Origin="https://evil.example")[0] == 403
        connection = http.client.HTTPConnection(url.partition("//")[2], timeout=20)
        connection.request("GET", "/config")
        assert connection.getresponse().status == 404
        connection.close()


def identity(protocol: int = 1, **changes: object) -> bytes:
    row = {name: getattr(TINY, name) for name in Identity.__dataclass_fields__}
    return json.dumps({"protocol": protocol, "reader": row | changes}).encode()


def readings(*spans: object, sha256: str | None = TINY.sha256) -> bytes:
    return json.dumps({"name": "tiny", "sha256": sha256, "readings": spans}).encode()


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ([b'{"object": "list"}'], "is it `ask reader` of this version?"),
        ([b"[]"], "is it `ask reader` of this version?"),
        ([b"<html>"], "sent something that is no JSON"),
        ([identity(protocol=2)], "another version of Byline; run the same version on both sides"),
        ([identity(), readings(sha256="1" * 64)], "sent something that is no reading"),
        ([identity(), readings([], sha256="1" * 64)], "another reader now; start Byline anew"),
        ([identity(), readings([[0, 99, 1.0]])], "sent something that is no reading"),
        ([identity(), readings([[0, 1]])], "sent something that is no reading"),
        ([identity()], "is it running?"),
    ],
)
def test_a_server_that_is_not_as_it_should_be_is_named(replies: list[bytes], said: str) -> None:
    with saying(*replies) as url, pytest.raises(ModelError) as raised:
        ServedReader(url, timeout=0.5).read("who?", [Passage("lima")])
    assert said.replace("is it running?", "") in str(raised.value)
    assert url in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_reader_that_fails_there_says_why_here() -> None:
    with (
        serving(make_reader_app(Noting(), TINY)) as url,
        pytest.raises(ModelError, match="the weights are gone"),
    ):
        ServedReader(url).read("broken?", [Passage("lima")])


def test_every_float_comes_as_it_was() -> None:
    scores = (0.1 + 0.2, -1 / 3, 1e-300, -29.999999999999996, 5e-324, 0.0)
    with serving(make_reader_app(Noting(scores=scores), TINY)) as url:
        (reading,) = ServedReader(url).read("who?", [Passage("lima")])
    assert tuple(span.score for span in reading.spans) == scores


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("argv", "key", "said"),
    [
        (["--host", "192.0.2.1"], "", "set BYLINE_READER_KEY, here and where it is used"),
        (["--host", "192.0.2.1"], "short", "BYLINE_READER_KEY is too short"),
        (["--reader", "http://127.0.0.1:1"], "", "serves a reader already"),
        (["now"], "", "takes no words"),
    ],
)
def test_the_command_says_what_to_do(
    argv: list[str],
    key: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BYLINE_READER_KEY", key)
    assert main(["reader", *argv]) == 2
    assert said in capsys.readouterr().err
