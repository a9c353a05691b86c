"""Builds the prompt from a question and its evidence, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.errors import QuestionError
from prompts import load_prompt
from rag.answer_kind import may_answer
from rag.language_model import Prompt
from rag.types import Evidence

__all__ = ["build_prompt", "choose_notes"]


def choose_notes(
    question: str, evidence: Sequence[Evidence], most: int, margin: float
) -> tuple[Evidence, ...]:
    """Return the sentences to show the model: the best, and those nearly as good, best first.

    Sentences that cannot answer are left out, and what stands twice in the articles is
    shown once.

    Args:
        question: as it was asked.
        evidence: sentences, best first.
        most: how many to return at most.
        margin: how far below the score of the best one a note may lie.
    """
    fitting = [e for e in evidence if may_answer(question, e.text, e.readable)]
    chosen: dict[str, Evidence] = {}
    for item in fitting:
        if len(chosen) == most or item.score < fitting[0].score - margin:
            break
        chosen.setdefault(" ".join(item.text.split()).casefold(), item)
    return tuple(chosen.values())


def build_prompt(
    question: str,
    notes: Sequence[Evidence],
    budget: int,
    count_tokens: Callable[[str], int],
) -> tuple[Prompt, tuple[Evidence, ...]]:
    """Return the prompt, and the notes that went into it.

    Args:
        question: as it was searched for.
        notes: sentences, best first; those at the end are left out when the budget is short.
        budget: most tokens of the whole prompt.
        count_tokens: the model's own count.

    Raises:
        QuestionError: the question and the best note alone are more than the budget.
    """
    fixed = load_prompt("answer_instructions").template
    template = load_prompt("answer", ("notes", "question"))
    used = [note.readable for note in notes]
    while True:
        # One line a note: an article cannot begin a line of its own, and so
        # cannot pose as a question or as instructions.
        lines = "\n".join("- " + " ".join(text.split()) for text in used)
        variable = template.substitute(notes=lines, question=" ".join(question.split()))
        if count_tokens(fixed + variable) <= budget:
            return Prompt(fixed, variable), tuple(notes[: len(used)])
        if len(used) > 1:
            used.pop()
        elif used[0] != notes[0].text:
            used = [notes[0].text]
        else:
            raise QuestionError(
                f"the question does not fit into the model's {budget:,} tokens; ask a shorter one"
            )
