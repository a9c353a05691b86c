"""Evidence: the sentences that may answer, best first, and how surely the articles do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag.evidence import Findings, find_evidence
from rag.types import Question
from scripted import ARTICLES, BRIDGE, LIMA, MIGRATION, WHO_URGED, filled_store


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return filled_store(tmp_path, *ARTICLES)


def find(store: SqliteStore, question: str, filter: Filter = Filter()) -> Findings:
    return find_evidence(Question(question, filter), store, HashEmbedder(), passages=8)


@pytest.mark.parametrize(
    ("question", "document", "best"),
    [
        (WHO_URGED, LIMA, "Canada and a dozen"),
        ("Which country took part in the meeting but did not sign?", LIMA, "Mexico took part"),
        ("How many people have left Venezuela?", MIGRATION, "About 2,300,000"),
        ("How many people died in the storm in Genoa?", BRIDGE, "The Morandi bridge"),
    ],
)
def test_the_sentence_that_answers_is_first(
    store: SqliteStore, question: str, document: Document, best: str
) -> None:
    first = find(store, question).evidence[0]
    assert first.document.id == document.id
    assert first.text.startswith(best)


def test_every_sentence_is_exact_and_they_fall_in_score(store: SqliteStore) -> None:
    evidence = find(store, WHO_URGED).evidence
    assert len(evidence) >= 4
    for item in evidence:
        spans = [(span.start, span.end) for span in store.sentences(item.document.id)]
        assert (item.start, item.end) in spans
        assert item.readable.endswith(item.text)
        assert item.context_start in {item.start, *(start for start, _ in spans)}
    scores = [item.score for item in evidence]
    assert scores == sorted(scores, reverse=True)


def test_a_sentence_that_leans_on_the_one_before_brings_it_along(store: SqliteStore) -> None:
    evidence = find(store, "What did the bridge in Genoa carry over houses?").evidence
    it = next(item for item in evidence if item.text.startswith("It carried"))
    assert it.readable == BRIDGE.text
    first = next(item for item in evidence if item.text.startswith("The Morandi bridge"))
    assert first.context_start == first.start


def test_relevance_tells_what_the_articles_are_about(store: SqliteStore) -> None:
    on_topic = find(store, WHO_URGED).relevance
    off_topic = find(store, "Which team won the football championship in Brazil?").relevance
    assert on_topic > 1.5
    assert off_topic < 1.0


def test_only_what_the_filter_admits_is_found(store: SqliteStore) -> None:
    found = find(store, WHO_URGED, Filter(sources=("andean courier",))).evidence
    assert {item.document.id for item in found} == {MIGRATION.id}
    found = find(store, WHO_URGED, Filter(after=date(2019, 1, 1))).evidence
    assert {item.document.id for item in found} == {LIMA.id}
    assert find(store, WHO_URGED, Filter(sources=("Nobody",))).evidence == ()


def test_an_empty_library_has_none(tmp_path: Path) -> None:
    assert find(filled_store(tmp_path), WHO_URGED).evidence == ()


def test_the_same_question_finds_the_same(store: SqliteStore, tmp_path: Path) -> None:
    assert find(store, WHO_URGED) == find(store, WHO_URGED)
    again = filled_store(tmp_path / "again", *reversed(ARTICLES))
    texts = [item.text for item in find(again, WHO_URGED).evidence]
    assert texts[:3] == [item.text for item in find(store, WHO_URGED).evidence][:3]
