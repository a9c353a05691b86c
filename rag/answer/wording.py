"""Compares the wording of a sentence with that of the quotes that it was written from.

What only the wording tells: whether it is as sure as they are, keeps who does what in their order,
and tells no idea as a fact. Knows nothing of readers and models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.english.numbers import amounts
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, stem, words

__all__ = [
    "RejectedError",
    "bare",
    "check_embedded",
    "check_order",
    "check_shortened",
    "check_sureness",
    "overlap",
    "plain",
]

_IN_ORDER = 0.82
"""Share of a sentence's words that must stand in the order of the quotes and the question: "Turkey
attacked the group" says another thing than "the group attacked Turkey"."""
_SHORTENED = 0.9
"""Share of all words of a shortened text that must be the text's, in their order."""
_CLAUSE_END = re.compile(r"[,;:.!?()\"“”–—]|--")
_CLAUSE_KEPT = 0.35
"""Share of a clause's words from which a sentence tells it, with what leaves it open."""
_THAT = re.compile(
    r"(\w+) that\b(?! (?:is|are|was|were|has|have|had|did|do|does|can|could|will|"
    r"would|may|might)\b)([^,;:.!?()–—]*)"
)
"""A word with a clause that hangs on it: "the idea that he left", not "the bus that is late"."""
_OF = re.compile(r"(\w+) of (?:(?:the|an?|its|his|her|their) )?(\w+)")
_INTENDED = re.compile(r"\bto ([a-z]+)")
_RELATIONS = frozenset("because due therefore thus so hence by after before".split())

_HEDGE = re.compile(
    r"\b(?:may|might|could|would|should|(?:un)?likely|possibl[ey]|probabl[ey]|perhaps|maybe|"
    r"potential(?:ly)?|apparent(?:ly)?|alleg(?:ed|edly|es?|ing|ations?)|accus(?:ed|es?|ing)|"
    r"reportedly|suspect(?:ed|s)?|believ(?:ed|es?)|expect(?:ed|s)?|estimat(?:ed|es?)|nearly|almost|"
    r"roughly|approximately)\b"
)
"""Words that leave open whether something is so. In lower case: "May" is a month."""
_HEDGE_STEM = 5
"""Letters by which the forms of one are known: "allegedly" and "allegations"."""


class RejectedError(Exception):
    """Why what was written may not stand, and what a model may be told that writes it anew."""

    def __init__(self, reason: str, hint: str = "") -> None:
        """Keep both.

        Args:
            reason: in a few words.
            hint: a sentence to the model; empty where it would not help.
        """
        super().__init__(reason)
        self.hint = hint


def check_sureness(sentence: str, quotes: str, question: str) -> None:
    """Raise a RejectedError where a sentence is surer than its quotes, of what or of why."""
    told, kept = _hedges(sentence), content_stems(sentence).keys()
    for clause in _CLAUSE_END.split(quotes):
        stems = content_stems(clause).keys()
        if len(stems & kept) >= _CLAUSE_KEPT * len(stems) > 0 and (
            lost := [w for form, w in _hedges(clause).items() if form not in told]
        ):
            listed = " and ".join(f'"{word}"' for word in lost)
            raise RejectedError(f"it leaves out {listed}", f"Use {listed}.")
    intended = {stem(word): word for word in _INTENDED.findall(quotes)}
    for word in words(sentence):
        if word not in words(quotes) and (verb := intended.get(stem(word))):
            raise RejectedError(f"it tells 'to {verb}' as done")
    brought = _RELATIONS.intersection(words(sentence)).difference(words(f"{quotes} {question}"))
    if brought:
        raise RejectedError(f"it brings {', '.join(sorted(brought))}")
    bounds = {(amount.value, amount.bound) for amount in amounts(quotes)}
    if any((amount.value, amount.bound) not in bounds for amount in amounts(sentence)):
        raise RejectedError("an amount is bound otherwise")


def check_embedded(sentence: str, quotes: str) -> None:
    """Raise a RejectedError where an idea that something is so is told as a fact."""
    if "that" in words(sentence):
        return
    kept = content_stems(sentence).keys()
    for governing, clause in _THAT.findall(quotes):
        stems = content_stems(clause).keys()
        told = len(stems & kept) >= _CLAUSE_KEPT * len(stems) > 0
        if told and not content_stems(governing).keys() <= kept:
            raise RejectedError(f"it leaves out {governing!r} that")


def check_order(sentence: str, quotes: str, question: str) -> None:
    """Raise a RejectedError where the words of a sentence stand in another order.

    A sentence that answers begins as the question does and ends as the quotes do, or the reverse.
    """
    told, given, asked = map(_content, (sentence, quotes, question))
    told = [word for word in told if word in given or word in asked]
    longest = max(_common(told, asked + given), _common(told, given + asked))
    if longest < _IN_ORDER * len(told) or not told:
        raise RejectedError("its words stand in another order")


def check_shortened(written: str, text: str) -> None:
    """Raise a RejectedError where what was written is more, or less, than a text shortened.

    Who leaves out what a thing is of, as in "the threat of war", tells of another thing.
    """
    kept = content_stems(written).keys()
    for head, complement in _OF.findall(text):
        if not content_stems(head).keys() <= kept and content_stems(complement).keys() & kept:
            raise RejectedError(f"it leaves out '{head} of'")
    told = words(written)
    if _common(told, words(text)) < _SHORTENED * len(told):
        raise RejectedError("it does more than to shorten")


def overlap(found: str, other: str, quoted: str) -> bool:
    """Say whether the words of one answer stand in a row in the quotes and share some of another's.

    "A crocodile" and "the jaws of a crocodile" are one answer, "A, B, and C" and "A and B" are not.
    """
    one, two = bare(found) or plain(found), plain(other)
    within = f" {one} " in f" {plain(quoted)} "
    return within and bool(one) and not set(one.split()).isdisjoint(two.split())


def plain(text: str) -> str:
    """Return the folded words of a text."""
    return " ".join(words(text))


def bare(text: str) -> str:
    """Return the folded words of a text, without those of no meaning at its edges."""
    found = words(text)
    while found and found[0] in FUNCTION_WORDS:
        found.pop(0)
    while found and found[-1] in FUNCTION_WORDS:
        found.pop()
    return " ".join(found)


def _content(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word not in FUNCTION_WORDS]


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(two) + 1)
    for word in one:
        before = 0
        for place, other in enumerate(two, start=1):
            longest = before + 1 if word == other else max(row[place], row[place - 1])
            before, row[place] = row[place], longest
    return row[-1]


def _hedges(text: str) -> dict[str, str]:
    """Return the words that leave something open, each by what all forms of it begin with."""
    return {word[:_HEDGE_STEM]: word for word in _HEDGE.findall(text)}
