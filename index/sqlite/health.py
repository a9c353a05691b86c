"""Checks everything in a library against everything else, reading all of it; mends nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedError, LibraryError
from index.sqlite.catalog import count_all
from index.sqlite.database import Database, get_meta, get_number
from index.sqlite.derived import numbers_removed
from index.sqlite.files import unread_files
from index.sqlite.rows import DOCUMENT_COLUMNS, DOCUMENTS, check_vectors, document_from, spans_from
from index.sqlite.vectors.flat_index import FlatIndex
from index.sqlite.vectors.ivf_index import IvfIndex
from index.sqlite.vectors.keeper import VectorKeeper
from index.sqlite.vectors.rows import stored_vectors
from index.sqlite.words.keeper import WordKeeper
from index.store import Counts, Health

__all__ = ["check_library"]

_REPLACE = "put a copy of library.db back, or move it away and add the articles again"
_RENEW = "remove the article, and add its file again"
_REPAIR = "ask doctor --repair"
_MOST_NAMED = 20
_ROWS_AT_ONCE = 4096

_Check = Callable[[sqlite3.Connection], str]


def check_library(database: Database, keeper: VectorKeeper, words: WordKeeper) -> list[Health]:
    """Run every check, each in a transaction of its own, so that writers need not wait for all."""
    checks: list[tuple[str, _Check, str]] = [
        ("database", _check_database, _REPLACE),
        ("articles", _check_articles, _RENEW),
        ("files", _name_unread, ""),
        ("vectors", _check_vectors, _REPLACE),
        ("full text", words.check, _REPAIR),
        ("vector index", lambda connection: _check_index(connection, keeper), _REPAIR),
    ]
    return [_run(database, *check) for check in checks]


def _run(database: Database, name: str, check: _Check, mend: str) -> Health:
    try:
        with database.read() as connection:
            return Health(name, True, check(connection))
    except LibraryError as error:
        return Health(name, False, str(error), mend)


def _check_database(connection: sqlite3.Connection) -> str:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise DamagedError(" ".join("; ".join(found).split()))
    broken = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    if broken:
        raise DamagedError(f"{broken} rows belong to an article or chunk that is not there")
    query = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)"
    if Counts(*connection.execute(query).fetchone()) != count_all(connection):
        raise DamagedError("it holds other numbers of articles and chunks than it notes")
    return "its pages, references, and counters are whole"


def _check_articles(connection: sqlite3.Connection) -> str:
    count = 0
    columns = f"SELECT sentences, {DOCUMENT_COLUMNS} FROM {DOCUMENTS}"  # noqa: S608
    for sentences, *row in connection.execute(columns):
        document = document_from(tuple(row))
        places = connection.execute('SELECT start, "end" FROM chunks WHERE document = ?', row[:1])
        spans = [(span.start, span.end) for span in spans_from(sentences)]
        for start, end in (*places, *spans):
            if not 0 <= start < end <= len(document.text):
                raise DamagedError(
                    f'an offset of the article "{document.id}" lies outside its text'
                )
        count += 1
    return f"{count} articles are what was stored, and all offsets lie in their text"


def _name_unread(connection: sqlite3.Connection) -> str:
    """Name the files that are left out; what is wrong with them is not the library's fault."""
    left_out = unread_files(connection)
    named = "; ".join(f"{path} ({problem})" for path, problem in left_out[:_MOST_NAMED])
    more = f"; and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
    return f"not read, or not all of it: {named}{more}" if left_out else "all were read"


def _check_vectors(connection: sqlite3.Connection) -> str:
    numbers = _numbers(connection, "SELECT number FROM chunks ORDER BY number")
    if not np.array_equal(
        numbers, _numbers(connection, "SELECT chunk FROM vectors ORDER BY chunk")
    ):
        raise DamagedError("chunks and vectors do not correspond one to one")
    dimension = get_number(connection, "dimension")
    for start in range(0, len(numbers), _ROWS_AT_ONCE):
        part = numbers[start : start + _ROWS_AT_ONCE]
        try:
            check_vectors(stored_vectors(connection, part, dimension), len(part), dimension)
        except ValueError as error:
            raise DamagedError(str(error)) from error
    return f"{len(numbers)} vectors of dimension {dimension}, one for each chunk"


def _check_index(connection: sqlite3.Connection, keeper: VectorKeeper) -> str:
    if get_meta(connection, "index_file") is None:
        return "no file yet; the first search builds it"
    index = keeper.load(connection)
    if index is None:
        raise DamagedError("the file is missing or damaged; a search builds it anew")
    numbers = _numbers(connection, "SELECT number FROM chunks ORDER BY number")
    if isinstance(index, FlatIndex):
        if not keeper.is_recorded(connection):
            return f"{len(index)} vectors in a file that is behind; the next search catches up"
        order = np.argsort(index.numbers)
        agrees = np.array_equal(index.numbers[order], numbers) and np.array_equal(
            index.vectors[order], stored_vectors(connection, numbers, index.dimension)
        )
        changed = 0
    else:
        gone = numbers_removed(connection, 0)
        new = np.setdiff1d(numbers, index.numbers, assume_unique=True)
        held = np.setdiff1d(index.numbers, gone)
        agrees = np.array_equal(np.union1d(held, new), numbers) and _codes_agree(
            connection, index, held
        )
        changed = len(new) + len(index) - len(held)
    if not agrees:
        raise DamagedError("the file does not agree with the database")
    since = f"; {changed} added or removed since, which searches know of" if changed else ""
    return f"{len(index)} vectors in a file that agrees with the database{since}"


def _codes_agree(connection: sqlite3.Connection, index: IvfIndex, held: NDArray[np.int64]) -> bool:
    for numbers, codes in index.rows():
        kept = np.isin(numbers, held)
        vectors = stored_vectors(connection, numbers[kept], index.dimension)
        if not np.array_equal(index.encode(vectors), codes[kept]):
            return False
    return True


def _numbers(connection: sqlite3.Connection, query: str) -> NDArray[np.int64]:
    return np.array([number for (number,) in connection.execute(query)], dtype=np.int64)
