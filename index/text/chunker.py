"""Groups the sentences of an article into chunks; knows nothing of embedding or storage."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Chunk, Document, Span

__all__ = ["chunk_document", "embedding_text"]

MAX_CHARACTERS = 900
"""About 200 tokens: the default embedder reads 256 and ignores the rest without a word."""


def chunk_document(
    document: Document, sentences: Sequence[Span], most: int = MAX_CHARACTERS
) -> tuple[Chunk, ...]:
    """Return runs of whole sentences, as even in length as whole sentences allow.

    Each is at most `most` characters long; every sentence lies in exactly one chunk.
    """
    document_id = document.id  # a hash of the whole article: once, not for every chunk
    chunks: list[Chunk] = []
    first = 0
    for index, sentence in enumerate(sentences):
        start = sentences[first].start
        if index == first:
            # An even share of what is left rather than full chunks and a short rest:
            # a last chunk of six words would match every question that holds one of them.
            left = sentences[-1].end - start
            target = left / -(-left // most)
        following = sentences[index + 1] if index + 1 < len(sentences) else None
        if following is not None and following.end - start <= most:
            # Close at the sentence end that lies nearest to the target.
            so_far, with_next = sentence.end - start, following.end - start
            if so_far < target and abs(with_next - target) <= abs(so_far - target):
                continue
        text = document.text[start : sentence.end]
        chunks.append(Chunk(document_id, start, sentence.end, text))
        first = index + 1
    return tuple(chunks)


def embedding_text(document: Document, chunk: Chunk) -> str:
    """Return what is embedded for a chunk: the article's title, which names its subject, and it.

    The title of its file, so that the same article has the same vectors, corrected or not.
    """
    title = document.said.title
    return f"{title}\n{chunk.text}" if title else chunk.text
