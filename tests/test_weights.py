"""Weights mapped from a file: as the library of the format writes them, in every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from index.embed.weights import Weight, map_tensors


def test_tensors_are_those_that_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    values = torch.tensor([[1.5, -2.0, 0.25], [3.0, 0.0, -0.5]])
    kinds = {
        "double": torch.float64,
        "single": torch.float32,
        "half": torch.float16,
        "brain": torch.bfloat16,
        "whole": torch.int64,
        "byte": torch.int8,
        "truth": torch.bool,
    }
    save_file({name: values.to(kind) for name, kind in kinds.items()}, path, {"format": "pt"})
    found = map_tensors(path)
    assert set(found) == set(kinds) - {"truth"}
    for name in ("double", "single", "half", "brain"):
        assert found[name].tolist() == values.tolist()
        assert Weight(found[name]).array().dtype == np.float32
    assert found["whole"].tolist() == found["byte"].tolist() == [[1, -2, 0], [3, 0, 0]]
    # What is changed is changed in memory alone.
    found["single"][0, 0] = 9
    assert map_tensors(path)["single"][0, 0] == 1.5


def test_rows_are_unpacked_as_they_are_wanted() -> None:
    packed = Weight(np.array([[1, 2], [3, -4]], np.int8), np.array([0.5, 2], np.float16))
    assert packed.array().tolist() == [[0.5, 1], [6, -8]]
    assert packed.rows(np.array([[1, 0]])).tolist() == [[[6, -8], [0.5, 1]]]
    assert len(packed) == 2


@pytest.mark.parametrize("left", [0, 7, 60, -1])
def test_a_file_that_was_cut_off_is_an_error(tmp_path: Path, left: int) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"a": torch.ones(4), "b": torch.ones(4)}, path)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises((ValueError, KeyError)):
        map_tensors(path)
