"""Goes through the proxy that the environment names, to an address and not to a name.

A proxy would look up a name itself, and nobody could check where that leads. So it is asked for a
tunnel (RFC 9110, 9.3.6) to the address that was looked up and checked here; what is sent through
it is the same as without.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from index.errors import ReadError
from rag.fetching.addresses import Address
from rag.fetching.url import WebAddress

if TYPE_CHECKING:
    import httpcore

__all__ = ["Proxy", "open_tunnel", "proxy_of_environment"]

_LONGEST_ANSWER = 16_384
_INSTEAD = "name the host in NO_PROXY to reach it without, or save the page and add the file"


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


def open_tunnel(stream: httpcore.NetworkStream, proxy: Proxy, address: Address, port: int) -> None:
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
