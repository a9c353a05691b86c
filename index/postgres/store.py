"""The store on a server: many write to it and ask it at once, from several machines.

`postgresql://USER:PASSWORD@HOST/DATABASE` names it. Tables and rankings are those of one
library in one schema, so that a database can hold several; docs/scale.md tells how to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.errors import DamagedError
from index.postgres import postings
from index.postgres.connection import Transaction
from index.postgres.database import PostgresDatabase
from index.postgres.vectors import EXACT_UP_TO, build_index, few_admitted, has_index, rank
from index.relational.articles import derive_anew
from index.relational.catalog import count_all
from index.relational.connection import get_number, set_meta
from index.relational.health import (
    RENEW,
    HealthCheck,
    check_articles,
    check_counters,
    check_stored_vectors,
    name_unread,
    run_checks,
)
from index.relational.ranking import in_order, near_words
from index.relational.rows import check_vectors, filter_clause
from index.relational.store import RelationalStore, next_generation
from index.store import Health, ScoredChunk
from index.text.tokens import question_stems, stems
from index.types import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PostgresStore"]

_REPAIR = "ask doctor --repair"


class PostgresStore(RelationalStore):
    """Implements `index.store.Store` on a PostgreSQL server with pgvector."""

    _database: PostgresDatabase
    _elsewhere = "--store"
    is_shared = True

    def __init__(
        self,
        url: str,
        *,
        fingerprint: str | None = None,
        dimension: int | None = None,
        lock_timeout_s: float = 30.0,
        connect_timeout_s: float = 30.0,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        """Open the library of a database; its tables are made where there are none.

        Args:
            url: of the database.
            fingerprint: of the embedder; None where no vector will be added or searched.
            dimension: length of the embedder's vectors; None as above.
            lock_timeout_s: how long a write waits for another that writes.
            connect_timeout_s: how long anything waits for the server, or for a free connection.
            exact_up_to: how many chunks are searched exactly.

        Raises:
            MismatchError: made by another format version or another embedder.
            LibraryError: the server cannot be reached or used.
        """
        self._exact_up_to = exact_up_to
        database = PostgresDatabase(
            url, lock_timeout_s=lock_timeout_s, connect_timeout_s=connect_timeout_s
        )
        super().__init__(database.name, database, fingerprint, dimension)

    # Searching

    def search_dense(
        self, vector: NDArray[np.float32], limit: int, filter: Filter = Filter()
    ) -> list[ScoredChunk]:
        """Rank chunks by cosine; see `index.store.Store`."""
        check_vectors(vector[None], 1, self._dimension)
        with self._database.read() as transaction:
            self._check_embedder(transaction)
            return rank(transaction, vector, limit, filter)

    def search_lexical(self, text: str, limit: int, filter: Filter = Filter()) -> list[ScoredChunk]:
        """Rank chunks that share a word stem with the text, by BM25. Any text is safe."""
        sought = question_stems(text)
        if not sought or limit <= 0:
            return []
        with self._database.read() as transaction:
            few = few_admitted(transaction, filter) if filter else None
            if few is not None:
                rows = transaction.execute(
                    "SELECT number FROM chunks WHERE document = ANY(?)", (few,)
                )
                allowed = [number for (number,) in rows]
                found = postings.best(transaction.raw, sought, limit, allowed)
            elif filter:
                found = _admitted_of_many(transaction, sought, limit, filter)
            else:
                found = postings.best(transaction.raw, sought, limit)
            return in_order(transaction, dict(found), limit)

    def chunk_frequencies(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the chunks whose text holds it, after stemming."""
        with self._database.read() as transaction:
            return [postings.count(transaction.raw, stems(word)) for word in words]

    def near_words(self, word: str) -> list[str]:
        """Return the words that a letter parts from one, as articles spell them."""
        with self._database.read() as transaction:
            connection = transaction.raw
            return near_words(
                transaction,
                word,
                near=lambda stem: postings.near(connection, stem),
                best=lambda stem: postings.best(connection, [stem], 1),
            )

    # Upkeep

    def commit_index(self, on_progress: Callable[[int, int], None] | None = None) -> None:
        """Make the vector index of a library that has grown large; cheap where there is one.

        Args:
            on_progress: called with how much of that is done, and how much there is.

        Raises:
            LibraryError: it cannot be made. The articles are stored, and searches work.
        """
        with self._database.read() as transaction:
            large = count_all(transaction).vectors > self._exact_up_to
            missing = large and not has_index(transaction)
            dimension = get_number(transaction, "dimension")
        if missing:
            build_index(self._database, dimension, on_progress)

    def rebuild_index(self) -> None:
        """Derive anew all that is derived: counters, inverted lists, and the vector index."""
        with self._database.write() as transaction:
            derive_anew(transaction)
            words = transaction.execute("SELECT coalesce(sum(length), 0) FROM chunks").fetchone()
            set_meta(transaction, "words", str(words[0]))
            transaction.execute("DELETE FROM postings")
            for run in postings.runs(transaction.raw):
                postings.add(transaction.raw, run)
            next_generation(transaction)
        with self._database.read() as transaction:
            had_index = has_index(transaction)
            dimension = get_number(transaction, "dimension")
        if had_index:
            build_index(self._database, dimension, anew=True)

    def health(self) -> list[Health]:
        """Check everything that can be checked, reading all of it; damage is a result here."""
        checks: list[HealthCheck] = [
            ("database", _check_server, "set them to on in the server's postgresql.conf"),
            ("counters", _check_counters, _REPAIR),
            ("articles", check_articles, RENEW),
            ("files", name_unread, ""),
            ("vectors", check_stored_vectors, RENEW),
            ("full text", _check_words, _REPAIR),
            ("vector index", _check_index, _REPAIR),
        ]
        return run_checks(self._database, checks)


def _admitted_of_many(
    transaction: Transaction, sought: Sequence[str], limit: int, filter: Filter
) -> list[tuple[int, float]]:
    """Return the best chunks that a filter admits, which admits many: look ever deeper."""
    condition, values = filter_clause(filter)
    most = limit
    while True:
        most *= 4
        found = postings.best(transaction.raw, sought, most)
        numbers = [number for number, _ in found]
        rows = transaction.execute(
            "SELECT chunks.number FROM chunks "  # noqa: S608 - placeholders only
            "JOIN documents ON documents.number = document "
            f"WHERE chunks.number = ANY(?) AND {condition}",
            (numbers, *values),
        )
        admitted = {number for (number,) in rows.fetchall()}
        # Where all that there are were found, there is nothing deeper.
        if len(admitted) >= limit or len(found) < most:
            return [pair for pair in found if pair[0] in admitted]


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
