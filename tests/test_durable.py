"""Files appear whole or not at all, whatever they are called and wherever they lie."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from index.durable import new_file, whole_file


@pytest.mark.parametrize("write", [new_file, whole_file])
@pytest.mark.parametrize("letter", ["x", "é", "港", "🚢"])
def test_a_name_may_be_as_long_as_any(tmp_path: Path, write, letter: str) -> None:
    path = tmp_path / (letter * (255 // len(letter.encode())))
    with write(path) as file:
        file.write(b"all of it")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"all of it"


def test_a_disk_without_links_takes_a_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:  # As FAT and exFAT do, which tests cannot mount.
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "library.zip"
    with new_file(path) as file:
        file.write(b"all of it")
    assert path.read_bytes() == b"all of it"
    with pytest.raises(FileExistsError), new_file(path) as file:
        file.write(b"another")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"all of it"]
