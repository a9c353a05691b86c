"""Notes in the database which file was derived from it, so that no other is taken for it.

Knows neither what is in such a file nor how it is written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from index.sqlite.database import get_meta, set_meta

__all__ = ["DerivedFile", "State"]


@dataclass(frozen=True, slots=True)
class State:
    """What the database held when something was derived from it."""

    connection: sqlite3.Connection
    """Another one means another file: a backup that was put back, for example."""
    library: str | None
    generation: int
    token: str | None
    """Random for each write: where a backup was put back, a generation comes twice."""

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> State:
        """Return what this transaction sees."""
        return cls(
            connection,
            get_meta(connection, "library"),
            int(get_meta(connection, "generation") or 0),
            get_meta(connection, "token"),
        )

    def may_follow(self, before: State) -> bool:
        """Say whether writes may have led here from there, so that the numbers of chunks agree."""
        same_library = self.connection is before.connection and self.library == before.library
        return same_library and self.generation > before.generation


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """A file that was safely on disk when the database noted it."""

    name: str
    sha256: str
    size: int
    rows: int

    @classmethod
    def noted(cls, connection: sqlite3.Connection, key: str) -> DerivedFile | None:
        """Return the file that is noted under a key."""
        name = get_meta(connection, f"{key}_file")
        if name is None:
            return None
        return cls(
            name,
            get_meta(connection, f"{key}_sha256") or "",
            int(get_meta(connection, f"{key}_bytes") or -1),
            int(get_meta(connection, f"{key}_rows") or 0),
        )

    def note(self, connection: sqlite3.Connection, key: str) -> None:
        """Note it in place of the one before."""
        set_meta(connection, f"{key}_file", self.name)
        set_meta(connection, f"{key}_sha256", self.sha256)
        set_meta(connection, f"{key}_bytes", str(self.size))
        set_meta(connection, f"{key}_rows", str(self.rows))

    @staticmethod
    def discard(connection: sqlite3.Connection, key: str) -> None:
        """Note that there is none."""
        connection.execute("DELETE FROM meta WHERE key = ?", (f"{key}_file",))

    def is_in(self, home: Path) -> bool:
        """Say whether it is there, by its name and size."""
        try:
            return (home / self.name).stat().st_size == self.size
        except OSError:
            return False
