"""Files of checked blocks: what is read is what was written, or is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.sqlite.words.blocks import BlockError, BlockReader, BlockWriter

CONTENT = random.Random(5).randbytes(200_000)  # noqa: S311 - four blocks, the last one not full


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "file"
    with path.open("wb") as file:
        writer = BlockWriter(file)
        for start in range(0, len(CONTENT), 70_001):
            writer.write(CONTENT[start : start + 70_001])
        assert writer.size == len(CONTENT)
        return path, writer.finish(b"what is where")


def test_any_part_can_be_read(written: tuple[Path, str]) -> None:
    path, sha256 = written
    with path.open("rb") as file:
        reader = BlockReader(file, sha256)
        assert reader.directory == b"what is where"
        for start, length in ((0, 10), (65_530, 12), (1, 199_999), (199_999, 1), (5, 0), (3, 7)):
            assert bytes(reader.read(start, length)) == CONTENT[start : start + length]
        for start, length in ((0, 200_001), (200_000, 1), (-1, 5), (5, -1)):
            with pytest.raises(BlockError, match="outside"):
                reader.read(start, length)
        reader.check()


def test_only_what_is_damaged_is_refused(written: tuple[Path, str]) -> None:
    path, sha256 = written
    data = bytearray(path.read_bytes())
    data[70_000] ^= 1
    path.write_bytes(data)
    with path.open("rb") as file:
        reader = BlockReader(file, sha256)
        assert bytes(reader.read(0, 65_536)) == CONTENT[:65_536]
        with pytest.raises(BlockError, match="from 65536 on"):
            reader.read(65_536, 1)
        with pytest.raises(BlockError, match="from 65536 on"):
            reader.check()
        assert bytes(reader.read(140_000, 9)) == CONTENT[140_000:140_009]


def test_every_flip_and_every_cut_is_noticed(written: tuple[Path, str]) -> None:
    path, sha256 = written
    whole = path.read_bytes()
    rest = range(len(CONTENT), len(whole))
    places = [*random.Random(6).sample(range(len(CONTENT)), 50), *rest]  # noqa: S311 - no secret
    damaged = [whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :] for place in places]
    damaged += [whole[:-1], whole[: len(whole) // 2], whole[:3], b"", whole + b"\0", whole[1:]]
    for data in damaged:
        path.write_bytes(data)
        with path.open("rb") as file, pytest.raises(BlockError):
            BlockReader(file, sha256).check()
