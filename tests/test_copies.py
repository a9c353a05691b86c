"""Wire copies: the same story in several papers, with headers, dates, and cuts of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.ingest import index_document
from index.search.copies import Surroundings, triples
from index.search.retriever import search
from index.sqlite import SqliteStore
from index.text.chunker import chunk_document
from index.text.sentences import split_sentences
from index.types import Chunk, Document
from scripted import filled_store

EMBEDDER = HashEmbedder()

STORY = """\
Fourteen governments of the Americas met in Lima on Friday and said that they would not recognise \
a new term of President Nicolas Maduro, who was to be sworn in six days later.

The ministers of Canada, Brazil, Argentina and ten others asked him to hand power to the National \
Assembly, the only branch of government that was elected freely in their eyes, until a new vote.

Mexico sat at the table for the first time since its own change of government, and did not sign. \
Its deputy minister said that his country preferred to keep talking to all sides.

The group was founded in 2017 to look for a way out of the crisis in the country, which about \
three million people had left by then, most of them for Colombia and Peru.

Some of the signatories announced that officials from Caracas would be barred from travelling to \
their countries, and that accounts of theirs in banks at home might be frozen.

The foreign minister of Venezuela called the declaration a provocation on orders from Washington, \
and said that the states that had signed it knew nothing of how the vote of May was held.
"""


def chunks_of(document: Document) -> tuple[Chunk, ...]:
    return chunk_document(document, split_sentences(document.text))


def is_copy(passage: str, of: str) -> bool:
    listed = Document(of)
    return Surroundings.of(Chunk(listed.id, 0, len(of), of), listed).says_all_of(triples(passage))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path) as opened:
        yield opened


def test_two_copies_with_other_headers_and_dates_count_as_one(store: SqliteStore) -> None:
    post = Document(STORY, source="Post", published=date(2019, 1, 4))
    header = "Saturday, 5 January 2019 07:30\nBy our staff in Lima and agencies\n\n" * 5
    herald = Document(header + STORY, source="Herald", published=date(2019, 1, 5))
    # The header moves the ends of the passages, so that none of one is one of the other: they
    # overlap.
    texts = [{chunk.text for chunk in chunks_of(document)} for document in (post, herald)]
    assert len(texts[0]) == 2
    assert not texts[0] & texts[1]
    for document in (post, herald):
        store.replace_documents([index_document(document, EMBEDDER)])
    question = "Which ministers asked Maduro to hand power to the National Assembly?"
    hits = search(store, question, EMBEDDER.embed([question])[0], 8)
    assert len(hits) == 2
    assert [{hit.document, *hit.copies} for hit in hits] == [{post, herald}] * 2


def test_another_figure_between_the_same_words_is_news() -> None:
    told = "Rescuers said on Monday that 58 people had died when the dam above the town broke."
    assert is_copy(told, told)
    assert not is_copy(told.replace("58", "60"), told)
    assert not is_copy(told.replace("58", "sixty"), told)
    # Fifteen triples more that are the same do not outweigh it.
    assert not is_copy(f"{told} {STORY}".replace("58", "1,058"), f"{told} {STORY}")


def test_an_update_with_a_paragraph_of_its_own_is_kept() -> None:
    paragraphs = STORY.split("\n\n")
    update = paragraphs[0] + "\n\n" + "Ecuador said on Sunday that it would wait for the others."
    assert not is_copy(update, STORY)
    assert is_copy(paragraphs[0], STORY)


def test_a_quotation_in_another_story_is_no_copy() -> None:
    quoting = (
        "A year on, little is left of the declaration of Lima. Its signatories asked him to hand "
        "power to the National Assembly, and most of them have since sent their ambassadors back."
    )
    assert not is_copy(quoting, STORY)


def test_a_copy_of_the_neighbouring_passage_is_not_one_of_this() -> None:
    document = Document(STORY)
    first, second = chunks_of(document)
    assert not Surroundings.of(first, document).says_all_of(triples(second.text))
    assert Surroundings.of(second, document).says_all_of(triples(second.text))


def test_short_lines_count_where_there_is_nothing_else() -> None:
    assert is_copy("Rain fell.\nRoads closed.", "Rain fell.\nRoads closed.")
    assert not is_copy("Snow fell.\nRoads opened.", "Rain fell.\nRoads closed.")
