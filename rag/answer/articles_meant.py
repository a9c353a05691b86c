"""Reads in a question that it is about the articles of a source or an author of the library.

What names them is taken out of it: no article says of itself "according to the Lund Post". Knows
nothing of dates, nor of what is asked of the articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.types import Filter
from rag.english.vocabulary import FUNCTION_WORDS, fold, words

if TYPE_CHECKING:
    from index.store import Store

__all__ = ["HOST", "TEXTS", "ArticlesMeant", "articles_meant", "called", "is_named"]

HOST = re.compile(r"^www\.|(?:\.[a-z]{2,})+$")
"""What the name of a source has besides where it is an address: "www.lundpost.com"."""
TEXTS = (
    r"(?:(?:articles?|documents?|files?|interviews?|(?:news )?items?|papers?|pieces?|posts?|"
    r"(?:news )?reports?|sources?|(?:news )?stor(?:y|ies)|texts?))"
)
"""What an article is called."""
_DID = r"(?:does|do|did|has|have|had)"
_WRITE = r"(?:writ(?:es?|ten)|wrote|report(?:s|ed)?|publish(?:es|ed)?)"
_SAY = rf"(?:{_WRITE}|says?|said|print(?:s|ed)?)"
_OF_TEXTS = (
    (rf"\b({TEXTS}) {_DID} (?:the )?@ {_WRITE}\b", r"\1"),
    (rf"\b({TEXTS})(?: (?:are|were|{_WRITE}))* (?:by|from|in|of) (?:the )?@", r"\1"),
)
_THEIR_TEXTS = (rf"\b(?:the )?@ (?={TEXTS}\b)", "my ")
_OF_AUTHORS = (
    *_OF_TEXTS,
    (rf"\b({_DID}) @ {_WRITE}\b", r"\1 my articles say"),
    _THEIR_TEXTS,
)
_OF_SOURCES = (
    *_OF_TEXTS,
    (rf"\b({_DID}) (?:the )?@ {_SAY}\b", r"\1 my articles say"),
    (rf"\b({_DID}) (?:the )?@ (?=mention(?:ed)?\b)", r"\1 my articles "),
    _THEIR_TEXTS,
    # "in time" is not in Time.
    (r"(?:^|,? )(?:according to|in) (?:the )?(?-i:@)(?: *,|(?=[?.!]*$)) ?", " "),
)
"""How a question says whose articles it means, named at the "@", and what is left of that."""
_AUTHOR = r"(?-i:[^\W\d_a-z][\w.’'-]*(?: [^\W\d_a-z][\w.’'-]*){0,3})"


@dataclass(frozen=True, slots=True)
class ArticlesMeant:
    """The articles that a question is asked of, and what is asked of them."""

    filter: Filter
    text: str
    """The question without what names them."""
    phrase: str
    """The words that do."""


def articles_meant(question: str, filter: Filter, store: Store) -> ArticlesMeant | None:
    """Return of whose articles a question asks; None where it names no source and no author.

    A source is read only where the library has several.

    Args:
        question: as it was asked.
        filter: what the person chose, which wins.
        store: the articles.
    """
    sources = [name for name in store.sources() if name] if not filter.sources else []
    # Only of those in the question: a pattern of 500 takes a third of a second.
    asked = fold(question).replace(" ", "")
    near = [name for name in sources if called(name) in asked] if len(sources) > 1 else []
    if near:
        spelled = {re.sub(r"^the ", "", name, flags=re.IGNORECASE) for name in near}
        ways = [_spelled(name) for name in sorted(spelled, key=len, reverse=True)]
        for phrase, name, left in _readings(question, _OF_SOURCES, f"(?:{'|'.join(ways)})"):
            theirs = tuple(source for source in sources if called(source) == called(name))
            chosen = replace(filter, sources=theirs)
            return ArticlesMeant(chosen, left, phrase)
    for phrase, name, left in _readings(question, _OF_AUTHORS, _AUTHOR):
        authors = tuple(known for known in store.authors() if is_named(known, name))
        if authors:
            return ArticlesMeant(replace(filter, authors=authors), left, phrase)
    return None


def called(name: str) -> str:
    """Return a source's name folded, without what an address has besides and what it lacks.

    >>> called("The Lund Post"), called("www.lundpost.com")
    ('lundpost', 'lundpost')
    """
    return re.sub(r"^the(?: |(?=\w{3}))| ", "", fold(HOST.sub("", name)))


def _spelled(name: str) -> str:
    """Return how a question spells a source: an address as a name, "CNN" or "USA Today".

    None is called as a small word is, which.co.uk: "an article in which".
    """
    host = called(name)
    if HOST.search(name) is None or not host[:1].isalpha() or host in FUNCTION_WORDS:
        return re.escape(name)
    rest = "".join(f" ?{re.escape(letter)}" for letter in host[1:])
    return f"{re.escape(name)}|{host[0].upper()}(?i:{rest})"


def _readings(
    question: str, ways: Iterable[tuple[str, str]], named: str
) -> Iterable[tuple[str, str, str]]:
    """Yield the words that name somebody's articles, the name, and the question without them."""
    for way, kept in ways:
        name = rf"(?P<name>{named})(?:['’]s?)?(?![\w-]|,? (?:and|or) )"
        if match := re.search(way.replace("@", name), question, re.IGNORECASE):
            left = f"{question[: match.start()]}{match.expand(kept)}{question[match.end() :]}"
            left = re.sub(r"\s+(?=[?.,;!])", "", " ".join(left.split())).strip(" ,;")
            yield match.group().strip(" ,"), match["name"], left[:1].upper() + left[1:]


def is_named(author: str, name: str) -> bool:
    """Say whether a name is an author's, or most of it: "the desk", or "Ann Lee" of two authors."""
    full, asked = (set(words(text)) - {"the", "and"} for text in (author, name))
    return asked <= full and 2 * len(asked) >= len(full) > 0
