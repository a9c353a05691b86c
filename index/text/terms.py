"""Chooses which words of a question the full-text ranking looks for; knows no articles."""

from __future__ import annotations

import re

from index.text.tokens import stems

__all__ = ["question_stems"]

_MOST_WORDS = 64

# An acronym or a figure is one word, as in index/text/tokens.py.
_WORD = re.compile(r"[^\W\d_](?:\.[^\W\d_])+(?!\w)|\d+(?:[.,]\d+)+|[^\W_]+")

# Shorter than the list in rag/english/vocabulary.py, which may pass over "made" or "against" when
# it weighs a sentence: here a word that is left out finds nothing. And the parts of contractions
# ("ll") stand alone here, as _WORD splits them.
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


def question_stems(text: str) -> list[str]:
    """Return the stems of the words of a text that tell something, once each, in order.

    English function words count only where there is nothing else. "US" and "WHO"
    are names where the text is not all in capitals.

    >>> question_stems("Who leads the WHO?")
    ['lead', 'who']
    """
    shouted = text.isupper()
    words: dict[str, str] = {}
    for word in _WORD.findall(text):
        is_name = not shouted and len(word) > 1 and word.isupper()
        key = word if is_name else word.casefold()
        words.setdefault(key, word)
    telling = [word for key, word in words.items() if key not in _FUNCTION_WORDS]
    chosen = (telling or list(words.values()))[:_MOST_WORDS]
    return list(dict.fromkeys(stem for word in chosen for stem in stems(word)))
