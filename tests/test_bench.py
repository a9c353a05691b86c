"""Every benchmark can be started, and says what it measures and how."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bench").glob("*.py"))
SCRIPTS = [path for path in MODULES if "__main__" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_benchmark_prints_its_help(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(path), "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {path.name} ")


def test_what_is_no_benchmark_is_used_by_one() -> None:
    sources = [path.read_text(encoding="utf-8") for path in MODULES]
    for helper in set(MODULES) - set(SCRIPTS):
        assert any(f"from {helper.stem} import" in source for source in sources), helper
