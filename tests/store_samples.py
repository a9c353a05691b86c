"""Articles and vectors for the tests of the store: small, random by seed, and hand-written."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.sqlite import SqliteStore
from index.store import Change, IndexedDocument, ScoredChunk, Store
from index.types import Chunk, Document, Span

DIMENSION = 8
FINGERPRINT = "test-embedder"

TESTS = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"}
"""For child processes, which import the packages and these samples from the checkout."""


def unit(*values: float) -> NDArray[np.float32]:
    """Return a unit vector of DIMENSION numbers that begins with these."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(values)] = values
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def random_units(rows: int, seed: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension))
    made: NDArray[np.float32] = np.asarray(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32
    )
    return made


def entry(document: Document, *vectors: NDArray[np.float32]) -> IndexedDocument:
    """Index an article whose paragraphs are its chunks and its sentences."""
    spans, start = [], 0
    for part in document.text.split("\n\n"):
        spans.append(Span(start, start + len(part)))
        start += len(part) + 2
    chunks = tuple(
        Chunk(document.id, span.start, span.end, document.text[span.start : span.end])
        for span in spans
    )
    rows = (
        np.stack(vectors) if vectors else random_units(len(chunks), seed=int(document.id[:8], 16))
    )
    return IndexedDocument(document, tuple(spans), chunks, rows)


def numbered(number: int, worker: str = "w") -> Document:
    """Return an article of its own, with two paragraphs, from a path of its own."""
    return Document(
        text=f"Report {number} of {worker} tells of harbours.\n\nIt also names ship{number}.",
        title=f"Report {number}",
        source=("Reuters", "BBC", None)[number % 3],
        published=date(2020, 1, 1 + number % 28) if number % 4 else None,
        path=f"/articles/{worker}/{number}.txt",
    )


def rows(ranked: list[ScoredChunk]) -> list[tuple[str, float]]:
    return [(hit.chunk.id, hit.score) for hit in ranked]


def open_store(home: Path, **options: Any) -> SqliteStore:
    """Open a library of these samples in a folder."""
    return SqliteStore(home, fingerprint=FINGERPRINT, dimension=DIMENSION, **options)


def fill(home: Path, count: int = 12) -> None:
    """Make a library of so many articles in a folder, with its indexes."""
    with open_store(home) as store:
        for number in range(count):
            put(store, entry(numbered(number)))
        store.commit_index()


def put(store: Store, made: IndexedDocument) -> Change:
    """Store one article, and say what became of it."""
    (change,) = store.replace_documents([made])
    return change
