"""Derives from an article all that the store keeps of it: sentences, chunks, vectors."""

from __future__ import annotations

from index.chunker import chunk_document, embedding_text
from index.embedder import Embedder
from index.sentences import split_sentences
from index.store import IndexedDocument
from index.types import Document

__all__ = ["index_document"]


def index_document(document: Document, embedder: Embedder) -> IndexedDocument:
    """Return the article ready to be stored."""
    sentences = split_sentences(document.text)
    chunks = chunk_document(document, sentences)
    vectors = embedder.embed([embedding_text(document, chunk) for chunk in chunks])
    return IndexedDocument(document, sentences, chunks, vectors)
