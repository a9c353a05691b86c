"""Finds the sentences that may answer a question, and says how surely the articles do.

Passages come from the retriever; within them every sentence is scored by its
cosine with the question, by the share of the question's words that it holds
(each weighted by its rarity in the library), by what its neighbour and its
article hold of the rest, and by whether it holds the kind of thing asked for.
Knows nothing of language models.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import math
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from index.embed.embedder import Embedder
from index.errors import NotFoundError
from index.search.retriever import search
from index.store import Store
from index.text.chunker import embedding_text
from index.types import Document, Hit, Span
from rag.answer_kind import AnswerKind, asked_kind, holds_kind
from rag.checks.names import names_asked
from rag.types import Evidence, Question
from rag.words import content_stems, stem, words

__all__ = ["Findings", "find_evidence"]

# Weights of a sentence's score, beside its cosine with weight 1. Chosen by hand on 300 questions
# each of XQuAD and NewsQA; bench/evidence.py shows what a change of them does.
_OVERLAP = 1.0
_IN_PREVIOUS = 0.5
_IN_DOCUMENT = 0.3
_PASSAGE_COSINE = 0.5
_KIND = 0.2
_WORD_PAIRS = 0.5
# Names count for less than other words: a sentence that answers often has a pronoun in their place.
_NAMES = -0.15

# Weights of the relevance of the best sentence: those of a logistic regression of answerable
# against foreign questions (XQuAD and NewsQA, 300 each, asked of each other's articles), divided
# by that of the cosine. bench/evidence.py shows how well it parts them.
_RELEVANCE_PASSAGE = 0.83
_RELEVANCE_OVERLAP = 0.31
_RELEVANCE_DOCUMENT = 0.57

_NEEDS_CONTEXT = re.compile(
    r"^\W*(?:(?:and|but|so|yet|also|then|last \w+|earlier|later|since then|instead|however)\W+)*"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|there|such|both|neither|"
    r"the (?:group|two|three|latter|former|coalition|statement|bloc|company|party|country|"
    r"move|decision|measure|plan|figure|number|report))\b",
    re.IGNORECASE,
)
_CONTEXT_SHARE = 0.25
"""Share of the question (by rarity) that only the previous sentence holds, from which it is
brought along."""
_LONGEST_CONTEXT = 500
_SHORTEST = 12
"""Characters below which a sentence hardly says anything."""
_ARTICLE_CHARACTERS = 50_000
"""How much of a long article is read to learn what it is about."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the library holds on a question."""

    evidence: tuple[Evidence, ...]
    """Sentences, best first."""
    relevance: float
    """How surely the best of them is about the question; see `Settings.least_relevance`."""
    rarity: Mapping[str, float] = field(default_factory=dict)
    """Content stems of the question, each with its inverse document frequency."""
    article_stems: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the id of an article, the content stems of its title and of how it begins."""


def find_evidence(
    question: Question,
    store: Store,
    embedder: Embedder,
    passages: int,
) -> Findings:
    """Search the library and return every sentence of the best passages, best first."""
    vector = embedder.embed([question.text])[0]
    hits = search(store, question.text, vector, passages, question.filter)
    kind = asked_kind(question.last)
    articles = _read_articles(hits, store)
    hits = [hit for hit in hits if hit.document.id in articles]
    candidates = [
        (hit, articles[hit.document.id], index)
        for hit in hits
        for index in articles[hit.document.id].within(hit.chunk.start, hit.chunk.end)
    ]
    if not candidates:
        return Findings((), 0.0)
    # A dateline, a label, the number of a page: only where there is nothing else.
    long_enough = [c for c in candidates if len(c[1].text_of(c[2])) >= _SHORTEST]
    candidates = long_enough or candidates
    unranked = [hit for hit in hits if hit.similarity is None]
    vectors = embedder.embed(
        [article.text_of(index) for _, article, index in candidates]
        + [embedding_text(hit.document, hit.chunk) for hit in unranked]
    )
    cosines = vectors @ vector
    passage_cosines = {hit.chunk.id: hit.similarity for hit in hits if hit.similarity is not None}
    for hit, cosine in zip(unranked, cosines[len(candidates) :]):
        passage_cosines[hit.chunk.id] = float(cosine)
    rarity = _rarities(question.text, store)
    asked = _Asked.of(question.text, rarity, kind)
    scored = [
        _score(asked, article, index, float(cosine), passage_cosines[hit.chunk.id])
        for (hit, article, index), cosine in zip(candidates, cosines)
    ]
    # Equal scores keep the order of the passages, so the same question finds the same evidence.
    scored.sort(key=lambda item: -item[0].score)
    stems = {id_: article.stems for id_, article in articles.items()}
    return Findings(tuple(evidence for evidence, _ in scored), scored[0][1], rarity, stems)


def _rarities(question: str, store: Store) -> dict[str, float]:
    """Return the inverse document frequency of each content stem of the question."""
    stems = content_stems(question)
    total = store.counts().chunks
    frequencies = store.chunk_frequencies(list(stems.values()))
    return {s: math.log(1 + (total + 0.5) / (f + 0.5)) for s, f in zip(stems, frequencies)}


def _read_articles(hits: Sequence[Hit], store: Store) -> dict[str, _Article]:
    """Return the articles of the hits, those left out that another process has just removed."""
    articles: dict[str, _Article] = {}
    for hit in hits:
        if hit.document.id not in articles:
            with contextlib.suppress(NotFoundError):
                articles[hit.document.id] = _Article.of(hit.document, store)
    return articles


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for in each sentence."""

    rarity: Mapping[str, float]
    """Content stems of the question, each with its inverse document frequency."""
    names: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    """Stems of adjacent words."""
    kind: AnswerKind

    @classmethod
    def of(cls, question: str, rarity: Mapping[str, float], kind: AnswerKind) -> _Asked:
        listed = frozenset(stem(name.word) for name in names_asked(question))
        return cls(rarity, listed, _pairs(question), kind)


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    stems = [stem(word) for word in words(text)]
    return frozenset(itertools.pairwise(stems))


@dataclass(frozen=True, slots=True)
class _Article:
    """An article that a passage was found in, read once however many of its passages were."""

    document: Document
    sentences: tuple[Span, ...]
    stems: frozenset[str]
    """Content stems of its title and its first `_ARTICLE_CHARACTERS`."""

    @classmethod
    def of(cls, document: Document, store: Store) -> _Article:
        told = f"{document.title}\n{document.text[:_ARTICLE_CHARACTERS]}"
        return cls(document, store.sentences(document.id), frozenset(content_stems(told)))

    def within(self, start: int, end: int) -> range:
        """Return the indices of the sentences between two offsets."""
        first = bisect.bisect_left(self.sentences, start, key=lambda span: span.start)
        last = bisect.bisect_right(self.sentences, end, key=lambda span: span.end)
        return range(first, last)

    def text_of(self, index: int) -> str:
        span = self.sentences[index]
        return self.document.text[span.start : span.end]


def _score(
    asked: _Asked, article: _Article, index: int, cosine: float, passage_cosine: float
) -> tuple[Evidence, float]:
    """Return the sentence as evidence, with its relevance."""
    span, text = article.sentences[index], article.text_of(index)
    own = content_stems(text)
    previous = article.sentences[index - 1] if index else None
    before = content_stems(article.text_of(index - 1)) if previous else {}
    rarity = asked.rarity
    whole = sum(rarity.values()) or 1.0
    overlap = sum(r for s, r in rarity.items() if s in own) / whole
    in_previous = sum(r for s, r in rarity.items() if s not in own and s in before) / whole
    in_article = sum(
        r for s, r in rarity.items() if s not in own and s not in before and s in article.stems
    )
    in_article /= whole
    bonus = 0.0
    if asked.kind not in (AnswerKind.OTHER, AnswerKind.YES_NO, AnswerKind.ACCOUNT):
        bonus = _KIND * holds_kind(asked.kind, text, rarity)
    score = (
        cosine
        + _OVERLAP * overlap
        + _IN_PREVIOUS * in_previous
        + _IN_DOCUMENT * in_article
        + _PASSAGE_COSINE * passage_cosine
        + _WORD_PAIRS * _share(asked.pairs, _pairs(text))
        + _NAMES * _share(asked.names, own)
        + bonus
    )
    relevance = (
        cosine
        + _RELEVANCE_PASSAGE * passage_cosine
        + _RELEVANCE_OVERLAP * overlap
        + _RELEVANCE_DOCUMENT * (overlap + in_previous + in_article)
    )
    context_start = span.start
    if (
        previous is not None
        and previous.end - previous.start <= _LONGEST_CONTEXT
        and (in_previous >= _CONTEXT_SHARE or _NEEDS_CONTEXT.match(text))
    ):
        context_start = previous.start
    return Evidence(article.document, span.start, span.end, score, context_start), relevance


def _share(wanted: Collection[Hashable], found: Collection[Hashable]) -> float:
    """Return the share of the wanted items that were found; none wanted, none found."""
    return sum(item in found for item in wanted) / len(wanted) if wanted else 0.0
