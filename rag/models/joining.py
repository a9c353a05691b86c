"""Joins parts into one file, once, so that it is either whole and checked or not there.

Knows files, hashes, and locks; knows nothing of models or packages.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from index.durable import Progress, hash_file, temporary_path, whole_file
from index.errors import ModelError

__all__ = ["check_file", "is_known_good", "join"]

_BLOCK = 8 << 20
_SPARE = 64 << 20
"""Bytes that must stay free on the disk after joining."""
_MODE = 0o666
"""Of what is written: others of this machine may use the models too."""
_PAUSE = 0.1
"""Seconds between two looks at whether another process has ended its joining."""


def is_known_good(path: Path, sha256: str, note: Path | None = None) -> bool:
    """Tell whether a file is the one that was hashed before.

    Compares size and modification time with the note kept of it, so that a
    start does not read a gigabyte; `hash_file` is the full check.

    Args:
        path: The file.
        sha256: What it must hash to, 64 hexadecimal digits.
        note: Where the note is; None for beside the file.
    """
    try:
        stat, noted = path.stat(), json.loads((note or _note(path)).read_text())
    except (OSError, ValueError):
        return False
    return bool(noted == _facts(stat, sha256))


def check_file(path: Path, sha256: str, note: Path, mend: str) -> None:
    """Hash a file, unless a note says that it was hashed before; keep such a note.

    Where no note can be written, every call hashes.

    Args:
        path: The file.
        sha256: What it must hash to, 64 hexadecimal digits.
        note: Path of the note.
        mend: The command that brings back a file that is damaged.

    Raises:
        ModelError: it cannot be read, or has another hash.
    """
    if is_known_good(path, sha256, note):
        return
    try:
        stat, actual = path.stat(), hash_file(path)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}; run: {mend}") from error
    if actual != sha256:
        raise ModelError(f"{path} is damaged (its SHA-256 is wrong); run: {mend}")
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        _write_note(note, stat, sha256)


def join(
    parts: Callable[[], Sequence[Path]],
    target: Path,
    size: int,
    sha256: str,
    mend: str,
    progress: Progress | None = None,
) -> None:
    """Write the parts, in order, to `target`, unless it is there already.

    The bytes go to a temporary file, are hashed on the way, synced, and renamed.
    Of two processes the second waits and finds the work done; the lock dies with
    its process, and what a killed one left behind is written over.

    Args:
        parts: Finds the files to join; called only if there is something to do.
        target: Path of the joined file.
        size: Its size in bytes.
        sha256: Its hash, 64 hexadecimal digits.
        mend: The command that brings back parts that are damaged.
        progress: Told the bytes done and in total while joining, and that none are done
            while another process joins; what it raises ends the work.

    Raises:
        ModelError: a part is missing or wrong, or the disk is full or not writable.
    """
    if is_known_good(target, sha256):
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = partial(progress, 0, size) if progress else None
        with _locked(target.with_name(f"{target.name}.lock"), waiting):
            if is_known_good(target, sha256):
                return
            if target.is_file() and hash_file(target) == sha256:
                # Whole, but copied or touched since.
                _write_note(_note(target), target.stat(), sha256)
                return
            _write(parts(), target, size, sha256, mend, progress)
    except OSError as error:
        raise ModelError(
            f"cannot write the model to {target.parent}: {error.strerror or error}; "
            "make room there or set BYLINE_MODELS to another folder"
        ) from error


def _write(
    parts: Sequence[Path],
    target: Path,
    size: int,
    sha256: str,
    mend: str,
    progress: Progress | None,
) -> None:
    actual = sum(part.stat().st_size for part in parts)
    if actual != size:
        raise ModelError(
            f"the parts of {target.name} have {actual:,} bytes, not {size:,}; run: {mend}"
        )
    temporary_path(target).unlink(missing_ok=True)  # What a killed process left takes room.
    # The file that is to be replaced gives its room back only after the rename.
    free = shutil.disk_usage(target.parent).free
    if free < size + _SPARE:
        raise ModelError(
            f"joining {target.name} needs {(size + _SPARE) / 1e6:,.0f} MB in {target.parent}, "
            f"and {free / 1e6:,.0f} MB are free; make room or set BYLINE_MODELS to another folder"
        )
    digest, done = hashlib.sha256(), 0
    with whole_file(target, _MODE) as output:
        for part in parts:
            with part.open("rb") as file:
                while block := file.read(_BLOCK):
                    output.write(block)
                    digest.update(block)
                    done += len(block)
                    if progress:
                        progress(done, size)
        if digest.hexdigest() != sha256:
            raise ModelError(
                f"the parts of {target.name} are damaged (their SHA-256 is wrong); run: {mend}"
            )
    _write_note(_note(target), target.stat(), sha256)


@contextlib.contextmanager
def _locked(path: Path, waiting: Callable[[], None] | None) -> Iterator[None]:
    """Hold a lock; until it is free, call `waiting` again and again, which may raise."""
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waiting:
                    waiting()
                time.sleep(_PAUSE)
        yield


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _facts(stat: os.stat_result, sha256: str) -> dict[str, int | str]:
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}


def _write_note(note: Path, stat: os.stat_result, sha256: str) -> None:
    with whole_file(note, _MODE) as file:
        file.write(json.dumps(_facts(stat, sha256)).encode())
