"""Has the language model rewrite a follow-up, and says whether what it wrote may be used.

A rewriting that brings a name, a number, or a matter of its own, or drops what was asked,
is not used.
"""

from __future__ import annotations

from prompts import load_prompt
from rag.answer.conversation import Turn
from rag.answer.references import ABOUT, open_pronouns
from rag.english.names import missing_names
from rag.english.numbers import numbers
from rag.english.questions import QUESTION_WORD
from rag.english.vocabulary import content_stems
from rag.language_model import Generation, LanguageModel, Prompt, given_back

__all__ = ["is_faithful", "rewritten"]

_MOST_TOKENS = 60
_ANSWER_SHOWN = 400
"""Characters of the previous answer that the model reads: every 100 tokens cost a second."""
_LONGEST = 300


def rewritten(question: str, before: Turn, model: LanguageModel) -> str | None:
    """Return the question as the model puts it, or None where that cannot be trusted.

    Args:
        question: the follow-up.
        before: what was asked and answered before it.
        model: reads some 200 tokens.

    Raises:
        ModelError: the model failed.
    """
    answer = f"{before.marked}. {before.told}" if before.marked else before.told
    prompt = Prompt(
        load_prompt("followup_instructions").template,
        load_prompt("followup", ("before", "answer", "question")).substitute(
            before=f"{before.question}?",
            answer=" ".join(answer.split())[:_ANSWER_SHOWN] or "not in the articles",
            question=question,
        ),
    )
    written = ""
    stream = model.stream(prompt, _MOST_TOKENS)
    with given_back(stream):
        for event in stream:
            written += "" if isinstance(event, Generation) else event
            if "\n" in written.strip():
                break
    written = written.strip().partition("\n")[0].strip(' "“”')
    return written if is_faithful(written, question, before) else None


def is_faithful(written: str, question: str, before: Turn) -> bool:
    """Say whether a rewriting asks what the follow-up asked, with nothing brought in.

    Every name, number, and content word in it occurs in the conversation or the
    follow-up, those of the follow-up come back, and no pronoun is left open.
    """
    if not written.endswith("?") or written.count("?") > 1 or len(written) > _LONGEST:
        return False
    told = "\n".join((question, before.question, before.told, before.marked))
    # Of words that all were said, "12 million" or "the US" may be new.
    lowered = written[0].lower() + written[1:]
    if missing_names(lowered, told) or not numbers(written) <= numbers(told):
        return False
    new, own = content_stems(written).keys(), content_stems(question).keys()
    if open_pronouns(written) or not new <= content_stems(told).keys():
        return False
    if written.casefold().rstrip("?") == before.question.casefold():
        return False
    asked = {word.casefold() for word in QUESTION_WORD.findall(ABOUT.sub("", question))}
    # What says no more than the follow-up stands no better on its own.
    return own < new and asked <= {word.casefold() for word in QUESTION_WORD.findall(written)}
