"""Finds what he, she, it, they, and there stand for, where a conversation leaves no choice.

Knows nothing of search. Whatever could stand for two things stands for none here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.english.names import CALENDAR_NAMES
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, fold, stem, words
from rag.types import Answer

__all__ = [
    "AUXILIARY",
    "Turn",
    "is_noun_phrase",
    "names_in",
    "open_pronouns",
    "resolved",
    "with_full_name",
]

AUXILIARY = "(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should)"
_LOOKED_BACK = 4
"""Turns in which an antecedent is looked for, the newest first."""
_LONGEST = 8
"""Words of a marked answer that can take the place of a pronoun."""
_PRONOUN = re.compile(
    r"\b(?P<word>he|she|him|his|her|it|its|they|them|their|there)\b", re.IGNORECASE
)
_EXPLETIVE = re.compile(
    r"\s+(?:(?:is|was|be|been)\s+)?(?:true|possible|likely|legal for|clear|known that|necessary|"
    r"that|who|rain\w*|snow\w*|(?:take|takes|took|cost|costs)\s+(?:\w+\s+){0,4}to)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:when|after|before|because|that|and|if|while|since|who|which|as|but|until|where|how|what|"
    r"why|whether)\b"
)
_PART = r"[^\W\d_a-zß-öø-ÿ](?:[\w'’-]*\w)?(?:\.(?=[^\W\d_a-z]\b|\s*[a-z]))?"
_NAME = re.compile(
    rf"(?<![\w'’-]){_PART}(?:\s(?:(?:of the|of|de la|del|de|da|von|van)\s)?{_PART})*"
)
_SEVERAL = re.compile(r"\band\b|\b(?:countries|governments|states|members|people|[a-z]+ers)\b")
_ADJECTIVE = re.compile(r"(?:(?:[iec]|ub|er[mb])ans?|ese|ish|[^aeiou]ans)$")
_PLACED = r"\b(?:in|at|near|to|from)\s+(?:the\s+)?"
_THE = re.compile(r"\b(?:the|an?)\s+[a-z]\w+")


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered once."""

    asked: str
    question: str
    """As it was searched for, without its question mark."""
    marked: str
    """The words of the article that are the answer; empty where none are marked."""
    told: str
    """The claims."""

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """Read it from an answer."""
        marked = " ".join(claim.answer.quote for claim in answer.claims[:1] if claim.answer)
        told = " ".join(claim.text for claim in answer.claims)
        searched = " ".join((answer.searched or answer.question).split()).rstrip(" ?.!")
        return cls(answer.question, searched, " ".join(marked.split()).strip(" ,;.:"), told)


def names_in(text: str) -> list[re.Match[str]]:
    """Return the proper names of a question, without "Peruvian", "Friday", and its first word.

    >>> [found.group() for found in names_in("Did Peru tell the Peruvian envoy of the Lima Group?")]
    ['Peru', 'Lima Group']
    """
    found = []
    for match in _NAME.finditer(text):
        first = fold(match.group().split()[0])
        start = match.start()
        if first in FUNCTION_WORDS and match.group() not in ("US", "WHO"):
            rest = _NAME.search(text, start + len(first), match.end())
            if rest is None or rest.end() != match.end():
                continue
            match = rest
        last = fold(match.group().split()[-1])
        if last not in CALENDAR_NAMES and not (
            _ADJECTIVE.search(last) and " " not in match.group()
        ):
            found.append(match)
    return found


def is_noun_phrase(marked: str) -> bool:
    """Say whether a marked answer can stand where a pronoun stood: "the mayor", "Vale"."""
    first = marked.split(" ", 1)[0].casefold()
    begins = marked[:1].isupper() or first in ("the", "a", "an", "his", "her", "their", "its")
    return begins and len(marked.split()) <= _LONGEST and not re.search(r"[?;:“”\"]", marked)


def open_pronouns(question: str) -> list[re.Match[str]]:
    """Return the pronouns that stand for nothing within the question itself."""
    return [match for match in _PRONOUN.finditer(question) if not _is_closed(question, match)]


def _is_closed(question: str, match: re.Match[str]) -> bool:
    word = match["word"].casefold()
    before, after = question[: match.start()], question[match.end() :]
    if word == "it" and _EXPLETIVE.match(after):
        return True
    if word == "there" and (
        re.search(rf"(?:^|\b{AUXILIARY}|\bwhether|\bthat)\s*$", before, re.IGNORECASE)
        or re.match(r"\s+(?:is|are|was|were)\b", after)
    ):
        return True
    ends = [name.end() for name in names_in(before)]
    if word not in ("he", "she", "him", "his", "her"):
        ends += [found.end() for found in _THE.finditer(before)]
    if not ends:
        return False
    if word in ("his", "its", "their", "he", "she") or _is_possessive(match, question):
        return True
    # "Did Peru sign it?": what is done to it is done by another, unless a new clause begins.
    return any(_CLAUSE.search(before[end:]) for end in ends)


def _is_possessive(match: re.Match[str], question: str) -> bool:
    word = match["word"].casefold()
    if word == "her":
        following = re.match(r"\s+([\w-]+)", question[match.end() :])
        return following is not None and bool(content_stems(following[1]))
    return word in ("his", "its", "their")


def resolved(question: str, turns: Sequence[Turn]) -> str | None:
    """Return the question with a name for each open pronoun; None where one is not certain."""
    for match in reversed(open_pronouns(question)):
        word = match["word"].casefold()
        found = _antecedent(word, question, turns)
        if found is None or (word != "there" and re.search(rf"\b{re.escape(found)}\b", question)):
            return None
        if word == "there" and re.search(_PLACED + "$", question[: match.start()]):
            found = re.sub(f"^{_PLACED}", "", found)
        if _is_possessive(match, question):
            found += "’s"
        found = re.sub("^The ", "the ", found) if match.start() else found
        question = question[: match.start()] + found + question[match.end() :]
    return question


def _antecedent(word: str, question: str, turns: Sequence[Turn]) -> str | None:
    """Return what the newest turn that speaks of any such thing has, if it has but one."""
    for turn in list(reversed(turns))[:_LOOKED_BACK]:
        if word == "there":
            found: str | None = _place(turn)
        elif word in ("he", "she", "him", "his", "her"):
            found = _people(turn)
        else:
            found = _thing(question, turn, plural=word in ("they", "them", "their"))
        if found != "":
            return found
    return None


def _people(turn: Turn) -> str | None:
    """Return whom "who …?" was answered with; empty where nobody was spoken of."""
    who = re.match(r"who\b(?:\s+(?:is|was)\s+(.+))?", turn.question, re.IGNORECASE)
    described = who[1] if who and who[1] else ""
    if described and [name.group() for name in names_in(described)] == [described]:
        return described
    if who and is_noun_phrase(turn.marked) and not _SEVERAL.search(turn.marked):
        return turn.marked
    return None if who or names_in(turn.question) else ""


def _thing(question: str, turn: Turn, *, plural: bool) -> str | None:
    which = re.match(rf"(who|which\s+(?!{AUXILIARY}\b)\w+)\s", turn.question, re.IGNORECASE)
    if which:
        # "Who took it?": it is not who took it.
        fits = is_noun_phrase(turn.marked) and bool(_SEVERAL.search(turn.marked)) is plural
        return turn.marked if fits and (plural or " " in which[1]) else None
    return None if plural else _with_same_verb(question, turn.question)


def _with_same_verb(question: str, asked: str) -> str | None:
    """Return the object of a verb that both questions have: "Was it signed?", "sign it"."""
    own = content_stems(question)
    for phrase in re.finditer(
        rf"(\w+)\s+((?:the|an?)\s+[\w’'-]+(?:\s[\w’'-]+)*?)(?=$|{_PLACED})", asked
    ):
        if stem(fold(phrase[1])) not in own or phrase[1].casefold() in FUNCTION_WORDS:
            continue
        verb = next(word for word in words(question) if stem(word) == stem(fold(phrase[1])))
        passive = (
            rf"\b(?:is|was|been|being|be)\s+it\s+(?:\w+\s+)?{verb}\b|\bit\s+(?:was|is)\s+{verb}\b"
        )
        if re.search(rf"\b{verb}\s+it\b|{passive}", question, re.IGNORECASE):
            return phrase[2]
    return None


def _place(turn: Turn) -> str:
    """Return what "where …?" was answered with, after its preposition."""
    if not turn.marked or not turn.question.casefold().startswith("where"):
        return ""
    led = re.match(_PLACED, turn.marked, re.IGNORECASE)
    return turn.marked if led else f"in {turn.marked}"


def with_full_name(question: str, last: Turn) -> str:
    """Return the question with "the group" as "the Lima Group", where that was spoken of."""
    for name in names_in(f"{last.question}. {last.told}"):
        head = re.escape(name.group().split()[-1].casefold())
        if " " in name.group() and name.group() not in question:
            question = re.sub(rf"\bthe {head}(?=\W*$|\s)", f"the {name.group()}", question, count=1)
    return question
