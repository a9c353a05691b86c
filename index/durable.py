"""Makes files appear on disk whole or not at all, and hashes them; knows not what is in them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "Progress",
    "hash_file",
    "make_folder",
    "new_file",
    "sync_folder",
    "temporary_path",
    "whole_file",
]

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in total."""

_BLOCK = 8 << 20

_LONGEST_NAME = 60
"""Characters of a file's name that its temporary one has: of four bytes each, with what is added,
they are fewer than the 255 that file systems allow."""
_DIGITS = 10
"""Of a hash among these, so that long names that begin alike have temporary ones of their own."""


def make_folder(path: Path) -> None:
    """Make a private folder, unless it is there, and those above it; all survive a power cut.

    Raises:
        OSError: one cannot be made or synced.
    """
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in made:
        sync_folder(folder.parent)


def hash_file(path: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    total, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if progress:
                progress(done, total)
    return digest.hexdigest()


@contextmanager
def whole_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Open a file that others see complete or not at all, also after a power cut.

    It appears at `path` when the block ends, and not where the block raises. A kill in between
    leaves `temporary_path`, which the next call writes over.

    Args:
        path: of the file.
        mode: who may read it, but for the process's mask; what is derived from private articles
            is private too.

    Raises:
        OSError: the file cannot be written; what was at `path` before is kept.
    """
    temporary = temporary_path(path)
    try:
        with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def temporary_path(path: Path) -> Path:
    """Return where a file is written before it appears, by no longer a name than any may have."""
    name = path.name
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:_DIGITS]
        name = f"{name[: _LONGEST_NAME - _DIGITS]}{digest}"
    return path.with_name(f"{name}.tmp")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut.

    Raises:
        OSError: the folder cannot be opened or synced.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` when the block ends, and not where the block raises.

    Raises:
        FileExistsError: something is at `path` already; it is left as it is.
        OSError: the file cannot be written.
    """
    # A name of its own and 0600: articles are private, and two may write at once.
    prefix = f".{path.name[:_LONGEST_NAME]}."
    descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, neither takes the place of what came to be there meanwhile.
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # Sticks and shares have no links: there the name is taken first.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                temporary.replace(path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    finally:
        temporary.unlink(missing_ok=True)
