"""Keeps what was asked and answered in the browser, each visitor's apart from the others'.

One SQLite file beside the library, which several processes may share. A question is kept when it
is asked, its answer when it comes: as the JSON that the page draws, quotes included, so that a
conversation can be read again after its articles were removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import LibraryError, NotFoundError
from index.types import Document, Filter
from rag.types import Answer, Citation, Claim

__all__ = ["Conversation", "Conversations", "Turn", "Verdict", "restored"]

Verdict = Literal["", "right", "wrong", "citation wrong"]
"""What the person said of an answer."""

_FILE = "conversations.db"
_FORMAT = 2
_MOST_WORDS = 20
"""Of a search; SQLite takes some hundreds of conditions."""
_TITLE_CHARACTERS = 80
_LOCK_TIMEOUT_S = 30.0
"""How long one process waits for another, which writes for a moment."""
_TURN = """
CREATE TABLE turn (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question TEXT NOT NULL, answer TEXT, verdict TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX turn_of_conversation ON turn (conversation);
"""
_SCHEMA = f"""
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, title TEXT NOT NULL, changed REAL NOT NULL
) STRICT;
CREATE INDEX conversation_of_visitor ON conversation (visitor, changed);
{_TURN}
"""
_FROM_FORMAT_1 = """
DROP INDEX turn_of_conversation;
ALTER TABLE turn RENAME TO answered;
TURN
INSERT INTO turn SELECT id, conversation,
    coalesce(CASE WHEN json_valid(answer) THEN json_extract(answer, '$.question') END, ''),
    answer, verdict FROM answered;
DROP TABLE answered;
""".replace("TURN", _TURN, 1)
"""Before questions were kept, every turn had an answer."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, without what was said in it."""

    id: str
    title: str
    changed: float
    """When something was last asked or answered, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, with its answer if it has one."""

    id: int
    question: str
    answer: dict[str, Any] | None
    """As `rag.types.Answer.to_json` returns it."""
    verdict: Verdict = ""


class Conversations:
    """The conversations of all visitors. Threads may share one.

    Every method takes the visitor's token, and what is another visitor's is not found.
    """

    def __init__(self, home: Path) -> None:
        """Name the home; the file is created by the first turn that is kept."""
        self._path = home / _FILE
        self._mutex = threading.RLock()
        self._connection: sqlite3.Connection | None = None

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
        with self._writing() as db:
            if conversation is None or not self._owns(db, visitor, conversation):
                conversation = secrets.token_hex(8)
                title = " ".join(question.split())
                if len(title) > _TITLE_CHARACTERS:
                    title = title[:_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
                db.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation, visitor, title, time.time()),
                )
            row = db.execute(
                "INSERT INTO turn (conversation, question) VALUES (?, ?)", (conversation, question)
            )
            self._touch(db, conversation)
            return conversation, int(row.lastrowid or 0)

    def add_answer(self, visitor: str, turn: int, answer: dict[str, Any]) -> None:
        """Keep the answer to a question; of one that was deleted nothing is kept.

        Args:
            visitor: whose it is.
            turn: of the question.
            answer: as `rag.types.Answer.to_json` returns it.

        Raises:
            LibraryError: it cannot be written.
        """
        with self._writing() as db:
            found = db.execute(
                "UPDATE turn SET answer = ? WHERE id = ? AND conversation IN"
                " (SELECT id FROM conversation WHERE visitor = ?) RETURNING conversation",
                (json.dumps(answer, ensure_ascii=False), turn, visitor),
            ).fetchall()
            for (conversation,) in found:
                self._touch(db, conversation)

    def of(self, visitor: str, search: str = "") -> list[Conversation]:
        """Return a visitor's conversations, the latest first.

        Args:
            visitor: whose they are.
            search: words, or parts of them, each of which is in the title, a question, or an
                answer; case counts for nothing.
        """
        words = list(dict.fromkeys(search.casefold().split()))[:_MOST_WORDS]
        found = (
            " AND (instr(folded(title), ?) OR EXISTS (SELECT 1 FROM turn WHERE"
            " conversation = c.id AND instr(folded(question || ' ' || coalesce("
            "CASE WHEN json_valid(answer) THEN json_extract(answer, '$.text') END, '')), ?)))"
        )
        rows = self._read(
            f"SELECT id, title, changed FROM conversation AS c WHERE visitor = ?"  # noqa: S608
            f"{found * len(words)} ORDER BY changed DESC, rowid DESC",
            (visitor, *(word for word in words for _ in range(2))),
        )
        return [Conversation(*row) for row in rows]

    def state(self, visitor: str) -> object:
        """Return what is another whenever a visitor, in whatever tab, asked or was answered."""
        query = "SELECT COUNT(*), MAX(changed) FROM conversation WHERE visitor = ?"
        return next(iter(self._read(query, (visitor,))), None)

    def turns(self, visitor: str, conversation: str) -> list[Turn]:
        """Return what was said in a conversation, oldest first; nothing of another visitor's."""
        rows = self._read(
            # An answer that is damaged is none, and can be asked for again.
            "SELECT turn.id, question, CASE WHEN json_valid(answer) THEN answer END, verdict"
            " FROM turn JOIN conversation AS c"
            " ON c.id = conversation WHERE c.id = ? AND visitor = ? ORDER BY turn.id",
            (conversation, visitor),
        )
        return [
            Turn(id_, question, None if answer is None else json.loads(answer), verdict)
            for id_, question, answer, verdict in rows
        ]

    def rename(self, visitor: str, conversation: str, title: str) -> None:
        """Give a conversation another title; one of white space changes nothing."""
        title = " ".join(title.split())[: 2 * _TITLE_CHARACTERS]
        if title:
            with self._writing() as db:
                db.execute(
                    "UPDATE conversation SET title = ? WHERE id = ? AND visitor = ?",
                    (title, conversation, visitor),
                )

    def delete(self, visitor: str, conversation: str) -> None:
        """Delete a conversation and all that was said in it."""
        with self._writing() as db:
            db.execute(
                "DELETE FROM conversation WHERE id = ? AND visitor = ?", (conversation, visitor)
            )

    def judge(self, visitor: str, turn: int, verdict: Verdict) -> None:
        """Keep what the person says of an answer; an empty verdict takes it back."""
        if verdict not in get_args(Verdict):
            raise NotFoundError(f"no such verdict: {verdict}")
        with self._writing() as db:
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
        rows = self._read(
            "SELECT answer, verdict FROM turn JOIN conversation AS c ON c.id = conversation"
            " WHERE visitor = ? AND verdict != '' AND json_valid(answer) ORDER BY turn.id",
            (visitor,),
        )
        for text, verdict in rows:
            answer = json.loads(text)
            chosen = answer["filter"]
            if chosen["sources"] or (
                (chosen["after"] or chosen["before"]) and not answer["filter_read"]
            ):
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
        """Release the file. Safe to call twice."""
        with self._mutex:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._mutex:
            if self._connection is None and not self._path.exists():
                return []
            with self._plain_errors():
                return self._open().execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._mutex, self._plain_errors():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = self._open()
            with db:  # Commits, or rolls back if the block raises.
                db.execute("BEGIN IMMEDIATE")
                yield db

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LibraryError(
                f"{self._path} cannot be used ({error}); make room, or move it away to begin anew"
            ) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            # Made before SQLite opens it, which gives what it puts beside it the same mode.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            db = sqlite3.connect(
                self._path, _LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._path.chmod(0o600)  # One that was copied here may have another.
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")
                db.create_function("folded", 1, str.casefold, deterministic=True)
                self._bring_up_to_date(db)
            except BaseException:
                db.close()
                raise
            self._connection = db
        return self._connection

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        if _format(db) == _FORMAT:
            return
        with db:
            db.execute("BEGIN IMMEDIATE")
            found = _format(db)  # Another process may have been quicker.
            script = {0: _SCHEMA, 1: _FROM_FORMAT_1, _FORMAT: ""}.get(found)
            if script is None:
                raise LibraryError(
                    f"{self._path} was written by another version of Byline; update Byline"
                )
            for statement in script.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_FORMAT}")

    @staticmethod
    def _touch(db: sqlite3.Connection, conversation: str) -> None:
        db.execute("UPDATE conversation SET changed = ? WHERE id = ?", (time.time(), conversation))

    @staticmethod
    def _owns(db: sqlite3.Connection, visitor: str, conversation: str) -> bool:
        query = "SELECT 1 FROM conversation WHERE id = ? AND visitor = ?"
        return db.execute(query, (conversation, visitor)).fetchone() is not None


def _format(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


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
    kept = answer["filter"]
    after, before = (
        date.fromisoformat(kept[name]) if kept[name] else None for name in ("after", "before")
    )
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
        filter=Filter(
            tuple(kept["sources"]), after, before, kept["undated"], tuple(kept.get("tags", ()))
        ),
        filter_read=answer["filter_read"],
        model=answer["model"],
    )


def _answer_of(claim: dict[str, Any], citations: dict[int, Citation]) -> Citation | None:
    """Return the words of a claim that answer; answers of before they were marked have none."""
    told = claim.get("answer")
    if told is None:
        return None
    return replace(citations[told["citation"]], start=told["start"], end=told["end"])
