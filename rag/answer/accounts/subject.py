"""Finds what an account is to be about: the articles that are named, or a subject and its passages.

Knows nothing of what is told of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from index.embed.embedder import Embedder
from index.search.retriever import LEAD_CHARACTERS
from index.types import Document, Hit
from rag.answer.articles_meant import is_named
from rag.answer.evidence import Sources
from rag.english.dates import dates
from rag.english.names import missing_names, names
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, fold
from rag.types import Evidence

__all__ = [
    "FRAMES",
    "articles_named",
    "centroid",
    "directions",
    "is_about",
    "nearness",
    "passages_on",
    "share_held",
    "subject_asked",
    "told_of",
]

_ASKING = frozenset(
    """summarise summarize summary summaries sum brief briefing overview outline digest recap gist
    review main key important points point essentials short quick long detailed full article
    articles story stories news piece pieces text texts speech report reports coverage library
    archive collection document documents file files newspaper press write draw create prepare
    compile build produce show want need timeline timelines chronology chronological chronologically
    order sequence course history events event development developments day days date dates dated
    step steps week weeks month months year years time times describe explain list know please
    everything recent latest newest read saved wrote written reported published""".split()
)
"""Words of a wish for an account, left out where they stand before or after what it is about."""
FRAMES = frozenset(
    """crisis situation situations affair affairs case cases matter matters issue issues saga row
    dispute turmoil unrest process""".split()
)
"""What journalists call a subject that its articles need not call so: without them, a timeline of
"the crisis in Venezuela" over the samples has 3 points of 2 articles."""
_OBJECTS = frozenset(
    """a all an any each every her his how its me my our out that the their these this those us what
    when where which who why your""".split()
)
"""What follows a verb that opens a wish, and no name: "Trace the protests", "Set out how"."""
_WORD = re.compile(r"[^\W_]+(?:[.,'’–\-‐‑/&][^\W_]+)*")
_QUOTED = re.compile(r"[\"“„«‘]([^\"“”„«»’]{3,})[\"”“»’]")
_FILE = re.compile(r"[\w.-]*\w\.[A-Za-z]{2,5}\b")
_ONE = re.compile(
    r"(?:\b(?:the|that|this|my)|\w[’']s?)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:article|story|piece|speech|interview|report|document|column|essay|post|letter|text)\b",
    re.IGNORECASE,
)
"""How one article is asked for that is not named: "the article on the dam", "Lind's speech"."""
_LOOKED_THROUGH = 2000
"""Articles up to which each is looked at; in a larger library, those that a search finds: reading
two thousand takes half a second."""
_FOUND = 20
_LEAST_SHARE = 0.5
"""Share of the words of a subject of which a passage with its title holds more, if it speaks of
it: Peru alone is not the population of Peru."""
_NAMED = 0.3
"""What holding all words of a subject adds to the likeness of a sentence to it."""
_NEAR = 0.5
"""Cosine from which a passage speaks of a subject in other words."""


def subject_asked(text: str, asking: AbstractSet[str] = frozenset()) -> str:
    """Return what an account is asked of; empty where that is the whole library.

    Without the words that ask, and without dates, at both ends.

    Args:
        text: the question.
        asking: words that ask, besides those of all accounts.

    >>> subject_asked("What do my articles say about Unasur?")
    'Unasur'
    >>> subject_asked("Make a timeline of the crisis in Venezuela since May 2018")
    'the crisis in Venezuela'
    >>> subject_asked("Give me an overview of what I have from January 2019")
    ''
    """
    for when in reversed(dates(text)):
        text = f"{text[: when.start]} ; {text[when.end :]}"
    found = list(_WORD.finditer(text))
    asking = _ASKING | asking
    if len(found) > 1 and fold(found[1].group()) in _OBJECTS:
        asking |= {fold(found[0].group())}
    kept = [word for n, word in enumerate(found) if not _asks(word.group(), asking, first=not n)]
    if not kept:
        return ""
    start = kept[0].start()
    if the := re.search(r"\bthe\s+$", text[:start], re.IGNORECASE):
        start = the.start()
    return " ".join(text[start : kept[-1].end()].split(" ; "))


def _asks(word: str, asking: AbstractSet[str], *, first: bool) -> bool:
    folded = fold(word)
    if word[0].isupper() and not first and len(word) > 1:
        return False  # "Ever Given" is a name, and not two small words; "I" is one.
    return folded in FUNCTION_WORDS or folded in asking or folded.isdigit()


def share_held(subject: str, text: str) -> float:
    """Return the share of a subject's content words that a text holds, 0 to 1.

    It is 0 where the subject has names and the text has none of them. "Venezuelan" holds
    "Venezuela". Each of names joined by "and" counts as much as the other.
    """
    parts = subject.split(" and ")
    if len(parts) > 1 and all(
        {*content_stems(part).values()} <= {*names(f"on {part}")} for part in parts
    ):
        return sum(share_held(part, text) for part in parts) / len(parts)
    wanted = content_stems(subject)
    named = set(names(f"on {subject}"))
    if named:
        wanted = {stem: word for stem, word in wanted.items() if word not in FRAMES}
    if not wanted:  # "Ever Given" is a ship, and nothing but small words.
        name = re.sub(r"^the\s+", "", subject, flags=re.IGNORECASE)
        return float(bool(name) and name in text)
    absent = set(missing_names(f"on {subject}", text))
    if named and named <= absent:
        return 0.0
    stems = content_stems(text)
    held = sum(
        stem in stems or (word in named and word not in absent) for stem, word in wanted.items()
    )
    return held / len(wanted)


def is_about(subject: str, document: Document) -> bool:
    """Say whether an article speaks of a subject in its title and lead, and so in all of it."""
    opening = f"{document.title}\n{document.text[:LEAD_CHARACTERS]}"
    return share_held(subject, opening) > _LEAST_SHARE


def told_of(subject: str, items: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences that speak of a subject, or whose article does in its title and lead."""
    about = {item.document.id: is_about(subject, item.document) for item in items}
    return [
        item
        for item in items
        if about[item.document.id] or share_held(subject, item.told) > _LEAST_SHARE
    ]


def nearness(
    subject: str, items: Sequence[Evidence], embedder: Embedder
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how near sentences are to a subject, and their vectors, of unit length.

    Args:
        subject: its words; where there are none, all is equally near.
        items: the sentences, at least one.
        embedder: what makes the vectors.
    """
    vectors = embedder.embed([item.text for item in items] + ([subject] if subject else []))
    if not subject:
        return np.zeros(len(items), dtype=np.float32), vectors
    vectors, wanted = vectors[:-1], vectors[-1]
    held = np.array([share_held(subject, item.told) for item in items], dtype=np.float32)
    return vectors @ wanted + _NAMED * held, vectors


def centroid(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the direction of the mean of some vectors, of unit length."""
    mean = vectors.mean(axis=0)
    unit: NDArray[np.float32] = mean / (np.linalg.norm(mean) or 1.0)
    return unit


def directions(ids: Iterable[str], sources: Sources) -> list[tuple[Document, NDArray[np.float32]]]:
    """Return articles with their centroids, but for those that wait for their vectors."""
    entries = [sources.store.entry(id_) for id_ in ids]
    return [
        (entry.document, centroid(entry.vectors))
        for entry in entries
        if entry is not None and entry.vectors is not None and len(entry.vectors)
    ]


def passages_on(subject: str, sources: Sources, limit: int) -> list[Hit]:
    """Return the passages that speak of a subject, best first; none where none does.

    Args:
        subject: its words.
        sources: where to look.
        limit: how many the search finds at most.
    """
    named = bool(names(f"on {subject}"))

    def speaks(hit: Hit) -> bool:
        share = share_held(subject, f"{hit.document.title}\n{hit.chunk.text}")
        # A near passage without the name is about another of the same kind.
        near = (hit.similarity or 0.0) >= _NEAR and (share > 0 or not named)
        return share > _LEAST_SHARE or near

    hits = [hit for hit in sources.find(subject, limit) if speaks(hit)]
    everything = " ".join(f"{hit.document.title} {hit.chunk.text}" for hit in hits)
    # Of a name that none of them has, they do not speak.
    return [] if named and missing_names(f"on {subject}", everything) else hits


def articles_named(text: str, subject: str, sources: Sources) -> list[Document]:
    """Return the articles that a text names, oldest first; none where it names none.

    Args:
        text: as in 'Summarise "Dam collapse leaves hundreds missing"', "the articles by Ann Lee",
            "lima-group.md", or "the article on the dam".
        subject: what is asked of, by `subject_asked`.
        sources: where to look.
    """
    quoted = [fold(match).strip(" .,") for match in _QUOTED.findall(text)]
    files = {fold(match) for match in _FILE.findall(text)}
    if sources.store.counts().documents <= _LOOKED_THROUGH:
        looked_at = list(sources.store.documents(sources.filter))
    else:
        looked_at = list({h.document.id: h.document for h in sources.find(text, _FOUND)}.values())
    bare = fold(subject).removeprefix("the ")
    named = [
        document
        for document in looked_at
        if any(title in fold(document.title) for title in quoted)
        or (document.path and fold(PurePath(document.path).name) in files)
        or (subject and is_named(document.author or "", subject))
        or (subject and fold(document.source or "").removeprefix("the ") == bare)
    ]
    if not named and subject and _ONE.search(text):
        named = [hit.document for hit in passages_on(subject, sources, _FOUND)[:1]]
    return sorted(named, key=lambda document: (document.published or date.max, document.id))
