"""Opens a scratch or kept library, asks it questions, prints tables; shared by the benchmarks."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from question_sets import Row, fill

from index.embed.embedder import Embedder
from index.store import Store
from index.types import Filter
from rag import Answer, Assistant, Settings
from rag.answer.claims import make_claims
from rag.answer.evidence import Sources, find_evidence
from rag.environment import prepare_environment
from rag.evaluation import Answerer, Evaluation, Example, Report
from rag.models.catalogue import load_embedder
from rag.parts import open_store
from rag.reader import Reader, load_reader
from rag.types import Question

__all__ = [
    "Extractive",
    "add_options",
    "measure",
    "open_library",
    "print_table",
]


class Extractive:
    """The baseline: the sentence that the reader is surest of, verbatim; it never refuses."""

    def __init__(
        self, store: Store, embedder: Embedder, settings: Settings, reader: Reader
    ) -> None:
        """Load nothing more."""
        self.store, self._embedder, self._settings = store, embedder, settings
        self._reader = reader

    def ask(self, question: str) -> Answer:
        """Answer with whatever is found."""
        asked = Question(question, question)
        passages = self._settings.passages
        sources = Sources(self.store, self._embedder, self._reader, Filter())
        evidence = find_evidence(asked, sources, passages)
        claims = make_claims(evidence[:1])
        return Answer(question, question, " ".join(claim.text for claim in claims), claims)


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
    parser.add_argument(
        "--write",
        choices=["auto", "always", "never"],
        default="auto",
        help="which answers are put into the language model's words",
    )
    parser.add_argument("--home", type=Path, help="keep the library in a folder of this one")
    parser.add_argument("--save", type=Path, help="write every answer here, as JSON Lines")


@contextmanager
def open_library(
    articles: Sequence[Row], name: str, options: argparse.Namespace
) -> Iterator[tuple[Answerer, dict[str, str]]]:
    """Make a library of the articles, or take up the one kept under `--home` or in BYLINE_STORE.

    Yields:
        What is to be measured, and the set's id of each article by ours.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-bench-"))
        home = options.home / name if options.home else Path(folder)
        settings = replace(
            Settings.from_environment(), home=home, refusal=options.refusal, write=options.write
        )
        prepare_environment()
        embedder = load_embedder(settings)
        store = stack.enter_context(closing(open_store(settings, embedder)))
        ids = fill(store, embedder, articles)
        if options.baseline:
            yield Extractive(store, embedder, settings, load_reader()), ids
            return
        assistant = Assistant(settings, store=store, embedder=embedder)
        yield stack.enter_context(assistant), ids


def measure(answerer: Answerer, examples: Sequence[Example], save: Path | None = None) -> Report:
    """Ask each question, write each answer as it comes, and report."""
    evaluation = Evaluation(answerer, examples)
    with ExitStack() as stack:
        file = stack.enter_context(save.open("w", encoding="utf-8")) if save else None
        for number, result in enumerate(evaluation, 1):
            if file:
                file.write(json.dumps(result.to_json(), ensure_ascii=False) + "\n")
                file.flush()
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number} of {len(examples)} questions ")
    return evaluation.report


def print_table(name: str, figures: Mapping[str, object]) -> None:
    """Print one row of figures below their heads."""
    width = max(len(name), 10)
    print(f"{'':{width}}" + "".join(f"{head:>12}" for head in figures))
    print(f"{name:{width}}" + "".join(f"{value!s:>12}" for value in figures.values()))
