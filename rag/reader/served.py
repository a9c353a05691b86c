"""A reader that another process has loaded, and reads with for several: `ask reader`.

Knows the protocol, of which `rag.serve.reader` is the other end. Numbers pass as they are: JSON
has the shortest digits that give the same float again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import ModelError
from rag.models.json_server import JsonServer
from rag.reader.reading import Passage, Reading, SpanScore

__all__ = ["MOST_PASSAGES", "PROTOCOL", "READER_KEY", "Identity", "ServedReader"]

PROTOCOL = 1
"""Raised when what is sent changes, or what is made of the same passage with the same weights."""
MOST_PASSAGES = 64
"""Passages that a request may have."""
READER_KEY = "BYLINE_READER_KEY"
_TOGETHER = 16
"""Passages sent at once: with others before them too, they are read well within the timeout."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which reader it is; the fields are those of `rag.models.info.ModelInfo`."""

    name: str
    sha256: str | None
    size: int
    licence: str | None
    base: str
    data: str


class ServedReader:
    """A reader as `rag.reader.reading` describes one. Threads may share it."""

    def __init__(self, url: str, *, key: str | None = None, timeout: float = 120.0) -> None:
        """Ask the server which reader it has.

        Args:
            url: as in `http://127.0.0.1:7880`.
            key: what the server asks for, if it asks for one.
            timeout: seconds to wait for an answer.

        Raises:
            ModelError: the server cannot be reached, or is none of this version.
        """
        self._server = JsonServer(
            url,
            example="http://127.0.0.1:7880",
            kind="`ask reader` of this version",
            key=key,
            key_variable=READER_KEY,
            timeout=timeout,
        )
        told = self._exchange("GET", "/v1/reader")
        try:
            protocol, row = told["protocol"], told["reader"]
            self.identity = Identity(**{name: row[name] for name in Identity.__dataclass_fields__})
        except (LookupError, TypeError) as error:
            raise self._server.strange("something that names no reader") from error
        if protocol != PROTOCOL:
            raise ModelError(
                f"the reader at {self._server.place} is of another version of Byline; "
                "run the same version on both sides"
            )
        self.name = self.identity.name

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage, in their order; see `Reader.read`."""
        found: list[Reading] = []
        for at in range(0, len(passages), _TOGETHER):
            found += self._readings(question, passages[at : at + _TOGETHER])
        return found

    def _readings(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        rows = [[passage.text, passage.title] for passage in passages]
        told = self._exchange("POST", "/v1/read", {"question": question, "passages": rows})
        try:
            readings = [_reading(p, row) for p, row in zip(passages, told["readings"], strict=True)]
            reader = told["name"], told["sha256"]
        except (LookupError, TypeError, ValueError) as error:
            raise self._server.strange("something that is no reading") from error
        if reader != (self.identity.name, self.identity.sha256):
            # What was read before, and what receipts say, is of the one that was there first.
            raise ModelError(
                f"the server at {self._server.place} has another reader now; start Byline anew"
            )
        return readings

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        with self._server.exchange(method, path, body) as response:
            data = self._server.read(response)
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._server.strange("something that is no JSON") from error


def _reading(passage: Passage, row: Sequence[tuple[int, int, float]]) -> Reading:
    """Return a reading; a ValueError says that it is none of the passage."""
    spans = tuple(SpanScore(int(start), int(end), float(score)) for start, end, score in row)
    if not all(0 <= span.start < span.end <= len(passage.text) for span in spans):
        raise ValueError("a span is not in its passage")
    return Reading(spans)
