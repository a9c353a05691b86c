"""Sets articles on one subject beside each other: what they tell of the same matter otherwise.

Of each article those sentences come first that are most like one of another article without
saying the same, so that what belongs together stands in the same place of each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.types import Document
from rag.answer.accounts.sides import FRAMING
from rag.answer.accounts.subject import is_about, passages_on, subject_asked
from rag.answer.accounts.telling import Account, Point, choose, says_the_same, tells
from rag.answer.articles_meant import TEXTS
from rag.answer.evidence import Sources
from rag.english.numbers import numbers
from rag.types import Evidence, Question, day_in_words

__all__ = ["compare_articles", "like_another"]

_ARTICLES = re.compile(rf"\b(?:(?P<many>\w+) )?(?:{TEXTS}|coverage)\b", re.IGNORECASE)
_MANY = frozenset("two three four several various".split())
_PASSAGES = 40
_MOST = 4
"""Articles that are set beside each other, as many as sides that are named."""
_POINTS = 5
_EMBEDDED = 200
"""Sentences of which the vectors are made: a second and a half on two cores."""
_FIGURES = 0.2
"""What it adds to the likeness of two sentences that their figures differ."""


def compare_articles(question: Question, sources: Sources) -> Account | None:
    """Return what articles on a subject say of the same matters; None where there are no two.

    Args:
        question: one that asks for articles, as in "How do the two reports on the fire differ?".
        sources: the articles.
    """
    texts = _ARTICLES.search(question.asked)
    subject = subject_asked(question.asked, FRAMING | _MANY)
    if texts is None or not subject:
        return None
    many = next(iter(numbers(texts["many"] or "")), _MOST)
    documents = _articles_on(subject, sources)[: min(int(many), _MOST)]
    if len(documents) < 2:
        return None
    each = _EMBEDDED // len(documents)
    told = [[one for one in sources.article(d) if tells(one)][:each] for d in documents]
    items = [item for some in told for item in some]
    if not all(told):
        return None
    vectors = sources.embedder.embed([item.text for item in items])
    articles = np.array([item.document.id for item in items])
    worth = like_another(articles, items, vectors @ vectors.T)
    points: list[Point] = []
    for document in documents:
        own = [place for place, item in enumerate(items) if item.document.id == document.id]
        mine = [items[place] for place in own]
        for place in choose(mine, vectors[own], worth[own], _POINTS):
            points.append(Point(mine[place], heading=_heading(document, documents)))
    lead = f"What {len(documents)} articles say of {subject}, what is most alike first:"
    return Account(lead, tuple(points))


def _articles_on(subject: str, sources: Sources) -> list[Document]:
    """Return the articles that speak of a subject, first those whose title and lead do."""
    hits = passages_on(subject, sources, _PASSAGES)
    found = list({hit.document.id: hit.document for hit in hits}.values())
    about = [document for document in found if is_about(subject, document)]
    return about if len(about) > 1 else found


def like_another(
    sides: NDArray[Any], items: Sequence[Evidence], similar: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how like each sentence is to one of another side that says something else.

    Args:
        sides: of each sentence its article, or the side that it speaks of.
        items: the sentences.
        similar: cosines of each two, shape (sentences, sentences).
    """
    figures = [numbers(item.text) for item in items]
    differ = [[bool(ours and theirs and ours != theirs) for theirs in figures] for ours in figures]
    worth = np.where(sides[:, None] != sides, similar + _FIGURES * np.array(differ), 0)
    for one, other in np.argwhere(worth):
        if says_the_same(items[one], items[other], similar[one, other]):
            worth[one, other] = 0
    best: NDArray[np.float64] = worth.max(axis=1)
    return best


def _heading(document: Document, others: list[Document]) -> str:
    """Return a name for an article: its source, or, where others have the same, its title."""
    source = document.source or ""
    alone = source and sum(other.source == source for other in others) == 1
    day = day_in_words(document.published) if document.published else ""
    return ", ".join(part for part in (source if alone else document.title, day) if part)
