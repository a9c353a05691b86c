"""Makes a text into a question that can be asked, or says why it cannot."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from index.errors import QuestionError

if TYPE_CHECKING:
    from index.store import Store

__all__ = ["LONGEST", "as_articles_spell", "clean_question", "seems_english"]

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


_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]{4,}\b")
"""Of fewer letters, too many words are one letter apart."""
_LONGER = 2
"""Letters by which words whose stems are one letter apart may differ in length."""


def as_articles_spell(question: str, store: Store) -> str:
    """Return a question with each name that the articles lack spelled as the nearest they have.

    Args:
        question: it stands on its own.
        store: the articles.
    """
    changed = question
    for match in reversed(list(_NAME.finditer(question))):
        name = match.group()
        if match.start() and not store.chunk_frequencies([name])[0]:
            near = [
                word
                for word in store.near_words(name)
                if _NAME.match(word) and abs(len(word) - len(name)) <= _LONGER
            ]
            changed = changed[: match.start()] + (near or [name])[0] + changed[match.end() :]
    return changed
