"""Builds the index of a large library from its stored vectors, while others use the library.

It reads in many short transactions, so that nobody waits for it, and writes
nothing: what is added meanwhile is above the highest number that it looks at,
and what is removed meanwhile is noted by the database. The same articles train
the same lists, in whatever order they were added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.relational.catalog import count_all
from index.relational.connection import get_number
from index.sqlite.connection import highest_number, vectors_above
from index.sqlite.database import LibraryState, SqliteDatabase
from index.sqlite.derived import last_removal
from index.sqlite.vectors.file import VectorFile
from index.sqlite.vectors.ivf_index import IvfIndex, sample_size

if TYPE_CHECKING:
    from index.sqlite.connection import VectorRows

__all__ = ["Plan", "StoppedError", "build_large"]

_MIXERS = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)
"""Odd numbers with well-spread bits, of the SplitMix64 generator and its kin."""


class StoppedError(Exception):
    """The build was asked to stop, or the library was replaced by another meanwhile."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build begins with."""

    state: LibraryState
    name: str
    before: VectorFile | None
    """The file that was recorded then."""
    removals: int
    """The last removal noted then."""
    chunks: int
    highest: int
    dimension: int


def build_large(
    database: SqliteDatabase,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[IvfIndex, Plan]:
    """Train and fill an index of all chunks; return it with what its build began with.

    Args:
        database: whose transactions it reads in.
        on_progress: called with the chunks read and those to read; every chunk is read twice.
        stopped: asked now and then whether to give up.

    Raises:
        StoppedError: it gave up.
        LibraryError: the vectors cannot be read.
    """
    with database.read() as connection:
        plan = Plan(
            LibraryState.of(connection),
            VectorFile.name_of(connection, exact=False),
            VectorFile.recorded(connection),
            last_removal(connection),
            count_all(connection).vectors,
            highest_number(connection),
            get_number(connection, "dimension"),
        )
    done = 0

    def passed(rows: int) -> None:
        nonlocal done
        done += rows
        if on_progress:
            on_progress(min(done, 2 * plan.chunks), 2 * plan.chunks)

    sample = _sample(_batches(database, plan, stopped), plan.chunks, passed)
    index = IvfIndex.train(sample, plan.chunks)
    for numbers, vectors in _batches(database, plan, stopped):
        index.add(numbers, vectors)
        passed(len(numbers))
    return index, plan


def _batches(
    database: SqliteDatabase, plan: Plan, stopped: Callable[[], bool]
) -> Iterator[VectorRows]:
    number = 0
    while True:
        if stopped():
            raise StoppedError
        with database.read() as connection:
            if not LibraryState.of(connection).may_follow(plan.state):
                raise StoppedError
            numbers, vectors = vectors_above(connection, number, plan.highest, plan.dimension)
        if not len(numbers):
            return
        yield numbers, vectors
        number = int(numbers[-1])


def _sample(
    batches: Iterator[VectorRows], chunks: int, passed: Callable[[int], None]
) -> NDArray[np.float32]:
    """Choose by what the vectors are, not by where they are, and put them in an order as such."""
    wanted = sample_size(chunks)
    threshold = min(1.0, wanted / max(1, chunks)) * 2.0**64
    first: NDArray[np.float32] | None = None
    keys, chosen, count = [], [], 0
    for _, vectors in batches:
        first = vectors if first is None else first
        found = _keys(vectors)
        # A library of one vector, over and over, must not be chosen as a whole.
        rows = np.flatnonzero(found < threshold)[: 2 * wanted - count]
        keys.append(found[rows])
        chosen.append(vectors[rows])
        count += len(rows)
        passed(len(vectors))
    if first is None:
        raise StoppedError
    if not count:
        return first
    order = np.argsort(np.concatenate(keys), kind="stable")
    sample: NDArray[np.float32] = np.concatenate(chosen)[order]
    return sample


def _keys(vectors: NDArray[np.float32]) -> NDArray[np.uint64]:
    words = np.ascontiguousarray(vectors[:, : len(_MIXERS)]).view(np.uint32).astype(np.uint64)
    keys: NDArray[np.uint64] = (words * _MIXERS[: words.shape[1]]).sum(axis=1, dtype=np.uint64)
    for mixer in _MIXERS[1:3]:
        keys ^= keys >> np.uint64(30)
        keys *= mixer
    keys ^= keys >> np.uint64(31)
    return keys
