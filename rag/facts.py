"""Reads out of a sentence what must not be wrong: numbers, proper names, and what is negated.

Each function turns spellings of one thing into one value, so that two texts
can be compared: "2.3 million" and "2,300,000", "Jan." and "January", "didn't"
and "did not". English; knows nothing of claims, quotes, or articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.words import FUNCTION_WORDS, fold, stem, words

__all__ = ["Name", "missing_names", "names", "negated_stems", "numbers"]

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
_NUMBER_TOKEN = re.compile(
    r"(?P<digits>\d+(?:[.,]\d+)*)(?P<scale>k|m|mn|bn|tn)?(?![^\W\d_]*\d)|(?P<word>[^\W\d_]+)"
)
_HALF = re.compile(r"\bhalf an? (?=million|billion|trillion|dozen)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")


def numbers(text: str) -> frozenset[Decimal]:
    """Return the values of the numbers in a text, whether in digits or in words.

    A lone "one" is left out, since it is a pronoun more often than a number.

    >>> sorted(numbers("About 2.3 million people and a dozen of the 1,200 envoys left."))
    [Decimal('12'), Decimal('1200'), Decimal('2300000')]
    """
    found: set[Decimal] = set()
    total: Decimal | None = None  # the number being read; None between numbers
    lone_one = False
    last_end = 0
    folded = _HALF.sub("0.5 ", fold(text))
    for match in _NUMBER_TOKEN.finditer(folded):
        gap = folded[last_end : match.start()]
        last_end = match.end()
        word = match.group("word") or ""
        joined = gap in (" ", "-", "")
        if match.group("digits"):
            if total is not None and not lone_one:
                found.add(total)
            total = _digits(match.group("digits"))
            lone_one = False
            if match.group("scale"):
                total *= _SCALES[match.group("scale")]
        elif word in _UNITS or word in _TENS:
            value = Decimal(_UNITS.get(word, _TENS.get(word, 0)))
            if total is not None and joined and _extends(total, value):
                total += value
            else:
                if total is not None and not lone_one:
                    found.add(total)
                total = value
            lone_one = total == 1 and word == "one"
        elif word in _SCALES and len(word) > 2:
            total = _scaled(total if joined else None, _SCALES[word], found)
            lone_one = False
        elif word == "and" and total is not None and total >= 100:
            continue  # "two hundred and five"
        elif total is not None:
            if not lone_one:
                found.add(total)
            total = None
    if total is not None and not lone_one:
        found.add(total)
    return frozenset(value.normalize() for value in found)


def _digits(text: str) -> Decimal:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "") if "," in text else text.replace(".", "")
    elif text.count(".") + text.count(",") > 1:
        text = re.sub(r"[.,]", "", text)
    return Decimal(text.replace(",", "."))


def _extends(total: Decimal, value: Decimal) -> bool:
    """Say whether a number word continues a number: twenty + five, two hundred + five."""
    if value == 0 or total == 0:
        return False
    if total >= 100:
        return total % 100 == 0
    return total % 10 == 0 and total >= 20 and value < 10


def _scaled(total: Decimal | None, scale: int, found: set[Decimal]) -> Decimal:
    """Return the number so far times a scale word; "a million" counts as one million."""
    if total is None:
        return Decimal(scale)
    if scale == 1000 and total >= 1000:  # "two million five thousand"
        found.add(total)
        return Decimal(scale)
    return total * scale


_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_CALENDAR = {
    short: full
    for full in f"{_MONTHS} {_DAYS}".split()
    for short in (full[:3], full[:4], full)
    if short != "mar" or full == "march"
}
# A capitalised word of any script that has capitals, with inner full stops ("U.S."),
# hyphens, and apostrophes.
_CAPITALISED = re.compile(r"(?<![\w])(?:[^\W\d_]\.){2,}|(?<![\w])[^\W\d_][\w]*(?:[-'’.][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+)[\"'“‘(«\[]*$")


@dataclass(frozen=True, slots=True)
class Name:
    """One capitalised word of a text."""

    word: str
    """Folded, without its possessive ending; months and weekdays in full."""
    opening: bool
    """Whether it begins a sentence, where ordinary words have a capital too."""


def names(text: str) -> tuple[Name, ...]:
    """Return the capitalised words of a text, in order, function words left out.

    >>> [name.word for name in names("On Jan. 10 the U.S. recognised Guaidó.")]
    ['january', 'u.s', 'guaido']
    """
    found = []
    for match in _CAPITALISED.finditer(text):
        raw = match.group()
        if not raw[0].isupper():
            continue
        opening = (
            _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]) is not None
        )
        for word in words(raw.rstrip(".")):
            for part in word.split("-"):
                if part in FUNCTION_WORDS and (opening or raw not in ("US", "IT", "WHO")):
                    continue
                if part:
                    found.append(Name(_CALENDAR.get(part, part), opening))
    return tuple(found)


def missing_names(claim: str, text: str) -> tuple[str, ...]:
    """Return the capitalised words of a claim that a text does not hold.

    Allowed are the usual changes of form: another ending ("Venezuelan" for
    "Venezuela"), short forms of the calendar, and initials ("U.S." for "United
    States", and the reverse).
    """
    acronyms = _acronyms(text)
    spelled_out = {
        word
        for run in _runs(claim)
        for start in range(len(run))
        for end in range(start + 2, len(run) + 1)
        if "".join(fold(part[0]) for part in run[start:end]) in acronyms
        for part in run[start:end]
        for word in words(part)
    }
    return tuple(
        name.word
        for name in names(claim)
        if name.word not in spelled_out and not _has_name(name, text, acronyms)
    )


def _has_name(name: Name, text: str, acronyms: frozenset[str]) -> bool:
    found = words(text)
    parts = {part for word in found for part in word.split("-")}
    present = {_CALENDAR.get(part, part) for part in parts} | set(found)
    if name.word in present:
        return True
    wanted = stem(name.word)
    if any(stem(word) == wanted for word in present):
        return True
    root = _demonym_root(name.word)
    if len(root) >= 4 and any(_demonym_root(word) == root for word in present if len(word) >= 4):
        return True
    letters = name.word.replace(".", "")
    return 2 <= len(letters) <= 5 and (letters in acronyms or letters in _initials(text))


def _demonym_root(word: str) -> str:
    """Return what "Canada" and "Canadian" share."""
    word = word.removesuffix("s")
    for ending in ("ian", "ean", "an", "ese", "ish", "vian"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word.removesuffix(ending)
            break
    return word.rstrip("aeiouy")


_ACRONYM = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,5}\b")
_RUN = re.compile(r"[^\W\d_a-z]\w+(?:\s+(?:(?:of|and|the|for)\s+)*[^\W\d_a-z]\w+)+")


def _acronyms(text: str) -> frozenset[str]:
    return frozenset(fold(match).replace(".", "") for match in _ACRONYM.findall(text))


def _runs(text: str) -> list[list[str]]:
    """Return the runs of capitalised words in a text, small words inside them left out."""
    runs = _RUN.findall(text.replace("-", " "))
    return [[word for word in run.split() if word[0].isupper()] for run in runs]


def _initials(text: str) -> frozenset[str]:
    return frozenset(
        "".join(fold(word[0]) for word in run[start:end])
        for run in _runs(text)
        for start in range(len(run))
        for end in range(start + 2, len(run) + 1)
    )


_NEGATOR = re.compile(
    r"\b(?:not|never|no|nor|neither|without|cannot|nobody|none|"
    r"abstain\w* from|refrain\w* from|refus\w+ to|fail(?:s|ed|ing)? to|declin\w+ to|"
    r"stopp?(?:s|ed)? short of)\b|n't\b"
)
_CLAUSE_END = re.compile(r"[,;:.!?()\"“”]|\b(?:but|although|though|while|because|which|who)\b")
_SCOPE = 2
"""Content words after a negation, within its clause, that count as negated."""


def negated_stems(text: str) -> frozenset[str]:
    """Return the stems of the words that a negation reverses.

    >>> sorted(negated_stems("Mexico took part but didn't sign; nobody else refused to sign."))
    ['els', 'refus', 'sign']
    """
    folded = fold(text)
    found: set[str] = set()
    for match in _NEGATOR.finditer(folded):
        rest = folded[match.end() : match.end() + 120]
        end = _CLAUSE_END.search(rest)
        clause = rest[: end.start()] if end else rest
        content = [w for w in words(clause) if w not in FUNCTION_WORDS]
        found.update(stem(word) for word in content[:_SCOPE])
    return frozenset(found)
