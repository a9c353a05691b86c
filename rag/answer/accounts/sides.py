"""The sides of a comparison: which a question names, what it asks of each, what speaks of one.

Sides are names, years, or phrases that stand joined in the question; each is asked about alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.accounts.subject import subject_asked
from rag.answer.evidence import Sources
from rag.english.names import same_name
from rag.english.vocabulary import FUNCTION_WORDS, fold, words
from rag.types import Evidence

__all__ = ["FRAMING", "Side", "names_side", "sides_asked", "sides_of", "speaks_of"]

_MOST = 4
"""Sides that are told beside each other; more make a list, and no comparison."""
_OPENERS = frozenset("compare contrast set show tell describe explain please versus".split())
_NAME = r"[^\W\d_a-z][\w.’'-]*"
_RUN = rf"(?-i:{_NAME}(?: (?:of |the |de |von |van |al-)*{_NAME}| \d{{1,3}}\b)*)"
_SIDE = rf"(?:the )?(?:{_RUN}|[12]\d{{3}}\b|“[^”]+”|\"[^\"]+\")"
_LINK = r",? (?:and|or|with|to|from|than|against|versus|vs\.?|compared (?:with|to)) "
_JOINED = rf"(?:{_LINK}|, )"
_GROUP = re.compile(rf"(?<![\w’'-])({_SIDE}(?:{_JOINED}{_SIDE})+)", re.I)
_SPLIT = re.compile(rf"({_SIDE})(?:{_JOINED}|$)", re.I)
_JOINS = re.compile(rf"{_LINK}(?:(?:that|those|the one) of )?", re.I)
FRAMING = frozenset(
    """agree apart both changed common compare compared compares comparison contradict contrast
    contrasted contrasts cons differ differed difference differences different differently differs
    disagree distinguishes diverge other others pros put set similar similarities ways""".split()
)
"""What stands around sides that are no names: "what distinguishes the hare from the rabbit?"."""
_EACH = re.compile(r"\b(?:each(?: (?:of them|side|one))?|both(?: of them)?|they|the two)\b", re.I)
_DEMAND = re.compile(
    r"^(?:please )?(?:compare|contrast|set)(?: and contrast)? |\b(?:both|between) (?=@)", re.I
)
_ON = re.compile(r" (?:on|about|over|regarding|as to|according to) ", re.I)
_QUESTION = re.compile(
    r"(?:what|who|whom|whose|which|how|why|where|when|is|are|was|were|do|does|did|has|have|had|"
    r"can|could|will|would|should)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a comparison, and the question put of it alone."""

    name: str
    """As the question names it, or the source that it is; a year without more."""
    question: str
    topic: str = ""
    """What it is asked about where the question says so: "the number of dead"."""
    broad: bool = False
    """Whether nothing is asked of it but what is said about it."""
    source: bool = False
    """Whether it is a source, which its own articles do not name."""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return f"{self.name[:1].upper()}{self.name[1:]}"

    @property
    def year(self) -> int | None:
        """The year that it is."""
        return int(self.name) if re.fullmatch(r"[12]\d{3}", self.name) else None


def sides_asked(question: str) -> tuple[Side, ...]:
    """Return the sides that a question compares, in its order; none where it names no two.

    >>> [side.question for side in sides_asked("Compare what Canada and Venezuela said.")]
    ['What Canada said?', 'What Venezuela said?']
    """
    text = _opened(" ".join(question.split()).rstrip("?.! "))
    group = _GROUP.search(text)
    if group is None:
        return _phrases(text)
    names = tuple(dict.fromkeys(name.strip('“”"') for name in _SPLIT.findall(group[1])))
    mould = _DEMAND.sub("", f"{text[: group.start()]}@{text[group.end() :]}")
    return tuple(_alone(mould, name) for name in names) if 2 <= len(names) <= _MOST else ()


def _phrases(text: str) -> tuple[Side, ...]:
    """Return the sides of a question that joins no names: "the old bridge and the new one"."""
    head, *topic = _ON.split(text, maxsplit=1)
    trimmed = [subject_asked(part, FRAMING) for part in _JOINS.split(f" {head}")]
    names = tuple(dict.fromkeys(filter(None, trimmed)))
    if not 2 <= len(names) <= _MOST:
        return ()
    return tuple(_side(name, "".join(topic)) for name in names)


def _alone(mould: str, side: str) -> Side:
    """Ask of one side what a question, with an "@" where its sides stood, asks of all."""
    name = re.sub(r"^the (?=[12]\d{3}$)", "", side, flags=re.I)
    before, _, after = mould.partition("@")
    if not before and after.startswith(":"):
        return Side(name, _sentence(_EACH.sub(side, after[1:].strip(), count=1)))
    topic = "".join(_ON.split(after, maxsplit=1)[1:])
    if not before or not FRAMING.isdisjoint(words(mould)):
        return _side(name, topic)
    asked = f"{before}{side}{after}"
    return Side(name, _sentence(asked if _QUESTION.match(asked) else f"What is {asked}"), topic)


def _side(name: str, topic: str) -> Side:
    if topic:
        return Side(name, f"What does {name} say about {topic}?", topic)
    return Side(name, f"What is said about {name}?", broad=True)


def _opened(text: str) -> str:
    """Return the text with a first word that is no name in small letters."""
    first = re.match(r"\w+", text)
    if first and (fold(first[0]) in FUNCTION_WORDS or fold(first[0]) in _OPENERS):
        return text[:1].lower() + text[1:]
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"


def sides_of(question: str, sources: Sources) -> list[Side]:
    """Return the sides, as sources where each of them is the name of one in the library."""
    asked = sides_asked(question)
    known = [name for name in sources.store.sources() if name]
    matched = [_source(side.name, known) for side in asked]
    if not all(matched):
        return list(asked)
    return [
        replace(side, name=name, question=_of_source(side), source=True, broad=False)
        for side, name in zip(asked, matched)
    ]


def _source(side: str, known: Sequence[str]) -> str:
    """Return the one source whose name is or holds the side's words; "" where none or several."""
    wanted = _telling(side)
    whole = [name for name in known if _telling(name) == wanted]
    # "The Post" is the Lund Post; Lund is a town.
    held = [n for n in known if wanted <= _telling(n) and words(n)[-1:] == words(side)[-1:]]
    found = whole or held
    return found[0] if len(found) == 1 else ""


def _of_source(side: Side) -> str:
    """Return what to ask of a source's own articles, which do not speak of it."""
    return f"What is said about {side.topic}?" if side.topic else side.question


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if word not in FUNCTION_WORDS)


def speaks_of(item: Evidence, side: Side) -> bool:
    """Say whether a sentence speaks of a side, with the one before it where it leans on that.

    Of a year it speaks also where it names no other and its article is of that year.
    """
    if side.source:
        return True
    text = item.document.text[item.context_start : item.end]
    day = item.document.published
    if side.year and day is not None and day.year == side.year:
        return not re.search(r"\b[12]\d{3}\b", text) or names_side(text, side)
    return names_side(text, side)


def names_side(text: str, side: Side) -> bool:
    """Say whether a text holds each word of a side's name, or, of a person's, the last of them."""
    said = {part for word in words(text) for part in word.split("-")}
    return all(
        any(word == other or same_name(word, other) for other in said)
        for word in _telling(side.name)
    )
