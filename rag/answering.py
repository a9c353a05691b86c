"""Takes one question from the search to a checked answer, or to a refusal.

The order of the steps, and the two places where an answer is refused, are all
that is decided here; each step is a module of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from index.embed.embedder import Embedder
from index.store import Store
from index.types import Document
from rag.answer_kind import AnswerKind, asked_kind, compares
from rag.answerable import answerability, signals, thresholds
from rag.attribution import answer_text, attributed, state_sides
from rag.checks.names import names_asked
from rag.claims import make_claims, needs_words, worth_showing
from rag.evidence import find_evidence
from rag.judging import judge_evidence
from rag.language_model import Generation, JudgingModel, LanguageModel, Prompt, given_back
from rag.prompting import build_prompt, choose_notes
from rag.question import seems_english
from rag.reasons import reason_after
from rag.settings import Settings
from rag.sides import find_sides
from rag.types import Answer, Citation, Delta, Evidence, Question, Reason, Stage, Timing
from rag.words import content_stems, stem

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
    yield Stage("searching", f"searching {_count(counts.chunks, 'passage')}")
    findings = find_evidence(question, store, embedder, settings.passages)
    findings = replace(findings, evidence=_untold(findings.evidence, question))
    timing = Timing(retrieval=time.perf_counter() - begun)
    if not findings.evidence:
        reason: Reason = "nothing matches the filters" if question.filter else "not in the articles"
        yield replace(_refusal(question, reason), timing=timing)
        return
    notes = choose_notes(question.last, findings.evidence, settings.notes, settings.note_margin)
    if not notes or findings.relevance < settings.least_relevance:
        yield replace(_refusal(question, "not in the articles", findings.evidence), timing=timing)
        return
    yield Stage("reading", f"reading {_count(len(notes), 'sentence')}")
    model = get_model()
    begun = time.perf_counter()
    judged = isinstance(model, JudgingModel)
    if isinstance(model, JudgingModel):
        # Judged by what is asked last: a note that answers what was asked before says nothing new.
        notes = judge_evidence(question.last, notes, model, settings.prompt_tokens)
    notes = (notes[0], *(_after(notes[0], note) for note in notes[1:]))
    seen = signals(question.last, notes[0], findings)
    certainty, limits = answerability(seen, judged=judged), thresholds(judged=judged)
    refusal = replace(
        _refusal(question, "not in the articles", findings.evidence),
        certainty=certainty,
        model=model.name,
    )
    if certainty < limits[settings.refusal]:
        timing = replace(timing, generation=time.perf_counter() - begun)
        yield replace(refusal, timing=timing)
        return
    sides = find_sides(question.last, findings.evidence)
    if sides.disagreement:
        claims, supported, cost = state_sides(sides), True, Generation(0, 0, truncated=False)
    else:
        account = asked_kind(question.last) is AnswerKind.ACCOUNT
        shown = worth_showing(question.text, notes, settings.second_margin, settings.answer_words)
        why = reason_after(question.last, notes[0], findings.evidence)
        if why is not None:
            notes, shown = (notes[0], why, *notes[1:]), (0, 1)
        text, cost = "", Generation(0, 0, truncated=False)
        # Where one note stands out and can be shown as the article has it, nothing is written.
        # Where not, what the model draws on decides.
        rivals = len(notes) > 1 and notes[1].score >= notes[0].score - settings.rival_margin
        doubtful = needs_words(notes[0]) or (rivals and not compares(question.text))
        if not judged or (doubtful and not account and why is None):
            prompt, notes = build_prompt(
                question.text, notes, settings.prompt_tokens, model.count_tokens
            )
            text, cost = yield from _write(prompt, model, settings.answer_tokens)
        yield Stage("checking", "checking")
        draft = make_claims(
            text,
            question.text,
            notes,
            truncated=cost.truncated,
            shown=shown,
            account=account,
        )
        claims, supported = tuple(map(attributed, draft.claims)), draft.supported
    timing = replace(
        timing,
        generation=time.perf_counter() - begun,
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
    )
    # A model that does not judge says by what it writes how surely its notes answer.
    enough = {"balanced": limits["strict"], "strict": 1.0}.get(settings.refusal, 0.0)
    if not judged and not supported and certainty < enough:
        yield replace(refusal, timing=timing)
        return
    yield Answer(
        question=question.text,
        searched=question.text,
        text=answer_text(claims, sides.disagreement),
        claims=claims,
        disagreement=sides.disagreement,
        certainty=certainty,
        filter=question.filter,
        model=model.name,
        timing=timing,
    )


def _write(
    prompt: Prompt, model: LanguageModel, most_tokens: int
) -> Generator[Stage | Delta, None, tuple[str, Generation]]:
    """Yield what the model writes as it comes; return all of it, and what it cost."""
    yield Stage("writing", "writing")
    pieces: list[str] = []
    cost = Generation(0, 0, truncated=True)
    stream = model.stream(prompt, most_tokens)
    with given_back(stream):
        for event in stream:
            if isinstance(event, Generation):
                cost = event
            else:
                pieces.append(event)
                yield Delta(event)
    return "".join(pieces), cost


def _untold(evidence: tuple[Evidence, ...], question: Question) -> tuple[Evidence, ...]:
    """Return the sentences that were not shown just now; all, where there is nothing else.

    They would be found again, by the words of the question before. One that says more, on
    what is asked now, stays: after "which country severed relations?", "what did Argentina
    do?" may well be answered by the same sentence.
    """
    named = {stem(name.word) for name in names_asked(question.last)}
    asked = content_stems(question.last).keys()

    def shown(document: Document, start: int, end: int) -> bool:
        if not any(
            document.id == span.document.id and start < span.end and span.start < end
            for span in question.told
        ):
            return False
        own = content_stems(document.text[start:end]).keys()
        return not (named <= own if named else asked & own)

    fresh = tuple(
        replace(e, context_start=e.start) if shown(e.document, e.context_start, e.start) else e
        for e in evidence
        if not shown(e.document, e.start, e.end)
    )
    return fresh or evidence


def _after(best: Evidence, note: Evidence) -> Evidence:
    """Return a note without the sentence before it, where that is the best note, shown already."""
    told = note.document.id == best.document.id and note.context_start < best.end <= note.start
    return replace(note, context_start=note.start) if told else note


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


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
