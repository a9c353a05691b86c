"""Brings articles into a store: what is new is split and embedded, and all is stored in batches.

Three things overlap: the next articles are read and split in one thread, the
embedder works in the caller's, and a third waits for the disk. Knows nothing
of files or of how articles are read.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.embed.embedder import Embedder
from index.errors import LibraryError
from index.store import Change, FileRead, IndexedDocument, Store
from index.text.chunker import chunk_document, embedding_text
from index.text.sentences import split_sentences
from index.types import Chunk, Document, Span

__all__ = ["Item", "index_document", "ingest"]

_CHUNKS = 128
"""Chunks that are embedded and stored at once: four batches of the embedder, sorted by length.
More gain no speed (`bench/ingest.py`), and an interruption loses what is not stored yet."""
_ITEMS = 2_000
_PATIENCE_S = 2.0
"""How long an article waits for others to be stored with."""
_AHEAD = 2
"""Batches that are prepared before they are needed."""


def index_document(document: Document, embedder: Embedder) -> IndexedDocument:
    """Return one article ready to be stored."""
    parts = _Parts.of(document)
    return parts.entry(embedder.embed(parts.texts()))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that comes out of the reading of files, in its turn."""

    note: object = None
    """Whatever the caller wants to know it by."""
    document: Document | None = None
    """An article that was read."""
    file: FileRead | None = None
    """A file that was read to its end; comes after its articles."""


def ingest(
    items: Iterable[Item], store: Store, get_embedder: Callable[[], Embedder]
) -> Iterator[tuple[Item, Change | None]]:
    """Store what the items hold; yield each, in order, once it is stored.

    Whatever ends it early, also Ctrl-C: what was stored until then is yielded
    before the error is raised, and nothing else was stored.

    Args:
        items: consumed in another thread, and not to their end where something goes wrong.
        store: where they go.
        get_embedder: called in this thread when there is something to embed.

    Yields:
        An item, and what became of its article; None where it has none.

    Raises:
        LibraryError: the store cannot be written.
        ModelError: the embedder cannot be used.
        Exception: what the iterable raises.
    """
    failure: BaseException | None = None
    pending: deque[_Written] = deque()
    broken = threading.Event()

    def write(batch: _Batch) -> list[Change]:
        if broken.is_set():
            # What it holds may complete a file of which the batch before is missing.
            raise LibraryError("the articles before these could not be stored")
        try:
            return store.replace_documents(batch.entries(), batch.files())
        except BaseException:
            broken.set()
            raise

    with ThreadPoolExecutor(1, "byline-writer") as writer, _Ahead(items, store) as ahead:
        try:
            for batch in ahead:
                batch.embed(get_embedder)
                # The next is on its way to the disk before anybody looks at the last.
                pending.append(_Written(batch, writer.submit(write, batch)))
                if len(pending) > 1:
                    pending[0].future.result()
                    yield from pending.popleft().outcomes()
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - raised below.
            failure = error
        try:
            while pending:
                yield from pending.popleft().outcomes()
        except LibraryError as error:
            failure = failure or error
    if failure:
        raise failure


@dataclass(frozen=True, slots=True)
class _Parts:
    """An article that was split, before it is embedded."""

    document: Document
    sentences: tuple[Span, ...]
    chunks: tuple[Chunk, ...]

    @classmethod
    def of(cls, document: Document) -> _Parts:
        sentences = split_sentences(document.text)
        return cls(document, sentences, chunk_document(document, sentences))

    def texts(self) -> list[str]:
        return [embedding_text(self.document, chunk) for chunk in self.chunks]

    def entry(self, vectors: NDArray[np.float32]) -> IndexedDocument:
        return IndexedDocument(self.document, self.sentences, self.chunks, vectors)


@dataclass(slots=True)
class _Step:
    """One item on its way."""

    item: Item
    parts: _Parts | None = None
    """What is to be embedded of it."""
    entry: IndexedDocument | None = None
    """What is to be stored of it."""
    change: Change | None = None
    """What is known to become of it already."""


@dataclass(slots=True)
class _Batch:
    """Items that are stored in one transaction."""

    steps: list[_Step] = field(default_factory=list)
    chunks: int = 0

    def embed(self, get_embedder: Callable[[], Embedder]) -> None:
        waiting = [(step, step.parts) for step in self.steps if step.parts]
        if not waiting:
            return
        # All texts at once: the embedder sorts them by length, so that little is padded.
        vectors = get_embedder().embed([text for _, parts in waiting for text in parts.texts()])
        start = 0
        for step, parts in waiting:
            end = start + len(parts.chunks)
            step.entry = parts.entry(np.ascontiguousarray(vectors[start:end]))
            start = end

    def entries(self) -> list[IndexedDocument]:
        return [step.entry for step in self.steps if step.entry]

    def files(self) -> list[FileRead]:
        return [step.item.file for step in self.steps if step.item.file]


@dataclass(frozen=True, slots=True)
class _Written:
    """A batch that is being written, or was."""

    batch: _Batch
    future: Future[list[Change]]

    def outcomes(self) -> Iterator[tuple[Item, Change | None]]:
        changes = iter(self.future.result())
        for step in self.batch.steps:
            yield step.item, next(changes) if step.entry else step.change


class _Ahead:
    """Prepares batches in a thread of its own, a few before they are needed."""

    def __init__(self, items: Iterable[Item], store: Store) -> None:
        self._items = items
        self._store = store
        self._queue: queue.Queue[_Batch | BaseException | None] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="byline-reader", daemon=True)

    def __enter__(self) -> Iterator[_Batch]:
        self._thread.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        with suppress(queue.Empty):
            # It may be waiting for room; and whatever it still holds is not wanted any more.
            while True:
                self._queue.get_nowait()
        # No longer: it may wait for a file, and ends when the reader of files is closed.
        self._thread.join(_PATIENCE_S)

    def _taken(self) -> Iterator[_Batch]:
        while (found := self._queue.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found

    def _run(self) -> None:
        try:
            for batch in self._batches():
                self._queue.put(batch)
            self._queue.put(None)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for it.
            self._queue.put(error)

    def _batches(self) -> Iterator[_Batch]:
        batch, begun = _Batch(), time.monotonic()
        for item in self._items:
            if self._stopped.is_set():
                return
            if not batch.steps:
                begun = time.monotonic()
            batch.steps.append(step := _prepared(item, self._store))
            batch.chunks += len(step.parts.chunks) if step.parts else 0
            waited = time.monotonic() - begun > _PATIENCE_S
            if batch.chunks >= _CHUNKS or len(batch.steps) >= _ITEMS or waited:
                yield batch
                batch = _Batch()
        if batch.steps:
            yield batch


def _prepared(item: Item, store: Store) -> _Step:
    document = item.document
    if document is None:
        return _Step(item)
    if store.status(document) == "unchanged":
        return _Step(item, change="unchanged")
    known = store.entry(document.id)
    if known:
        # Known content at another place: nothing that is derived from it depends on the place.
        return _Step(item, entry=replace(known, document=document))
    return _Step(item, parts=_Parts.of(document))
