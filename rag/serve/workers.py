"""Servers in processes of their own, each at a socket, started anew when they die.

Knows nothing of what they serve.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from index.errors import BylineError, LibraryError

__all__ = ["Serve", "Worker", "working"]

Serve = Callable[[socket.socket, Callable[[], None]], None]
"""Serves at a socket until it is told to end; calls back when it is ready. Can be pickled."""

_log = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")  # A fork would have the locks of threads it lacks.
_PAUSES = (0.0, 1.0, 5.0, 30.0)
"""Seconds before a start, by how many starts before it came to nothing."""
_END_S = 5.0
"""How long a process may take to end in good order."""


class Worker:
    """One server. A thread of this process keeps it alive."""

    def __init__(self, serve: Serve, path: Path) -> None:
        """Start nothing yet.

        Args:
            serve: what it does.
            path: of its socket.
        """
        self.path = path
        self.ready = False
        """Whether it serves."""
        self.lives = 0
        """How often it was started: what another life knew is lost."""
        self.failure: str | None = None
        """Why it came to nothing the first time; empty once it was ready."""
        self.known = threading.Event()
        """Set when `failure` is."""
        self._serve = serve
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="byline-keep", daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of its process, if it has one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Begin to keep it alive."""
        self._keeper.start()

    def end(self) -> None:
        """Have it end, without waiting for that."""
        self._ending.set()
        if self._process is not None and self._process.pid is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until it has ended; kill it if that takes long."""
        self._keeper.join(_END_S)
        if self._process is not None and self._process.is_alive():
            self._process.kill()

    def _keep(self) -> None:
        in_vain = 0
        while not self._ending.wait(_PAUSES[min(in_vain, len(_PAUSES) - 1)]):
            failure = self._live()
            if self._ending.is_set():
                return
            in_vain = in_vain + 1 if failure else 0
            _log.warning("a process of the server has ended%s; another begins", failure)

    def _live(self) -> str:
        """Run a process to its end; return why it was never ready, or nothing."""
        self.path.unlink(missing_ok=True)
        hearing, telling = _SPAWN.Pipe(duplex=False)
        with hearing:
            self._process = _SPAWN.Process(target=_work, args=(self._serve, self.path, telling))
            self._process.start()
            telling.close()
            try:
                failure = hearing.recv()
            except EOFError:
                failure = "it ended before it was ready"
        self.lives += 1
        self.ready = not failure
        if not self.known.is_set():
            self.failure = failure
            self.known.set()
        self._process.join()
        self.ready = False
        return f" ({failure})" if failure else ""


@contextmanager
def working(serve: Serve, count: int, folder: Path) -> Iterator[list[Worker]]:
    """Lend so many servers, all ready; end them when the block is left.

    Args:
        serve: what each does.
        count: how many.
        folder: for their sockets, for this user alone.

    Raises:
        LibraryError: one cannot serve; in its own words.
    """
    workers = [Worker(serve, folder / f"{number}.sock") for number in range(count)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.known.wait()
            if worker.failure:
                raise LibraryError(worker.failure)
        yield workers
    finally:
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.wait()


def _work(serve: Serve, path: Path, telling: Connection) -> None:
    """Serve, in the process of a worker."""
    os.setsid()  # Ctrl-C is for the one process that started all; it ends this one.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(128)
        try:
            serve(listening, lambda: telling.send(""))
        except BylineError as error:
            telling.send(str(error))


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
