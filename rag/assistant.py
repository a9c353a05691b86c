"""Asks questions of a library: the Python interface. It decides nothing itself."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from index.errors import QuestionError
from index.types import Filter, Hit
from rag.adding import AddResult
from rag.library import Library
from rag.parts import LateReader
from rag.settings import Write
from rag.types import Answer, Delta, Kind, Stage

__all__ = ["AddResult", "Assistant"]


class Assistant(Library):
    """Answers questions over one library. Models are loaded when they are first needed.

    Threads may share one.

    >>> with Assistant.open() as assistant:                              # doctest: +SKIP
    ...     assistant.add("articles/")
    ...     assistant.ask("Who urged Maduro not to be sworn in?").text
    """

    def ask(
        self,
        question: str,
        *,
        filter: Filter = Filter(),
        history: Sequence[Answer] = (),
        read_dates: bool = True,
        today: date | None = None,
        kind: Kind | None = None,
        write: Write | None = None,
    ) -> Answer:
        """Answer a question, or refuse it.

        Args:
            question: in English; at most 2,000 characters.
            filter: which articles to look at.
            history: earlier answers of the same conversation, oldest first.
            read_dates: whether "in 2019" and "last week" in the question choose among the
                articles by their date, where the filter does not; see `rag.english.dates_asked`.
            today: the day that "last week" is counted from; None for the machine's own date.
            kind: what is asked for, where that is not to be told from the question.
            write: which answers the language model puts into words of its own; None for what
                the settings say.

        Raises:
            QuestionError: it is empty or too long, or there is no such kind or write.
            ModelError: a model is missing or failed.
            LibraryError: the library cannot be read.
        """
        events = self.stream(
            question,
            filter=filter,
            history=history,
            read_dates=read_dates,
            today=today,
            kind=kind,
            write=write,
        )
        return next(event for event in events if isinstance(event, Answer))

    def stream(
        self,
        question: str,
        *,
        filter: Filter = Filter(),
        history: Sequence[Answer] = (),
        read_dates: bool = True,
        today: date | None = None,
        kind: Kind | None = None,
        write: Write | None = None,
    ) -> Iterator[Stage | Delta | Answer]:
        """Yield stages and drafts while an answer is made; the last item is the answer.

        Raises:
            As `ask`.
        """
        from rag.answer.question import clean_question

        self._parts.check_open()
        started = time.perf_counter()
        text = clean_question(question)
        for name, value, known in (
            ("kind", kind, get_args(Kind)),
            ("write", write, get_args(Write)),
        ):
            if value is not None and value not in known:
                raise QuestionError(f"{name} is one of {', '.join(known)}, and not {value!r}")
        if not all(isinstance(answer, Answer) for answer in history):
            raise TypeError("history is of earlier answers, as in history=[answer]")
        if not isinstance(filter, Filter):
            raise TypeError('filter is a Filter, as in Filter(sources=("Reuters",))')
        if not isinstance(today, (date, type(None))):
            raise TypeError("today is a day, as in date(2019, 1, 11)")
        # Loading the reader overlaps with what is imported, and with the search.
        reader = LateReader(self._parts.start_reader())
        from rag.answer.evidence import Sources
        from rag.answer.turn import answer_turn

        if (write or self.settings.write) == "always":
            self._parts.start_language_model()
        for event in answer_turn(
            text,
            history,
            Sources(self.searched, self._parts.embedder(), reader, filter),
            lambda: self._parts.start_language_model()(),
            self.settings,
            today=(today or date.today()) if read_dates else None,
            kind=kind,
            write=write,
        ):
            if isinstance(event, Answer):
                timing = replace(event.timing, total=time.perf_counter() - started)
                event = replace(event, timing=timing)
            yield event

    def search(self, words: str, limit: int = 8, *, filter: Filter = Filter()) -> list[Hit]:
        """Return the passages that words find, best first, as a question would be searched for.

        Args:
            words: a question or words, as a question is.
            limit: most passages.
            filter: which articles to look at.

        Raises:
            As `ask`.
        """
        from index.search.retriever import search
        from rag.answer.question import clean_question

        self._parts.check_open()
        text = clean_question(words)
        store, embedder = self.searched, self._parts.embedder()
        return search(store, text, embedder.embed([text])[0], limit, filter)

    def load(self) -> None:
        """Load the models now, so that the first question need not wait for them.

        Raises:
            ModelError: a model is missing or damaged.
        """
        get_model = self._parts.start_language_model()
        get_reader = self._parts.start_reader()
        self._parts.embedder().embed(["a first sentence, for what is made at the first use"])
        get_reader()
        get_model()
