"""Scores, as pure functions of texts, spans, and numbers, in the field's usual definitions."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from index.types import Span
from rag.answer.check import check_claim
from rag.types import Citation, Claim

__all__ = [
    "cites_document",
    "cites_gold",
    "contains",
    "is_supported",
    "normalise",
    "token_f1",
]

_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalise(text: str) -> str:
    """Lower the case, drop punctuation and articles, fold white space.

    As in SQuAD's evaluation script (Rajpurkar et al. 2016), whose punctuation is
    that of ASCII; here that of Unicode goes too, so that curly quotes are no words.

    >>> normalise("The “Squid Game”, a show")
    'squid game show'
    """
    kept = (c for c in text.lower() if not _is_punctuation(c))
    return " ".join(_ARTICLES.sub(" ", "".join(kept)).split())


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def contains(text: str, golds: Iterable[str]) -> bool:
    """Say whether a normalised gold answer occurs in the normalised text.

    It may occur within a word, as "venezuela" in "venezuelan". A gold of which
    nothing is left ("A") has to occur as it is written.

    >>> contains("It was the Lima Group.", ["lima group"])
    True
    """
    found = normalise(text)
    return any(
        key in found if (key := normalise(gold)) else bool(gold.strip()) and gold.strip() in text
        for gold in golds
    )


def token_f1(text: str, golds: Iterable[str]) -> float:
    """Return the harmonic mean of word precision and recall against the nearest gold, 0 to 1.

    As in SQuAD's evaluation script: words of the normalised texts, as bags.

    >>> token_f1("It fell in 1989", ["1989"])
    0.4
    """
    return max((_f1(normalise(text).split(), normalise(gold).split()) for gold in golds), default=0)


def _f1(found: Sequence[str], gold: Sequence[str]) -> float:
    if not found or not gold:
        return float(found == gold)
    shared = (Counter(found) & Counter(gold)).total()
    return 2 * shared / (len(found) + len(gold))


def cites_document(citations: Iterable[Citation], documents: Collection[str]) -> bool:
    """Say whether a citation is of one of the articles, given by their ids."""
    return any(citation.document.id in documents for citation in citations)


def cites_gold(
    citations: Iterable[Citation],
    documents: Collection[str],
    golds: Sequence[str],
    starts: Sequence[int] = (),
) -> bool:
    """Say whether a citation points at the answer in its article.

    It does if its quote holds a gold answer, or overlaps one in place.

    Args:
        citations: those of one answer.
        documents: ids of the articles that hold the answer; empty for any article.
        golds: the answers.
        starts: offsets in those articles at which answers begin.
    """
    return any(
        contains(citation.quote, golds)
        or any(
            span.start < citation.end and citation.start < span.end
            for span in _spans(citation.document.text, golds, starts)
        )
        for citation in citations
        if not documents or citation.document.id in documents
    )


def _spans(text: str, golds: Sequence[str], starts: Sequence[int]) -> list[Span]:
    """Return where the text has an answer at one of the offsets."""
    return [
        Span(start, start + len(gold))
        for start in starts
        for gold in golds
        if text.startswith(gold, start)
    ]


def is_supported(claim: Claim, texts: dict[str, str]) -> bool:
    """Check a shown claim anew, from nothing but its citations and the library.

    Every quote must be in the stored article, to the letter and in its place,
    and the claim must pass `rag.answer.check.check_claim` against its quotes.

    Args:
        claim: as it was shown.
        texts: the stored text of each cited article, by id.
    """
    for citation in claim.citations:
        quote = texts.get(citation.document.id, "")[citation.start : citation.end]
        if not quote.strip() or quote != citation.quote:
            return False
    in_order = sorted(claim.citations, key=lambda c: (c.document.id, c.start))
    quotes = " ".join(citation.quote for citation in in_order)
    return bool(quotes) and check_claim(claim.text, quotes).ok
