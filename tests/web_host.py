"""A web server on this machine whose every answer a test writes down, byte by byte."""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from rag.fetching.addresses import Address

Answer = bytes | Callable[[], Iterable[bytes]]


def on_this_machine(address: Address) -> bool:
    """Allow what the tests' server listens on, and no other address of this machine."""
    return address in (ip_address("127.0.0.1"), ip_address("::1"))


def html(body: str, *headers: str) -> bytes:
    """A whole answer: a page of HTML."""
    return reply(body.encode(), "Content-Type: text/html", *headers)


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer, with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def moved(location: str, status: str = "302 Found") -> bytes:
    return reply(b"", f"Location: {location}", status=status)


@dataclass
class WebHost:
    """Answers each target as it was told, and remembers what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    """Each as it came, up to the empty line."""
    names: list[str | None] = field(default_factory=list)
    """By which name each secured connection asked for it (SNI)."""
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def targets(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.requests]

    def drip(self, first: bytes, again: bytes) -> Callable[[], Iterator[bytes]]:
        """An answer that never ends: a little again and again."""

        def pieces() -> Iterator[bytes]:
            yield first
            while not self.stopped.wait(0.02):
                yield again

        return pieces


@contextmanager
def serve(
    answers: dict[str, Answer], *, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1"
) -> Iterator[WebHost]:
    """Run a host until the block ends."""
    host = WebHost(dict(answers))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection = self.request
            try:
                if tls:
                    connection = tls.wrap_socket(connection, server_side=True)
                asked = b""
                while b"\r\n\r\n" not in asked:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    asked += piece
                host.requests.append(asked)
                answer = host.answers[asked.split(b" ")[1].decode()]
                for piece in [answer] if isinstance(answer, bytes) else answer():
                    connection.sendall(piece)
            except OSError:  # The client has left, which is what many tests are about.
                pass
            finally:
                connection.close()

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads = True

    def note_name(_: ssl.SSLSocket, name: str | None, __: ssl.SSLContext) -> None:
        host.names.append(name)

    if tls:
        tls.sni_callback = note_name  # type: ignore[assignment]
    with Server((address, 0), Handler) as server:
        host.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield host
        finally:
            host.stopped.set()
            server.shutdown()
            thread.join()


@contextmanager
def tunnels(port: int) -> Iterator[WebHost]:
    """Run a proxy that lets through what it is asked for where that is a port of this machine."""
    proxy = WebHost()

    class Handler(socketserver.StreamRequestHandler):
        rbufsize = 0  # Nothing that is meant for the other end may be read with the request.

        def handle(self) -> None:
            asked = b""
            while not asked.endswith(b"\r\n\r\n"):
                asked += self.request.recv(1)
            proxy.requests.append(asked)
            with socket.create_connection(("127.0.0.1", port)) as other:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                ends = {self.request: other, other: self.request}
                while ready := select.select(list(ends), [], [], 10)[0]:
                    for each in ready:
                        piece = each.recv(65536)
                        if not piece:
                            return
                        ends[each].sendall(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
