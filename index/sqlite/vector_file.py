"""Writes, records, and verifies the file that an index of vectors is kept in.

The file is derived: it is believed when its bytes have the SHA-256 that the
database recorded after they were safely on disk. Its name tells which
generation of the library it was made from, and which kind of index it holds.
Knows not when to write one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from index.errors import LibraryError
from index.sqlite.database import get_meta, set_meta
from index.sqlite.durable import whole_file
from index.sqlite.faiss_index import FlatIndex
from index.sqlite.ivf_index import IvfIndex
from index.sqlite.removals import drop_known

__all__ = ["VectorFile"]

_LARGE = ".ivf.faiss"


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file of vectors, as the database notes it."""

    name: str
    sha256: str
    size: int
    rows: int
    removals: int
    """The place of the last removal of a chunk that the file knows of."""

    @property
    def is_exact(self) -> bool:
        """Whether it holds the vectors themselves, as far as its name tells."""
        return not self.name.endswith(_LARGE)

    @staticmethod
    def name_of(connection: sqlite3.Connection, *, exact: bool) -> str:
        """Return the name of a file that is made from what this transaction sees."""
        return f"vectors-{get_meta(connection, 'generation')}{'.faiss' if exact else _LARGE}"

    @classmethod
    def recorded(cls, connection: sqlite3.Connection) -> VectorFile | None:
        """Return what is noted of the latest file; None where there is none, or no sense in it."""
        name, sha256 = get_meta(connection, "index_file"), get_meta(connection, "index_sha256")
        numbers = [get_meta(connection, f"index_{key}") for key in ("bytes", "rows", "removals")]
        if name is None or sha256 is None:
            return None
        try:
            size, rows, removals = (int(number or -1) for number in numbers)
        except ValueError:
            return None
        return cls(name, sha256, size, rows, removals)

    @classmethod
    def write(cls, home: Path, name: str, index: FlatIndex | IvfIndex, removals: int) -> VectorFile:
        """Write an index whole; the caller holds the writer's lock, and records it next.

        Raises:
            LibraryError: it cannot be written. Articles and searches are not affected.
        """
        digest, size = hashlib.sha256(), 0
        try:
            with whole_file(home / name) as file:

                def put(data: bytes) -> None:
                    nonlocal size
                    file.write(data)
                    digest.update(data)
                    size += len(data)

                index.write(put)
        except OSError as error:
            raise LibraryError(
                "the articles are stored and can be searched, but their vector index cannot "
                f"be saved ({error.strerror}): free some space, or check the permissions of "
                f"{home}"
            ) from error
        return cls(name, digest.hexdigest(), size, len(index), removals)

    def record(self, connection: sqlite3.Connection) -> None:
        """Note this file as the one to believe, and drop the removals that are known now."""
        set_meta(connection, "index_file", self.name)
        set_meta(connection, "index_sha256", self.sha256)
        set_meta(connection, "index_bytes", str(self.size))
        set_meta(connection, "index_rows", str(self.rows))
        set_meta(connection, "index_removals", str(self.removals))
        drop_known(connection)

    def is_there(self, home: Path) -> bool:
        """Say whether there is a file of its name and size."""
        try:
            return (home / self.name).stat().st_size == self.size
        except (OSError, ValueError):
            return False

    def open(self, home: Path, dimension: int) -> FlatIndex | IvfIndex:
        """Verify every byte of the file, and open it.

        Raises:
            ValueError: it is not what was recorded.
            OSError: it cannot be read.
        """
        path = home / self.name
        index: FlatIndex | IvfIndex
        if self.is_exact:
            # Hashed and parsed are the same bytes: faiss itself notices few flipped bits.
            data = path.read_bytes()
            self._compare(hashlib.sha256(data).hexdigest())
            index = FlatIndex.from_bytes(data)
        else:
            self._compare(_sha256(path))
            index = IvfIndex.open(path)
        if index.dimension != dimension:
            raise ValueError("it is of another dimension")
        if len(index) != self.rows:
            raise ValueError("it holds another number of vectors")
        return index

    def sweep(self, home: Path) -> None:
        """Delete the files that were recorded before. Whoever has one open keeps what it read."""
        for path in home.glob("vectors-*.faiss"):
            if path.name != self.name:
                path.unlink(missing_ok=True)

    def _compare(self, found: str) -> None:
        if found != self.sha256:
            raise ValueError("its SHA-256 is not the one recorded")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()
