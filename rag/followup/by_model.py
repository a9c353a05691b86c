"""Has the language model rewrite a follow-up that no rule could, and checks what it wrote.

A rewriting that brings a name, a number, or a matter of its own, or drops what was asked,
is not used.
"""

from __future__ import annotations

from collections.abc import Sequence

from prompts import load_prompt
from rag.checks.names import missing_names
from rag.checks.numbers import numbers
from rag.followup.context import Context
from rag.followup.pronouns import REFERS, stands_within
from rag.language_model import Generation, LanguageModel, Prompt, given_back
from rag.types import Answer
from rag.words import content_stems

__all__ = ["accepted", "rewrite_by_model"]

_MOST_TOKENS = 60
_ANSWER_SHOWN = 400
"""Characters of the previous answer that the model reads: every 100 tokens cost a second."""
_LONGEST = 300
_KEPT = 0.5
"""Share of the follow-up's own content words that must come back."""


def rewrite_by_model(question: str, history: Sequence[Answer], model: LanguageModel) -> str | None:
    """Return the question as the model puts it, or None where that cannot be trusted.

    Args:
        question: the follow-up.
        history: earlier answers, oldest first; must not be empty.
        model: read with at most some 200 tokens.

    Raises:
        ModelError: the model failed.
    """
    context = Context.of(history)
    prompt = Prompt(
        load_prompt("followup_instructions").template,
        load_prompt("followup", ("before", "answer", "question")).substitute(
            before=_line(context.question),
            answer=_line(" ".join(context.claims) or "not in the articles")[:_ANSWER_SHOWN],
            question=_line(question),
        ),
    )
    pieces: list[str] = []
    stream = model.stream(prompt, _MOST_TOKENS)
    with given_back(stream):
        for event in stream:
            if isinstance(event, Generation):
                continue
            pieces.append(event)
            if "\n" in event.strip():
                break
    written = "".join(pieces).strip().partition("\n")[0].strip(' "“”')
    return written if accepted(written, question, context) else None


def accepted(written: str, question: str, context: Context) -> bool:
    """Say whether a rewriting asks what the follow-up asked, with nothing brought in.

    Every name, number, and content word in it occurs in the conversation or the
    follow-up, most content words of the follow-up come back, and no pronoun is left open.
    """
    if not written.endswith("?") or written.count("?") > 1 or len(written) > _LONGEST:
        return False
    told = "\n".join((question, context.question, *context.claims))
    lowered = written[0].lower() + written[1:]
    if missing_names(lowered, told) or not numbers(written) <= numbers(told):
        return False
    if any(not stands_within(written, m, context) for m in REFERS.finditer(written)):
        return False
    new = content_stems(written)
    if not new.keys() <= content_stems(told).keys():
        return False
    own = [s for s in content_stems(question) if s in new]
    # What says no more than the follow-up stands no better on its own.
    return len(own) >= _KEPT * len(content_stems(question)) and len(new) > len(own)


def _line(text: str) -> str:
    return " ".join(text.split())
