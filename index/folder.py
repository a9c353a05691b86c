"""Compares a folder with what was read from it before, by the content of its files.

Says what is new, changed, moved, or gone; reads no article and changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from index.store import FileRecord

__all__ = ["Comparison", "compare", "look_at"]

_BLOCK = 1 << 20
_SETTLED_NS = 2_000_000_000
"""Age from which a file's time tells a later change: time stamps of file systems are as coarse."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a folder differs from what is known of it."""

    to_read: tuple[Path, ...] = ()
    """Files that are new, changed, or to be read in another way."""
    unchanged: tuple[FileRecord, ...] = ()
    """As they are known; among them those that could not be read."""
    touched: tuple[FileRecord, ...] = ()
    """Those of `unchanged` whose time stamp is another: worth recording, so that the next
    comparison need not read them."""
    moved: tuple[tuple[str, str], ...] = ()
    """Paths before and after of files whose content is known and that are no longer there."""
    gone: tuple[str, ...] = ()
    """Paths of files that are not there any more."""


def look_at(path: Path, reading: str) -> FileRecord:
    """Return what is to be recorded of a file before it is read.

    Args:
        path: An absolute path.
        reading: How it will be read.

    Raises:
        OSError: It cannot be opened or read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        while block := file.read(_BLOCK):
            digest.update(block)
    settled = time.time_ns() - found.st_mtime_ns >= _SETTLED_NS
    # A file that was written just now may be written again within the same tick of its clock.
    modified = found.st_mtime_ns if settled else -1
    return FileRecord(str(path), digest.hexdigest(), found.st_size, modified, reading)


def compare(
    files: Iterable[Path],
    known: Mapping[str, FileRecord],
    reading: str,
    *,
    look_again: bool = False,
) -> Comparison:
    """Compare the files that are there with those that are known.

    A file whose size and time are those recorded is taken for unchanged; of any
    other, the SHA-256 of its content decides.

    Args:
        files: Absolute paths of the files that can be read.
        known: What is known, by path.
        reading: How files are read now; those that were read otherwise are read again.
        look_again: Decide by content alone.
    """
    present = {str(path): path for path in files}
    to_read: list[Path] = []
    unchanged: list[FileRecord] = []
    touched: list[FileRecord] = []
    moved: list[tuple[str, str]] = []
    gone = {path: record for path, record in known.items() if path not in present and _gone(path)}
    by_content = {r.sha256: path for path, r in gone.items() if r.sha256 and r.reading == reading}
    for name, path in present.items():
        record = known.get(name)
        if record and record.reading == reading and not look_again and _same_stamp(path, record):
            unchanged.append(record)
            continue
        try:
            now = look_at(path, reading)
        except OSError:
            to_read.append(path)  # Whoever reads it says what is wrong.
            continue
        if record and (record.sha256, record.reading) == (now.sha256, reading):
            unchanged.append(record)
            if now.modified != record.modified:
                touched.append(replace(now, problem=record.problem))
        elif record is None and now.sha256 in by_content:
            before = by_content.pop(now.sha256)
            del gone[before]
            moved.append((before, name))
        else:
            to_read.append(path)
    return Comparison(
        tuple(to_read), tuple(unchanged), tuple(touched), tuple(moved), tuple(sorted(gone))
    )


def _same_stamp(path: Path, record: FileRecord) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (record.size, record.modified)


def _gone(path: str) -> bool:
    """Say whether nothing is at a path for certain, and not only hidden from this user."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
