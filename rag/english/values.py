"""Says what an answer's marked span is: an amount, a date, a name, a term; whether two differ.

Two articles that give different values to one question are in conflict. What is
neither amount, date, name, nor one or two words (a clause, a description) has no value, so that
nothing is ever set against it. Knows nothing of the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rag.english.dates import When, dates
from rag.english.names import TITLES, initials, names, same_name
from rag.english.numbers import Amount, amounts
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, stem, words

__all__ = ["Named", "Term", "Value", "read_value"]

_LEAD_IN = re.compile(
    r"(?:(?:an?|the|its|their|his|her|in|on|at|by|to|of|since|until|from|for|about|around|some|"
    r"between|nearly|almost|approximately|roughly|estimated|only|just|total|is|was|were|are|"
    r"circa|up|over|under|above|below|more|less|fewer|than|least|most|no|us|as|many)\b|[\s$€£¥])*",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    rf"{_LEAD_IN.pattern}(?=\d+:|[\d.]+\s?[ap])([01]?\d|2[0-4])(?:[:.]([0-5]\d))?"
    r"(?:\s?([ap])\.?m\.?)?",
    re.IGNORECASE,
)
_PARTICLES = frozenset("of the de da del la van von bin al el for and in on at".split())
_POINTS = re.compile(r"(?:the|this|that|these|those|his|her|its|their)\b", re.IGNORECASE)
"""How words begin that stand for what another article may name: "the president"."""
_TERM_WORDS = 2
"""Words of a term. Longer ones are the same thing in other words too often (bench/conflicts.py)."""


@dataclass(frozen=True, slots=True)
class Named:
    """The folded words of a name, its titles and small words left out, in order."""

    words: tuple[str, ...]

    def agrees(self, other: Named) -> bool:
        """Say whether both may name one: "Donald Trump" and "Trump"."""
        pairs = ((self.words, other.words), (other.words, self.words))
        return any(_held(*pair) or _known_by(*pair) for pair in pairs)


@dataclass(frozen=True, slots=True)
class Term:
    """One or two plain words, folded: "a chef", "volleyball"."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What a span is, and the words of its sentence."""

    what: Amount | When | Named | Term
    beside: frozenset[str] = frozenset()
    """The folded words of the sentence that it stands in."""

    def differs(self, other: Value) -> bool:
        """Say whether both can be set against each other, and are not the same.

        Amounts of one unit and thing can, dates, and names of which neither sentence holds the
        other's: whoever writes "Paris, France" and whoever writes "France" do not disagree, nor
        do "Ana met Bo" and "Bo met Ana".

        >>> in_1984 = read_value("1984", "He was born in 1984.")
        >>> in_1984.differs(read_value("1984", "1984")), in_1984.differs(read_value("1985", "1985"))
        (False, True)
        """
        mine, theirs = self.what, other.what
        if isinstance(mine, Amount) and isinstance(theirs, Amount):
            return mine.differs(theirs)
        if isinstance(mine, When) and isinstance(theirs, When):
            return not mine.agrees(theirs)
        if isinstance(mine, Named) and isinstance(theirs, Named):
            together = self.beside.issuperset(theirs.words) or other.beside.issuperset(mine.words)
            return not together and not mine.agrees(theirs)
        if isinstance(mine, Named | Term) and isinstance(theirs, Named | Term):
            return set(map(stem, mine.words)).isdisjoint(map(stem, theirs.words))
        return False


def read_value(span: str, sentence: str, published: date | None = None) -> Value | None:
    """Return what a span of a sentence is; None where it is no amount, date, name, or term.

    Args:
        span: the answer as it stands in the sentence.
        sentence: what is around it says "at least", "killed", "in".
        published: the day of the article, which says which day "on Friday" is.

    >>> read_value("43", "At least 43 people were killed.").what.bound
    'more'
    >>> read_value("Ana met Bo", "Ana met Bo.") is None
    True
    """
    place = re.search(rf"(?<!\w){re.escape(span)}(?!\w)", sentence)
    if place is None or not span.strip():
        sentence, begin, end = span, 0, len(span)
    else:
        begin, end = place.span()
    beside = frozenset(words(sentence))
    inside = [when for when in dates(sentence, published) if when.start < end and begin < when.end]
    if len(inside) == 1 and any(inside[0].parts):
        start, rest = max(inside[0].start - begin, 0), inside[0].end - begin
        if FUNCTION_WORDS.issuperset(words(f"{span[:start]} {span[rest:]}")):
            return Value(inside[0], beside)
    if clock := _CLOCK.fullmatch(span):
        hours = int(clock[1]) % 12 + 12 * (clock[3] in "pP") if clock[3] else int(clock[1])
        return Value(Amount(Decimal(f"{hours}.{clock[2] or '00'}"), unit="o’clock"), beside)
    counted = [
        amount
        for amount in amounts(sentence)
        if begin <= amount.start < end
        and not any(when.start <= amount.start < when.end for when in inside)
    ]
    if len(counted) == 1:
        lead_in = sentence[begin : counted[0].start]
        if _LEAD_IN.fullmatch(lead_in):
            return Value(_year(counted[0]) or counted[0], beside)
    if named := _name(span) if not inside else ():
        return Value(Named(named), beside)
    told = tuple(content_stems(span).values())
    plain = len(span.split()) <= _TERM_WORDS and not (inside or counted or _POINTS.match(span))
    return Value(Term(told), beside) if plain and told else None


def _year(amount: Amount) -> When | None:
    """Return the year that a bare number of four digits may be."""
    bare = not (amount.bound or amount.unit or amount.things) and amount.end - amount.start == 4
    year = int(amount.value)
    return When(amount.start, amount.end, year) if bare and 1000 <= year < 2100 else None


def _name(span: str) -> tuple[str, ...]:
    """Return the folded words of a span that is a name; none where it is anything else."""
    tokens = [token.strip(",;:\"'“”‘’()") for token in span.split()]
    tokens = [token for token in tokens if token]
    while tokens and tokens[0].casefold() in _PARTICLES:
        tokens.pop(0)
    titled = [token.rstrip(".").casefold() in TITLES for token in tokens]
    if all(titled):
        return ()
    # "King" is none in "Stephen King".
    titles = [place for place, is_title in enumerate(titled[:-1]) if is_title]
    if titles:
        tokens = tokens[titles[-1] + 1 :]  # "Venezuelan President Maduro"
        if tokens and tokens[0].casefold() in _PARTICLES:
            return ()  # "the president of Peru" describes and does not name
    for token in tokens:
        capital = token[0].isupper() or token[0].isdigit() or token.partition("-")[2][:1].isupper()
        if not capital and token.casefold() not in _PARTICLES:
            return ()
    if not names(f"x {' '.join(tokens)}"):
        return ()
    found = [part for word in words(" ".join(tokens)) for part in word.split("-")]
    return tuple(w for w in found if w and w not in _PARTICLES)


def _held(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Say whether each word of a name is one of the other's, or of its country's."""
    return all(any(word == other or same_name(word, other) for other in whole) for word in part)


def _known_by(short: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Say whether a name is the initials of another: "WHO"."""
    letters = short[0].replace(".", "") if len(short) == 1 else ""
    return any(letters == known for known, part in initials(list(whole)) if part == list(whole))
