"""Has a command run by the resident process, and starts one for the next time.

Imports the standard library alone; see `rag.cli.resident.place`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.cli.resident.place import Lines, ResidentPlace, keep_seconds, peer_uid, send_request

__all__ = [
    "memory_bytes",
    "run_resident",
    "running",
    "start_resident",
    "stop_resident",
    "usual_place",
]

_ACCEPT_S = 2.0
"""A process that takes no question within so long hangs, and is replaced."""
_LOOK_S = 0.5
"""How often to look whether Ctrl-C was pressed at the moment before waiting."""


def usual_place() -> ResidentPlace | None:
    """Return where a process for this one listens; None where none is wanted, or can be."""
    able = hasattr(socket, "send_fds") and hasattr(os, "fork")
    return ResidentPlace.usual() if able and keep_seconds() > 0 else None


def run_resident(argv: Sequence[str], place: ResidentPlace) -> int | None:
    """Have a command run, with the terminal and the environment of this process.

    Args:
        argv: what follows the name of the program.
        place: where the process listens.

    Returns:
        Its exit status; None where no process took it, or the one that did was killed, so that
        it is still to be run.
    """
    connection = _connect(place)
    if connection is None:
        return None
    lines = Lines(connection)
    ended = None
    with connection, _Interrupts() as interrupts:
        try:
            send_request(connection, _request(argv), [0, 1, 2])
            taken = lines.next()
            if taken is not None and "pid" in taken:
                interrupts.pass_to(taken["pid"])
                ended = _wait_for_end(connection, lines)
        except TimeoutError:
            stop_resident(place, hangs=True)
        except (OSError, ValueError):  # The process ended at this moment, say.
            pass
    if ended is not None:
        return ended["status"]
    if interrupts.pressed:
        raise KeyboardInterrupt
    return None


def start_resident(place: ResidentPlace) -> None:
    """Start a process that will listen soon, unless there is one; return at once."""
    import subprocess

    with contextlib.suppress(OSError):
        if running(place) is None:
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "rag.cli.resident.server", str(place.socket)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )


def running(place: ResidentPlace) -> int | None:
    """Return the number of the resident process; None where there is none."""
    import fcntl

    if not place.is_ours():
        return None
    try:
        with place.lock.open("r+") as file:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return None
            return int(file.read() or 0) or None
    except (OSError, ValueError):
        return None


def memory_bytes(pid: int) -> int | None:
    """Return what a process holds in memory; None where the system does not say as Linux does."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def stop_resident(place: ResidentPlace, *, hangs: bool = False) -> int | None:
    """End the resident process, which lets the answers that it is giving come to their end.

    Args:
        place: where it listens.
        hangs: whether it does not listen to a request to end.

    Returns:
        Its number; None where there was none.
    """
    pid = running(place)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if hangs else signal.SIGTERM)
    return pid


def _connect(place: ResidentPlace) -> socket.socket | None:
    """Return a connection to this user's process."""
    if not place.is_ours():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_ACCEPT_S)
    try:
        connection.connect(str(place.socket))
        if peer_uid(connection) in (os.getuid(), None):
            return connection
    except TimeoutError:
        stop_resident(place, hangs=True)
    except OSError:
        pass
    connection.close()
    return None


def _wait_for_end(connection: socket.socket, lines: Lines) -> dict[str, int] | None:
    """Return the message that ends the answer; None where the process ended without one.

    A signal that comes between Python's last look for signals and the system's wait wakes
    nothing, and its handler would run only when the answer ends: so no wait is long.
    """
    connection.settimeout(_LOOK_S)
    while True:
        with contextlib.suppress(TimeoutError):
            return lines.next()


def _request(argv: Sequence[str]) -> dict[str, object]:
    streams = [sys.stdin, sys.stdout, sys.stderr]
    return {
        "argv": list(argv),
        "cwd": str(Path.cwd()),
        "environment": dict(os.environ),
        "streams": [[stream.encoding, stream.errors] for stream in streams],
        "umask": _umask(),
    }


def _umask() -> int:
    """Return the mask of new files, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


class _Interrupts:
    """Passes Ctrl-C on to the process that answers; the third ends it whatever it does.

    Attributes:
        pressed: how often it was pressed.
    """

    def __init__(self) -> None:
        """Take Ctrl-C from where this is entered until it is left."""
        self.pressed = 0
        self._answering: int | None = None
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> _Interrupts:
        if self._before is not signal.SIG_IGN:  # a job in the background stays deaf to it
            signal.signal(signal.SIGINT, self._on_interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before or signal.SIG_DFL)

    def pass_to(self, answering: int) -> None:
        """Pass on to this process, what was pressed before too."""
        self._answering = answering
        self._pass_on()

    def _on_interrupt(self, *_: object) -> None:
        self.pressed += 1
        self._pass_on()
        if self.pressed >= 3:
            raise KeyboardInterrupt

    def _pass_on(self) -> None:
        if self._answering is not None and self.pressed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._answering, signal.SIGINT if self.pressed < 3 else signal.SIGKILL)
