"""Connects httpcore to addresses that were checked, and ends everything when the time is up.

httpcore takes the name in the web address for the Host header, for the name that it tells
the server (SNI), and for the check of the certificate; here it is only not looked up again. Nor
would a proxy of the environment be asked to look it up, as nobody could check where that leads: it
is asked for a tunnel (RFC 9110, 9.3.6) to the address that was checked here.
"""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore

from index.errors import ReadError
from rag.fetching.addresses import Address
from rag.fetching.url import WebAddress

__all__ = ["Deadline", "PinnedBackend", "Proxy", "default_tls", "proxy_of_environment"]

_ONE_ATTEMPT = 8.0
"""Seconds for one address of several: a machine may have IPv6 in name only."""
_LONGEST_ANSWER = 16_384
_INSTEAD = "name the host in NO_PROXY to reach it without, or save the page and add the file"


class Deadline:
    """When everything that belongs to one page must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; more than 0.

        Raises:
            httpcore.ReadTimeout: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return left


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens."""

    host: str
    port: int
    credentials: str = field(default="", repr=False)
    """Name and password as `Proxy-Authorization` has them; empty for none."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def proxy_of_environment(address: WebAddress) -> Proxy | None:
    """Return the proxy that HTTPS_PROXY, HTTP_PROXY, or ALL_PROXY name, or None.

    None also where NO_PROXY names the host.

    Raises:
        ReadError: it is of a kind that is not used.
    """
    from urllib.request import getproxies_environment, proxy_bypass

    named = getproxies_environment()
    url = named.get(address.scheme) or named.get("all") or ""
    if not url or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "http":
        raise ReadError(
            f"the proxy of the environment is none that begins with http://, the only kind that "
            f"is used; {_INSTEAD}"
        )
    given = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(host, port or 80, base64.b64encode(given.encode()).decode())


class PinnedBackend(httpcore.NetworkBackend):
    """Reaches the given addresses, whatever the name; the first that answers."""

    def __init__(
        self, addresses: Sequence[Address], deadline: Deadline, proxy: Proxy | None = None
    ) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to one of the addresses."""
        _ = host, timeout  # The addresses are the host's, and the deadline is for all of it.
        if self._proxy:
            return self._through(self._proxy, port, local_address, socket_options)
        failure: Exception | None = None
        for address in self._addresses:
            left = self._deadline.left()
            seconds = min(left, _ONE_ATTEMPT) if len(self._addresses) > 1 else left
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    str(address), port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("no address")

    def _through(
        self,
        proxy: Proxy,
        port: int,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.NetworkStream:
        try:
            direct = httpcore.SyncBackend().connect_tcp(
                proxy.host, proxy.port, self._deadline.left(), local_address, socket_options
            )
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise ReadError(
                f"the proxy {proxy} of the environment cannot be reached; check HTTPS_PROXY and "
                "HTTP_PROXY"
            ) from error
        stream = _TimedStream(direct, self._deadline)
        try:
            _open_tunnel(stream, proxy, self._addresses[0], port)
        except BaseException:
            stream.close()
            raise
        return stream


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step has only the time that is left of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        _ = timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _ = timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        _ = timeout
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _open_tunnel(stream: httpcore.NetworkStream, proxy: Proxy, address: Address, port: int) -> None:
    """Have a proxy that a stream leads to pass everything on to an address from now on.

    Raises:
        ReadError: it refuses.
        httpcore.NetworkError: the connection breaks.
    """
    target = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.credentials:
        lines.append(f"Proxy-Authorization: Basic {proxy.credentials}")
    stream.write("\r\n".join([*lines, "", ""]).encode("ascii"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _LONGEST_ANSWER:
        if not (piece := stream.read(_LONGEST_ANSWER)):
            break
        answer += piece
    words = answer.partition(b"\r\n")[0].split(b" ", 2)
    status = words[1].decode("ascii", "replace") if len(words) > 1 else ""
    if b"\r\n\r\n" not in answer or not status.startswith("2"):
        phrase = {str(each.value): f" {each.phrase}" for each in HTTPStatus}.get(status, "")
        known = status.isdigit()
        said = f"answered {status[:3]}{phrase}" if known else "answered as no proxy does"
        raise ReadError(f"the proxy {proxy}, asked for {target}, {said}; {_INSTEAD}")


def default_tls() -> ssl.SSLContext:
    """Return what checks certificates: the system's authorities and those of Mozilla's list.

    A company's own are in the first only; some Pythons come without the first.
    """
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
