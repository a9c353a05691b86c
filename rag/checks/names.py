"""Reads the proper names of a text, so that "U.S." and "United States" are one.

English; knows nothing of claims or quotes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.checks.numbers import numbers
from rag.words import FUNCTION_WORDS, fold, stem, words

__all__ = [
    "CALENDAR_NAMES",
    "ORDINARY_OPENERS",
    "Name",
    "missing_names",
    "name_runs",
    "names",
    "names_asked",
]

_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_CALENDAR = {
    short: full
    for full in f"{_MONTHS} {_DAYS}".split()
    for short in (full[:3], full[:4], full)
    if short != "mar" or full == "march"
} | {"thurs": "thursday"}
CALENDAR_NAMES = frozenset(f"{_MONTHS} {_DAYS}".split())
"""The months and weekdays, in full and folded."""
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
    text = unicodedata.normalize("NFC", text)
    for match in _CAPITALISED.finditer(text):
        raw = match.group()
        if not raw[0].isupper():
            # "pro-Russian": what comes after the hyphen is a name all the same.
            raw = "-".join(part for part in raw.split("-") if part[:1].isupper())
        opening = (
            _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]) is not None
        )
        for word in words(raw.rstrip(".")):
            for part in word.split("-"):
                if part in FUNCTION_WORDS and (
                    opening or raw not in ("US", "IT", "WHO", "May", "Will")
                ):
                    continue
                if part:
                    found.append(Name(_CALENDAR.get(part, part), opening))
    return tuple(found)


def names_asked(question: str) -> tuple[Name, ...]:
    """Return the names in a question, whose first word has its capital anyway."""
    return names(question[:1].lower() + question[1:])


def missing_names(claim: str, text: str) -> tuple[str, ...]:
    """Return the capitalised words of a claim that a text does not hold.

    Allowed are the usual changes of form: another ending ("Venezuelan" for
    "Venezuela"), short forms of the calendar, and initials ("U.S." for "United
    States", and the reverse). The word that opens the claim counts as a name
    unless it is one that usually opens an answer ("According"), or a number, which `numbers` reads.
    """
    acronyms = _acronyms(text)
    spelled_out = {
        word
        for run in name_runs(claim)
        for letters, part in _initials_of(run)
        if letters in acronyms
        for name in part
        for word in words(name)
    }
    short = _acronyms(claim) & (acronyms | _initials(text))
    found = set(words(text))
    found.update(part for word in tuple(found) for part in word.split("-"))
    present = found | {_CALENDAR[word] for word in found if word in _CALENDAR}
    stems = {stem(word) for word in present}
    return tuple(
        name.word
        for name in names(claim)
        if not (
            name.word in present
            or stem(name.word) in stems
            or name.word in spelled_out
            or name.word.replace(".", "") in short
            or (name.opening and (name.word in ORDINARY_OPENERS or numbers(name.word)))
            or any(_same_country(name.word, word) for word in present)
        )
    )


# Adjectives of countries that the rule about endings does not reach.
_DEMONYMS = {
    adjective: country
    for pair in (
        "peruvian-peru cuban-cuba iraqi-iraq british-britain french-france spanish-spain "
        "german-germany greek-greece swedish-sweden finnish-finland danish-denmark "
        "polish-poland irish-ireland scottish-scotland dutch-netherlands norwegian-norway "
        "portuguese-portugal afghan-afghanistan tibetan-tibet chadian-chad malian-mali"
    ).split()
    for adjective, country in (pair.split("-"),)
    for adjective in (adjective, adjective + "s")
}
_DEMONYM_ENDINGS = (
    *("ians", "eans", "ans", "ian", "ean", "an"),
    *("ese", "ish", "is", "i"),
)
ORDINARY_OPENERS = frozenset(
    """according additionally altogether approximately based currently earlier eventually finally
    following furthermore generally initially instead later likewise meanwhile moreover nearly
    originally overall people previously recently reportedly roughly similarly specifically
    subsequently ultimately""".split()
)
"""Words that open an answer and have their capital from that alone. None of them is an actor or a
quantity: "Officials" or "Thousands" must be in the quotes like a name."""


def _same_country(left: str, right: str) -> bool:
    """Say whether one word is the adjective of the other: "Canadian" and "Canada"."""
    left, right = _DEMONYMS.get(left, left), _DEMONYMS.get(right, right)
    if left == right:
        return True
    # One of them must be an adjective: "Victor" and "Victoria" are two people.
    if not left.endswith(_DEMONYM_ENDINGS) and not right.endswith(_DEMONYM_ENDINGS):
        return False
    root = _demonym_root(left)
    return len(root) >= 4 and root == _demonym_root(right)


def _demonym_root(word: str) -> str:
    """Return what "Canada" and "Canadian" share."""
    for ending in _DEMONYM_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word.removesuffix(ending)
            break
    return word.rstrip("aeiouy")


_ACRONYM = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,5}\b")
_RUN = re.compile(r"[^\W\d_a-z]\w+(?:\s+(?:(?:of|and|the|for)\s+)*[^\W\d_a-z]\w+)+")


def _acronyms(text: str) -> frozenset[str]:
    return frozenset(fold(match).replace(".", "") for match in _ACRONYM.findall(text))


def name_runs(text: str) -> list[list[str]]:
    """Return the runs of capitalised words in a text, small words inside them left out."""
    runs = _RUN.findall(text.replace("-", " "))
    return [[word for word in run.split() if word[0].isupper()] for run in runs]


def _initials(text: str) -> frozenset[str]:
    return frozenset(letters for run in name_runs(text) for letters, _ in _initials_of(run))


def _initials_of(run: list[str]) -> list[tuple[str, list[str]]]:
    """Return the parts of a run of capitalised words, each after its initials.

    Two initials are too easily those of some other name ("Ursula Smith"), so
    that only the usual ones of two letters are among them.
    """
    parts = [run[start:end] for start in range(len(run)) for end in range(start + 2, len(run) + 1)]
    found = [("".join(fold(word[0]) for word in part), part) for part in parts]
    return [
        (letters, part)
        for letters, part in found
        if 3 <= len(letters) <= 5 or _TWO_LETTERS.get(letters) == fold(" ".join(part))
    ]


_TWO_LETTERS = {
    "us": "united states",
    "uk": "united kingdom",
    "un": "united nations",
    "eu": "european union",
    "dc": "district columbia",
    "la": "los angeles",
    "ny": "new york",
    "nz": "new zealand",
    "hk": "hong kong",
    "ap": "associated press",
    "pm": "prime minister",
}
