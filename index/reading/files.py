"""Reads files and texts in this process.

What is not the person's own goes through `index.reading.sandbox.pool` instead. Knows
nothing of formats, and nothing of the library. Messages do not name the file:
whoever shows them puts its path before them.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.draft import Unread
from index.reading.formats import ReadOptions

__all__ = [
    "OpenFile",
    "open_file",
    "read_articles",
    "read_file",
    "unreadable",
]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open for reading, and what its folder says of it."""

    file: BinaryIO
    name: str
    """Its suffix helps to tell what the file is."""
    path: str | None
    """Absolute; None for what lies nowhere."""
    modified: date | None = None
    """The day on which it was last written; None for one that no calendar has."""


def open_file(path: Path) -> OpenFile:
    """Open a file for reading; whoever calls it closes it.

    Raises:
        ReadError: If there is none, it may not be read, or it is no ordinary file.
    """
    try:
        absolute = os.path.abspath(path)  # noqa: PTH100 - without following links, unlike resolve
        if _SURROGATE.search(absolute):
            raise ReadError("its name is not valid UTF-8; rename the file or its folder")
        # Without the flag, opening a pipe would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise unreadable(error) from error
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise ReadError("a folder and not a file; read the files in it")
        if not stat.S_ISREG(found.st_mode):
            raise ReadError("not an ordinary file; copy its content to one")
        file = os.fdopen(descriptor, "rb")
        return OpenFile(file, path.name, absolute, _day_of(found.st_mtime))
    except ReadError:
        os.close(descriptor)
        raise


def read_articles(
    path: Path, options: ReadOptions = ReadOptions()
) -> Iterator[ReadArticle | Unread]:
    """Yield the articles of a file, and what could not be read of it, in this process.

    Raises:
        ReadError: If it cannot be read as a whole, or no article is in it.
    """
    opened = open_file(path)
    with opened.file as file:
        for found in articles_in(file, opened.name, options, modified=opened.modified):
            if isinstance(found, ReadArticle):
                document = replace(found.document, path=opened.path)
                found = replace(found, document=document)
            yield found


def read_file(path: Path) -> ReadArticle:
    """Return the article in a file that holds one, in this process.

    Args:
        path: A file of any type that can be read.

    Raises:
        ReadError: If it cannot be read, or does not hold exactly one article.
    """
    found = read_articles(path)
    first = next(found)
    if isinstance(first, Unread):
        raise ReadError(first.reason)
    if next(found, None) is not None:
        raise ReadError("holds more than one article; add it as a file")
    return first


def _day_of(seconds: float) -> date | None:
    """Return the day of a time stamp; None for one that no calendar has (beyond the year 9999)."""
    try:
        return date.fromtimestamp(seconds)
    except (OSError, OverflowError, ValueError):
        return None


def unreadable(error: OSError | ValueError) -> ReadError:
    """Return what a person can do about a file or folder that the system or Python refuses."""
    if isinstance(error, ValueError):  # A zero byte in its name.
        return ReadError("no file has such a name; check the path")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return ReadError("does not exist; check the path")
    if isinstance(error, PermissionError):
        return ReadError("may not be read; change its permissions or those of its folder")
    return ReadError(f"cannot be read ({error.strerror}); copy it elsewhere and try again")
