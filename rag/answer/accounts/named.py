"""Finds the articles that a text names: by title, author, source, or file; knows not what for."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from pathlib import PurePath

from index.types import Document
from rag.answer.accounts.subject import passages_on, subject_asked
from rag.answer.evidence import Sources
from rag.english.vocabulary import content_stems, fold

__all__ = ["articles_named"]

_QUOTED = re.compile(r"[\"“„«‘]([^\"“”„«»’]{3,})[\"”“»’]")
_FILE = re.compile(r"[\w.-]*\w\.[A-Za-z]{2,5}\b")
_MOST_OF_TITLE = 0.6
"""Share of a title's content words by which it is named; of half of them, most are of another
story on the same subject."""
_NEARLY_ALL_OF_TITLE = 0.8
"""The same where nothing says that it is an article that is asked for, and no subject."""
_LOOKED_THROUGH = 2000
"""Articles up to which each is looked at; in a larger library, those that a search finds: reading
two thousand takes half a second."""
_FOUND = 20
_ONE = re.compile(
    r"\b(?:the|that|this|my)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:article|story|piece|speech|interview|report|document|column|essay|post|letter|text)\b",
    re.IGNORECASE,
)
"""How one article is asked for that is not named: "the article on the dam"."""


def articles_named(text: str, sources: Sources) -> list[Document]:
    """Return the articles that a text names, oldest first; none where it names none.

    Args:
        text: as in 'Summarise "Dam collapse leaves hundreds missing"', "the speech of minister
            Aasen", "the articles by Ann Lee", "lima-group.md", or "the article on the dam".
        sources: where to look.
    """
    subject = subject_asked(text)
    quoted = [fold(match).strip(" .,") for match in _QUOTED.findall(text)]
    files = {fold(match) for match in _FILE.findall(text)}
    if not subject and not files:
        return []
    if sources.store.counts().documents <= _LOOKED_THROUGH:
        looked_at = list(sources.store.documents(sources.filter))
    else:
        looked_at = list({h.document.id: h.document for h in sources.find(text, _FOUND)}.values())
    exact = [
        document
        for document in looked_at
        if any(title in fold(document.title) for title in quoted)
        or (document.path and fold(PurePath(document.path).name) in files)
    ]
    if exact:
        return _oldest_first(exact)
    asked = content_stems(subject).keys()
    shares = {
        document: _title_share(document, content_stems(text).keys()) for document in looked_at
    }
    best = max(shares.values(), default=0.0)
    if best >= (_MOST_OF_TITLE if _ONE.search(text) else _NEARLY_ALL_OF_TITLE):
        return _oldest_first([document for document in looked_at if shares[document] == best])
    written = [document for document in looked_at if asked and _is_of(document, subject, asked)]
    if written:
        return _oldest_first(written)
    if _ONE.search(text):
        return [hit.document for hit in passages_on(subject, sources, _FOUND)[:1]]
    return []


def _title_share(document: Document, asked: Set[str]) -> float:
    """Return the share of a title that is asked for; 0 of a title of one word, a mere subject."""
    title = content_stems(document.title).keys()
    return len(title & asked) / len(title) if len(title) > 1 else 0.0


def _is_of(document: Document, subject: str, asked: Set[str]) -> bool:
    """Say whether a subject is an article's author, or most of his name, or its source."""
    author = content_stems(document.author or "").keys()
    by = bool(author) and asked <= author and 2 * len(asked) >= len(author)
    named = fold(subject).removeprefix("the ")
    return by or (document.source is not None and fold(document.source) == named)


def _oldest_first(documents: list[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: (document.published or date.max, document.id))
