"""What a conversation has come to: what was asked and answered, and which question leads it.

Reads no words but names: what a follow-up says is the matter of `rag.answer.followup`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.question import questions_in
from rag.answer.references import names_in
from rag.types import Answer

__all__ = ["Turn", "asked_alone", "asked_last", "leading_question"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered once."""

    question: str
    """As it was searched for, without its question mark."""
    marked: str
    """The words of the article that are the answer; empty where none are, or several differ."""
    told: str
    """The claims."""

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """Read it from an answer."""
        first = () if answer.disagreement else answer.claims[:1]
        marked = " ".join(claim.answer.quote for claim in first if claim.answer)
        told = " ".join(claim.text for claim in answer.claims)
        searched = " ".join((answer.searched or answer.question).split()).rstrip(" ?.!")
        return cls(searched, " ".join(marked.split()).strip(" ,;.:"), told)


def asked_alone(answer: Answer) -> str:
    """Return what was searched for; of a question that could not stand alone, the one in front.

    Of several questions the last.
    """
    if len(questions_in(answer.question)) > 1:
        return questions_in(answer.searched)[-1]
    if answer.searched.endswith(f"? {answer.question}"):
        return answer.searched.removesuffix(answer.question).strip()
    return answer.searched


def asked_last(answer: Answer) -> str:
    """Return the last question as it was asked, or, made to stand alone, as it was searched for."""
    return answer.question if asked_alone(answer) != answer.searched else answer.searched


def leading_question(history: Sequence[Answer]) -> str:
    """Return what the last question is understood by: itself, after one that names something.

    "What was the final score?" names nothing. The one before it, if the same articles answered
    both, says of which game.

    Args:
        history: earlier answers, oldest first; at least one.
    """
    last = leading = asked_alone(history[-1])
    articles = _cited(history[-1])
    for answer in reversed(history[:-1]):
        if names_in(leading) or articles.isdisjoint(_cited(answer)):
            break
        leading, articles = asked_alone(answer), _cited(answer)
    return last if last.startswith(leading) else f"{leading} {last}"


def _cited(answer: Answer) -> frozenset[str]:
    return frozenset(citation.document.id for citation in answer.citations)
