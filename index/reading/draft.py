"""What a reader hands on: an article's text, and what its file says of it, as written.

Nothing is interpreted yet: dates are still the strings that the file states.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.scanned import ScannedLine

__all__ = ["Draft", "Unread"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as one reader found it, before its dates are understood."""

    text: str
    title: str | None = ""
    """None where it is what its file is called; empty where it is what its text begins with."""
    source: str | None = None
    author: str | None = None
    url: str | None = None
    dates: tuple[str, ...] = ()
    """Where the file states its publication date, as written; the most trusted first."""
    language: str | None = None
    """Tag of the page's language, as in `en-GB`."""
    clues: str = ""
    """Everything that the file says, header included; other dates in it tell day from month."""
    pages: tuple[int, ...] = ()
    """Where each page begins in the text, the first at 0; see `Document.pages`."""
    lines: tuple[ScannedLine, ...] = ()
    """Those that were read from pictures; see `Document.lines`."""
    part: str = ""
    """Which article of its file it is; see `Document.part`."""
    tags: tuple[str, ...] = ()
    """As they are written, in any order."""
    stub: str = ""
    """Why it is no article, where it is only the beginning of one, or a list of others."""
    warnings: tuple[str, ...] = ()
    """What the person should know of how it was read, each one line, without the file's name."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a file in which no article was found, while the others go on."""

    part: str
    """Which one, as in `Document.part`."""
    reason: str
    """Why, and what to do, in one line without the file's name."""
