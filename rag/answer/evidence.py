"""Finds the sentences that may answer a question: passages of the search, read by the reader.

The best passages are read first, and the others only where these do not settle it. A sentence's
score is that of the best span in it. Knows nothing of what is refused
or shown.
"""

from __future__ import annotations

import bisect
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.embed.embedder import Embedder
from index.errors import NotFoundError
from index.search.retriever import search
from index.store import Store
from index.types import Document, Hit, Span
from rag.reader import NOTHING, Passage, Reader, Reading
from rag.types import Evidence, Question

__all__ = ["find_evidence"]

_FIRST = 4
"""Passages that are read first."""
_SURE = 6.0
"""Score of the reader from which the others are not read, but for what may contradict: of 170
questions of three sets, none was answered better by reading all twelve (bench/answers.py)."""
_RIVAL = 0.5
"""Share of the best passage's score from which one of another article is read all the same."""
_LONGEST_CONTEXT = 500
"""Characters of the sentence before that may be brought along."""
_NEEDS_CONTEXT = re.compile(
    r"\W*(?:(?:and|but|so|yet|also|then|later|however)\W+)*"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|both|"
    r"the (?:group|two|latter|former|company|statement|decision|move|figure))\b",
    re.IGNORECASE,
)
"""How a sentence begins that speaks of something in the one before."""


@dataclass(frozen=True, slots=True)
class _Article:
    """An article with its sentences, read once however many of its passages were found."""

    document: Document
    sentences: tuple[Span, ...]

    def around(self, start: int, end: int) -> tuple[int, int, int]:
        """Return where the sentences begin and end that a span lies in, and the context's start."""
        last = len(self.sentences) - 1
        first = max(bisect.bisect_right(self.sentences, start, key=lambda s: s.start) - 1, 0)
        closing = min(bisect.bisect_left(self.sentences, end, key=lambda s: s.end), last)
        sentence = self.sentences[first]
        begin, stop = sentence.start, max(self.sentences[closing].end, end)
        if first and _NEEDS_CONTEXT.match(self.document.text, begin, stop):
            before = self.sentences[first - 1]
            if before.end - before.start <= _LONGEST_CONTEXT:
                return begin, stop, before.start
        return begin, stop, begin


def find_evidence(
    question: Question,
    store: Store,
    embedder: Embedder,
    reader: Reader,
    passages: int,
) -> tuple[Evidence, ...]:
    """Search the library, read what is found, and return its sentences, likeliest first.

    Args:
        question: what is searched for, and what is asked of each passage.
        store: where to look.
        embedder: the one whose vectors the store holds.
        reader: what reads.
        passages: how many the search finds.

    Raises:
        ModelError: a model failed.
    """
    vector = embedder.embed([question.text])[0]
    hits = search(store, question.text, vector, passages, question.filter)
    articles: dict[str, _Article] = {}
    for hit in hits:
        if hit.document.id not in articles:
            # One that another process has just removed is left out.
            with contextlib.suppress(NotFoundError):
                spans = store.sentences(hit.document.id)
                articles[hit.document.id] = _Article(hit.document, spans)
    hits = [hit for hit in hits if hit.document.id in articles]
    found: dict[tuple[str, int], Evidence] = {}

    def read(some: Sequence[Hit]) -> None:
        told = [Passage(hit.chunk.text, hit.document.title) for hit in some]
        for hit, reading in zip(some, reader.read(question.asked, told)):
            for evidence in _sentences(hit, reading, articles[hit.document.id]):
                place = (evidence.document.id, evidence.start)
                if place not in found or found[place].score < evidence.score:
                    found[place] = evidence

    read(hits[:_FIRST])
    if max((evidence.score for evidence in found.values()), default=NOTHING) < _SURE:
        read(hits[_FIRST:])
    else:
        seen = {hit.document.id for hit in hits[:_FIRST]}
        rivals = []
        for hit in hits[_FIRST:]:
            if hit.document.id not in seen and hit.score >= _RIVAL * hits[0].score:
                seen.add(hit.document.id)
                rivals.append(hit)
        read(rivals)
    # Equal ones keep the order of the passages, so that the same question finds the same.
    return tuple(sorted(found.values(), key=lambda evidence: -evidence.score))


def _sentences(hit: Hit, reading: Reading, article: _Article) -> list[Evidence]:
    """Return each sentence of a passage with the best span that begins in it."""
    best: dict[int, Evidence] = {}
    for span in reading.spans:
        start, end = hit.chunk.start + span.start, hit.chunk.start + span.end
        begin, stop, context = article.around(start, end)
        if begin not in best:
            best[begin] = Evidence(hit.document, begin, stop, context, start, end, span.score)
    return list(best.values())
