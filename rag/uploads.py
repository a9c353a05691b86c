"""Keeps the files that were added in the browser, for as long as there are articles from them.

Each lies in a folder of its content's SHA-256, and the store is told of it before it is there:
whatever is killed or fails meanwhile, the file is found again, and deleted. Reads no file.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index.durable import make_folder, temporary_path, whole_file
from index.store import FileRead, FileRecord, Store

__all__ = ["keep_upload", "tidy_uploads"]

_DIGITS = 16
"""Of the SHA-256 of an upload, in the name of its folder."""
_ADDED_BY_NOW_S = 24 * 3600
"""Age of a file without articles from which nobody is adding it any more."""
_copying = threading.Lock()
"""Two pages may add the same file at once."""


def keep_upload(record: FileRecord, folder: Path, store: Store) -> FileRecord:
    """Copy a file to where it is kept, unless it is there; return what is to be recorded of it.

    Args:
        record: of the file where it is now.
        folder: of all uploads.
        store: told of it, so that nobody takes it for one whose articles were removed.

    Raises:
        OSError: it cannot be copied.
        LibraryError: the library cannot be written.
    """
    path = Path(record.path)
    kept = folder / record.sha256[:_DIGITS] / path.name
    record = replace(record, path=str(kept))
    store.replace_documents([], [FileRead(record, None)])
    with _copying:
        if kept.exists():
            os.utime(kept)
            return record
        for each in (folder.parent, folder, kept.parent):  # Of each, who makes it makes it private.
            make_folder(each)
        try:
            with path.open("rb") as file, whole_file(kept) as copy:
                shutil.copyfileobj(file, copy)
        except FileNotFoundError:
            if not kept.exists():  # Else another process has just put it there.
                raise
    return record


def tidy_uploads(folder: Path, store: Store) -> None:
    """Delete the files whose articles were all removed, or that were never added to the end.

    Where the folder has another name or place now, its articles are led to it first.

    Raises:
        LibraryError: the library cannot be read or written.
    """
    known = store.files(str(folder))
    strange = [path for path in folder.glob("*/*") if str(path) not in known]
    if strange:
        inside = str(folder) + os.sep
        places = {Path(p).parts[-3:]: p for p in store.files() if not p.startswith(inside)}
        ends = [(places.get(path.parts[-3:]), str(path)) for path in strange]
        store.move_files([(before, after) for before, after in ends if before])
        known = store.files(str(folder))
    # A removal takes the hash from what is known of a file.
    left = [
        path
        for path, record in known.items()
        if not record.documents and (not record.sha256 or _is_old(path))
    ]
    for path in map(Path, left):
        with suppress(OSError):
            path.unlink(missing_ok=True)
            temporary_path(path).unlink(missing_ok=True)
            path.parent.rmdir()
    # What cannot be deleted now is tried again: it is forgotten last.
    if gone := [path for path in left if not os.path.lexists(path)]:
        store.delete_files(gone)


def _is_old(path: str) -> bool:
    """Say whether nobody adds a file any more, which may still be being copied."""
    for each in (Path(path), temporary_path(Path(path))):
        with suppress(OSError):
            return time.time() - each.stat().st_mtime > _ADDED_BY_NOW_S
    return True
