"""Has a command run by the resident process, and starts one for the next time.

Imports the standard library alone; see `rag.cli.resident.place`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rag.cli.resident.place import Place, keep_seconds, peer_uid
from rag.cli.resident.wire import Lines, send_request

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


def usual_place() -> Place | None:
    """Return where a process for this one listens; None where none is wanted, or can be."""
    able = hasattr(socket, "send_fds") and hasattr(os, "fork")
    return Place.usual() if able and keep_seconds() > 0 else None


def run_resident(argv: Sequence[str], place: Place) -> int | None:
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
    try:
        with connection, _interrupts() as passed_to:
            send_request(connection, _request(argv), [0, 1, 2])
            taken = lines.next()
            if taken is None or "pid" not in taken:
                return None
            passed_to(taken["pid"])
            connection.settimeout(None)
            ended = lines.next()
    except TimeoutError:
        stop_resident(place, hangs=True)
        return None
    # Standard output is closed, say, or the process ended at this moment.
    except (OSError, ValueError):
        return None
    if ended is None:
        return None
    return ended["status"]


def start_resident(place: Place) -> None:
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


def running(place: Place) -> int | None:
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


def stop_resident(place: Place, *, hangs: bool = False) -> int | None:
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


def _connect(place: Place) -> socket.socket | None:
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


def _request(argv: Sequence[str]) -> dict[str, object]:
    streams = [sys.stdin, sys.stdout, sys.stderr]
    if any(stream is None for stream in streams):
        raise ValueError("a standard stream is closed")
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


@contextlib.contextmanager
def _interrupts() -> Iterator[Callable[[int], None]]:
    """Pass Ctrl-C on to the one that answers; the third ends it whatever it does.

    Yields:
        What is told the number of that process. What was pressed before is passed on then, or
        raised at the end where no process took the command.
    """
    answering: int | None = None
    pressed = 0

    def pass_on() -> None:
        if answering is not None and pressed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(answering, signal.SIGINT if pressed < 3 else signal.SIGKILL)

    def on_interrupt(*_: object) -> None:
        nonlocal pressed
        pressed += 1
        pass_on()
        if pressed >= 3:
            raise KeyboardInterrupt

    def passed_to(pid: int) -> None:
        nonlocal answering
        answering = pid
        pass_on()

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # a job in the background stays deaf to it
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield passed_to
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        if pressed and answering is None:
            raise KeyboardInterrupt
