"""What a reader hands on: an article's text, and what its file says of it, as written.

Nothing is interpreted yet: dates are still the strings that the file states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.scanned import ScannedLine

__all__ = [
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "NOT_LINE",
    "NOT_TEXT",
    "Draft",
    "Unread",
    "has_words",
    "is_article",
]

LONGEST_TEXT = 20_000_000
"""Characters up to which a text is taken for an article."""
LONGEST_LINE = 4_000
"""Characters of an address, or of any other line that is told of an article."""
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no library can keep: NUL, and halves of surrogate pairs."""
NOT_LINE = re.compile("[\0\n\r\ud800-\udfff]")
"""The same, and what ends a line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as one reader found it, before its dates are understood."""

    text: str
    title: str = ""
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


def has_words(text: str) -> bool:
    """Say whether anything is left besides white space and characters of no width."""
    return bool(re.search(r"[^\s\u200b-\u200f\u2060\ufeff]", text))


def is_article(text: str) -> bool:
    """Say whether a text can be that of an article: of words, of characters, and not too long."""
    return len(text) <= LONGEST_TEXT and has_words(text) and NOT_TEXT.search(text) is None
