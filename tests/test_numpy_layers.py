"""What numpy computes of a network: exact enough, on all cores, and whole after a fork."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from index.embed.layers import torch_is_quicker
from index.embed.numpy_layers import _blas, _gelu, norm, on_all_cores


def blas_threads() -> int:
    """Of numpy's BLAS: the tests before this one may have loaded scipy's, torch's, and faiss's."""
    return max(library.num_threads for library in _blas().lib_controllers)


needs_blas = pytest.mark.skipif(
    not _blas().lib_controllers,
    reason="the BLAS of this numpy cannot be told how many threads to take",
)


def test_gelu_is_that_of_the_error_function() -> None:
    x = np.linspace(-12, 12, 40_001, dtype=np.float32)
    exact = [float(v) * (1 + math.erf(float(v) / math.sqrt(2))) / 2 for v in x]
    np.testing.assert_allclose(_gelu(x.copy()), exact, atol=1e-6)


def test_norm_is_by_hand() -> None:
    # Of 1, 2, 3 the mean is 2 and the variance 2/3: -√1.5, 0, √1.5 without epsilon.
    x = np.array([[1, 2, 3]], np.float32)
    found = norm(x, np.array([1, 1, 2], np.float32), np.array([0, 5, 0], np.float32), 0.0)
    np.testing.assert_allclose(found, [[-math.sqrt(1.5), 5, 2 * math.sqrt(1.5)]], rtol=1e-6)


@needs_blas
def test_items_are_made_side_by_side_each_by_one_thread() -> None:
    """In their order; two that wait for each other both come to their end."""
    meeting = threading.Barrier(2, timeout=30)

    def make(item: int) -> tuple[int, int]:
        meeting.wait()
        return item, blas_threads()

    with threadpool_limits(2, user_api="blas"):
        assert on_all_cores(make, [3, 1]) == [(3, 1), (1, 1)]
        # What it found is given back, also where one goes wrong.
        with pytest.raises(ZeroDivisionError):
            on_all_cores(lambda item: 1 // item, [1, 0])
        assert blas_threads() == 2


@needs_blas
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_multiplies_matrices_too() -> None:
    """As the resident process forks after it has computed on all cores."""
    matrix = np.ones((400, 400), np.float32)
    with threadpool_limits(2, user_api="blas"):
        assert float((matrix @ matrix)[0, 0]) == 400
        child = os.fork()
        if child == 0:
            found = on_all_cores(lambda item: float((item @ item)[0, 0]), [matrix, matrix])
            os._exit(0 if found == [400, 400] and float((matrix @ matrix)[1, 1]) == 400 else 1)
    done = threading.Event()
    ended: list[int] = []

    def wait() -> None:
        ended.append(os.waitpid(child, 0)[1])
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    if not done.wait(30):
        os.kill(child, 9)
    assert ended == [0]


def test_units_for_16_bits_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embed.layers._GPUS", (str(tmp_path / "nvidiactl"),))
    cpuinfo = tmp_path / "cpuinfo"
    assert not torch_is_quicker(cpuinfo)
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16_not\n\nprocessor\t: 1\n")
    assert not torch_is_quicker(cpuinfo)
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 amx_bf16 amx_tile\n")
    assert torch_is_quicker(cpuinfo)
    cpuinfo.unlink()
    (tmp_path / "nvidiactl").touch()
    assert torch_is_quicker(cpuinfo)
