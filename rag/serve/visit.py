"""One open page: the conversation on it, and the shelf beside it.

What a person can do in a conversation is a method here and returns plain data to be drawn;
knows nothing of Gradio and HTML.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from index.errors import LibraryError, QuestionError
from index.store import Listing
from index.types import Filter
from rag.answer.question import clean_question
from rag.assistant import Assistant
from rag.export import exported
from rag.export.markdown import answer_markdown
from rag.receipts import make_receipt
from rag.serve.asking import Event, Failure, Waiting, ask_in_line
from rag.serve.conversations import Conversations, Verdict, restored
from rag.serve.line import Line
from rag.serve.shelf import Shelf
from rag.serve.views import answer_view, article_view
from rag.settings import Write
from rag.types import Answer, Delta, Kind, Stage

__all__ = ["Receipted", "Visit"]

_DRAW_EVERY = 0.12
"""Seconds between two drawings of a draft. Drawn at every token, a browser falls behind."""
_MOST_RECEIPTED = 200
"""Answers that are kept in memory so that a receipt of them can be had; of more, the latest."""
_LOOKED_AT = 20
"""Articles among which some are suggested."""
_SAMPLE_QUESTIONS = (
    "Who urged Maduro not to be sworn in?",
    "How many people have left Venezuela?",
    "Which country did not sign the declaration?",
)

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Receipted:
    """An answer to a question that stood alone, with all that was asked beside it."""

    answer: Answer
    filter: Filter
    read_dates: bool
    today: date
    write: Write | None


@dataclass(slots=True)
class _Shown:
    """One turn on the page."""

    view: View
    answer: Answer | None = None


@dataclass(slots=True)
class Visit:
    """What one page shows. One thread at a time changes it, but `stop` may come from another."""

    assistant: Assistant
    conversations: Conversations
    line: Line
    visitor: str
    """The token of the person's cookie."""
    shelf: Shelf
    receipted: dict[int, Receipted] = field(default_factory=dict)
    """By their turns, answers of which a receipt can be had; of all pages of this process."""
    write: Write | None = None
    """Which answers are put into the model's words; None for what the settings say."""
    _conversation: str | None = None
    _turns: list[_Shown] = field(default_factory=list)
    _stop: threading.Event | None = None

    async def ask(
        self,
        question: str,
        *,
        any_date: bool = False,
        alone: bool = False,
        kind: Kind | None = None,
    ) -> AsyncIterator[View]:
        """Ask, and yield the page's conversation whenever there is something new on it.

        Args:
            question: as it was typed.
            any_date: leave dates in the question unread.
            alone: take it for a question of its own, not for a follow-up.
            kind: what is asked for, where the person has said so.
        """
        try:
            text = clean_question(question)
        except QuestionError as error:
            yield self.desk(notice=str(error))
            return
        if self._turns and self._turns[-1].view["state"] == "working":
            if self._turns[-1].view["question"] == text:
                return  # Asked twice, by a second press of Enter.
            self.stop()
        stop = self._stop = threading.Event()
        history = () if alone else tuple(turn.answer for turn in self._turns if turn.answer)
        chosen, write, today = self.shelf.filter, self.write, date.today()
        shown = _Shown(_view(text, "working"))
        shown.view["stage"] = "searching"
        self._turns.append(shown)
        yield self.desk()

        def begin() -> Iterator[Stage | Delta | Answer]:
            return self.assistant.stream(
                text,
                filter=chosen,
                history=history,
                read_dates=not any_date,
                today=today,
                kind=kind,
                write=write,
            )

        conversation = self._conversation
        drawn = time.monotonic()
        try:
            async for event in ask_in_line(begin, self.line, stop):
                if isinstance(event, Answer):
                    await asyncio.to_thread(self._keep, shown, event, conversation)
                    if not history and (event.claims or event.lead or event.refused):
                        self._note(shown, Receipted(event, chosen, not any_date, today, write))
                elif not self._follow(shown.view, event) and time.monotonic() - drawn < _DRAW_EVERY:
                    continue
                drawn = time.monotonic()
                yield self.desk()
        finally:
            if shown.view["state"] == "working":
                shown.view.update(state="stopped", draft="")
        yield self.desk()

    async def ask_again(
        self, turn: int, *, any_date: bool, alone: bool, kind: Kind | None
    ) -> AsyncIterator[View]:
        """Ask the question of a turn again, without what was read into it, or as another kind."""
        if 0 <= turn < len(self._turns):
            question = self._turns[turn].view["question"]
            async for view in self.ask(question, any_date=any_date, alone=alone, kind=kind):
                yield view

    def stop(self) -> None:
        """Let go of the answer that is being made, if one is."""
        if self._stop is not None:
            self._stop.set()

    def judge(self, turn: int, verdict: Verdict) -> None:
        """Keep what the person says of an answer."""
        self.conversations.judge(self.visitor, turn, verdict)
        for shown in self._turns:
            if shown.view["id"] == turn:
                shown.view["verdict"] = verdict

    def desk(self, notice: str = "") -> View:
        """Return the conversation as it is to be drawn."""
        return {
            "turns": [dict(turn.view) for turn in self._turns],
            "conversation": self._conversation or "",
            "filter": self.shelf.filter_view(),
            "samples": self.assistant.using_samples,
            "suggestions": [] if self._turns else self._suggestions(),
            "notice": notice,
        }

    @staticmethod
    def _follow(view: View, event: Event) -> bool:
        """Take over what happened on the way to an answer; say whether to draw it at once."""
        if isinstance(event, Delta):
            view["draft"] += event.text
            return False
        if isinstance(event, Waiting):
            one = event.ahead == 1
            others = "one other question is" if one else f"{event.ahead} other questions are"
            view["stage"] = f"waiting: {others} answered first"
        elif isinstance(event, Stage):
            view["stage"] = event.detail
            if event.name in ("searching", "writing"):
                view["draft"] = ""
        elif isinstance(event, Failure):
            view.update(state="failed", failure=event.message, draft="")
        return True

    def _keep(self, shown: _Shown, answer: Answer, conversation: str | None) -> None:
        shown.answer = answer
        kept = answer.to_json()
        shown.view.update(
            state="done", draft="", answer=answer_view(kept), markdown=answer_markdown(kept)
        )
        try:
            where, shown.view["id"] = self.conversations.add_turn(self.visitor, conversation, kept)
        except LibraryError as error:
            shown.view["failure"] = f"not kept: {error}"
            return
        if self._conversation == conversation:  # Else another was opened meanwhile.
            self._conversation = where

    def _note(self, shown: _Shown, answered: Receipted) -> None:
        """Keep an answer so that its receipt can be had."""
        if turn := shown.view["id"]:
            shown.view["receipt"] = True
            self.receipted[turn] = answered
            while len(self.receipted) > _MOST_RECEIPTED:
                self.receipted.pop(next(iter(self.receipted)), None)

    def _suggestions(self) -> list[str]:
        """Return questions that the library as it is can answer."""
        if self.assistant.using_samples:
            return list(_SAMPLE_QUESTIONS)
        found = []
        listing = Listing(self.shelf.filter)
        for document in self.assistant.store.list_documents(listing, _LOOKED_AT).documents:
            title = " ".join(document.title.split())
            if 8 <= len(title) <= 90:
                found.append(f"Summarise: {title}")
            if len(found) == 3:
                break
        return found

    def talks(self) -> View:
        """Return the list of the visitor's conversations."""
        failure = ""
        try:
            kept = self.conversations.of(self.visitor)
        except LibraryError as error:
            kept, failure = [], str(error)
        return {
            "failure": failure,
            "current": self._conversation or "",
            "rows": [{"id": talk.id, "title": talk.title} for talk in kept],
        }

    def open(self, conversation: str) -> None:
        """Put a conversation on the page, ready to be gone on with; unknown ones change nothing."""
        turns = self.conversations.turns(self.visitor, conversation)
        if not turns:
            return
        self.stop()
        self._conversation = conversation
        self._turns = []
        for turn in turns:
            try:
                answer = restored(turn.answer, self.assistant.document)
                view = _view(answer.question, "done")
                view.update(
                    id=turn.id,
                    answer=answer_view(turn.answer),
                    verdict=turn.verdict,
                    markdown=answer_markdown(turn.answer),
                    receipt=turn.id in self.receipted,
                )
            except (KeyError, TypeError, ValueError):
                continue  # Not what was kept; the others are shown.
            self._turns.append(_Shown(view, answer))

    def begin_anew(self) -> None:
        """Clear the page for a conversation that is not kept before its first answer."""
        self.stop()
        self._conversation, self._turns = None, []

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        self.conversations.rename(self.visitor, conversation, title)

    def delete(self, conversation: str) -> None:
        """Delete a conversation; if it is the one on the page, the page is cleared."""
        self.conversations.delete(self.visitor, conversation)
        if conversation == self._conversation:
            self.begin_anew()

    def export(self, conversation: str, ending: str) -> tuple[str, bytes]:
        """Return the title of a conversation, and it as a file whose name ends so."""
        title = next(
            (t.title for t in self.conversations.of(self.visitor) if t.id == conversation),
            "conversation",
        )
        answers = [turn.answer for turn in self.conversations.turns(self.visitor, conversation)]
        if ending == ".json":
            kept = json.dumps({"title": title, "turns": answers}, ensure_ascii=False, indent=1)
            return title, kept.encode("utf-8", "replace")
        return title, exported(f"conversation{ending}", title, answers)

    def receipt(self, turn: int) -> tuple[str, bytes]:
        """Return the question of a turn on the page, and the receipt of its answer.

        Raises:
            LibraryError: an article of it is no longer there, so that its file is another by now.
        """
        kept = self.receipted[self._turns[turn].view["id"]]
        for cited in (*kept.answer.citations, *kept.answer.nearest):
            self.assistant.document(cited.document.id)
        receipt = make_receipt(
            self.assistant,
            kept.answer,
            filter=kept.filter,
            read_dates=kept.read_dates,
            today=kept.today,
            write=kept.write,
        )
        return kept.answer.question, receipt.to_bytes()

    def citation(self, turn: int, number: int) -> View:
        """Return the article of a citation, cut at it and at the answer's others.

        Raises:
            LibraryError: the article is no longer there.
        """
        answer = self._turns[turn].view["answer"]
        if answer is None:
            raise LookupError("not answered yet")
        cited = answer["citations"] or answer["nearest"]
        rows = {row["number"]: row for row in cited}
        row = rows[number]
        document = self.assistant.document(row["document"]["id"])
        spans = [
            (other["number"], other["start"], other["end"])
            for other in cited
            if other["document"]["id"] == document.id
        ]
        told = [claim["answer"] for claim in answer["claims"] if claim.get("answer")]
        words = next(((a["start"], a["end"]) for a in told if a["citation"] == number), (0, 0))
        view = article_view(document, spans, number, self.assistant.kin(document.id), words)
        places = {"turn": turn, "number": number, "numbers": sorted(rows)}
        return view | places | {"editable": self.shelf.editable}


def _view(question: str, state: str) -> View:
    """Return what is drawn of a turn that has no answer yet."""
    return {
        "id": 0,
        "question": question,
        "state": state,
        "stage": "",
        "draft": "",
        "answer": None,
        "verdict": "",
        "markdown": "",
        "receipt": False,
        "failure": "",
    }
