"""Connects httpcore to addresses that were checked, and ends everything when the time is up.

httpcore takes the name in the web address for the Host header, for the name that it tells
the server (SNI), and for the check of the certificate; here it is only not looked up again.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from index.errors import ReadError
from rag.fetching.addresses import Address
from rag.fetching.proxy import Proxy, open_tunnel

__all__ = ["Deadline", "PinnedBackend", "default_tls"]

_ONE_ATTEMPT = 8.0
"""Seconds for one address of several: a machine may have IPv6 in name only."""


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
            open_tunnel(stream, proxy, self._addresses[0], port)
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


def default_tls() -> ssl.SSLContext:
    """Return what checks certificates: the system's authorities and those of Mozilla's list.

    A company's own are in the first only; some Pythons come without the first.
    """
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
