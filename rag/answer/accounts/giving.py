"""From a question to an account: the order of the steps.

Each kind is planned by a module of its own, which picks sentences of the articles; here they
become claims with citations. Nothing is told that is not an article's own words, but for the
line that leads and the headings, which code writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.answer.accounts.articles import articles_asked, articles_with
from rag.answer.accounts.comparison import compare_sides
from rag.answer.accounts.listing import count, list_answers
from rag.answer.accounts.summary import describe, summarise
from rag.answer.accounts.telling import Account, Point
from rag.answer.accounts.timeline import timeline
from rag.answer.claims import answer_text, make_claims, numbering
from rag.answer.evidence import Sources
from rag.english.questions import FEATURES, ordered
from rag.types import Answer, Citation, Claim, Kind, Question, Stage, Timing, day_in_words

__all__ = ["give_account", "give_instead"]

_PLANS: dict[Kind, Callable[[Question, Sources], Account | None]] = {
    "summary": summarise,
    "timeline": timeline,
    "comparison": compare_sides,
    "list": list_answers,
    "count": count,
}
"""Each makes an account of a question; None where the articles hold nothing for one."""


def give_account(question: Question, sources: Sources) -> Iterator[Stage | Answer]:
    """Yield stages, then the account; no answer where the articles hold nothing for one.

    Args:
        question: with the kind of account that it asks for.
        sources: where to look, and what reads.
    """
    yield from _given(question, sources, _PLANS[question.kind])


def give_instead(question: Question, sources: Sources) -> Iterator[Stage | Answer]:
    """Yield what takes the place of a refusal, or of what may be no answer; no answer for none.

    Who wrote an article, and when, stands beside its name and not in it; and where no sentence
    says what a thing is like, the articles may tell other things of it.

    Args:
        question: a plain one.
        sources: where to look, and what reads.
    """
    if articles_asked(question):
        yield from _given(replace(question, kind="list"), sources, articles_with)
    elif ordered(question.asked).startswith(FEATURES):
        yield from _given(replace(question, kind="summary"), sources, describe)


def _given(
    question: Question, sources: Sources, plan: Callable[[Question, Sources], Account | None]
) -> Iterator[Stage | Answer]:
    begun = time.perf_counter()
    yield Stage("reading", f"looking for what belongs to a {question.kind}")
    account = plan(question, sources)
    if account is None:
        return
    claims = _claims(account.points)
    yield Answer(
        question=question.asked,
        searched=question.text,
        text=answer_text(claims, account.lead),
        claims=claims,
        kind=question.kind,
        lead=account.lead,
        filter=sources.filter,
        coverage=replace(sources.coverage, complete=account.complete),
        model=sources.reader.name,
        timing=Timing(retrieval=time.perf_counter() - begun),
    )


def _claims(points: Sequence[Point]) -> tuple[Claim, ...]:
    """Return a claim for each point, the citations counted through; no sentence is told twice."""
    numbered = numbering()
    claims: list[Claim] = []
    said: set[tuple[str, str]] = set()
    told: set[tuple[str, str, int]] = set()
    for point in points:
        item = point.evidence
        if (point.heading, item.document.id, item.context_start) in told:
            item = replace(item, context_start=item.start)  # What it leans on stands just above.
        told.add((point.heading, item.document.id, item.start))
        (claim,) = make_claims([item])
        if (key := (point.heading, claim.text.casefold())) in said:
            continue
        said.add(key)
        also = [Citation(0, other.document, other.start, other.end) for other in point.also]
        citations = tuple(numbered(citation) for citation in (*claim.citations, *also))
        answer = claim.answer
        if answer is not None:  # It lies within the last citation of its own sentence.
            answer = replace(answer, number=citations[len(claim.citations) - 1].number)
        # The heading may be the very day, and say "(planned)" or "(reported)" of it.
        days = tuple(d for d in claim.days if not point.heading.startswith(day_in_words(d.day)))
        claims.append(
            replace(
                claim,
                citations=citations,
                answer=answer,
                days=days,
                heading=point.heading,
                when=point.when,
            )
        )
    return tuple(claims)
