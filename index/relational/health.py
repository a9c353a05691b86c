"""Checks what every database keeps of a library, reading all of it; mends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from index.errors import DamagedError, LibraryError
from index.relational.catalog import article_rows, count_all
from index.relational.connection import Connection, Database, get_number, marks
from index.relational.files import unread_files
from index.relational.rows import check_vectors, document_from, spans_from
from index.store import Health

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "EMBEDDED",
    "RENEW",
    "HealthCheck",
    "check_articles",
    "check_counters",
    "check_stored_vectors",
    "name_unread",
    "numbers",
    "run_checks",
]  # fmt: skip

RENEW = "remove the article, and add its file again"
EMBEDDED = (
    "SELECT number FROM chunks "
    "WHERE NOT EXISTS (SELECT 1 FROM waiting WHERE chunk = number) ORDER BY number"
)
"""The numbers of the chunks that have vectors."""
_MOST_NAMED = 20
_ARTICLES_AT_ONCE = 64
_VECTORS_AT_ONCE = 4096

HealthCheck = tuple[str, Callable[..., str], str]
"""Its name, what it does in a transaction, and the command that mends what it finds."""


def run_checks(database: Database, checks: Iterable[HealthCheck]) -> list[Health]:
    """Run every check, each in a transaction of its own, so that writers need not wait for all."""
    found = []
    for name, check, mend in checks:
        try:
            with database.read() as connection:
                found.append(Health(name, True, check(connection)))
        except LibraryError as error:
            found.append(Health(name, False, str(error), mend))
    return found


def check_counters(connection: Connection) -> None:
    """Compare the numbers of articles and chunks with those that are noted.

    Raises:
        DamagedError: they differ.
    """
    query = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)"
    noted = count_all(connection)
    if connection.execute(query).fetchone() != (noted.documents, noted.chunks):
        raise DamagedError("it holds other numbers of articles and chunks than it notes")


def check_articles(connection: Connection) -> str:
    """Read every article, and compare all offsets with its text.

    Raises:
        DamagedError: one is not what was stored.
    """
    articles = [number for (number,) in connection.execute("SELECT number FROM documents")]
    for start in range(0, len(articles), _ARTICLES_AT_ONCE):
        part = articles[start : start + _ARTICLES_AT_ONCE]
        documents = {
            number: document_from(*row) for number, row in article_rows(connection, part).items()
        }
        among = marks(part)
        spans = connection.execute(
            f'SELECT document, start, "end" FROM chunks WHERE document IN {among}',  # noqa: S608
            part,
        ).fetchall()
        for number, sentences in connection.execute(
            f"SELECT number, sentences FROM documents WHERE number IN {among}",  # noqa: S608
            part,
        ):
            spans += [(number, span.start, span.end) for span in spans_from(sentences)]
        for number, begin, end in spans:
            are_numbers = isinstance(begin, int) and isinstance(end, int)
            if not (are_numbers and 0 <= begin < end <= len(documents[number].text)):
                raise DamagedError(
                    f'an offset of the article "{documents[number].id}" lies outside its text'
                )
    return f"{len(articles)} articles are what was stored, and all offsets lie in their text"


def name_unread(connection: Connection) -> str:
    """Name the files that are left out; what is wrong with them is not the library's fault."""
    left_out = unread_files(connection)
    named = "; ".join(f"{path} ({problem})" for path, problem in left_out[:_MOST_NAMED])
    more = f"; and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
    return f"not read, or not all of it: {named}{more}" if left_out else "all were read"


def check_stored_vectors(connection: Connection) -> str:
    """Read every vector.

    Raises:
        DamagedError: one is no unit vector, or chunks and vectors do not correspond.
    """
    import numpy as np

    chunks = numbers(connection, EMBEDDED)
    if not np.array_equal(chunks, numbers(connection, "SELECT chunk FROM vectors ORDER BY chunk")):
        raise DamagedError("chunks and vectors do not correspond one to one")
    dimension = get_number(connection, "dimension")
    for start in range(0, len(chunks), _VECTORS_AT_ONCE):
        part = chunks[start : start + _VECTORS_AT_ONCE].tolist()
        try:
            check_vectors(connection.vectors(part, dimension), len(part), dimension)
        except ValueError as error:
            raise DamagedError(str(error)) from error
    waiting = count_all(connection).waiting
    if not waiting:
        return f"{len(chunks)} vectors of dimension {dimension}, one for each chunk"
    return (
        f"{len(chunks)} vectors of dimension {dimension}; {waiting} chunks wait for theirs and are "
        "found by words until then: ask doctor --repair makes them"
    )


def numbers(connection: Connection, query: str) -> NDArray[np.int64]:
    """Return the one column of a query."""
    import numpy as np

    return np.array([number for (number,) in connection.execute(query)], dtype=np.int64)
