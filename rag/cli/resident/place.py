"""Where the resident process listens, how both sides make sure of each other, and what they send.

That is a request with file descriptors, then lines of JSON.

Imports the standard library alone: a question that is answered by the resident process
waits for nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import struct
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Lines",
    "ResidentPlace",
    "keep_seconds",
    "peer_uid",
    "receive_request",
    "send_line",
    "send_request",
]

_KEEP_S = 600.0
_PACKAGES = ("rag", "index")
_FIXED = ("CUDA", "KMP", "LANG", "LC_", "LD_", "MKL", "OMP", "PYTHON", "TORCH")
"""Variables that the libraries read once, when they are loaded, by how they begin."""
_LENGTH = struct.Struct("!I")
_MOST_BYTES = 4_000_000
"""Of a request: the longest command line that Linux starts is 2 MiB, and as much environment."""


def keep_seconds() -> float:
    """Return how long an idle process stays, as BYLINE_KEEP says; 0 for not at all."""
    try:
        return max(float(os.environ.get("BYLINE_KEEP", _KEEP_S)), 0.0)
    except ValueError:
        return _KEEP_S


@dataclass(frozen=True, slots=True)
class ResidentPlace:
    """The files of one resident process: its socket, and its lock.

    There is one for each user, installation, state of its code, and environment of the libraries:
    whoever has another finds no process here, and starts one of his own.
    """

    socket: Path
    """Where it listens."""

    @classmethod
    def usual(cls, folder: Path | None = None) -> ResidentPlace:
        """Return the place for processes with this one's code and environment; make nothing.

        Args:
            folder: for both files; None for the one of the user's running programs.
        """
        given = os.environ.get("XDG_RUNTIME_DIR")
        if folder is None and given:
            folder = Path(given) / "byline"
        folder = folder or Path(tempfile.gettempdir()) / f"byline-{os.getuid()}"
        root = Path(__file__).resolve().parents[3]
        fixed = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith(_FIXED))
        kind = _digest(sys.executable, str(root), *fixed)
        return cls(folder / f"{kind}-{_digest(str(_newest(root)))}.sock")

    @property
    def lock(self) -> Path:
        """The file that the process holds locked, with its number in it."""
        return self.socket.with_suffix(".lock")

    def all(self) -> list[ResidentPlace]:
        """Return the places of all processes of this user, of other environments and code too."""
        return [
            ResidentPlace(path.with_suffix(".sock")) for path in self.socket.parent.glob("*.lock")
        ]

    def outdated(self) -> list[ResidentPlace]:
        """Return the places of processes whose code is older, or newer, than what is here."""
        kind = self.socket.name.partition("-")[0]
        others = (place for place in self.all() if place.socket != self.socket)
        return [place for place in others if place.socket.name.partition("-")[0] == kind]

    def make_folder(self) -> None:
        """Make the folder, for this user alone.

        Raises:
            OSError: it cannot be made, or is another's.
        """
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.is_ours():
            raise PermissionError(f"{self.socket.parent} is open to others")

    def is_ours(self) -> bool:
        """Tell whether the folder is there, and nobody else can put a socket into it."""
        try:
            found = os.lstat(self.socket.parent)
        except OSError:
            return False
        private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
        return private and found.st_uid == os.getuid()


def peer_uid(connection: socket.socket) -> int | None:
    """Return whose process is at the other end; None where the system does not say."""
    if hasattr(socket, "SO_PEERCRED"):
        size = struct.calcsize("3i")
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        return int(struct.unpack("3i", found)[1])
    if sys.platform == "darwin":
        # LOCAL_PEERCRED of SOL_LOCAL: struct xucred begins with its version and the uid.
        return int(struct.unpack("2I", connection.getsockopt(0, 1, 8))[1])
    return None


def send_request(connection: socket.socket, request: dict[str, Any], files: list[int]) -> None:
    """Send a request with open files."""
    data = json.dumps(request).encode()
    socket.send_fds(connection, [_LENGTH.pack(len(data))], files)
    connection.sendall(data)


def receive_request(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return a request and its files, open in this process.

    Raises:
        OSError: the other end is gone, or sent something else.
    """
    head, files, _, _ = socket.recv_fds(connection, _LENGTH.size, 3)
    if len(head) < _LENGTH.size or (length := _LENGTH.unpack(head)[0]) > _MOST_BYTES:
        raise ConnectionError("no request")
    data = b""
    while len(data) < length:
        part = connection.recv(min(length - len(data), 1 << 16))
        if not part:
            raise ConnectionError("half a request")
        data += part
    request: dict[str, Any] = json.loads(data)
    return request, files


def send_line(connection: socket.socket, message: dict[str, int]) -> None:
    """Send one message."""
    connection.sendall(json.dumps(message).encode() + b"\n")


class Lines:
    """The messages that come over a connection."""

    def __init__(self, connection: socket.socket) -> None:
        """Read from it when a message is wanted."""
        self._connection = connection
        self._rest = b""

    def next(self) -> dict[str, int] | None:
        """Return the next message; None at the end of the connection."""
        while b"\n" not in self._rest:
            part = self._connection.recv(4096)
            if not part:
                return None
            self._rest += part
        line, self._rest = self._rest.split(b"\n", 1)
        message: dict[str, int] = json.loads(line)
        return message


def _newest(root: Path) -> int:
    """Return when the code was last changed: what is loaded does not change with it."""
    return max(
        entry.stat().st_mtime_ns
        for package in _PACKAGES
        for folder, _, _ in os.walk(root / package)
        for entry in os.scandir(folder)
        if entry.name.endswith(".py")
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
