"""Turns of conversations as they are drawn, and the making of their answers.

An answer is made to its end whether or not a page shows it: pages come, watch, and leave. Knows
nothing of where conversations are kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

from rag.serve.asking import Event, NoAnswer, Waiting, WaitingLine, ask_in_line
from rag.serve.views import View
from rag.types import Answer, Delta, Stage

__all__ = ["Answering", "LiveTurn"]

_DRAW_EVERY = 0.12
"""Seconds between two drawings of a draft. Drawn at every token, a browser falls behind."""


class LiveTurn:
    """One question with its answer. The pages that show it while it is answered share it."""

    def __init__(self, question: str, id_: int = 0) -> None:
        """Begin without an answer, which nobody makes.

        Args:
            question: as it was asked.
            id_: under which it is kept; 0 where it is not.
        """
        self.answer: Answer | None = None
        self.view: View = {
            "id": id_,
            "question": question,
            "state": "unanswered",
            "stage": "",
            "begun": 0.0,
            "found": "",
            "draft": "",
            "answer": None,
            "verdict": "",
            "markdown": "",
            "receipt": False,
            "failure": "",
        }
        self._stop = threading.Event()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def working(self) -> bool:
        """Whether its answer is being made."""
        return bool(self.view["state"] == "working")

    def stop(self) -> None:
        """Let go of the answer, if it is being made."""
        self._stop.set()

    async def changes(self) -> AsyncIterator[None]:
        """Yield now, and while the answer is made whenever there is something new to draw."""
        while self.working:
            news = self._news
            yield
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _DRAW_EVERY)
            await news.wait()

    async def make(
        self,
        keep_question: Callable[[], None],
        begin: Callable[[], Iterator[Stage | Delta | Answer]],
        line: WaitingLine,
        keep: Callable[[Answer], None],
    ) -> None:
        """Keep the question, wait in line, make the answer; `await_answer` was called before."""
        try:
            await asyncio.to_thread(keep_question)
            async for event in ask_in_line(begin, line, self._stop):
                if isinstance(event, Answer):
                    await asyncio.to_thread(keep, event)
                else:
                    _follow(self.view, event)
                self._tell()
        finally:
            if self.working:
                self.view.update(state="stopped", draft="")
            self._ended.set()
            self._tell()

    def await_answer(self) -> None:
        """Take the answer for one that is being made from now on."""
        begun = {"state": "working", "stage": "reading the question", "begun": time.time()}
        self.view.update(begun, found="", draft="", failure="")
        self._stop = threading.Event()
        self._ended = asyncio.Event()

    def _tell(self) -> None:
        told, self._news = self._news, asyncio.Event()
        told.set()


class Answering:
    """The turns that are being answered, of all pages of this process."""

    def __init__(self, line: WaitingLine) -> None:
        """Begin with none.

        Args:
            line: where questions wait for their turn.
        """
        self._line = line
        self._turns: dict[int, LiveTurn] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, turn: int) -> LiveTurn | None:
        """Return the turn that is kept under an id; None where it is not being answered."""
        return self._turns.get(turn)

    def start(
        self,
        turn: LiveTurn,
        keep_question: Callable[[], None],
        begin: Callable[[], Iterator[Stage | Delta | Answer]],
        keep: Callable[[Answer], None],
    ) -> None:
        """Have a turn answered, from within the event loop, and return at once.

        Args:
            turn: what is to be answered; its answer is awaited.
            keep_question: called first, in a thread, where the turn is not kept; may give its id.
            begin: begins to answer.
            keep: called with the answer, in a thread, before it is shown.
        """

        def register() -> None:
            if turn.view["id"]:
                self._turns[turn.view["id"]] = turn

        def keep_first() -> None:
            if not turn.view["id"]:
                keep_question()
                register()

        async def answer() -> None:
            try:
                await turn.make(keep_first, begin, self._line, keep)
            finally:
                if self._turns.get(turn.view["id"]) is turn:
                    del self._turns[turn.view["id"]]

        register()
        task = asyncio.create_task(answer())
        self._tasks.add(task)  # Of a task that nobody holds, nothing may come.
        task.add_done_callback(self._tasks.discard)


def _follow(view: View, event: Event) -> None:
    """Take over what happened on the way to an answer."""
    if isinstance(event, Delta):
        view["draft"] += event.text
    elif isinstance(event, Waiting):
        one = event.ahead == 1
        others = "one other question is" if one else f"{event.ahead} other questions are"
        view["stage"] = f"waiting: {others} answered first"
    elif isinstance(event, Stage):
        view["stage"] = event.detail
        if event.name in ("searching", "writing"):
            view.update(draft="", found=event.found)
    elif isinstance(event, NoAnswer):
        view.update(state="failed", failure=event.message, draft="")
