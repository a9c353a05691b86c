"""The stores, over real engines: what they keep, how they rank, what they say of faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.corrections import Correction
from index.errors import MismatchError, NotFoundError
from index.relational.store import RelationalStore
from index.store import Counts, IndexedDocument, Listing, Store
from index.types import Document, Filter, Span
from servers import Libraries
from store_samples import (
    entry,
    numbered,
    put,
    random_units,
    rows,
    unit,
)


def held(store: RelationalStore) -> dict[str, tuple[str, ...]]:
    return {path: record.documents for path, record in store.files().items()}


@pytest.fixture
def store(libraries: Libraries) -> Iterator[RelationalStore]:
    with libraries.open() as opened:
        yield opened


def test_it_is_a_store(store: RelationalStore) -> None:
    as_protocol: Store = store
    assert as_protocol.counts() == Counts(0, 0)


# An absent library


def test_a_library_that_another_store_creates_is_noticed(libraries: Libraries) -> None:
    with libraries.open() as reader, libraries.open() as writer:
        assert reader.counts() == Counts(0, 0)
        put(writer, entry(numbered(1)))
        assert reader.counts() == Counts(1, 2)
        assert len(reader.search_dense(unit(1), 9)) == 2


# Keeping articles


def test_an_article_comes_back_whole(store: RelationalStore) -> None:
    document = Document(
        text="Ärger über Öl.\n\nZweiter Absatz: 🛢 und\0 Nul.",
        title="Öl",
        source="DPA",
        author="A. Šimić",
        url="https://example.org/1",
        published=date(2019, 1, 9),
        path="/tmp/\udcff.txt",  # noqa: S108 - a name that is not UTF-8
    )
    assert put(store, entry(document)) == "added"
    assert store.document(document.id) == document
    assert list(store.documents()) == [document]
    assert store.sentences(document.id) == (Span(0, 14), Span(16, len(document.text)))
    assert store.counts() == Counts(1, 2)
    for hit in store.search_dense(unit(1), 9):
        assert document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text


def test_the_same_content_at_the_same_path_changes_nothing(store: RelationalStore) -> None:
    assert store.status(numbered(1)) == "added"
    assert put(store, entry(numbered(1))) == "added"
    assert store.status(numbered(1)) == "unchanged"
    assert put(store, entry(numbered(1))) == "unchanged"
    assert store.counts() == Counts(1, 2)


def test_new_content_at_a_known_path_replaces(store: RelationalStore) -> None:
    old, new = Document("Old harbour.", path="/a"), Document("New bridge.", path="/a")
    put(store, entry(old))
    assert store.status(new) == "updated"
    assert put(store, entry(new)) == "updated"
    assert list(store.documents()) == [new]
    assert store.search_lexical("harbour", 5) == []
    assert [hit.chunk.text for hit in store.search_lexical("bridge", 5)] == ["New bridge."]
    assert [hit.chunk.text for hit in store.search_dense(unit(1), 5)] == ["New bridge."]


def test_an_article_stays_until_its_last_path_goes(store: RelationalStore) -> None:
    first, second = Document("Same.", path="/a"), Document("Same.", path="/b")
    assert put(store, entry(first)) == "added"
    assert store.status(second) == "copy"
    assert put(store, entry(second)) == "copy"
    assert store.status(second) == "unchanged"
    assert store.counts() == Counts(1, 1)
    assert held(store) == {"/a": (first.id,), "/b": (first.id,)}
    assert store.document(first.id).path == "/a"
    assert put(store, entry(Document("Other.", path="/a"))) == "updated"
    assert store.document(first.id).path == "/b"
    assert store.delete_files(["/b", "/nowhere"]) == 1
    assert [document.text for document in store.documents()] == ["Other."]


def test_a_pasted_article_outlives_its_paths(store: RelationalStore) -> None:
    pasted, read = Document("Same."), Document("Same.", path="/a")
    put(store, entry(read))
    assert put(store, entry(pasted)) == "added"
    assert put(store, entry(pasted)) == "unchanged"
    assert store.delete_files(["/a"]) == 0
    assert list(store.documents()) == [pasted]
    assert store.delete_documents([pasted.id]) == 1
    assert store.counts() == Counts(0, 0)


def test_a_path_may_move_to_content_that_is_known(store: RelationalStore) -> None:
    put(store, entry(Document("One.", path="/a")))
    put(store, entry(Document("Two.", path="/b")))
    assert put(store, entry(Document("Two.", path="/a"))) == "updated"
    assert [document.text for document in store.documents()] == ["Two."]


def test_removed_articles_are_gone_everywhere(store: RelationalStore) -> None:
    documents = [numbered(number) for number in range(4)]
    for document in documents:
        put(store, entry(document))
    store.search_dense(unit(1), 1)
    gone = [documents[0].id, documents[2].id]
    assert store.delete_documents([*gone, "0" * 16, gone[0]]) == 2
    left = {documents[1].id, documents[3].id}
    assert {document.id for document in store.documents()} == left
    assert {hit.chunk.document_id for hit in store.search_dense(unit(1), 99)} == left
    assert {hit.chunk.document_id for hit in store.search_lexical("harbour", 99)} == left
    assert store.chunk_frequencies(["harbours"]) == [2]
    assert all(check.ok for check in store.health())


def test_documents_are_ordered_and_filtered(store: RelationalStore) -> None:
    newest = Document("1", title="Z", published=date(2021, 5, 1), source="BBC")
    same_day = Document("2", title="A", published=date(2020, 5, 1), source="bbc")
    older = Document(
        "3", title="B", published=date(2020, 5, 1), source="Reuters", author="Zoë Ruud"
    )
    undated = Document("4", title="A", source="Straße", author="O’Dea_1")
    bare = Document("5", title="B")
    for document in (bare, older, undated, newest, same_day):
        put(store, entry(document))
    everything = [newest, same_day, older, undated, bare]
    assert list(store.documents()) == everything
    for chosen in (
        Filter(sources=("Bbc",)),
        Filter(sources=("STRASSE", "reuters")),
        Filter(after=date(2020, 5, 2)),
        Filter(before=date(2020, 5, 1)),
        Filter(after=date(2020, 5, 1), before=date(2020, 5, 1), sources=("BBC",)),
        Filter(sources=("none",)),
        Filter(after=date(2020, 5, 2), undated=True),
        Filter(before=date(2020, 5, 1), sources=("BBC",), undated=True),
        Filter(undated=True),
        Filter(authors=("zoe ruud",)),
        Filter(authors=("Ruud", "o'dea_1"), after=date(2020, 5, 1), undated=True),
    ):
        assert Filter.from_json(chosen.to_json()) == chosen
        expected = [document for document in everything if chosen.admits(document)]
        assert list(store.documents(chosen)) == expected
        admitted = {document.id for document in expected}
        assert {hit.chunk.document_id for hit in store.search_dense(unit(1), 9, chosen)} == admitted
        hits = store.search_lexical("1 2 3 4 5", 9, chosen)
        assert {hit.chunk.document_id for hit in hits} == admitted
        of_sources = Filter(chosen.sources, authors=chosen.authors)
        without_date = [d for d in everything if d.published is None and of_sources.admits(d)]
        assert store.count_undated(chosen) == len(without_date)
    assert store.count_undated() == 2
    assert store.sources() == {"": 1, "BBC": 1, "Reuters": 1, "Straße": 1, "bbc": 1}
    assert store.authors() == {"": 3, "O’Dea_1": 1, "Zoë Ruud": 1}


def test_a_document_is_found_by_the_beginning_of_its_id(store: RelationalStore) -> None:
    with pytest.raises(NotFoundError, match='no article has an id that begins with "ab"'):
        store.document("ab")
    put(store, entry(numbered(0)))
    with pytest.raises(NotFoundError, match="an id is empty"):
        store.full_id("")
    for number in range(1, 7):
        put(store, entry(numbered(number)))
    assert store.document(numbered(3).id[:9].upper()) == numbered(3)
    with pytest.raises(NotFoundError) as caught:
        store.document("")
    assert str(caught.value).count("(Report ") == 5
    assert "and more" in str(caught.value)
    assert store.full_id(numbered(3).id[:9].upper()) == numbered(3).id
    for hostile in ("%", "_", "'; DROP TABLE documents", "\0", "\udcff", numbered(3).id + "0"):
        with pytest.raises(NotFoundError):
            store.document(hostile)
        with pytest.raises(NotFoundError):
            store.full_id(hostile)
    with pytest.raises(NotFoundError):
        store.sentences("0" * 16)


def test_a_half_read_listing_blocks_nobody(store: RelationalStore) -> None:
    for number in range(3):
        put(store, entry(numbered(number)))
    listing = store.documents()
    next(listing)
    assert store.delete_documents([numbered(number).id for number in range(3)]) == 3
    assert len(list(listing)) == 2  # of the batch that was read already


def _broken() -> Iterator[tuple[str, IndexedDocument]]:
    good = entry(numbered(1))
    document, spans, chunks = good.document, good.sentences, good.chunks
    other = entry(numbered(2)).chunks
    yield "float32", IndexedDocument(document, spans, chunks, good.vectors.astype(float))
    yield "shape", IndexedDocument(document, spans, chunks, good.vectors[:1])
    yield "shape", IndexedDocument(document, spans, chunks, good.vectors[:, :4])
    yield "finite", IndexedDocument(document, spans, chunks, good.vectors * np.float32("nan"))
    yield "unit length", IndexedDocument(document, spans, chunks, good.vectors * np.float32(2))
    yield "not of document", IndexedDocument(document, spans, other, good.vectors)
    yield "twice", IndexedDocument(document, spans, (chunks[0], chunks[0]), good.vectors)
    yield "outside", IndexedDocument(document, (Span(0, 9999),), chunks, good.vectors)
    yield "surrogates", entry(Document("\ud800"))


@pytest.mark.parametrize(("message", "broken"), list(_broken()))
def test_entries_that_do_not_hold_together_are_refused(
    store: RelationalStore, message: str, broken: IndexedDocument
) -> None:
    with pytest.raises(ValueError, match=message):
        put(store, broken)
    assert store.counts() == Counts(0, 0)


# Searching


def test_dense_ranking_is_exact(store: RelationalStore) -> None:
    near, far = Document("Near.\n\nNearer.", path="/n"), Document("Far.", path="/f")
    put(store, entry(far, unit(-1)))
    put(store, entry(near, unit(3, 4), unit(4, 3)))
    ranked = store.search_dense(unit(1), 9)
    assert [hit.chunk.text for hit in ranked] == ["Nearer.", "Near.", "Far."]
    assert [hit.score for hit in ranked] == pytest.approx([0.8, 0.6, -1.0])
    assert store.search_dense(unit(1), 0) == []


def test_dense_ranking_agrees_with_brute_force_through_changes(store: RelationalStore) -> None:
    kept: dict[str, np.ndarray] = {}
    query = random_units(1, seed=99)[0]
    for number in range(60):
        made = entry(numbered(number))
        put(store, made)
        kept |= {chunk.id: row for chunk, row in zip(made.chunks, made.vectors, strict=True)}
        if number % 7 == 6:
            victim = numbered(number - 5).id
            store.delete_documents([victim])
            kept = {key: row for key, row in kept.items() if not key.startswith(victim)}
        if number % 5 == 0:
            expected = sorted(kept, key=lambda key: -float(kept[key] @ query))[:10]
            assert [hit.chunk.id for hit in store.search_dense(query, 10)] == expected
            if number % 2:
                store.commit_index()


def test_ties_are_the_same_whatever_the_order_of_adding(libraries: Libraries) -> None:
    documents = [
        Document(f"{'Harbour news.'}\n\n{'Harbour news.'}", title="T", author=str(number))
        for number in range(50)
    ]
    rankings = []
    for name, order in (("a", documents), ("b", documents[::-1])):
        with libraries.open(name) as store:
            for document in order:
                put(store, entry(document, unit(1, 2, 3), unit(1, 2, 3)))
            found = rows(store.search_dense(unit(1), 7)), rows(store.search_lexical("harbour", 7))
            rankings.append(found)
    assert rankings[0] == rankings[1]
    dense, lexical = rankings[0]
    first = sorted(document.id for document in documents)[:4]
    expected = [f"{id_}:{span}" for id_ in first for span in ("0-13", "15-28")][:7]
    assert [id_ for id_, _ in dense] == [id_ for id_, _ in lexical] == expected


@pytest.mark.parametrize(
    "vector", [unit(1)[:4], unit(1).astype(float), unit(1) * np.float32(2), unit(1)[np.newaxis]]
)
def test_a_vector_of_another_kind_is_refused(store: RelationalStore, vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vector"):
        store.search_dense(vector, 5)


def test_lexical_ranking_stems_folds_and_weighs_titles_lower(store: RelationalStore) -> None:
    in_text = Document("Strikes closed the café harbours of the U.S. today.", title="Ports")
    in_title = Document("Nothing moved on the docks of Europe at all today.", title="Strike")
    other = Document("Weather was fine over the Alps this whole morning.", title="Sky")
    for number, document in enumerate((in_title, in_text, other)):
        put(store, entry(document, unit(1, number)))
    for number in range(5):
        put(store, entry(Document(f"Filler number {number} about gardens.")))
    found = store.search_lexical("What about striking?", 5)
    assert [hit.chunk.document_id for hit in found] == [in_text.id, in_title.id]
    assert found[0].score > found[1].score > 0
    assert [hit.chunk.document_id for hit in store.search_lexical("CAFE", 5)] == [in_text.id]
    assert [hit.chunk.document_id for hit in store.search_lexical("U.S.", 5)] == [in_text.id]
    assert store.search_lexical("", 5) == []
    assert store.search_lexical("harbour", 0) == []
    assert len(store.search_lexical("the", 9)) == 3


def test_chunk_frequencies_count_text_after_stemming(store: RelationalStore) -> None:
    put(store, entry(Document("Ships sail.\n\nA ship.\n\nNo boat.", title="boat")))
    words = ["shipping", "boat", "SAILED", "train", "", "_", '"', "a ship", "\0", "\ud800", "*"]
    assert store.chunk_frequencies(words) == [2, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RelationalStore]:
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with Libraries(tmp_path_factory.mktemp("shared"), server).open() as store:
        for number in range(5):
            put(store, entry(numbered(number)))
        yield store


@given(st.text() | st.text("\"*^:(){}-+ANDORTNE \0'a1."))
def test_any_text_is_safe(shared: RelationalStore, text: str) -> None:
    assert len(shared.search_lexical(text, 3)) <= 3
    assert shared.chunk_frequencies([text])[0] >= 0


@pytest.mark.parametrize(
    "text",
    ['"', "a OR", "NEAR(a b)", "title:x", "body : report", "a*", "^a", "-a", "'); DROP TABLE x;--"],
)
def test_query_syntax_is_only_text(shared: RelationalStore, text: str) -> None:
    shared.search_lexical(text, 3)
    shared.chunk_frequencies([text])
    assert shared.counts() == Counts(5, 10)


def test_a_very_long_question_is_safe(shared: RelationalStore) -> None:
    assert len(shared.search_lexical("report " + " ".join(map(str, range(50_000))), 3)) == 3


# Chunks that wait for their vectors


def without_vectors(made: IndexedDocument) -> IndexedDocument:
    return replace(made, vectors=None)


def detail(store: RelationalStore, name: str) -> str:
    (found,) = [check.detail for check in store.health() if check.name == name and check.ok]
    return found


def test_an_article_is_found_by_words_first_and_by_meaning_later(libraries: Libraries) -> None:
    made = [entry(numbered(number)) for number in range(12)]
    with libraries.open() as store, libraries.open("at once") as at_once:
        at_once.replace_documents(made)
        store.replace_documents(made[:4])
        assert store.replace_documents(map_without(made[4:])) == ["added"] * 8
        assert store.counts() == Counts(12, 24, waiting=16)
        assert rows(store.search_lexical("harbours ship7", 50)) == rows(
            at_once.search_lexical("harbours ship7", 50)
        )
        assert len(store.search_dense(unit(1), 50)) == 8
        waiting = store.entry(made[7].document.id)
        assert waiting == without_vectors(made[7])
        assert store.status(made[7].document) == "unchanged"
        assert "16 chunks wait" in detail(store, "vectors")
        store.commit_index()

        assert store.waiting(3)[0] == (made[11].document, made[11].chunks[1])
        assert store.waiting(9, [made[2].document.id]) == []
        for one in made[4:]:
            found = store.waiting(9, [one.document.id])
            assert found == [(one.document, chunk) for chunk in one.chunks]
            store.add_vectors([chunk for _, chunk in found], vectors_of(one))
            assert rows(store.search_lexical("harbours", 50)) == rows(
                at_once.search_lexical("harbours", 50)
            )
        assert store.waiting(9) == []
        assert store.counts() == Counts(12, 24)
        assert rows(store.search_dense(unit(1), 50)) == rows(at_once.search_dense(unit(1), 50))
        again = store.entry(made[7].document.id)
        assert again is not None
        assert np.array_equal(vectors_of(again), vectors_of(made[7]))
        store.commit_index()
        assert [check for check in store.health() if not check.ok] == []


def map_without(made: list[IndexedDocument]) -> list[IndexedDocument]:
    return [without_vectors(one) for one in made]


def vectors_of(made: IndexedDocument) -> NDArray[np.float32]:
    assert made.vectors is not None
    return made.vectors


def test_vectors_of_what_went_or_has_them_are_ignored(store: RelationalStore) -> None:
    gone, stays = entry(numbered(1)), entry(numbered(2))
    store.replace_documents(map_without([gone, stays]))
    store.delete_documents([gone.document.id])
    store.add_vectors([*gone.chunks, *stays.chunks], np.vstack([*gone.vectors, *stays.vectors]))
    assert store.counts() == Counts(1, 2)
    before = store.state()
    store.add_vectors(stays.chunks, random_units(2, seed=5))
    kept = store.entry(stays.document.id)
    assert kept is not None
    assert np.array_equal(vectors_of(kept), vectors_of(stays))
    assert store.state() == before
    with pytest.raises(ValueError, match="unit length"):
        store.add_vectors(stays.chunks, 2 * vectors_of(stays))


def test_an_article_that_waits_takes_the_vectors_that_it_comes_with_again(
    store: RelationalStore,
) -> None:
    made = [entry(numbered(number)) for number in (1, 2)]
    store.replace_documents(map_without(made))
    store.add_vectors(made[0].chunks[:1], vectors_of(made[0])[:1])
    copy = replace(made[1], document=replace(made[1].document, path="/copy.txt"))
    assert store.replace_documents([made[0]]) == ["unchanged"]
    assert store.counts() == Counts(2, 4, waiting=2)
    assert store.replace_documents([copy]) == ["copy"]
    assert store.counts() == Counts(2, 4)
    for one in made:
        known = store.entry(one.document.id)
        assert known is not None
        assert np.array_equal(vectors_of(known), vectors_of(one))
    assert len(store.search_dense(unit(1), 9)) == 4
    state = store.state()
    assert store.replace_documents(made) == ["unchanged", "unchanged"]
    assert store.state() == state
    assert [check for check in store.health() if not check.ok] == []


def test_an_article_that_waits_is_corrected_and_copied(store: RelationalStore) -> None:
    made = entry(numbered(1))
    store.replace_documents([without_vectors(made)])
    store.add_vectors(made.chunks[:1], vectors_of(made)[:1])
    (corrected,) = store.correct([made.document.id], Correction(title="Quays"))
    known = store.entry(made.document.id)
    assert known is not None
    assert put(store, replace(known, document=replace(corrected, path="/copy.txt"))) == "copy"
    assert store.counts() == Counts(1, 2, waiting=2)
    assert len(store.search_lexical("quays", 9)) == 2
    assert [chunk for _, chunk in store.waiting(9)][::-1] == list(made.chunks)
    store.add_vectors(made.chunks, vectors_of(made))
    assert len(store.search_dense(unit(1), 9)) == 2
    assert [check for check in store.health() if not check.ok] == []


def test_a_large_library_takes_vectors_that_come_late(libraries: Libraries) -> None:
    made = [entry(numbered(number)) for number in range(40)]
    with libraries.open(exact_up_to=20) as store, libraries.open("at once") as at_once:
        at_once.replace_documents(made)
        store.replace_documents(made[:20])
        store.commit_index()
        store.replace_documents(map_without(made[20:]))
        assert len(store.search_dense(unit(1), 99)) == 40
        for one in made[20:30]:
            store.add_vectors(one.chunks, vectors_of(one))
        assert len(store.search_dense(unit(1), 99)) == 60
        store.commit_index()
        for one in made[30:]:
            store.add_vectors(one.chunks, vectors_of(one))
        assert rows(store.search_dense(unit(1), 99)) == rows(at_once.search_dense(unit(1), 99))
        assert [check for check in store.health() if not check.ok] == []
        store.rebuild_index()
        assert rows(store.search_dense(unit(1), 99)) == rows(at_once.search_dense(unit(1), 99))


# Others at the same library


def test_changes_of_another_store_are_seen_by_the_next_search(libraries: Libraries) -> None:
    with libraries.open() as one, libraries.open() as two:
        for number in range(6):
            put(one, entry(numbered(number)))
            assert len(two.search_dense(unit(1), 99)) == 2 * (number + 1)
        one.delete_documents([numbered(0).id])
        one.commit_index()
        assert len(two.search_dense(unit(1), 99)) == 10
        assert rows(one.search_dense(unit(1), 9)) == rows(two.search_dense(unit(1), 9))


def test_threads_share_a_store(store: RelationalStore) -> None:
    faults: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(8):
                put(store, entry(numbered(number, f"thread{worker}")))
                store.search_dense(unit(1), 3)
        except BaseException as fault:  # noqa: BLE001 - reported below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert store.counts() == Counts(24, 48)


def test_another_embedder_is_refused(libraries: Libraries) -> None:
    with libraries.open() as store:
        put(store, entry(numbered(1)))
    with pytest.raises(MismatchError, match="embedder test-embedder, not other"):
        libraries.open(fingerprint="other")
    with libraries.open(fingerprint=None, dimension=None) as unchecked:
        assert unchecked.counts() == Counts(1, 2)
        with pytest.raises(ValueError, match="fingerprint"):
            put(unchecked, entry(numbered(2)))


def test_an_embedder_that_came_between_is_refused(libraries: Libraries) -> None:
    with (
        libraries.open(fingerprint="other") as late,
        libraries.open() as store,
    ):
        put(store, entry(numbered(1)))
        with pytest.raises(MismatchError):
            put(late, entry(numbered(2)))
        with pytest.raises(MismatchError):
            late.search_dense(unit(1), 1)


def test_a_closed_store_says_so(libraries: Libraries) -> None:
    store = libraries.open()
    store.close()
    store.close()
    with pytest.raises(ValueError, match="closed"):
        store.counts()


# -- lists -----------------------------------------------------------------------------------------


def test_articles_are_listed_in_any_order_by_pages(store: RelationalStore) -> None:
    made = [
        Document("One.", "Óbidos votes", "Post", "Ana", published=date(2020, 5, 1)),
        Document("Two.", "nandu of Peru", None, "Łucja", published=date(2021, 5, 1)),
        Document("Three.", "Ñandú of Chile", "Áncora"),
        Document("Four.", "", "post"),
    ]
    store.replace_documents([entry(document) for document in made])
    one, two, three, four = made

    def listed(*arguments: object, limit: int | None = None, offset: int = 0) -> list[Document]:
        listing = Listing(Filter(), *arguments)  # type: ignore[arg-type]
        found = store.list_documents(listing, limit, offset)
        documents = list(found.documents)
        assert found.found == len(list(store.list_documents(listing).documents))
        return documents

    assert listed() == list(store.documents()) == [two, one, four, three]
    assert listed("", "date", True) == [one, two, four, three]
    assert listed("", "title") == [four, three, two, one]
    assert listed("", "title", True) == [one, two, three, four]
    assert listed("", "source") == [three, one, four, two]
    assert listed("", "source", True) == [one, four, three, two]
    assert listed("", "added") == [four, three, two, one]
    assert listed("", "added", True) == made
    assert listed("", "added", limit=2, offset=1) == [three, two]
    assert listed("", "added", limit=2, offset=4) == []
    assert listed("NANDU of") == [two, three]
    assert listed("Ñan chile") == [three]
    assert listed("lucja") == [two]
    assert listed("post obidos") == [one]
    assert listed("100%") == []
    with_source = Listing(Filter(("POST",)), "o", "title")
    assert list(store.list_documents(with_source).documents) == [four, one]


@pytest.mark.parametrize("name", ["\ud800", "Reuters\0"])
@pytest.mark.parametrize("kind", ["sources", "tags", "authors"])
def test_a_name_that_is_no_text_is_of_no_article(
    shared: RelationalStore, kind: str, name: str
) -> None:
    chosen = Filter(**{kind: [name]})  # type: ignore[arg-type]
    assert list(shared.documents(chosen)) == []
    assert shared.search_dense(unit(1), 5, chosen) == []
    assert shared.search_lexical("harbours", 5, chosen) == []
