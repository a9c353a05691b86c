"""What a store in the tables of a database is asked, but for rankings; changes nothing.

Each question is one transaction. All that a list is sorted and searched by is in indexes, so that
no text of the library is passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import chain, groupby
from operator import itemgetter

from index.errors import DamagedError, NotFoundError
from index.relational.catalog import (
    ALIKE,
    count_all,
    find_article,
    read_article,
    read_whole_articles,
    stored_vectors,
)
from index.relational.connection import Database, get_meta, get_number, marks
from index.relational.files import known_files, unread_files
from index.relational.rows import REMOVED, filter_clause, spans_from
from index.search.copies import resemblance
from index.store import Counts, FileRecord, IndexedDocument, Listed, Listing
from index.text.tokens import plain_text
from index.types import Chunk, Document, Filter, Span

__all__ = ["RelationalReads"]

_ARTICLES_AT_ONCE = 64
_MOST_IN_BAND, _MOST_COMPARED = 100, 20
_LIKE_MARK = re.compile("[!%_]")
# As in `Listing`, and then the other way round.
_ORDERS = {
    "date": ("published DESC NULLS LAST, listed, id", "published NULLS LAST, listed, id"),
    "title": ("listed, published DESC NULLS LAST", "listed DESC, published DESC NULLS LAST"),
    "source": ("source_key, published DESC NULLS LAST, number",) * 2,
    "added": ("number DESC", "number"),
}


class RelationalReads:
    """The part of `index.store.Store` that reads, and every database does alike.

    What each method returns and raises is told there.
    """

    _database: Database

    def documents(self, filter: Filter = Filter()) -> Iterator[Document]:
        """Yield the articles without those that are removed meanwhile; nobody waits for it."""
        return self.list_documents(Listing(filter)).documents

    def list_documents(self, listing: Listing, limit: int | None = None, offset: int = 0) -> Listed:
        """Return the articles of a listing, at most `limit`, from an offset on."""
        condition, values = filter_clause(listing.filter)
        for word in plain_text(listing.search).split():
            condition += " AND listed LIKE ? ESCAPE '!'"
            values.append("%" + _LIKE_MARK.sub(r"!\g<0>", word) + "%")
        # No column that is in none of the indexes by which it is sorted.
        source = "source_key" if listing.order == "source" else "NULL"
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT number, {source} FROM documents WHERE {condition} "  # noqa: S608
                f"ORDER BY {_ORDERS[listing.order][listing.reverse]}",
                values,
            ).fetchall()
        by_source = listing.order == "source"
        numbers = _by_source(rows, listing.reverse) if by_source else [row[0] for row in rows]
        page = numbers[offset:] if limit is None else numbers[offset : offset + limit]
        return Listed(self._read_in_turn(page), len(numbers))

    def _read_in_turn(self, numbers: Sequence[int]) -> Iterator[Document]:
        """Yield articles by number, without those that are gone or damaged."""
        for start in range(0, len(numbers), _ARTICLES_AT_ONCE):
            with self._database.read() as connection:
                some = read_whole_articles(connection, numbers[start : start + _ARTICLES_AT_ONCE])
            yield from some

    def document(self, id_prefix: str) -> Document:
        """Return the one article whose id begins so."""
        with self._database.read() as connection:
            number, _ = find_article(connection, id_prefix)
            found = read_article(connection, number)
        assert found is not None  # noqa: S101 - seen in the same transaction
        return found

    def full_id(self, id_prefix: str) -> str:
        """Return the id of the one article whose id begins so, whether it is whole or damaged."""
        with self._database.read() as connection:
            return find_article(connection, id_prefix)[1]

    def sentences(self, document_id: str) -> tuple[Span, ...]:
        """Return the sentence offsets of an article, in order."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT sentences FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        if row is None:
            raise NotFoundError(f'no article has the id "{document_id}": see ask list')
        return spans_from(row[0])

    def entry(self, document_id: str) -> IndexedDocument | None:
        """Return an article with all that is stored of it; None where it is gone or damaged."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT number, sentences FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                return None
            number, sentences = row
            try:
                document = read_article(connection, number)
                if document is None:
                    return None
                places = connection.execute(
                    'SELECT number, start, "end" FROM chunks WHERE document = ? ORDER BY start',
                    (number,),
                ).fetchall()
                chunks = tuple(
                    Chunk(document_id, start, end, document.text[start:end])
                    for _, start, end in places
                )
                dimension = get_number(connection, "dimension")
                vectors = stored_vectors(connection, number, [row[0] for row in places], dimension)
                return IndexedDocument(document, spans_from(sentences), chunks, vectors)
            except DamagedError:
                return None

    def waiting(self, limit: int, ids: Sequence[str] | None = None) -> list[tuple[Document, Chunk]]:
        """Return chunks that wait for their vectors, without those of damaged articles."""
        condition = "TRUE" if ids is None else f"documents.id IN {marks(ids)}"
        order = "DESC" if ids is None else ""
        passed = 0
        with self._database.read() as connection:
            while True:
                rows = connection.execute(
                    'SELECT chunk, documents.number, start, "end" FROM waiting '  # noqa: S608
                    "JOIN chunks ON chunks.number = chunk "
                    "JOIN documents ON documents.number = document "
                    f"WHERE {condition} ORDER BY chunk {order} LIMIT ? OFFSET ?",
                    (*(ids or ()), limit, passed),
                ).fetchall()
                found: list[tuple[Document, Chunk]] = []
                for number, places in groupby(rows, key=itemgetter(1)):
                    for document in read_whole_articles(connection, [number]):
                        found += [
                            (document, Chunk(document.id, start, end, document.text[start:end]))
                            for _, _, start, end in places
                        ]
                # Of a damaged article, no chunk is what was stored: it must not hide the others.
                if found or len(rows) < limit:
                    return found
                passed += limit

    def kin(self, document_id: str, limit: int = 10) -> list[Document]:
        """Return articles that are nearly the same as one, of the few that share most with it.

        Of thousands of weather reports, all are alike.
        """
        alike: list[Document] = []
        with self._database.read() as connection:
            number, _ = find_article(connection, document_id)
            shared: Counter[int] = Counter()
            for (band,) in connection.execute("SELECT band FROM kin WHERE document = ?", (number,)):
                shared.update(
                    document
                    for (document,) in connection.execute(
                        "SELECT document FROM kin WHERE band = ? AND document <> ? LIMIT ?",
                        (band, number, _MOST_IN_BAND),
                    )
                )
            found = read_whole_articles(connection, [number]) if shared else []
            for candidate, _ in shared.most_common(_MOST_COMPARED) if found else ():
                if len(alike) == limit:
                    break
                others = read_whole_articles(connection, [candidate])
                alike += [o for o in others if resemblance(found[0].text, o.text) >= ALIKE]
        return sorted(alike, key=lambda other: (other.published or date.max, other.title, other.id))

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the embedder that made the vectors; None where none are."""
        with self._database.read() as connection:
            return get_meta(connection, "fingerprint")

    def state(self) -> str:
        """Return what is another after each change of the library, by whichever process."""
        with self._database.read() as connection:
            return get_meta(connection, "token") or ""

    def files(self, folder: str | None = None) -> dict[str, FileRecord]:
        """Return what is known of each file by path, of all or of those below a folder."""
        with self._database.read() as connection:
            return known_files(connection, folder)

    def count_unread(self) -> int:
        """Count the files that could not be read, or of which a part could not be."""
        with self._database.read() as connection:
            return len(unread_files(connection))

    def counts(self) -> Counts:
        """Count articles and chunks."""
        with self._database.read() as connection:
            return count_all(connection)

    def count_undated(self, filter: Filter = Filter()) -> int:
        """Count the undated articles that only the date bounds of a filter leave out."""
        condition, values = filter_clause(replace(filter, after=None, before=None))
        with self._database.read() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM documents "  # noqa: S608 - placeholders only
                f"WHERE published IS NULL AND {condition}",
                values,
            ).fetchone()
        return int(count)

    def languages(self, filter: Filter = Filter()) -> dict[str, int]:
        """Count the articles that a filter admits by language tag; the empty string: unknown."""
        return self._count_by("language", filter)

    def sources(self) -> dict[str, int]:
        """Count articles by source; the empty string stands for unknown."""
        return self._count_by("source", Filter())

    def authors(self) -> dict[str, int]:
        """Count articles by author, as they name him; the empty string stands for unknown."""
        return self._count_by("author", Filter())

    def days(self, filter: Filter = Filter()) -> dict[date, int]:
        """Count the dated articles that a filter admits by their day of publication."""
        counts: dict[date, int] = {}
        for day, count in self._count_by("published", filter).items():
            with suppress(ValueError):  # Unknown or damaged; what reads the article will say so.
                counts[date.fromisoformat(day)] = count
        return counts

    def tags(self) -> dict[str, int]:
        """Count articles by tag as it is written, and by what tags lie below, in order."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT coalesce(min(name), key), count(*) FROM tags "  # noqa: S608 - a constant
                f"WHERE standing < {REMOVED} GROUP BY key ORDER BY key"
            )
            return dict(rows.fetchall())

    def _count_by(self, column: str, filter: Filter) -> dict[str, int]:
        condition, values = filter_clause(filter)
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT coalesce({column}, '') AS name, count(*) FROM documents "  # noqa: S608
                f"WHERE {condition} GROUP BY name ORDER BY name",
                values,
            )
            return dict(rows.fetchall())


def _by_source(rows: Iterable[tuple[int, str | None]], reverse: bool) -> list[int]:
    """Return numbers in the order of the letters of their sources, without accents.

    The rows of one source follow one another: only the sources themselves are left to be sorted.
    """
    groups = {
        key: [number for number, _ in group] for key, group in groupby(rows, key=itemgetter(1))
    }
    unknown = groups.pop(None, [])
    keys = sorted(groups, key=lambda key: plain_text(str(key)))
    ordered = [groups[key] for key in (reversed(keys) if reverse else keys)]
    return [*chain.from_iterable(ordered), *unknown]
