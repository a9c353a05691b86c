"""Opens a scratch or kept library, asks it questions, prints tables; shared by the benchmarks."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from question_sets import Row, fill
from rag.evidence import find_evidence

from index.embed.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from rag import Answer, Assistant, Citation, Claim, Delta, Settings
from rag.environment import prepare_environment
from rag.evaluation import Answerer, Evaluation, Example, Report
from rag.models.catalogue import load_embedder
from rag.types import Question

__all__ = ["Byline", "Extractive", "add_options", "measure", "open_library", "print_table"]


class Byline:
    """The assistant, with what its model wrote last, before it was checked."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        """Load nothing yet."""
        self.store = store
        self.draft = ""
        self.assistant = Assistant(settings, store=store, embedder=embedder)

    def ask(self, question: str) -> Answer:
        """Answer, and keep the draft."""
        self.draft = ""
        for event in self.assistant.stream(question):
            if isinstance(event, Delta):
                self.draft += event.text
            elif isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")


class Extractive:
    """The baseline: the best evidence sentence, verbatim; it never refuses."""

    draft = ""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        """Load nothing more."""
        self.store, self._embedder, self._settings = store, embedder, settings

    def ask(self, question: str) -> Answer:
        """Answer without a language model."""
        found = find_evidence(
            Question(question), self.store, self._embedder, self._settings.passages
        )
        best = found.evidence[0]
        claim = Claim(best.text, (Citation(1, best.document, best.start, best.end),), 1.0)
        return Answer(question, question, claim.text, (claim,))


def add_options(parser: argparse.ArgumentParser, sample: int) -> None:
    """Declare the options that all these benchmarks share."""
    parser.add_argument("--sample", type=int, default=sample, help="how many questions")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--baseline", choices=["extractive"])
    parser.add_argument(
        "--refusal",
        choices=["never", "lenient", "balanced", "strict"],
        default="balanced",
        help="how sure an answer must be",
    )
    parser.add_argument("--home", type=Path, help="keep the library in a folder of this one")
    parser.add_argument("--save", type=Path, help="write every answer here, as JSON Lines")


@contextmanager
def open_library(
    articles: Sequence[Row], name: str, options: argparse.Namespace
) -> Iterator[tuple[Byline | Extractive, dict[str, str]]]:
    """Make a library of the articles, or take up the one kept under `--home`.

    Yields:
        What is to be measured, and the set's id of each article by ours.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-bench-"))
        home = options.home / name if options.home else Path(folder)
        settings = replace(Settings.from_environment(), home=home, refusal=options.refusal)
        prepare_environment()
        embedder = load_embedder(settings)
        store = stack.enter_context(
            SqliteStore.open(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
        )
        ids = fill(store, embedder, articles)
        if options.baseline:
            yield Extractive(store, embedder, settings), ids
            return
        byline = Byline(store, embedder, settings)
        stack.enter_context(byline.assistant)
        yield byline, ids


def measure(answerer: Answerer, examples: Sequence[Example], save: Path | None = None) -> Report:
    """Ask each question, write each answer as it comes, and report."""
    evaluation = Evaluation(answerer, examples)
    with ExitStack() as stack:
        file = stack.enter_context(save.open("w", encoding="utf-8")) if save else None
        for number, result in enumerate(evaluation, 1):
            if file:
                row = {**result.to_json(), "draft": getattr(answerer, "draft", "")}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number} of {len(examples)} questions ")
    return evaluation.report


def print_table(name: str, figures: Mapping[str, object]) -> None:
    """Print one row of figures below their heads."""
    width = max(len(name), 10)
    print(f"{'':{width}}" + "".join(f"{head:>12}" for head in figures))
    print(f"{name:{width}}" + "".join(f"{value!s:>12}" for value in figures.values()))
