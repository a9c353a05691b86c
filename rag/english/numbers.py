"""Reads the numbers of a text as values, so that "2.3 million" and "2,300,000" are one.

A number comes with what bounds it ("over"), its unit, and what it counts;
whether two of them may be one figure is said here too. Knows nothing of dates:
a year and a day of the month are numbers like others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rag.english.vocabulary import FUNCTION_WORDS, fold_in_place, stem, words

__all__ = ["Amount", "amounts", "numbers"]

_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_SPELLED = {
    **dict(zip(_CARDINALS, itertools.count())),
    **dict(zip(_TENS, itertools.count(20, 10))),
    **dict(zip(_ORDINALS, itertools.count(1))),
    "thirtieth": 30,
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
_SCALES |= {"trillion": 10**12, "k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_LARGE = "(?:thousand|million|billion|trillion)"
_ONES = "|".join([*_CARDINALS[1:10], *_ORDINALS[:9]])
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_ONES}))?|{'|'.join(_SPELLED)})"
# "two hundred and five", and not "between two hundred and five hundred".
_AND, _NO_MORE = "(?:[ -]and)?[ -]", rf"(?![^\W\d_]|[ -](?:hundred|{_LARGE}))"
_HUNDREDS = rf"hundred(?:{_AND}{_BELOW_100}(?![^\W\d_]|[ -]hundred))?"
_BELOW_1000 = rf"(?:(?:{_BELOW_100}[ -])?(?:{_HUNDREDS}|dozen)|{_BELOW_100})"
_LARGER = rf"(?:{_BELOW_1000}[ -])?{_LARGE}"
# "nineteen" in "nineteen eighty-four", but not "sixteen" in "sixteen twenty-year-olds".
_CENTURY = (
    rf"(?P<century>{'|'.join([*_CARDINALS[11:], 'twenty'])})[ -]"
    rf"(?=(?:{'|'.join([*_CARDINALS[10:], *_TENS])})(?![^\W\d_]|(?:-\w+)?-year))"
)
_NUMBER = re.compile(
    r"(?:(?P<digits>\d+(?:[.,]\d+)*)(?:(?P<short>k|mn?|bn|tn)(?![^\W\d_]))?(?![^\W\d_]*\d)"
    r"|\b(?P<half>half[ -](?:an?[ -])?)(?=million|billion|trillion|dozen))"
    rf"(?P<scales>(?:[ -]?(?:hundred|dozen|{_LARGE})(?![^\W\d_]))*)"
    # What comes after digits is the unit of time: "30-second".
    rf"|\b(?!(?<=\d[ -])second\b)(?P<spelled>(?:{_CENTURY})?"
    rf"(?:{_LARGER}(?:(?<!thousand){_AND}{_LARGER})*(?:{_AND}{_BELOW_1000}{_NO_MORE})?"
    rf"|{_BELOW_1000}))(?![^\W\d_])"
)
_WORD = re.compile(r"[^\W\d_]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

_Bound = Literal["", "more", "less", "about"]
_BOUND_WORDS: dict[_Bound, str] = {
    "less": "(?:fewer|less|no more) than|at most|nearly|almost|under|below|close to|"
    "(?<!g(?:oes|one) )(?<!went )(?<!put )up to",
    "more": "(?:more|no (?:less|fewer)) than|over|at least|above|upwards of|exceeding",
    "about": "about|around|approximately|roughly|some|estimated|estimate of|circa",
}
_BOUNDS = {
    bound: re.compile(rf"\b(?:{said})(?: an?| the)? ?(?:us)?[$€£¥]?$")
    for bound, said in _BOUND_WORDS.items()
}
_UNIT_FORMS = {
    stem(form): forms.split()[0]
    for forms in (
        "percent % pct,dollar $ usd,euro € eur,pound £ gbp,yen ¥,kilometre km kilometer,"
        "metre meter,centimetre cm centimeter,foot ft feet,kilogram kg,tonne ton,mile,acre,"
        "hectare,degree,second,minute,hour,day,week,month,year,decade"
    ).split(",")
    for form in forms.split()
} | {"per cent": "percent"}
_SYMBOL = re.compile(r"([$€£¥])$")
_UNIT = re.compile(r" ?(%|per ?cent\b)|[- ]?(?:u\.?s\.? )?(?P<area>square |cubic )?([a-z]+|[$€£¥])")
_CLAUSE_END = re.compile(r"[,;:.!?()\[\]\"“”–—\d]|\b(?:and|but|while|with)\b")
_FATES = {
    stem(word): fate
    for fate, listed in {
        "people": "people person resident inhabitant population individual human",
        "dead": "dead kill die death fatality perish casualty life victim",
        "hurt": "hurt injure wound",
        "missing": "missing unaccounted",
        "arrested": "arrest detain jail",
        "displaced": "displace homeless evacuate",
    }.items()
    for word in listed.split()
}
_REACH, _NOUNS = 6, 3
"""Words after a number among which it is said what became of whom, and what it counts."""

_ABOUT, _OPEN, _ROUNDING = Decimal("0.1"), Decimal("0.25"), Decimal("0.05")
_ROUND_FROM = 1000


@dataclass(frozen=True, slots=True)
class Amount:
    """A number where it stands in a text, with the words around it that say what it measures."""

    value: Decimal
    bound: _Bound = ""
    """What its words leave open: "over 400" is "more", "nearly" is "less"."""
    unit: str = ""
    """A currency, "percent", a unit of time, length, area, or weight; "" of what is counted."""
    things: frozenset[str] = frozenset()
    """Stems of what it counts; "dead", "hurt", and the like for what became of people; empty where
    the text does not say."""
    start: int = 0
    end: int = 0
    """Where the number stands in the text, end exclusive."""

    @property
    def _bounds(self) -> tuple[Decimal, Decimal]:
        """The least and the most that its words allow."""
        less = self._slack if self.bound != "more" else 0
        return self.value - less, self.value + (self._slack if self.bound != "less" else 0)

    @property
    def _slack(self) -> Decimal:
        if self.bound:
            return self.value * (_ABOUT if self.bound == "about" else _OPEN)
        digits = f"{self.value:f}".partition(".")[0]
        zeros = len(digits) - len(digits.rstrip("0"))
        if self.value < _ROUND_FROM or zeros < 2:
            return Decimal(0)
        # A figure as round as 3,600 may be 3,559.
        return min(Decimal(10) ** zeros / 2, self.value * _ROUNDING)

    def differs(self, other: Amount) -> bool:
        """Say whether both, as far as the texts say, are of one unit and thing, and not the same.

        >>> over, exact = amounts("Over 400 left.")[0], amounts("425 left.")[0]
        >>> over.differs(exact), over.differs(amounts("300 left.")[0])
        (False, True)
        """
        mine, theirs = self.things, other.things
        apart = bool(mine and theirs) and mine.isdisjoint(theirs)
        if apart and "people" in mine | theirs:
            apart = not (mine | theirs) <= set(_FATES.values())  # "43 people" may be 43 dead
        if apart or self.unit != other.unit:
            return False
        (low, high), (lowest, highest) = self._bounds, other._bounds
        return low > highest or lowest > high


def numbers(text: str) -> frozenset[Decimal]:
    """Return the values of the numbers in a text, whether in digits or in words.

    Ordinals count as their number ("second" is 2). A lone "one" or "first" is
    left out, since it is a pronoun or an adverb more often than a number.

    >>> sorted(map(int, numbers("2.3 million people and a dozen of the 1,200 envoys left.")))
    [12, 1200, 2300000]
    """
    return frozenset(value for value, _, _ in _read(fold_in_place(text)))


def amounts(text: str) -> tuple[Amount, ...]:
    """Return the numbers of a text in order, each with its bound, its unit, and what it counts.

    >>> [(int(a.value), a.bound, a.unit, *a.things) for a in amounts("Over 400 died; it cost $2m.")]
    [(400, 'more', '', 'dead'), (2000000, '', 'dollar')]
    """
    folded = fold_in_place(text)
    found = []
    for value, start, end in _read(folded):
        before, after = folded[max(0, start - 24) : start], folded[end : end + 80]
        bound: _Bound = next((kind for kind, said in _BOUNDS.items() if said.search(before)), "")
        unit = _unit(before, after)
        things = frozenset[str]() if unit else _things(after)
        found.append(Amount(value, bound, unit, things, start, end))
    return tuple(found)


def _unit(before: str, after: str) -> str:
    if symbol := _SYMBOL.search(before):
        return _UNIT_FORMS[symbol[1]]
    match = _UNIT.match(after)
    if match is None:
        return ""
    unit = _UNIT_FORMS.get(stem(match[1] or match[3]), "")
    return f"{match['area'] or ''}{unit}" if unit else ""


def _things(after: str) -> frozenset[str]:
    """Return what a number counts: what became of people before the nouns that follow it."""
    end = _CLAUSE_END.search(after)
    clause = words(after[: end.start()] if end else after)[:_REACH]
    fates = {_FATES[stem(word)] for word in clause if stem(word) in _FATES}
    if fates - {"people"}:
        return frozenset(fates - {"people"})
    nouns = itertools.takewhile(lambda word: word not in FUNCTION_WORDS, clause[:_NOUNS])
    return frozenset(_FATES.get(stem(word), stem(word)) for word in nouns)


def _read(folded: str) -> Iterator[tuple[Decimal, int, int]]:
    """Yield the numbers of a folded text with the places where they begin and end."""
    for match in _NUMBER.finditer(folded):
        if match.group() in ("one", "first"):
            continue
        whole = Decimal(0)  # thousands and above
        group: Decimal | None = None  # what comes after them
        if match["digits"]:
            group = _digits(match["digits"]) * _SCALES.get(match["short"], 1)
        elif match["half"]:
            group = Decimal("0.5")
        for word in _WORD.findall(match["spelled"] or match["scales"]):
            if word in _SPELLED:
                group = (group or Decimal(0)) + _SPELLED[word]
                if word == match["century"] and group < 100:
                    group *= 100
            elif word in _SCALES:
                scaled = (Decimal(1) if group is None else group) * _SCALES[word]
                group = scaled if _SCALES[word] < 1000 else None
                whole += scaled if group is None else 0
        yield (whole + (group or 0)).normalize(), match.start(), match.end()


def _digits(text: str) -> Decimal:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif text.count(".") + text.count(",") > 1:
        text = re.sub(r"[.,]", "", text)
    return Decimal(text.replace(",", "."))
