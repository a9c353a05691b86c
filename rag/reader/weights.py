"""Reads the folder of a reader: its files checked, its weights as the tensors of the network.

`reader.json` in it names the files with their SHA-256, and says what the model is, what it was
trained on, and under which licence. Matrices may be stored as rows of 8-bit integers, each row
with a scale in 16 bits under the same name and `.scale`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.durable import Progress, hash_file
from index.embed.weights import Weight, map_tensors
from index.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DEFAULT",
    "MANIFEST",
    "Manifest",
    "check_files",
    "mend",
    "read_config",
    "read_manifest",
    "read_tensors",
]

DEFAULT = Path(__file__).parent / "weights"
"""The reader that comes with Byline."""
MANIFEST = "reader.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a reader is, as its `reader.json` says."""

    name: str
    base: str
    """The model that it was trained from."""
    licence: str
    data: str
    """What it was trained on, in words for a person."""
    date: str
    files: Mapping[str, str]
    """The SHA-256 of each file beside it, in hexadecimal."""

    @property
    def sha256(self) -> str:
        """One hash for all: of the lines that `sha256sum` prints for the files, by name."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Return what a folder says of its reader.

    Raises:
        ModelError: it is missing or not as it should be.
    """
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        words = {name: str(found[name]) for name in ("name", "base", "licence", "data", "date")}
        files = {str(name): str(digest) for name, digest in found["files"].items()}
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}; {mend(folder)}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is no reader's manifest: {error}; {mend(folder)}") from error
    except KeyError as error:
        raise ModelError(f"{path} does not say {error}; {mend(folder)}") from error
    if any(Path(name).name != name or name == ".." for name in files):
        raise ModelError(f"{path} names files outside its folder; {mend(folder)}")
    # What is not named would be read unchecked.
    for needed in ("config.json", "tokenizer.json"):
        if needed not in files:
            raise ModelError(f"{path} does not name {needed}; {mend(folder)}")
    return Manifest(**words, files=files)


def check_files(folder: Path, manifest: Manifest, progress: Progress | None = None) -> None:
    """Hash every file of a reader.

    Args:
        folder: where they lie.
        manifest: what they must hash to.
        progress: told the bytes done and in total, of each file.

    Raises:
        ModelError: one is missing, or not what it was.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            digest = hash_file(path, progress)
        except OSError as error:
            raise ModelError(
                f"cannot read the reader's {path}: {error.strerror}; {mend(folder)}"
            ) from error
        if digest != expected:
            raise ModelError(f"{path} is damaged (its SHA-256 is wrong); {mend(folder)}")


def read_config(folder: Path) -> dict[str, Any]:
    """Return the `config.json` of a folder.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        path = folder / "config.json"
        raise ModelError(f"cannot read {path}: {error}; {mend(folder)}") from error
    return config


def read_tensors(folder: Path, manifest: Manifest) -> dict[str, Weight]:
    """Return the weights by their names, mapped as they are stored.

    Raises:
        OSError, ValueError, KeyError: see `map_tensors`.
    """
    stored: dict[str, NDArray[Any]] = {}
    for name in manifest.files:
        if name.endswith(".safetensors"):
            stored |= map_tensors(folder / name)
    return {
        name: Weight(values, stored.get(f"{name}.scale"))
        for name, values in stored.items()
        if not name.endswith(".scale")
    }


def mend(folder: Path) -> str:
    """Say what to do where a reader cannot be used."""
    return "install Byline anew" if folder == DEFAULT else "name another with --reader"
