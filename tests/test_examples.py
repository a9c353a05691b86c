"""The examples in docstrings are true."""

import doctest
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import index
import rag


@pytest.mark.parametrize("package", [index, rag])
def test_examples(package: ModuleType) -> None:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [import_module(each.name) for each in found if not each.name.endswith("__main__")]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 20
