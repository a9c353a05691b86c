"""Files in which every byte is checked before it is used; knows not what is in them.

    blocks of 64 KiB | directory | SHA-256 of each block | sizes of blocks and directory

What follows the blocks is hashed once more: that one SHA-256 vouches for the
file. A reader checks it when it opens the file, and each block when it is first
read, so that a question over a large file reads only what it needs.
"""

from __future__ import annotations

import hashlib
import os
import struct
import weakref
from collections.abc import Callable
from typing import BinaryIO

__all__ = ["BlockError", "BlockReader", "BlockWriter"]

_BLOCK_BYTES = 1 << 16
_DIGEST_BYTES = 32
_SIZES = struct.Struct("<QQ")


class BlockError(Exception):
    """A file is not what was written."""


class BlockWriter:
    """Writes such a file from its first byte to its last."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to a file that is open, and empty."""
        self.size = 0
        """How many bytes were written."""
        self._file = file
        self._pending = bytearray()
        self._digests: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(data)
        self.size += len(data)
        self._pending += data
        whole = len(self._pending) - len(self._pending) % _BLOCK_BYTES
        with memoryview(self._pending) as view:
            self._hash(view[:whole])
        del self._pending[:whole]

    def finish(self, directory: bytes) -> str:
        """Append what a reader is given first; return the SHA-256 that vouches for the file."""
        with memoryview(self._pending) as view:
            self._hash(view)
        rest = b"".join((directory, *self._digests, _SIZES.pack(self.size, len(directory))))
        self._file.write(rest)
        return hashlib.sha256(rest).hexdigest()

    def _hash(self, data: memoryview) -> None:
        for start in range(0, len(data), _BLOCK_BYTES):
            self._digests.append(hashlib.sha256(data[start : start + _BLOCK_BYTES]).digest())


class BlockReader:
    """Reads such a file, in any order.

    Read, not mapped into memory: where a disk fails under a map, the process dies.
    """

    def __init__(self, file: BinaryIO, sha256: str) -> None:
        """Check all but the blocks. The caller may close the file, or delete it.

        Raises:
            BlockError: it is not the file that has this SHA-256.
            OSError: it cannot be read.
        """
        self._descriptor = os.dup(file.fileno())
        self.close: Callable[[], object] = weakref.finalize(self, os.close, self._descriptor)
        """Close the file; this also happens when nothing refers to the reader any more."""
        length = os.fstat(self._descriptor).st_size
        if length < _SIZES.size:
            raise BlockError("it is cut short")
        size, directory = _SIZES.unpack(self._at(length - _SIZES.size, _SIZES.size))
        blocks = -(-size // _BLOCK_BYTES)
        if size + directory + blocks * _DIGEST_BYTES + _SIZES.size != length:
            raise BlockError("its parts do not add up to its size")
        rest = self._at(size, length - size)
        if hashlib.sha256(rest).hexdigest() != sha256:
            raise BlockError("its SHA-256 is not the one recorded")
        self.directory = rest[:directory]
        self._size = size
        self._digests = rest[directory : -_SIZES.size]
        self._checked = bytearray(blocks)

    def read(self, start: int, length: int) -> memoryview:
        """Return bytes that are what was written.

        Raises:
            BlockError: they are not, or lie outside the file.
            OSError: they cannot be read.
        """
        if not 0 <= start <= start + length <= self._size:
            raise BlockError("a part lies outside it")
        first, last = start // _BLOCK_BYTES, -(-(start + length) // _BLOCK_BYTES)
        if all(self._checked[first:last]):
            return memoryview(self._at(start, length))
        begin = first * _BLOCK_BYTES
        data = memoryview(self._at(begin, min(last * _BLOCK_BYTES, self._size) - begin))
        for block in range(first, last):
            at = (block - first) * _BLOCK_BYTES
            digest = hashlib.sha256(data[at : at + _BLOCK_BYTES]).digest()
            place = block * _DIGEST_BYTES
            if digest != self._digests[place : place + _DIGEST_BYTES]:
                raise BlockError(f"its bytes from {block * _BLOCK_BYTES} on are damaged")
            self._checked[block] = 1
        return data[start - begin : start - begin + length]

    def check(self) -> None:
        """Read everything.

        Raises:
            BlockError: a byte is not what was written.
            OSError: it cannot be read.
        """
        self._checked = bytearray(len(self._checked))
        for start in range(0, self._size, _BLOCK_BYTES):
            self.read(start, min(_BLOCK_BYTES, self._size - start))

    def _at(self, start: int, length: int) -> bytes:
        parts, left = [], length
        while left:
            # One call returns at most 2 GiB.
            part = os.pread(self._descriptor, left, start + length - left)
            if not part:
                raise BlockError("it is cut short")
            parts.append(part)
            left -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
