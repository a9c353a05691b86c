"""How the server listens, whom it lets in, and what it is deaf to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from fakes import answered
from index.errors import LibraryError, QuestionError
from rag.serve import completions
from rag.serve.asking import Event, Waiting
from rag.serve.guard import Guard, Login
from rag.serve.server import listen


@pytest.mark.parametrize("host", ["..", "x" * 70, "no.such.host.invalid"])
def test_a_host_that_is_none_is_said_at_once(host: str) -> None:
    with pytest.raises(QuestionError, match=f"--host {host} is not a name of this machine"):
        listen(host, None)


def test_a_port_that_is_taken_is_named_and_the_next_free_one_used() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LibraryError, match=f"port {port} of 127.0.0.1 cannot be used"):
            listen("127.0.0.1", port)
        with listen("127.0.0.1", None, port) as other:
            assert port < other.getsockname()[1] < port + 20


@pytest.mark.parametrize("given", ["Basic \xe9\xe9", "Basic ====", "Basic", "Bearer \xe9"])
def test_a_login_of_whatever_bytes_is_no_fault(given: str) -> None:
    guard = Guard(PlainTextResponse("in"), login=Login("ann", "correct horse"))
    client = TestClient(guard, base_url="http://127.0.0.1")
    assert client.get("/", headers={"Authorization": given.encode("latin-1")}).status_code == 401


@pytest.mark.parametrize("deaf", [True, False])
def test_who_is_deaf_to_a_closed_terminal_goes_on_without_it(deaf: bool) -> None:
    code = (
        "from rag.serve.server import listen, run\n"
        "async def app(scope, receive, send): print('lives', flush=True)\n"
        "run(app, listen('127.0.0.1', 0))"
    )
    # As by `nohup`, or as it is usually; these tests may run under either.
    heard = signal.SIG_IGN if deaf else signal.SIG_DFL
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, heard),
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()  # Of the lifespan: the signals are listened to by then.
            process.send_signal(signal.SIGHUP)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1 if deaf else 60)
            assert (process.poll() is None) == deaf
        finally:
            process.kill()


def test_a_stream_gives_signs_of_life_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "_BEAT", 0.05)
    ended = []

    async def events() -> AsyncIterator[Event]:
        try:
            yield Waiting(1)
            await asyncio.sleep(0.3)
            yield answered()
        finally:
            ended.append(True)

    async def lines(most: int) -> list[str]:
        stream = completions._stream(events(), usage=False)
        found = []
        async for line in stream:
            found.append(line)
            if len(found) == most:
                break
        return found

    # In a thread: the browser's tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        whole = thread.submit(asyncio.run, lines(1000)).result()
        thread.submit(asyncio.run, lines(2)).result()  # Who leaves in between ends the work.
    assert whole[1:4] == [": working\n\n"] * 3
    assert whole[-1] == "data: [DONE]\n\n"
    assert ended == [True, True]
