"""The inverted file and what lies beside it, against products of whole matrices."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from index.sqlite.vectors.flat_index import FlatIndex
from index.sqlite.vectors.ivf_index import IvfIndex, LayeredIndex, sample_size
from store_samples import DIMENSION, random_units, unit

ROWS = 6000  # parted into more lists than a search looks into at first
VECTORS = random_units(ROWS, seed=1)
NUMBERS = np.arange(10, 10 + ROWS)


def made(numbers: np.ndarray = NUMBERS, vectors: np.ndarray = VECTORS) -> IvfIndex:
    index = IvfIndex.train(vectors[: sample_size(len(vectors))], len(vectors))
    index.add(numbers, vectors)
    return index


def written(path: Path, index: IvfIndex | FlatIndex) -> Path:
    with path.open("wb") as file:
        index.write(file.write)
    return path


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> IvfIndex:
    return IvfIndex.open(written(tmp_path_factory.mktemp("ivf") / "v.faiss", made()))


def test_a_file_holds_everything(mapped: IvfIndex) -> None:
    before = made()
    assert (mapped.dimension, len(mapped)) == (DIMENSION, ROWS)
    assert np.array_equal(mapped.numbers, NUMBERS)
    for query in random_units(5, seed=2):
        assert mapped.search(query, 20) == before.search(query, 20)


def test_the_nearest_rows_are_found_with_nearly_their_products(mapped: IvfIndex) -> None:
    wanted = found = 0
    for query in random_units(40, seed=3):
        products = VECTORS @ query
        best = set((np.argsort(-products)[:10] + 10).tolist())
        ranked = mapped.search(query, 40)
        for number, score in ranked:
            assert score == pytest.approx(float(products[number - 10]), abs=0.02)
        assert [score for _, score in ranked] == sorted((s for _, s in ranked), reverse=True)
        wanted += 10
        found += len(best & {number for number, _ in ranked})
    assert found >= 0.99 * wanted


def test_a_limit_beyond_the_rows_returns_all(mapped: IvfIndex) -> None:
    assert len(mapped.search(unit(1), ROWS + 5)) == ROWS
    assert mapped.search(unit(1), 0) == []


def test_only_admitted_rows_are_returned_however_far_they_are(mapped: IvfIndex) -> None:
    query = VECTORS[0]
    farthest = (np.argsort(VECTORS @ query)[:3] + 10).tolist()
    admitted = np.zeros(10 + ROWS, dtype=np.bool_)
    admitted[farthest] = True
    assert [number for number, _ in mapped.search(query, 9, admitted)] == farthest[::-1]
    assert mapped.search(query, 9, np.zeros(4, dtype=np.bool_)) == []
    # Numbers beyond the end of what says who is admitted are not.
    assert {number for number, _ in mapped.search(query, 99, np.ones(30, dtype=np.bool_))} == set(
        range(10, 30)
    )


def test_codes_are_those_of_the_vectors(mapped: IvfIndex) -> None:
    rows = list(mapped.rows())
    assert sum(len(numbers) for numbers, _ in rows) == ROWS
    for numbers, codes in rows:
        assert np.array_equal(mapped.encode(VECTORS[numbers - 10]), codes)


def test_the_same_rows_train_the_same_lists() -> None:
    assert [r[0].tolist() for r in made().rows()] == [r[0].tolist() for r in made().rows()]


@pytest.mark.parametrize("rows", [1, 2, 30])
def test_few_rows_are_enough(rows: int) -> None:
    index = made(NUMBERS[:rows], np.repeat(unit(1)[None], rows, axis=0))
    assert sorted(index.search(unit(1), 99)) == [
        (number, pytest.approx(1.0)) for number in range(10, 10 + rows)
    ]


@pytest.mark.parametrize("data", [b"", b"garbage", b"IwSQ" + bytes(60)])
def test_other_bytes_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "v.faiss"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="no faiss index"):
        IvfIndex.open(path)


def test_an_index_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an inverted file of 8-bit codes: IndexIDMap"):
        IvfIndex.open(written(tmp_path / "v.faiss", FlatIndex(DIMENSION)))


def test_what_cannot_be_written_is_told_as_it_was() -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        made(NUMBERS[:100], VECTORS[:100]).write(full)


def test_changes_beside_the_file_are_searched_with_it(mapped: IvfIndex) -> None:
    layered, chance = LayeredIndex(mapped), np.random.default_rng(5)
    vectors = {10 + row: VECTORS[row] for row in range(ROWS)}
    added = random_units(60, seed=6)
    for turn in range(6):
        new = {20_000 + 10 * turn + row: added[10 * turn + row] for row in range(10)}
        layered.add(np.array(list(new)), np.stack(list(new.values())))
        vectors |= new
        gone = chance.choice(list(vectors), size=200, replace=False)
        layered.remove(np.array([*gone, 999_999]))
        vectors = {number: vectors[number] for number in vectors.keys() - set(gone.tolist())}
        assert len(layered) == len(vectors)
        everything = layered.search(unit(1), len(vectors))
        assert {number for number, _ in everything} == vectors.keys()
        allowed = chance.choice(list(vectors), size=50, replace=False)
        for query in random_units(3, seed=turn):
            narrow = layered.search(query, 99, np.sort(allowed))
            assert {number for number, _ in narrow} == set(allowed.tolist())
            assert [score for _, score in narrow] == sorted((s for _, s in narrow), reverse=True)
            (nearest, score), *_ = layered.search(query, 40)
            best = max(vectors, key=lambda number: float(vectors[number] @ query))
            assert score == pytest.approx(float(vectors[nearest] @ query), abs=0.02)
            assert best in {number for number, _ in layered.search(query, 40)}
    layered.remove(np.array(list(vectors)))
    assert len(layered) == 0
    assert layered.search(unit(1), 5) == []


def test_a_removal_sorts_no_large_base_again() -> None:
    rows = 200_000
    index = IvfIndex.train(VECTORS, ROWS)
    index.add(np.arange(rows) * 50, np.resize(VECTORS, (rows, DIMENSION)))
    layered = LayeredIndex(index)
    layered.remove(np.array([100]))
    begun = time.monotonic()
    for _ in range(100):  # One is tried with each article that is added.
        layered.remove(np.array([7]))
    assert time.monotonic() - begun < 2
    assert len(layered) == rows - 1
