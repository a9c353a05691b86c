"""What is kept of conversations: each visitor's own, whole, and usable after a restart."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import LIMA, FakeStore, answered, marked, refused
from index.errors import LibraryError, NotFoundError
from rag.evaluation import read_examples
from rag.serve.conversation_file import ConversationFile
from rag.serve.conversations import Conversations, open_conversations, restored
from rag.settings import Settings
from rag.types import Answer

URGED = " urged Maduro not to be sworn in."
ANN, BOB = "a" * 32, "b" * 32


Again = Callable[[], Conversations]


@pytest.fixture(params=["sqlite", "postgres"])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Again:
    """Opens the same conversations as another process would."""
    if request.param == "sqlite":
        return lambda: in_file(tmp_path / "home")
    url = request.getfixturevalue("postgres").library()
    return lambda: open_conversations(Settings(tmp_path, tmp_path, store=url))


@pytest.fixture
def kept(again: Again) -> Iterator[Conversations]:
    with closing(again()) as conversations:
        yield conversations


def in_file(home: Path) -> Conversations:
    return Conversations(ConversationFile(home))


def add(
    kept: Conversations, visitor: str, answer: Answer, to: str | None = None
) -> tuple[str, int]:
    talk, turn = kept.add_question(visitor, to, answer.question)
    kept.add_answer(visitor, turn, answer.to_json())
    return talk, turn


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    kept = in_file(tmp_path / "home")
    assert kept.of(ANN) == []
    assert kept.turns(ANN, "none") == []
    assert not (tmp_path / "home").exists()


def test_turns_are_kept_in_order_and_survive_a_restart(kept: Conversations, again: Again) -> None:
    first, _ = add(kept, ANN, answered("Who?"))
    add(kept, ANN, refused("Why?"), first)
    add(kept, ANN, answered("When?"))
    with closing(again()) as restarted:
        assert [talk.title for talk in restarted.of(ANN)] == ["When?", "Who?"]
        said = [turn.answer["question"] for turn in restarted.turns(ANN, first)]
        assert said == ["Who?", "Why?"]


def test_processes_that_begin_at_once_share_the_tables(again: Again) -> None:
    together = threading.Barrier(8)

    def begin(_: int) -> str:
        together.wait()
        with closing(again()) as one:
            return add(one, ANN, answered("Who?"))[0]

    with ThreadPoolExecutor(8) as pool:
        talks = list(pool.map(begin, range(8)))
    with closing(again()) as kept:
        assert sorted(talk.id for talk in kept.of(ANN)) == sorted(talks)


def test_a_file_is_begun_by_one_of_many(tmp_path: Path) -> None:
    """Often enough that two would find it empty at the same moment."""
    together = threading.Barrier(8)

    def begin(home: Path) -> str:
        with closing(in_file(home)) as one:
            together.wait()
            return add(one, ANN, answered("Who?"))[0]

    for attempt in range(10):
        home = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            talks = list(pool.map(begin, [home] * 8))
        with closing(in_file(home)) as kept:
            assert sorted(talk.id for talk in kept.of(ANN)) == sorted(talks)


def test_what_one_process_keeps_another_shows(kept: Conversations, again: Again) -> None:
    talk, _ = add(kept, ANN, answered("Who?"))
    with closing(again()) as other:
        seen = other.state(ANN)
        _, turn = kept.add_question(ANN, talk, "And when?")
        assert other.state(ANN) != seen
        other.add_answer(ANN, turn, answered().to_json())
        assert kept.turns(ANN, talk) == other.turns(ANN, talk)
        assert kept.turns(ANN, talk)[1].answer is not None


def test_any_text_is_kept_as_it_is(kept: Conversations) -> None:
    talk, _ = kept.add_question(ANN, None, "A\0 \ue000 𝄞 %s ? ‘x’")
    assert kept.turns(ANN, talk)[0].question == "A\0 \ue000 𝄞 %s ? ‘x’"


def test_a_conversation_that_is_deleted_while_it_is_answered(again: Again) -> None:
    """Neither process waits for the other for ever, and nothing is left."""
    with closing(again()) as one, closing(again()) as other, ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            talk, turn = one.add_question(ANN, None, "Who?")
            answering = pool.submit(one.add_answer, ANN, turn, answered().to_json())
            pool.submit(other.delete, ANN, talk).result(20)
            answering.result(20)
        assert one.of(ANN) == []


def test_nobody_else_can_read_the_file_at_any_moment(tmp_path: Path) -> None:
    """The modes are looked at when SQLite opens the file: what follows is too late to close it."""
    path = tmp_path / "home" / "conversations.db"
    opened: list[int] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "sqlite3.connect" and str(arguments[0]) == str(path):
            opened.append(stat.S_IMODE(path.stat().st_mode) if path.exists() else -1)

    sys.addaudithook(watch)  # For good: one cannot be taken away.
    before = os.umask(0)
    try:
        with closing(in_file(path.parent)) as kept:
            add(kept, ANN, answered("Who?"))
            watching = False
            with closing(sqlite3.connect(path)) as db:
                for mode in ("DELETE", "WAL"):
                    db.execute(f"PRAGMA journal_mode = {mode}")
                    with db:
                        db.execute("UPDATE turn SET verdict = 'right'")
                        beside = list(path.parent.iterdir())
                        assert len(beside) > 1
                        assert {stat.S_IMODE(file.stat().st_mode) for file in beside} == {0o600}
    finally:
        watching = False
        os.umask(before)
    assert opened == [0o600]


def test_what_is_anothers_is_not_found(kept: Conversations) -> None:
    talk, turn = add(kept, ANN, answered("Who?"))
    assert kept.of(BOB) == []
    assert kept.turns(BOB, talk) == []
    kept.rename(BOB, talk, "mine")
    kept.judge(BOB, turn, "wrong")
    kept.delete(BOB, talk)
    other, _ = add(kept, BOB, answered("What?"), talk)
    assert other != talk
    assert [t.title for t in kept.of(ANN)] == ["Who?"]
    assert [t.verdict for t in kept.turns(ANN, talk)] == [""]
    assert list(kept.examples(BOB)) == []


def test_a_deleted_conversation_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    kept = in_file(tmp_path / "home")
    talk, _ = add(kept, ANN, answered("A question about a whistleblower?"))
    kept.delete(ANN, talk)
    kept.close()
    assert b"whistleblower" not in (tmp_path / "home" / "conversations.db").read_bytes()


def test_a_question_is_kept_before_it_is_answered(kept: Conversations) -> None:
    talk, turn = kept.add_question(ANN, None, "Who urged Maduro?")
    assert [(t.question, t.answer) for t in kept.turns(ANN, talk)] == [("Who urged Maduro?", None)]
    asked = kept.state(ANN)
    kept.add_answer(BOB, turn, answered().to_json())
    assert kept.state(ANN) == asked
    kept.add_answer(ANN, turn, answered().to_json())
    assert kept.state(ANN) != asked
    assert kept.turns(ANN, talk)[0].answer == json.loads(json.dumps(answered().to_json()))
    kept.delete(ANN, talk)
    kept.add_answer(ANN, turn, answered().to_json())  # It comes too late.
    assert kept.of(ANN) == []


def test_conversations_are_found_by_the_words_of_their_titles_and_texts(
    kept: Conversations,
) -> None:
    talk, _ = add(kept, ANN, answered("Who urged Maduro?"))
    kept.rename(ANN, talk, "Über die Lima-Gruppe")
    add(kept, ANN, refused("What is the population of Peru?"))
    add(kept, BOB, answered("Who urged Maduro?"))

    def found(search: str) -> list[str]:
        return [each.title for each in kept.of(ANN, search)]

    assert found("über") == found("URGED maduro") == ["Über die Lima-Gruppe"]
    assert found("dozen latin") == ["Über die Lima-Gruppe"]  # Of the answer.
    assert found("popul peru") == ["What is the population of Peru?"]
    assert found("100% _") == []
    assert len(found(" ")) == 2


def test_a_file_of_before_questions_were_kept_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "conversations.db")) as db:
        db.executescript(
            """
            CREATE TABLE conversation (
                id TEXT PRIMARY KEY, visitor TEXT NOT NULL, title TEXT NOT NULL,
                changed REAL NOT NULL
            ) STRICT;
            CREATE INDEX conversation_of_visitor ON conversation (visitor, changed);
            CREATE TABLE turn (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                answer TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT ''
            ) STRICT;
            CREATE INDEX turn_of_conversation ON turn (conversation);
            PRAGMA user_version = 1;
            """
        )
        answer = json.dumps(answered("Who?").to_json())
        with db:
            db.execute("INSERT INTO conversation VALUES ('t', ?, 'Who?', 1.0)", (ANN,))
            db.execute("INSERT INTO turn VALUES (7, 't', ?, 'right')", (answer,))
            db.execute("INSERT INTO turn VALUES (8, 't', '{}', '')")
    with closing(in_file(tmp_path)) as kept:
        turn, damaged = kept.turns(ANN, "t")
        assert (turn.id, turn.question, turn.verdict) == (7, "Who?", "right")
        assert turn.answer == json.loads(answer)
        assert (damaged.question, damaged.answer) == ("", None)
        assert add(kept, ANN, refused("Why?"), "t") == ("t", 9)
        kept.delete(ANN, "t")
        assert kept.turns(ANN, "t") == []


def test_titles_are_short_and_never_empty(kept: Conversations) -> None:
    talk, _ = add(kept, ANN, answered("word " * 60))
    assert len(kept.of(ANN)[0].title) <= 82
    kept.rename(ANN, talk, "  ")
    assert kept.of(ANN)[0].title.startswith("word")
    kept.rename(ANN, talk, "  The   Lima\ngroup ")
    assert kept.of(ANN)[0].title == "The Lima group"


def test_judged_answers_are_examples_for_eval(kept: Conversations, tmp_path: Path) -> None:
    talk, right = add(kept, ANN, answered("Who?"))
    _, declined = add(kept, ANN, refused("Why?"), talk)
    _, missed = add(kept, ANN, refused("When?"), talk)
    _, wrong = add(kept, ANN, answered("Where?"), talk)
    add(kept, ANN, answered("Not judged?"), talk)
    for turn, verdict in (
        (right, "right"),
        (declined, "right"),
        (missed, "wrong"),
        (wrong, "wrong"),
    ):
        kept.judge(ANN, turn, verdict)  # type: ignore[arg-type]
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(map(json.dumps, kept.examples(ANN))), encoding="utf-8")
    reading = read_examples(path)
    assert reading.problems == ()
    told = [(e.question, e.answerable, bool(e.answers)) for e in reading.examples]
    assert told == [
        ("Who?", True, True),
        ("Why?", False, False),
        ("When?", True, False),
        ("Where?", None, False),
    ]
    kept.judge(ANN, right, "")
    assert len(list(kept.examples(ANN))) == 3
    with pytest.raises(NotFoundError):
        kept.judge(ANN, right, "maybe")  # type: ignore[arg-type]


def test_a_kept_answer_can_be_referred_to_again() -> None:
    kept = json.loads(json.dumps(answered("Who urged Maduro?").to_json()))
    answer = restored(kept, FakeStore([LIMA]).document)
    assert answer.claims[0].citations == answered().claims[0].citations
    assert answer.citations[0].quote == kept["citations"][0]["quote"]
    # Without its article, a claim is tied to nothing.
    assert restored(kept, FakeStore([]).document).claims == ()


def test_the_words_that_answer_are_kept_with_their_place() -> None:
    kept = json.loads(json.dumps(marked().to_json()))
    (claim,) = restored(kept, FakeStore([LIMA]).document).claims
    assert claim == replace(marked().claims[0], reasons=())
    assert claim.pieces == ("", "Canada and a dozen Latin American governments", URGED)


def test_an_answer_kept_before_its_words_were_marked_is_restored_without_them() -> None:
    kept = json.loads(json.dumps(answered().to_json()))
    for claim in kept["claims"]:
        del claim["answer"]
    (claim,) = restored(kept, FakeStore([LIMA]).document).claims
    assert (claim.answer, claim.pieces) == (None, (claim.text, "", ""))


def test_a_courtesy_is_restored_as_one() -> None:
    said = Answer("Thanks!", "Thanks!", "You are welcome.")
    kept = json.loads(json.dumps(said.to_json()))
    assert restored(kept, FakeStore([]).document) == said


def test_a_damaged_answer_is_none_and_leaves_the_others(tmp_path: Path) -> None:
    with closing(in_file(tmp_path)) as kept:
        talk, _ = add(kept, ANN, answered())
        add(kept, ANN, answered(), talk)
        first, second = kept.turns(ANN, talk)
        with closing(sqlite3.connect(tmp_path / "conversations.db")) as db, db:
            db.execute("UPDATE turn SET answer = '{' WHERE id = ?", (first.id,))
        assert kept.turns(ANN, talk) == [replace(first, answer=None), second]
        assert kept.of(ANN, "so " * 3_000 + "nowhere") == []


def test_a_file_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "conversations.db").write_text("no database")
    with closing(in_file(tmp_path)) as broken, pytest.raises(LibraryError) as raised:
        add(broken, ANN, answered())
    assert "conversations.db cannot be used" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "conversations.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with closing(in_file(tmp_path)) as later, pytest.raises(LibraryError) as raised:
        later.of(ANN)
    assert "update Byline" in str(raised.value)
