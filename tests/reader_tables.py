"""A table of formats whose only reader does what its file says, however bad; for a child."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.formats import Format, ReadOptions

OBEYING = "reader_tables:FORMATS"


def attempt(deed: str) -> str:
    """Try what a child may not do; say how it went."""
    try:
        if deed == "write":
            Path("/tmp/byline-written-by-a-reader").write_text("x", encoding="utf-8")  # noqa: S108
        elif deed == "run":
            subprocess.run(["/bin/true"], check=True)
        elif deed == "connect":
            socket.create_connection(("192.0.2.1", 80), timeout=5)
        elif deed.startswith("knock "):
            with socket.socket(socket.AF_UNIX) as knocking:
                knocking.connect(deed.removeprefix("knock "))
        elif deed == "pair":
            socket.socketpair()
        elif deed == "fork":
            if os.fork() == 0:
                os._exit(0)
        elif deed == "signal":
            os.kill(os.getppid(), 0)
        elif deed.startswith("mode "):
            Path(deed.removeprefix("mode ")).chmod(0o777)
        elif deed.startswith("owner "):
            os.chown(deed.removeprefix("owner "), -1, -1)
        elif deed.startswith("times "):
            os.utime(deed.removeprefix("times "), (0, 0))
        elif deed.startswith("attribute "):
            os.setxattr(deed.removeprefix("attribute "), "user.byline", b"x")
        elif deed == "spy":
            Path(f"/proc/{os.getppid()}/environ").read_bytes()
        elif deed == "memory" and ctypes.CDLL(None, use_errno=True).shmget(0, 4096, 0o1600) < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        return "done"
    except OSError as error:
        return type(error).__name__


def obey(file: BinaryIO, _name: str, options: ReadOptions) -> Iterator[Draft | Unread]:
    """Do what the first word says; any other text is an article."""
    text = file.read().decode()
    word, _, rest = text.partition(" ")
    if word == "hang":
        while True:
            pass
    elif word == "sleep":
        time.sleep(1000)
    elif word == "hog":
        held = [bytes(1_000_000) for _ in range(100_000)]
        yield Draft(str(len(held)))
    elif word == "crash":
        ctypes.string_at(0)
    elif word == "abort":
        os.abort()
    elif word == "break":
        raise ValueError("a parser\nbroke")
    elif word == "refuse":
        raise ReadError("protected by a password; save a copy without one")
    elif word == "several":
        yield Draft("The first.", part="1")
        yield Unread("2", "no text;\nadd some")
        yield Draft("The third.", part="3", pages=(0, 4), language="en", warnings=("late",))
        yield Draft(" ", part="4")
    elif word == "slowly":
        for number in range(int(rest)):
            time.sleep(0.4)
            yield Draft(f"Number {number}.", part=str(number))
    elif word == "midway":
        yield Draft("The first.", part="1")
        os.abort()
    elif word == "nothing":
        return
    elif word == "process":
        yield Draft(f"{os.getpid()} {os.getppid()}")
    elif word == "attempt":
        yield Draft(attempt(rest))
    elif word == "grandchild":
        # Not confined: as where the system has none of what confines.
        with subprocess.Popen(["/bin/sleep", "60"], start_new_session=rest == "away") as process:
            yield Draft(str(process.pid))
    elif word == "environment":
        yield Draft("\n".join(f"{name}={value}" for name, value in os.environ.items()))
    elif word == "forge":
        os.write(0, bytes.fromhex(rest))
        time.sleep(1000)
    elif word == "options":
        yield Draft(repr(options))
    else:
        yield Draft(text)


FORMATS = (Format("commands", (".txt",), obey),)
