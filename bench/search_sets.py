"""Reads where a search should lead, for the data sets that say so; for bench/retrieval.py."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from question_sets import read_rows, sample_questions

__all__ = ["Sought", "read_sought"]


@dataclass(frozen=True, slots=True)
class Sought:
    """A question, and where a search should lead."""

    question: str
    articles: frozenset[str]
    """Ids of the articles that answer it, as in the data set."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where in its one article; empty where the data set does not say."""


def read_sought(data: Path, size: int, skip: int, seed: int, self_contained: bool) -> list[Sought]:
    """Draw questions of any of the data sets, each with the articles that answer it.

    `queries_dev.jsonl` with `qrels_dev.jsonl` is not a sample: all are taken.
    """
    if (data / "queries_dev.jsonl").is_file():
        relevant = defaultdict(set)
        for row in read_rows(data / "qrels_dev.jsonl"):
            relevant[row["qid"]].add(row["docid"])
        queries = read_rows(data / "queries_dev.jsonl")
        return [Sought(q["text"], frozenset(relevant[q["id"]])) for q in queries]
    sought = []
    for row in sample_questions(data, size, skip, seed, self_contained):
        starts, answers = row.get("answer_starts", ()), row.get("answers", ())
        spans = tuple((start, start + len(answer)) for start, answer in zip(starts, answers))
        articles = frozenset(row.get("doc_ids") or [row["doc_id"]])
        sought.append(Sought(row["question"], articles, spans))
    return sought
