"""Makes receipts of answers that were given on a page; keeps in memory what that takes.

Of the latest answers only, and not over a restart: a receipt is of what was just answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from index.errors import QuestionError
from index.types import Filter
from rag.assistant import Assistant
from rag.receipts import make_receipt
from rag.settings import Write
from rag.types import Answer

__all__ = ["How", "Receipted", "Receipts"]

_MOST = 200
"""Answers of which a receipt can be had; of more, the latest."""


class How(TypedDict):
    """What is handed to `Assistant.ask` beside a question, and to `make_receipt`."""

    filter: Filter
    read_dates: bool
    today: date
    write: Write | None


@dataclass(frozen=True, slots=True)
class Receipted:
    """An answer, with all that was asked beside its question."""

    answer: Answer
    how: How
    alone: bool
    """Whether nothing was asked before it."""


class Receipts:
    """What a receipt can be made of, by the turns of all pages of this process."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[int, Receipted] = {}

    def __contains__(self, turn: int) -> bool:
        return turn in self._kept

    def keep(self, turn: int, answered: Receipted) -> None:
        """Keep an answer so that its receipt can be had."""
        self._kept[turn] = answered
        while len(self._kept) > _MOST:
            self._kept.pop(next(iter(self._kept)), None)

    def make(self, assistant: Assistant, turn: int) -> tuple[str, bytes]:
        """Return the question of a turn, and the receipt of its answer.

        A follow-up is asked again as it stands alone: so `ask verify` will ask it.

        Raises:
            LookupError: nothing is kept of the turn.
            LibraryError: an article of it is no longer there, so that its file is another by now.
            QuestionError: it leaned on the question before it, and has another answer alone.
        """
        kept = self._kept[turn]
        answer = kept.answer
        for cited in (*answer.citations, *answer.nearest):
            assistant.document(cited.document.id)
        if not kept.alone:
            answer = assistant.ask(answer.searched, kind=answer.kind, **kept.how)
            # The question that it leaned on stands in front, and is answered first then.
            told = [claim.text for claim in kept.answer.claims]
            alone = [claim.text for claim in answer.claims][-len(told) :]
            if (answer.refused, alone) != (kept.answer.refused, told):
                raise QuestionError(
                    f"asked by itself, “{answer.question}” has another answer; ask it so"
                )
        return kept.answer.question, make_receipt(assistant, answer, **kept.how).to_bytes()
