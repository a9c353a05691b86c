"""Knows by their heads the tables that services for reading later export: saved links, highlights.

Most of their rows are links without a text, which are left out and counted. Knows nothing of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["SavedExport", "export_with", "simple_name"]


@dataclass(frozen=True, slots=True)
class SavedExport:
    """What a service exports."""

    service: str
    head: frozenset[str]
    """Names of columns that all of its tables have, as `simple_name` returns them."""
    texts: tuple[str, ...]
    """The columns that hold texts; together they are that of an article."""


_EXPORTS = tuple(
    SavedExport(service, frozenset(head.split()), tuple(texts.split()))
    for service, head, texts in (
        ("Readwise", "highlight book_title book_author highlighted_at", "highlight note"),
        ("Raindrop", "title url folder excerpt created", "excerpt note highlights"),
        ("Instapaper", "url title selection folder timestamp", "selection"),
        ("Pocket", "title url time_added status", ""),
        ("Zotero", "key item_type abstract_note title", "abstract_note notes"),
    )
)


def simple_name(name: str) -> str:
    """Return the name of a column as it is compared: `Book Title` is `book_title`."""
    return re.sub(r"[\s-]+", "_", name.strip()).casefold()


def export_with(columns: Iterable[str]) -> SavedExport | None:
    """Return whose export has these columns; None for a table of any other kind.

    >>> export_with(["title", "url", "time_added", "tags", "status"]).service
    'Pocket'
    """
    names = set(map(simple_name, columns))
    return next((each for each in _EXPORTS if each.head <= names), None)
