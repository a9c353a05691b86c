"""Holds back what messages quote until much else is stored, and lets go of what was told there.

A reply repeats what it answers; where the message that it answers is in the library, or is added
with it, that is no article of its own. Knows nothing of mail but which parts are quotations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import DamagedError, NotFoundError
from index.store import FileRead
from index.told import Told, is_quote
from index.types import Document

if TYPE_CHECKING:
    from index.store import Store
    from rag.adding import AddResult

__all__ = ["HeldBack"]

_LOOKED_FOR = 300
"""Characters of a quotation by which articles that may hold it are searched."""
_CANDIDATES = 8
_MOST_FILES = 200
"""Files whose records are held back: an interruption has them read again."""
_MOST_CHARACTERS = 20_000_000
"""Of quotations that are held in memory."""


class HeldBack:
    """What messages quote, and the records of their files, which are complete only with it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: list[AddResult | FileRead] = []
        self._so_far = Told()
        # Of the file that is being read.
        self._has_quotes = False
        self._left_out: set[str] = set()

    def without_quotes(
        self, readings: Iterable[AddResult | FileRead]
    ) -> Iterator[AddResult | FileRead]:
        """Yield what was read but for the quotations, in order, until enough is held back."""
        files = characters = 0
        for reading in readings:
            if isinstance(reading, FileRead):
                if not self._has_quotes:
                    yield reading
                    continue
                self._held.append(reading)
                self._has_quotes = False
                files += 1
            elif (document := reading.document) and is_quote(reading.part):
                self._held.append(reading)
                self._has_quotes = True
                characters += len(document.text)
            else:
                yield reading
            if files >= _MOST_FILES or characters > _MOST_CHARACTERS:
                return

    def quotes(self, store: Store) -> Iterator[AddResult | FileRead]:
        """Yield the quotations held so far that no other article of the library holds.

        Args:
            store: The library, with all that was yielded before.
        """
        held, self._held = self._held, []
        files = [reading for reading in held if isinstance(reading, FileRead)]
        parts_now = {file.record.path: file.parts for file in files if file.parts is not None}
        for reading in held:
            if isinstance(reading, FileRead):
                parts = reading.parts
                left_out, self._left_out = self._left_out, set()
                yield replace(reading, parts=None if parts is None else parts - left_out)
            elif document := reading.document:
                if self._so_far.is_new(document.text) and not _is_told(store, document, parts_now):
                    yield reading
                else:
                    self._left_out.add(reading.part)


def _is_told(store: Store, quote: Document, parts_now: Mapping[str, frozenset[str]]) -> bool:
    """Say whether an article of the library that stays there holds most of a quotation.

    Another quotation may be gone once its file is read again, and so is what files that were read
    now no longer have.
    """
    told = Told()
    found = store.search_lexical(quote.text[:_LOOKED_FOR], _CANDIDATES)
    for id_ in dict.fromkeys(each.chunk.document_id for each in found):
        if id_ == quote.id:
            continue
        try:
            other = store.document(id_)
        except (NotFoundError, DamagedError):  # Removed since, or no longer what it was.
            continue
        stays = other.part in parts_now.get(other.path or "", {other.part})
        if stays and not is_quote(other.part):
            told.is_new(other.text)
    return not told.is_new(quote.text)
