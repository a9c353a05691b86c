"""Several servers behind one address: what passes, who serves whom, and what a death changes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from echo_server import serve_echo
from index.errors import LibraryError
from rag.serve.server import listen
from rag.serve.spread import Spread
from rag.serve.workers import Worker, working

Reply = tuple[int, list[tuple[str, str]], bytes]


class Front:
    """The one address, and who stands behind it."""

    def __init__(self, port: int, workers: list[Worker]) -> None:
        self.port, self.workers = port, workers

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def asked(self, path: str, visitor: str = "", method: str = "GET", body: Any = None) -> Reply:
        headers = {"Cookie": f"byline_visitor={visitor}"} if visitor else {}
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()

    def server_of(self, visitor: str, path: str = "/who") -> int:
        return int(json.loads(self.asked(path, visitor)[2])["pid"])


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with (
        working(partial(serve_echo, tmp_path), 2, tmp_path) as workers,
        listen("127.0.0.1", 0) as listening,
    ):
        config = uvicorn.Config(Spread(workers), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield Front(listening.getsockname()[1], workers)
        server.should_exit = True
        thread.join(20)


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_requests_and_answers_pass_as_they_are(front: Front) -> None:
    status, headers, body = front.asked("/a%2Fb/../c?d=%20e&f", "a" * 32)
    told = json.loads(body)
    assert status == 200
    assert told["query"] == "d=%20e&f"
    assert told["target"].endswith("/../c")
    assert told["headers"]["host"] == f"127.0.0.1:{front.port}"
    assert told["headers"]["cookie"] == f"byline_visitor={'a' * 32}"
    assert [value.partition("=")[0] for name, value in headers if name == "set-cookie"] == [
        "byline_visitor",
        "another",
    ]
    # What one was given to keep is never sent for another.
    assert "cookie" not in json.loads(front.asked("/who")[2])["headers"]
    body = os.urandom(3_000_000)
    assert front.asked("/echo", method="POST", body=body)[2] == body
    pieces = [body[at : at + 100_000] for at in range(0, len(body), 100_000)]
    assert front.asked("/echo", method="POST", body=iter(pieces))[2] == body  # In chunks.


def test_an_upload_passes_while_it_comes(front: Front, tmp_path: Path) -> None:
    with contextlib.closing(front.connection()) as connection:
        connection.putrequest("POST", "/echo")
        connection.putheader("Content-Length", "10")
        connection.endheaders(b"first")
        soon((tmp_path / "begun").exists)
        connection.send(b"after")
        assert connection.getresponse().read() == b"firstafter"
    # One that is refused at once is not lost in the pushing.
    body = bytes(5_000_000)
    assert front.asked("/refuse", method="POST", body=body)[::2] == (413, b"too much")


def test_each_person_stays_with_one_server(front: Front) -> None:
    people = [f"{number:032x}" for number in range(10)]
    servers = [front.server_of(person) for person in people]
    assert [front.server_of(person) for person in people] == servers
    assert sorted(servers.count(pid) for pid in set(servers)) == [5, 5]
    # A client of Gradio has no cookie, and asks in two steps.
    steps = {front.server_of("", "/gradio_api/call/ask") for _ in range(4)}
    assert len(steps) == 1


def test_who_leaves_is_known_to_have_left(front: Front, tmp_path: Path) -> None:
    with contextlib.closing(front.connection()) as connection:
        connection.request("GET", "/ticks")
        assert connection.getresponse().read(5) == b"tick\n"
        assert not (tmp_path / "left").exists()
    soon((tmp_path / "left").exists)


def test_who_was_with_a_server_that_died_is_with_another(front: Front) -> None:
    person, other = "a" * 32, "b" * 32
    before, meanwhile = front.server_of(person), front.server_of(other)
    assert before != meanwhile
    with contextlib.closing(front.connection()) as connection:
        connection.request("GET", "/ticks", headers={"Cookie": f"byline_visitor={person}"})
        response = connection.getresponse()
        assert response.read(5) == b"tick\n"
        os.kill(before, signal.SIGKILL)
        with pytest.raises(http.client.IncompleteRead):  # Broken off, not ended.
            response.read()
    assert front.server_of(person) == meanwhile
    soon(lambda: all(worker.ready for worker in front.workers))
    assert front.server_of(person) == meanwhile
    assert before not in [worker.pid for worker in front.workers]


def test_what_nobody_answers_any_more_is_asked_again_only_where_that_is_safe(
    front: Front, tmp_path: Path
) -> None:
    assert front.asked("/die")[::2] == (200, b"alive")
    (tmp_path / "died").unlink()
    status, _, body = front.asked("/die", method="POST", body=b"once")
    assert (status, body) == (502, b"the server failed; try again\n")
    # All have died by now, perhaps: who asks waits for the next.
    assert front.asked("/die")[::2] == (200, b"alive")


def test_a_server_that_cannot_begin_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    with (
        pytest.raises(LibraryError, match="the library is damaged; repair it"),
        working(partial(serve_echo, tmp_path), 2, tmp_path),
    ):
        pass


def test_no_server_outlives_the_process_that_began_it(tmp_path: Path) -> None:
    code = """
import sys, time
from functools import partial
from pathlib import Path
from echo_server import serve_echo
from rag.serve.workers import working

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with working(partial(serve_echo, folder), 2, folder) as workers:
        print(*(worker.pid for worker in workers), flush=True)
        time.sleep(60)
"""
    script = tmp_path / "begin.py"
    script.write_text(code)
    path = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        process.kill()
    assert len(pids) == 2
    soon(lambda: all(gone(pid) for pid in pids))
