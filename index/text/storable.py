"""Says what text a library can keep, and what of it can be an article."""

from __future__ import annotations

import re

__all__ = ["LONGEST_LINE", "LONGEST_TEXT", "NOT_LINE", "NOT_TEXT", "has_words", "is_article"]

LONGEST_TEXT = 20_000_000
"""Characters up to which a text is taken for an article."""
LONGEST_LINE = 4_000
"""Characters of an address, or of any other line that is told of an article."""
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no library can keep: NUL, and halves of surrogate pairs."""
NOT_LINE = re.compile("[\0\n\r\ud800-\udfff]")
"""The same, and what ends a line."""


def has_words(text: str) -> bool:
    """Say whether anything is left besides white space and characters of no width."""
    return bool(re.search(r"[^\s\u200b-\u200f\u2060\ufeff]", text))


def is_article(text: str) -> bool:
    """Say whether a text can be that of an article: of words, of characters, and not too long."""
    return len(text) <= LONGEST_TEXT and has_words(text) and NOT_TEXT.search(text) is None
