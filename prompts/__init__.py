"""The prompt texts, as files beside this module, and their loader.

A prompt is a text with `$name` variables. What it needs is stated where it is
loaded, so that a variable that is missing from the file, or unknown to the
code, is an error at once and not a strange answer later.
"""

from __future__ import annotations

import string
from collections.abc import Collection
from importlib.resources import files

__all__ = ["load_prompt"]


def load_prompt(name: str, variables: Collection[str] = ()) -> string.Template:
    """Return the prompt in `name`.txt, whose variables must be exactly those named.

    Raises:
        FileNotFoundError: there is no such prompt.
        ValueError: its variables are others, or a `$` in it is malformed.
    """
    text = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
    found = set()
    for match in string.Template.pattern.finditer(text):
        if match.group("invalid") is not None:
            raise ValueError(f"prompt {name}: a lone $ must be written $$")
        found.add(match.group("named") or match.group("braced"))
    found.discard(None)
    if found != set(variables):
        raise ValueError(f"prompt {name}: has variables {sorted(found)}, not {sorted(variables)}")
    return string.Template(text)
