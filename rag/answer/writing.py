"""Has the language model put an answer into words of its own, which code then accepts or not.

The model is asked only to write: it neither decides whether the articles answer nor types a
citation. What is not accepted (`rag.answer.accepting`) it may write once more; then the quotes
stand as they are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from index.errors import ModelError
from prompts import load_prompt
from rag.answer.accepting import RejectedError, accepted_claims, claims_written_from
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
        get_model: called once.
    """
    yield Stage("writing", "loading the language model")
    claims: tuple[Claim, ...] = ()
    timing, name, hint = answer.timing, "", ""
    try:
        model = get_model()
        name = model.name
        for attempt in ("writing", "writing once more"):
            yield Stage("writing", attempt)
            begun = time.perf_counter()
            written, cost = "", Generation(0, 0, truncated=True)
            limit = _MOST_TOKENS_SEVERAL if question.several else _MOST_TOKENS
            stream = model.stream(_prompt(answer, question, hint), limit)
            with given_back(stream):
                for event in stream:
                    if isinstance(event, Generation):
                        cost = event
                    else:
                        written += event
                        yield Delta(event)
            timing = _added(timing, time.perf_counter() - begun, cost)
            yield Stage("checking", "checking what was written")
            try:
                if cost.truncated:
                    raise RejectedError("it has no end")
                claims = accepted_claims(written, answer, question, reader)
                break
            except RejectedError as reason:
                _log.info("%r is not accepted: %s", written, reason)
                hint = reason.hint
                if not hint:
                    break
    except ModelError as error:
        _log.warning("the answer is not in the model's words: %s", error)
    answer = replace(answer, timing=timing)
    if claims:
        model_names = f"{answer.model}, {name}"
        answer = replace(answer, text=answer_text(claims), claims=claims, model=model_names)
    yield answer


def _added(timing: Timing, seconds: float, cost: Generation) -> Timing:
    return replace(
        timing,
        generation=timing.generation + seconds,
        prompt_tokens=timing.prompt_tokens + cost.prompt_tokens,
        completion_tokens=timing.completion_tokens + cost.completion_tokens,
    )


def _prompt(answer: Answer, question: Question, hint: str) -> Prompt:
    notes = "\n".join(claim.text for claim in claims_written_from(answer, question))
    length = "one to three short sentences" if question.several else "one short sentence"
    return Prompt(
        load_prompt("writing_instructions", ("length",)).substitute(length=length),
        load_prompt("writing", ("notes", "question", "hint")).substitute(
            notes=notes, question=question.text, hint=hint
        ),
    )
