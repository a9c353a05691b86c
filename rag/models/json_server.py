"""A server that is sent JSON and sends some, at one address: what the models on servers share.

Knows HTTP, and how to say in one line what went wrong; nothing of what is asked for.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from index.errors import ModelError

__all__ = ["JsonServer", "is_server", "one_line"]

_MOST_BYTES = 1 << 20
"""Longest line or body that a server may send."""


def is_server(model: str) -> bool:
    """Tell whether a setting names a server and not a file."""
    return model.startswith(("http://", "https://"))


class JsonServer:
    """One server. Proxies in the environment are not used.

    Every request opens a connection of its own, so threads need not take turns.
    """

    def __init__(
        self,
        url: str,
        *,
        example: str,
        kind: str,
        key: str | None,
        key_variable: str,
        timeout: float,
    ) -> None:
        """Remember where the server is; nothing is sent yet.

        Args:
            url: where it is; a path in it goes before that of every request.
            example: what such a URL looks like.
            kind: what the server has to be, in words after "is it".
            key: sent as a bearer token.
            key_variable: the variable of the environment that holds the key.
            timeout: seconds to wait for the next piece.

        Raises:
            ModelError: it is no such URL.
        """
        try:
            parts = urlsplit(url)
            self._port = parts.port
        except ValueError as error:
            raise ModelError(f"{url!r} is no URL of a server ({error})") from error
        # No spaces or control characters: http.client would raise an error of its own.
        plain = all(" " < letter != "\x7f" for letter in parts.netloc + parts.path)
        if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
            raise ModelError(f"{url!r} is no URL of a server; write {example}")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self.path = parts.path.rstrip("/")
        self.place = f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":")
        self.fragment = parts.fragment
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._kind, self._key_variable, self._timeout = kind, key_variable, timeout

    @contextlib.contextmanager
    def exchange(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Send a request and lend the response; leaving the block hangs up.

        Raises:
            ModelError: the server cannot be reached, or refuses.
        """
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        with contextlib.closing(kind(self._host, self._port, timeout=self._timeout)) as connection:
            try:
                data = None if body is None else json.dumps(body).encode()
                connection.request(method, self.path + path, data, self._headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException, UnicodeError) as error:
                raise self._unreachable(error) from error
            # The response keeps the socket open by itself.
            with response:
                if response.status != 200:
                    denied = response.status in (401, 403)
                    hint = f"; set {self._key_variable}" if denied else ""
                    problem = (
                        f"{response.status} {response.reason}: {one_line(self.read(response))}"
                    )
                    raise ModelError(f"the server at {self.place} refused {path}: {problem}{hint}")
                yield response

    def read(self, response: http.client.HTTPResponse) -> bytes:
        """Return a body.

        Raises:
            ModelError: the server has left.
        """
        try:
            return response.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def lines(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """Yield the lines of a body as they come, without what surrounds them.

        Raises:
            ModelError: the server has left.
        """
        while True:
            try:
                line = response.readline(_MOST_BYTES).strip()
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error
            if not line and response.isclosed():
                return
            yield line

    def strange(self, what: str) -> ModelError:
        """Return the error for something that such a server does not send."""
        return ModelError(f"the server at {self.place} sent {what}; is it {self._kind}?")

    def _unreachable(self, error: Exception) -> ModelError:
        if isinstance(error, TimeoutError):
            return ModelError(f"the server at {self.place} did not answer in {self._timeout:g} s")
        reason = getattr(error, "strerror", None) or one_line(error) or type(error).__name__
        return ModelError(f"cannot talk to the server at {self.place} ({reason}); is it running?")


def one_line(value: object) -> str:
    """Return a server's own words as one short line."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())[:200]
