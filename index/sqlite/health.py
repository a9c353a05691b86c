"""Checks everything in a library against everything else, reading all of it; mends nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError
from index.relational.connection import get_meta
from index.relational.health import (
    EMBEDDED,
    RENEW,
    HealthCheck,
    check_articles,
    check_counters,
    check_stored_vectors,
    name_unread,
    numbers,
    run_checks,
)
from index.sqlite.connection import LibraryConnection
from index.sqlite.database import SqliteDatabase
from index.sqlite.derived import numbers_removed
from index.sqlite.vectors.flat_index import FlatIndex
from index.sqlite.vectors.ivf_index import IvfIndex
from index.sqlite.vectors.keeper import VectorKeeper
from index.sqlite.words.keeper import WordKeeper
from index.store import Health

__all__ = ["check_library"]

_REPLACE = "put a copy of library.db back, or move it away and add the articles again"
_REPAIR = "ask doctor --repair"


def check_library(
    database: SqliteDatabase, keeper: VectorKeeper, words: WordKeeper
) -> list[Health]:
    """Run every check of the database and of the files that are derived from it."""
    checks: list[HealthCheck] = [
        ("database", _check_database, _REPLACE),
        ("articles", check_articles, RENEW),
        ("files", name_unread, ""),
        ("vectors", check_stored_vectors, _REPLACE),
        ("full text", words.check, _REPAIR),
        ("vector index", lambda connection: _check_index(connection, keeper), _REPAIR),
    ]
    return run_checks(database, checks)


def _check_database(connection: LibraryConnection) -> str:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise DamagedError(" ".join("; ".join(found).split()))
    broken = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    if broken:
        raise DamagedError(f"{broken} rows belong to an article or chunk that is not there")
    check_counters(connection)
    return "its pages, references, and counters are whole"


def _check_index(connection: LibraryConnection, keeper: VectorKeeper) -> str:
    if get_meta(connection, "index_file") is None:
        return "no file yet; the first search builds it"
    index = keeper.load(connection)
    if index is None:
        raise DamagedError("the file is missing or damaged; a search builds it anew")
    chunks = numbers(connection, EMBEDDED)
    if isinstance(index, FlatIndex):
        if not keeper.is_recorded(connection):
            return f"{len(index)} vectors in a file that is behind; the next search catches up"
        order = np.argsort(index.numbers)
        agrees = np.array_equal(index.numbers[order], chunks) and np.array_equal(
            index.vectors[order], connection.vectors(chunks.tolist(), index.dimension)
        )
        changed = 0
    else:
        gone = numbers_removed(connection, 0)
        new = np.setdiff1d(chunks, index.numbers, assume_unique=True)
        held = np.setdiff1d(index.numbers, gone)
        agrees = np.array_equal(np.union1d(held, new), chunks) and _codes_agree(
            connection, index, held
        )
        changed = len(new) + len(index) - len(held)
    if not agrees:
        raise DamagedError("the file does not agree with the database")
    since = f"; {changed} added or removed since, which searches know of" if changed else ""
    return f"{len(index)} vectors in a file that agrees with the database{since}"


def _codes_agree(connection: LibraryConnection, index: IvfIndex, held: NDArray[np.int64]) -> bool:
    for chunks, codes in index.rows():
        kept = np.isin(chunks, held)
        vectors = connection.vectors(chunks[kept].tolist(), index.dimension)
        if not np.array_equal(index.encode(vectors), codes[kept]):
            return False
    return True
