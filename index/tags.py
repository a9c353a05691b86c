"""Tags as every part of the index spells them; knows neither articles nor where tags come from.

A tag may lie below another, parted by a slash as in note programs: who asks for `politics`
means `politics/peru` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["MOST_TAGS", "tag_keys", "tag_name", "tag_names"]

MOST_TAGS = 100
"""Tags that one article can have; a file that states more was not written by a person."""
_LONGEST_TAG = 100
_MARKS = " #[]\"',/"
_NO_TAG = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]+")


def tag_name(text: str) -> str:
    """Return a tag on one line, without the marks around it; empty where nothing is left.

    >>> tag_name(" #politics/peru "), tag_name("[[Sea trade]]")
    ('politics/peru', 'Sea trade')
    """
    line = " ".join(_NO_TAG.sub(" ", text).split()).strip(_MARKS)
    # Cut, it may end in a mark again; a tag is its own name.
    line = line[:_LONGEST_TAG].strip(_MARKS)
    return "/".join(filter(None, (part.strip() for part in line.split("/"))))


def tag_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return tags in the order of their letters, each once, without regard to case."""
    named: dict[str, str] = {}
    for name in map(tag_name, texts):
        if name and len(named) < MOST_TAGS:
            named.setdefault(name.casefold(), name)
    return tuple(named[key] for key in sorted(named))


def tag_keys(tag: str) -> tuple[str, ...]:
    """Return what a tag is found by: itself and all that it lies below, without case.

    >>> tag_keys("Politics/Peru")
    ('politics', 'politics/peru')
    """
    parts = tag.casefold().split("/")
    return tuple("/".join(parts[: n + 1]) for n in range(len(parts)))
