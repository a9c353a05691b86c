"""Says whether a claim counts with a number something else than its quotes do.

English; "20% of voters" is not "20% of members", nor 12 people 12 houses.
"""

from __future__ import annotations

import re
from decimal import Decimal

from rag.checks.numbers import numbers
from rag.words import FUNCTION_WORDS, fold, stem, words

__all__ = ["counted_otherwise"]

_PERCENT_OF = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?) ?(?:%|percent|per cent) of (?P<whole>[^,;:.!?()]{1,60})"
)
_COUNT = re.compile(r"(?<![\w.,-])(?P<number>\d[\d,.]*\d|\d)(?: (?:million|billion|thousand))? ")
_NOUNS = 3
"""Content words after a number among which is what it counts."""


def counted_otherwise(claim: str, quotes: str) -> list[str]:
    """Return what a claim counts with a number that counts something else in the quotes.

    >>> counted_otherwise("12 people died.", "The storm killed 43 people and broke 12 houses.")
    ['12 people']
    """
    found = []
    wholes = _percent_of(quotes)
    for number, whole in _percent_of(claim).items():
        other = wholes.get(number, whole)
        # Past its head, a phrase runs on into the verb: either head must be near the other.
        if not _same(whole[:1], other[:2]) and not _same(other[:1], whole[:2]):
            found.append(f"{number:f} percent of {whole[0]}")
    counted = _counts(quotes)
    for number, nouns in _counts(claim).items():
        if number not in counted or not nouns or _same(nouns[:_NOUNS], counted[number]):
            continue
        if any(n != number and after[:1] == nouns[:1] for n, after in counted.items()):
            found.append(f"{number:f} {nouns[0]}")
    return found


def _same(left: list[str], right: list[str]) -> bool:
    return not {stem(word) for word in left}.isdisjoint(stem(word) for word in right)


def _percent_of(text: str) -> dict[Decimal, list[str]]:
    """Return the content words that each percentage is a share of."""
    found: dict[Decimal, list[str]] = {}
    for match in _PERCENT_OF.finditer(fold(text)):
        for number in numbers(match["number"]):
            found.setdefault(number, []).extend(_content(match["whole"]))
    return {number: whole for number, whole in found.items() if whole}


def _counts(text: str) -> dict[Decimal, list[str]]:
    """Return the content words that follow each number in digits, within the clause."""
    folded = fold(text)
    found: dict[Decimal, list[str]] = {}
    for match in _COUNT.finditer(folded):
        rest = re.split(r"[,;:.!?()]|\band\b|\d", folded[match.end() :], maxsplit=1)[0]
        for number in numbers(match.group()):
            found.setdefault(number, []).extend(_content(rest)[:_NOUNS])
    return found


def _content(text: str) -> list[str]:
    return [word for word in words(text) if word not in FUNCTION_WORDS]
