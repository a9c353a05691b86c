"""Makes the parts that an assistant needs, each when it is first asked for, and frees them.

The library, the samples that stand in for an empty one, the embedder, the reader, and
the language model. Knows nothing of questions or of files.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from index.errors import LibraryError, ModelError
from rag.settings import Settings

if TYPE_CHECKING:
    from index.embed.embedder import Embedder
    from index.store import Store
    from rag.language_model import LanguageModel
    from rag.reader import Passage, Reader, Reading

__all__ = ["Background", "LateReader", "Parts", "open_store"]

_LOCK_TIMEOUT_S = 30.0
"""How long a write waits for another process, which may be writing the index of a large library."""


Made = TypeVar("Made")


class Background(Generic[Made]):
    """Has one thing made in a thread of its own. Threads may share one."""

    def __init__(
        self, make: Callable[[], Made], name: str, on_made: Callable[[Made], None] | None = None
    ) -> None:
        """Make nothing yet.

        Args:
            make: makes it.
            name: of the thread.
            on_made: told what was made, after those who wait for it.
        """
        self._make = make
        self._name = name
        self._on_made = on_made
        self._making: Future[Made] | None = None
        self._starting = threading.Lock()

    @property
    def made(self) -> Made | None:
        """What was made, if it is ready."""
        making = self._making
        if making is None or not making.done() or making.exception() is not None:
            return None
        return making.result()

    def start(self) -> Callable[..., Made]:
        """Begin, unless that has begun; return how to wait for it, perhaps for so many seconds.

        That raises what went wrong.
        """
        with self._starting:
            making = self._making
            # A failure is not kept: what was missing may be there by the next question.
            if making is None or (making.done() and making.exception() is not None):
                self._making = making = Future()
                # Not an executor's thread: Python ends only after those, be it a download's.
                threading.Thread(
                    target=self._run, args=(making,), name=self._name, daemon=True
                ).start()
            return making.result

    def _run(self, ending: Future[Made]) -> None:
        try:
            made = self._make()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for.
            ending.set_exception(error)
        else:
            ending.set_result(made)
            if self._on_made:
                self._on_made(made)


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
        store: Store | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        language_model: LanguageModel | None = None,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """Take what is handed in, which is not closed here; make nothing yet.

        `on_progress` is told the bytes done and in total while the parts of the language model
        are joined, once, in a thread of its own.
        """
        self._settings = settings
        self._store = store
        self._knows_embedder = store is not None
        self._embedder = embedder
        self._language_model = language_model
        self._reader = reader
        self._reader_loading = Background(self._load_reader, "byline-load")
        self._model_loading = Background(self._load_model, "byline-load", self._free_if_closed)
        self._on_progress = on_progress
        self._samples: Store | None = None
        self._sample_folder: tempfile.TemporaryDirectory[str] | None = None
        self._opened: list[Store] = []
        self._making = threading.RLock()
        """Held while a part is made."""
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

    def start_reader(self) -> Callable[[], Reader]:
        """Begin to load the reader, unless that has begun; return how to wait for it.

        Waiting raises a ModelError where it is missing or damaged.
        """
        if self._reader is not None:
            given = self._reader
            return lambda: given
        return self._reader_loading.start()

    def start_language_model(self) -> Callable[[], LanguageModel]:
        """Begin to load the language model, unless that has begun; return how to wait for it.

        Waiting raises a ModelError where it cannot be loaded.
        """
        if self._language_model is not None:
            given = self._language_model
            return lambda: given
        return self._model_loading.start()

    def close(self) -> None:
        """Free what was made here, without waiting for a model. Safe to call twice."""
        self._closed = True
        if (model := self._model_loading.made) is not None:
            model.close()
        for store in self._opened:
            store.close()
        if self._sample_folder is not None:
            self._sample_folder.cleanup()

    def _load_reader(self) -> Reader:
        from rag.reader import load_reader

        return load_reader(self._settings.reader, self._settings.reader_key)

    def _load_model(self) -> LanguageModel:
        from rag.models.catalogue import load_language_model

        return load_language_model(self._settings, self._report)

    def _report(self, done: int, total: int) -> None:
        if self._closed:
            raise ModelError("closed while the parts of the language model were joined")
        self._on_progress(done, total)

    def _free_if_closed(self, model: LanguageModel) -> None:
        if self._closed:
            model.close()

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

        return SqliteStore(settings.home, background=settings.background, **known)
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
    return PostgresStore(settings.store, **known)
