"""Says whether a text can be asked at all, before anything is searched or loaded."""

from __future__ import annotations

import unicodedata

from index.errors import QuestionError

__all__ = ["LONGEST", "clean_question"]

LONGEST = 2000
"""Characters; a longer text is a document and not a question."""


def clean_question(text: str) -> str:
    """Return the question on one line, without control characters.

    Raises:
        QuestionError: it is empty or too long.
    """
    visible = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    question = " ".join(visible.split())
    if not any(character.isalnum() for character in question):
        raise QuestionError('the question is empty; ask something, as in: ask "Who won?"')
    if len(question) > LONGEST:
        raise QuestionError(
            f"the question has {len(question):,} characters; ask it in at most {LONGEST:,}"
        )
    return question
