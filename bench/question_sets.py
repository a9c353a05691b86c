"""Reads data sets of articles and questions, and scores texts; shared by the benchmarks here."""

from __future__ import annotations

import json
import random
import re
import string
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from index.embedder import Embedder
from index.ingest import index_document
from index.store import Store
from index.types import Document

__all__ = ["Row", "contains", "fill", "normalise", "read_rows", "sample_questions"]

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Read a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sample_questions(
    path: Path, size: int, skip: int, seed: int, self_contained: bool
) -> list[Row]:
    """Draw questions; the same seed gives the same order, whatever the size."""
    rows = [row for row in read_rows(path) if not row.get("is_impossible")]
    if self_contained:
        rows = [
            row
            for row in rows
            if len(row["question"].split()) >= 6 and re.search(r"\s[A-Z]", row["question"])
        ]
    random.Random(seed).shuffle(rows)  # noqa: S311
    return rows[skip : skip + size]


def fill(store: Store, embedder: Embedder, rows: Sequence[Row]) -> dict[str, str]:
    """Add the articles that are not there yet; return the data set's id of each by ours."""
    ids = {}
    for row in rows:
        document = Document(
            text=row["text"],
            title=(row.get("title") or "").replace("_", " "),
            source=row.get("source") or None,
            published=_date(row.get("date")),
            url=row.get("url") or None,
        )
        ids[document.id] = row["id"]
        if store.status(document) != "unchanged":
            store.replace_document(index_document(document, embedder))
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(ids)} of {len(rows)} articles")
    store.commit_index()
    return ids


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def normalise(text: str) -> str:
    """Lower the case, drop punctuation and articles, fold white space (as SQuAD does)."""
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def contains(text: str, golds: Sequence[str]) -> bool:
    """Say whether a text holds one of the gold answers."""
    found = normalise(text)
    return any(normalise(gold) in found for gold in golds)
