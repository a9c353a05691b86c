"""Loads the language model in a thread of its own, so that waiting for it can be watched.

Knows when to load and when to free; what to load is decided in `rag.models.catalogue`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from index.errors import ModelError
from rag.language_model import LanguageModel
from rag.settings import Settings

__all__ = ["ModelLoader"]


class ModelLoader:
    """Has the language model ready when it is needed. Threads may share one."""

    def __init__(self, settings: Settings, on_progress: Callable[[int, int], None]) -> None:
        """Load nothing yet.

        Args:
            settings: which model, and how.
            on_progress: told the bytes done and in total while its parts are joined, once,
                in a thread of its own.
        """
        self._settings = settings
        self._on_progress = on_progress
        self._loading: Future[LanguageModel] | None = None
        self._starting = threading.Lock()
        self._closing = False

    def start(self) -> Callable[[], LanguageModel]:
        """Begin to load, unless that has begun; return how to wait for the model.

        Waiting raises a ModelError where it cannot be loaded.
        """
        with self._starting:
            loading = self._loading
            # A failure is not kept: what was missing may be there by the next question.
            if loading is None or (loading.done() and loading.exception() is not None):
                self._loading = loading = Future()
                loading.add_done_callback(self._free_if_closing)
                # Not an executor's thread: Python ends only after those, be it a download's.
                thread = threading.Thread(
                    target=self._load, args=(loading,), name="byline-load", daemon=True
                )
                thread.start()
            return loading.result

    def close(self) -> None:
        """Free the model, as soon as it is loaded and answers nobody. Safe to call twice."""
        self._closing = True
        if self._loading is not None and self._loading.done():
            self._free_if_closing(self._loading)

    def _load(self, ending: Future[LanguageModel]) -> None:
        from rag.models.catalogue import load_language_model

        try:
            model = load_language_model(self._settings, self._report)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for.
            ending.set_exception(error)
        else:
            ending.set_result(model)

    def _report(self, done: int, total: int) -> None:
        if self._closing:
            raise ModelError("closed while the parts of the language model were joined")
        self._on_progress(done, total)

    def _free_if_closing(self, loading: Future[LanguageModel]) -> None:
        if self._closing and loading.exception() is None:
            loading.result().close()
