"""Fetches one page: a request, the ones that it is sent on to, and a bounded answer.

It sends nothing but the address and the name of this program: no cookies, no passwords,
no referrer. Knows nothing of articles.
"""

from __future__ import annotations

import re
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from importlib.metadata import version
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpcore

from index.errors import ReadError
from rag.fetching.addresses import (
    Address,
    LookUp,
    UnknownHostError,
    checked_addresses,
    is_public_elsewhere,
    look_up,
)
from rag.fetching.connection import (
    Deadline,
    PinnedBackend,
    Proxy,
    default_tls,
    proxy_of_environment,
)
from rag.fetching.url import WebAddress, join_address, parse_address

__all__ = ["FetchedPage", "Limits", "fetch_page"]

_SUFFIXES = {
    "text/html": (".html", ".htm"),
    "application/xhtml+xml": (".xhtml", ".html"),
    "text/plain": (".txt", ".text", ".md", ".markdown"),
    "text/markdown": (".md", ".markdown"),
    "application/pdf": (".pdf",),
    "application/rss+xml": (".rss", ".xml"),
    "application/atom+xml": (".atom", ".xml"),
    "application/xml": (".xml", ".rss", ".atom"),
    "text/xml": (".xml", ".rss", ".atom"),
    "application/epub+zip": (".epub",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
}
"""Of each type of content that is accepted, what its files are called; the first by default."""
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
"""Types that say nothing: then the name tells."""
_MOVED = (301, 302, 303, 307, 308)
_LONGEST = 50
"""Characters of a name before its suffix: file systems allow 255 bytes, a character has up to 4."""
_SAVE = "save the page from a browser and add the file"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    bytes: int = 20_000_000
    """As sent, and again as unpacked."""
    seconds: float = 30.0
    """For everything, redirects included."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was found at an address."""

    content: bytes
    url: str
    """Where it was found, after all redirects."""
    type: str
    """Its media type, as in `text/html`; empty where the server says nothing."""
    charset: str = ""
    """The encoding that the server states."""

    @property
    def name(self) -> str:
        """What a file of it is called, safely in any folder; the suffix says what is in it."""
        address = parse_address(self.url)
        path = PurePosixPath(unquote(address.target.partition("?")[0]))
        suffix = path.suffix.lower()
        suffixes = _SUFFIXES.get(self.type, (suffix,))
        stem, ending = (path.stem, path.suffix) if suffix in suffixes else (path.name, suffixes[0])
        name = (stem or address.host)[:_LONGEST] + ending[:12]
        return re.sub(r"[^\w.,() -]", "_", name)


def fetch_page(
    url: str,
    *,
    limits: Limits = Limits(),
    allowed: Callable[[Address], bool] = is_public_elsewhere,
    look_up: LookUp = look_up,
    tls: ssl.SSLContext | None = None,
    proxy_of: Callable[[WebAddress], Proxy | None] = proxy_of_environment,
) -> FetchedPage:
    """Return what a web address leads to.

    Args:
        url: begins with https:// or http://.
        limits: what it may cost.
        allowed: which computers may be reached; asked anew at every redirect.
        look_up: how the name of a host is looked up, once for each request.
        tls: how certificates are checked; None for the authorities that browsers know.
        proxy_of: through which proxy an address is reached; None for none.

    Raises:
        ReadError: it cannot be fetched, or must not be.
    """
    typed = address = parse_address(url)
    deadline = Deadline(limits.seconds)
    for _ in range(limits.redirects + 1):
        with _one_line(address, limits):
            proxy = proxy_of(address)
            try:
                found = checked_addresses(
                    address.host, address.port, deadline.left(), allowed, look_up
                )
            except UnknownHostError as error:
                if proxy is None:
                    raise
                raise ReadError(
                    f"{address.host} cannot be found from here, and the proxy {proxy} is not asked "
                    f"to find it, as nobody could check where that leads; {_SAVE}"
                ) from error
            answer = _request(address, PinnedBackend(found, deadline, proxy), limits, tls)
        if isinstance(answer, FetchedPage):
            return answer
        following = join_address(address, answer)
        if address.scheme == "https" and following.scheme == "http":
            raise ReadError(
                f"leads from https to {following.scheme}://{following.host}, where "
                f"anybody on the way could change it; {_SAVE}"
            )
        # Another port may be chosen by the person, and not by a page for the person's machine.
        if following.port not in (80, 443, typed.port):
            raise ReadError(f"leads to another port, {following.authority}; {_SAVE}")
        address = following
    raise ReadError(
        f"leads on more than {limits.redirects} times; open it in a browser and add "
        "the address at which it ends"
    )


def _request(
    address: WebAddress,
    backend: PinnedBackend,
    limits: Limits,
    tls: ssl.SSLContext | None,
) -> FetchedPage | str:
    """Return the page at an address, or the location that it leads on to."""
    if address.scheme == "https" and tls is None:
        tls = default_tls()
    url = httpcore.URL(
        scheme=address.scheme.encode(),
        host=address.host.encode(),
        port=address.port,
        target=address.target.encode(),
    )
    headers = [
        (b"Host", address.authority.encode()),
        (b"User-Agent", f"Byline/{version('byline')}".encode()),
        (b"Accept", b"text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5"),
        (b"Accept-Encoding", b"gzip, deflate"),
    ]
    with (
        httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool,
        pool.stream("GET", url, headers=headers) as response,
    ):
        fields = {name.lower(): value for name, value in reversed(response.headers)}
        if response.status in _MOVED and b"location" in fields:
            return _text(fields[b"location"])
        if response.status != HTTPStatus.OK:
            raise ReadError(_refusal(response.status))
        stated = _text(fields.get(b"content-type", b""))
        kind = stated.partition(";")[0].strip().lower()
        charset = re.search(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", stated, re.IGNORECASE)
        page = FetchedPage(b"", str(address), kind, charset.group(1) if charset else "")
        _check_type(page)
        length = fields.get(b"content-length", b"0")
        if length.isdigit() and int(length) > limits.bytes:
            raise _too_large(limits)
        coding = _text(fields.get(b"content-encoding", b"")).strip().lower()
        content = _unpacked(response.iter_stream(), coding, limits)
    return replace(page, content=content)


def _check_type(page: FetchedPage) -> None:
    """Refuse what no reader knows before it is read: pictures, films, programs."""
    if page.type in _SUFFIXES:
        return
    suffix = PurePosixPath(page.name).suffix.lower()
    if page.type in _UNTOLD and any(suffix in suffixes for suffixes in _SUFFIXES.values()):
        return
    kind = page.type if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", page.type) else "unknown"
    raise ReadError(f"its content is of type {kind} and not an article; give the article's address")


def _unpacked(chunks: Iterable[bytes], coding: str, limits: Limits) -> bytes:
    """Return a body as it was before it was packed for sending, and stop where it is too large."""
    if coding in ("", "identity"):
        content = bytearray()
        for chunk in chunks:
            content += chunk
            if len(content) > limits.bytes:
                raise _too_large(limits)
        return bytes(content)
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ReadError(f"sent in a compression that was not asked for; {_SAVE}")
    return _inflated(chunks, limits)


def _inflated(chunks: Iterable[bytes], limits: Limits) -> bytes:
    either = zlib.MAX_WBITS | 32  # gzip, or zlib, which HTTP calls deflate (RFC 9110, 8.4.1.2).
    inflater = zlib.decompressobj(either)
    content, received = bytearray(), 0
    for chunk in chunks:
        received += len(chunk)
        if received > limits.bytes:
            raise _too_large(limits)
        while chunk:
            if inflater.eof:  # gzip may come in several members, one after another.
                inflater = zlib.decompressobj(either)
            content += inflater.decompress(chunk, limits.bytes + 1 - len(content))
            if len(content) > limits.bytes:
                raise _too_large(limits)
            chunk = inflater.unused_data
    if not inflater.eof:
        raise ReadError("it broke off before its end; try again")
    return bytes(content)


@contextmanager
def _one_line(address: WebAddress, limits: Limits) -> Iterator[None]:
    """Turn what can go wrong on the way into one line each."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        cause = error.args[0] if error.args else None  # What httpcore made the error of.
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise ReadError(
                f"{address.host} does not prove who it is ({cause.verify_message}); "
                f"check the address, or {_SAVE}"
            ) from error
        reason = getattr(cause, "strerror", None) or "it does not answer"
        raise ReadError(
            f"{address.host} cannot be reached ({reason}); check the connection, or {_SAVE}"
        ) from error
    except httpcore.TimeoutException as error:
        raise ReadError(
            f"{address.host} took longer than {limits.seconds:g} s; try again, or {_SAVE}"
        ) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise ReadError(
            f"{address.host} broke off or did not answer as the web does; try again, or {_SAVE}"
        ) from error
    except zlib.error as error:
        raise ReadError(f"its compression is damaged; try again, or {_SAVE}") from error


def _refusal(status: int) -> str:
    phrase = {each.value: f" {each.phrase}" for each in HTTPStatus}.get(status, "")
    if status in (404, 410):
        return f"the server answered {status}{phrase}; check the address"
    if status == 429 or status >= 500:
        return f"the server answered {status}{phrase}; try again later"
    return f"the server answered {status}{phrase}; {_SAVE}"


def _too_large(limits: Limits) -> ReadError:
    return ReadError(f"larger than {limits.bytes / 1e6:g} MB; save only the article and add that")


def _text(value: bytes) -> str:
    """Return a header's value; nearly all are ASCII, and servers send UTF-8 besides."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
