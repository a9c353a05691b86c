"""Says whether a text can be asked at all, before anything is searched or loaded."""

from __future__ import annotations

import unicodedata

from index.errors import QuestionError

__all__ = ["LONGEST", "clean_question", "seems_english"]

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


_ENGLISH = frozenset(
    "the of and to is are was were be been did do does has have had can could will would should "
    "who whom whose what which when where why how that this these those from with for about".split()
)


def seems_english(question: str) -> bool:
    """Say whether a question holds a word that English questions have and few languages share.

    Only good for a hint: what is searched for does not depend on it.
    """
    found = question.casefold().replace("?", " ").split()
    return len(found) < 3 or not _ENGLISH.isdisjoint(found)
