"""One child process that reads files, as its parent sees it: started, asked, heard, ended.

Knows nothing of the order in which files are asked for, or of trying again.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO

import index
from index.reading.files import OpenFile
from index.reading.formats import ReadOptions
from index.reading.sandbox.wire import (
    End,
    Failure,
    ForgedError,
    Ready,
    Reply,
    Request,
    pack_request,
    read_answer,
)

__all__ = ["Child", "LostError"]

_logger = logging.getLogger(__name__)

_STARTS_WITHIN = 60.0
"""Seconds; it takes a tenth of one where nothing else is going on."""
_PIECE = 1 << 20
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME", "TMPDIR", "TZ")
"""Variables without which Python may not start, or would tell another day."""


class LostError(Exception):
    """The child is of no more use: the message says what the file did to it, and what to do."""


class SilentError(LostError):
    """It said nothing within the time it had."""


class Child:
    """A running `index.reading.sandbox.worker`. One thread at a time."""

    def __init__(self, table: str, memory: int) -> None:
        """Start it, without waiting until it is ready.

        Args:
            table: the formats that it reads, as `module:name`.
            memory: bytes of address space that it may use.

        Raises:
            OSError: no process can be started.
        """
        self.asked = self.answered = 0
        """Files that it was given, and those that it is done with."""
        self._ready = False
        self._said: deque[str] = deque(maxlen=20)
        ours, theirs = socket.socketpair()
        self._socket = ours
        lifeline, self._lifeline = os.pipe()
        process = None
        try:
            try:
                process = self._process = subprocess.Popen(  # noqa: S603
                    [
                        sys.executable,
                        "-m",
                        "index.reading.sandbox.worker",
                        table,
                        str(lifeline),
                        str(memory),
                    ],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=[lifeline],
                    env=_environment(),
                    cwd=os.sep,  # -m imports from the working folder first.
                    start_new_session=True,  # Ctrl-C is for the parent.
                )
            finally:
                theirs.close()
                os.close(lifeline)
            listen = (process.stderr, self._said)
            self._listener = threading.Thread(target=_note, args=listen, daemon=True)
            self._listener.start()
        except BaseException as error:  # Also Ctrl-C: nobody else can free any of it.
            if process is not None:
                self._kill()
                process.wait()
                if process.stderr is not None:
                    process.stderr.close()
            self._hang_up()
            if isinstance(error, RuntimeError):  # Of the thread: the limit is that of processes.
                raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
            raise

    def ask(
        self,
        opened: OpenFile,
        options: ReadOptions,
        *,
        kept: IO[bytes] | None = None,
        picture: tuple[int, int] | None = None,
    ) -> None:
        """Hand it a file, which may be closed then; what comes of a lost child, `hear` tells.

        Args:
            opened: the file.
            options: how it is to be read.
            kept: JSON of what OCR saw on pages of it before, by key.
            picture: as in `Request`.
        """
        message = pack_request(Request(opened.name, options, opened.modified, picture))
        files = [opened.file.fileno(), *([kept.fileno()] if kept else [])]
        self.asked += 1
        self._socket.settimeout(_STARTS_WITHIN)
        with suppress(OSError):
            sent = socket.send_fds(self._socket, [message], files)
            self._socket.sendall(message[sent:])

    def hear(self, path: str | None, silence: float) -> Reply:
        """Return what it says next.

        Args:
            path: where the file lies, as its articles are to say.
            silence: seconds within which it must have said it.

        Raises:
            LostError: it died, said nothing in time, or what no child says.
        """
        try:
            if not self._ready:
                self._ready = isinstance(self._hear(path, _STARTS_WITHIN), Ready)
            answer = self._hear(path, silence)
            if isinstance(answer, Ready) or not self._ready:
                raise ForgedError("ready twice, or never")
        except TimeoutError as error:
            raise SilentError(
                f"took longer than {silence:g} s to read; open it and save it as plain text"
            ) from error
        except ForgedError as error:
            _logger.debug("a reader sent a message that is none: %s", error)
            raise LostError(_CRASHED) from error
        except (EOFError, OSError) as error:
            raise LostError(self._last_words()) from error
        if isinstance(answer, Failure) and answer.exhausted:
            raise LostError("needs too much memory to read; split it, or save it as plain text")
        if isinstance(answer, End | Failure):
            self.answered += 1
        return answer

    def stop(self) -> None:
        """End it at once, also while another thread listens to it; it is to be closed still."""
        if self._process.poll() is None:
            self._kill()

    def close(self) -> None:
        """End it, and free what it holds here; safe to call twice."""
        if self._lifeline < 0:
            return
        self._kill()
        self._process.wait()
        # A process of its own that left its group may hold the pipe; then it holds the thread too.
        self._listener.join(1)
        self._hang_up()

    def _kill(self) -> None:
        """End it, and every process that it may have started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _hang_up(self) -> None:
        self._socket.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _hear(self, path: str | None, seconds: float) -> Reply:
        deadline = time.monotonic() + seconds

        def read_exactly(count: int) -> bytearray:
            data = bytearray()
            while len(data) < count:
                self._socket.settimeout(max(deadline - time.monotonic(), 1e-6))
                piece = self._socket.recv(min(count - len(data), _PIECE))
                if not piece:
                    raise EOFError
                data += piece
            return data

        return read_answer(read_exactly, path)

    def _last_words(self) -> str:
        """Return why it died, in words for the person whose file it read."""
        with suppress(subprocess.TimeoutExpired):  # It has closed its end and may still run.
            self._process.wait(1)
        if not self._ready:
            said = self._said[-1] if self._said else f"status {self._process.returncode}"
            return f"the process that reads files does not start ({said}); reinstall Byline"
        if self._process.returncode == -signal.SIGXCPU:
            return "took too long to read; open it and save it as plain text"
        return _CRASHED


_CRASHED = "crashed its reader; open it and save it as plain text"


def _note(stream: IO[bytes] | None, said: deque[str]) -> None:
    """Log what a child prints on its standard error, and keep its last lines."""
    if stream is None:
        return
    with stream:
        while line := stream.readline(1000):
            said.append(line.decode("utf-8", "replace").strip())
            _logger.debug("reader: %s", said[-1])


def _environment() -> dict[str, str]:
    """Return the child's environment: next to nothing, but our packages where we have them."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        **dict.fromkeys(_ONE_THREAD, "1"),
        "PYTHONPATH": os.pathsep.join(_import_path()),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _import_path() -> list[str]:
    """Return where this process imports from, but for the working folder it happens to be in."""
    home = Path(index.__file__).resolve().parent.parent
    try:
        here = Path.cwd()
    except FileNotFoundError:  # It was removed; nothing can be imported from it.
        here = Path(os.sep)
    path = []
    for entry in map(Path, sys.path):
        absolute = here / entry
        if absolute == here and absolute.resolve() != home:
            continue
        path.append(str(absolute))
    return path
