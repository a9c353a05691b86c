"""Compares a folder with what was read from it before, by the content of its files.

Says what is new, changed, moved, or gone, and whether the folder itself has another name now;
reads no article and changes nothing.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import stat
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from index.store import FileRecord
from index.tags import tag_name

__all__ = [
    "Comparison",
    "compare",
    "folder_text",
    "is_as_read",
    "is_gone",
    "look_at",
    "moves_of_folder",
]

_log = logging.getLogger(__name__)

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
    """Those of `unchanged` whose time stamp is another, which are worth recording so that the
    next comparison need not read them, or of which it is not known where in the folder they lie;
    and those that moved, of which that is another place now."""
    moved: tuple[tuple[str, str], ...] = ()
    """Paths before and after of files whose content is known and that are no longer there."""
    gone: tuple[str, ...] = ()
    """Paths of files that are not there any more."""
    records: Mapping[Path, FileRecord] = field(default_factory=dict, compare=False)
    """What `look_at` found of the files to read, so that none is hashed twice."""


def look_at(path: Path, reading: str) -> FileRecord:
    """Return what is to be recorded of a file before it is read.

    Args:
        path: An absolute path.
        reading: How it will be read.

    Raises:
        OSError: It cannot be opened or read, or is no ordinary file.
    """
    digest = hashlib.sha256()
    # Without the flag, opening a pipe would wait for ever.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file")
        while block := file.read(_BLOCK):
            digest.update(block)
    settled = time.time_ns() - found.st_mtime_ns >= _SETTLED_NS
    # A file that was written just now may be written again within the same tick of its clock.
    modified = found.st_mtime_ns if settled else -1
    return FileRecord(str(path), digest.hexdigest(), found.st_size, modified, reading)


def is_as_read(path: Path, record: FileRecord) -> bool:
    """Say whether a file still has the content that was read, by its time stamp or its SHA-256.

    Raises:
        OSError: It cannot be opened or read, or is no ordinary file.
    """
    return _same_stamp(path, record) or look_at(path, "").sha256 == record.sha256


def folder_text(folder: Path) -> str:
    """Return a folder below the one that was added as its articles have it for a tag."""
    return tag_name("/".join(folder.parts))


def compare(
    files: Iterable[Path],
    known: Mapping[str, FileRecord],
    reading: str,
    *,
    root: Path | None = None,
    elsewhere: Mapping[str, FileRecord] = MappingProxyType({}),
    look_again: bool = False,
    allow_empty: bool = False,
) -> Comparison:
    """Compare the files that are there with those that are known.

    A file whose size and time are those recorded is taken for unchanged; of any
    other, the SHA-256 of its content decides.

    Args:
        files: Absolute paths of the files that can be read.
        known: What is known of this folder, by path.
        reading: How files are read now; those that were read otherwise are read again.
        root: The folder that they are in, so that it is recorded where they lie in it.
        elsewhere: What is known of other folders, from which files may have moved here.
        look_again: Decide by content alone.
        allow_empty: Whether what lies behind a link to nothing, as to a disk that is not there,
            is gone too.
    """
    present = {str(path): path for path in files}
    to_read: list[Path] = []
    unchanged: list[FileRecord] = []
    touched: list[FileRecord] = []
    records: dict[Path, FileRecord] = {}
    moved: list[tuple[str, str]] = []
    gone = {p: record for p, record in known.items() if p not in present and is_gone(p)}
    kept = [] if allow_empty else [path for path in gone if _is_behind_lost_link(path)]
    for path in kept:
        del gone[path]
    if kept:
        _log.warning(
            "kept the articles of %s behind a link to nothing (is its disk there?), such as %s; "
            "--allow-empty removes them",
            "1 file" if len(kept) == 1 else f"{len(kept):,} files",
            kept[0],
        )
    # The suffix tells the reader, and what could not be read may be readable by its new name.
    by_content: dict[tuple[str, str], _Places] = {}
    for path, record in (*gone.items(), *elsewhere.items()):
        if record.sha256 and record.reading == reading and not record.problem:
            content = record.sha256, Path(path).suffix.lower()
            by_content.setdefault(content, _Places()).paths.append(path)
    for name, file in present.items():
        before = known.get(name)
        folder = folder_text(file.parent.relative_to(root)) if root else None
        if before and before.reading == reading and not look_again and _same_stamp(file, before):
            unchanged.append(before)
            if root and before.folder != folder:
                touched.append(replace(before, folder=folder))
            continue
        try:
            now = replace(look_at(file, reading), folder=folder)
        except OSError:
            to_read.append(file)  # Whoever reads it says what is wrong.
            continue
        # What could not be read, perhaps through no fault of its own, gets another chance.
        settled = before and not (look_again and before.problem)
        alike = by_content.get((now.sha256, file.suffix.lower()))
        if before and settled and (before.sha256, before.reading) == (now.sha256, reading):
            unchanged.append(before)
            if (now.modified, folder) != (before.modified, before.folder if root else None):
                touched.append(replace(now, problem=before.problem))
        elif before is None and alike and (was := alike.take(name)):
            gone.pop(was, None)
            moved.append((was, name))
            if root:
                touched.append(now)
        else:
            to_read.append(file)
            records[file] = now
    return Comparison(
        tuple(to_read), tuple(unchanged), tuple(touched), tuple(moved), tuple(sorted(gone)), records
    )


class _Places:
    """The places where one content was; thousands of files may be alike, and move together."""

    def __init__(self) -> None:
        """Begin with none."""
        self.paths: list[str] = []
        self._by_end: dict[tuple[str, ...], dict[str, None]] | None = None
        """Those whose files are gone, by each end of their names."""

    def take(self, now: str) -> str:
        """Return the place from which a file moved, once each; empty for none.

        Of several, the one whose path ends most like the file's: of two files alike that are still
        told apart by their names, each keeps its own.
        """
        if self._by_end is None:
            self._by_end = {}
            for path in filter(is_gone, self.paths):
                for end in _ends(path):
                    self._by_end.setdefault(end, {})[path] = None
        for end in _ends(now):
            if places := self._by_end.get(end):
                was = next(iter(places))
                for each in _ends(was):
                    del self._by_end[each][was]
                return was
        return ""


def _ends(path: str) -> list[tuple[str, ...]]:
    """Return the last names of a path, all of them first and none last."""
    parts = Path(path).parts
    return [parts[start:] for start in range(len(parts) + 1)]


def moves_of_folder(
    root: Path, moved: Iterable[tuple[str, str]], elsewhere: Iterable[str]
) -> list[tuple[str, str]]:
    """Return how all known files moved with a folder that has another name or place now.

    It has where another is no longer there, and at least half of the files that are known of that
    one were found here, under the same names. The others were changed or deleted since.

    Args:
        root: The folder.
        moved: Paths before and after of files that were found in it, by their content.
        elsewhere: All paths that are known outside of it.

    Returns:
        Paths before and after, also of files that are not there after; empty where it did not.
    """
    found: Counter[str] = Counter()
    for before, after in moved:
        name = os.sep + os.path.relpath(after, root)
        if before.endswith(name):
            found[before.removesuffix(name)] += 1
    for old, count in found.most_common(1):
        held = [path for path in elsewhere if path.startswith(old + os.sep)]
        if 2 * count >= len(held) and _is_absent(old):
            return [(path, str(root) + path.removeprefix(old)) for path in held]
    return []


def _same_stamp(path: Path, record: FileRecord) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (record.size, record.modified)


def is_gone(path: str) -> bool:
    """Say whether no file is at a path for certain, and not only hidden from this user.

    Never so of the address of a web page.
    """
    # A folder may have taken its place.
    return os.path.isabs(path) and (_is_absent(path) or os.path.isdir(path))  # noqa: PTH112, PTH117


def _is_absent(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _is_behind_lost_link(path: str) -> bool:
    """Say whether a path leads through a link to nothing, as where its disk is not there.

    Of a disk whose place is linked itself, an empty folder is left.
    """
    return any(each.is_symlink() and _is_empty(each) for each in Path(path).parents)


def _is_empty(folder: Path) -> bool:
    """Say whether nothing is in a folder, or there is none."""
    with suppress(OSError):
        return next(folder.iterdir(), None) is None
    return not folder.exists()
