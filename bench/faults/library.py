"""Makes articles and changes to a library, and tells whether a library is what it should be.

Knows no fault: whoever lets one happen asks `differences` afterwards. Works by the
protocol of a store alone; `open_store` is the one place that names the store at hand.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import BylineError
from index.ingest import embed_waiting, index_document
from index.relational.store import RelationalStore
from index.sqlite import SqliteStore
from index.store import IndexedDocument, Store
from index.types import Document

__all__ = [
    "Searches",
    "State",
    "article",
    "described",
    "differences",
    "entry",
    "fill",
    "held",
    "key_of",
    "open_store",
    "scratch",
    "searches",
    "searches_of_fresh",
    "seeded",
]

State = dict[str, Document]
"""What a library should hold: the article of each path, and of `pasted <id>` where it has none."""

Searches = list[list[tuple[str, float]]]
"""What searches found: chunk ids and scores, best first."""

_WORDS = (
    "harbour minister vote strike river budget court mayor ferry storm school bridge union report "
    "election border trade hospital farmer village council police inquiry drought museum railway "
    "company pension reform tax treaty summit island valley market winter spring station theatre "
    "editor witness engineer doctor teacher captain senator ambassador opened closed promised "
    "denied signed refused announced measured repaired flooded elected delayed counted reached"
).split()
_QUERIES = 20
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only for what is compared with, and not kept


class HashEmbedder:
    """Counts words in 64 hashed places: light, and the same in every process."""

    fingerprint = "hashed words, 64"
    dimension = 64

    def embed(self, texts: Collection[str]) -> NDArray[np.float32]:
        """Return one unit row for each text."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts):
            for word in text.casefold().split():
                row[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


EMBEDDER = HashEmbedder()
_found: dict[frozenset[str], Searches] = {}
_entries: dict[str, IndexedDocument] = {}


def seeded(seed: object) -> random.Random:
    """Return a source of chance that is the same each time."""
    return random.Random(str(seed))  # noqa: S311 - no secret


def open_store(place: Path | str) -> RelationalStore:
    """Open the store under test: in a folder, or at the address of a database."""
    known = {"fingerprint": EMBEDDER.fingerprint, "dimension": EMBEDDER.dimension}
    if isinstance(place, Path):
        return SqliteStore(place, **known)
    from index.postgres import PostgresStore

    return PostgresStore(place, **known)


def scratch(folder: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes with its `with` block; in memory unless another is named."""
    if folder is None and _SHARED_MEMORY.is_dir():
        folder = _SHARED_MEMORY
    return tempfile.TemporaryDirectory(prefix="byline-durability-", dir=folder)


def article(chance: random.Random, path: str | None) -> Document:
    """Write an article of one to eight paragraphs; no two are alike."""
    paragraphs = [_paragraph(chance) for _ in range(chance.randint(1, 8))]
    return Document(
        "\n\n".join([f"Report {chance.getrandbits(48):x}.", *paragraphs]),
        title=" ".join(chance.choices(_WORDS, k=4)).capitalize(),
        source=chance.choice(["Herald", "Gazette", None]),
        published=date(2020, 1, 1) + timedelta(chance.randrange(900)),
        path=path,
    )


def _paragraph(chance: random.Random) -> str:
    sentences = [" ".join(chance.choices(_WORDS, k=chance.randint(5, 14))) for _ in range(5)]
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def entry(document: Document) -> IndexedDocument:
    """Index an article, once in the life of the process and of those forked from it."""
    key = f"{described(document)} {document.path}"
    if key not in _entries:
        _entries[key] = index_document(document, EMBEDDER)
    return _entries[key]


def described(document: Document) -> str:
    """Return an article's id with what is said of it, which a person may have corrected."""
    said = (document.title, document.source, document.published, *document.tags)
    return " ".join((document.id, *map(str, said)))


def key_of(document: Document) -> str:
    """Return the key of an article in a `State`."""
    return document.path or f"pasted {document.id}"


def fill(store: Store, documents: Collection[Document]) -> None:
    """Store articles, one by one."""
    for document in documents:
        store.replace_documents([entry(document)])


def held(store: Store) -> State:
    """Read all that a store holds; an article that is not what was stored is not among it."""
    articles = {document.id: document for document in store.documents()}
    state = {
        path: articles[id_]
        for path, file in store.files().items()
        for id_ in file.documents
        if id_ in articles
    }
    pasted = (document for document in articles.values() if document.path is None)
    return {**state, **{key_of(document): document for document in pasted}}


def searches(store: Store) -> Searches:
    """Run 20 dense and 20 lexical searches."""
    return [
        [(hit.chunk.id, hit.score) for hit in ranked]
        for query in _queries()
        for ranked in (
            store.search_dense(EMBEDDER.embed([query])[0], 10),
            store.search_lexical(query, 10),
        )
    ]


def _queries() -> Iterator[str]:
    chance = seeded(20)
    for _ in range(_QUERIES):
        yield " ".join(chance.sample(_WORDS, k=chance.randint(1, 6)))


def searches_of_fresh(state: State) -> Searches:
    """Run the searches on a library that is built anew from the same articles."""
    ids = frozenset(map(described, state.values()))
    if ids not in _found:
        with scratch() as folder, open_store(Path(folder)) as store:
            # In another order than they came, so that nothing can depend on it.
            fill(store, sorted(state.values(), key=lambda document: document.id))
            _found[ids] = searches(store)
    return _found[ids]


def differences(store: Store, allowed: Callable[[State], bool]) -> Iterator[str]:
    """Yield each respect in which a library is not whole, or not one of those that it may be."""
    try:
        state = held(store)
        if not allowed(state):
            yield f"holds what it may not hold: {len(state)} articles"
        counts, chunks = store.counts(), sum(len(entry(d).chunks) for d in _distinct(state))
        if (counts.documents, counts.chunks) != (len(_distinct(state)), chunks):
            yield f"counts {counts}, and holds {len(_distinct(state))} articles, {chunks} chunks"
        if counts.waiting:
            yield from (f"waiting, {c.name}: {c.detail}" for c in store.health() if not c.ok)
            embed_waiting(store, lambda: EMBEDDER)
        if searches(store) != searches_of_fresh(state):
            yield "searches differ from those of a library built anew"
        yield from (f"{c.name}: {c.detail}" for c in store.health() if not c.ok)
    except BylineError as error:
        yield f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001 - what a person would see as a traceback
        yield f"raised {type(error).__name__}: {error}"


def _distinct(state: State) -> Collection[Document]:
    return {document.id: document for document in state.values()}.values()
