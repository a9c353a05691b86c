"""Writes the files that are named on the command line, never over one that is there."""

from __future__ import annotations

import os
from pathlib import Path

from index.durable import new_file
from index.errors import LibraryError, QuestionError

__all__ = ["new_path", "write_new"]


def new_path(name: str) -> Path:
    """Return where a file is to be written, once it is sure that nothing is lost by it.

    Raises:
        QuestionError: something is there already, or nothing can be written there.
    """
    # Unlike Path.expanduser, it takes a file called ~draft.txt for what it is.
    path = Path(os.path.abspath(os.path.expanduser(name)))  # noqa: PTH100, PTH111
    if os.path.lexists(path):
        raise _taken(path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise QuestionError(f"{path} cannot be written; name a file in a folder that can")
    return path


def write_new(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        QuestionError: something came to be there meanwhile.
        LibraryError: it cannot be written.
    """
    try:
        with new_file(path) as file:
            file.write(content)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LibraryError(f"{path} cannot be written ({reason}): choose another folder") from error


def _taken(path: Path) -> QuestionError:
    return QuestionError(f"{path} exists already; choose another name, or delete it first")
