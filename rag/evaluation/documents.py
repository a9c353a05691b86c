"""Finds the articles that a person means by an id, a URL, a path, a file name, or a title."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from index.types import Document

__all__ = ["Names", "url_key"]

_SHORTEST_ID = 8
"""Digits, as `ask list` prints them."""


def url_key(url: str) -> str:
    """Return what is the same for all ways to write the address of a page.

    >>> url_key("http://www.Example.org/a/#top") == url_key("https://example.org/a")
    True
    """
    _, _, rest = url.strip().partition("://")
    host, slash, path = rest.partition("#")[0].partition("/")
    return (host.casefold().removeprefix("www.") + slash + path).rstrip("/")


class Names:
    """Everything that the articles of one library may be called."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Read the names of all articles."""
        self._ids: list[str] = []
        # The kinds of name, in the order in which they are tried.
        self._kinds: tuple[defaultdict[str, set[str]], ...] = tuple(
            defaultdict(set) for _ in range(4)
        )
        urls, paths, files, titles = self._kinds
        for document in documents:
            self._ids.append(document.id)
            if document.url:
                urls[url_key(document.url)].add(document.id)
            if document.path:
                paths[document.path].add(document.id)
                files[Path(document.path).name].add(document.id)
            if document.title:
                titles[_folded(document.title)].add(document.id)

    def find(self, name: str) -> frozenset[str]:
        """Return the ids of the articles of that name; several where several share it."""
        wanted = name.strip()
        if len(wanted) >= _SHORTEST_ID:
            found = frozenset(id_ for id_ in self._ids if id_.startswith(wanted.lower()))
            if found:
                return found
        path = os.path.abspath(os.path.expanduser(wanted))  # noqa: PTH100, PTH111
        keys = (url_key(wanted) if "://" in wanted else "", path, Path(wanted).name, wanted)
        for kind, key in zip(self._kinds[:3], keys):
            if key and key in kind:
                return frozenset(kind[key])
        return frozenset(self._kinds[3].get(_folded(wanted), ()))


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
