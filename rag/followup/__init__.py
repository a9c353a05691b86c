"""Makes a follow-up stand on its own, by rule; knows of no model.

A question that stands on its own, on the same matter or a new one, is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks.names import names_asked
from rag.followup.context import AUXILIARY, Context, sentence
from rag.followup.ellipsis import CONNECTIVE, another, bare_question_word, swapped, with_matter
from rag.followup.items import with_item
from rag.followup.pronouns import REFERS, resolved, stands_within
from rag.types import Answer
from rag.words import content_stems

__all__ = ["Rewriting", "standalone"]

_BEGINS = re.compile(
    rf"^\W*(?:{CONNECTIVE}|(?:what|how)\s+(?:about|of)\b|(?:what|who|where)\s+else\b|why\s+not\b|"
    r"(?:when|where|who|why|how)\W*$)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"^\W*(?:{CONNECTIVE})*(?:(?:what|how)\s+(?:about|of)\s+)?(?P<name>.+?)\W*$", re.I
)
_ASKS = re.compile(rf"\b(?:who|what|when|where|why|how|which|{AUXILIARY})\b", re.IGNORECASE)
# "This" and "that" as pronouns; before a noun they only point at it.
_POINTS = re.compile(
    r"\b(?:this|that|these|those|so)\W*$"
    r"|\b(?:is|was|were|did|does|do|of|about|after|before|with|why|when)\s+(?:this|that|these|those)"
    r"\b(?!\s+(?:the|a|an|who|which)\b)",
    re.IGNORECASE,
)
_WHOLE = 3
"""Content words, a name among them, with which a question that begins with "and" is whole."""
_LONGEST = 400
"""Characters of what is put before a follow-up; after a long chain only the last question is."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A question as it is to be searched for."""

    text: str
    sure: bool = True
    """Whether it stands on its own; otherwise it is the follow-up after the question before."""
    refers: bool = False
    """Whether it refers to what no rule could name. "And who voted against it?" needs a name,
    "And who voted?" only the question before: what a model makes of that drops the matter."""


def standalone(question: str, history: Sequence[Answer]) -> Rewriting:
    """Return the question as it should be searched for.

    >>> peru = Answer("Did Peru sign the statement?", "Did Peru sign the statement?", "It did.")
    >>> standalone("And Mexico?", [peru]).text
    'Did Mexico sign the statement?'
    """
    if not history:
        return Rewriting(question)
    context = Context.of(history)
    counted = with_item(question, context)
    asked = counted or question
    for rule in (bare_question_word, another, swapped):
        text = rule(asked, context)
        # That an item is among what was listed is known already.
        if text == context.question:
            return Rewriting(question)
        if text and not (counted and text.startswith("Was ")):
            return Rewriting(text)
    named = _ABOUT.match(counted) if counted else None
    if named and not _ASKS.search(named["name"]):
        return Rewriting(sentence(f"What is known about {named['name']}"))
    text = resolved(asked, context) or counted
    text = text and re.sub(rf"^\W*(?:{CONNECTIVE})+", "", text, flags=re.IGNORECASE)
    if text and not _leans(text, context):
        return Rewriting(sentence(text))
    if not _leans(question, context):
        return Rewriting(question)
    refers = _refers(question, context)
    if not refers and (text := with_matter(question, context)):
        return Rewriting(text)
    before = context.question
    if len(before) > _LONGEST:
        before = history[-1].question
    text = f"{before.strip()} {question.strip()}"
    return Rewriting(text, sure=False, refers=refers)


def _leans(question: str, context: Context) -> bool:
    """Say whether a question cannot be understood without the one before."""
    own = content_stems(question)
    named = names_asked(question)
    # "And when did Costa resign from office?" begins like a follow-up, and says all by itself.
    if _BEGINS.match(question) and not (named and len(own) >= _WHOLE):
        return True
    return _refers(question, context) or (len(own) < 2 and not named)


def _refers(question: str, context: Context) -> bool:
    """Say whether a question has a word that stands for something said before."""
    if any(not stands_within(question, m, context) for m in REFERS.finditer(question)):
        return True
    if re.search(r"\b(?:this|that)\W*$", question):
        return True
    return _POINTS.search(question) is not None and not names_asked(question)
