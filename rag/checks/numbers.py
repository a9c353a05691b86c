"""Reads the numbers of a text as values, so that "2.3 million" and "2,300,000" are one.

English; knows nothing of claims or quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.words import fold

__all__ = ["Figure", "figures", "measures", "numbers"]

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
    "k": 1000,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "tn": 10**12,
}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=2,
    )
} | {"thirtieth": 30, "first": 1}
_SPELLED = {**_UNITS, **_TENS, **_ORDINALS}
_UNCOUNTED = ("one", "first")
_NUMBER_TOKEN = re.compile(
    r"(?P<digits>\d+(?:[.,]\d+)*)(?P<scale>k|m|mn|bn|tn)?(?![^\W\d_]*\d)|(?P<word>[^\W\d_]+)"
)
_HALF = re.compile(r"\bhalf an? (?=million|billion|trillion|dozen)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")


_BOUNDS = {
    kind: re.compile(rf"\b(?:{words})(?: an?| the| some)? ?(?:us)?[$€£]?$")
    for kind, words in {
        "less": "fewer than|less than|at most|up to|no more than|nearly|almost|just under|under|"
        "below|close to",
        "more": "more than|over|at least|no less than|no fewer than|above|upwards of|"
        "in excess of|exceeding",
        "about": "about|around|approximately|roughly|some|estimated|estimate of|circa",
    }.items()
}
"""What may stand before a number, so that the bare number would say something else."""
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_UNITS_OF_MEASURE = {
    form: unit
    for unit, forms in {
        "percent": "% percent",
        "dollar": "$ dollar dollars",
        "euro": "€ euro euros",
        "pound": "£ pound pounds",
        "peso": "peso pesos",
        "yen": "yen",
        "real": "real reais",
        "bolivar": "bolivar bolivars bolivares",
    }.items()
    for form in forms.split(" ")
} | {"per cent": "percent"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number where it stands in a text."""

    value: Decimal
    bound: str
    """"more", "less", "about", or ""; see `measures`."""
    measure: str
    """"percent", a currency, and so on; see `measures`."""
    written: str
    before: str
    """The folded text before it."""
    after: str
    """The folded text after it."""


def numbers(text: str) -> frozenset[Decimal]:
    """Return the values of the numbers in a text, whether in digits or in words.

    Ordinals count as their number ("second" is 2). A lone "one" or "first" is
    left out, since it is a pronoun or an adverb more often than a number.

    >>> sorted(map(int, numbers("2.3 million people and a dozen of the 1,200 envoys left.")))
    [12, 1200, 2300000]
    """
    return frozenset(value for value, _, _ in _read(_unhalved(text)))


def measures(text: str) -> dict[Decimal, frozenset[tuple[str, str]]]:
    """Return, for each number of a text, how it is bounded and what it measures.

    The bound is "more", "less", "about", or "". The measure is "percent", a
    currency, the month of which the number is a day, the score that it is part
    of, or "". A number that stands in a text several times may have several.

    >>> measures("Over 400 were killed.")
    {Decimal('4E+2'): frozenset({('more', '')})}
    """
    found: dict[Decimal, frozenset[tuple[str, str]]] = {}
    for figure in figures(text):
        way = (figure.bound, figure.measure)
        found[figure.value] = found.get(figure.value, frozenset()) | {way}
    return found


def figures(text: str) -> list[Figure]:
    """Return the numbers of a text in order, each with what stands around it.

    >>> [(f.bound, f.written, f.after) for f in figures("Over 400 were killed.")]
    [('more', '400', ' were killed.')]
    """
    folded = _unhalved(text)
    found = []
    for value, start, end in _read(folded):
        before, after = folded[max(0, start - 24) : start], folded[end : end + 24]
        bound = next((kind for kind, pattern in _BOUNDS.items() if pattern.search(before)), "")
        measure = _measure(before, folded[start:end], after, may_be_day=value <= 31)
        found.append(Figure(value, bound, measure, folded[start:end], folded[:start], folded[end:]))
    return found


def _measure(before: str, number: str, after: str, *, may_be_day: bool) -> str:
    if score := re.match(r"[-–](\d+)(?![\w-])", after):
        return f"{number}-{score.group(1)}"
    if score := re.search(r"(?<![\w-])(\d+)[-–]$", before):
        return f"{score.group(1)}-{number}"
    month = re.search(rf"\b({_MONTH})\.? $", before) or re.match(
        rf"(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b", after
    )
    if month and may_be_day:
        return month.group(1)[:3]
    unit = re.search(r"([$€£])$", before) or re.match(r" ?(%|per ?cent\b)|[- ]([a-z]+)", after)
    return _UNITS_OF_MEASURE.get(next(filter(None, unit.groups())), "") if unit else ""


def _unhalved(text: str) -> str:
    return _HALF.sub("0.5 ", fold(text))


def _read(folded: str) -> list[tuple[Decimal, int, int]]:
    """Return the numbers of a folded text with the places where they begin and end."""
    found: list[tuple[Decimal, int, int]] = []
    begin = end = 0
    whole: Decimal | None = None  # thousands and above of the number that is being read
    group: Decimal | None = None  # what comes after them; both None between numbers
    spelled = lone = False  # whether the group is in words; whether it is a lone "one"
    last_end = 0

    def close() -> None:
        nonlocal whole, group, spelled, lone
        if (whole is not None or group is not None) and not lone:
            value = (whole or Decimal(0)) + (group or Decimal(0))
            found.append((value.normalize(), begin, end))
        whole = group = None
        spelled = lone = False

    for match in _NUMBER_TOKEN.finditer(folded):
        joined = folded[last_end : match.start()] in (" ", "-", "")
        last_end = match.end()
        word = match.group("word") or ""
        idle = whole is None and group is None
        if match.group("digits"):
            close()
            group, spelled = _digits(match.group("digits")), False
            if match.group("scale"):
                group *= _SCALES[match.group("scale")]
        elif word == "second" and joined and group is not None and not spelled:
            close()  # the unit of time: "30-second"
        elif word in _SPELLED:
            value = Decimal(_SPELLED[word])
            if not (joined and _continues(whole, group, value, spelled)):
                close()
            lone = whole is None and group is None and word in _UNCOUNTED
            group, spelled = (group or Decimal(0)) + value, True
        elif word in _SCALES and len(word) > 2:
            scale = _SCALES[word]
            if not joined or (whole is not None and (whole < scale or group is None)):
                close()
            lone = False
            spelled = spelled or (whole is None and group is None)
            value = (Decimal(1) if group is None else group) * scale
            if scale < 1000:
                group = value
            else:
                whole, group = (whole or Decimal(0)) + value, None
        elif not (word == "and" and spelled and _ends_in_hundreds(whole, group)):
            close()  # "and" may go on: "two hundred and five"
        if match.group("digits") or (idle and (whole is not None or group is not None)):
            begin = match.start()
        if whole is not None or group is not None:
            end = match.end() if word != "and" else end
    close()
    return found


def _digits(text: str) -> Decimal:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "") if "," in text else text.replace(".", "")
    elif text.count(".") + text.count(",") > 1:
        text = re.sub(r"[.,]", "", text)
    return Decimal(text.replace(",", "."))


def _ends_in_hundreds(whole: Decimal | None, group: Decimal | None) -> bool:
    """Say whether a number in words may go on with tens: "two hundred", "a thousand"."""
    return group % 100 == 0 and group > 0 if group is not None else whole is not None


def _continues(whole: Decimal | None, group: Decimal | None, value: Decimal, spelled: bool) -> bool:
    """Say whether a number word goes on with a number in words: twenty + five."""
    if not spelled or value == 0:
        return False  # "in 2000 two men" holds two numbers
    if _ends_in_hundreds(whole, group):
        return True
    return group is not None and value < 10 and group % 10 == 0 and group % 100 >= 20
