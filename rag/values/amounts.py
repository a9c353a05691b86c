"""Reads the one figure of a sentence that counts or measures what a question asks about.

"43 people were killed and 16 injured" holds two figures, and a question after
the dead has one of them: a figure belongs to the words of its own clause. Where
two figures could be meant there is none. English.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from rag.checks.names import names_asked
from rag.checks.numbers import Figure, figures
from rag.values.families import HUMAN_FATES, families, families_of, family
from rag.words import FUNCTION_WORDS, stem, words

__all__ = ["Amount", "read_amount", "read_duration"]

# How far a figure reaches, as a share of itself: "about 3,600" and 3,559 are one, and "over 400"
# may be 425.
_ABOUT = Decimal("0.1")
_OPEN = Decimal("0.25")
_MOST_ROUNDING = Decimal("0.05")
_ROUND_FROM = 1000

_COUNTED = re.compile(r"\bhow many\s+(?P<thing>.+)", re.IGNORECASE)
_MEASURED = re.compile(
    r"\bwhat (?:is|was|are|were) the (?P<thing>(?:\w+ ){0,2}\w+) (?:of|in|for|from|at|between)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\bper ?cent|\bpercentage\b|\bshare\b|\bproportion\b|\brate\b")
_REACH = 7
"""Words around a figure among which it is said what it counts."""
_CLAUSE_END = re.compile(r"[,;:()\[\]\"“”–—]|\.\s|\band\b|\bbut\b|\bwhile\b|\bwith\b")
_CLAUSE_START = re.compile(r".*(?:[,;()\[\]\"“”–—]|\.\s|\band\b|\bbut\b|\bwhile\b)", re.DOTALL)
_A_PART = re.compile(r"^\W*(?:of (?:them|those|these|the|whom|which)|more|others?|another)\b")
_PART_BEFORE = re.compile(
    r"\b(?:includ\w+|among (?:them|those)|another|a further|other)\s*(?:\w+ )?$"
)
_CHANGE = re.compile(
    r"\b(?:grew|rose|fell|dropped|increased?|declined?|up|down) (?:by\b|\d|from\b).*$"
)
_BY_SOME = re.compile(r"\bby (?:\w+ )?$")
"""A deed of some ("spoken by 22,795 people"), or a difference."""
_ORDINAL = re.compile(
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\w+teenth|\w+tieth)$"
)
_ORDINAL_AFTER = re.compile(r"^(?:st|nd|rd|th)\b")
_YEAR = re.compile(r"(?:1\d|20)\d\d$")
_DATED = re.compile(r"\b(?:in|of|at|the|since|by|until|from) $")
_AS_OF = re.compile(r"\b(?:in|of|at|the|since|by|for|until|from|\() ?((?:1[5-9]|20)\d\d)\b")
_ARTICLES = frozenset({"a", "an", "the", "its", "their"})
_SAYS_HOW_MUCH = re.compile(
    r"(?:of|in|was|is|were|are|at|total\w*|reach\w*|stood|grew|rose|fell|passed|exceed\w*)$"
)
_UNITS_OF_TIME = tuple("second minute hour day night week month year decade".split())
_NO_DURATION = re.compile(r"[ -]\w+[ -](?:old|ago|later|earlier|before|after)\b")


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with the range that its words allow, its measure, and as of when."""

    low: Decimal
    high: Decimal
    measure: str
    """A currency, a unit of time, "percent", or "" for what is counted."""
    year: int | None = None
    """The year that it is said for ("the 2010 census"); None where the sentence names none."""

    def agrees(self, other: object) -> bool:
        """Say whether both may be the same figure."""
        return not isinstance(other, Amount) or (self.low <= other.high and other.low <= self.high)

    def comparable(self, other: object) -> bool:
        """Say whether both can be set against each other."""
        return isinstance(other, Amount) and self.measure == other.measure

    def more_exact(self, other: object) -> bool:
        """Say whether this one's words leave less room."""
        return isinstance(other, Amount) and self.high - self.low < other.high - other.low


def read_amount(question: str, sentence: str) -> Amount | None:
    """Return the figure for what a question counts ("how many …") or measures.

    >>> read_amount("How many people died?", "At least 39 people were killed and 16 injured.").low
    Decimal('39')
    """
    things = _asked_things(question)
    if not things:
        return None
    percent = _PERCENT.search(question.casefold()) is not None
    # The year of a census stands between the words and their figure, and is none itself.
    listed = [
        figure
        for figure in figures(sentence)
        if not (_YEAR.match(figure.written) and _DATED.search(figure.before))
    ]
    found = [
        figure
        for figure, previous, following in zip(listed, [None, *listed], [*listed[1:], None])
        if (figure.measure == "percent") == percent
        and _counts(figure, _around(figure, previous, following), things, families(question))
    ]
    if len({figure.value for figure in found}) != 1:
        return None
    years = {int(year) for year in _AS_OF.findall(sentence.casefold())}
    return Amount(*_range(found[0]), found[0].measure, years.pop() if len(years) == 1 else None)


def read_duration(question: str, sentence: str) -> Amount | None:
    """Return the one stretch of time in a sentence that says what the question does."""
    named = {stem(name.word) for name in names_asked(question)}
    if not families(question) - named - {"long", *_UNITS_OF_TIME} <= families(sentence):
        return None
    found = set()
    for figure in figures(sentence):
        unit = re.match(r"[ -](\w+?)s?\b", figure.after)
        if unit and unit.group(1) in _UNITS_OF_TIME and not _NO_DURATION.match(figure.after):
            found.add(Amount(*_range(figure), unit.group(1)))
    return found.pop() if len(found) == 1 else None


def _asked_things(question: str) -> frozenset[str]:
    """Return the families of what is counted or measured; empty where the question shows none."""
    if counted := _COUNTED.search(question):
        thing: list[str] = []
        for word in words(counted.group("thing")):
            if word in FUNCTION_WORDS:
                break
            thing.append(word)
        found = families_of(thing[:3])
    elif measured := _MEASURED.search(question):
        whole = families(measured.group("thing"))
        found = whole & HUMAN_FATES or families(measured.group("thing").split()[-1])
    else:
        return frozenset()
    fates = families(question) & HUMAN_FATES
    return (found - {"people"}) | fates if fates else found


def _around(
    figure: Figure, previous: Figure | None, following: Figure | None
) -> tuple[list[str], list[str]]:
    """Return the words of a figure's own clause before and after it, up to other figures."""
    before, after = figure.before, figure.after
    if following is not None:
        after = after[: len(after) - len(following.after) - len(following.written)]
    if previous is not None:
        before = before[len(previous.before) + len(previous.written) :]
    end, start = _CLAUSE_END.search(after), _CLAUSE_START.match(before)
    return (
        words(before[start.end() :] if start else before)[-_REACH:],
        words(after[: end.start()] if end else after)[:_REACH],
    )


def _counts(
    figure: Figure,
    around: tuple[list[str], list[str]],
    things: frozenset[str],
    asked: Collection[str],
) -> bool:
    """Say whether a figure counts what is asked about, all of it, by the words around it."""
    if _ORDINAL_AFTER.match(figure.after) or _ORDINAL.search(figure.written):
        return False
    if _A_PART.match(figure.after) or _PART_BEFORE.search(figure.before):
        return False
    if _CHANGE.search(figure.before) or _BY_SOME.search(figure.before):
        return False
    before, after = around
    ahead, behind = families_of(before), families_of(after)
    nouns = _nouns(after)
    counted = families_of(nouns)
    if fates := things & HUMAN_FATES:
        if nouns and family(nouns[0]) not in {"people", *HUMAN_FATES, *asked}:
            return False  # "three children were killed": some of the dead
        return fates <= (behind & HUMAN_FATES or ahead & HUMAN_FATES)
    if things & counted:
        return things <= behind and "per" not in after
    if _YEAR.match(figure.written) or not things <= ahead:
        return False
    # "the population was 319", but not "the population density was 295".
    last = max(place for place, word in enumerate(before) if family(word) in things)
    lead_in = [word for word in before[:last] if word not in _ARTICLES]
    if lead_in and lead_in[-1] in ("of", "among", "for"):
        return False  # "29.8% of the population were under 18"
    rest = before[last + 1 :]
    return all(word in FUNCTION_WORDS for word in rest) or bool(_SAYS_HOW_MUCH.match(rest[0]))


def _nouns(listed: list[str]) -> list[str]:
    """Return what follows a figure at once and may be the thing that it counts."""
    run = []
    for word in listed[:3]:
        if word in FUNCTION_WORDS or word.endswith("ing"):
            break
        run.append(word)
    return run


def _range(figure: Figure) -> tuple[Decimal, Decimal]:
    """Return the least and the most that a figure may stand for."""
    value = figure.value
    if figure.bound == "about":
        return value * (1 - _ABOUT), value * (1 + _ABOUT)
    if figure.bound == "more":
        return value, value * (1 + _OPEN)
    if figure.bound == "less":
        return value * (1 - _OPEN), value
    digits = str(int(value)) if value == value.to_integral_value() else ""
    zeros = len(digits) - len(digits.rstrip("0"))
    if value < _ROUND_FROM or zeros < 2:
        return value, value
    # A figure as round as 3,600 may be 3,559.
    slack = min(Decimal(10) ** zeros / 2, value * _MOST_ROUNDING)
    return value - slack, value + slack
