"""Tells what a question asks for: a fact, in one short span or more, or an account of points.

A multinomial logistic model over the words of the question and the shapes of those that open and
end it: names, titles, and numbers are taken for what they are and not for their letters. Fitted by
bench/fit_kinds.py and kept in `kinds.json` beside this file with date and data. Knows nothing of
articles.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
from importlib.resources import files
from typing import Any, get_args

from rag.english.names import CALENDAR_NAMES, names
from rag.english.numbers import numbers
from rag.english.vocabulary import FUNCTION_WORDS, stem, words
from rag.types import Kind

__all__ = ["KINDS", "features", "kind_of", "needs_several", "probabilities"]

KINDS: tuple[Kind, ...] = get_args(Kind)

# Not an apostrophe: "the union's view of the company's offer" holds no title.
_TITLE = re.compile(r"[\"“„«][^\"“”„«»]+[\"”“»]")
_NAME, _DAY, _DIGITS, _NUMBER, _TITLED = "<name>", "<day>", "<digits>", "<number>", "<title>"
_OPENING, _ENDING = 4, 2
"""Words at the beginning and the end whose shapes are told."""
_SUFFIX = re.compile(r"(?<![sui])s$|(?:ed|ing)$")
"""Of a plural, which "crisis" is not, and of most forms of verbs."""

_SEVERAL = re.compile(
    r"(?:and |so |but |please |can you |could you )*(?:describe\b|explain\b|"
    r"what (?:has |have |had )?(?:happen(?:s|ed)?|led to|caused)\b|"
    r"(?:how|why) (?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|come|"
    r"to)\b)",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """Return what is asked for; a fact where an account, of whichever kind, is not likely enough.

    >>> kind_of("Make a timeline of January 2019."), kind_of("How many people died?")
    ('timeline', 'fact')
    """
    chances = probabilities(question)
    account = 1 - chances["fact"] >= _fitted()["threshold"]
    return max(KINDS[1:], key=lambda kind: chances[kind]) if account else "fact"


def probabilities(question: str) -> dict[Kind, float]:
    """Return the probability of each kind; together they are 1."""
    fitted = _fitted()
    scores = list(fitted["constants"])
    found = features(question)
    for feature in found:
        for place, weight in enumerate(fitted["weights"].get(feature, ())):
            # By its length, so that a long question about much is not an account for that.
            scores[place] += weight / math.sqrt(len(found))
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return {kind: power / sum(powers) for kind, power in zip(KINDS, powers)}


def features(question: str) -> frozenset[str]:
    """Return what the model knows of a question.

    The stems of its words, alone and in pairs; the shapes of its first words, after `^`, and of
    its last ones, before `$`.

    >>> sorted(features("Compare Peru"))
    ['+ <name> $', '<name>', '<name> $', '^ +', '^ + <name>', '^ compar', 'compar', 'compar <name>']
    """
    read = _words(question)
    stems = ["^", *(word if word.startswith("<") else stem(word) for word in read)]
    shapes = list(map(_shape, read))
    opening = {" ".join(["^", *shapes[:length]]) for length in range(1, _OPENING + 1)}
    ending = {" ".join([*shapes[-length:], "$"]) for length in range(1, _ENDING + 1)}
    pairs = {f"{left} {right}" for left, right in itertools.pairwise(stems)}
    return frozenset({*stems[1:], *pairs, *opening, *ending})


def _words(question: str) -> list[str]:
    """Return the folded words, with what stands for names, days, digits, and quoted titles."""
    text = _TITLE.sub(" quotedtitle ", question)
    # The first word has its capital anyway.
    named = names(text[:1].lower() + text[1:])
    found: list[str] = []
    for word in words(text):
        if word == "quotedtitle":
            word = _TITLED
        elif any(character.isdigit() for character in word):
            word = _DIGITS
        elif word in CALENDAR_NAMES and word in named:
            word = _DAY
        elif any(part in named for part in (word, *word.split("-"))):
            word = _NAME
        if found[-1:] != [word] or not word.startswith("<"):
            found.append(word)
    return found


def _shape(word: str) -> str:
    """Return a small word as it is, and of any other one only its ending."""
    if word.startswith("<") or word in FUNCTION_WORDS:
        return word
    if numbers(word):
        return _NUMBER
    suffix = _SUFFIX.search(word)
    return f"+{suffix.group()}" if suffix else "+"


@functools.cache
def _fitted() -> dict[str, Any]:
    text = files(__package__).joinpath("kinds.json").read_text(encoding="utf-8")
    fitted: dict[str, Any] = json.loads(text)
    return fitted


def needs_several(question: str) -> bool:
    """Say whether a question asks for more than one short span, as how and why do.

    >>> needs_several("Why did Peru leave?"), needs_several("How many people left?")
    (True, False)
    """
    return _SEVERAL.match(" ".join(question.split())) is not None
