"""Tells apart what bears one name: Springfield in Ohio and that in Oregon, a film and a novel.

An article introduces its subject in its title, in its opening words, or where it
says "Springfield is a city". Knows nothing of scores or answers. English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.types import Document
from rag.checks.names import CALENDAR_NAMES
from rag.words import FUNCTION_WORDS, content_stems, stem, words

__all__ = ["Asked", "Subject", "asked_names", "introduced", "same_subject"]

_MOST_MORE = 4
"""Words that a full name may have beyond those of the question: "Harland Bradley Howe"."""
_LEAST_SHARE = 0.5
"""Share of the question's names that a subject must hold: "Judge Howe" asks for any Howe."""
_SAME = 0.4
"""Share of the words of the shorter description from which two say the same."""
_DESCRIPTION = 100
"""Characters in which a description says what a thing is."""

_QUALIFIED = re.compile(
    r"^(?P<name>[^(),]{2,80}?)\s*(?:\((?P<bracket>[^()]{2,60})\)|,(?P<place>[^()]{2,60}))\s*$"
)
_OPENING = re.compile(
    r"^\W*(?P<name>(?:[^().]|\bNo\.|\b[A-Z]\.){2,80}?)\s*\((?P<bracket>[^()]{2,60})\)\s+(?=[\w\"“‘'])"
)
_COPULA = re.compile(
    r"^(?P<subject>.{2,200}?)\s(?:is|was|are|were)\s"
    r"(?=(?P<what>(?:an?|the|one of|(?:first )?"
    r"(?:born|founded|established|formed|built|created|released|opened))\s.{3,}))",
    re.DOTALL,
)
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_CAPITALISED = r"[^\W\d_a-z][\w.'’-]*"
_RUN = re.compile(rf"{_CAPITALISED}(?:\s+(?:of|the|and|for|de|du|{_CAPITALISED}|\d+))*")
_BRACKETS = re.compile(r"\([^()]*\)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """The names of a question, as stems."""

    names: frozenset[str]
    heads: frozenset[str]
    """The last word of each name: "Howe" of "Judge Howe", "State" of "Islamic State"."""
    words: frozenset[str]
    """All content words of the question, names among them."""

    def borne_by(self, subject: str) -> bool:
        """Say whether a subject is a name, and the one asked about or a fuller form of it."""
        bare = re.split(r"[,;:]|\b[Bb]orn\b", _BRACKETS.sub(" ", subject))[0]
        listed = [w for w in re.findall(r"[\w.'’-]+", bare) if w.lower() not in FUNCTION_WORDS]
        stems = {stem(word) for item in listed for word in words(item)}
        plain = {stem(word) for item in listed if item[0].islower() for word in words(item)}
        return (
            plain <= self.words
            and not stems.isdisjoint(self.heads)
            and len(stems & self.names) >= _LEAST_SHARE * len(self.names)
            and len(stems - self.names) <= _MOST_MORE
        )

    def named_in(self, text: str) -> bool:
        """Say whether a text holds the names asked about."""
        return bool(self.names) and self.names <= content_stems(text).keys()


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article introduces under a name that the question has."""

    name: frozenset[str]
    """Stems of its name."""
    qualifier: str
    """What sets it apart from others of the name, in the article's words; may be empty."""
    described: frozenset[str]
    """Stems of what it is said to be; may be empty."""
    title: str
    """Title of the article."""


def asked_names(question: str) -> Asked:
    """Return the names of a question; what stands in quotation marks is one, a day is none."""
    lowered = question[:1].lower() + question[1:]
    runs = [*_QUOTED.findall(question), *_RUN.findall(_QUOTED.sub(" , ", lowered))]
    found = [list(content_stems(run)) for run in runs if not CALENDAR_NAMES.issuperset(words(run))]
    return Asked(
        names=frozenset(word for run in found for word in run),
        heads=frozenset(run[-1] for run in found if run),
        words=frozenset(content_stems(question)),
    )


def introduced(asked: Asked, document: Document, sentence: str) -> Subject | None:
    """Return the subject that a sentence or its article's title introduces by an asked name.

    None where it introduces none, or one of another name.
    """
    if not asked.names:
        return None
    name: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()
    qualifier = ""
    titled = _QUALIFIED.match(document.title) or _OPENING.match(sentence)
    if titled and asked.borne_by(titled["name"]):
        found = titled.groupdict()
        qualifier = (found["bracket"] or found.get("place") or "").strip()
        name = frozenset(content_stems(titled["name"]))
    copula = _COPULA.match(sentence)
    if copula and asked.borne_by(copula["subject"]):
        # Names apart: "an American chef" and "an American actor" share nothing that tells.
        plain = [w for w in copula["what"][:_DESCRIPTION].split() if not w[0].isupper()]
        described = frozenset(content_stems(" ".join(plain))) - asked.names
        name = name or frozenset(content_stems(_BRACKETS.sub(" ", copula["subject"])))
    return Subject(name, qualifier, described, document.title) if name else None


def same_subject(one: Subject, other: Subject) -> bool:
    """Say whether two introductions may be of one and the same.

    They are not where each has a part that the other lacks, as "(film)" and
    "(novel)", or "Ahmad Kasuri" and "Khurshid Kasuri"; or where they say quite
    different things of it, as "an American actor" and "a village in Kent".
    """
    if one.title and one.title == other.title:
        return True
    if one.qualifier and other.qualifier:
        mine, theirs = content_stems(one.qualifier), content_stems(other.qualifier)
        return _alike(frozenset(mine), frozenset(theirs), 1.0)
    if _beyond(one, other) and _beyond(other, one):
        return False
    if not one.described or not other.described:
        return True
    return _alike(one.described, other.described, _SAME)


def _beyond(one: Subject, other: Subject) -> bool:
    """Say whether a name has a word that another has neither in full nor as an initial."""
    return any(
        len(word) > 1 and not any(word.startswith(part) for part in other.name) for word in one.name
    )


def _alike(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    return len(one & other) >= share * min(len(one), len(other))
