"""The sides of a comparison, and which sentences speak of one.

Knows nothing of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.evidence import Sources
from rag.english.names import names, same_name
from rag.english.numbers import numbers
from rag.english.sides import Asked
from rag.english.vocabulary import FUNCTION_WORDS, fold, words
from rag.types import Evidence

__all__ = ["Side", "names_side", "sides_of", "speaks_of"]


@dataclass(frozen=True, slots=True)
class Side:
    """A side of the comparison, where it is looked for, and what it is asked."""

    asked: Asked
    named: frozenset[str]
    """The folded words of its name; those of a year or a source are looked for elsewhere."""
    source: str = ""
    """The source that it is."""

    @property
    def name(self) -> str:
        """What to call it within a line."""
        return self.source or self.asked.side

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.source or f"{self.name[:1].upper()}{self.name[1:]}"


def sides_of(asked: Sequence[Asked], sources: Sources) -> list[Side]:
    """Return the sides, as sources where each of them is the name of one in the library."""
    known = [name for name in sources.store.sources() if name]
    matched = [_source(one.side, known) for one in asked]
    if all(matched):
        return [
            Side(replace(one, question=_of_source(one)), frozenset(), source)
            for one, source in zip(asked, matched)
        ]
    return [Side(one, _telling(one.side)) for one in asked]


def _source(side: str, known: Sequence[str]) -> str:
    """Return the one source whose name is or holds the side's words; "" where none or several."""
    wanted = _telling(side)
    whole = [name for name in known if _telling(name) == wanted]
    # "The Post" is the Lund Post; Lund is a town.
    held = [n for n in known if wanted <= _telling(n) and words(n)[-1:] == words(side)[-1:]]
    address = ["".join(words(side)) in fold(name).split(".") for name in known]  # www.cnn.com
    found = whole or held or [name for name, same in zip(known, address) if same]
    return found[0] if len(found) == 1 else ""


def _of_source(asked: Asked) -> str:
    """Return what to ask of a source's own articles, which do not speak of it."""
    if not asked.topic:
        return asked.question
    known = asked.topic.casefold().startswith(("the number", "the amount", "how "))
    return f"What is {asked.topic}?" if known else f"What is said about {asked.topic}?"


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if word not in FUNCTION_WORDS)


def speaks_of(item: Evidence, side: Side, others: Sequence[Side], sources: Sources) -> bool:
    """Say whether a sentence speaks of a side.

    By its own words; where these name no side, by those of the sentence before it, else by the
    title and the author of its article.
    """
    if side.source:
        return True
    if year := side.asked.year:
        said = {int(number) for number in numbers(item.text)}
        years = {other.asked.year for other in others} & said
        day = item.document.published
        return year in said or (not years and day is not None and day.year == year)
    if named := [one for one in (side, *others) if names_side(item.text, one)]:
        return side in named
    earlier = sources.before(item)
    before = earlier.text if earlier else ""
    leans = item.context_start < item.start or _share_a_name(item.text, before)
    document = item.document
    for text in (before if leans else "", f"{document.title}\n{document.author or ''}"):
        if named := [one for one in (side, *others) if names_side(text, one)]:
            return named == [side]
    return False


def _share_a_name(text: str, before: str) -> bool:
    # "Councillor" at the head of two sentences is no name.
    said, earlier = ({n.word for n in names(one) if not n.opening} for one in (text, before))
    named = {n.word for n in names(text)} & earlier | said & {n.word for n in names(before)}
    return bool(named)


def names_side(text: str, side: Side) -> bool:
    """Say whether a text holds each word of a side's name, or, of a person's, the last of them."""
    said = {part for word in words(text) for part in word.split("-")}
    return all(
        any(word == other or same_name(word, other) for other in said) for word in side.named
    )
