"""Holds back what messages quote until all else is stored, and lets go of what was told there.

A reply repeats what it answers; where the message that it answers is in the library, or is added
with it, that is no article of its own. Knows nothing of mail but which parts are quotations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import DamagedError, NotFoundError
from index.store import FileRead
from index.types import Document

if TYPE_CHECKING:
    from index.store import Store
    from rag.adding import AddResult

__all__ = ["HeldBack"]

_LOOKED_FOR = 300
"""Characters of a quotation by which articles that may hold it are searched."""
_CANDIDATES = 8


class HeldBack:
    """What messages quote, and the records of their files, which are complete only with it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._files: list[tuple[list[AddResult], FileRead | None]] = []

    def without_quotes(
        self, readings: Iterable[AddResult | FileRead]
    ) -> Iterator[AddResult | FileRead]:
        """Yield what was read but for the quotations, in order."""
        from index.reading.mail.told import is_quote

        quotes: list[AddResult] = []
        for reading in readings:
            if isinstance(reading, FileRead):
                if not quotes:
                    yield reading
                    continue
                self._files.append((quotes, reading))
                quotes = []
            elif reading.document and is_quote(reading.document.part):
                quotes.append(reading)
            else:
                yield reading
        if quotes:
            self._files.append((quotes, None))

    def quotes(self, store: Store) -> Iterator[AddResult | FileRead]:
        """Yield the quotations that no other article of the library holds.

        Args:
            store: The library, with all that they may quote.
        """
        from index.reading.mail.told import Told

        so_far = Told()
        for quotes, file in self._files:
            left_out: set[str] = set()
            for quote in quotes:
                document = quote.document
                if document is None:
                    continue
                if so_far.is_new(document.text) and not _is_told(store, document):
                    yield quote
                else:
                    left_out.add(document.part)
            if file:
                yield replace(file, parts=None if file.parts is None else file.parts - left_out)


def _is_told(store: Store, quote: Document) -> bool:
    """Say whether an article of the library, other than a quotation, holds most of a quotation.

    One that was quoted before may be gone once its file is read again.
    """
    from index.reading.mail.told import Told, is_quote

    told = Told()
    found = store.search_lexical(quote.text[:_LOOKED_FOR], _CANDIDATES)
    for id_ in dict.fromkeys(each.chunk.document_id for each in found):
        if id_ == quote.id:
            continue
        try:
            other = store.document(id_)
        except (NotFoundError, DamagedError):  # Removed since, or no longer what it was.
            continue
        if not is_quote(other.part):
            told.is_new(other.text)
    return not told.is_new(quote.text)
