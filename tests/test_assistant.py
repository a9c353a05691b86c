"""The assistant: what becomes of files that are added, and of questions that are asked."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.errors import LibraryError, LockedError, ModelError, QuestionError, ReadError
from index.ingest import index_document
from index.reading.sandbox.pool import ReaderPool
from index.sqlite import SqliteStore
from index.store import Change, FileRead, IndexedDocument
from index.types import Document, Filter
from rag import Assistant
from rag.assistant import AddResult
from rag.reader import Passage, Reader, Reading
from rag.receipts import make_receipt
from rag.samples import sample_paths
from rag.types import Stage, Timing
from reader_tables import OBEYING
from scripted import (
    BRIDGE,
    LIMA,
    LONG,
    MIGRATION,
    WHO_URGED,
    ScriptedModel,
    WordReader,
    check_promises,
    settings,
)

Open = Callable[..., Assistant]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open a library in `tmp_path`, with the hash embedder and the reader that is given."""
    assistants = []

    def open_assistant(reader: Reader | None = None) -> Assistant:
        assistant = Assistant(
            settings(tmp_path),
            embedder=HashEmbedder(),
            reader=reader or WordReader(),
            language_model=ScriptedModel(""),
        )
        assistants.append(assistant)
        return assistant

    yield open_assistant
    for assistant in assistants:
        assistant.close()


def outcomes(results: list[AddResult]) -> list[tuple[str, str]]:
    return [(Path(result.path).name, result.outcome) for result in results]


# Adding


def test_files_are_added_updated_and_left_unchanged(opened: Open, articles: Path) -> None:
    assistant = opened()
    every = ["a.md", "b.md", "c.md"]
    assert outcomes(assistant.add(articles)) == [(name, "added") for name in every]
    assert outcomes(assistant.add(articles)) == [(name, "unchanged") for name in every]
    text = (articles / "b.md").read_text(encoding="utf-8")
    (articles / "b.md").write_text(text.replace("2,300,000", "3,000,000"), encoding="utf-8")
    assert outcomes(assistant.add(articles)) == [
        ("a.md", "unchanged"),
        ("b.md", "updated"),
        ("c.md", "unchanged"),
    ]
    assert assistant.store.counts().documents == 3
    answer = assistant.ask("How many people have left Venezuela?")
    assert "3,000,000" in answer.text
    assert "2,300,000" not in answer.text


def test_what_cannot_be_read_fails_and_the_others_are_added(opened: Open, articles: Path) -> None:
    (articles / "empty.txt").touch()
    (articles / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (articles / "binary.txt").write_bytes(bytes(range(256)) * 4)
    seen: list[AddResult] = []
    paths = [articles, articles / "none"]
    results = opened().add(*paths, on_file=seen.append)
    assert [result.light() for result in seen] == results
    assert outcomes(results) == [
        ("a.md", "added"),
        ("b.md", "added"),
        ("binary.txt", "failed"),
        ("c.md", "added"),
        ("empty.txt", "failed"),
        ("picture.png", "failed"),
        ("none", "failed"),
    ]
    for result in results:
        assert (result.id == "") == (result.outcome == "failed")
        assert bool(result.message) == (result.outcome == "failed")
        assert "\n" not in result.message


def test_a_warning_does_not_repeat_the_file_name(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "when.txt"
    path.write_text("A title\n\nDate: 03/04/2019\n\nIt rained all day.", encoding="utf-8")
    (result,) = opened().add(path)
    assert result.outcome == "added"
    assert result.message
    assert "when.txt" not in result.message


def test_a_reader_that_breaks_fails_one_file(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        "index.reading.sandbox.pool.ReaderPool", functools.partial(ReaderPool, table=OBEYING)
    )
    for name, content in {"a": "It rained.", "b": "break", "c": "several", "d": "Dry."}.items():
        (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8")
    results = opened().add(*(tmp_path / f"{name}.txt" for name in "abcd"))
    assert [(Path(result.name).name, result.outcome) for result in results] == [
        ("a.txt", "added"),
        ("b.txt", "failed"),
        ("c.txt › 1", "added"),
        ("c.txt › 2", "failed"),
        ("c.txt › 3", "added"),
        ("c.txt › 4", "failed"),
        ("d.txt", "added"),
    ]
    assert results[1].message == (
        "could not be read (ValueError: a parser broke); save the article as plain text"
    )
    assert results[3].message == "no text; add some"
    (record,) = caplog.records
    assert record.getMessage() == f"could not read {tmp_path / 'b.txt'}"
    assert record.exc_info


class Contested(SqliteStore):
    """A library that another process takes after one article, and that cannot save its index."""

    def replace_documents(
        self, entries: Sequence[IndexedDocument], files: Sequence[FileRead] = ()
    ) -> list[Change]:
        if self.counts().documents == 1:
            raise LockedError("another process writes; wait")
        return super().replace_documents(entries, files)

    def commit_index(self, on_progress: object = None) -> None:  # noqa: ARG002 - as the store has it
        raise LibraryError("the vector index cannot be saved")


def test_the_index_does_not_hide_the_fault_that_ended_an_add(
    tmp_path: Path, articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = HashEmbedder()
    with Contested(
        tmp_path / "full", fingerprint=embedder.fingerprint, dimension=embedder.dimension
    ) as store:
        assistant = Assistant(settings(tmp_path), store=store, embedder=embedder)
        assert outcomes(assistant.add(articles / "a.md")) == [("a.md", "added")]
        seen: list[AddResult] = []
        with pytest.raises(LockedError, match="another process writes; wait"):
            assistant.add(articles, on_file=seen.append)
        assert seen == []
        assert store.counts().documents == 1
    assert [record.getMessage() for record in caplog.records] == [
        "the next search brings the index up to date: the vector index cannot be saved"
    ]


def test_an_interrupted_add_keeps_what_was_reported(opened: Open, articles: Path) -> None:
    kept: list[AddResult] = []

    def on_file(result: AddResult) -> None:
        kept.append(result)
        if len(kept) == 2:
            raise KeyboardInterrupt

    assistant = opened()
    with pytest.raises(KeyboardInterrupt):
        assistant.add(articles, on_file=on_file)
    assert outcomes(kept) == [("a.md", "added"), ("b.md", "added")]
    home = assistant.settings.home
    with SqliteStore(home) as store:
        titles = {document.title for document in store.documents()}
        assert all(health.ok for health in store.health())
    # All three were stored at once; what was stored is at least what was reported.
    assert titles >= {LIMA.title, MIGRATION.title}
    assert list(home.glob("vectors-*.faiss"))
    assert {outcome for _, outcome in outcomes(assistant.add(articles))} <= {"added", "unchanged"}


def test_a_document_of_ones_own_is_added(opened: Open) -> None:
    assistant = opened()
    assert assistant.add_document(BRIDGE) == AddResult.of(BRIDGE.title, "added", BRIDGE)
    assert assistant.add_document(BRIDGE).outcome == "unchanged"
    assistant.store.delete_documents([BRIDGE.id])
    waits = replace(index_document(BRIDGE, HashEmbedder()), vectors=None)
    with SqliteStore(
        assistant.settings.home,
        fingerprint=HashEmbedder.fingerprint,
        dimension=HashEmbedder.dimension,
    ) as store:
        store.replace_documents([waits])
    assert assistant.add_document(BRIDGE).outcome == "unchanged"
    assert assistant.store.counts().waiting == 0
    assert assistant.ask("Where did the Morandi bridge collapse?").citations[0].document == BRIDGE
    with pytest.raises(ReadError, match="the article has no text"):
        assistant.add_document(Document(text=" \n\u200b"))
    for document in (Document("a\0b"), Document("Words.", "\ud800"), Document("a", source="\0")):
        with pytest.raises(ReadError, match="holds characters that are not text"):
            assistant.add_document(document)


def test_the_samples_can_be_kept(opened: Open) -> None:
    assistant = opened()
    results = assistant.add_samples()
    assert [result.outcome for result in results] == ["added"] * len(sample_paths())
    assert not assistant.using_samples


# Asking


def test_an_answer_is_cited_and_exact(opened: Open, articles: Path) -> None:
    assistant = opened()
    assistant.add(articles)
    answer = assistant.ask(WHO_URGED)
    check_promises(answer)
    assert (answer.question, answer.searched, answer.model) == (WHO_URGED, WHO_URGED, "words")
    (citation,) = answer.citations
    assert citation.quote == answer.text == LONG
    assert citation.document.title == LIMA.title
    assert citation.document.path == str(articles / "a.md")
    assert answer.timing.total >= answer.timing.retrieval > 0


def test_an_empty_library_answers_from_the_samples(opened: Open) -> None:
    assistant = opened()
    assert assistant.using_samples
    answer = assistant.ask(WHO_URGED)
    check_promises(answer)
    assert not answer.refused
    assert answer.citations[0].document.path in {str(path) for path in sample_paths()}
    assert assistant.using_samples
    assert not assistant.settings.home.exists()


def test_the_samples_step_back_when_an_article_is_added(opened: Open, articles: Path) -> None:
    assistant = opened()
    assistant.ask(WHO_URGED)
    assistant.add(articles / "c.md")
    assert not assistant.using_samples
    assert assistant.ask(WHO_URGED).refused
    assert not assistant.ask("Where did the Morandi bridge collapse?").refused


def test_filters_choose_the_articles(opened: Open, articles: Path) -> None:
    assistant = opened()
    assistant.add(articles)
    wire = Filter(sources=("harbour wire",))
    answer = assistant.ask(WHO_URGED, filter=wire)
    assert not answer.refused
    assert answer.filter == wire
    assert assistant.ask("How many people have left Venezuela?", filter=wire).refused
    assert assistant.ask(WHO_URGED, filter=Filter(before=date(2019, 1, 3))).refused
    # The article about the bridge has no date, and so no date bound admits it.
    where = "Where did the Morandi bridge collapse?"
    assert not assistant.ask(where).refused
    assert assistant.ask(where, filter=Filter(before=date(2030, 1, 1))).refused
    nothing = assistant.ask(WHO_URGED, filter=Filter(sources=("Nobody",)))
    assert nothing.reason == "nothing matches the filters"


def test_a_follow_up_is_searched_for_with_the_question_before(opened: Open, articles: Path) -> None:
    assistant = opened()
    assistant.add(articles)
    first = assistant.ask("Which country took part in the meeting but did not sign?")
    answer = assistant.ask("And who read the text?", history=[first])
    assert answer.question == "And who read the text?"
    assert answer.searched == f"{first.question} And who read the text?"
    check_promises(answer)
    alone = assistant.ask("How many people have left Venezuela?", history=[first, answer])
    assert alone.searched == alone.question
    assert "2,300,000" in alone.text


def test_history_and_waiting_change_nothing_in_an_answer(opened: Open, articles: Path) -> None:
    assistant = opened()
    assistant.add(articles)
    first = assistant.ask(WHO_URGED)
    other = assistant.ask("How many people have left Venezuela?")
    again = assistant.ask(WHO_URGED, history=[first, other])
    assert replace(again, timing=Timing()) == replace(first, timing=Timing())
    reopened = opened().ask(WHO_URGED)
    assert replace(reopened, timing=Timing()) == replace(first, timing=Timing())


@pytest.mark.parametrize("question", ["", " \n", "?", "x" * 10_000])
def test_a_question_that_cannot_be_asked_loads_nothing(opened: Open, question: str) -> None:
    reader = WordReader()
    with pytest.raises(QuestionError):
        opened(reader).ask(question)
    assert reader.calls == []


def test_what_cannot_be_asked_or_added_is_told_in_one_sentence(opened: Open) -> None:
    with opened() as assistant:
        with pytest.raises(QuestionError, match="kind is one of fact, summary"):
            assistant.ask("Who resigned?", kind="gist")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="filter is a Filter"):
            assistant.ask("Who resigned?", filter={"sources": ["BBC"]})  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="today is a day"):
            assistant.ask("Who resigned?", today="2019-01-11")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="history is of earlier answers"):
            assistant.ask("Who resigned?", history=["Who left?"])  # type: ignore[list-item]
        for tags in ([1], [None], None, "politics"):
            with pytest.raises(TypeError, match="tags are given as a sequence"):
                assistant.edit("3f2a", add_tags=tags)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="sources, tags, and authors are tuples"):
            Filter(sources=None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="a receipt is of an answer"):
            make_receipt(assistant, None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="an article is a Document"):
            assistant.add_document("It rained.")  # type: ignore[arg-type]
        for odd in ({"language": "\ud800"}, {"part": "\ud800"}, {"tags": ("\ud800",)}):
            with pytest.raises(ReadError, match="characters that are not text"):
                assistant.add_document(Document("It rained.", **odd))  # type: ignore[arg-type]
        with pytest.raises(ReadError, match="no file has such a path"):
            assistant.add_document(Document("It rained.", path="/\ud800.txt"))
        for wrong in (None, 3):
            with pytest.raises(TypeError, match="an id is a text"):
                assistant.remove(wrong)  # type: ignore[arg-type]
        # As from a variable that is not set: to Python it is the folder that one is in.
        with pytest.raises(QuestionError, match="a path is empty"):
            assistant.add("")
        with pytest.raises(QuestionError, match="a path is empty"):
            assistant.sync("")
        with pytest.raises(TypeError, match="published is a day"):
            Document("It rained.", published="2019-01-11")  # type: ignore[arg-type]
        with pytest.raises(QuestionError, match="write is one of auto, always, never"):
            assistant.ask("Who resigned?", write="yes")  # type: ignore[arg-type]


def test_a_question_in_another_language_is_answered_or_refused(opened: Open) -> None:
    check_promises(opened().ask("¿Quién pidió a Maduro que no jurara el cargo?"))


class Breaking(WordReader):
    """Fails the first time."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        readings = super().read(question, passages)
        if len(self.calls) == 1:
            raise ModelError("the reader broke; ask again")
        return readings


def test_a_reader_that_fails_is_named_and_the_next_question_works(
    opened: Open, articles: Path
) -> None:
    assistant = opened(Breaking())
    assistant.add(articles)
    with pytest.raises(ModelError, match="the reader broke; ask again"):
        assistant.ask(WHO_URGED)
    assert assistant.ask(WHO_URGED).text == LONG


def test_an_answer_that_is_given_up_leaves_the_assistant_usable(
    opened: Open, articles: Path
) -> None:
    assistant = opened()
    assistant.add(articles)
    stream = assistant.stream(WHO_URGED)
    assert isinstance(next(stream), Stage)
    stream.close()  # type: ignore[attr-defined]
    assert not assistant.ask(WHO_URGED).refused


def test_listing_needs_no_embedder(tmp_path: Path) -> None:
    with Assistant.open(settings=settings(tmp_path, embedder=str(tmp_path / "none"))) as assistant:
        assert list(assistant.store.documents()) == []
        assert assistant.store.counts().documents == 0
        with pytest.raises(ModelError, match="there is no folder"):
            assistant.ask(WHO_URGED)


def test_open_takes_a_home(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "mine") as assistant:
        assert assistant.settings.home == tmp_path / "mine"
        assert assistant.using_samples
