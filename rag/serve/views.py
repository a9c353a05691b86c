"""Turns articles and answers into what the page draws.

What the page gets is text and numbers only; it makes every element itself, so that nothing
in an article or a model's answer is ever read as HTML.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

from index.corrections import corrected_fields
from index.scanned import UNSURE
from index.types import Document
from rag.export.layout import marked
from rag.serve.originals import original_of, shows_pages
from rag.types import day_in_words

__all__ = [
    "View",
    "answer_view",
    "article_view",
    "document_view",
]

View = dict[str, Any]
"""What a part of the page draws, as JSON."""


def document_view(document: Document) -> View:
    """Return what a list shows of an article."""
    return {
        "id": document.id,
        "title": document.title or "Untitled",
        "source": document.source or "",
        "author": document.author or "",
        "published": document.published.isoformat() if document.published else "",
        "tags": list(document.tags),
        "corrected": [_corrected(*each) for each in corrected_fields(document).items()],
        # Only what a click may safely open.
        "url": document.url if (document.url or "").startswith(("http://", "https://")) else "",
    }


def _corrected(name: str, said: Any) -> tuple[str, str]:
    """Return a field that was corrected, and what the file says of it."""
    if isinstance(said, tuple):
        return name, ", ".join(said)
    return name, day_in_words(said) if isinstance(said, date) else said or ""


def article_view(
    document: Document,
    spans: Iterable[tuple[int, int, int]] = (),
    current: int = 0,
    kin: Iterable[Document] = (),
    answer: tuple[int, int] = (0, 0),
) -> View:
    """Return an article cut at its citations: `document_view`, `segments`, `kin`, and its file.

    Joined, the texts of the segments are the text of the article, and the pieces of a segment
    its text, each with its kind as in `rag.export.layout`.

    Args:
        document: the article.
        spans: number, start, and end of each citation of it; they may overlap.
        current: the number of the one that was opened; 0 for none.
        kin: articles that are nearly the same.
        answer: start and end of the words that answer, within the quote that was opened.
    """
    length = len(document.text)
    marks = [(n, s, e) for n, s, e in spans if 0 <= s < e <= length]
    # The one that was opened stays whole: what overlaps it is marked only where it stands out.
    opened = next(((s, e) for n, s, e in marks if n == current), (0, 0))
    cuts = {0, length, *opened}
    for number, start, end in marks:
        if number != current:
            cuts.update(cut for cut in (start, end) if not opened[0] < cut < opened[1])
    edges = sorted(cuts)
    segments = []
    for start, end in itertools.pairwise(edges):
        inside = (start, end) == opened
        number = current if inside else 0
        if not inside:
            number = next((n for n, s, e in marks if n != current and s <= start and end <= e), 0)
        words = answer if inside and start <= answer[0] < answer[1] <= end else (end, end)
        cut = (start, *words, end)
        parts = [document.text[one:other] for one, other in itertools.pairwise(cut)]
        pieces = list(zip(parts, ("", "answer", "")))
        text = document.text[start:end]
        segments.append({"text": text, "pieces": pieces, "number": number, "current": inside})
    count = len(document.text.split())
    start, end = opened
    lines = document.lines_at(start, end)
    return document_view(document) | {
        "titled": document.title,
        "segments": segments,
        "words": count,
        "kin": [document_view(other) for other in kin],
        "file": original_of(document) is not None,
        "pages": len(document.pages) if shows_pages(document) else 0,
        "page": document.page_at(start),
        "quote": [start, end],
        "unsure": any(line.certainty < UNSURE for line in lines),
    }


def answer_view(answer: dict[str, Any]) -> View:
    """Return an answer with the text of each claim in `pieces`, each with what kind it is.

    Args:
        answer: as `rag.types.Answer.to_json` returns it.
    """
    return answer | {"claims": [claim | {"pieces": marked(claim)} for claim in answer["claims"]]}
