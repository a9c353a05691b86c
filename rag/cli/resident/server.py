"""The resident process: loads the models once, and forks for each question.

`python -m rag.cli.resident.server SOCKET` is started by `rag.cli.resident.client`, and ends by
itself when nobody has asked for a while.

A fork has what was loaded, shares its memory, and opens the library itself, so that nothing that
one question does can reach another. The process that forks computes nothing with more than one
thread of OpenMP: these do not outlive a fork, and a child would wait for them for ever. The BLAS
of numpy ends its own before a fork.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from rag.cli.resident.client import stop_resident
from rag.cli.resident.place import (
    ResidentPlace,
    keep_seconds,
    peer_uid,
    receive_request,
    send_line,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.embedder import Embedder
    from rag.assistant import Assistant
    from rag.settings import Settings

__all__ = ["load", "serve"]

Run = Callable[[Sequence[str]], int]
"""Runs a command by its arguments, and returns its exit status."""

_LOOK_S = 1.0
"""How often it looks whether answers have ended, and whether its socket is still there."""
_FAULT = 1


def serve(load: Callable[[], Run], place: ResidentPlace, keep: float) -> None:
    """Listen, and run each command in a process of its own, until nobody asks any more.

    Returns at once where another process serves the place.

    Args:
        load: loads what commands need, and returns what runs one.
        place: where to listen.
        keep: seconds without a question after which it ends.
    """
    place.make_folder()
    with place.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        for other in place.outdated():
            stop_resident(other)
        run = load()
        gc.collect()
        gc.freeze()
        place.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            old = os.umask(0o077)
            listener.bind(str(place.socket))
            os.umask(old)
            listener.listen(64)
            try:
                _listen(listener, lock, run, place, keep)
            finally:
                place.socket.unlink(missing_ok=True)


def _listen(
    listener: socket.socket, lock: IO[str], run: Run, place: ResidentPlace, keep: float
) -> None:
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    children: set[int] = set()
    last = time.monotonic()
    made = place.socket.stat().st_ino
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while not ending.is_set():
            if selector.select(_LOOK_S):
                connection, _ = listener.accept()
                with connection:
                    if peer_uid(connection) in (os.getuid(), None):
                        child = os.fork()
                        if child == 0:
                            try:
                                selector.close()
                                listener.close()
                                lock.close()
                                _answer(connection, run)
                            finally:  # whatever comes, such as Ctrl-C twice
                                os._exit(_FAULT)
                        children.add(child)
            children = {child for child in children if not os.waitpid(child, os.WNOHANG)[0]}
            if children:
                last = time.monotonic()
            try:
                gone = place.socket.stat().st_ino != made
            except OSError:
                gone = True
            if gone or time.monotonic() - last >= keep:
                return


def _answer(connection: socket.socket, run: Run) -> None:
    """Run one command in this process, which is a fork, and end it."""
    status = _FAULT
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        request, files = receive_request(connection)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        os.umask(request["umask"])
        os.chdir(request["cwd"])
        names, modes = ("stdin", "stdout", "stderr"), ("r", "w", "w")
        for number, (name, mode, (encoding, errors)) in enumerate(
            zip(names, modes, request["streams"])
        ):
            lines = 1 if mode == "w" and (os.isatty(number) or name == "stderr") else -1
            stream = open(  # noqa: SIM115
                number, mode, lines, encoding=encoding, errors=errors, closefd=False
            )
            setattr(sys, name, stream)
        send_line(connection, {"pid": os.getpid()})
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        status = run(request["argv"])
    except KeyboardInterrupt:
        status = 130
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        with contextlib.suppress(OSError):
            send_line(connection, {"status": status})
        os._exit(status)


def _end_with(connection: socket.socket) -> None:
    """End this process when the one that asked is gone: nobody reads the answer."""
    with contextlib.suppress(OSError):
        if not connection.recv(1):
            os.kill(os.getpid(), signal.SIGTERM)


class _Remembering:
    """An embedder that keeps the vectors of what it has embedded: here, of the sample articles."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return self._embedder.embed(texts)
        if not all(text in self._known for text in texts):
            self._known.update(zip(texts, self._embedder.embed(texts)))
        return np.stack([self._known[text] for text in texts])


def load() -> Run:
    """Load the models, ask a question once, and return what runs a command with them."""
    from rag.environment import prepare_environment

    prepare_environment()
    import faiss

    from index.embed.layers import torch_is_quicker
    from rag.assistant import Assistant
    from rag.cli.main import main
    from rag.models.catalogue import load_embedder
    from rag.models.json_server import is_server
    from rag.reader import load_reader
    from rag.settings import Settings

    usual = Settings.from_environment(None)
    threads: list[tuple[Callable[[int], object], int]] = [
        (faiss.omp_set_num_threads, faiss.omp_get_max_threads())
    ]
    if torch_is_quicker() or (usual.embedder, usual.reader) != ("default", "default"):
        import torch

        threads.append((torch.set_num_threads, torch.get_num_threads()))
    for take, _ in threads:
        take(1)
    embedder = _Remembering(load_embedder(usual))
    # One on a server is asked which it is for each question, as in a process of its own.
    reader = None if is_server(usual.reader) else load_reader(usual.reader)

    def opened(settings: Settings) -> Assistant:
        same = settings.embedder == usual.embedder
        prepare_environment(settings.download)
        assistant = Assistant(
            settings,
            embedder=embedder if same else None,
            reader=reader if settings.reader == usual.reader else None,
        )
        assistant.store.counts()
        return assistant

    def run(argv: Sequence[str]) -> int:
        for take, number in threads:
            take(number)
        return main(argv, opened)

    # What a question imports, and the vectors of the samples, are there for every fork then.
    with (
        tempfile.TemporaryDirectory(prefix="byline-resident-") as empty,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        main(["--home", empty, "Who urged Maduro not to be sworn in?"], opened)
    return run


if __name__ == "__main__":
    serve(load, ResidentPlace(Path(sys.argv[1])), keep_seconds())
