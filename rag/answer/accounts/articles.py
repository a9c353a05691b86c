"""Tells which articles mention something: how many, and of each the sentence that names it.

A mention is a matter of words (`rag.english.mentions`), and the store's word index knows every
passage that holds one, so that nothing is ranked or left out. Only where no article has the words
as they were asked for are those that speak of it in others found, which is a bound.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from index.errors import NotFoundError
from index.types import Document
from rag.answer.accounts.blocks import unmarked
from rag.answer.accounts.subject import is_about, nearness, passages_on, subject_asked
from rag.answer.accounts.telling import Account, Point
from rag.answer.articles_meant import TEXTS, is_named
from rag.answer.evidence import Sources
from rag.answer.references import open_pronouns
from rag.english.mentions import mentions, term_forms, term_words
from rag.english.sentences import is_statement
from rag.english.vocabulary import FUNCTION_WORDS, words
from rag.types import Evidence, Question, counted, day_in_words

__all__ = ["articles_asked", "articles_with", "tell_articles"]

_SHOWN = 10
"""Articles that are shown below the number, newest first."""
_NEAREST = 40
"""Passages that are looked through for those that speak of it in other words."""
_TEXTS = re.compile(rf"\b(?:{TEXTS}|mentions|anything|everything)\b", re.IGNORECASE)
_OFTEN = re.compile(
    r"\b(?:how (?:often|frequently|many times)|count|number of times|"
    r"who (?:wrote|reported) (?:about|on))\b",
    re.IGNORECASE,
)
"""How it asks so if something is to be mentioned."""
_BY_WHOM = re.compile(r"\b[Ww]ho (?:wrote|reported|published)\b")
_MENTIONING = frozenset(
    """appear appears cite cited concern concerns contain contains cover covers covered deal deals
    discuss discusses discussed include mention mentions mentioned name named occur occurs quote
    quoted refer refers referred reported speak speaks spoken talk talked wrote""".split()
)
"""What may stand before or after what is mentioned."""
_ASKING = frozenset(
    """count find frequently give interviews list many mention name number often papers phrase
    published saved show sources term times total word written wrote""".split()
)
"""What may besides, before the articles too, and what all wishes for an account have."""
_ON = frozenset("about have of on regarding there".split())
"""What joins articles to what they are about."""


def articles_asked(question: Question) -> str | None:
    """Return what articles are asked for by, in the words of the question; None for no articles.

    They stand before all that carries meaning: not in "Which towns do the articles name?".
    """
    asked = " ".join(question.asked.split()).rstrip("?.! ")
    texts = _TEXTS.search(asked)
    before = words(asked[: texts.start()]) if texts else ()
    if texts and (FUNCTION_WORDS | _ASKING).issuperset(before):
        return f"{asked[: texts.start()]} {asked[texts.end() :]}"
    often = _OFTEN.search(asked) and not _MENTIONING.isdisjoint(words(asked))
    return asked if often else None


def tell_articles(asked: str, question: Question, sources: Sources) -> Account | None:
    """Return how many articles there are of those asked for, and the newest of them.

    None where it is not understood what they are asked for by.

    Args:
        asked: what they are asked for by (`articles_asked`).
        question: the whole of it.
        sources: the articles.
    """
    term = _term(asked)
    if term is None:
        return None
    chosen = _of_days(question, sources)
    if not term:
        return _all_articles(chosen)
    account = _mentioned(_terms(term), chosen) or _unmentioned(_terms(term), chosen)
    return _by_whom(account, question)


def articles_with(question: Question, sources: Sources) -> Account | None:
    """Return the articles that have the words by which a question asks for articles, or None."""
    term = _term(articles_asked(question) or "")
    account = _mentioned(_terms(term), _of_days(question, sources)) if term else None
    return _by_whom(account, question)


def _term(asked: str) -> str | None:
    """Return what articles must mention, "" for nothing; None where that is not understood."""
    term = subject_asked(asked, _MENTIONING | _ASKING)
    # "the Dunmore Stage mention Peru", and "how often is she mentioned?" without any term
    if not _MENTIONING.isdisjoint(words(term or asked)) or open_pronouns(asked):
        return None
    if term and (_MENTIONING | _ON).isdisjoint(words(asked)):
        return None  # "Which documents were leaked?"
    return term


def _by_whom(account: Account | None, question: Question) -> Account | None:
    """Return an account of articles, each below the name of its author if that is asked for."""
    if account is None or not _BY_WHOM.search(question.asked):
        return account
    authors = [point.evidence.document.author for point in account.points]
    named = [f"By {author}" if author else "No author is given" for author in authors]
    points = (replace(point, heading=by) for point, by in zip(account.points, named))
    return replace(account, points=tuple(points))


def _of_days(question: Question, sources: Sources) -> Sources:
    """Return the articles of the days that are asked of; undated ones are not among those."""
    admitted = sources.filter
    first, last = question.happened
    if not (admitted.after or admitted.before):
        admitted = replace(admitted, after=first, before=last)
    if admitted.after or admitted.before:
        admitted = replace(admitted, undated=False)
    return sources.within(admitted)


def _terms(said: str) -> tuple[str, ...]:
    """Return what an article must mention, all of it: "Peru and Chile" are two."""
    parts = [part for part in re.split(r",? and |, ", said) if part]
    names = all(part[:1].isupper() or part.startswith("the ") for part in parts)
    return tuple(parts) if names else (said,)


def _mentioned(terms: Sequence[str], sources: Sources) -> Account | None:
    """Count the articles that mention all terms or are by one; None where there are none.

    Those that are about the first, by title and opening, come before the others.
    """
    total = sources.coverage.articles
    by_term = [_places(term, sources) for term in terms]
    found = set(by_term[0]).intersection(*by_term[1:])
    named = " and ".join(terms)
    days = _days(sources)
    theirs = _by_author(terms, sources)
    by = f"; {len(theirs):,} {'is' if len(theirs) == 1 else 'are'} by {named}" if theirs else ""
    if not found:
        lead = f"None of the {total:,} articles{days} mentions {named}{by}:"
        return Account(lead, _openings(theirs, sources), complete=True) if theirs else None
    times = sum(len(places[id_]) for places in by_term for id_ in found)
    verb = "mentions" if len(found) == 1 else "mention"
    often = {0: "but not", 1: "once", 2: "twice"}.get(times, f"{times:,} times")
    lead = f"{len(found):,} of {counted(total, 'article')}{days} {verb} {named}"
    lead += f", {often} in {'its' if len(found) == 1 else 'their'} text{by}"
    lead += f"; the {_SHOWN} newest:" if len(found) > _SHOWN else ":"
    newest = sorted(_looked_up(found, sources), key=_newest_first)[:_SHOWN]
    points = [
        Point(_sentence_with(document, by_term[0][document.id], sources))
        for document in sorted(newest, key=lambda one: not is_about(terms[0], one))
    ]
    return Account(lead, (*points, *_openings(theirs, sources)), complete=True)


def _unmentioned(terms: Sequence[str], sources: Sources) -> Account | None:
    """Say that no article mentions the terms, or tell those that speak of it in other words."""
    if not sources.coverage.articles:
        return _no_articles(sources)
    named = " and ".join(terms)
    if any(len(term_words(term)) > 1 and not term.istitle() for term in terms):
        return _in_other_words(named, sources)
    lead = f"None of the {sources.coverage.articles:,} articles{_days(sources)} mentions {named}."
    return Account(lead, (), complete=True)


def _by_author(terms: Sequence[str], sources: Sources) -> list[Document]:
    """Return the articles by a term that is an author, newest first."""
    known = sources.store.authors() if len(terms) == 1 and terms[0][:1].isupper() else ()
    authors = tuple(author for author in known if is_named(author, terms[0]))
    if not authors:
        return []
    return list(sources.store.documents(replace(sources.filter, authors=authors)))


def _in_other_words(subject: str, sources: Sources) -> Account | None:
    """Return the articles that speak of what none of them has in the words of the question."""
    nearest: dict[str, Evidence] = {}
    for hit in passages_on(subject, sources, _NEAREST):
        items = [item for item in sources.passage(hit) if is_statement(item.text)]
        if items and hit.document.id not in nearest:
            near, _ = nearness(subject, items, sources.embedder)
            nearest[hit.document.id] = items[int(near.argmax())]
    if not nearest:
        return None
    said = "1 article speaks" if len(nearest) == 1 else f"{len(nearest)} articles speak"
    lead = f"None of the {sources.coverage.articles:,} articles{_days(sources)} has the words "
    lead += f"“{subject}”; at least {said} of it:"
    return Account(lead, tuple(map(Point, [*nearest.values()][:_SHOWN])))


def _no_articles(sources: Sources) -> Account | None:
    """Say that the filter leaves none; of an empty library that is said elsewhere."""
    if not sources.filter or not sources.store.counts().documents:
        return None
    return Account(f"There are no articles{_days(sources)}.", (), complete=True)


def _newest_first(document: Document) -> tuple[int, str, str]:
    day = document.published or date.min
    return -day.toordinal(), document.title, document.id


def _places(term: str, sources: Sources) -> dict[str, list[tuple[int, int]]]:
    """Return where the texts of articles name a term, by their id; nowhere where the title does."""
    store = sources.store
    found: dict[str, list[tuple[int, int]]] = {}
    others: set[str] = set()
    seen: set[str] = set()
    for form in term_forms(term):
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
    lead = f"There {'is' if total == 1 else 'are'} {counted(total, 'article')}"
    lead += _days(sources)
    points = _openings(sources.store.documents(sources.filter), sources)
    if points:
        lead += f"; the {_SHOWN} newest begin:" if total > _SHOWN else ":"
    else:
        lead += "."
    return Account(lead, points, complete=True)


def _openings(documents: Iterable[Document], sources: Sources) -> tuple[Point, ...]:
    """Return how the first of some articles begin."""
    shown = itertools.islice(documents, _SHOWN)
    return tuple(Point(_first_sentence(sources.sentences(document))) for document in shown)


def _days(sources: Sources) -> str:
    """Say which articles the filter leaves: " (published from 1 January 2019)"."""
    bounds = sources.filter
    said = [f"from {' and '.join(bounds.sources)}"] if bounds.sources else []
    said += [f"by {' and '.join(bounds.authors)}"] if bounds.authors else []
    if bounds.after and bounds.before:
        said.append(f"published from {day_in_words(bounds.after)} to {day_in_words(bounds.before)}")
    elif bounds.after or bounds.before:
        day = bounds.after or bounds.before
        said.append(f"published {'from' if bounds.after else 'up to'} {day_in_words(day)}")
    if (bounds.after or bounds.before) and (left := sources.store.count_undated(bounds)):
        said.append(f"{left:,} undated left out")
    return f" ({', '.join(said)})" if said else ""
