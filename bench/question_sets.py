"""Reads data sets of articles and questions; shared by the benchmarks here.

A set is a folder with `docs.jsonl` (id, title, text, and if known source, date,
url) and `questions.jsonl` (question, doc_id, answers, answer_starts, and where
some have no answer is_impossible). A set of dated news, such as RealTime QA's,
has `gold_articles_2022.jsonl` instead of doc_id: the articles linked by hand to
some of its questions, which alone are asked.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from index.embed.embedder import Embedder
from index.ingest import index_document
from index.store import Store
from index.types import Document
from rag.evaluation import Example
from rag.evaluation.runner import url_key
from rag.evaluation.scores import contains, normalise

__all__ = [
    "Row",
    "article",
    "contains",
    "fill",
    "make_examples",
    "normalise",
    "read_articles",
    "read_questions",
    "read_rows",
    "sample_questions",
]

Row = dict[str, Any]

_GOLD_ARTICLES = "gold_articles_2022.jsonl"


def read_rows(path: Path) -> list[Row]:
    """Read a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_articles(
    folder: Path, distractors: bool = False, limit: int | None = None, keep: Collection[str] = ()
) -> list[Row]:
    """Read the articles of a set, those linked by hand among them.

    Args:
        folder: the set.
        distractors: whether to read `distractor_docs.jsonl` as well.
        limit: read only that many, and those in `keep`.
        keep: ids.
    """
    rows = read_rows(folder / "docs.jsonl")
    if distractors:
        rows += read_rows(folder / "distractor_docs.jsonl")
    if (folder / _GOLD_ARTICLES).exists():
        rows = [{**row, "id": url_key(row["url"])} for row in rows]
        known = {row["id"] for row in rows}
        for row in read_rows(folder / _GOLD_ARTICLES):
            if (id_ := url_key(row["url"])) not in known:
                known.add(id_)
                rows.append({**row, "id": id_, "source": urlsplit(row["url"]).netloc})
    if limit is not None:
        rows = [row for number, row in enumerate(rows) if number < limit or row["id"] in keep]
    return rows


def read_questions(folder: Path, impossible: bool = False) -> list[Row]:
    """Read the questions of a set that have an answer, or with `impossible` those that have none.

    Those of dated news that have their answer in an article linked to them, each
    with `doc_ids` instead of `doc_id`.
    """
    rows = read_rows(folder / "questions.jsonl")
    if (folder / _GOLD_ARTICLES).exists():
        linked: dict[str, list[Row]] = {}
        for article in read_rows(folder / _GOLD_ARTICLES):
            linked.setdefault(article["question_id"], []).append(article)
        # Only the question is asked: the quiz's choices would give the answer away.
        rows = [
            {
                "question": row["question"],
                "answers": row["answer"],
                "doc_ids": [url_key(a["url"]) for a in linked[row["id"]]],
            }
            for row in rows
            if any(
                contains(f"{a['title']}\n{a['text']}", row["answer"])
                for a in linked.get(row["id"], ())
            )
        ]
    return [row for row in rows if bool(row.get("is_impossible")) == impossible]


def sample_questions(
    path: Path,
    size: int,
    skip: int,
    seed: int,
    self_contained: bool = False,
    impossible: bool = False,
) -> list[Row]:
    """Draw questions from `questions.jsonl` or its folder; a seed gives the same order always."""
    rows = read_questions(path if path.is_dir() else path.parent, impossible)
    if self_contained:
        rows = [
            row
            for row in rows
            if len(row["question"].split()) >= 6 and re.search(r"\s[A-Z]", row["question"])
        ]
    random.Random(seed).shuffle(rows)  # noqa: S311
    return rows[skip : skip + size]


def make_examples(rows: Sequence[Row], ids: Mapping[str, str]) -> list[Example]:
    """Return the questions as examples; those whose article is not there cannot be answered.

    Args:
        rows: questions.
        ids: the set's id of each article in the library by ours, as from `fill`.
    """
    ours: dict[str, list[str]] = {}
    for our, its in ids.items():
        ours.setdefault(its, []).append(our)
    examples = []
    for row in rows:
        # By their address, since one page may be there twice: under http and under https.
        pages = tuple(f"https://{key}" for key in row.get("doc_ids", ()))
        documents = pages or tuple(ours.get(row["doc_id"], ()))
        if row.get("is_impossible") or not documents:
            examples.append(Example(row["question"], answerable=False))
            continue
        answers, starts = tuple(row["answers"]), tuple(row.get("answer_starts", ()))
        examples.append(Example(row["question"], answers, documents, True, starts))
    return examples


def fill(store: Store, embedder: Embedder, rows: Sequence[Row]) -> dict[str, str]:
    """Add the articles that are not there yet; return the data set's id of each by ours."""
    ids = {}
    for row in rows:
        document = article(row)
        ids[document.id] = row["id"]
        if store.status(document) != "unchanged":
            store.replace_documents([index_document(document, embedder)])
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(ids)} of {len(rows)} articles")
    store.commit_index()
    return ids


def article(row: Row) -> Document:
    """Return a row of a data set as an article."""
    return Document(
        text=row["text"],
        title=(row.get("title") or "").replace("_", " "),
        source=row.get("source") or None,
        published=_date(row.get("date")),
        url=row.get("url") or None,
    )


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
