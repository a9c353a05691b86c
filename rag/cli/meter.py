"""Shows how far long work is, how fast it goes, and how long it will take, if a person is watching.

Knows nothing of what is counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from rag.cli.terminal import clean

if TYPE_CHECKING:
    from rich.progress import Progress, Task
    from rich.text import Text

__all__ = ["Meter", "metered"]

_WIDTH = 60


class Meter:
    """Counts what is done; nobody sees it where the bar is not shown."""

    def __init__(self, bar: Progress, doing: str, total: int | None) -> None:
        """Begin to count."""
        self._bar = bar
        self._task = bar.add_task(doing, total=total or None)

    def expect(self, total: int) -> None:
        """Say how many there will be, once that is known."""
        self._bar.update(self._task, total=total)

    def advance(self, name: str) -> None:
        """Count one more, and show its name, or another short text."""
        self._bar.update(self._task, advance=1, description=clean(name)[-_WIDTH:])

    def show(self, doing: str, done: int, total: int) -> None:
        """Count something else from here on, of which so many are done."""
        self._bar.update(self._task, completed=done, total=total, description=clean(doing))

    def say(self, doing: str) -> None:
        """Show what is being done, without counting."""
        self._bar.update(self._task, description=clean(doing)[-_WIDTH:])


@contextmanager
def metered(quiet: bool, total: int | None = None, doing: str = "reading") -> Iterator[Meter]:
    """Show a bar on stderr for as long as the block runs, if a person is watching.

    Args:
        quiet: whether nothing is to be shown.
        total: how many are to be counted; None where that is not known yet.
        doing: what is shown before the first is done.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many a second, over the last half minute."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.1f}/s" if task.speed else "")

    class Left(TimeRemainingColumn):
        """The time left, in words that cannot be taken for the time elapsed."""

        def render(self, task: Task) -> Text:
            left = task.time_remaining
            return Text(f"{_time(left)} left" if left is not None and task.remaining else "")

    columns = (
        BarColumn(20),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        Left(),
        TextColumn("{task.description}", markup=False),
    )
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, speed_estimate_period=30)
    with nullcontext() if quiet or not sys.stderr.isatty() else bar:
        yield Meter(bar, doing, total)


def _time(seconds: float) -> str:
    """Return a length of time as a person would say it.

    >>> _time(59), _time(60), _time(3700)
    ('59 s', '1 min', '1 h 2 min')
    """
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
