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
        end = _CLAUSE_END.search(folded, match.end())
        clause = folded[match.end() : end.start() if end else None]
        parts = [part for word in words(clause) for part in word.split("-")]
        content = [part for part in parts if part and part not in FUNCTION_WORDS]
        if content:
            found.append(tuple(stem(word) for word in content[:_SCOPE]))
    return found
