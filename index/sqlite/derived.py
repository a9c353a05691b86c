"""Notes in the database which file was derived from it, so that no other is taken for it.

Knows neither what is in such a file nor how it is written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from index.sqlite.database import get_meta, set_meta
from index.sqlite.removals import drop_known

__all__ = ["DerivedFile"]

_File = TypeVar("_File", bound="DerivedFile")


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """A file that was safely on disk when the database noted it."""

    name: str
    sha256: str
    size: int
    rows: int
    removals: int
    """The place of the last removal of a chunk that the file knows of; see `removals`."""

    @classmethod
    def noted(cls: type[_File], connection: sqlite3.Connection, key: str) -> _File | None:
        """Return the file that is noted under a key; None for none, or where it makes no sense."""
        name, sha256 = get_meta(connection, f"{key}_file"), get_meta(connection, f"{key}_sha256")
        numbers = [get_meta(connection, f"{key}_{what}") for what in ("bytes", "rows", "removals")]
        if name is None or sha256 is None:
            return None
        try:
            size, rows, removals = (int(number or -1) for number in numbers)
        except ValueError:
            return None
        return cls(name, sha256, size, rows, removals)

    def note(self, connection: sqlite3.Connection, key: str) -> None:
        """Note it in place of the one before, and drop the removals that are known now."""
        set_meta(connection, f"{key}_file", self.name)
        set_meta(connection, f"{key}_sha256", self.sha256)
        set_meta(connection, f"{key}_bytes", str(self.size))
        set_meta(connection, f"{key}_rows", str(self.rows))
        set_meta(connection, f"{key}_removals", str(self.removals))
        drop_known(connection)

    @staticmethod
    def discard(connection: sqlite3.Connection, key: str) -> None:
        """Note that there is none."""
        connection.execute("DELETE FROM meta WHERE key = ?", (f"{key}_file",))

    def is_in(self, home: Path) -> bool:
        """Say whether it is there, by its name and size."""
        try:
            return (home / self.name).stat().st_size == self.size
        except (OSError, ValueError):
            return False
