"""Keeps what each visitor removed, so that it can be brought back, also after a reload.

In memory, and no more than is likely to be asked for: the last articles of the last visitors.
"""

from __future__ import annotations

from index.types import Document

__all__ = ["MOST_ARTICLES", "Removed"]

MOST_ARTICLES = 20
"""Articles that one visitor can bring back; of more, the first is let go."""
_MOST_VISITORS = 200


class Removed:
    """The removed articles by visitor. Not safe for threads at once."""

    def __init__(self) -> None:
        """Begin with nothing removed."""
        self._lists: dict[str, list[Document]] = {}

    def __len__(self) -> int:
        """Return how many visitors are remembered."""
        return len(self._lists)

    def of(self, visitor: str) -> list[Document]:
        """Return a visitor's articles, the last one last: the one list of all pages of theirs.

        Who comes when there are too many takes the place of whoever came longest ago.
        """
        found = self._lists[visitor] = self._lists.pop(visitor, [])
        while len(self._lists) > _MOST_VISITORS:
            del self._lists[next(iter(self._lists))]
        return found

    def leave(self, visitor: str, *, returns: bool) -> None:
        """Forget a visitor whose last page was closed, unless there is something to come back for.

        Args:
            visitor: who left.
            returns: whether they can come back as the same.
        """
        if not returns or not self._lists.get(visitor):
            self._lists.pop(visitor, None)
