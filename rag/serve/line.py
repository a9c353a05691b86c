"""Has one answer made at a time: who asks while another is answered waits in line.

On two cores, two answers at once would each take twice as long. Knows nothing of what is done
by whom.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Line", "Place"]


class Place:
    """One place in a line."""

    def __init__(self, line: Line) -> None:
        """Stand at the end; made by `Line.joined`."""
        self._line = line

    @property
    def ahead(self) -> int:
        """How many are to be served before."""
        with self._line._changed:
            return self._line._places.index(self)

    def wait(self, seconds: float) -> bool:
        """Wait until it is this one's turn, or the seconds are over; say whether it is."""
        with self._line._changed:
            return self._line._changed.wait_for(lambda: self._line._places[0] is self, seconds)


class Line:
    """First come, first served."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._changed = threading.Condition()
        self._places: deque[Place] = deque()

    @contextmanager
    def joined(self) -> Iterator[Place]:
        """Stand in line while the block lasts; leaving it lets the next one on."""
        place = Place(self)
        with self._changed:
            self._places.append(place)
        try:
            yield place
        finally:
            with self._changed:
                self._places.remove(place)
                self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._places)
