"""Asks every question of a set and scores its answer; knows no files and no layout.

Finds too the articles that a person means by an id, a URL, a path, a file name, or a title.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from index.errors import LibraryError, NotFoundError
from index.store import Store
from index.types import Document
from rag.evaluation.questions import Example
from rag.evaluation.report import Report, Result
from rag.evaluation.scores import cites_document, cites_gold, contains, is_supported, token_f1
from rag.types import Answer

__all__ = ["Answerer", "Evaluation", "Names", "evaluate", "score", "url_key"]

_SHORTEST_ID = 8
"""Digits, as `ask list` prints them."""


class Answerer(Protocol):
    """What is measured: an `Assistant`, or anything else that answers from a library."""

    @property
    def store(self) -> Store:
        """The library, as it is stored."""

    def ask(self, question: str) -> Answer:
        """Answer a question, or refuse it."""


def evaluate(assistant: Answerer, examples: Sequence[Example]) -> Report:
    """Ask every question and report.

    Raises:
        LibraryError: the library is empty, or cannot be read.
        ModelError: a model is missing or failed.
    """
    evaluation = Evaluation(assistant, examples)
    for _ in evaluation:
        pass
    return evaluation.report


class Evaluation:
    """A run that can be watched, and stopped between any two questions.

    >>> evaluation = Evaluation(assistant, examples)                     # doctest: +SKIP
    >>> for result in evaluation:
    ...     print(result.faults)
    >>> evaluation.report["contains"].value
    0.71
    """

    def __init__(self, assistant: Answerer, examples: Sequence[Example]) -> None:
        """Find the articles that the examples name.

        Raises:
            LibraryError: the library is empty, or cannot be read.
        """
        self._assistant = assistant
        self._examples = examples
        self._results: list[Result] = []
        if not assistant.store.counts().documents:
            raise LibraryError(
                "the library is empty, and measuring asks of its articles; "
                "add some with `ask add FOLDER`"
            )
        named = any(example.documents for example in examples)
        names = Names(assistant.store.documents() if named else ())
        self._found = {name: names.find(name) for e in examples for name in e.documents}

    def __iter__(self) -> Iterator[Result]:
        """Ask each question in turn, as it is asked for."""
        for example in self._examples:
            begun = time.perf_counter()
            answer = self._assistant.ask(example.question)
            seconds = time.perf_counter() - begun
            gold = {id_ for name in example.documents for id_ in self._found[name]}
            result = score(example, answer, seconds, gold, self._texts(answer))
            self._results.append(result)
            yield result

    @property
    def report(self) -> Report:
        """What was measured so far."""
        unknown = tuple(
            (example.line, name)
            for example in self._examples
            for name in example.documents
            if not self._found[name]
        )
        return Report(tuple(self._results), len(self._examples), unknown)

    def _texts(self, answer: Answer) -> dict[str, str]:
        """Return the stored text of each cited article; an article that is gone has none."""
        texts = {}
        for id_ in {citation.document.id for citation in answer.citations}:
            with suppress(NotFoundError):
                texts[id_] = self._assistant.store.document(id_).text
        return texts


def score(
    example: Example,
    answer: Answer,
    seconds: float,
    documents: Collection[str],
    texts: dict[str, str],
) -> Result:
    """Score one answer.

    Args:
        example: the question, with what is right.
        answer: what was said.
        seconds: how long that took.
        documents: ids of the gold articles; empty where none is known.
        texts: the stored text of each cited article, by id.
    """
    shown = not answer.refused
    golds = example.answers if example.answerable else ()
    gold_contains = gold_f1 = cites = cites_answer = None
    if golds:
        gold_contains = shown and contains(_told(answer), golds)
        gold_f1 = token_f1(_marked(answer), golds) if shown else 0.0
    if shown and example.answerable and documents:
        cites = cites_document(answer.citations, documents)
    if shown and golds:
        cites_answer = cites_gold(answer.citations, documents, golds, example.starts)
    return Result(
        example,
        answer,
        seconds,
        gold_contains,
        gold_f1,
        cites,
        cites_answer,
        tuple(is_supported(claim, texts) for claim in answer.claims),
    )


def _marked(answer: Answer) -> str:
    """Return the words that are marked as the answer: those of the first claim that has some."""
    marked = (claim.answer.quote for claim in answer.claims if claim.answer is not None)
    return next(marked, _told(answer))


def _told(answer: Answer) -> str:
    """Return what answers: "may" in "The articles may not answer this" is no month."""
    return answer.text.removeprefix(answer.lead) if answer.kind == "fact" else answer.text


def url_key(url: str) -> str:
    """Return what is the same for all ways to write the address of a page.

    >>> url_key("http://www.Example.org/a/#top") == url_key("https://example.org/a")
    True
    """
    _, _, rest = url.strip().partition("://")
    host, slash, path = rest.partition("#")[0].partition("/")
    return (host.casefold().removeprefix("www.") + slash + path).rstrip("/")


class Names:
    """Everything that the articles of one library may be called."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Read the names of all articles."""
        self._ids: list[str] = []
        # The kinds of name, in the order in which they are tried.
        self._kinds: tuple[defaultdict[str, set[str]], ...] = tuple(
            defaultdict(set) for _ in range(4)
        )
        urls, paths, files, titles = self._kinds
        for document in documents:
            self._ids.append(document.id)
            if document.url:
                urls[url_key(document.url)].add(document.id)
            if document.path:
                paths[document.path].add(document.id)
                files[Path(document.path).name].add(document.id)
            if document.title:
                titles[_folded(document.title)].add(document.id)

    def find(self, name: str) -> frozenset[str]:
        """Return the ids of the articles of that name; several where several share it."""
        wanted = name.strip()
        if len(wanted) >= _SHORTEST_ID:
            found = frozenset(id_ for id_ in self._ids if id_.startswith(wanted.lower()))
            if found:
                return found
        path = os.path.abspath(os.path.expanduser(wanted))  # noqa: PTH100, PTH111
        keys = (url_key(wanted) if "://" in wanted else "", path, Path(wanted).name, wanted)
        for kind, key in zip(self._kinds[:3], keys):
            if key and key in kind:
                return frozenset(kind[key])
        return frozenset(self._kinds[3].get(_folded(wanted), ()))


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
