"""Files appear whole or not at all, whatever they are called and wherever they lie."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from index.durable import hash_file, new_file, whole_file


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


def test_nothing_is_left_where_a_disk_without_links_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)), new_file(tmp_path / "a.zip") as file:
        file.write(b"all of it")
    assert list(tmp_path.iterdir()) == []


def test_long_names_that_begin_alike_do_not_share_a_temporary_file(tmp_path: Path) -> None:
    one, other = (tmp_path / f"{'The minutes of the harbour board ' * 3}{n}.txt" for n in (1, 2))
    with whole_file(one) as first, whole_file(other) as second:
        first.write(b"one")
        second.write(b"other")
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")
    assert len(list(tmp_path.iterdir())) == 2


def test_hashes_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert hash_file(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
