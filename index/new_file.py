"""Writes a file where none may be yet; it appears whole or not at all. Knows not what is in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["new_file"]


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` when the block ends, and not where the block raises.

    Raises:
        FileExistsError: something is at `path` already; it is left as it is.
        OSError: the file cannot be written.
    """
    # A name of its own and 0600: articles are private, and two may write at once.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link never takes the place of what came to be there meanwhile.
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
