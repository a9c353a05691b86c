"""Asks in a thread of its own, one question at a time; who waits is told the place in line.

On two cores, two answers at once would each take twice as long. A model does not listen while it
reads: whoever stops is let go at once, and the thread ends, and gives its place to the next, at
the model's next word.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.errors import BylineError, QuestionError
from rag.language_model import given_back
from rag.types import Answer, Delta, Stage

__all__ = ["Event", "NoAnswer", "PlaceInLine", "Waiting", "WaitingLine", "ask_in_line"]

_log = logging.getLogger(__name__)
_LOOK = 0.05
"""Seconds between two looks at what has come, and at the place in line."""
_MOST_WAITING = 50
"""How many may stand in line; each has a thread."""


class PlaceInLine:
    """One place in a line."""

    def __init__(self, line: WaitingLine) -> None:
        """Stand at the end; made by `WaitingLine.joined`."""
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


class WaitingLine:
    """First come, first served."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._changed = threading.Condition()
        self._places: deque[PlaceInLine] = deque()

    @contextmanager
    def joined(self) -> Iterator[PlaceInLine]:
        """Stand in line while the block lasts; leaving it lets the next one on."""
        place = PlaceInLine(self)
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Others are answered first."""

    ahead: int


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """There is no answer, for a reason that is for a person to read."""

    message: str
    asker: bool = False
    """Whether the question is at fault."""


Event = Waiting | Stage | Delta | Answer | NoAnswer


async def ask_in_line(
    stream: Callable[[], Iterator[Stage | Delta | Answer]], line: WaitingLine, stop: threading.Event
) -> AsyncIterator[Event]:
    """Wait for a turn and yield what a stream yields; end early when `stop` is set.

    A stream that ends without an answer was stopped, or failed, which its last event says.
    Holds no thread of the server while it waits. Closing it, or its being cancelled, stops
    the work too.

    Args:
        stream: begins to answer.
        line: where to wait.
        stop: set by whoever no longer wants the answer.
    """
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    if len(line) >= _MOST_WAITING:
        yield NoAnswer("too many questions are waiting; ask again in a while")
        return
    # Not a thread that Python waits for at its end: the model may be reading still.
    threading.Thread(
        target=_work, args=(stream, line, stop, events), name="byline-ask", daemon=True
    ).start()
    try:
        while not stop.is_set():
            try:
                event = events.get_nowait()
            except queue.Empty:
                await asyncio.sleep(_LOOK)
                continue
            if event is None:
                return
            yield event
    finally:
        stop.set()


def _work(
    stream: Callable[[], Iterator[Stage | Delta | Answer]],
    line: WaitingLine,
    stop: threading.Event,
    events: queue.SimpleQueue[Event | None],
) -> None:
    try:
        with line.joined() as place:
            ahead = -1
            while not place.wait(_LOOK):
                if stop.is_set():
                    return
                if ahead != (ahead := place.ahead):
                    events.put(Waiting(ahead))
            begun = stream()
            with given_back(begun):
                for event in begun:
                    if stop.is_set():
                        return
                    events.put(event)
    except BylineError as error:
        events.put(NoAnswer(str(error), asker=isinstance(error, QuestionError)))
    except Exception:  # noqa: BLE001 - said in one line, and logged whole.
        _log.exception("an answer failed")
        events.put(NoAnswer("the answer failed; ask again, or see the log of the server"))
    finally:
        events.put(None)
