"""Makes a follow-up question stand on its own, by rule; knows nothing of models or articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checks.names import names_asked
from rag.types import Answer
from rag.words import content_stems

__all__ = ["standalone"]

# A question that begins so leans on the one before.
_BEGINS = re.compile(
    r"^\W*(?:and|but|so|or|also|then|what about|how about|what else|who else|why not|why\s*\?|"
    r"when\s*\?|where\s*\?|who\s*\?|how\s*\?)(?:\W|$)",
    re.IGNORECASE,
)
# So does one with such a word, unless it has a name of its own that the word may stand for.
_REFERS = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|these|those)\b|"
    r"\b(?:is|was|were|did|does|do|of|about|after|before|with|why|when) that\b(?!\s+(?:the|a)\b)",
    re.IGNORECASE,
)
# Or one that ends in such a word, whatever names it has: "Did Peru sign it?"
_ENDS = re.compile(r"\b(?:it|that|this|them|him|her|there|those|these|so)\W*$", re.IGNORECASE)
_WHOLE = 3
"""Content words, a name among them, with which a question that begins with "and" is whole."""
_LONGEST = 400
"""Characters of what is put before a follow-up; after a long chain only the last question is."""


def standalone(question: str, history: Sequence[Answer]) -> str:
    """Return the question as it should be searched for.

    A question that leans on the conversation is put after the one before it,
    whose names and words then take part in the search.
    """
    if not history:
        return question
    own_words = content_stems(question)
    named = names_asked(question)
    refers = _REFERS.search(question) and not named
    # "And when did Costa resign from office?" begins like a follow-up, and says all by itself.
    begins = _BEGINS.search(question) and not (named and len(own_words) >= _WHOLE)
    leans = refers or begins or _ENDS.search(question)
    if len(own_words) > 1 and not leans:
        return question
    before = history[-1].searched or history[-1].question
    if len(before) > _LONGEST:
        before = history[-1].question
    return f"{before.strip()} {question.strip()}"
