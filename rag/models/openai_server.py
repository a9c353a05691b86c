"""Asks a language model behind an OpenAI-compatible server (llama.cpp, Ollama, vLLM).

Knows the HTTP protocol of `/v1/chat/completions` with server-sent events, see
https://platform.openai.com/docs/api-reference/chat. It knows nothing of local files.
"""

from __future__ import annotations

import http.client
import json
import math
from collections.abc import Iterator
from typing import Any

from index.errors import ModelError
from rag.language_model import Generation, Prompt
from rag.models.json_server import JsonServer, one_line

__all__ = ["OpenAIServerModel"]

_SEED = 7
"""Sent along, for servers that draw at temperature 0."""


class OpenAIServerModel:
    """A language model on a server. Threads may share it."""

    def __init__(self, url: str, *, api_key: str | None = None, timeout: float = 120.0) -> None:
        """Remember where the server is; nothing is sent yet.

        Args:
            url: As in `http://127.0.0.1:11434/v1#qwen2.5:7b`. Without `/v1` it is put
                in; without a name after `#` the first model that the server lists is used.
            api_key: Sent as a bearer token.
            timeout: Seconds to wait for the next piece.

        Raises:
            ModelError: it is no such URL.
        """
        self._server = JsonServer(
            url,
            example="http://127.0.0.1:8080/v1",
            kind="OpenAI-compatible",
            key=api_key,
            key_variable="BYLINE_API_KEY",
            timeout=timeout,
        )
        if not self._server.path.endswith("/v1"):
            self._server.path += "/v1"
        self._chosen = self._server.fragment

    @property
    def name(self) -> str:
        """How to name the model to a person; asks the server once if the URL does not say.

        Raises:
            ModelError: the server cannot be reached or lists no model.
        """
        if not self._chosen:
            with self._server.exchange("GET", "/models") as response:
                body = self._server.read(response)
            try:
                self._chosen = str(json.loads(body)["data"][0]["id"])
            except (ValueError, LookupError, TypeError) as error:
                raise ModelError(
                    f"the server at {self._server.place} lists no model; "
                    f"name one as in {self._server.place}/v1#name"
                ) from error
        return self._chosen

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
            "seed": _SEED,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        with self._server.exchange("POST", "/chat/completions", body) as response:
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
                raise ModelError(f"the server at {self._server.place} failed: {one_line(detail)}")
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
            raise ModelError(f"the server at {self._server.place} broke off its answer; ask again")
        read, wrote = usage.get("prompt_tokens"), usage.get("completion_tokens")
        yield Generation(
            read if isinstance(read, int) else _estimated(prompt.fixed + prompt.variable),
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
            raise self._server.strange("something that is no answer") from error

    def _events(self, response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
        """Yield the JSON of each `data:` line; a line is a whole event in this protocol."""
        for line in self._server.lines(response):
            if not line.startswith(b"data:"):
                continue
            data = line.removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            try:
                event = json.loads(data)
            except ValueError as error:
                raise self._server.strange("something that is no JSON") from error
            if isinstance(event, dict):
                yield event


def _estimated(text: str) -> int:
    """Estimate the tokens of a text from above: one for every three bytes."""
    return math.ceil(len(text.encode(errors="replace")) / 3)
