"""What the two sides send each other: a request with file descriptors, then lines of JSON."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

__all__ = ["Lines", "receive_request", "send_line", "send_request"]

_LENGTH = struct.Struct("!I")
_MOST_BYTES = 4_000_000
"""Of a request: the longest command line that Linux starts is 2 MiB, and as much environment."""


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
