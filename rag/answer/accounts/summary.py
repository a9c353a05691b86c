"""Plans a summary: of articles that are named, of a subject, or of the library.

Salient sentences, each once, in the order in which the articles appeared and stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from index.search.retriever import LEAD_CHARACTERS
from index.types import Document, Hit
from rag.answer.accounts.subject import (
    articles_named,
    centroid,
    directions,
    nearness,
    passages_on,
    share_held,
    subject_asked,
    told_of,
)
from rag.answer.accounts.telling import Account, Point, choose, tells
from rag.answer.evidence import Sources
from rag.types import Evidence, Question, day_in_words

__all__ = ["LATEST", "describe", "summarise", "summed_up"]

_MOST_POINTS = 9
_FEWEST_POINTS = 5
_PART = 0.4
"""Share of the telling sentences that is told of a short article: about a third of all."""
_PASSAGES = 40
"""How many a search for a subject finds: some fifteen articles."""
_EMBEDDED = 150
"""Sentences of which the vectors are made: a second on two cores."""
_LOOKED_AT = 400
"""Articles of a library whose vectors are compared, newest first: two seconds."""
LATEST = re.compile(
    r"\b(?:latest|newest|(?:what(?:['’]s| is)|any(?:thing)?|something)"
    r"(?: the news| news?(?!\s(?-i:[A-Z][a-z]))))\b",
    re.IGNORECASE,
)
"""How the news are asked for; "What is New Zealand?" does not."""
_LEAD = 0.3
"""What being the first sentence adds to likeness to the whole; each later one adds less."""


def summarise(question: Question, sources: Sources) -> Account | None:
    """Return a summary of what a question names; None where the articles hold nothing of it."""
    subject = summed_up(question.text)
    if named := articles_named(question.text, subject, sources):
        return _of_articles(named, sources)
    newest_first = LATEST.search(question.text) is not None
    if subject:
        return _of_subject(subject, sources, newest_first=newest_first)
    documents = list(sources.store.documents(sources.filter))
    return _of_articles(documents, sources, newest_first=newest_first) if documents else None


def describe(question: Question, sources: Sources) -> Account | None:
    """Return a summary of what is to be described; None where nothing in it names all of that.

    Of the vase, not of the pattern on it.
    """
    account, subject = summarise(question, sources), summed_up(question.text)
    told = [point.evidence for point in account.points] if account else []
    named = any(share_held(subject, f"{one.document.title}\n{one.told}") == 1 for one in told)
    return account if named else None


def summed_up(question: str) -> str:
    """Return what a summary is asked of; empty where that is the whole library."""
    return subject_asked(LATEST.sub("latest", question))


def _of_articles(
    documents: Sequence[Document], sources: Sources, *, newest_first: bool = False
) -> Account:
    """Summarise each of a few articles; of many, those that stand for the others, or the newest.

    Args:
        documents: where the newest are asked for, these come first.
        sources: what has their sentences.
        newest_first: whether they are.
    """
    if len(documents) == 1:
        document = documents[0]
        points = _telling(document, sources, _MOST_POINTS, _EMBEDDED)
        title = f"“{document.title}”" if document.title else "an article"
        told = [title, document.source or "", _day(document)]
        lead = f"Summary of {', '.join(part for part in told if part)}."
        return Account(lead, points, complete=True)
    picked = list(documents[:_MOST_POINTS])
    if not newest_first:
        picked = _standing_for(documents, sources, _MOST_POINTS)
    each = max(1, _MOST_POINTS // len(picked))
    all_points: list[Point] = []
    for document in picked:
        heading = ", ".join(part for part in (document.title, _day(document)) if part)
        some = _telling(document, sources, each, _EMBEDDED // len(picked))
        all_points += [replace(point, heading=heading) for point in some]
    whole = len(picked) == len(documents)
    of = f"{len(documents):,}" if whole else f"{len(picked)} of {len(documents):,}"
    order = ", newest first" if newest_first else ""
    return Account(f"Summary of {of} articles{order}.", tuple(all_points), complete=whole)


def _telling(document: Document, sources: Sources, most: int, embedded: int) -> tuple[Point, ...]:
    """Return the most telling sentences of an article, in its order."""
    sentences = sources.article(document)
    items: Sequence[Evidence] = [one for one in sentences if tells(one)] or sentences
    items = _central(document, items, sources, embedded)
    count = min(most, max(_FEWEST_POINTS, round(_PART * len(items))), len(items))
    vectors = sources.embedder.embed([item.text for item in items])
    worth = vectors @ centroid(vectors) + _LEAD / np.sqrt(np.arange(1, len(items) + 1))
    return tuple(Point(items[place]) for place in sorted(choose(items, vectors, worth, count)))


def _central(
    document: Document, items: Sequence[Evidence], sources: Sources, most: int
) -> Sequence[Evidence]:
    """Return all sentences of an article, or those of the passages that stand for a long one."""
    entry = sources.store.entry(document.id) if len(items) > most else None
    if entry is None or entry.vectors is None:
        return items[:most]
    worth = entry.vectors @ centroid(entry.vectors)
    worth[0] += _LEAD
    kept: list[Evidence] = []
    for place in np.argsort(-worth, kind="stable"):
        chunk = entry.chunks[place]
        kept += [item for item in items if chunk.start <= item.start < chunk.end]
        if len(kept) >= most:
            break
    return sorted(kept[:most], key=lambda item: item.start)


def _standing_for(documents: Sequence[Document], sources: Sources, most: int) -> list[Document]:
    """Return the articles to which all are most alike, oldest first.

    Chosen one by one, each for what it adds to the likeness of all to the nearest one chosen
    (facility location, Nemhauser et al. 1978), so that a copy of one that is chosen adds nothing.
    """
    if len(documents) > most:
        whole = directions((document.id for document in documents[:_LOOKED_AT]), sources)
        if len(whole) < most:  # Most of them wait for their vectors.
            return sorted(documents[:most], key=lambda d: (d.published or date.max, d.id))
        vectors = np.array([direction for _, direction in whole])
        similar = vectors @ vectors.T
        nearest = np.zeros(len(whole), dtype=np.float32)
        picked: list[int] = []
        for _ in range(most):
            gains = np.maximum(similar, nearest).sum(axis=1)
            gains[picked] = -1
            picked.append(int(np.argmax(gains)))
            nearest = np.maximum(nearest, similar[picked[-1]])
        documents = [whole[place][0] for place in picked]
    return sorted(documents, key=lambda d: (d.published or date.max, d.id))


def _of_subject(subject: str, sources: Sources, *, newest_first: bool) -> Account | None:
    hits = passages_on(subject, sources, _PASSAGES)
    items = [one for hit in hits for one in sources.passage(hit) if tells(one)]
    # The passages of other news that names it too are told only where they speak of it.
    items = (told_of(subject, items) or items)[:_EMBEDDED]
    if not items:
        return None
    near, vectors = nearness(subject, items, sources.embedder)
    lead = np.array([item.start < LEAD_CHARACTERS for item in items])
    articles = [item.document.id for item in items]
    chosen = choose(items, vectors, near + _LEAD * lead, _MOST_POINTS)
    chosen.sort(
        key=lambda p: (items[p].document.published or date.max, articles[p], items[p].start)
    )
    if newest_first:  # The articles; the sentences of each stay in its order.
        chosen.sort(key=lambda p: items[p].document.published or date.min, reverse=True)
    points = tuple(
        Point(items[place], also=_in_copies(items[place], hits, sources)) for place in chosen
    )
    told = len({articles[place] for place in chosen})
    says = f"{told} articles say" if told > 1 else "1 article says"
    order = ", newest first" if newest_first and told > 1 else ""
    return Account(f"What {says} of {subject}{order}.", points, complete=len(hits) < _PASSAGES)


def _in_copies(item: Evidence, hits: Sequence[Hit], sources: Sources) -> tuple[Evidence, ...]:
    """Return a sentence as the copies of its article have it."""
    copies = {
        copy.id: copy for hit in hits if hit.document.id == item.document.id for copy in hit.copies
    }
    words = item.text.split()
    told = [one for copy in copies.values() for one in sources.sentences(copy)]
    return tuple(one for one in told if one.text.split() == words)


def _day(document: Document) -> str:
    return day_in_words(document.published) if document.published else ""
