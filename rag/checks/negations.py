"""Reads what a text negates or hedges, so that "didn't sign" and "refused to sign" are one.

English; knows nothing of claims or quotes.
"""

from __future__ import annotations

import re

from rag.words import FUNCTION_WORDS, fold, stem, words

__all__ = ["hedged", "negations"]

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
    return _scopes(_NEGATOR, text, _SCOPE)


_HEDGE = re.compile(
    r"\b(?:may|might|could|alleged|allegedly|reportedly|apparently|possibly|probably|perhaps|"
    r"likely|unlikely|suspected|purported|purportedly|supposedly)\b"
)


def hedged(text: str) -> frozenset[str]:
    """Return the stems of the words that a hedge makes uncertain.

    >>> hedged("The minister may resign.")
    frozenset({'resign'})
    """
    return frozenset(stem for scope in _scopes(_HEDGE, text, 1) for stem in scope)


def _scopes(pattern: re.Pattern[str], text: str, most: int) -> list[tuple[str, ...]]:
    """Return the stems of the content words after each match, within its clause."""
    folded = fold(text)
    found = []
    for match in pattern.finditer(folded):
        rest = folded[match.end() : match.end() + 120]
        end = _CLAUSE_END.search(rest)
        clause = rest[: end.start()] if end else rest
        parts = [part for word in words(clause) for part in word.split("-")]
        content = [part for part in parts if part and part not in FUNCTION_WORDS]
        if content:
            found.append(tuple(stem(word) for word in content[:most]))
    return found
