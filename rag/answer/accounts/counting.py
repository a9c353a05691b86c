"""Counts: the articles that mention something, exactly, or the things that the articles name.

A mention is a matter of words (`rag.english.mentions`), and the store's word index knows every
passage that holds one, so that nothing is ranked or left out. Things are those of the list that
`rag.answer.accounts.listing` finds: a bound.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from index.errors import NotFoundError
from index.types import Document
from rag.answer.accounts.blocks import unmarked
from rag.answer.accounts.listing import find_list, passages_read
from rag.answer.accounts.subject import subject_asked
from rag.answer.accounts.telling import Account, Point
from rag.answer.evidence import Sources
from rag.answer.references import open_pronouns
from rag.english.mentions import Term, mentions
from rag.english.numbers import Amount
from rag.english.sentences import is_statement
from rag.english.values import read_value
from rag.english.vocabulary import words
from rag.types import Evidence, Question, day_in_words

__all__ = ["count"]

_SHOWN = 10
"""Articles that are shown below the number, newest first."""
_PASSAGES = 8
"""Passages in which the number itself is looked for, before things are counted."""
_SURE = 3.0
"""Score of the reader from which a sentence gives the number, which then is a fact to be told."""
_TEXTS = (
    r"(?:(?:articles?|documents?|files?|interviews?|(?:news )?items?|papers?|pieces?|posts?|"
    r"(?:news )?reports?|sources?|(?:news )?stor(?:y|ies)|texts?))"
)
_OF_TEXTS = re.compile(
    r"\b(?:how many|number of|count)(?: (?:of|the|my|all|every|these|different|how many))* "
    rf"(?:{_TEXTS}|mentions)\b",
    re.IGNORECASE,
)
"""How English asks for the articles that mention something, or for the mentions."""
_OFTEN = re.compile(
    r"\b(?:how (?:often|frequently|many times)|count|number of times)\b", re.IGNORECASE
)
"""How it asks so if something is to be mentioned."""
_MENTIONING = frozenset(
    """appear appears cite cited concern concerns contain contains cover covers covered deal deals
    discuss discusses discussed include mention mentions mentioned name named occur occurs quote
    quoted refer refers referred speak speaks spoken talk talked""".split()
)
"""What may stand before or after what is mentioned."""
_COUNTING = frozenset(
    """count frequently interviews many number often papers phrase sources term times total
    word""".split()
)
"""What may besides, and what all wishes for an account have."""
_NAMES_ASKED = re.compile(r"\b(?:different|distinct|named|mentioned|listed)\b", re.IGNORECASE)
"""What asks for a count of the names, whatever number an article gives."""
_THINGS = re.compile(
    r"(?:how many|count|number of)(?: (?:of|the|all|different|distinct|other))* ", re.IGNORECASE
)


def count(question: Question, sources: Sources) -> Account | None:
    """Return what was counted, and the newest of it.

    None where the question counts no articles and the articles name no such things, or where one
    of them gives the number: it is a fact like others.

    Args:
        question: what is asked.
        sources: the articles.
    """
    asked = " ".join(question.asked.split()).rstrip("?.! ")
    texts = _OF_TEXTS.search(asked)
    often = _OFTEN.search(asked) and not _MENTIONING.isdisjoint(words(asked))
    if not (texts or often):
        return _things_named(question, asked, sources)
    kept = f"{asked[: texts.start()]} {asked[texts.end() :]}" if texts else asked
    chosen, rest = _chosen(question, kept, sources)
    term = subject_asked(rest, _MENTIONING | _COUNTING)
    # "the Dunmore Stage mention Peru", and "how often is she mentioned?" without any term
    if not _MENTIONING.isdisjoint(words(term or rest)) or open_pronouns(rest):
        return None
    return _mentioned(_terms(term), chosen) if term else _all_articles(chosen)


def _chosen(question: Question, asked: str, sources: Sources) -> tuple[Sources, str]:
    """Return the articles of the source and the days that are asked of, and what else is asked.

    Undated ones are not counted among those of some days.
    """
    admitted = sources.filter
    for name in filter(None, sources.store.sources()):
        of = re.search(rf"\b(?:from|in|of|by) (?:the )?{re.escape(name)}\b", asked, re.IGNORECASE)
        if of:
            asked = f"{asked[: of.start()]}{asked[of.end() :]}"
            admitted = replace(admitted, sources=(name,))
    first, last = question.happened
    if not (admitted.after or admitted.before):
        admitted = replace(admitted, after=first, before=last)
    if admitted.after or admitted.before:
        admitted = replace(admitted, undated=False)
    return sources.within(admitted), asked


def _terms(said: str) -> tuple[Term, ...]:
    """Return what an article must mention, all of it: "Peru and Chile" are two."""
    parts = [part for part in re.split(r",? and |, ", said) if part]
    names = all(part[:1].isupper() or part.startswith("the ") for part in parts)
    return tuple(map(Term, parts)) if names else (Term(said),)


def _mentioned(terms: Sequence[Term], sources: Sources) -> Account | None:
    """Count the articles that mention all terms, and tell the newest of them."""
    total = sources.coverage.articles
    if not total:
        return _no_articles(sources)
    by_term = [_places(term, sources) for term in terms]
    found = set(by_term[0]).intersection(*by_term[1:])
    named = " and ".join(term.text for term in terms)
    days = _days(sources)
    if not found:
        if any(len(term.words) > 1 and not term.text.istitle() for term in terms):
            return None  # What "the Gazette print about it" is was not understood.
        return Account(f"None of the {total:,} articles{days} mentions {named}.", (), complete=True)
    times = sum(len(places[id_]) for places in by_term for id_ in found)
    verb = "mentions" if len(found) == 1 else "mention"
    often = "once" if times == 1 else "twice" if times == 2 else f"{times:,} times"
    lead = f"{len(found):,} of {total:,} article{'s' * (total != 1)}{days} {verb} {named}"
    lead += f", {often} in {'its' if len(found) == 1 else 'their'} text"
    lead += f"; the {_SHOWN} newest:" if len(found) > _SHOWN else ":"
    points = [
        Point(_sentence_with(document, by_term[0][document.id], sources))
        for document in sorted(_looked_up(found, sources), key=_newest_first)[:_SHOWN]
    ]
    return Account(lead, tuple(points), complete=True)


def _no_articles(sources: Sources) -> Account | None:
    """Say that the filter leaves none; of an empty library that is said elsewhere."""
    if not sources.filter or not sources.store.counts().documents:
        return None
    return Account(f"There are no articles{_days(sources)}.", (), complete=True)


def _newest_first(document: Document) -> tuple[int, str, str]:
    day = document.published or date.min
    return -day.toordinal(), document.title, document.id


def _places(term: Term, sources: Sources) -> dict[str, list[tuple[int, int]]]:
    """Return where the texts of articles name a term, by their id; nowhere where the title does."""
    store = sources.store
    found: dict[str, list[tuple[int, int]]] = {}
    others: set[str] = set()
    seen: set[str] = set()
    for form in term.forms:
        # The rarest word leads to every passage that can hold the form, or whose title can.
        held = dict(zip(store.chunk_frequencies(form), form))
        if not held:
            continue
        passages = store.search_lexical(held[min(held)], store.counts().chunks, sources.filter)
        for chunk in (passage.chunk for passage in passages):
            if chunk.id in seen:
                continue
            seen.add(chunk.id)
            others.add(chunk.document_id)
            for start, end in mentions(chunk.text, term):
                place = (chunk.start + start, chunk.start + end)
                found.setdefault(chunk.document_id, []).append(place)
    for document in _looked_up(others - found.keys(), sources):
        if mentions(document.title, term):
            found[document.id] = []
    return found


def _looked_up(ids: AbstractSet[str], sources: Sources) -> Iterator[Document]:
    for id_ in ids:
        with contextlib.suppress(NotFoundError):  # Another process may have just removed it.
            yield sources.store.document(id_)


def _sentence_with(
    document: Document, places: Sequence[tuple[int, int]], sources: Sources
) -> Evidence:
    """Return the first sentence of an article that names what is counted, with it marked.

    Where only the title does, the first sentence.
    """
    lines = sources.sentences(document)
    if not places:
        return _first_sentence(lines)
    start, end = min(places)
    item = next(one for one in lines if one.start <= start < one.end)
    marked = replace(item, answer_start=start, answer_end=min(end, item.end))
    return unmarked(replace(marked, context_start=item.start))


def _first_sentence(lines: Sequence[Evidence]) -> Evidence:
    """Return the first of an article's sentences that is no heading and no dateline."""
    return next((one for one in lines if is_statement(one.text)), lines[0])


def _all_articles(sources: Sources) -> Account | None:
    """Count the articles, and tell how the newest begin."""
    total = sources.coverage.articles
    if not total:
        return _no_articles(sources)
    lead = f"There {'is' if total == 1 else 'are'} {total:,} article{'s' * (total != 1)}"
    lead += _days(sources)
    points = []
    for document, _ in zip(sources.store.documents(sources.filter), range(_SHOWN)):
        points.append(Point(_first_sentence(sources.sentences(document))))
    if points:
        lead += f"; the {_SHOWN} newest begin:" if total > _SHOWN else ":"
    else:
        lead += "."
    return Account(lead, tuple(points), complete=True)


def _things_named(question: Question, asked: str, sources: Sources) -> Account | None:
    """Count what the articles name, unless one of them gives the number itself."""
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


def _days(sources: Sources) -> str:
    """Say which articles the filter leaves: " (published from 1 January 2019)"."""
    bounds = sources.filter
    said = [f"from {' and '.join(bounds.sources)}"] if bounds.sources else []
    if bounds.after and bounds.before:
        said.append(f"published from {day_in_words(bounds.after)} to {day_in_words(bounds.before)}")
    elif bounds.after or bounds.before:
        day = bounds.after or bounds.before
        said.append(f"published {'from' if bounds.after else 'up to'} {day_in_words(day)}")
    if (bounds.after or bounds.before) and (left := sources.store.count_undated(bounds)):
        said.append(f"{left:,} undated left out")
    return f" ({', '.join(said)})" if said else ""
