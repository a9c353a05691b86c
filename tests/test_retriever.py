from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.ingest import index_document
from index.search.retriever import LEAD_BONUS, LEAD_CHARACTERS, search
from index.sqlite import SqliteStore
from index.store import ScoredChunk
from index.types import Document, Filter, Hit
from scripted import filled_store

EMBEDDER = HashEmbedder()

HARBOUR = Document("The harbour of Calder reopened on Monday.", source="Post")
BRIDGE = Document("Engineers closed the Alder bridge for repairs.", published=date(2020, 5, 1))
MARKET = Document("Fish was cheap at the market.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path) as opened:
        yield opened


def fill(store: SqliteStore, *documents: Document) -> None:
    for document in documents:
        store.replace_documents([index_document(document, EMBEDDER)])


def ask(store: SqliteStore, question: str, limit: int = 8, filter: Filter = Filter()) -> list[Hit]:
    return search(store, question, EMBEDDER.embed([question])[0], limit, filter)


def test_a_hit_says_what_each_ranking_said(store: SqliteStore) -> None:
    fill(store, HARBOUR, BRIDGE, MARKET)
    hits = ask(store, "Which harbour reopened?")
    first = hits[0]
    assert (first.document, first.chunk.text) == (HARBOUR, HARBOUR.text)
    assert first.score == 1.0 + LEAD_BONUS  # first in both rankings
    vectors = EMBEDDER.embed(["Which harbour reopened?", HARBOUR.text])
    assert first.similarity == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-6)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_of_two_that_are_as_good_the_one_at_the_top_of_an_article_comes_first(
    store: SqliteStore,
) -> None:
    said = "The ferry to Calder sank."
    late = Document(" ".join(f"Crane {n} stood still." for n in range(60)) + f" {said}")
    lead = Document(f"{said} " + " ".join(f"Lorry {n} drove off." for n in range(70)))
    fill(store, late, lead)
    first, second = ask(store, "Which ferry to Calder sank?", 2)
    assert (first.document, second.document) == (lead, late)
    assert first.chunk.start < LEAD_CHARACTERS <= second.chunk.start
    # Its words alone would put the other before it: its passage is shorter.
    assert first.score - LEAD_BONUS < second.score < first.score


def test_an_empty_library_gives_nothing(store: SqliteStore) -> None:
    assert ask(store, "Which harbour?") == []


def test_no_more_than_the_limit(store: SqliteStore) -> None:
    fill(store, HARBOUR, BRIDGE, MARKET)
    assert [hit.document for hit in ask(store, "Which bridge was closed?", 1)] == [BRIDGE]


def test_a_filter_holds_for_both_rankings(store: SqliteStore) -> None:
    fill(store, HARBOUR, BRIDGE, MARKET)
    question = "harbour bridge market"
    of_post = ask(store, question, filter=Filter(sources=("post",)))
    assert [hit.document for hit in of_post] == [HARBOUR]
    since = ask(store, question, filter=Filter(after=date(2020, 1, 1)))
    assert [hit.document for hit in since] == [BRIDGE]


def test_a_copy_of_a_better_hit_is_left_out_and_remembered(store: SqliteStore) -> None:
    wire = "The harbour of Calder reopened on Monday after a storm had kept it closed for a week."
    # 17 words, 15 triples; one more word at the end makes 16, of which 15 are the same.
    post, herald = Document(wire, title="Post"), Document(wire + " Again", title="Herald")
    fill(store, post, herald, MARKET)
    first, second = ask(store, "When did the harbour of Calder reopen?")
    assert {first.document, *first.copies} == {post, herald}
    assert (len(first.copies), second.document, second.copies) == (1, MARKET, ())


def test_copies_beyond_the_limit_are_remembered_too(store: SqliteStore) -> None:
    copies = [Document(HARBOUR.text, source=f"Paper {n}") for n in range(5)]
    fill(store, *copies)
    (hit,) = ask(store, "Which harbour reopened in Calder?", 1)
    assert {hit.document, *hit.copies} == set(copies)


def test_many_copies_do_not_crowd_out_the_rest(store: SqliteStore) -> None:
    copies = [Document(HARBOUR.text, title=f"Calder harbour, {n}") for n in range(12)]
    fill(store, *copies, BRIDGE, MARKET)
    assert len(ask(store, "Which harbour reopened in Calder?", 3)) == 3


def test_articles_that_differ_are_all_kept(store: SqliteStore) -> None:
    fill(store, Document("Prices rose in May."), Document("Prices fell in June."))
    assert len(ask(store, "What did prices do?")) == 2


def test_the_same_question_finds_the_same(store: SqliteStore) -> None:
    fill(store, *(Document(f"Report {n} of the harbour and the bridge.") for n in range(20)))
    assert ask(store, "Where is the bridge?") == ask(store, "Where is the bridge?")


class EmptiedMeanwhile(SqliteStore):
    """A library from which another process removes an article once it is ranked."""

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        ranked = super().search_lexical(text, limit, filter)
        self.delete_documents([HARBOUR.id])
        return ranked


def test_an_article_that_was_removed_meanwhile_is_passed_over(tmp_path: Path) -> None:
    with EmptiedMeanwhile(
        tmp_path, fingerprint=EMBEDDER.fingerprint, dimension=EMBEDDER.dimension
    ) as store:
        fill(store, HARBOUR, BRIDGE, MARKET)
        found = [hit.document for hit in ask(store, "Which harbour or bridge?", 2)]
    assert found == [BRIDGE, MARKET]


@pytest.mark.parametrize("question", ["?!", '"', "a OR NEAR(", "\U0001f6f6", "the of and"])
def test_any_question_is_safe(store: SqliteStore, question: str) -> None:
    fill(store, HARBOUR)
    assert [hit.document for hit in ask(store, question)] == [HARBOUR]
