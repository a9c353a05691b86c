"""Reads the files that are to be added, one after another, whatever is wrong with some of them.

Knows nothing of the library that they go into.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import ReadError
from index.types import Document

if TYPE_CHECKING:
    from index.reading import ReadOptions
    from index.reading.sandbox import ReaderPool

__all__ = ["AddResult", "Outcome", "read_files"]

Outcome = Literal["read", "added", "updated", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one file, one article of it, a web page, or a pasted text to be added."""

    path: str
    """Its path or web address, as it was given."""
    outcome: Outcome
    """"read" only until it is in the library."""
    document: Document | None = None
    message: str = ""
    """For a failure, the reason; for an article, warnings such as of an ambiguous date. Either
    without the path, which whoever shows it puts before it."""
    part: str = ""
    """Which article of its file, where one holds several; see `Document.part`."""

    @property
    def name(self) -> str:
        """The path, and the part where there is one."""
        return f"{self.path} [{self.part}]" if self.part else self.path


def read_files(
    paths: Iterable[str | Path],
    options: ReadOptions | None = None,
    pool: ReaderPool | None = None,
) -> Iterator[AddResult]:
    """Yield each article of files and folders as it is read, or why it cannot be.

    They are read in a process apart, a little ahead of the caller.

    Args:
        paths: files and folders.
        options: what the person says of them, such as how to read 11/01/2019.
        pool: what reads them; None for one of its own.
    """
    from index.reading import ReadOptions, Unread
    from index.reading.sandbox import ReaderPool

    refused: dict[Path, ReadError] = {}
    with ReaderPool() if pool is None else nullcontext(pool) as readers:
        readers.start()
        with closing(readers.read_many(_files(paths, refused), options or ReadOptions())) as found:
            for path, read in found:
                if isinstance(read, ReadError):
                    yield AddResult(str(path), "failed", message=str(refused.get(path, read)))
                elif isinstance(read, Unread):
                    yield AddResult(str(path), "failed", message=read.reason, part=read.part)
                else:
                    message, part = "; ".join(read.warnings), read.document.part
                    yield AddResult(str(path), "read", read.document, message, part)


def _files(paths: Iterable[str | Path], refused: dict[Path, ReadError]) -> Iterator[Path]:
    """Yield the files of folders; also a path with none, and note why it has none."""
    from index.reading import find_files

    for path in paths:
        # Unlike Path.expanduser, it takes a file called ~draft.txt for what it is.
        expanded = Path(os.path.expanduser(path))  # noqa: PTH111
        try:
            yield from find_files(expanded)
        except ReadError as error:
            refused[expanded] = error
            yield expanded
