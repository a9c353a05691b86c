"""Reads the words that leave open whether something is so: "may", "alleged", "expected".

English.
"""

from __future__ import annotations

import re

__all__ = ["hedges"]

_HEDGE = re.compile(
    r"\b(?:may|might|could|would|should|(?:un)?likely|possibl[ey]|probabl[ey]|perhaps|maybe|"
    r"potential(?:ly)?|apparent(?:ly)?|alleg(?:ed|edly|es?|ing|ations?)|accus(?:ed|es?|ing)|"
    r"reportedly|suspect(?:ed|s)?|believ(?:ed|es?)|expect(?:ed|s)?|estimat(?:ed|es?)|nearly|almost|"
    r"roughly|approximately)\b"
)
"""In lower case: "May" is a month."""
_STEM = 5
"""Letters by which the forms of one are known: "allegedly" and "allegations"."""


def hedges(text: str) -> dict[str, str]:
    """Return such words of a text, each by a form that is the same for all of one word.

    >>> list(hedges("He could be set to return, it is believed."))
    ['could', 'belie']
    """
    return {word[:_STEM]: word for word in _HEDGE.findall(text)}
