"""Reads from a sentence who did what a question asks about, or who is blamed for it; English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.checks.names import names_asked
from rag.values.families import families, family
from rag.words import content_stems, fold, stem

__all__ = ["Doer", "asks_whom_to_blame", "read_blamed", "read_doer"]

_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_BY = re.compile(
    r"\b(?P<deed>[a-z]+) by (?:the |an? )?(?:(?:[A-Z][a-z]+ )?[a-z]+ ){0,3}?"
    r"(?P<name>[^\W\d_a-z][\w.'’-]+(?: [^\W\d_a-z][\w.'’-]*)*)"
)
_BLAME_ASKED = re.compile(
    r"\bwho (?:is|are|was|were|has been|have been) "
    r"(?:to blame|blamed|at fault|responsible|held responsible|accused|behind)\b"
)
_SOMEBODY = r"(?P<who>[^,;:.\"“”()]{2,60}?)"
_FOR = r"\s*(?:\b(?:of|for|over|after|in|as)\b|[,;.]|$)"
_IS_BLAMED = (
    r"\s(?:is|are|was|were|has been|have been) "
    r"(?:to blame|blamed|at fault|responsible|held responsible|accused|behind)\b"
)
_BLAMED = (
    re.compile(rf"\b(?:blam(?:ed?|es|ing)|accus(?:ed?|es|ing))\s+{_SOMEBODY}{_FOR}"),
    re.compile(rf"\b(?:blame|responsibility) (?:on|lies with|rests with)\s+{_SOMEBODY}{_FOR}"),
    re.compile(rf"(?:^|[,;:]|\bthat\b|\bsa(?:id|ys?)\b)\s*{_SOMEBODY}{_IS_BLAMED}"),
    re.compile(rf"(?:^|[,;:]|\bthat\b)\s*{_SOMEBODY}\s(?:has |have )?claimed responsibility\b"),
)
_SAID = re.compile(r"\b(?:said|says?|that|claimed|argued|insisted)\b")
_NOT = re.compile(r"\b(?:not|no|nobody|denied|denies|deny|never|without|rejected|who)\b|n't\b")


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody, by the stems of the words that name them."""

    words: frozenset[str]
    blamed: bool = False
    """Whether they are blamed: of those the articles may hold several apart, and disagree."""

    def agrees(self, other: object) -> bool:
        """Say whether both may be the same: they share a word."""
        return not isinstance(other, Doer) or bool(self.words & other.words)

    def comparable(self, other: object) -> bool:
        """Say whether both name somebody."""
        return isinstance(other, Doer) and self.blamed == other.blamed

    def more_exact(self, other: object) -> bool:
        """Say whether this one names more of the same."""
        return isinstance(other, Doer) and self.words > other.words


def read_doer(question: str, sentence: str) -> Doer | None:
    """Return the one name that stands after the deed asked about and "by".

    >>> sorted(read_doer("Who designed the bridge?", "It was designed by Riccardo Morandi.").words)
    ['morandi', 'riccardo']
    """
    if not _WHO.match(question):
        return None
    named = {stem(name.word) for name in names_asked(question)}
    deeds = families(question) - named
    found = {
        frozenset(content_stems(match.group("name")))
        for match in _BY.finditer(sentence)
        if family(match.group("deed")) in deeds
    }
    name = found.pop() if len(found) == 1 else frozenset()
    return Doer(name) if name - named else None


def asks_whom_to_blame(question: str) -> bool:
    """Say whether a question asks who is blamed, and not who blames."""
    return _BLAME_ASKED.search(question.casefold()) is not None


def read_blamed(sentence: str) -> Doer | None:
    """Return whom a sentence blames, or reports to be blamed; None where it denies it.

    >>> sorted(read_blamed("The opposition blamed the government for the deaths.").words)
    ['govern']
    """
    folded = fold(sentence)
    if _NOT.search(folded):
        return None
    for pattern in _BLAMED:
        if match := pattern.search(folded):
            found = frozenset(content_stems(_SAID.split(match.group("who"))[-1]))
            return Doer(found, blamed=True) if found else None
    return None
