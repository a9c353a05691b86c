"""Reads rows of questions and passages, to measure a reader on or to train one with.

A file is JSON Lines, gzipped where its name ends in `.gz`. Of each row:
    q      the question
    c      the passage, which may begin with the title of its article and a line break
    a      the answer, or null where the passage does not answer
    s      where it begins in `c`; for training
    golds  all right answers, where there are several; for measuring
    g      what groups the passages of one question, where several are to be read; for measuring
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

__all__ = ["Pair", "read_pairs"]

Pair = dict[str, Any]


def read_pairs(path: Path) -> list[Pair]:
    """Return the rows of one file; complain of one that has no question or no passage."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        rows: list[Pair] = [json.loads(line) for line in file if line.strip()]
    for number, row in enumerate(rows, 1):
        if not {"q", "c", "a"} <= set(row):
            raise SystemExit(f"{path}, row {number}: it lacks q, c, or a")
    return rows
