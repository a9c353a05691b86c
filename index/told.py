"""Knows by their sentences which texts were told before, so that what is quoted is told once."""

from __future__ import annotations

import re

__all__ = ["Told", "is_quote", "part_of_quote"]

_MOST_SENTENCES = 1_000_000
_SENTENCE_END = re.compile(r"[.!?…]\s|\n\s*\n")
_WORDS = re.compile(r"\w+")
_QUOTE = re.compile(r"(?:.* )?quoted \d+", re.DOTALL)


class Told:
    """Which sentences were told so far."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sentences: set[int] = set()

    def is_new(self, text: str) -> bool:
        """Say whether less than half of a text was told before; from now on all of it was."""
        lengths = {
            hash(words): len(words)
            for sentence in _SENTENCE_END.split(text)
            if (words := "".join(_WORDS.findall(sentence)).casefold())
        }
        known = sum(lengths[each] for each in self._sentences.intersection(lengths))
        if len(self._sentences) < _MOST_SENTENCES:
            self._sentences.update(lengths)
        return not lengths or 2 * known < sum(lengths.values())


def part_of_quote(message: str, number: int) -> str:
    """Return what a quotation is called among the articles of its file.

    >>> part_of_quote("7@post.example", 1), is_quote("7@post.example quoted 1")
    ('7@post.example quoted 1', True)
    """
    return f"{message} quoted {number}".strip()


def is_quote(part: str) -> bool:
    """Say whether a part of a file is what a message quotes."""
    return _QUOTE.fullmatch(part) is not None
