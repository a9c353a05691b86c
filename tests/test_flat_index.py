from __future__ import annotations

import numpy as np
import pytest

from index.sqlite.vectors.flat_index import FlatIndex
from store_samples import DIMENSION, random_units, unit


def _index() -> FlatIndex:
    index = FlatIndex(DIMENSION)
    index.add(np.array([10, 20, 30]), np.stack([unit(1), unit(0, 1), unit(3, 4)]))
    return index


def test_search_returns_inner_products_best_first() -> None:
    found = _index().search(unit(1), 2)
    assert found == [(10, 1.0), (30, pytest.approx(0.6))]


def test_a_limit_beyond_the_rows_returns_all() -> None:
    assert [number for number, _ in _index().search(unit(1), 99)] == [10, 30, 20]
    assert FlatIndex(DIMENSION).search(unit(1), 5) == []
    assert _index().search(unit(1), 0) == []


def test_only_allowed_numbers_are_returned() -> None:
    index = _index()
    assert index.search(unit(1), 5, np.array([20, 30, 999])) == [
        (30, pytest.approx(0.6)),
        (20, 0.0),
    ]
    assert index.search(unit(1), 5, np.array([], dtype=np.int64)) == []


def test_removed_rows_are_never_returned() -> None:
    index = _index()
    index.remove(np.array([10, 999]))
    assert [number for number, _ in index.search(unit(1), 5)] == [30, 20]
    assert index.numbers.tolist() == [20, 30]
    assert len(index) == 2


def test_bytes_hold_everything() -> None:
    index = _index()
    parts: list[bytes] = []
    index.write(parts.append)
    again = FlatIndex.from_bytes(b"".join(parts))
    assert again.dimension == DIMENSION
    assert again.numbers.tolist() == [10, 20, 30]
    assert np.array_equal(again.vectors, index.vectors)
    assert again.search(unit(1), 3) == index.search(unit(1), 3)


@pytest.mark.parametrize("data", [b"", b"garbage", b"IxFI" + bytes(40)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no faiss index|not a flat index"):
        FlatIndex.from_bytes(data)


def test_search_agrees_with_a_matrix_product() -> None:
    vectors = random_units(500, seed=1)
    index = FlatIndex(DIMENSION)
    index.add(np.arange(500), vectors)
    query = random_units(1, seed=2)[0]
    expected = np.argsort(-(vectors @ query))[:10].tolist()
    assert [number for number, _ in index.search(query, 10)] == expected
