"""Turns what a person typed into a full-text query that is always safe; knows no articles.

A query is a list of quoted strings joined by OR, so nothing of FTS5's query
language can come from outside. https://www.sqlite.org/fts5.html#fts5_strings
"""

from __future__ import annotations

import re

__all__ = ["match_any", "match_body"]

_MOST_WORDS = 64

# An acronym or a figure is one phrase: its parts alone ("s", "000") would match anything.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|\d+(?:[.,]\d+)+|[^\W_]+")

# Shorter than the list in rag/words.py, which may pass over "made" or "against" when it weighs
# a sentence: here a word that is left out finds nothing. And the parts of contractions ("ll")
# stand alone here, as FTS5 splits them.
_FUNCTION_TEXT = (
    "a about after again all also am an and any are as at be because been before being between "
    "both but by can could d did do does doing down during each few for from further had has "
    "have having he her here hers herself him himself his how i if in into is it its itself "
    "just ll m many me more most much my myself no nor not now of off on once only or other our "
    "ours ourselves out over own re s same she should so some such t than that the their theirs "
    "them themselves then there these they this those through to too under until up upon us ve "
    "very was we were what when where which while who whom whose why will with would you your "
    "yours yourself yourselves"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_TEXT.split())


def match_any(text: str) -> str | None:
    """Return a query for chunks that hold any word of a text, or None where it has no word.

    English function words count only where there is nothing else. "US" and "WHO"
    are names where the text is not all in capitals.

    >>> match_any("Who leads the WHO?")
    '"leads" OR "WHO"'
    """
    shouted = text.isupper()
    words: dict[str, str] = {}
    for word in _WORD.findall(text):
        is_name = not shouted and len(word) > 1 and word.isupper()
        key = word if is_name else word.casefold()
        words.setdefault(key, word)
    telling = [word for key, word in words.items() if key not in _FUNCTION_WORDS]
    chosen = (telling or list(words.values()))[:_MOST_WORDS]
    return " OR ".join(_quoted(word) for word in chosen) or None


def match_body(word: str) -> str:
    """Return a query for chunks whose own text, not their title, holds a word or phrase."""
    # NUL would end the query for SQLite, and lone surrogates have no UTF-8.
    safe = word.encode("utf-8", "ignore").decode().replace("\0", " ")
    return f"body : {_quoted(safe)}"


def _quoted(word: str) -> str:
    escaped = word.replace('"', '""')
    return f'"{escaped}"'
