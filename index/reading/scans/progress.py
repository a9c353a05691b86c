"""What reading a picture of a page tells of itself, so that it can be watched and gone on with."""

from __future__ import annotations

from typing import Protocol

__all__ = ["NoLog", "PageLog"]


class PageLog(Protocol):
    """Hears which page is being read, and keeps what was seen on those that were."""

    def known(self, key: str) -> str | None:
        """Return what was kept under a key; None for nothing."""

    def begin(self, page: int, pages: int) -> None:
        """Hear that a page, from 1, of so many is going to be read, which takes seconds."""

    def keep(self, key: str, seen: str) -> None:
        """Keep what was seen on a page."""


class NoLog:
    """Keeps nothing."""

    def known(self, key: str) -> str | None:  # noqa: ARG002
        """Return None."""
        return None

    def begin(self, page: int, pages: int) -> None:
        """Do nothing."""

    def keep(self, key: str, seen: str) -> None:
        """Do nothing."""
