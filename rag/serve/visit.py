"""One open page: the conversation on it, and the shelf beside it.

What a person can do in a conversation is a method here and returns plain data to be drawn;
knows nothing of Gradio and HTML.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date

from index.errors import LibraryError, QuestionError
from index.store import Listing
from index.types import Filter
from rag.answer.question import clean_question
from rag.assistant import Assistant
from rag.export import exported
from rag.export.markdown import answer_markdown
from rag.serve.conversations import Conversations, Judgement, KeptTurn, restored
from rag.serve.receipted import How, Receipted, Receipts
from rag.serve.shelf import Shelf
from rag.serve.turns import Answering, LiveTurn
from rag.serve.views import View, answer_view, article_view
from rag.settings import Write
from rag.types import Answer, Delta, Kind, Stage

__all__ = ["Visit"]

_LOOKED_AT = 20
"""Articles among which some are suggested."""
_SAMPLE_QUESTIONS = (
    "Who urged Maduro not to be sworn in?",
    "How many people have left Venezuela?",
    "Which country did not sign the declaration?",
)


@dataclass(slots=True)
class Visit:
    """What one page shows. One thread at a time changes it, but `stop` may come from another."""

    assistant: Assistant
    conversations: Conversations
    answering: Answering
    visitor: str
    """The token of the person's cookie."""
    shelf: Shelf
    receipts: Receipts = field(default_factory=Receipts)
    write: Write | None = None
    """Which answers are put into the model's words; None for what the settings say."""
    _conversation: str | None = None
    _turns: list[LiveTurn] = field(default_factory=list)
    _search: str = ""
    """What the conversations are searched for."""
    _seen: object = None
    """The state of the conversations when they were drawn."""
    _changing: threading.RLock = field(default_factory=threading.RLock)
    """Held while the turns on the page and those that are kept are made the same."""
    _watching: int = 0
    """How many of the page's events draw the answer that is being made."""

    async def ask(
        self,
        question: str,
        *,
        any_date: bool = False,
        alone: bool = False,
        kind: Kind | None = None,
        unanswered: LiveTurn | None = None,
    ) -> AsyncIterator[View]:
        """Ask, and yield the page's conversation whenever there is something new on it.

        The answer is made and kept also when nobody waits for what is yielded.

        Args:
            question: as it was typed.
            any_date: leave dates in the question unread.
            alone: take it for a question of its own, not for a follow-up.
            kind: what is asked for, where the person has said so.
            unanswered: the turn of the page that the answer belongs to; None for a new one.
        """
        try:
            text = clean_question(question)
        except QuestionError as error:
            yield await asyncio.to_thread(self.desk, str(error))
            return
        if working := self._working:
            if working.view["question"] == text:
                return  # Asked twice, by a second press of Enter.
            self.stop()
        turns, turn = self._turns, unanswered or LiveTurn(text)
        before = turns[: turns.index(turn)] if turn in turns else turns
        history = () if alone else tuple(each.answer for each in before if each.answer)
        how: How = {
            "filter": self.shelf.filter,
            "read_dates": not any_date,
            "today": date.today(),
            "write": self.write,
        }
        conversation = self._conversation
        turn.await_answer()
        if turn not in turns:
            turns.append(turn)

        def keep_question() -> None:
            self._keep_question(turn, turns, conversation)

        def begin() -> Iterator[Stage | Delta | Answer]:
            return self.assistant.stream(text, history=history, kind=kind, **how)

        def keep(answer: Answer) -> None:
            self._keep_answer(turn, answer)
            if turn.view["id"] and (answer.claims or answer.lead or answer.refused):
                self.receipts.keep(turn.view["id"], Receipted(answer, how, alone=not history))
                turn.view["receipt"] = True

        self.answering.start(turn, keep_question, begin, keep)
        async for view in self.watch(turn):
            yield view

    async def ask_again(
        self, turn: int, *, any_date: bool, alone: bool, all_articles: bool, kind: Kind | None
    ) -> AsyncIterator[View]:
        """Ask the question of a turn again, without what was read into it, or as another kind.

        One that has no answer gets it in its place.
        """
        if not 0 <= turn < len(self._turns):
            return
        if all_articles:
            self.shelf.filter = Filter()
        # Another page may have asked it again before.
        again = self.answering.find(self._turns[turn].view["id"]) or self._turns[turn]
        self._turns[turn] = again
        views = (
            self.watch(again)
            if again.working
            else self.ask(
                again.view["question"],
                any_date=any_date,
                alone=alone,
                kind=kind,
                unanswered=None if again.answer else again,
            )
        )
        async for view in views:
            yield view

    @property
    def _working(self) -> LiveTurn | None:
        """The turn of the page whose answer is being made."""
        return next((turn for turn in self._turns if turn.working), None)

    async def watch(self, turn: LiveTurn | None = None) -> AsyncIterator[View]:
        """Yield the page's conversation while an answer of it is made, and once more at the end.

        Args:
            turn: whose answer; None for the one that is being made, if one is.
        """
        turns, turn = self._turns, turn or self._working
        if turn is None:
            return
        self._watching += 1
        try:
            async for _ in turn.changes():
                if self._turns is not turns:  # Another conversation was opened.
                    return
                yield self.desk()
        finally:
            self._watching -= 1
        if self._turns is turns:
            yield self.desk()

    def stop(self) -> None:
        """Let go of the answer that is being made, if one is."""
        for turn in self._turns:
            turn.stop()

    def leave(self) -> None:
        """Let go of what nobody can come back to: an answer to a question that is not kept."""
        for turn in self._turns:
            if not turn.view["id"] and turn.view["failure"]:
                turn.stop()

    def judge(self, turn: int, verdict: Judgement) -> None:
        """Keep what the person says of an answer."""
        self.conversations.judge(self.visitor, turn, verdict)
        for shown in self._turns:
            if shown.view["id"] == turn:
                shown.view["verdict"] = verdict

    def desk(self, notice: str = "") -> View:
        """Return the conversation as it is to be drawn; before the first question, what to ask."""
        samples, suggestions = False, []
        if not self._turns:
            with contextlib.suppress(LibraryError):  # Said where the library is listed.
                samples = self.assistant.using_samples
                suggestions = list(_SAMPLE_QUESTIONS) if samples else self._suggestions()
        return {
            "turns": [dict(turn.view) for turn in self._turns],
            "now": time.time(),
            "watched": self._watching > 0,
            "conversation": self._conversation or "",
            "filter": self.shelf.filter.to_json(),
            "samples": samples,
            "suggestions": suggestions,
            "notice": notice,
        }

    def _keep_question(
        self, turn: LiveTurn, turns: list[LiveTurn], conversation: str | None
    ) -> None:
        """Keep a question in the conversation that was on the page when it was asked."""
        with self._changing:
            if self._turns is turns:  # It may have begun with the question before.
                conversation = self._conversation
            try:
                where, turn.view["id"] = self.conversations.add_question(
                    self.visitor, conversation, turn.view["question"]
                )
            except LibraryError as error:
                turn.view["failure"] = f"not kept: {error}"
                return
            if self._turns is turns:  # Else another was opened meanwhile.
                self._conversation = where

    def _keep_answer(self, turn: LiveTurn, answer: Answer) -> None:
        turn.answer = answer
        kept = answer.to_json()
        if id_ := turn.view["id"]:
            try:
                self.conversations.add_answer(self.visitor, id_, kept)
            except LibraryError as error:
                turn.view["failure"] = f"not kept: {error}"
        turn.view.update(
            answer=answer_view(kept), markdown=answer_markdown(kept), draft="", state="done"
        )

    def _suggestions(self) -> list[str]:
        """Return questions that the library as it is can answer."""
        found = []
        listing = Listing(self.shelf.filter)
        for document in self.assistant.store.list_documents(listing, _LOOKED_AT).documents:
            title = " ".join(document.title.split())
            # A mail and the answer to it have the same.
            if 8 <= len(title) <= 90 and (question := f"Summarise: {title}") not in found:
                found.append(question)
            if len(found) == 3:
                break
        return found

    def talks(self) -> View:
        """Return the list of the visitor's conversations."""
        failure = ""
        try:
            self._seen = self.conversations.state(self.visitor)
            kept = self.conversations.of(self.visitor, self._search)
        except LibraryError as error:
            kept, failure = [], str(error)
        return {
            "failure": failure,
            "current": self._conversation or "",
            "search": self._search,
            "rows": [{"id": talk.id, "title": talk.title} for talk in kept],
        }

    def search_talks(self, search: str) -> None:
        """List only the conversations in which some words stand."""
        self._search = search

    @property
    def outdated(self) -> bool:
        """Whether something was asked or answered that the page does not show yet."""
        return self.conversations.state(self.visitor) != self._seen

    def catch_up(self) -> None:
        """Show what was asked and answered in the page's conversation from another tab."""
        if self._conversation and all(turn.view["id"] for turn in self._turns):
            self.open(self._conversation)

    def open(self, conversation: str) -> None:
        """Put a conversation on the page, ready to be gone on with; unknown ones change nothing."""
        with self._changing:
            kept = self.conversations.turns(self.visitor, conversation)
            if not kept:
                return
            known = {turn.view["id"]: turn for turn in self._turns}
            opened = [self._opened(each, known.get(each.id)) for each in kept]
            if conversation != self._conversation:
                self._conversation, self._turns = conversation, []
            # What was asked while this looked is not among them yet.
            self._turns[:] = [*opened, *(t for t in self._turns if t.working and t not in opened)]

    def _opened(self, kept: KeptTurn, known: LiveTurn | None) -> LiveTurn:
        """Return a kept turn as it is drawn."""
        if being_answered := self.answering.find(kept.id):
            return being_answered
        if known and (known.answer is not None or kept.answer is None):
            return known
        turn = LiveTurn(kept.question, kept.id)
        if kept.answer is not None:
            turn.answer = restored(kept.answer, self.assistant.document)
            turn.view.update(
                state="done",
                answer=answer_view(kept.answer),
                verdict=kept.verdict,
                markdown=answer_markdown(kept.answer),
                receipt=kept.id in self.receipts,
            )
        return turn

    def begin_anew(self) -> None:
        """Clear the page for a conversation that is not kept before its first question."""
        self._conversation, self._turns = None, []

    def delete(self, conversation: str) -> None:
        """Delete a conversation; if it is the one on the page, the page is cleared."""
        for turn in self.conversations.turns(self.visitor, conversation):
            if being_answered := self.answering.find(turn.id):
                being_answered.stop()
        self.conversations.delete(self.visitor, conversation)
        if conversation == self._conversation:
            self.begin_anew()

    def export(self, conversation: str, ending: str) -> tuple[str, bytes, str]:
        """Return a conversation's title, its file of that ending, and which questions it lacks."""
        title = next(
            (t.title for t in self.conversations.of(self.visitor) if t.id == conversation),
            "conversation",
        )
        turns = self.conversations.turns(self.visitor, conversation)
        answers = [turn.answer for turn in turns if turn.answer is not None]
        without = "; ".join(turn.question for turn in turns if turn.answer is None)
        told = f"Not in the file, for want of a whole answer: {without}" if without else ""
        if ending == ".json":
            kept = json.dumps({"title": title, "turns": answers}, ensure_ascii=False, indent=1)
            return title, kept.encode("utf-8", "replace"), told
        return title, exported(f"conversation{ending}", title, answers), told

    def receipt(self, turn: int) -> tuple[str, bytes]:
        """Return the question of a turn on the page, and the receipt of its answer.

        Raises:
            As `Receipts.make`.
        """
        return self.receipts.make(self.assistant, self._turns[turn].view["id"])

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
