"""What goes into a reader and what comes out, and the seam where another is plugged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["NOTHING", "Passage", "Reader", "Reading", "SpanScore"]

NOTHING = -30.0
"""The score of a passage without words: below all that a reader gives."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to look for the answer in, with the title that says what it is about."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class SpanScore:
    """Words of a passage, `passage.text[start:end]`, that may be the answer."""

    start: int
    end: int
    score: float
    """How surely they are: z of Byline's reader, about the log odds; higher is better."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage."""

    spans: tuple[SpanScore, ...]
    """The spans that may answer, best first; they do not overlap. Empty without words to read."""

    @property
    def score(self) -> float:
        """How surely the passage answers: the score of its best span."""
        return self.spans[0].score if self.spans else NOTHING


class Reader(Protocol):
    """Reads a question and passages together."""

    @property
    def name(self) -> str:
        """What to call it to a person."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage, in their order.

        The same passage gets the same reading whatever is read beside it.

        Raises:
            ModelError: the reader failed.
        """
