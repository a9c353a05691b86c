"""From a question to sentences: exact offsets, their context, and no more reading than needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from fakes import HashEmbedder
from index.errors import NotFoundError
from index.sqlite import SqliteStore
from index.types import Document, Filter, Span
from rag.answer.evidence import Sources, find_evidence
from rag.reader import Reader
from rag.types import Evidence, Question
from scripted import MarkingReader, WordReader, filled_store

ASKED = Question("Who closed the harbour?", "Who closed the harbour?")
SURE, UNSURE = 100.0, -5.0
"""Scores that any calibration takes for certain, and for doubtful."""
FERRY = Document(
    "The ferry Halcyon\n came in at noon.  She was the last of the day. Mayor Rosa\u00a0Quill\r\n"
    "closed the harbour, she said. “Nobody leaves,” she added.",
    title="Ferry",
)


def ask(store: SqliteStore, reader: Reader) -> tuple[Evidence, ...]:
    return find_evidence(ASKED, Sources(store, HashEmbedder(), reader, Filter()), 12)


@contextmanager
def one(tmp_path: Path, document: Document, **scores: float) -> Iterator[tuple[Evidence, ...]]:
    with filled_store(tmp_path / "home", document) as store:
        yield ask(store, MarkingReader(**scores))


def test_the_offsets_are_those_of_the_article(tmp_path: Path) -> None:
    with one(tmp_path, FERRY, Rosa_Quill=SURE) as (found,):
        assert found.document == FERRY
        assert found.answer == "Rosa\u00a0Quill"
        assert found.text == "Mayor Rosa\u00a0Quill\r\nclosed the harbour, she said."
        assert found.context_start == found.start
        assert found.score == SURE


def test_a_sentence_that_speaks_of_the_one_before_begins_with_it(tmp_path: Path) -> None:
    with one(tmp_path, FERRY, the_last=SURE) as (found,):
        assert found.text == "She was the last of the day."
        assert FERRY.text[found.context_start : found.start].startswith("The ferry Halcyon\n came")


def test_the_answer_of_an_interview_begins_with_what_was_asked(tmp_path: Path) -> None:
    document = Document(
        "Q: When did you leave?\n\nA: In May.\n\nQ: Were you paid?\n\nA: No. I was not."
    )
    with one(tmp_path, document, No=SURE) as (found,):
        assert document.text[found.context_start : found.end] == "Q: Were you paid?\n\nA: No."
        assert found.text == "A: No."


@pytest.mark.parametrize(
    ("text", "marked", "answer"),
    [
        ("The toll rose to 43.\n\nPhoto: the harbour at noon.", "43.\n\nPhoto", "43."),
        ("Halcyon | Oran | 1750\n\nSlim | Cork | 200", "1750\n\nSlim | Cork", "1750"),
        ("Halcyon | Oran | 1750\nSlim | Cork | 200", "1750\nSlim | Cork", "1750"),
        ("The toll rose\nto 43 people.", "rose\nto 43", "rose\nto 43"),
    ],
)
def test_an_answer_ends_with_its_paragraph_or_row(
    text: str, marked: str, answer: str, tmp_path: Path
) -> None:
    with one(tmp_path, Document(text, title="Boats"), **{marked: SURE}) as (found,):
        assert found.answer == answer
        assert answer in found.text
        assert found.text.count("|") == text.split("\n")[0].count("|")


def test_what_is_asked_in_an_article_is_no_answer(tmp_path: Path) -> None:
    document = Document("“Is it true that Rosa closed the harbour?” Bo Lind closed it.")
    with one(tmp_path, document, Rosa=SURE, Bo_Lind=UNSURE) as (found,):
        assert found.answer == "Bo Lind"


def test_a_sentence_before_that_is_too_long_is_not_brought_along(tmp_path: Path) -> None:
    document = Document(f"The ferry {'rolled and ' * 50}sank. She was new.")
    with one(tmp_path, document, new=SURE) as (found,):
        assert found.context_start == found.start


def test_an_answer_over_two_sentences_is_shown_with_both(tmp_path: Path) -> None:
    document = Document("It rained. The mayor of Calder came. Nobody else did. It was dark.")
    reader = MarkingReader(**{"of Calder came. Nobody": SURE})
    with filled_store(tmp_path / "home", document) as store:
        (evidence,) = ask(store, reader)
    assert evidence.text == "The mayor of Calder came. Nobody else did."
    assert evidence.answer == "of Calder came. Nobody"


def test_each_sentence_is_there_once_with_its_best_span_and_the_likeliest_first(
    tmp_path: Path,
) -> None:
    with one(tmp_path, FERRY, Halcyon=1.0, noon=3.0, Rosa_Quill=SURE, added=2.0) as found:
        assert [item.answer for item in found] == ["Rosa\u00a0Quill", "noon", "added"]
        assert [item.score for item in found] == [SURE, 3.0, 2.0]


def library(tmp_path: Path, *endings: str) -> SqliteStore:
    """One article a passage, the first endings best for the question."""
    texts = [
        "The harbour was closed. " * 2 + f"Day {n} was wet. " * n + f"It was {ending}."
        for n, ending in enumerate(endings)
    ]
    return filled_store(tmp_path / "home", *(Document(text, title=text[-9:]) for text in texts))


def counts(reader: MarkingReader) -> list[int]:
    return [len(texts) for texts in reader.calls if texts]


def test_what_the_first_four_do_not_settle_has_the_rest_read(tmp_path: Path) -> None:
    with library(tmp_path, *"abcdefgh") as store:
        reader = MarkingReader(harbour=UNSURE)
        ask(store, reader)
        assert counts(reader) == [4, 4]


def test_where_the_first_four_are_sure_of_others_only_rivals_are_read(tmp_path: Path) -> None:
    berths = (f"The harbour was closed to ship {n} for {n + 3} days." for n in range(150))
    long = Document(" ".join(berths), title="Berths")
    with filled_store(tmp_path / "home", long) as store:
        doubtful, sure = MarkingReader(harbour=UNSURE), MarkingReader(harbour=SURE)
        ask(store, doubtful)
        ask(store, sure)
    assert counts(doubtful)[0] == 4
    assert sum(counts(doubtful)) > 4
    assert counts(sure) == [4]  # No other article that could contradict.


class Losing(SqliteStore):
    """A library from which another process has just removed an article that was found."""

    gone: ClassVar[str] = ""

    def sentences(self, document_id: str) -> tuple[Span, ...]:
        if document_id == Losing.gone:
            raise NotFoundError("no such article; see `ask list`")
        return super().sentences(document_id)


def test_an_article_that_was_removed_in_between_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Document("The mayor closed the harbour at Dunmore.", title="Dunmore")
    filled_store(tmp_path / "home", FERRY, other).close()
    with Losing(tmp_path / "home", fingerprint=HashEmbedder.fingerprint, dimension=64) as store:
        assert {item.document for item in ask(store, WordReader())} == {FERRY, other}
        monkeypatch.setattr(Losing, "gone", FERRY.id)
        assert {item.document for item in ask(store, WordReader())} == {other}
        monkeypatch.setattr(Losing, "gone", other.id)
        assert {item.document for item in ask(store, WordReader())} == {FERRY}


def test_the_reader_is_asked_the_last_question_and_told_the_title(tmp_path: Path) -> None:
    question = Question("Who opened it? And who closed the harbour?", "And who closed the harbour?")
    reader = WordReader()
    with filled_store(tmp_path / "home", FERRY) as store:
        find_evidence(question, Sources(store, HashEmbedder(), reader, Filter()), 12)
    (asked, passages), *_ = reader.calls
    assert asked == question.asked
    assert [(passage.title, passage.text) for passage in passages] == [("Ferry", FERRY.text)]


@pytest.mark.parametrize(
    ("sentences", "read"), [(50, ["whole"]), (80, ["a part", "a part"])], ids=["short", "long"]
)
def test_passages_that_follow_each_other_are_read_as_one(
    tmp_path: Path, sentences: int, read: list[str]
) -> None:
    text = " ".join(f"The harbour had {n} boats." for n in range(10, 10 + sentences // 2))
    text += " " + " ".join(f"The harbour lost {n} boats." for n in range(10, 10 + sentences // 2))
    reader = WordReader()
    with filled_store(tmp_path / "home", Document(text)) as store:
        sources = Sources(store, HashEmbedder(), reader, Filter())
        found = find_evidence(ASKED, sources, 12)
        assert sources.passages_read == store.counts().chunks > 1
    told = [passage.text for _, passages in reader.calls for passage in passages]
    assert ["whole" if one == text else "a part" for one in told] == read
    assert all(item.document.text[item.start : item.end] == item.text for item in found)


@pytest.mark.parametrize("passages", [1, 3])
def test_no_more_passages_are_read_than_were_asked_for(tmp_path: Path, passages: int) -> None:
    with library(tmp_path, *"abcdefgh") as store:
        reader = MarkingReader(harbour=UNSURE)
        find_evidence(ASKED, Sources(store, HashEmbedder(), reader, Filter()), passages)
        assert counts(reader) == [passages]


@pytest.mark.parametrize(
    ("title", "day", "leads"),
    [
        ("RE: The harbour", 14, True),
        ("AW: Re: the harbour", 13, True),
        ("RE: The ferry", 14, False),
        ("Notes on the harbour", 14, False),
        ("RE: The harbour", 12, False),  # It came before.
    ],
)
def test_a_reply_is_read_with_the_message_that_it_answers(
    tmp_path: Path, title: str, day: int, leads: bool
) -> None:
    asked = Document(
        "Who closed the harbour? We hear it was Bo.",
        title="The harbour",
        published=date(2024, 3, 13),
    )
    reply = Document("Rosa closed the harbour at noon.", title=title, published=date(2024, 3, day))
    reader = MarkingReader(Rosa=SURE, Bo=UNSURE)
    with filled_store(tmp_path / "home", asked, reply) as store:
        found = ask(store, reader)
    told = {text for texts in reader.calls for text in texts}
    assert told == {asked.text, f"{asked.text}\n\n{reply.text}" if leads else reply.text}
    assert [(item.document.title, item.answer) for item in found] == [
        (title, "Rosa"),
        ("The harbour", "Bo"),
    ]
