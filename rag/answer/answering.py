"""One question, from the search to an answer or a refusal: the order of the steps.

Says also what a refusal is worth, and goes on with an article where the last answer left it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.errors import NotFoundError
from index.store import Store
from index.types import Document
from rag.answer.accounts.blocks import MARK, Block, block_at
from rag.answer.claims import answer_text, make_claims, nearest_citations, verbatim_claim
from rag.answer.compare import find_sides, settled, worth_showing
from rag.answer.evidence import CELLS, Sources, seek_evidence
from rag.answer.question import names_nobody, seems_english
from rag.answer.refuse import likely, probability, thresholds
from rag.english.questions import FEATURES
from rag.settings import Settings
from rag.types import Answer, Citation, Claim, Coverage, Evidence, Question, Reason, Stage, Timing

__all__ = ["UNSURE", "accounted", "answer_question", "refusal", "tell_more", "told_last"]

_MORE_SENTENCES = 2
_NEAR_MARGIN = 5.0
"""How far below the best score of the reader that of an article may lie which was cited just now:
of new questions that name nothing, those answered from it had 5.3 to 13.2, of follow-ups those
answered rightly 0 to 4.1 (bench/RESULTS.md)."""
UNSURE = "The articles may not answer this; the nearest is:"
"""Above an answer that `--strict` refuses."""
_REFUSALS: dict[Reason, str] = {
    "empty library": "There are no articles to answer from.",
    "nothing matches the filters": "No article matches the filters.",
    "not in the articles": "The articles do not answer this question.",
}


def answer_question(
    question: Question, sources: Sources, settings: Settings
) -> Iterator[Stage | Answer]:
    """Yield stages, then the answer.

    Args:
        question: as it is to be searched for.
        sources: where to look, and what reads.
        settings: limits and thresholds.
    """
    if not sources.store.counts().documents:
        yield refusal(question, "empty library", sources)
        return
    begun = time.perf_counter()
    evidence = yield from seek_evidence(question, sources, settings.passages)
    timing = Timing(retrieval=time.perf_counter() - begun)
    if not evidence:
        reason: Reason = "nothing matches the filters" if sources.filter else "not in the articles"
        yield replace(refusal(question, reason, sources), timing=timing)
        return
    answering = likely(evidence, question.text, settings.refusal)
    sure = settings.refusal in ("balanced", "strict")
    if not answering or (sure and names_nobody(question.asked, sources.store)):
        refused = refusal(question, "not in the articles", sources, evidence)
        read = Coverage(passages=sources.passages_read)
        yield replace(refused, model=sources.reader.name, timing=timing, coverage=read)
        return
    # What was given just now is found again; it is given again only where nothing else answers.
    answering = _untold(answering, question) or answering
    answering = _near(answering, question) or answering
    answering = settled(answering, question, sources)
    sides, listed = find_sides(answering, question), ""
    if sides.evidence:
        claims = make_claims(sides.evidence, attributed=len(sides.evidence) > 1)
    elif items := _listed(answering[0], question, sources):
        claims, listed = make_claims(items), f"An article lists {len(items)}:"
    else:
        claims = make_claims(worth_showing(answering, question))
    best = max(sides.evidence or answering, key=lambda item: item.score)
    certainty = probability(best, question.text)
    unsure = UNSURE if certainty < thresholds()["strict"] else ""
    lead = " ".join(filter(None, (sides.lead, unsure or listed)))
    yield Answer(
        question=question.asked,
        searched=question.text,
        text=answer_text(claims, lead),
        claims=_below_heads(claims, sources),
        lead=lead,
        disagreement=sides.disagreement,
        certainty=certainty,
        filter=sources.filter,
        coverage=sources.coverage,
        model=sources.reader.name,
        timing=timing,
    )


def _listed(best: Evidence, question: Question, sources: Sources) -> tuple[Evidence, ...]:
    """Return the items of the list that the best sentence is in, if more than one answers."""
    block = _block(best.document, best.start, sources)
    items = block.answering(question.asked) if block and not block.table else ()
    return items if len(items) > 1 else ()


def _below_heads(claims: Sequence[Claim], sources: Sources) -> tuple[Claim, ...]:
    """Return claims, those that are rows of a table or items of a list below its head."""
    told = []
    for claim in claims:
        cited = claim.citations[-1]
        block = _block(cited.document, cited.start, sources)
        headed = block is not None and block.start < cited.start
        told.append(replace(claim, heading=block.heading) if block and headed else claim)
    return tuple(told)


def _block(document: Document, start: int, sources: Sources) -> Block | None:
    """Return the list or table that a place of an article is in, or that begins with it."""
    lines = sources.sentences(document)
    line = next((line for line in lines if line.start <= start < line.end), None)
    if line and (CELLS in line.text or MARK.match(line.text) or line.text.endswith(":")):
        return block_at(line, lines)
    return None


def _untold(evidence: Sequence[Evidence], question: Question) -> list[Evidence]:
    """Return the sentences that do not answer what the question goes on from."""
    return [
        item
        for item in evidence
        if not any(
            item.document.id == span.document.id
            and item.answer_start < span.end
            and span.start < item.answer_end
            for span in question.told
        )
    ]


def _near(evidence: Sequence[Evidence], question: Question) -> list[Evidence]:
    """Return the sentences of the articles that the question may go on from, if not far behind."""
    least = evidence[0].score - _NEAR_MARGIN
    return [item for item in evidence if item.document.id in question.near and item.score >= least]


def refusal(
    question: Question, reason: Reason, sources: Sources, evidence: Sequence[Evidence] = ()
) -> Answer:
    """Return an answer that says that there is none.

    Args:
        question: what was asked.
        reason: why.
        sources: where was looked.
        evidence: what came nearest, nearest first.
    """
    text = _REFUSALS[reason]
    if reason == "not in the articles" and not seems_english(question.asked):
        text += " It does not look English, the one language that is understood: try it in English."
    return Answer(
        question=question.asked,
        searched=question.text,
        text=text,
        refused=True,
        reason=reason,
        kind=question.kind,
        nearest=nearest_citations(evidence, question.asked.removeprefix(FEATURES)),
        certainty=probability(evidence[0], question.text) if evidence else None,
        filter=sources.filter,
    )


def accounted(refused: Answer, store: Store) -> Answer:
    """Return a refusal with what its filter left to be searched, and what could not be read.

    Args:
        refused: the answer that is none.
        store: where was looked.
    """
    languages = store.languages(refused.filter)
    others: Counter[str] = Counter()
    for tag, count in languages.items():
        language = tag.partition("-")[0].casefold()
        if language not in ("", "en"):
            others[language] += count
    coverage = replace(
        refused.coverage,
        articles=sum(languages.values()),
        filter=refused.filter,
        unread_files=store.count_unread(),
        languages=tuple(others.most_common()),
    )
    return replace(refused, coverage=coverage)


def told_last(history: Sequence[Answer]) -> tuple[Citation, ...]:
    """Return what was shown for the newest question that was shown something, newest last.

    However often it was gone on from.

    Args:
        history: earlier answers, oldest first; one of them showed something.
    """
    shown = [answer for answer in history if answer.citations]
    same = [answer for answer in shown if answer.searched == shown[-1].searched]
    told = {(c.document.id, c.start, c.end): c for answer in same for c in answer.citations}
    return tuple(told.values())


def tell_more(history: Sequence[Answer], store: Store) -> Answer | None:
    """Return the next sentences of the article that was cited last.

    None where it has no more, or is no longer there. What may have been no answer stays one.

    Args:
        history: as for `told_last`.
        store: where its sentences are kept.
    """
    told = told_last(history)
    document = told[-1].document
    end = max(citation.end for citation in told if citation.document.id == document.id)
    try:
        following = [span for span in store.sentences(document.id) if span.start >= end]
    except NotFoundError:
        return None
    claims = tuple(
        verbatim_claim((Citation(number, document, span.start, span.end),))
        for number, span in enumerate(following[:_MORE_SENTENCES], start=1)
    )
    last = next(answer for answer in reversed(history) if answer.citations)
    lead = UNSURE if last.lead.endswith(UNSURE) else ""
    return Answer("", "", answer_text(claims, lead), claims, lead=lead) if claims else None
