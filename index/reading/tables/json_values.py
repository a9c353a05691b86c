"""Takes the values of a JSON text one after the other, from as little of it as each needs.

So a file of any size can be read, and one that breaks off gives what stands before. Knows
nothing of what the values mean.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

from index.reading.contained import LARGEST

__all__ = ["JsonValues", "invalid_json"]

_PIECE = 1 << 16
_ARRAY_OF_OBJECTS = re.compile(r"\[\s*\{")
_NO_SPACE = re.compile(r"[^\s\ufeff]")


def invalid_json() -> ValueError:
    """Return the error for what is no JSON."""
    return ValueError("it is not valid JSON")


class JsonValues:
    """The values of a JSON text, from its beginning."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._held = ""
        self._at = 0
        self._decoder = json.JSONDecoder(strict=False)

    def next_character(self) -> str:
        """Return the next character that is no white space; empty at the end."""
        while True:
            for place in _NO_SPACE.finditer(self._held, self._at):
                self._at = place.start()
                return place.group()
            self._at = len(self._held)
            if not self._more(_PIECE):
                return ""

    def holds_objects(self) -> bool:
        """Say whether the next value is an array whose first element is an object."""
        self.next_character()
        if len(self._held) - self._at < _PIECE:
            self._more(_PIECE)
        return _ARRAY_OF_OBJECTS.match(self._held, self._at) is not None

    def take(self, expected: str) -> None:
        """Take the next character.

        Raises:
            ValueError: If it is another.
        """
        found = self.next_character()
        if found != expected:
            raise invalid_json() if found else ValueError("it breaks off")
        self._at += 1

    def elements(self) -> Iterator[object]:
        """Take an array, one element at a time.

        Raises:
            ValueError: If it is none, or breaks off.
        """
        for _ in self.places():
            yield self.value()

    def places(self) -> Iterator[None]:
        """Take an array: yield before each element, which the caller then takes.

        Raises:
            ValueError: If it is none, or breaks off.
        """
        self.take("[")
        while self.next_character() != "]":
            yield
            self._go_on("]")
        self.take("]")

    def members(self) -> Iterator[str]:
        """Take an object: yield each name, after which the caller takes its value.

        Raises:
            ValueError: If it is none, or breaks off.
        """
        self.take("{")
        while self.next_character() != "}":
            name = str(self.value())
            self.take(":")
            yield name
            self._go_on("}")
        self.take("}")

    def _go_on(self, end: str) -> None:
        if self.next_character() != end:
            self.take(",")

    def value(self) -> object:
        """Take the next value.

        Raises:
            ValueError: If there is none, or it is longer than an article may be.
        """
        if not self.next_character():
            raise ValueError("it breaks off")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise ValueError("it is nested too deep") from error
            except ValueError as error:
                # Twice as much each time, so that all tries together are linear.
                length = len(self._held) - self._at
                if length > LARGEST or not self._more(max(_PIECE, length)):
                    raise invalid_json() from error
                continue
            # A number may go on in the next piece.
            if end < len(self._held) or self._held[end - 1] in '}]"' or not self._more(_PIECE):
                self._at = end
                return value

    def _more(self, size: int) -> bool:
        piece = self._text.read(size).replace("\0", "")
        self._held, self._at = self._held[self._at :] + piece, 0
        return bool(piece)
