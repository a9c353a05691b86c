"""Ranks chunks by cosine with pgvector: exactly, or by an HNSW index of a large library.

HNSW: Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs". The index holds 16-bit numbers, half the memory; what
it finds is ranked by the exact vectors.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.postgres.connection import Transaction
from index.relational.ranking import by_cosine, with_ties
from index.relational.rows import filter_clause
from index.store import ScoredChunk
from index.types import Filter

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from index.postgres.database import PostgresDatabase

__all__ = ["EXACT_UP_TO", "build_index", "few_admitted", "has_index", "rank"]

EXACT_UP_TO = 50_000
"""Chunks up to which no index is made: to look at all of them takes no longer than the reader."""
FEW = 5_000
"""Articles that a filter may leave for each of their chunks to be looked at."""
_INDEX = "vectors_by_angle"
_LOCK = "hashtextextended('byline index ' || current_schema(), 0)"
_CANDIDATES = 4
"""Times as many are looked at as asked for, of what the index finds."""
_REPORT_S = 1.0
_LEAST_MEMORY_KB = 2 << 20
"""For making the index, where the server's own setting is less."""
_LEAST_EXPLORED, _MOST_EXPLORED = 400, 1000
"""Of `hnsw.ef_search`; the server allows no more."""


def rank(
    transaction: Transaction, vector: NDArray[np.float32], limit: int, filter: Filter
) -> list[ScoredChunk]:
    """Rank the chunks that a filter admits by cosine with a unit vector of shape (dimension,)."""
    few = few_admitted(transaction, filter) if filter else None
    if few is not None:
        those = "chunk IN (SELECT number FROM chunks WHERE document = ANY(?))"
        found = with_ties(limit, _exactly(transaction, vector, those, [few]))
    elif has_index(transaction):
        found = _by_index(transaction, vector, _CANDIDATES * limit, filter)
    else:
        condition, values = _admitting(filter)
        found = with_ties(limit, _exactly(transaction, vector, condition, values))
    return by_cosine(transaction, [number for number, _ in found], vector, limit)


def few_admitted(transaction: Transaction, filter: Filter) -> list[int] | None:
    """Return the numbers of the articles that a filter admits; None where they are many."""
    condition, values = filter_clause(filter)
    rows = transaction.execute(
        f"SELECT number FROM documents WHERE {condition} LIMIT ?",  # noqa: S608
        (*values, FEW + 1),
    ).fetchall()
    return None if len(rows) > FEW else [number for (number,) in rows]


def has_index(transaction: Transaction) -> bool:
    """Say whether there is an index that can be used."""
    row = transaction.execute(
        # By its table: a library in another schema of the search path may have one of its own.
        "SELECT 1 FROM pg_index JOIN pg_class ON oid = indexrelid "
        "WHERE indrelid = to_regclass('vectors') AND relname = ? AND indisvalid",
        (_INDEX,),
    ).fetchone()
    return row is not None


def build_index(
    database: PostgresDatabase,
    dimension: int,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    anew: bool = False,
) -> None:
    """Make the index, while others read and write; wait for whoever makes it already.

    Args:
        database: of the library.
        dimension: of its vectors.
        on_progress: called with how much of that is done, and how much there is.
        anew: whether one that can be used is made once more.

    Raises:
        LibraryError: it could not be made. The articles are stored, and searches work.
    """
    with ThreadPoolExecutor(1, "byline-hnsw") as executor:
        built = executor.submit(_build, database, dimension, anew)
        while not wait([built], timeout=_REPORT_S).done:
            with database.read() as transaction:
                progress = transaction.execute(
                    "SELECT tuples_done, tuples_total FROM pg_stat_progress_create_index "
                    "WHERE relid = to_regclass('vectors') AND tuples_total > 0"
                ).fetchone()
            if progress and on_progress:
                on_progress(*progress)
        built.result()


def _build(database: PostgresDatabase, dimension: int, anew: bool) -> None:
    with database.outside() as connection, _alone(connection):
        if not anew and has_index(Transaction(connection)):
            return
        (schema,) = _row(connection, "SELECT quote_ident(current_schema())")
        # One that was interrupted is there and cannot be used.
        connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema}.{_INDEX}")
        connection.execute(
            "SELECT set_config(name, %s, false) FROM pg_settings "
            "WHERE name = 'maintenance_work_mem' AND setting::bigint < %s",
            (f"{_LEAST_MEMORY_KB}kB", _LEAST_MEMORY_KB),
        )
        try:
            connection.execute(
                f"CREATE INDEX CONCURRENTLY {_INDEX} ON vectors "
                f"USING hnsw ((vector::halfvec({int(dimension)})) halfvec_ip_ops)"
            )
        finally:
            connection.execute("RESET maintenance_work_mem")


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    # One that waits within the server is waited for by who makes the index: a deadlock.
    while not _row(connection, f"SELECT pg_try_advisory_lock({_LOCK})")[0]:
        time.sleep(_REPORT_S)
    try:
        yield
    finally:
        connection.execute(f"SELECT pg_advisory_unlock({_LOCK})")


def _row(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query).fetchone()


def _exactly(
    transaction: Transaction, vector: NDArray[np.float32], condition: str, values: list[Any]
) -> Callable[[int], list[tuple[int, float]]]:
    statement = (
        "SELECT chunk, -(vector <#> ?) AS product FROM vectors "  # noqa: S608 - placeholders only
        f"WHERE {condition} ORDER BY product DESC LIMIT ?"
    )

    def ask(most: int) -> list[tuple[int, float]]:
        return transaction.execute(statement, (vector, *values, most)).fetchall()

    return ask


def _by_index(
    transaction: Transaction, vector: NDArray[np.float32], most: int, filter: Filter
) -> list[tuple[int, float]]:
    explored = min(max(most, _LEAST_EXPLORED), _MOST_EXPLORED)
    transaction.execute(
        "SELECT set_config('hnsw.ef_search', ?, true), "
        # What is found late may be nearer than what was found: all is ranked again.
        "set_config('hnsw.iterative_scan', 'relaxed_order', true)",
        (str(explored),),
    )
    condition, values = _admitting(filter)
    half = f"halfvec({len(vector)})"
    found = transaction.execute(
        f"SELECT chunk, 0.0 FROM vectors WHERE {condition} "  # noqa: S608 - placeholders only
        f"ORDER BY vector::{half} <#> ?::vector::{half} LIMIT ?",
        (*values, vector, most),
    ).fetchall()
    if len(found) < most:
        # The index gave up before the filter had let enough through.
        return with_ties(most // _CANDIDATES, _exactly(transaction, vector, condition, values))
    return found


def _admitting(filter: Filter) -> tuple[str, list[Any]]:
    """Return a condition on `vectors`, and its values."""
    if not filter:
        return "TRUE", []
    condition, values = filter_clause(filter)
    exists = (
        "EXISTS (SELECT 1 FROM chunks JOIN documents ON documents.number = document "  # noqa: S608
        f"WHERE chunks.number = chunk AND {condition})"
    )
    return exists, list(values)
