"""Has the language model put an answer into words of its own, which code then accepts or not.

The model is asked only to write: it neither decides whether the articles answer nor types a
citation. It answers the question from the quotes; where that is not accepted
(`rag.answer.accepting`), it may try once more with a hint, and then shortens them, without knowing
what the question takes for granted. Else the quotes stand as they are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from index.errors import ModelError
from prompts import load_prompt
from rag.answer.accepting import Acceptance, RejectedError
from rag.answer.claims import answer_text
from rag.language_model import Generation, LanguageModel, Prompt, given_back
from rag.reader import Reader
from rag.types import Answer, Claim, Delta, Question, Stage, Timing

__all__ = ["written_answer"]

_log = logging.getLogger(__name__)

_MOST_TOKENS, _MOST_TOKENS_SEVERAL = 70, 140


def written_answer(
    answer: Answer, question: Question, reader: Reader, get_model: Callable[[], LanguageModel]
) -> Iterator[Stage | Delta | Answer]:
    """Yield the model's draft as it comes, then the answer: in its words, or as it was.

    A model that is missing or fails is logged, and leaves the answer as it was.

    Args:
        answer: in the words of its quotes.
        question: what it answers.
        reader: what found it.
        get_model: called once, if the quotes alone answer.
    """
    claims: tuple[Claim, ...] = ()
    timing, model_name = answer.timing, ""
    try:
        acceptance = Acceptance(answer, question, reader)
        asking, shortening = _asking(acceptance, question), _shortening(acceptance, question)
        prompts = [asking] if acceptance.possible else []
        if prompts:
            yield Stage("writing", "loading the language model", answer.text)
            model = get_model()
            model_name = model.name
        while prompts and not claims:
            prompt = prompts.pop(0)
            begun = time.perf_counter()
            yield Stage("writing", "writing", answer.text)
            draft, cost = yield from _draft(model, prompt, question)
            timing = _added(timing, time.perf_counter() - begun, cost)
            yield Stage("checking", "checking what was written")
            try:
                if cost.truncated:
                    raise RejectedError("it has no end")
                claims = acceptance.claims(draft, shortened=prompt == shortening)
            except RejectedError as reason:
                _log.info("%r is not accepted: %s", draft, reason)
                if prompt == asking:
                    hinted = _asking(acceptance, question, reason.hint)
                    prompts = [hinted] * bool(reason.hint) + [shortening] * acceptance.shortenable
    except ModelError as error:
        _log.warning("the answer is not in the model's words: %s", error)
    answer = replace(answer, timing=timing)
    if claims:
        names = f"{answer.model}, {model_name}"
        answer = replace(answer, text=answer_text(claims, answer.lead), claims=claims, model=names)
    yield answer


def _draft(
    model: LanguageModel, prompt: Prompt, question: Question
) -> Generator[Delta, None, tuple[str, Generation]]:
    """Yield what the model writes as it comes; return all of it, and what it cost."""
    draft, cost = "", Generation(0, 0, truncated=True)
    stream = model.stream(prompt, _MOST_TOKENS_SEVERAL if question.several else _MOST_TOKENS)
    with given_back(stream):
        for event in stream:
            if isinstance(event, Generation):
                cost = event
            else:
                draft += event
                yield Delta(event)
    return draft, cost


def _added(timing: Timing, seconds: float, cost: Generation) -> Timing:
    return replace(
        timing,
        generation=timing.generation + seconds,
        prompt_tokens=timing.prompt_tokens + cost.prompt_tokens,
        completion_tokens=timing.completion_tokens + cost.completion_tokens,
    )


def _asking(acceptance: Acceptance, question: Question, hint: str = "") -> Prompt:
    notes = "\n".join(claim.text for claim in acceptance.told_from)
    return Prompt(
        load_prompt("writing_instructions", ("length",)).substitute(length=_length(question)),
        load_prompt("writing", ("notes", "question", "hint")).substitute(
            notes=notes, question=question.text, hint=hint
        ),
    )


def _shortening(acceptance: Acceptance, question: Question) -> Prompt:
    return Prompt(
        load_prompt("shortening_instructions", ("length",)).substitute(length=_length(question)),
        load_prompt("shortening", ("text", "kept")).substitute(
            text=acceptance.quoted, kept=", ".join(acceptance.kept)
        ),
    )


def _length(question: Question) -> str:
    return "one to three short sentences" if question.several else "one short sentence"
