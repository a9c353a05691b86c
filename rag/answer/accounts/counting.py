"""Counts: the articles that mention something, exactly, or the things that the articles name.

Articles are told by `rag.answer.accounts.articles`; things are those of the list that
`rag.answer.accounts.listing` finds: a bound.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.answer.accounts.articles import articles_asked, tell_articles
from rag.answer.accounts.listing import find_list, passages_read
from rag.answer.accounts.telling import Account
from rag.answer.evidence import Sources
from rag.english.numbers import Amount
from rag.english.values import read_value
from rag.types import Evidence, Question

__all__ = ["count"]

_PASSAGES = 8
"""Passages in which the number itself is looked for, before things are counted."""
_SURE = 3.0
"""Score of the reader from which a sentence gives the number, which then is a fact to be told."""
_NAMES_ASKED = re.compile(r"\b(?:different|distinct|named|mentioned|listed)\b", re.IGNORECASE)
"""What asks for a count of the names, whatever number an article gives."""
_THINGS = re.compile(
    r"(?:how many|count|number of)(?: (?:of|the|all|different|distinct|other))* ", re.IGNORECASE
)


def count(question: Question, sources: Sources) -> Account | None:
    """Return what was counted, and the newest of it.

    None where the articles name no such things, or where one of them gives the number: it is a
    fact like others.

    Args:
        question: what is asked.
        sources: the articles.
    """
    if (asked := articles_asked(question)) is not None:
        return tell_articles(asked, question, sources)
    return _things_named(question, sources)


def _things_named(question: Question, sources: Sources) -> Account | None:
    """Count what the articles name, unless one of them gives the number itself."""
    asked = " ".join(question.asked.split()).rstrip("?.! ")
    found = _THINGS.search(asked)
    if found is None:
        return None
    if not _NAMES_ASKED.search(asked):
        stated = sources.read(question.asked, sources.find(question.text, _PASSAGES))
        if any(item.score >= _SURE and _gives_number(item) for item in stated):
            return None
    which = f"Which {asked[found.end() :]}?"
    listed = find_list(replace(question, text=which, asked=which), sources)
    if listed is None:
        return None
    where = "1 article" if listed.articles == 1 else f"{listed.articles} articles"
    lead = f"{listed.items}" if listed.complete else f"At least {listed.items}"
    lead += f", counted by the names in {where}"
    if not listed.complete:
        lead += f"; {passages_read(sources)}"
    return Account(f"{lead}:", listed.points, listed.complete)


def _gives_number(item: Evidence) -> bool:
    value = read_value(item.answer, item.text, item.document.published)
    return value is not None and isinstance(value.what, Amount)
