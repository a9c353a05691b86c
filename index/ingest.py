"""Brings articles into a store: what is new is split, stored, and embedded.

Reading, splitting, and storing go on in a thread of their own, and the embedder works in the
caller's: articles are found by words as soon as they are stored, and by meaning once their vectors
are there. Where there are only a few, they are embedded first and stored once. Knows nothing of
files or of how articles are read.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from index.embed.embedder import Embedder
from index.store import Change, FileRead, IndexedDocument, Store
from index.text.chunker import chunk_document, embedding_text
from index.text.sentences import split_sentences
from index.types import Document

__all__ = ["Item", "embed_waiting", "index_document", "ingest"]

_CHUNKS = 128
"""Chunks that are stored and embedded at once: four batches of the embedder, sorted by length.
More gain no speed (`bench/ingest.py`), and an interruption loses what is not stored yet."""
_ITEMS = 2_000
_PATIENCE_S = 2.0
"""How long an article waits for others to be stored with."""
_AHEAD = 32
"""Batches that are stored before somebody hears of them: the embedder is busy for seconds."""
_IDS = 500
"""Articles that a store is asked about at once."""


def index_document(document: Document, embedder: Embedder) -> IndexedDocument:
    """Return one article ready to be stored."""
    entry = _split(document)
    return replace(entry, vectors=embedder.embed(_texts(entry)))


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
    items: Iterable[Item],
    store: Store,
    get_embedder: Callable[[], Embedder],
    *,
    at_once: bool = False,
) -> Generator[tuple[Item, Change | None], None, None]:
    """Store what the items hold; yield each, in order, once it is stored.

    What there was no time to embed meanwhile waits for its vectors: see `embed_waiting`.

    Whatever ends it early, also Ctrl-C: what was stored until then is yielded
    before the error is raised, and nothing else was stored.

    Args:
        items: consumed in another thread, and not to their end where something goes wrong.
        store: where they go.
        get_embedder: called in this thread when there is something to embed.
        at_once: store no article without its vectors.

    Yields:
        An item, and what became of its article; None where it has none.

    Raises:
        LibraryError: the store cannot be written.
        ModelError: the embedder cannot be used.
        Exception: what the iterable raises.
    """
    waiting: list[str] = []
    told: deque[tuple[Item, Change | None]] = deque()
    with _Ahead(items, store, at_once) as ahead:
        try:
            while True:
                while told:
                    yield told.popleft()
                try:
                    batch = ahead.take(wait=not waiting)
                except queue.Empty:
                    if not _embed_some(store, get_embedder, waiting[:_IDS]):
                        del waiting[:_IDS]
                    continue
                if batch is None:
                    return
                if not batch.stored:
                    batch.embed(get_embedder)
                    batch.store(store)
                waiting += batch.waiting
                told.extend(batch.outcomes())
        except GeneratorExit:
            raise
        except BaseException:
            yield from told
            for batch in ahead.stored_since():
                yield from batch.outcomes()
            raise


def embed_waiting(
    store: Store,
    get_embedder: Callable[[], Embedder],
    ids: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Give their vectors to the chunks of a store that wait for them; return to how many.

    What was embedded when it is interrupted stays.

    Args:
        store: opened for the embedder.
        get_embedder: called when there is something to embed.
        ids: of the articles whose chunks are meant; None for all of the store.
        on_progress: told how many have their vectors, of how many.
    """
    done = 0
    if store.counts().waiting:
        groups = [None] if ids is None else [ids[i : i + _IDS] for i in range(0, len(ids), _IDS)]
        for group in groups:
            while some := _embed_some(store, get_embedder, group):
                done += some
                if on_progress:
                    on_progress(done, done + store.counts().waiting)
    return done


def _embed_some(
    store: Store, get_embedder: Callable[[], Embedder], ids: Sequence[str] | None
) -> int:
    found = store.waiting(_CHUNKS, ids)
    if found:
        # All texts at once: the embedder sorts them by length, so that little is padded.
        vectors = get_embedder().embed([embedding_text(*pair) for pair in found])
        store.add_vectors([chunk for _, chunk in found], vectors)
    return len(found)


def _split(document: Document) -> IndexedDocument:
    sentences = split_sentences(document.text)
    return IndexedDocument(document, sentences, chunk_document(document, sentences), None)


def _texts(entry: IndexedDocument) -> list[str]:
    return [embedding_text(entry.document, chunk) for chunk in entry.chunks]


@dataclass(slots=True)
class _Step:
    """One item on its way."""

    item: Item
    entry: IndexedDocument | None = None
    """What is to be stored of it."""
    new: bool = False
    """Whether it is to be embedded."""
    change: Change | None = None
    """What is known to become of it already."""


@dataclass(slots=True)
class _Batch:
    """Items that are stored in one transaction."""

    steps: list[_Step] = field(default_factory=list)
    chunks: int = 0
    stored: bool = False
    waiting: list[str] = field(default_factory=list)
    """Ids of the articles that are stored without vectors, or may have been before."""

    def embed(self, get_embedder: Callable[[], Embedder]) -> None:
        """Make the vectors of what is to be embedded."""
        new = [step for step in self.steps if step.new]
        entries = [step.entry for step in new if step.entry]
        if not entries:
            return
        vectors = get_embedder().embed([text for entry in entries for text in _texts(entry)])
        start = 0
        for step, entry in zip(new, entries):
            end = start + len(entry.chunks)
            step.entry = replace(entry, vectors=np.ascontiguousarray(vectors[start:end]))
            start = end

    def store(self, store: Store) -> None:
        """Store them, without vectors where these are not made."""
        entries = [step.entry for step in self.steps if step.entry]
        files = [step.item.file for step in self.steps if step.item.file]
        changes = iter(store.replace_documents(entries, files))
        for step in self.steps:
            if step.entry:
                step.change = next(changes)
            document = step.item.document
            if document and (not step.entry or step.entry.vectors is None):
                self.waiting.append(document.id)
            step.entry = None  # What is derived of many articles takes much memory.
        self.stored = True

    def outcomes(self) -> Iterator[tuple[Item, Change | None]]:
        """Yield each item, and what became of its article."""
        for step in self.steps:
            yield step.item, step.change


class _Ahead:
    """Reads, splits, and stores batches in a thread of its own, as fast as that goes."""

    def __init__(self, items: Iterable[Item], store: Store, at_once: bool) -> None:
        self._items = items
        self._store = store
        self._at_once = at_once
        self._queue: queue.Queue[_Batch | BaseException | None] = queue.Queue()
        self._room = threading.Semaphore(_AHEAD)
        self._storing = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="byline-reader", daemon=True)

    def __enter__(self) -> _Ahead:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        # No longer: it may wait for a file, and ends when the reader of files is closed.
        self._thread.join(_PATIENCE_S)

    def take(self, *, wait: bool) -> _Batch | None:
        """Return the next batch, or None after the last one.

        A batch that is not stored is left to the caller: the only one, which is quicker to embed
        at once than to store twice.

        Raises:
            queue.Empty: there is none yet, and none is waited for.
            Exception: what came up in the thread.
        """
        found = self._queue.get(block=wait)
        self._room.release()
        if isinstance(found, BaseException):
            raise found
        return found

    def stored_since(self) -> Iterator[_Batch]:
        """Store nothing more; yield what is stored and was not taken yet."""
        self._stop()
        while not self._queue.empty():
            found = self._queue.get()
            if isinstance(found, _Batch) and found.stored:
                yield found

    def _stop(self) -> None:
        with self._storing:  # What is being stored is told of.
            self._stopped = True
        self._room.release()

    def _run(self) -> None:
        try:
            first = True
            for batch, last in self._batches():
                self._room.acquire()
                with self._storing:
                    if self._stopped:
                        return
                    if not (self._at_once or (first and last)):
                        batch.store(self._store)
                    self._queue.put(batch)
                first = False
            self._queue.put(None)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for it.
            self._queue.put(error)

    def _batches(self) -> Iterator[tuple[_Batch, bool]]:
        """Yield batches, and whether it is surely the last one."""
        batch, begun = _Batch(), time.monotonic()
        for item in self._items:
            if self._stopped:
                return
            if not batch.steps:
                begun = time.monotonic()
            batch.steps.append(step := _prepared(item, self._store))
            batch.chunks += len(step.entry.chunks) if step.entry and step.new else 0
            waited = time.monotonic() - begun > _PATIENCE_S
            if batch.chunks >= _CHUNKS or len(batch.steps) >= _ITEMS or waited:
                yield batch, False
                batch = _Batch()
        if batch.steps:
            yield batch, True


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
    return _Step(item, entry=_split(document), new=True)
