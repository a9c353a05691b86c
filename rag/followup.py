"""Makes a follow-up question stand on its own, by rule; knows nothing of models or articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Answer
from rag.words import content_stems

__all__ = ["standalone"]

# A question that begins so, or whose subject is one of these words, leans on the one before.
_LEANS = re.compile(
    r"^\W*(?:and|but|so|or|also|then|what about|how about|what else|who else|why not|why\s*\?|"
    r"when\s*\?|where\s*\?|who\s*\?|how\s*\?)\b|\b(?:he|she|it|they|him|her|them|his|hers|its|"
    r"their|theirs|that|those|this|these|there)\b",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[Answer]) -> str:
    """Return the question as it should be searched for.

    A question that leans on the conversation is put after the one before it,
    whose names and words then take part in the search.
    """
    if not history:
        return question
    few_words = len(content_stems(question)) <= 1
    if few_words or _LEANS.search(question):
        return f"{history[-1].question.strip()} {question.strip()}"
    return question
