"""The resident process: a command runs as if in a process of its own, whatever is killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.cli.resident.client import running, stop_resident
from rag.cli.resident.place import ResidentPlace

SERVE = """
import json, os, sys, time
from pathlib import Path
from rag.cli.resident.place import ResidentPlace
from rag.cli.resident.server import serve

def run(argv):
    if argv[0] == "say":
        told = {"argv": argv, "cwd": os.getcwd(), "mine": os.environ.get("MINE"),
                "mask": os.umask(0), "stdin": sys.stdin.read(), "encoding": sys.stdout.encoding}
        print(json.dumps(told))
        print("beside", file=sys.stderr)
    if argv[0] == "sleep":
        print(os.getpid(), flush=True)
        for _ in range(2400):  # a signal just before a long sleep would not end it
            time.sleep(0.1)
    if argv[0] == "die":
        os.kill(os.getpid(), 9)
    return int(argv[1])

serve(lambda: run, ResidentPlace(Path(sys.argv[1])), float(sys.argv[2]))
"""
ASK = """
import signal, sys
from pathlib import Path
from rag.cli.resident.client import run_resident
from rag.cli.resident.place import ResidentPlace

# Ctrl-C is ignored where the tests themselves run in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
status = run_resident(sys.argv[2:], ResidentPlace(Path(sys.argv[1])))
sys.exit(77 if status is None else status)
"""
NOT_TAKEN = 77


started: list[subprocess.Popen[str]] = []


def python(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    """Start a process, which is ended after the test."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # type: ignore[call-overload]
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        | {"text": True, "env": environment}
        | options,
    )
    started.append(process)
    return process  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    while started:
        process = started.pop()
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream and not stream.closed:
                stream.close()
        process.wait()


def wait_for(true: Callable[[], object]) -> None:
    for _ in range(2400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


@pytest.fixture
def place(tmp_path: Path) -> ResidentPlace:
    return ResidentPlace.usual(tmp_path / "run")


@pytest.fixture
def serving(place: ResidentPlace) -> Callable[..., subprocess.Popen[str]]:
    def serve(keep: float = 60, at: Path = place.socket) -> subprocess.Popen[str]:
        # One that was killed leaves its socket behind.
        left = made(at)
        process = python(SERVE, at, keep)
        wait_for(lambda: made(at) not in (left, None))
        return process

    def made(socket: Path) -> int | None:
        return socket.stat().st_ctime_ns if socket.exists() else None

    return serve


def test_a_command_has_the_place_and_the_streams_of_who_asked(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    serving()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "MINE": "né",
        "PYTHONIOENCODING": "latin-1",
    }
    asked = python(
        f"import os; os.umask(0o027)\n{ASK}", place.socket, "say", 3, cwd=tmp_path, env=environment
    )
    out, err = asked.communicate("from the pipe", timeout=30)
    assert asked.returncode == 3
    assert err == "beside\n"
    assert json.loads(out) == {
        "argv": ["say", "3"],
        "cwd": str(tmp_path),
        "mine": "né",
        "mask": 0o027,
        "stdin": "from the pipe",
        "encoding": "iso8859-1",
    }


def test_an_interrupt_ends_the_answer_and_not_the_process(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving()
    asked = python(ASK, place.socket, "sleep", 0)
    assert asked.stdout is not None
    answering = int(asked.stdout.readline())
    asked.send_signal(signal.SIGINT)
    assert asked.wait(30) == 130
    wait_for(lambda: not Path(f"/proc/{answering}").exists())
    assert server.poll() is None
    assert python(ASK, place.socket, "exit", 5).wait(30) == 5


def test_interrupts_while_an_answer_ends_leave_the_process_listening(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    serving()
    for _ in range(20):
        asked = python(ASK, place.socket, "sleep", 0)
        assert asked.stdout is not None
        answering = int(asked.stdout.readline())
        asked.send_signal(signal.SIGINT)
        with contextlib.suppress(ProcessLookupError):
            for _ in range(2000):
                os.kill(answering, signal.SIGINT)
        assert asked.wait(30) in (130, -signal.SIGINT), "it is not asked once more"
    assert python(ASK, place.socket, "exit", 5).wait(30) == 5


def test_who_is_gone_is_answered_no_more(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    serving()
    asked = python(ASK, place.socket, "sleep", 0)
    assert asked.stdout is not None
    answering = int(asked.stdout.readline())
    asked.kill()
    wait_for(lambda: not Path(f"/proc/{answering}").exists())


def test_what_was_killed_is_still_to_be_run(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    assert python(ASK, place.socket, "exit", 5).wait(30) == NOT_TAKEN
    server = serving()
    assert python(ASK, place.socket, "die", 5).wait(30) == NOT_TAKEN
    server.kill()
    server.wait()
    assert running(place) is None
    assert python(ASK, place.socket, "exit", 5).wait(30) == NOT_TAKEN
    serving()
    assert python(ASK, place.socket, "exit", 5).wait(30) == 5


def test_one_that_hangs_is_ended(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving()
    server.send_signal(signal.SIGSTOP)
    assert python(ASK, place.socket, "exit", 5).wait(30) == NOT_TAKEN
    assert server.wait(30) == -signal.SIGKILL


def test_there_is_one_and_it_ends_when_nobody_asks(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving(1.5)
    assert running(place) == server.pid
    second = python(SERVE, place.socket, 60)
    assert second.wait(30) == 0
    asked = python(ASK, place.socket, "sleep", 0)
    assert asked.stdout is not None
    answering = int(asked.stdout.readline())
    time.sleep(3)
    assert server.poll() is None, "it waits for the answers that it gives"
    os.kill(answering, signal.SIGKILL)
    assert asked.wait(30) == NOT_TAKEN
    assert server.wait(30) == 0
    assert not place.socket.exists()


def test_one_with_other_code_takes_the_place_of_one_before(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving()
    kind = place.socket.name.partition("-")[0]
    after = serving(at=place.socket.with_name(f"{kind}-other.sock"))
    assert server.wait(30) == 0
    assert after.poll() is None


def test_a_request_to_end_lets_answers_come_to_their_end(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving()
    asked = python(ASK, place.socket, "sleep", 0)
    assert asked.stdout is not None
    answering = int(asked.stdout.readline())
    assert stop_resident(place) == server.pid
    assert server.wait(30) == 0
    assert Path(f"/proc/{answering}").exists()
    asked.kill()


def test_a_folder_that_is_open_to_others_is_not_trusted(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    serving()
    place.socket.parent.chmod(0o755)
    assert python(ASK, place.socket, "exit", 5).wait(30) == NOT_TAKEN
    place.socket.parent.chmod(0o700)
    assert python(ASK, place.socket, "exit", 5).wait(30) == 5


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_account_neither_connects_nor_is_answered(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """Not even where somebody has opened the folder and the socket to all."""
    serving()
    other = """
        import os, socket, sys
        socket.setdefaulttimeout(10)
        os.setuid(65534)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(sys.argv[1])
        except PermissionError:
            sys.exit(3)
        sys.exit(4 if connection.recv(1) == b"" else 5)
    """
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder != Path(folder.anchor):
            folder.chmod(folder.stat().st_mode | 0o011)
    assert python(other, place.socket).wait(30) == 3
    place.socket.parent.chmod(0o777)
    place.socket.chmod(0o777)
    assert python(other, place.socket).wait(30) == 4


def test_of_many_that_ask_at_once_each_is_answered_rightly_while_processes_are_killed(
    place: ResidentPlace, serving: Callable[..., subprocess.Popen[str]]
) -> None:
    server = serving()
    statuses: list[tuple[int, int]] = []

    def ask(first: int) -> None:
        for number in range(first, first + 5):
            asked = python(ASK, place.socket, "say", number)
            out, _ = asked.communicate(str(number), timeout=60)
            if asked.returncode != NOT_TAKEN:
                assert json.loads(out)["stdin"] == str(number)
            statuses.append((number, asked.returncode))

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(0, 40, 5)]
    for thread in threads:
        thread.start()
    chance = random.Random(7)  # noqa: S311
    while any(thread.is_alive() for thread in threads):
        time.sleep(chance.uniform(0.1, 0.8))
        server.kill()
        server.wait()
        server = serving()
    assert len(statuses) == 40
    assert all(status in (number, NOT_TAKEN) for number, status in statuses)
    assert any(status != NOT_TAKEN for _, status in statuses)


@pytest.mark.models
def test_the_second_question_is_answered_by_it_as_the_first_was(
    ask_process: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BYLINE_KEEP", "60")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    question = "Who urged Maduro not to be sworn in?"
    first = ask_process("--json", "--quiet", question)
    assert first.returncode == 0
    socket = tmp_path / "byline"
    wait_for(lambda: list(socket.glob("*.sock")))
    place = ResidentPlace(next(socket.glob("*.sock")))
    server = running(place)
    try:
        second = ask_process("--json", "--quiet", question)
        assert second.returncode == 0
        claims = [json.loads(done.stdout)["claims"] for done in (first, second)]
        assert claims[0] == claims[1]
        assert running(place) == server is not None
        assert f"resident process: {server}" in ask_process("doctor", "--quiet").stdout
    finally:
        assert f"stopped process {server}" in ask_process("stop").stderr
    wait_for(lambda: running(place) is None)
