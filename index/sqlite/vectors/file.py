"""Writes, records, and verifies the file that an index of vectors is kept in.

The file is derived: it is believed when its bytes have the SHA-256 that the
database recorded after they were safely on disk. Its name tells which
generation of the library it was made from, and which kind of index it holds.
Knows not when to write one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from index.durable import hash_file
from index.relational.connection import get_meta
from index.sqlite.connection import LibraryConnection
from index.sqlite.derived import DerivedFile
from index.sqlite.vectors.flat_index import FlatIndex
from index.sqlite.vectors.ivf_index import IvfIndex

__all__ = ["KEY", "VectorFile"]

KEY = "index"
"""Under which the database notes the file."""
_LARGE = ".ivf.faiss"


@dataclass(frozen=True, slots=True)
class VectorFile(DerivedFile):
    """A file of vectors, as the database notes it."""

    @property
    def is_exact(self) -> bool:
        """Whether it holds the vectors themselves, as far as its name tells."""
        return not self.name.endswith(_LARGE)

    @staticmethod
    def name_of(connection: LibraryConnection, *, exact: bool) -> str:
        """Return the name of a file that is made from what this transaction sees."""
        return f"vectors-{get_meta(connection, 'generation')}{'.faiss' if exact else _LARGE}"

    @classmethod
    def recorded(cls, connection: LibraryConnection) -> VectorFile | None:
        """Return what is noted of the latest file."""
        return cls.noted(connection, KEY)

    @classmethod
    def write(cls, home: Path, name: str, index: FlatIndex | IvfIndex, removals: int) -> VectorFile:
        """Write an index whole; see `written`."""
        digest, size = hashlib.sha256(), 0
        with cls.written(home / name, "vector index") as file:

            def put(data: bytes) -> None:
                nonlocal size
                file.write(data)
                digest.update(data)
                size += len(data)

            index.write(put)
        return cls(name, digest.hexdigest(), size, len(index), removals)

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
            self._compare(hash_file(path))
            index = IvfIndex.open(path)
        if index.dimension != dimension:
            raise ValueError("it is of another dimension")
        if len(index) != self.rows:
            raise ValueError("it holds another number of vectors")
        return index

    def _compare(self, found: str) -> None:
        if found != self.sha256:
            raise ValueError("its SHA-256 is not the one recorded")
