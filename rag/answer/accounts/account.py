"""What an account is made of: sentences of articles, and the lines that code writes around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.types import Evidence

__all__ = ["Account", "Point"]


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that is worth telling, and what stands above it."""

    evidence: Evidence
    heading: str = ""
    """See `Claim.heading`."""
    when: date | None = None
    also: tuple[Evidence, ...] = ()
    """Sentences of other articles that say the same, which are cited too."""


@dataclass(frozen=True, slots=True)
class Account:
    """The points of an answer, in the order in which they are to be read."""

    lead: str
    points: tuple[Point, ...]
    """May be empty where the lead tells all that there is, as of a count of none."""
    complete: bool = False
    """See `Coverage.complete`."""
