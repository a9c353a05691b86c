"""Goes on with an article where the last answer left it, for whoever wants to be told more."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import NotFoundError
from index.store import Store
from rag.answer.claims import answer_text, verbatim_claim
from rag.types import Answer, Citation

__all__ = ["tell_more"]

_SENTENCES = 2


def tell_more(told: Sequence[Citation], store: Store) -> Answer | None:
    """Return the next sentences of the article that was cited last.

    None where it has no more, or is no longer there.

    Args:
        told: what was shown, newest last.
        store: where its sentences are kept.
    """
    if not told:
        return None
    document = told[-1].document
    end = max(citation.end for citation in told if citation.document.id == document.id)
    try:
        following = [span for span in store.sentences(document.id) if span.start >= end]
    except NotFoundError:
        return None
    spans = following[:_SENTENCES]
    claims = tuple(
        verbatim_claim((Citation(number, document, span.start, span.end),))
        for number, span in enumerate(spans, start=1)
    )
    return Answer("", "", answer_text(claims), claims) if claims else None
