from __future__ import annotations

from index.text.chunker import MAX_CHARACTERS, chunk_document, embedding_text
from index.text.sentences import split_sentences
from index.types import Chunk, Document, Span


def article(*lengths: int) -> tuple[Document, tuple[Span, ...]]:
    """Return an article of sentences of these lengths, one space apart."""
    text = " ".join("x" * (length - 1) + "." for length in lengths)
    spans, start = [], 0
    for length in lengths:
        spans.append(Span(start, start + length))
        start += length + 1
    return Document(text), tuple(spans)


def lengths_of(*sentences: int) -> list[int]:
    return [chunk.end - chunk.start for chunk in chunk_document(*article(*sentences))]


def test_a_short_article_is_one_chunk() -> None:
    document = Document("Rain fell. Roads closed.\n")
    assert chunk_document(document, split_sentences(document.text)) == (
        Chunk(document.id, 0, 24, "Rain fell. Roads closed."),
    )


def test_an_article_without_sentences_has_no_chunks() -> None:
    assert chunk_document(Document(" "), ()) == ()


def test_chunks_are_even_and_leave_no_short_rest() -> None:
    # Ten sentences, 1,009 characters: two chunks of five, not one of nine and one of one.
    assert lengths_of(*[100] * 10) == [504, 504]


def test_a_chunk_ends_where_its_length_is_nearest_to_the_even_share() -> None:
    # 1,203 characters in two chunks of about 601: 801 is 199.5 away, 400 would be 201.5.
    assert lengths_of(400, 400, 300, 100) == [801, 401]
    assert lengths_of(400, 450, 350) == [400, 801]


def test_the_share_is_that_of_what_is_left() -> None:
    # 1,203 characters; 901 are too many for one chunk, so the first has 400, and 802 are left.
    assert lengths_of(400, 500, 200, 100) == [400, 802]


def test_a_chunk_may_be_as_long_as_the_bound_and_no_longer() -> None:
    assert lengths_of(449, 450) == [900]
    assert lengths_of(450, 450) == [450, 450]
    assert MAX_CHARACTERS == 900


def test_the_title_is_embedded_with_a_chunk() -> None:
    chunk = Chunk("id", 0, 10, "Rain fell.")
    assert embedding_text(Document("Rain fell.", title="Storm"), chunk) == "Storm\nRain fell."
    assert embedding_text(Document("Rain fell."), chunk) == "Rain fell."
