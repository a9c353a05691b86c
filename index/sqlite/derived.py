"""Notes in the database which file was derived from it, so that no other is taken for it.

And which chunks went since: a trigger notes every chunk that goes, at a place that only ever grows.
A file is recorded with the last place that it knows of, under `<key>_removals` in `meta`; what
every one of them knows of is dropped. Knows not what is in such a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.durable import whole_file
from index.errors import LibraryError
from index.relational.connection import get_meta, set_meta
from index.sqlite.connection import LibraryConnection

__all__ = ["DerivedFile", "count_removed", "drop_known", "last_removal", "numbers_removed"]

_File = TypeVar("_File", bound="DerivedFile")
_KEYS = ("index", "words")
"""Of the derived files, as in `index_file` and `index_removals`."""


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
    def noted(cls: type[_File], connection: LibraryConnection, key: str) -> _File | None:
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

    def note(self, connection: LibraryConnection, key: str) -> None:
        """Note it in place of the one before, and drop the removals that are known now."""
        set_meta(connection, f"{key}_file", self.name)
        set_meta(connection, f"{key}_sha256", self.sha256)
        set_meta(connection, f"{key}_bytes", str(self.size))
        set_meta(connection, f"{key}_rows", str(self.rows))
        set_meta(connection, f"{key}_removals", str(self.removals))
        drop_known(connection)

    @staticmethod
    def discard(connection: LibraryConnection, key: str) -> None:
        """Note that there is none."""
        connection.execute("DELETE FROM meta WHERE key = ?", (f"{key}_file",))

    @staticmethod
    @contextmanager
    def written(path: Path, kind: str) -> Iterator[BinaryIO]:
        """Open a file of a kind whole; the caller holds the writer's lock, and notes it next.

        Raises:
            LibraryError: it cannot be written. Articles and searches are not affected.
        """
        try:
            with whole_file(path) as file:
                yield file
        except OSError as error:
            raise LibraryError(
                f"the articles are stored and can be searched, but their {kind} cannot be saved "
                f"({error.strerror}): free some space, or check the permissions of {path.parent}"
            ) from error

    def sweep(self, home: Path, pattern: str) -> None:
        """Delete the others that are named so. Whoever has one open keeps what it read."""
        for path in home.glob(pattern):
            if path.name != self.name:
                with suppress(OSError):  # It is in nobody's way.
                    path.unlink(missing_ok=True)

    def is_in(self, home: Path) -> bool:
        """Say whether it is there, by its name and size."""
        try:
            return (home / self.name).stat().st_size == self.size
        except (OSError, ValueError):
            return False


def numbers_removed(connection: LibraryConnection, after: int) -> NDArray[np.int64]:
    """Return the numbers of the chunks that went after a place, in the order in which they went."""
    rows = connection.execute(
        "SELECT number FROM removed_chunks WHERE place > ? ORDER BY place", (after,)
    )
    return np.fromiter((number for (number,) in rows), dtype=np.int64)


def count_removed(connection: LibraryConnection, after: int, *, with_vector: bool = False) -> int:
    """Count the chunks that went after a place, all or only those that had a vector."""
    (count,) = connection.execute(
        "SELECT count(*) FROM removed_chunks WHERE place > ? AND had_vector >= ?",
        (after, int(with_vector)),
    ).fetchone()
    return int(count)


def last_removal(connection: LibraryConnection) -> int:
    """Return the place of the latest removal, whether it is still noted or not; 0 for none."""
    row = connection.execute(
        "SELECT seq FROM sqlite_sequence WHERE name = 'removed_chunks'"
    ).fetchone()
    return 0 if row is None else int(row[0])


def drop_known(connection: LibraryConnection) -> None:
    """Drop the removals that every derived file knows of, once one of them is recorded."""
    places = [
        int(get_meta(connection, f"{key}_removals") or 0)
        for key in _KEYS
        if get_meta(connection, f"{key}_file") is not None
    ]
    connection.execute("DELETE FROM removed_chunks WHERE place <= ?", (min(places, default=0),))
