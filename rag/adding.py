"""Reads the files that are to be added, one after another, whatever is wrong with some of them.

Knows nothing of the library that they go into.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import ReadError
from index.types import Document

if TYPE_CHECKING:
    from index.reading import DateOrder

__all__ = ["AddResult", "Outcome", "read_files"]

_log = logging.getLogger(__name__)

Outcome = Literal["read", "added", "updated", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one file, web page, or pasted text that was to be added."""

    path: str
    """Its path or web address, as it was given."""
    outcome: Outcome
    """"read" only until it is in the library."""
    document: Document | None = None
    message: str = ""
    """For a failure, the reason; for an article, warnings such as of an ambiguous date. Either
    without the path, which whoever shows it puts before it."""


def read_files(
    paths: Iterable[str | Path], date_order: DateOrder | None = None
) -> Iterator[AddResult]:
    """Yield each article of files and folders as it is read, or why it cannot be.

    Args:
        paths: files and folders.
        date_order: how to read 11/01/2019 where nothing else tells.
    """
    from index.reading import find_files, read_file

    for path in paths:
        try:
            # Unlike Path.expanduser, it takes a file called ~draft.txt for what it is.
            files = find_files(Path(os.path.expanduser(path)))  # noqa: PTH111
        except ReadError as error:
            yield AddResult(str(path), "failed", message=str(error))
            continue
        for file in files:
            try:
                reading = read_file(file, date_order=date_order)
            except ReadError as error:
                yield AddResult(str(file), "failed", message=str(error))
            except Exception as error:  # noqa: BLE001 - a fault of a reader, or of its parser.
                _log.exception("could not read %s", file)
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                message = f"could not be read ({reason}); save the article as plain text"
                yield AddResult(str(file), "failed", message=message)
            else:
                message = "; ".join(reading.warnings)
                yield AddResult(str(file), "read", reading.document, message)
