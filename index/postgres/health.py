"""Checks everything in a library on a server against everything else; mends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.postgres import postings
from index.postgres.connection import Transaction
from index.postgres.vectors import has_index
from index.relational.health import (
    RENEW,
    HealthCheck,
    check_articles,
    check_counters,
    check_stored_vectors,
    name_unread,
    run_checks,
)
from index.store import Health

if TYPE_CHECKING:
    from index.postgres.database import PostgresDatabase

__all__ = ["check_library"]

_REPAIR = "ask doctor --repair"


def check_library(database: PostgresDatabase) -> list[Health]:
    """Run every check of the tables and of what is derived from them."""
    checks: list[HealthCheck] = [
        ("database", _check_server, "set them to on in the server's postgresql.conf"),
        ("counters", _check_counters, _REPAIR),
        ("articles", check_articles, RENEW),
        ("files", name_unread, ""),
        ("vectors", check_stored_vectors, RENEW),
        ("full text", _check_words, _REPAIR),
        ("vector index", _check_index, _REPAIR),
    ]
    return run_checks(database, checks)


def _check_server(transaction: Transaction) -> str:
    off = [
        name
        for name in ("fsync", "full_page_writes")
        if transaction.execute("SELECT current_setting(?)", (name,)).fetchone()[0] != "on"
    ]
    if off:
        raise DamagedError(f"a power cut may lose articles: {' and '.join(off)} is off")
    (version,) = transaction.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {version.split()[0]}, which writes to disk before it answers"


def _check_counters(transaction: Transaction) -> str:
    check_counters(transaction)
    query = "SELECT count(*), coalesce(sum(length), 0) FROM chunks"
    if transaction.execute(query).fetchone() != postings.totals(transaction.raw):
        raise DamagedError("it holds other numbers of chunks and words than it notes")
    return "articles, chunks, and words are as many as is noted"


def _check_words(transaction: Transaction) -> str:
    differing = 0
    chunks = 0
    for run in postings.runs(transaction.raw):
        chunks += len(run)
        differing += not postings.holds(transaction.raw, run)
    if differing:
        raise DamagedError("the full-text index does not agree with the articles")
    return f"the words of {chunks} passages agree with the articles"


def _check_index(transaction: Transaction) -> str:
    if has_index(transaction):
        return "an HNSW index, which the server keeps in step"
    return "none: so few vectors are all looked at"
