"""Has the language model say, of each of the best sentences, whether it answers the question.

One reading a sentence and no writing: the odds of "Yes" against "No" are a number that
ranks sentences and tells near misses from answers better than what the model would write
(bench/judging.py). Knows nothing of what is done with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.errors import QuestionError
from prompts import load_prompt
from rag.language_model import JudgingModel, Prompt
from rag.types import Evidence

__all__ = ["ODDS_WEIGHT", "judge_evidence"]

ODDS_WEIGHT = 0.5
"""Weight of the odds beside the score of `rag.evidence`. From bench/judging.py on questions of
NewsQA and XQuAD that no reported figure uses."""
_LEAST_ROOM = 60
"""Tokens without which no note can be read."""


def judge_evidence(
    question: str, notes: Sequence[Evidence], model: JudgingModel, budget: int
) -> tuple[Evidence, ...]:
    """Return the notes with their odds, best first by score and odds together.

    Args:
        question: as it was searched for.
        notes: sentences, best first; each costs the time to read it.
        model: what judges them.
        budget: most tokens of one reading; a note that does not fit is cut short.

    Raises:
        QuestionError: the question leaves no room for a note.
        ModelError: the model failed.
    """
    fixed = load_prompt("judge_instructions").template
    asked = load_prompt("judge_question", ("question",))
    ending = load_prompt("judge_note", ("note",))
    # On one line, so that an article cannot pose as a question or as instructions.
    prompt = Prompt(fixed, asked.substitute(question=" ".join(question.split())))
    room = budget - model.count_tokens(prompt.fixed + prompt.variable)
    if room < _LEAST_ROOM:
        raise QuestionError(
            f"the question does not fit into the model's {budget:,} tokens; ask a shorter one"
        )

    def fitting(note: Evidence) -> str:
        for text in (note.readable, note.text):
            line = " ".join(text.split())
            if model.count_tokens(ending.substitute(note=line)) <= room:
                return line
        # No token is shorter than a character.
        return line[: room - _LEAST_ROOM // 2]

    endings = [ending.substitute(note=fitting(note)) for note in notes]
    odds = model.judge(prompt, endings)
    judged = [
        replace(note, odds=value, score=note.score + ODDS_WEIGHT * value)
        for note, value in zip(notes, odds)
    ]
    return tuple(sorted(judged, key=lambda note: -note.score))
