"""Builds and arms `shim.c`, which lets a chosen call to the file system fail or be the last.

It must be loaded before the C library, so that the bench starts itself anew with it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from enum import IntEnum
from pathlib import Path

__all__ = ["Action", "arm", "disarm", "is_loaded", "start_again_with_shim"]

_LOADED = "BYLINE_BENCH_SHIM"


class Action(IntEnum):
    """What becomes of the call that was chosen; the numbers are those of `shim.c`."""

    COUNT = 0
    KILL_BEFORE = 1
    KILL_AFTER = 2
    KILL_HALFWAY = 3
    """After half of what it should write; the same as after for what writes nothing."""
    FAIL_ONCE = 4
    FAIL_ON = 5
    """It, and all that follow."""


def is_loaded() -> bool:
    """Say whether the shim is there to be armed; its file is needed no more, and is deleted."""
    library = os.environ.pop(_LOADED, None)
    if library is None:
        return False
    os.environ.pop("LD_PRELOAD")  # Processes that are forked have it, those started need it not.
    shutil.rmtree(Path(library).parent)
    return True


def start_again_with_shim() -> str:
    """Start this program anew with the shim; return why not where that cannot be done."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or not compiler:
        return "needs Linux and a C compiler"
    library = Path(tempfile.mkdtemp(prefix="byline-shim-")) / "shim.so"
    source = Path(__file__).with_name("shim.c")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"the shim was not compiled: {done.stderr.strip().splitlines()[-1]}"
    environment = {**os.environ, "LD_PRELOAD": str(library), _LOADED: str(library)}
    return str(
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606
    )


def arm(folder: Path, action: Action, nth: int = 0, error: int = 0) -> None:
    """Let the nth call from now on that changes a file under `folder` fail, or be the last.

    Args:
        folder: an absolute path.
        action: what becomes of the call.
        nth: which one, from 1.
        error: the errno with which it fails.
    """
    ctypes.CDLL(None).faults_arm(
        os.fsencode(folder), int(action), ctypes.c_long(nth), ctypes.c_int(error)
    )


def disarm() -> int:
    """Let everything pass again; return how many calls there were since it was armed."""
    library = ctypes.CDLL(None)
    library.faults_disarm.restype = ctypes.c_long
    return int(library.faults_disarm())
