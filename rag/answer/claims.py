"""Makes what is shown: a claim in an article's own words, with the answer marked in its quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from index.types import Document
from rag.answer.question import questions_in
from rag.english.days_told import days_meant
from rag.english.vocabulary import content_stems
from rag.types import Answer, Citation, Claim, DayMeant, Evidence, day_in_words

__all__ = [
    "answer_text",
    "in_turn",
    "make_claims",
    "nearest_citations",
    "numbering",
    "verbatim_claim",
]

_NEAREST = 3
"""How many passages a refusal shows."""


def make_claims(shown: Iterable[Evidence], *, attributed: bool = False) -> tuple[Claim, ...]:
    """Return a claim for each sentence: its words with white space folded, and its citations.

    What is shown already is not shown again.

    Args:
        shown: sentences, in the order in which they are to be read.
        attributed: whether to say before each who says it, as where articles differ.
    """
    numbered = numbering()
    claims: list[Claim] = []
    said: set[str] = set()
    for evidence in shown:
        document, begin = evidence.document, evidence.context_start
        spans = [(evidence.start, evidence.end)]
        if begin < evidence.start:
            context = document.text[begin : evidence.start].rstrip()
            place = (begin, begin + len(context))
            cited = [c for claim in claims for c in claim.citations]
            if (document.id, *place) not in [(c.document.id, c.start, c.end) for c in cited]:
                spans.insert(0, place)
        text = _folded(document.text[spans[0][0] : evidence.end])
        if text.casefold() in said:
            continue
        said.add(text.casefold())
        citations = tuple(numbered(Citation(0, document, *span)) for span in spans)
        claim = verbatim_claim(citations)
        if evidence.answer:
            answer = replace(citations[-1], start=evidence.answer_start, end=evidence.answer_end)
            # As long as what stands before the answer, with its white space folded.
            before = len(_folded(document.text[spans[0][0] : evidence.answer_start] + "|")) - 1
            claim = replace(claim, answer=answer, answer_at=before)
        if attributed:
            claim = replace(claim, attribution=_source_named(document))
        claims.append(claim)
    return tuple(claims)


def verbatim_claim(citations: tuple[Citation, ...]) -> Claim:
    """Return a claim in the words of its citations, which follow one another in one article."""
    first, last = citations[0], citations[-1]
    text = _folded(first.document.text[first.start : last.end])
    reasons = ("the words of the quotes",)
    days = tuple(_days(citations))
    return Claim(text, citations, verbatim=True, reasons=reasons, days=days)


def answer_text(claims: Sequence[Claim], lead: str = "") -> str:
    """Return the claims as one text; below a line that leads, each on a line of its own."""
    if not lead:
        return " ".join(claim.told for claim in claims)
    lines, above = [lead], ""
    for claim in claims:
        if claim.heading and claim.heading != above:
            lines.append(claim.heading)
        above = claim.heading
        lines.append(claim.told)
    return "\n".join(lines)


def in_turn(text: str, answers: Sequence[Answer]) -> Answer:
    """Return the answers to the questions of one text as one, each below its numbered question.

    A refusal where all of them are. Its kind is a fact, by which a receipt asks
    it again, no claim of it is a side, and it is as certain as the least certain of them.

    Args:
        text: what was asked.
        answers: in the order of the questions, at least one.
    """
    numbered = numbering()
    claims: list[Claim] = []
    asked = [f"{number}. {one.question}" for number, one in enumerate(answers, start=1)]
    for question, one in zip(asked, answers):
        for claim in one.claims:
            cited = {citation.number: numbered(citation) for citation in claim.citations}
            answer = claim.answer
            answer = answer and replace(answer, number=cited[answer.number].number)
            heading = " ".join(filter(None, (question, one.lead, claim.heading)))
            claims.append(
                replace(claim, citations=tuple(cited.values()), answer=answer, heading=heading)
            )
    # What leaned on a question before was searched for with it.
    searched = dict.fromkeys(each for one in answers for each in questions_in(one.searched))
    # Those that tell nothing: refusals, and counts of none.
    lead = " ".join(f"{each} {one.text}" for each, one in zip(asked, answers) if not one.claims)
    lead = lead or f"{len(answers)} questions, one after the other:"
    whole = min(answers, key=lambda one: (one.refused, bool(one.filter_read)))
    least = min((one.certainty for one in answers if one.certainty is not None), default=None)
    searched_for = " ".join(searched)
    whole = replace(whole, question=text, searched=searched_for, kind="fact", certainty=least)
    if whole.refused:
        return whole
    told, claimed = answer_text(claims, lead), tuple(claims)
    return replace(whole, text=told, claims=claimed, lead=lead, disagreement="")


def numbering() -> Callable[[Citation], Citation]:
    """Return what counts the citations of one answer through, the same span once."""
    numbers: dict[tuple[str, int, int], int] = {}

    def numbered(citation: Citation) -> Citation:
        place = (citation.document.id, citation.start, citation.end)
        return replace(citation, number=numbers.setdefault(place, len(numbers) + 1))

    return numbered


def nearest_citations(evidence: Sequence[Evidence], question: str) -> tuple[Citation, ...]:
    """Return the passages that a refusal shows, each with the words of the question it lacks."""
    asked = content_stems(question)
    return tuple(
        Citation(number, item.document, item.start, item.end, _lacking(asked, item))
        for number, item in enumerate(evidence[:_NEAREST], start=1)
    )


def _days(citations: Sequence[Citation]) -> Iterator[DayMeant]:
    """Yield the days meant in the sentences of a claim, by their place in its text."""
    document, begin = citations[0].document, citations[0].start
    told: set[date] = set()
    for citation in citations:
        before = len(_folded(document.text[begin : citation.start] + "|")) - 1
        for meant in days_meant(_folded(citation.quote), document.published):
            if meant.day not in told:
                told.add(meant.day)
                yield replace(meant, at=before + meant.at)


def _lacking(asked: Mapping[str, str], evidence: Evidence) -> tuple[str, ...]:
    told = content_stems(f"{evidence.document.title}\n{evidence.told}")
    return tuple(word for stem, word in asked.items() if stem not in told)


def _source_named(document: Document) -> str:
    """Return an article's source and day, as in "Harbour Wire, 4 January 2019"."""
    source = document.source or document.title or "an article"
    return f"{source}, {day_in_words(document.published)}"


def _folded(text: str) -> str:
    return " ".join(text.split())
