"""A line of an article that was read from the picture of a page, and how it is kept as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["PAGE", "UNSURE", "ScannedLine", "lines_from_numbers", "numbers_of_lines"]

PAGE = 10_000
"""What the width and the height of a page are counted as."""
UNSURE = 0.95
"""Certainty below which a line is shown as read unsurely (`bench/scans.py --dots 80`)."""
_CERTAINTY = 1_000
_NUMBERS = 11
"""How many there are of a line."""


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """A line, `document.text[start:end]`, and where it stands on its page."""

    start: int
    end: int
    certainty: float
    """Mean probability of its letters, 0 to 1."""
    corners: tuple[int, ...]
    """x and y of its corners, clockwise from the upper left, from the left and the top of the
    page, in ten thousandths of its width and its height."""


def numbers_of_lines(lines: Iterable[ScannedLine]) -> list[int]:
    """Return lines as one flat list of integers, 11 a line."""
    return list(
        chain.from_iterable(
            (line.start, line.end, round(line.certainty * _CERTAINTY), *line.corners)
            for line in lines
        )
    )


def lines_from_numbers(numbers: Sequence[object], length: int) -> tuple[ScannedLine, ...]:
    """Return the lines of `numbers_of_lines`.

    Args:
        numbers: As another process or a file states them.
        length: Of the text that they are lines of.

    Raises:
        ValueError: They are no lines of such a text.
    """
    # A bool is an int to isinstance.
    whole = [each for each in numbers if type(each) is int]
    if len(whole) != len(numbers) or len(whole) % _NUMBERS:
        raise ValueError("lines are eleven integers each")
    lines = []
    for at in range(0, len(whole), _NUMBERS):
        start, end, certainty, *corners = whole[at : at + _NUMBERS]
        if not 0 <= start < end <= length:
            raise ValueError("a line lies outside the text")
        if not 0 <= certainty <= _CERTAINTY or not all(0 <= each <= PAGE for each in corners):
            raise ValueError("a line lies outside its page, or is surer than sure")
        lines.append(ScannedLine(start, end, certainty / _CERTAINTY, tuple(corners)))
    return tuple(lines)
