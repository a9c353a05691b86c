"""Commands that need no model import none of the packages that take seconds to import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ["faiss", "gradio", "llama_cpp", "sentence_transformers", "torch", "transformers"]
ONLY_ARGUMENTS = [*HEAVY, "dataclasses", "numpy", "rich", "shutil", "typing"]
"""Not to be imported for `ask --help` either: each costs a tenth of its time or more."""

REPORT = """
import json, sys
from rag.cli import main
status = main(sys.argv[2:])
loaded = [name for name in json.loads(sys.argv[1]) if name in sys.modules]
print("\\n" + json.dumps([status, loaded]))
"""


def run(arguments: list[str], watched: list[str]) -> tuple[int, list[str]]:
    """Run `ask` in a process of its own; return its status and which packages it imported."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, json.dumps(watched), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        stdin=subprocess.DEVNULL,
        # As the installed command is: -c would find whatever lies in the current folder.
        cwd=Path(__file__).parent.parent,
    )
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    return status, loaded


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["list"], 0),
        (["list", "--json"], 0),
        (["add", "nonexistent"], 1),
        (["add"], 2),
        (["show", "0000"], 1),
        (["remove", "0000"], 1),
        (["--bad-option", "who?"], 2),
        (["who?", "--after", "never"], 2),
        ([""], 2),
        (["ui", "--host", "192.0.2.1"], 2),
        ([], 2),
    ],
)
def test_no_heavy_import(arguments: list[str], status: int) -> None:
    assert run(arguments, HEAVY) == (status, [])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("arguments", [["--help"], ["add", "--help"], []])
def test_help_imports_next_to_nothing(arguments: list[str]) -> None:
    _, loaded = run(arguments, ONLY_ARGUMENTS)
    assert loaded == []


def test_the_lazy_package_imports_next_to_nothing() -> None:
    code = "import sys, rag, index; print([n for n in sys.argv[1:] if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, *ONLY_ARGUMENTS],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == "[]"
