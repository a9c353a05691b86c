"""Asks a language model behind an OpenAI-compatible server (llama.cpp, Ollama, vLLM).

Knows the HTTP protocol of `/v1/chat/completions` with server-sent events, see
https://platform.openai.com/docs/api-reference/chat. It knows nothing of local files.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from index.errors import ModelError
from rag.language_model import Generation, Prompt

__all__ = ["OpenAIServerModel"]

_MOST_BYTES = 1 << 20
"""Longest line or body that a server may send."""


class OpenAIServerModel:
    """A language model on a server. Proxies in the environment are not used.

    Every question opens a connection of its own, so threads need not take turns.
    """

    def __init__(
        self, url: str, *, api_key: str | None = None, seed: int = 7, timeout: float = 120.0
    ) -> None:
        """Remember where the server is; nothing is sent yet.

        Args:
            url: As in `http://127.0.0.1:11434/v1#qwen2.5:7b`. Without `/v1` it is put
                in; without a name after `#` the first model that the server lists is used.
            api_key: Sent as a bearer token.
            seed: Sent along, for servers that draw at temperature 0.
            timeout: Seconds to wait for the next piece.

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
            raise ModelError(f"{url!r} is no URL of a server; write http://127.0.0.1:8080/v1")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        path = parts.path.rstrip("/")
        self._base = path if path.endswith("/v1") else f"{path}/v1"
        self._place = f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":")
        self._chosen = parts.fragment
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._seed = seed
        self._timeout = timeout

    @property
    def name(self) -> str:
        """How to name the model to a person; asks the server once if the URL does not say.

        Raises:
            ModelError: the server cannot be reached or lists no model.
        """
        if not self._chosen:
            with self._exchange("GET", "/models") as response:
                body = self._read(response)
            try:
                self._chosen = str(json.loads(body)["data"][0]["id"])
            except (ValueError, LookupError, TypeError) as error:
                raise ModelError(
                    f"the server at {self._place} lists no model; "
                    f"name one as in {self._place}/v1#name"
                ) from error
        return self._chosen

    def count_tokens(self, text: str) -> int:
        """Estimate the tokens of a text from above: one for every three bytes."""
        return math.ceil(len(text.encode(errors="replace")) / 3)

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Yield pieces of text as they come, then one `Generation`.

        Closing the iterator closes the connection, at which servers stop. So does the piece
        after the last that may come: a server may not know `max_tokens`.

        Raises:
            ModelError: the server cannot be reached or sends no proper answer.
        """
        body = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": prompt.fixed.strip()},
                {"role": "user", "content": prompt.variable.strip()},
            ],
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": self._seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        with self._exchange("POST", "/chat/completions", body) as response:
            yield from self._pieces(response, prompt, max_tokens)

    def close(self) -> None:
        """Do nothing: no connection outlives a question."""

    def _pieces(
        self, response: http.client.HTTPResponse, prompt: Prompt, max_tokens: int
    ) -> Iterator[str | Generation]:
        written = 0
        reason: str | None = None
        usage: dict[str, Any] = {}
        for event in self._events(response):
            if error := event.get("error"):
                detail = error.get("message") if isinstance(error, dict) else error
                raise ModelError(f"the server at {self._place} failed: {_line(detail)}")
            if isinstance(event.get("usage"), dict):
                usage = event["usage"]
            text, ended = self._choice(event)
            reason = ended or reason
            if text and written == max_tokens:
                reason = "length"
                break
            if text:
                written += 1
                yield text
        if reason is None:
            raise ModelError(f"the server at {self._place} broke off its answer; ask again")
        read, wrote = usage.get("prompt_tokens"), usage.get("completion_tokens")
        yield Generation(
            read if isinstance(read, int) else self.count_tokens(prompt.fixed + prompt.variable),
            wrote if isinstance(wrote, int) else written,
            truncated=reason == "length",
        )

    def _choice(self, event: dict[str, Any]) -> tuple[str, str | None]:
        """Return the text of an event, and why the answer ended if it did; one was asked for."""
        try:
            choice = (event.get("choices") or [{}])[0]
            delta = choice.get("delta") or {}
            return str(delta.get("content") or ""), choice.get("finish_reason")
        except (AttributeError, LookupError, TypeError) as error:
            raise self._strange("something that is no answer") from error

    def _events(self, response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
        """Yield the JSON of each `data:` line; a line is a whole event in this protocol."""
        while True:
            try:
                line = response.readline(_MOST_BYTES).strip()
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error
            if not line and response.isclosed():
                return
            if not line.startswith(b"data:"):
                continue
            data = line.removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            try:
                event = json.loads(data)
            except ValueError as error:
                raise self._strange("something that is no JSON") from error
            if isinstance(event, dict):
                yield event

    @contextlib.contextmanager
    def _exchange(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Send a request and lend the response; leaving the block hangs up."""
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        with contextlib.closing(kind(self._host, self._port, timeout=self._timeout)) as connection:
            try:
                data = None if body is None else json.dumps(body).encode()
                connection.request(method, self._base + path, data, self._headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException, UnicodeError) as error:
                raise self._unreachable(error) from error
            # The response keeps the socket open by itself.
            with response:
                if response.status != 200:
                    hint = "; set BYLINE_API_KEY" if response.status in (401, 403) else ""
                    problem = f"{response.status} {response.reason}: {_line(self._read(response))}"
                    raise ModelError(f"the server at {self._place} refused {path}: {problem}{hint}")
                yield response

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        try:
            return response.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _strange(self, what: str) -> ModelError:
        return ModelError(f"the server at {self._place} sent {what}; is it OpenAI-compatible?")

    def _unreachable(self, error: Exception) -> ModelError:
        if isinstance(error, TimeoutError):
            return ModelError(f"the server at {self._place} did not answer in {self._timeout:g} s")
        reason = getattr(error, "strerror", None) or _line(error) or type(error).__name__
        return ModelError(f"cannot talk to the server at {self._place} ({reason}); is it running?")


def _line(value: object) -> str:
    """Return a server's own words as one short line."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())[:200]
