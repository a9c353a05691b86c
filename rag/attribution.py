"""Says who says it: before a side of a disagreement, and before a quotation without its speaker.

An article's own sentence keeps the attribution that it has ("the opposition
accused …"); what is added here is the source of the article, and nothing that
a citation does not show as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.types import Document
from rag.sides import Side, Sides
from rag.types import LEADS, Citation, Claim, Disagreement, Evidence

__all__ = ["answer_text", "attributed", "attribution", "state_sides"]

_QUOTATION = re.compile(r"[\"“”«»]")
_BARE = re.compile(r"^\W*[\"“«][^\"”»]+[\"”»]\W*$")
_SAID = (
    r"(?:said|says|added|adds|told|wrote|writes|asked|warned|argued|insisted|explained|replied|"
    r"continued|tweeted|claimed|stated|declared|recalled|noted)"
)
_PRONOUN_SAID = re.compile(
    rf"[\"”»]\W*(?:(?:he|she|they|it)\s+(?:has |had |also )?{_SAID}\b|{_SAID}\s+(?:he|she|they)\b)"
    rf"|^\W*(?:he|she|they)\s+(?:has |had |also )?{_SAID}\b",
    re.IGNORECASE,
)
_LONGEST_TITLE = 60
"""Characters of a title that stands for a source that is not known."""


def attribution(document: Document, *, titled: bool = False) -> str:
    """Return source and date of an article, as in "Harbour Wire, 4 January 2019".

    Args:
        document: the article; one without a source has its title stand for it.
        titled: put the title before the source, where it tells what the article is about.
    """
    title = " ".join(document.title.split())
    if len(title) > _LONGEST_TITLE:
        title = title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    named = [title, document.source or ""] if titled else [document.source or title]
    if document.published:
        named.append(f"{document.published.day} {document.published:%B %Y}")
    return ", ".join(part for part in named if part) or "an article"


def attributed(claim: Claim) -> Claim:
    """Return the claim, with its source where it quotes somebody whom it does not name."""
    if claim.attribution or not _QUOTATION.search(claim.text):
        return claim
    if not _BARE.match(claim.text) and not _PRONOUN_SAID.search(claim.text):
        return claim
    document = claim.citations[0].document
    if len(claim.citations) > 1 or not (document.source or document.title):
        return claim  # The sentence before it is there to say who speaks; or nothing is known.
    return replace(claim, attribution=attribution(document))


def state_sides(found: Sides) -> tuple[Claim, ...]:
    """Return one verbatim claim for each side, with its attribution."""
    numbering: dict[tuple[str, int, int], int] = {}
    labels = _labels(found)
    return tuple(_claim(side, label, numbering) for side, label in zip(found.sides, labels))


def answer_text(claims: Sequence[Claim], disagreement: Disagreement = "") -> str:
    """Return the claims as one text, each after its attribution."""
    told = (claim.told for claim in claims)
    return " ".join(part for part in (LEADS[disagreement], *told) if part)


def _labels(found: Sides) -> list[str]:
    """Return what to call each side: what it is about if that differs, else who says it."""
    documents = [side.evidence.document for side in found.sides]
    labels = [attribution(d, titled=found.disagreement == "several answers") for d in documents]
    if len(set(labels)) < len(labels):
        labels = [attribution(document, titled=True) for document in documents]
    return labels


def _claim(side: Side, label: str, numbering: dict[tuple[str, int, int], int]) -> Claim:
    item = side.evidence
    spans = [(item.start, item.end)]
    if side.introduction is not None:
        spans.insert(0, (side.introduction.start, side.introduction.end))
    elif item.context_start < item.start:
        before = item.document.text[item.context_start : item.start].rstrip()
        spans.insert(0, (item.context_start, item.context_start + len(before)))
    citations = tuple(_citation(item, start, end, numbering) for start, end in spans)
    quotes = " ".join(citation.quote for citation in citations)
    return Claim(" ".join(quotes.split()), citations, 1.0, verbatim=True, attribution=label)


def _citation(
    item: Evidence, start: int, end: int, numbering: dict[tuple[str, int, int], int]
) -> Citation:
    number = numbering.setdefault((item.document.id, start, end), len(numbering) + 1)
    return Citation(number, item.document, start, end)
