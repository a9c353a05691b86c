"""Takes one question from the search to a checked answer, or to a refusal.

The order of the steps, and the two places where an answer is refused, are all
that is decided here; each step is a module of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace

from index.embedder import Embedder
from index.store import Store
from rag.answer_kind import AnswerKind, asked_kind, may_answer
from rag.attribution import answer_text, attributed, state_sides
from rag.claims import make_claims
from rag.evidence import find_evidence
from rag.language_model import Generation, LanguageModel
from rag.prompting import build_prompt, choose_notes
from rag.question import seems_english
from rag.settings import Settings
from rag.sides import find_sides
from rag.types import Answer, Citation, Delta, Evidence, Question, Reason, Stage, Timing

__all__ = ["answer_question"]

_NEAREST = 3
"""How many passages a refusal shows."""
_REFUSALS: dict[Reason, str] = {
    "empty library": "There are no articles to answer from.",
    "nothing matches the filters": "No article matches the filters.",
    "not in the articles": "The articles do not answer this question.",
}


def answer_question(
    question: Question,
    store: Store,
    embedder: Embedder,
    get_model: Callable[[], LanguageModel],
    settings: Settings,
) -> Iterator[Stage | Delta | Answer]:
    """Yield stages and drafts, then the answer.

    Args:
        question: as it is to be searched for.
        store: where to look.
        embedder: the one whose vectors the store holds.
        get_model: called only when there is something to answer from.
        settings: limits and thresholds.
    """
    begun = time.perf_counter()
    counts = store.counts()
    if not counts.documents:
        yield _refusal(question, "empty library")
        return
    passages = f"{counts.chunks:,} passage" + ("" if counts.chunks == 1 else "s")
    yield Stage("searching", f"searching {passages}")
    findings = find_evidence(question, store, embedder, settings.passages)
    found = Timing(retrieval=time.perf_counter() - begun)
    if not findings.evidence:
        reason: Reason = "nothing matches the filters" if question.filter else "not in the articles"
        yield replace(_refusal(question, reason), timing=found)
        return
    fitting = [e for e in findings.evidence if may_answer(question.last, e.text, e.readable)]
    if not fitting or findings.relevance < settings.least_relevance:
        refusal = _refusal(question, "not in the articles", findings.evidence)
        yield replace(refusal, timing=found)
        return
    sides = find_sides(question.last, findings.evidence)
    if sides.disagreement:
        claims = state_sides(sides)
        yield Answer(
            question=question.text,
            searched=question.text,
            text=answer_text(claims, sides.disagreement),
            claims=claims,
            disagreement=sides.disagreement,
            filter=question.filter,
            timing=found,
        )
        return
    notes = choose_notes(fitting, settings.notes, settings.note_margin)
    yield Stage("reading", f"reading {len(notes)} sentence{'' if len(notes) == 1 else 's'}")
    model = get_model()
    begun = time.perf_counter()
    prompt, notes = build_prompt(question.text, notes, settings.prompt_tokens, model.count_tokens)
    pieces: list[str] = []
    cost = Generation(0, 0, truncated=True)
    stream = model.stream(prompt, settings.answer_tokens)
    # The model may be held until its stream is closed, so an answer given up closes it at once.
    with closing(stream) if isinstance(stream, Generator) else nullcontext():
        for event in stream:
            if isinstance(event, Generation):
                cost = event
                continue
            if not pieces:
                yield Stage("writing", "writing")
            pieces.append(event)
            yield Delta(event)
    timing = replace(
        found,
        generation=time.perf_counter() - begun,
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
    )
    yield Stage("checking", "checking")
    draft = make_claims(
        "".join(pieces),
        question.text,
        notes,
        truncated=cost.truncated,
        account=asked_kind(question.last) is AnswerKind.ACCOUNT,
    )
    if not draft.supported and findings.relevance < settings.sure_relevance:
        refusal = _refusal(question, "not in the articles", findings.evidence)
        yield replace(refusal, model=model.name, timing=timing)
        return
    claims = tuple(map(attributed, draft.claims))
    yield Answer(
        question=question.text,
        searched=question.text,
        text=answer_text(claims),
        claims=claims,
        filter=question.filter,
        model=model.name,
        timing=timing,
    )


def _refusal(question: Question, reason: Reason, evidence: Sequence[Evidence] = ()) -> Answer:
    nearest = tuple(
        Citation(number, item.document, item.start, item.end)
        for number, item in enumerate(evidence[:_NEAREST], start=1)
    )
    text = _REFUSALS[reason]
    if reason == "not in the articles" and not seems_english(question.text):
        text += " It does not look English, the one language that is understood: try it in English."
    return Answer(
        question=question.text,
        searched=question.text,
        text=text,
        refused=True,
        reason=reason,
        nearest=nearest,
        filter=question.filter,
    )
