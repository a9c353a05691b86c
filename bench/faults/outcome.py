"""What one part of the bench found: how often it tried, and each time a promise was broken."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Outcome", "print_outcomes"]

_MOST_SHOWN = 8


@dataclass(slots=True)
class Outcome:
    """The tries of one part, and what was wrong after them."""

    name: str
    tries: int = 0
    faults: list[str] = field(default_factory=list)
    note: str = ""
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def tried(self, what: str, faults: Sequence[str]) -> None:
        """Count one try, named so that it can be found again, and what was wrong after it."""
        self.tries += 1
        self.faults += [f"{what}: {fault}" for fault in faults]
        self.seconds = time.monotonic() - self.started
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{self.name}: {self.tries} tries, {len(self.faults)} faults ")


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print one row a part, and below them the first faults of each."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    width = max(len(outcome.name) for outcome in outcomes)
    print(f"{'':{width}}  {'tries':>6}  {'faults':>6}  {'s':>5}")
    for part in outcomes:
        row = f"{part.name:{width}}  {part.tries:>6}  {len(part.faults):>6}  {part.seconds:>5.0f}"
        print(f"{row}  {part.note}".rstrip())
    for part in outcomes:
        for fault in part.faults[:_MOST_SHOWN]:
            print(f"{part.name}: {fault}")
        if len(part.faults) > _MOST_SHOWN:
            print(f"{part.name}: and {len(part.faults) - _MOST_SHOWN} more")
