"""Imports point one way: the edges import rag, rag imports index and prompts, and nothing turns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parent.parent
OURS = {"index", "prompts", "rag", "ui"}
ALLOWED = {
    "index": {"index"},
    "prompts": {"prompts"},
    "rag": {"rag", "index", "prompts"},
    "ui": {"ui", "rag", "index", "prompts"},
}


def is_edge(module: str) -> bool:
    """Say whether a module of `rag` stands above it: nothing else of `rag` may import it."""
    return f"{module}.".startswith(("rag.cli.", "rag.__main__."))


def modules() -> list[Path]:
    """Every module of ours, as a path."""
    found = [ROOT / "ui.py"]
    for package in ("index", "prompts", "rag"):
        found += sorted((ROOT / package).rglob("*.py"))
    return found


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function, or by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in {"import_module", "__import__"} and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def test_the_walk_sees_imports_inside_functions(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text("def f():\n    from rag.types import Answer\n    import_module('index.x')\n")
    assert set(imported(module)) == {"rag.types", "rag.types.Answer", "index.x"}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    name = name_of(path)
    room = name.partition(".")[0]
    allowed = ALLOWED["ui"] if is_edge(name) else ALLOWED[room]
    for target in imported(path):
        top = target.partition(".")[0]
        assert top not in OURS or top in allowed, f"{name} imports {target}"
        assert not is_edge(target) or is_edge(name) or room == "ui", f"{name} imports {target}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), f"{path} has no docstring"


def types_of(path: Path) -> Iterator[str]:
    """The types that a module makes for others: its classes, aliases, and variables of types."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id


def test_no_two_types_have_one_name() -> None:
    found = [name for path in modules() for name in types_of(path)]
    named = [name for name in found if name[0].isupper() and not name.isupper()]
    assert sorted({name for name in named if named.count(name) > 1}) == []


def test_the_exported_names() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    for name in rag.__all__:
        assert getattr(rag, name).__name__ == name
    assert set(rag.__all__) <= set(dir(rag))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = rag.nonsense
