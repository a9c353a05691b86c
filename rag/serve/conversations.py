"""Keeps what was asked and answered in the browser, each visitor's apart from the others'.

A question is kept when it is asked, its answer when it comes: as the JSON that the page draws,
quotes included, so that a conversation can be read again after its articles were removed. The
statements are of the SQL that SQLite and PostgreSQL share; where the tables are, a `Keeper` knows.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from index.errors import LibraryError, NotFoundError
from index.types import Document, Filter
from rag.export.markdown import conversation_markdown
from rag.serve.conversation_file import ConversationFile
from rag.types import Answer, Citation, Claim

if TYPE_CHECKING:
    from index.relational.connection import Cursor
    from rag.settings import Settings

__all__ = [
    "Conversation",
    "Conversations",
    "Judgement",
    "Keeper",
    "KeptTurn",
    "open_conversations",
    "restored",
]

Judgement = Literal["", "right", "wrong", "citation wrong"]
"""What the person said of an answer."""

_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, without what was said in it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One question, with its answer if it has one."""

    id: int
    question: str
    answer: dict[str, Any] | None
    """As `rag.types.Answer.to_json` returns it."""
    verdict: Judgement = ""


class Execute(Protocol):
    """One transaction."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement, with `?` for each value."""


class Keeper(Protocol):
    """Has the tables `conversation` and `turn`."""

    def read(self) -> AbstractContextManager[Execute]:
        """Run a transaction that changes nothing; a LibraryError says what is wrong."""

    def write(self) -> AbstractContextManager[Execute]:
        """Run one that is kept when the block ends, or undone when it raises; errors as above."""

    def close(self) -> None:
        """Release what is held. Safe to call twice."""


class Conversations:
    """The conversations of all visitors. Threads may share one, and processes a keeper's tables.

    Every method takes the visitor's token, and what is another visitor's is not found.
    """

    def __init__(self, keeper: Keeper) -> None:
        """Take where they are kept, which is closed with this."""
        self._keeper = keeper

    def add_question(
        self, visitor: str, conversation: str | None, question: str
    ) -> tuple[str, int]:
        """Keep a question; return the ids of its conversation and of the turn.

        Args:
            visitor: whose it is.
            conversation: where it belongs; None, or one that has been deleted, begins another.
            question: as it was asked.

        Raises:
            LibraryError: it cannot be written.
        """
        now = time.time()
        with self._keeper.write() as db:
            changed = "UPDATE conversation SET changed = ? WHERE id = ? AND visitor = ?"
            if not db.execute(changed, (now, conversation, visitor)).rowcount:
                conversation = secrets.token_hex(8)
                title = " ".join(question.split())
                if len(title) > _TITLE_CHARACTERS:
                    title = title[:_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
                db.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation, visitor, title, now),
                )
            ((turn,),) = db.execute(
                "INSERT INTO turn (conversation, question) VALUES (?, ?) RETURNING id",
                (conversation, question),
            ).fetchall()
        return str(conversation), int(turn)

    def add_answer(self, visitor: str, turn: int, answer: dict[str, Any]) -> None:
        """Keep the answer to a question; of one that was deleted nothing is kept.

        Args:
            visitor: whose it is.
            turn: of the question.
            answer: as `rag.types.Answer.to_json` returns it.

        Raises:
            LibraryError: it cannot be written.
        """
        with self._keeper.write() as db:
            # First, as in `delete`, so that neither waits for what the other holds.
            changed = (
                "UPDATE conversation SET changed = ? WHERE visitor = ?"
                " AND id = (SELECT conversation FROM turn WHERE turn.id = ?)"
            )
            if db.execute(changed, (time.time(), visitor, turn)).rowcount:
                kept = json.dumps(answer, ensure_ascii=False)
                db.execute("UPDATE turn SET answer = ? WHERE id = ?", (kept, turn))

    def of(self, visitor: str, search: str = "") -> list[Conversation]:
        """Return a visitor's conversations, the latest first.

        Args:
            visitor: whose they are.
            search: words, or parts of them, each of which is in the title, a question, or an
                answer; case counts for nothing.
        """
        talks = [
            Conversation(*row)
            for row in self._rows(
                "SELECT id, title FROM conversation WHERE visitor = ? ORDER BY changed DESC, id",
                visitor,
            )
        ]
        words = search.casefold().split()
        if not words:
            return talks
        texts = {talk.id: [talk.title.casefold()] for talk in talks}
        for talk, question, answer in self._rows(
            "SELECT conversation, question, answer FROM turn JOIN conversation AS c"
            " ON c.id = conversation WHERE visitor = ?",
            visitor,
        ):
            said = _loaded(answer).get("text") or ""
            texts.get(talk, []).append(f"{question} {said}".casefold())
        return [
            talk for talk in talks if all(any(w in text for text in texts[talk.id]) for w in words)
        ]

    def state(self, visitor: str) -> object:
        """Return what is another whenever a visitor, in whatever tab, asked or was answered."""
        query = "SELECT COUNT(*), MAX(changed) FROM conversation WHERE visitor = ?"
        return self._rows(query, visitor)[0]

    def turns(self, visitor: str, conversation: str) -> list[KeptTurn]:
        """Return what was said in a conversation, oldest first; nothing of another visitor's."""
        rows = self._rows(
            "SELECT turn.id, question, answer, verdict FROM turn JOIN conversation AS c"
            " ON c.id = conversation WHERE c.id = ? AND visitor = ? ORDER BY turn.id",
            conversation,
            visitor,
        )
        # An answer that is damaged is none, and can be asked for again.
        return [
            KeptTurn(id_, question, _whole(answer), verdict)
            for id_, question, answer, verdict in rows
        ]

    def rename(self, visitor: str, conversation: str, title: str) -> None:
        """Give a conversation another title; one of white space changes nothing."""
        title = " ".join(title.split())[: 2 * _TITLE_CHARACTERS]
        if title:
            with self._keeper.write() as db:
                db.execute(
                    "UPDATE conversation SET title = ? WHERE id = ? AND visitor = ?",
                    (title, conversation, visitor),
                )

    def delete(self, visitor: str, conversation: str) -> None:
        """Delete a conversation and all that was said in it."""
        with self._keeper.write() as db:
            db.execute(
                "DELETE FROM conversation WHERE id = ? AND visitor = ?", (conversation, visitor)
            )

    def judge(self, visitor: str, turn: int, verdict: Judgement) -> None:
        """Keep what the person says of an answer; an empty verdict takes it back."""
        if verdict not in get_args(Judgement):
            raise NotFoundError(f"no such verdict: {verdict}")
        with self._keeper.write() as db:
            db.execute(
                "UPDATE turn SET verdict = ? WHERE id = ? AND conversation IN"
                " (SELECT id FROM conversation WHERE visitor = ?)",
                (verdict, turn, visitor),
            )

    def examples(self, visitor: str) -> Iterator[dict[str, Any]]:
        """Yield the questions that were judged, each a row that `ask eval` reads.

        Of an answer called right, each quote is one that a later answer may show; of one called
        wrong nothing is known but that a refusal was right or was not. Left out is what was asked
        of chosen articles only.
        """
        rows = self._rows(
            "SELECT answer, verdict FROM turn JOIN conversation AS c ON c.id = conversation"
            " WHERE visitor = ? AND verdict != '' ORDER BY turn.id",
            visitor,
        )
        for text, verdict in rows:
            answer = _whole(text)
            if answer is None:
                continue
            chosen = answer["filter"]
            days = chosen["after"] or chosen["before"]
            if chosen["sources"] or chosen.get("authors") or (days and not answer["filter_read"]):
                continue  # Of the whole library, which `ask eval` asks, it says nothing.
            row: dict[str, Any] = {"question": answer["searched"], "verdict": verdict}
            if answer["refused"]:
                row["answerable"] = verdict != "right"
            elif verdict == "right":
                row["answerable"] = True
                row["answers"] = [citation["quote"] for citation in answer["citations"]]
                row["documents"] = [c["document"]["id"] for c in answer["citations"]]
            yield row

    def close(self) -> None:
        """Release what is held. Safe to call twice."""
        self._keeper.close()

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._keeper.read() as db:
            return db.execute(query, values).fetchall()


def open_conversations(settings: Settings) -> Conversations:
    """Return the conversations over the library that settings name.

    Raises:
        LibraryError: they cannot be used.
    """
    if settings.store is None:
        return Conversations(ConversationFile(settings.home))
    from rag.serve.conversation_server import ConversationServer

    return Conversations(ConversationServer(settings.store))


def restored(answer: dict[str, Any], find: Callable[[str], Document]) -> Answer:
    """Return a kept answer as one that a follow-up can refer to.

    Claims whose articles are no longer there are left out: nothing can be tied to them.

    Args:
        answer: as `rag.types.Answer.to_json` returned it.
        find: the article of an id; raises NotFoundError or DamagedError.
    """
    citations: dict[int, Citation] = {}
    for row in answer["citations"]:
        try:
            document = find(row["document"]["id"])
        except LibraryError:
            continue
        citations[row["number"]] = Citation(row["number"], document, row["start"], row["end"])
    claims = [
        Claim(
            claim["text"],
            tuple(citations[number] for number in claim["citations"]),
            verbatim=claim["verbatim"],
            attribution=claim["attribution"],
            heading=claim.get("heading", ""),  # Answers of before accounts have none.
            answer=_answer_of(claim, citations),
            answer_at=(claim.get("answer") or {}).get("at", 0),
        )
        for claim in answer["claims"]
        if all(number in citations for number in claim["citations"])
    ]
    return Answer(
        question=answer["question"],
        searched=answer["searched"],
        text=answer["text"],
        claims=tuple(claims),
        kind=answer.get("kind", "fact"),
        lead=answer.get("lead", ""),
        disagreement=answer["disagreement"],
        refused=answer["refused"],
        reason=answer["reason"],
        filter=Filter.from_json(answer["filter"]),
        filter_read=answer["filter_read"],
        model=answer["model"],
    )


def _answer_of(claim: dict[str, Any], citations: dict[int, Citation]) -> Citation | None:
    """Return the words of a claim that answer; answers of before they were marked have none."""
    told = claim.get("answer")
    if told is None:
        return None
    return replace(citations[told["citation"]], start=told["start"], end=told["end"])


def _whole(answer: str | None) -> dict[str, Any] | None:
    """Return a kept answer; None where it cannot be drawn, exported, or gone on from."""
    loaded = _loaded(answer)
    try:
        restored(loaded, lambda _: Document(""))
        conversation_markdown("", [loaded])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return loaded


def _loaded(answer: str | None) -> dict[str, Any]:
    try:
        loaded = json.loads(answer or "null")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
