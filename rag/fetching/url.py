"""Reads the address of a web page into its parts, one way for checking it and for using it.

Knows what an address may look like; knows nothing of the computers behind it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from index.errors import ReadError

__all__ = ["WebAddress", "join_address", "parse_address"]

_PORTS = {"http": 80, "https": 443}
_LONGEST = 4_000
"""Characters of an address; no browser or server handles much longer ones."""
# urlsplit drops some of these without a word, and browsers read a backslash as a slash. Lone
# surrogates are how Python hands on the bytes of a command line that are no UTF-8.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\]")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*)\.?")
_UNRESERVED = "%:@!$&'()*+,;=~/-._"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a page is. Two that are equal lead to the same request."""

    scheme: str
    """`http` or `https`."""
    host: str
    """In lower case and ASCII; an IPv6 address without brackets."""
    port: int
    target: str
    """What is asked for: the path and the query, in ASCII; begins with a slash."""

    @property
    def authority(self) -> str:
        """The host, in brackets where it needs them, and the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_address(text: str) -> WebAddress:
    """Return the parts of an address as a person types it; what follows a `#` is left out.

    >>> str(parse_address("HTTP://Bücher.example:80/größe?q=1#top"))
    'http://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=1'

    Raises:
        ReadError: it is no address of a web page, or one that is not followed.
    """
    text = text.strip()
    if len(text) > _LONGEST or _FORBIDDEN.search(text):
        raise ReadError("not the address of a web page; copy it again from the browser")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ReadError(f"not the address of a web page ({error}); check it") from error
    if parts.scheme not in _PORTS or not host:
        raise ReadError("not the address of a web page; it begins with https:// or http://")
    if "@" in parts.netloc:
        raise ReadError("a name or password in the address is not sent; give it without them")
    port = _PORTS[parts.scheme] if port is None else port
    # The lower ports belong to mail and other services, which a request could be made to talk to.
    if port not in _PORTS.values() and port < 1024:
        raise ReadError(f"no web pages are read at port {port}; use 80, 443, or one from 1024 on")
    target = quote(parts.path or "/", safe=_UNRESERVED)
    if parts.query:
        target += "?" + quote(parts.query, safe=_UNRESERVED + "?")
    return WebAddress(parts.scheme, _ascii_host(host), port, target)


def join_address(base: WebAddress, location: str) -> WebAddress:
    """Return where a page sends its reader on to, which may be relative to its own address.

    Raises:
        ReadError: as `parse_address`.
    """
    try:
        joined = urljoin(str(base), location.strip())
    except ValueError:
        joined = ""
    return parse_address(joined)


def _ascii_host(host: str) -> str:
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host.partition("%")[0]))
        except ValueError:
            raise ReadError("not the address of a web page; check the host in it") from None
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise ReadError("not the address of a web page; check the host in it") from None
    if not _HOST.fullmatch(host):
        raise ReadError("not the address of a web page; check the host in it")
    return host
