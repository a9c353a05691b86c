"""Loads models in threads of their own, while the question is searched for.

Knows when to load and when to free; what to load is decided in `rag.models.catalogue`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from index.errors import ModelError
from rag.language_model import LanguageModel
from rag.settings import Settings

__all__ = ["Background", "ModelLoader"]

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

    def start(self) -> Callable[[], Made]:
        """Begin, unless that has begun; return how to wait for it, which raises what went wrong."""
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
        self._background = Background(self._load, "byline-load", self._free_if_closing)
        self._closing = False

    def start(self) -> Callable[[], LanguageModel]:
        """Begin to load, unless that has begun; return how to wait for the model.

        Waiting raises a ModelError where it cannot be loaded.
        """
        return self._background.start()

    def close(self) -> None:
        """Free the model, as soon as it is loaded and answers nobody. Safe to call twice."""
        self._closing = True
        if (model := self._background.made) is not None:
            model.close()

    def _load(self) -> LanguageModel:
        from rag.models.catalogue import load_language_model

        return load_language_model(self._settings, self._report)

    def _report(self, done: int, total: int) -> None:
        if self._closing:
            raise ModelError("closed while the parts of the language model were joined")
        self._on_progress(done, total)

    def _free_if_closing(self, model: LanguageModel) -> None:
        if self._closing:
            model.close()
