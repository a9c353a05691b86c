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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from index.errors import ModelError

__all__ = ["Progress", "hash_file", "is_known_good", "join"]

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in total."""

_BLOCK = 8 << 20
_SPARE = 64 << 20
"""Bytes that must stay free on the disk after joining."""


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


def is_known_good(path: Path, sha256: str) -> bool:
    """Tell whether a file is the one that was hashed when it was joined.

    Compares size and modification time with the note kept beside it, so that a
    start does not read a gigabyte; `hash_file` is the full check.
    """
    try:
        stat, note = path.stat(), json.loads(_note(path).read_text())
    except (OSError, ValueError):
        return False
    return bool(note == _facts(stat, sha256))


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
    its process, and what a killed one left behind is swept.

    Args:
        parts: Finds the files to join; called only if there is something to do.
        target: Path of the joined file.
        size: Its size in bytes.
        sha256: Its hash, 64 hexadecimal digits.
        mend: The command that brings back parts that are damaged.
        progress: Told the bytes done and in total while joining.

    Raises:
        ModelError: a part is missing or wrong, or the disk is full or not writable.
    """
    if is_known_good(target, sha256):
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name(f"{target.name}.lock")):
            if is_known_good(target, sha256):
                return
            for orphan in target.parent.glob(f".{target.name}.*.part"):
                orphan.unlink(missing_ok=True)
            if target.is_file() and hash_file(target) == sha256:
                _write_note(target, sha256)  # whole, but copied or touched since
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
    # The file that is to be replaced gives its room back only after the rename.
    free = shutil.disk_usage(target.parent).free
    if free < size + _SPARE:
        raise ModelError(
            f"joining {target.name} needs {(size + _SPARE) / 1e6:,.0f} MB in {target.parent}, "
            f"and {free / 1e6:,.0f} MB are free; make room or set BYLINE_MODELS to another folder"
        )
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        digest, done = hashlib.sha256(), 0
        with temporary.open("wb") as output:
            for part in parts:
                with part.open("rb") as file:
                    while block := file.read(_BLOCK):
                        output.write(block)
                        digest.update(block)
                        done += len(block)
                        if progress:
                            progress(done, size)
            output.flush()
            os.fsync(output.fileno())
        if digest.hexdigest() != sha256:
            raise ModelError(
                f"the parts of {target.name} are damaged (their SHA-256 is wrong); run: {mend}"
            )
        temporary.replace(target)
        _sync_folder(target.parent)
        _write_note(target, sha256)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _facts(stat: os.stat_result, sha256: str) -> dict[str, int | str]:
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}


def _write_note(path: Path, sha256: str) -> None:
    temporary = path.with_name(f".{path.name}.json.part")
    temporary.write_text(json.dumps(_facts(path.stat(), sha256)))
    temporary.replace(_note(path))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
