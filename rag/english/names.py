"""Reads the proper names of a text, so that "U.S." and "United States" are one.

By capitals, accents aside; there is no list of names behind it.
"""

from __future__ import annotations

import re
import unicodedata

from rag.english.numbers import numbers
from rag.english.vocabulary import FUNCTION_WORDS, fold, stem, words

__all__ = [
    "CALENDAR_NAMES",
    "NO_NAMES",
    "TITLES",
    "initials",
    "missing_names",
    "name_runs",
    "names",
    "names_held",
    "same_name",
]

CALENDAR_NAMES = frozenset(
    """january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday""".split()
)
"""The months and weekdays, in full and folded."""
_CALENDAR = {
    short: full
    for full in CALENDAR_NAMES
    for short in (full[:3], full[:4], full)
    if short != "mar" or full == "march"
} | {"thurs": "thursday"}
TITLES = frozenset(
    """president minister premier chancellor senator secretary governor mayor general judge justice
    king queen prince princess pope mr mrs ms dr sir lord lady professor captain colonel chief
    former then vice prime foreign leader director coach striker singer actor actress author writer
    spokesman spokeswoman spokesperson ambassador envoy congressman congresswoman representative
    republican democrat democratic opposition""".split()
)
"""What may stand before the name of a person and is no part of it."""
NO_NAMES = TITLES | CALENDAR_NAMES
"""Words that have a capital and are not what a question is about."""

# A capitalised word of any script that has capitals, with inner full stops ("U.S."),
# hyphens, and apostrophes.
_CAPITALISED = re.compile(r"(?<![\w])(?:[^\W\d_]\.){2,}|(?<![\w])[^\W\d_][\w]*(?:[-'’.][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+)[\"'“‘(«\[]*$")
_ACRONYM = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,5}\b")
_FIGURE = re.compile(r"(?<![\w.])(?!(?:1[5-9]|20)\d\d\b)\d[\d.,]*")
_RUN = re.compile(r"[^\W\d_a-z]\w+(?:\s+(?:(?:of|and|the|for)\s+)*[^\W\d_a-z]\w+)+")
_ALSO_NAMES = ("US", "IT", "WHO", "May", "Will")
"""Written like this, and not first in a sentence, they are names although small words."""
# Adjectives of countries that the rule about endings does not reach.
_DEMONYMS = dict(
    pair.split("-")
    for pair in (
        "peruvian-peru cuban-cuba iraqi-iraq british-britain french-france spanish-spain "
        "german-germany greek-greece swedish-sweden finnish-finland danish-denmark "
        "polish-poland irish-ireland scottish-scotland dutch-netherlands norwegian-norway "
        "portuguese-portugal afghan-afghanistan tibetan-tibet chadian-chad malian-mali"
    ).split()
)
_DEMONYM_ENDINGS = tuple("ians eans ans ian ean an ese ish is i".split())
_LONG_DEMONYM = re.compile(rf"(?<=.{{4}})(?:{'|'.join(_DEMONYM_ENDINGS)})$")
# Two initials are too easily those of some other name ("Ursula Smith").
TWO_LETTERS = {
    "".join(word[0] for word in name.split()): name
    for name in (
        "united states,united kingdom,united nations,european union,district columbia,los angeles,"
        "new york,new zealand,hong kong,associated press,prime minister"
    ).split(",")
}


def names(text: str) -> tuple[str, ...]:
    """Return the capitalised words of a text, in order, function words left out.

    Folded, without their possessive endings; months and weekdays in full.

    >>> names("On Jan. 10 the U.S. recognised Guaidó.")
    ('january', 'u.s', 'guaido')
    """
    found = []
    text = unicodedata.normalize("NFC", text)
    for match in _CAPITALISED.finditer(text):
        raw = match.group()
        if not raw[0].isupper():
            continue
        before = text[max(0, match.start() - 8) : match.start()]
        opening = _SENTENCE_START.search(before) is not None
        for part in (part for word in words(raw.rstrip(".")) for part in word.split("-")):
            small = part in FUNCTION_WORDS and (opening or raw not in _ALSO_NAMES)
            # "Twenty left" has none: `numbers` reads it.
            if part and not small and not (opening and numbers(part)):
                found.append(_CALENDAR.get(part, part))
    return tuple(found)


def name_runs(text: str) -> list[list[str]]:
    """Return the runs of two or more capitalised words of a text, small words inside left out.

    >>> name_runs("The bank of Peru met the Bank of England.")
    [['Bank', 'England']]
    """
    runs = _RUN.findall(text.replace("-", " "))
    return [[word for word in run.split() if word[0].isupper()] for run in runs]


def missing_names(claim: str, text: str) -> tuple[str, ...]:
    """Return the capitalised words of a claim that a text does not hold.

    Allowed are the usual changes of form: another ending ("Venezuelan" for
    "Venezuela"), short forms of the calendar, and initials ("U.S." for "United
    States", and the reverse).

    >>> missing_names("Juan Silva thanked the UN.", "The United Nations met Ana Silva.")
    ('juan',)
    """
    acronyms = _acronyms(text)
    spelled_out = {
        word
        for run in name_runs(claim)
        for letters, part in initials(run)
        if letters in acronyms
        for word in words(" ".join(part))
    }
    in_text = {letters for run in name_runs(text) for letters, _ in initials(run)}
    short = _acronyms(claim) & (acronyms | in_text)
    found = {part for word in words(text) for part in (word, *word.split("-"))}
    present = found | {_CALENDAR[word] for word in found if word in _CALENDAR}
    stems = {stem(word) for word in present}
    return tuple(
        name
        for name in names(claim)
        if not (
            name in present
            or stem(name) in stems
            or name in spelled_out
            or name.replace(".", "") in short
            or any(same_name(name, word) for word in present)
        )
    )


def names_held(text: str, question: str) -> float:
    """Return the share of the names and figures in a question that a text has; 1 of none.

    Years are left out: what happened then is seldom told with its year.

    >>> names_held("Flight BO 412 landed late.", "How late was flight BO 421?")
    0.5
    """
    lowered = question[:1].lower() + question[1:]
    asked = {*names(lowered)} - NO_NAMES
    figures = numbers(" ".join(_FIGURE.findall(question)))
    if not asked and not figures:
        return 1.0
    absent = len(asked.intersection(missing_names(lowered, text)))
    absent += len(figures - numbers(text)) if figures else 0
    return 1 - absent / (len(asked) + len(figures))


def same_name(left: str, right: str) -> bool:
    """Say whether two folded words are one, or one the adjective of the other's country.

    >>> same_name("canadian", "canada"), same_name("victor", "victoria")
    (True, False)
    """
    left, right = (_DEMONYMS.get(word.removesuffix("s"), word) for word in (left, right))
    if left == right:
        return True
    # One of them must be an adjective: "Victor" and "Victoria" are two people.
    if not left.endswith(_DEMONYM_ENDINGS) and not right.endswith(_DEMONYM_ENDINGS):
        return False
    root, other = (_LONG_DEMONYM.sub("", word).rstrip("aeiouy") for word in (left, right))
    return len(root) >= 4 and root == other


def initials(run: list[str]) -> list[tuple[str, list[str]]]:
    """Return the parts of a run of capitalised words that may be known by initials, with them.

    >>> initials(["World", "Health", "Organization"])
    [('who', ['World', 'Health', 'Organization'])]
    """
    parts = [run[start:end] for start in range(len(run)) for end in range(start + 2, len(run) + 1)]
    found = [("".join(fold(word[0]) for word in part), part) for part in parts]
    return [
        (letters, part)
        for letters, part in found
        if 3 <= len(letters) <= 5 or TWO_LETTERS.get(letters) == fold(" ".join(part))
    ]


def _acronyms(text: str) -> frozenset[str]:
    return frozenset(fold(match).replace(".", "") for match in _ACRONYM.findall(text))
