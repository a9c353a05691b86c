"""Tells apart the states of a library that transactions see; knows not what changed in between."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from index.sqlite.database import get_meta, get_number

__all__ = ["LibraryState"]


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the library was when a transaction saw it."""

    connection: sqlite3.Connection
    """Another one means another file: a backup that was put back, for example."""
    library: str | None
    generation: int
    token: str | None
    """Random for each write: where a backup was put back, a generation comes twice."""

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> LibraryState:
        """Return the state that this transaction sees."""
        return cls(
            connection,
            get_meta(connection, "library"),
            get_number(connection, "generation"),
            get_meta(connection, "token"),
        )

    def may_follow(self, before: LibraryState) -> bool:
        """Say whether it is that state, or writes may have led here from there.

        Then the same number of a chunk means the same chunk in both.
        """
        if self == before:
            return True
        same_library = self.connection is before.connection and self.library == before.library
        return same_library and self.generation > before.generation
