"""Reads what a text negates, so that "didn't sign" and "refused to sign" are one.

English.
"""

from __future__ import annotations

import re

from rag.english.vocabulary import FUNCTION_WORDS, fold, stem, words

__all__ = ["negations"]

_NEGATOR = re.compile(
    r"\b(?:not(?! (?:only|just|merely)\b)|never|no|nor|neither|without|cannot|nobody|none|"
    r"abstain\w* from|refrain\w* from|refus\w+ to|fail(?:s|ed|ing)? to|declin\w+ to|unable to|"
    r"den(?:y|ies|ied|ying)|"
    r"stopp?(?:s|ed)? short of)\b|n't\b"
)
_CLAUSE_END = re.compile(r"[,;:.!?()\"“”]|\b(?:but|although|though|while|because|which|who)\b")
_REACH = 120
"""Characters after a negation that are looked at."""
_SCOPE = 2
"""Content words after a negation, within its clause, that count as negated."""


def negations(text: str) -> list[tuple[str, ...]]:
    """Return, for each negation, the stems of the words that it reverses, in order.

    >>> negations("Mexico took part but didn't sign the text; Peru refused to vote.")
    [('sign', 'text'), ('vote',)]
    """
    folded = fold(text)
    found = []
    for match in _NEGATOR.finditer(folded):
        rest = folded[match.end() : match.end() + _REACH]
        end = _CLAUSE_END.search(rest)
        clause = rest[: end.start()] if end else rest
        parts = [part for word in words(clause) for part in word.split("-")]
        content = [part for part in parts if part and part not in FUNCTION_WORDS]
        if content:
            found.append(tuple(stem(word) for word in content[:_SCOPE]))
    return found
