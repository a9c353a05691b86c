"""Makes the parts that an assistant needs, each when it is first asked for, and frees them.

The library, the samples that stand in for an empty one, the embedder, the reader, and
the language model. Knows nothing of questions or of files.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import LibraryError
from rag.settings import Settings

if TYPE_CHECKING:
    from index.embed.embedder import Embedder
    from index.store import Store
    from rag.language_model import LanguageModel
    from rag.models.loading import Background, ModelLoader
    from rag.reader import Passage, Reader, Reading

__all__ = ["LateReader", "Parts", "open_store"]

_LOCK_TIMEOUT_S = 30.0
"""How long a write waits for another process, which may be writing the index of a large library."""


class LateReader:
    """A reader that is still being loaded, and waited for when it is first used."""

    def __init__(self, wait: Callable[[], Reader]) -> None:
        """Take how to wait for it."""
        self._wait = wait

    @property
    def name(self) -> str:
        """What to call it to a person."""
        return self._wait().name

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage; see `Reader.read`."""
        return self._wait().read(question, passages)


class Parts:
    """The parts of one assistant. Threads that ask at once share one of each."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store | None,
        embedder: Embedder | None,
        reader: Reader | None,
        language_model: LanguageModel | None,
        on_progress: Callable[[int, int], None],
    ) -> None:
        """Take what is handed in, which is not closed here; make nothing yet."""
        self._settings = settings
        self._store = store
        self._knows_embedder = store is not None
        self._embedder = embedder
        self._language_model = language_model
        self._reader = reader
        self._reader_loading: Background[Reader] | None = None
        self._on_progress = on_progress
        self._samples: Store | None = None
        self._sample_folder: tempfile.TemporaryDirectory[str] | None = None
        self._opened: list[Store] = []
        self._making = threading.RLock()
        """Held while a part is made."""
        self._loader: ModelLoader | None = None
        self._closed = False

    def check_open(self) -> None:
        """Raise a LibraryError once they were freed."""
        if self._closed:
            raise LibraryError("the assistant was closed; open it anew")

    def store(self) -> Store:
        """Return the library, perhaps without the embedder that adding to it needs."""
        self.check_open()
        with self._making:
            if self._store is None:
                self._store = self._keep(open_store(self._settings))
            return self._store

    def writable_store(self) -> Store:
        """Return the library, opened anew with the embedder that its vectors must come from.

        Listing and removing need no embedder, and must not wait for one.
        """
        with self._making:
            self.check_open()
            if not self._knows_embedder:
                # The one opened without stays open, for threads that are reading from it.
                self._store = self._keep(open_store(self._settings, self.embedder()))
                self._knows_embedder = True
            return self.store()

    def samples(self) -> Store:
        """Return a library of the sample articles, made for this session in a temporary folder."""
        with self._making:
            if self._samples is None:
                from index.ingest import index_document
                from index.reading import read_file
                from rag.samples import sample_paths

                self._sample_folder = tempfile.TemporaryDirectory(prefix="byline-samples-")
                folder = replace(self._settings, home=Path(self._sample_folder.name), store=None)
                samples = self._keep(open_store(folder, self.embedder()))
                articles = [read_file(path).document for path in sample_paths()]
                samples.replace_documents(
                    [index_document(article, self.embedder()) for article in articles]
                )
                self._samples = samples
            return self._samples

    def samples_in_use(self) -> Store | None:
        """Return the library of the samples if it was made."""
        return self._samples

    def embedder(self) -> Embedder:
        """Return what turns texts into vectors.

        Raises:
            ModelError: it is missing or damaged.
        """
        with self._making:
            if self._embedder is None:
                from rag.models.catalogue import load_embedder

                self._embedder = load_embedder(self._settings)
            return self._embedder

    def reader(self) -> Reader:
        """Return what reads passages, loaded when it is first asked for.

        Raises:
            ModelError: it is missing or damaged.
        """
        return self.start_reader()()

    def start_reader(self) -> Callable[[], Reader]:
        """Begin to load the reader, unless that has begun; return how to wait for it."""
        if self._reader is not None:
            given = self._reader
            return lambda: given
        with self._making:
            if self._reader_loading is None:
                from rag.models.loading import Background
                from rag.reader import load_reader

                chosen, key = self._settings.reader, self._settings.reader_key
                self._reader_loading = Background(lambda: load_reader(chosen, key), "byline-reader")
            return self._reader_loading.start()

    def start_language_model(self) -> Callable[[], LanguageModel]:
        """Begin to load the language model, unless that has begun; return how to wait for it."""
        if self._language_model is not None:
            given = self._language_model
            return lambda: given
        with self._making:
            if self._loader is None:
                from rag.models.loading import ModelLoader

                self._loader = ModelLoader(self._settings, self._on_progress)
            return self._loader.start()

    def close(self) -> None:
        """Free what was made here, without waiting for a model. Safe to call twice."""
        self._closed = True
        if self._loader is not None:
            self._loader.close()
        for store in self._opened:
            store.close()
        if self._sample_folder is not None:
            self._sample_folder.cleanup()

    def _keep(self, store: Store) -> Store:
        self._opened.append(store)
        return store


def open_store(settings: Settings, embedder: Embedder | None = None) -> Store:
    """Open the library that settings name, with the embedder that adding to it needs.

    Raises:
        LibraryError: it cannot be used.
    """
    known: dict[str, Any] = {
        "fingerprint": embedder.fingerprint if embedder else None,
        "dimension": embedder.dimension if embedder else None,
        "lock_timeout_s": _LOCK_TIMEOUT_S,
    }
    if settings.store is None:
        from index.sqlite import SqliteStore

        return SqliteStore.open(settings.home, background=settings.background, **known)
    if not settings.store.startswith(("postgresql://", "postgres://")):
        raise LibraryError(
            "the address of the store must begin with postgresql://, as in "
            "postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    try:
        from index.postgres import PostgresStore
    except ModuleNotFoundError as error:
        raise LibraryError(
            f'a library on a server needs the package {error.name}: pip install "byline[postgres]"'
        ) from error
    return PostgresStore.open(settings.store, **known)
