"""Finds data files of installed packages without importing any of their code.

Knows `importlib.metadata` and how to tell a person what to install; knows nothing
of what the files hold.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from index.errors import ModelError

__all__ = ["INSTALL", "REINSTALL", "find_package_file"]

INSTALL = 'pip install "byline[models]"'
REINSTALL = 'pip install --force-reinstall "byline[models]"'


def find_package_file(package: str, version: str, file: str) -> Path:
    """Return where an installed package keeps one of its files.

    Args:
        package: Name of the distribution, as pip knows it.
        version: The exact version that is wanted.
        file: The end of the file's path inside the package, as in `data/part01.bin`.

    Raises:
        ModelError: the package or the file is missing, or it is another version.
    """
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise ModelError(
            f"the package {package} with the default model is not installed; run: {INSTALL}"
        ) from None
    if found.version != version:
        raise ModelError(
            f"the package {package} has version {found.version}, not {version}; run: {REINSTALL}"
        )
    wanted = tuple(file.split("/"))
    for entry in found.files or ():
        if entry.parts[-len(wanted) :] == wanted:
            path = Path(str(found.locate_file(entry)))
            if path.is_file():
                return path
    raise ModelError(f"the package {package} {version} has lost its file {file}; run: {REINSTALL}")
