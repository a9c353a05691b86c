"""Measures answers on a data set of articles and questions: `python bench/answers.py DATA`.

DATA is a folder with `docs.jsonl` (id, title, text, and if known source, date,
url) and `questions.jsonl` (question, doc_id, answers, answer_starts). All its
articles go into the library, or those of `--articles`, and a sample of the
questions is asked. One table is printed; `--save` keeps every answer.

An answer *contains* the gold when the normalised gold (lower case, no
punctuation, no articles) occurs in the normalised answer. A citation *hits*
when its article is the gold article and its quote overlaps the gold span or
holds the gold string. `--baseline extractive` answers with the best evidence
sentence, verbatim, and never refuses.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, fill, read_rows, sample_questions

from index.embedder import Embedder
from index.sqlite import SqliteStore
from index.store import Store
from rag import Answer, Assistant, Citation, Claim, Delta, Settings
from rag.environment import prepare_environment
from rag.evidence import find_evidence
from rag.models.catalogue import load_embedder
from rag.types import Question


def hits(citation: Citation, row: Row, ids: dict[str, str]) -> bool:
    """Say whether a citation points at the gold span, or at the gold string in its article."""
    if ids.get(citation.document.id) != row["doc_id"]:
        return False
    if contains(citation.quote, row["answers"]):
        return True
    spans = zip(row.get("answer_starts", ()), row["answers"])
    return any(citation.start < at + len(a) and at < citation.end for at, a in spans)


def extractive(question: str, store: Store, embedder: Embedder, settings: Settings) -> Answer:
    """Answer with the best evidence sentence, verbatim."""
    best = find_evidence(Question(question), store, embedder, settings.passages).evidence[0]
    claim = Claim(best.text, (Citation(1, best.document, best.start, best.end),), 1.0)
    return Answer(question, question, claim.text, (claim,))


def ask(assistant: Assistant, question: str) -> tuple[Answer, str]:
    """Return the answer, and what the model wrote before it was checked."""
    draft = ""
    for event in assistant.stream(question):
        if isinstance(event, Delta):
            draft += event.text
        elif isinstance(event, Answer):
            return event, draft
    raise AssertionError("a stream ends with its answer")


def measure(
    rows: Sequence[Row],
    ids: dict[str, str],
    assistant: Assistant,
    embedder: Embedder,
    baseline: bool,
) -> Iterator[Row]:
    """Ask each question and yield what is to be counted."""
    for number, row in enumerate(rows, 1):
        begun = time.perf_counter()
        if baseline:
            answer = extractive(row["question"], assistant.store, embedder, assistant.settings)
            draft = ""
        else:
            answer, draft = ask(assistant, row["question"])
        seconds = time.perf_counter() - begun
        shown = not answer.refused
        yield {
            "question": row["question"],
            "gold": row["answers"],
            "contains": shown and contains(answer.text, row["answers"]),
            "hit": shown and any(hits(c, row, ids) for c in answer.citations),
            "refused": answer.refused,
            "words": len(answer.text.split()) if shown else 0,
            "verbatim": any(claim.verbatim for claim in answer.claims),
            "seconds": seconds,
            "prompt_tokens": answer.timing.prompt_tokens,
            "draft": draft,
            "answer": answer.to_json(),
        }
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(rows)} questions ")


def table(name: str, results: Sequence[Row]) -> str:
    """Format the one table."""
    shown = [row for row in results if not row["refused"]]

    def share(key: str, rows: Sequence[Row]) -> float:
        return sum(row[key] for row in rows) / len(rows) if rows else float("nan")

    def median(key: str, rows: Sequence[Row]) -> float:
        return statistics.median([row[key] for row in rows]) if rows else float("nan")

    figures = {
        "questions": f"{len(results)}",
        "contains": f"{share('contains', results):.2f}",
        "cit. hits": f"{share('hit', results):.2f}",
        "hits/ans.": f"{share('hit', shown):.2f}",
        "refused": f"{share('refused', results):.2f}",
        "verbatim": f"{share('verbatim', shown):.2f}",
        "words": f"{median('words', shown):.0f}",
        "s": f"{median('seconds', results):.2f}",
        "tokens": f"{median('prompt_tokens', shown):.0f}",
    }
    width = max(len(name), 10)
    head = f"{'':{width}}" + "".join(f"{key:>11}" for key in figures)
    return head + "\n" + f"{name:{width}}" + "".join(f"{v:>11}" for v in figures.values())


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--articles", type=Path, help="folder whose docs.jsonl to use instead")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="only questions of six words or more with a name after the first word",
    )
    parser.add_argument("--baseline", choices=["extractive"])
    parser.add_argument("--home", type=Path, help="keep the library here for the next run")
    parser.add_argument("--save", type=Path, help="write every answer here, as JSON Lines")
    arguments = parser.parse_args()

    articles = arguments.articles or arguments.data
    rows = sample_questions(
        arguments.data / "questions.jsonl",
        arguments.sample,
        arguments.skip,
        arguments.seed,
        arguments.self_contained,
    )
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        home = arguments.home / articles.name if arguments.home else Path(folder)
        settings = replace(Settings.from_environment(), home=home)
        prepare_environment()
        embedder = load_embedder(settings)
        with (
            SqliteStore.open(
                home, fingerprint=embedder.fingerprint, dimension=embedder.dimension
            ) as store,
            Assistant(settings, store=store, embedder=embedder) as assistant,
        ):
            ids = fill(store, embedder, read_rows(articles / "docs.jsonl"))
            baseline = arguments.baseline is not None
            results = list(measure(rows, ids, assistant, embedder, baseline))
    if arguments.save:
        with arguments.save.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in results)
    print(table(arguments.baseline or "byline", results))


if __name__ == "__main__":
    main()
