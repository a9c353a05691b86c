"""The examples in the docstrings of the index are true."""

import doctest
import pkgutil
from importlib import import_module

import index


def test_examples() -> None:
    found = pkgutil.walk_packages(index.__path__, "index.")
    results = [doctest.testmod(import_module(each.name)) for each in found]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 20
