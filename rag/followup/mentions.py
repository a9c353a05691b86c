"""Finds the names in a conversation, and whether each is a person, a place, or a group.

There is no list of people: the kind of a name shows in how the articles use it
("President Nicolás Maduro", later "Maduro"; "in Caracas"). Only countries are
listed. Knows nothing of questions or of what refers to what.
"""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass

from rag.checks.names import CALENDAR_NAMES, ORDINARY_OPENERS
from rag.words import FUNCTION_WORDS, fold

__all__ = ["TITLE", "Kind", "Mention", "find_mentions", "kind_of"]


class Kind(enum.Enum):
    """What a name stands for. A country is a place that acts like a group."""

    PERSON = "person"
    PLACE = "place"
    COUNTRY = "country"
    GROUP = "group"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: `text[start:end] == name`."""

    name: str
    start: int
    end: int
    outer_start: int
    """Where the words before it begin that belong to it: "the" Lima Group, "President" Maduro."""
    titled: bool = False
    """Whether a title stands before it, so that it is a person's."""


_TITLES = (
    "president minister secretary adviser advisor chancellor senator judge king queen pope general "
    "leader chief governor mayor commissioner spokesman spokeswoman spokesperson director justice "
    "ambassador researcher chairman chairwoman professor premier congressman congresswoman "
    "representative lawyer singer actor actress author mr mrs ms dr sir lord"
)
TITLE = rf"(?:{'|'.join(_TITLES.split())})\b\.?"
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_PART = rf"(?:(?:{_UPPER}\.)+{_UPPER}?\b\.?|{_UPPER}[\w]*(?:['’](?!s\b)\w+|-\w+)*)"
_LINK = r"(?:of the|of|for|de la|del|de|da|do|dos|von|van|bin|al|el)"
_NAME = re.compile(rf"(?<![\w'’-]){_PART}(?:[ ](?:{_LINK}[ ])?(?:{_PART}|\d{{1,3}}\b))*")
_TITLE_BEFORE = re.compile(rf"\b{TITLE}\s+$", re.IGNORECASE)
_THE_BEFORE = re.compile(r"\b(?:the)\s+$", re.IGNORECASE)
_TITLE_WITHIN = re.compile(rf"^(?:.*\b(?i:{TITLE})(?: of (?:the )?{_PART})?) (?={_UPPER})")
# "the foreign minister, Néstor Popolizio, …"; "Jeremy Corbyn, the leader of …".
_TITLE_APART = rf"\b{TITLE}(?:\s+[\w'’]+){{0,5}},\s+"
_SAID_SO = (
    r"(?:,\s+(?:the|a|an|who|whom|\d\d)\b|\s+(?:said|told|called|accused|promised|declared)\b)"
)

_GROUP_WORDS = frozenset(
    """administration agencies agency alliance army assembly association authority bank board
    brigade cabinet church club coalition commission committee commons companies company
    conference congress corporation council court department federation force forces foundation
    front fund government group house inc institute league ministry movement nations network
    observatory office organisation organization parliament party police senate service society
    states team treasury tribunal union university white""".split()
)
_COUNTRIES = frozenset(
    name.strip()
    for name in """afghanistan, albania, algeria, angola, argentina, armenia, australia, austria,
    azerbaijan, bahamas, bahrain, bangladesh, barbados, belarus, belgium, belize, benin, bhutan,
    bolivia, bosnia, botswana, brazil, britain, brunei, bulgaria, burkina faso, burma, burundi,
    cambodia, cameroon, canada, chad, chile, china, colombia, congo, costa rica, croatia, cuba,
    cyprus, czech republic, denmark, djibouti, dominica, dominican republic, ecuador, egypt,
    el salvador, england, eritrea, estonia, ethiopia, fiji, finland, france, gabon, gambia, georgia,
    germany, ghana, greece, grenada, guatemala, guinea, guyana, haiti, honduras, hungary, iceland,
    india, indonesia, iran, iraq, ireland, israel, italy, ivory coast, jamaica, japan, jordan,
    kazakhstan, kenya, kosovo, kuwait, kyrgyzstan, laos, latvia, lebanon, lesotho, liberia, libya,
    lithuania, luxembourg, madagascar, malawi, malaysia, maldives, mali, malta, mauritania,
    mauritius, mexico, moldova, monaco, mongolia, montenegro, morocco, mozambique, myanmar, namibia,
    nepal, netherlands, new zealand, nicaragua, niger, nigeria, north korea, north macedonia,
    northern ireland, norway, oman, pakistan, palestine, panama, paraguay, peru, philippines,
    poland, portugal, qatar, romania, russia, rwanda, saint lucia, samoa, saudi arabia, scotland,
    senegal, serbia, seychelles, sierra leone, singapore, slovakia, slovenia, somalia, south africa,
    south korea, south sudan, spain, sri lanka, sudan, suriname, sweden, switzerland, syria, taiwan,
    tajikistan, tanzania, thailand, togo, tonga, trinidad, tunisia, turkey, turkmenistan, uganda,
    ukraine, united arab emirates, united kingdom, united states, uruguay, uzbekistan, vanuatu,
    venezuela, vietnam, wales, yemen, zambia, zimbabwe, us, u.s, usa, uk, u.k""".split(",")
)
_ADJECTIVES = frozenset(
    "american european british french dutch latin irish african asian arabian".split()
)
_CALENDAR = (CALENDAR_NAMES | {name[:3] for name in CALENDAR_NAMES} | {"sept"}) - {"may"}
_LONGEST_ACRONYM = 6
_OF_PLACES = frozenset(
    "north south east west northern southern eastern western new san santa saint los las".split()
)
"""First words of names whose last word is no surname."""


def find_mentions(text: str, usage: str = "") -> list[Mention]:
    """Return the names in a text, in order, without months, weekdays, and "Peruvian".

    Args:
        text: where to look.
        usage: texts that show whether a word with which a sentence opens is a name elsewhere.

    >>> [m.name for m in find_mentions("Venezuelan President Nicolás Maduro met the Lima Group.")]
    ['Nicolás Maduro', 'Lima Group']
    """
    found = []
    for match in _NAME.finditer(text):
        start = _begin(text, *match.span())
        end = _end(text, start, match.end())
        split = _TITLE_WITHIN.match(text[start:end])
        titled = _TITLE_BEFORE.search(text[:start])
        outer = titled.start() if titled else start
        if split:
            start += split.end()
        if the := _THE_BEFORE.search(text[:outer]):
            outer = the.start()
        name = text[start:end]
        if len(name) < 2 or _is_adjective(name):
            continue
        if name.split()[0] == "May" and not _has_surname_may(f"{text}\n{usage}"):
            continue  # the month
        if _opens(text, start) and not _is_name_elsewhere(name, f"{usage} {text}"):
            continue
        found.append(Mention(name, start, end, outer, bool(split or titled)))
    return found


def _has_surname_may(text: str) -> bool:
    """Say whether somebody is called May, as in "Theresa May", and not only the month."""
    given = re.findall(rf"\b({_UPPER}\w+) May\b(?! \d)", text)
    return any(fold(word) not in FUNCTION_WORDS for word in given)


def _opens(text: str, start: int) -> bool:
    """Say whether a sentence begins here, where ordinary words have a capital too."""
    before = text[:start].rstrip()
    return not before or before[-1] in '.?!:"“‘—–-\n'


def _is_name_elsewhere(name: str, usage: str) -> bool:
    """Say whether the word with which a sentence opens has its capital in mid-sentence too."""
    if " " in name or kind_of(name, "") is not Kind.UNKNOWN:
        return True
    return re.search(rf"[\w,;] {re.escape(name)}\b", usage) is not None


def _begin(text: str, start: int, end: int) -> int:
    """Return where a run of capitalised words begins to be a name."""
    while first := re.match(r"\S+\s*", text[start:end]):
        word = first.group().strip(" .,")
        folded = fold(word)
        ordinary = folded in FUNCTION_WORDS and word not in ("US", "WHO", "May")
        opener = _opens(text, start) and folded in ORDINARY_OPENERS
        if not (ordinary or opener or word.isdigit() or folded in _CALENDAR):
            break
        start += first.end()
    return start


def _end(text: str, start: int, end: int) -> int:
    """Return where a name ends: before "of Bolivia" in "Evo Morales of Bolivia"."""
    name = text[start:end]
    head, of, tail = name.rpartition(" of ")
    if of and fold(tail) in _COUNTRIES and " " in head and not _is_group(head):
        return start + len(head)
    return end if re.search(r"\.\w\.$", name) else start + len(name.rstrip("."))


def _is_group(name: str) -> bool:
    if any(fold(word) in _GROUP_WORDS for word in name.split()):
        return True
    return name.isupper() and len(name) <= _LONGEST_ACRONYM


def _is_adjective(name: str) -> bool:
    """Say whether a name only says from where: "Peruvian", "Latin American"."""
    last = fold(name.split()[-1])
    if last in _COUNTRIES or not last.endswith(("an", "ans", "ese", "ish", "ch", "is", "i")):
        return False
    return last in _ADJECTIVES or any(last[:4] == country[:4] for country in _COUNTRIES)


def kind_of(name: str, texts: str) -> Kind:
    """Return what a name stands for, by how the texts of the conversation use it."""
    folded = fold(name).rstrip(".").removeprefix("the ")
    if folded in _COUNTRIES:
        return Kind.COUNTRY
    if _is_group(name):
        return Kind.GROUP
    if any(titled and _same(name, other) for other, titled in _uses(texts)):
        return Kind.PERSON
    escaped = re.escape(name)
    whole_name = " " in name and " of " not in name and not _COUNTRIES & set(folded.split())
    if whole_name and re.search(
        rf"(?:{_TITLE_APART}{escaped}\b|{escaped}{_SAID_SO})", texts, re.IGNORECASE
    ):
        return Kind.PERSON
    if re.search(rf"\b(?:in|near|at)\s+(?:(?:the\s+)?\w+\s+of\s+)?{escaped}\b", texts):
        return Kind.PLACE
    if _is_called_by_surname(name, texts):
        return Kind.PERSON
    if re.search(rf"\b[Tt]he\s+{re.escape(name)}\b", texts):
        return Kind.GROUP
    return Kind.UNKNOWN


@functools.lru_cache(maxsize=8)
def _uses(texts: str) -> tuple[tuple[str, bool], ...]:
    """Return every name of the texts with whether it stands after a title."""
    return tuple(dict.fromkeys((m.name, m.titled) for m in find_mentions(texts)))


def _same(name: str, other: str) -> bool:
    """Say whether one name is the other, or its last word."""
    one, two = fold(name), fold(other)
    return one == two or two.endswith(f" {one}") or one.endswith(f" {two}")


def _is_called_by_surname(name: str, texts: str) -> bool:
    """Say whether the texts have the name in full and its last word alone, as with people."""
    surname = fold(name.split()[-1])
    if surname in _COUNTRIES or surname in _GROUP_WORDS:
        return False
    seen = {fold(other) for other, _ in _uses(texts)} | {fold(name)}
    full = {
        other
        for other in seen
        if other.endswith(f" {surname}")
        and 2 <= len(other.split()) <= 4
        and " of " not in other
        and other.split()[0] not in _OF_PLACES
        and other.split()[0] not in _COUNTRIES
    }
    return bool(full) and surname in seen
