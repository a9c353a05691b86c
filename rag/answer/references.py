"""Fills in what a follow-up leaves to the question before: whom "he" means, what "Why?" asks.

Only where a conversation leaves no choice: whatever could stand for two things stands for none
here. Knows nothing of search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.english.names import CALENDAR_NAMES
from rag.english.questions import AUXILIARY, WORD_ALONE, asked_anew
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, fold

if TYPE_CHECKING:
    from rag.answer.conversation import Turn

__all__ = ["ABOUT", "filled_in", "names_in", "open_pronouns", "resolved"]

ABOUT = re.compile(r"\b(?:what|how)\s+(?:about|of)\b", re.IGNORECASE)
_LONGEST = 8
"""Words of a marked answer that can take the place of a pronoun."""
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|it|its|they|them|their|there)\b", re.IGNORECASE)
_PEOPLE = frozenset("he she him his her".split())
_POSSESSIVE = frozenset("his its their".split())
_OBJECTS = frozenset("it him her them there".split())
"""What stands for nothing before it in its clause: "Did Peru sign it?"."""
_EXPLETIVE = re.compile(
    r"\s+(?:(?:is|was|be|been)\s+)?(?:true|possible|likely|clear|known|necessary|that|who)\b", re.I
)
_PART = r"[^\W\d_a-zß-öø-ÿ](?:[\w'’-]*\w)?(?:\.(?=[^\W\d_a-z]\b|\s*[a-z]))?"
_NAME = re.compile(
    rf"(?<![\w'’-]){_PART}(?:\s(?:(?:of the|of|de la|del?|da|von|van)\s)?{_PART})*(?: \d{{1,3}}\b)?"
)
_SEVERAL = re.compile(r"\band\b|\b(?:countries|governments|states|members|people|[a-z]+ers)\b")
_ADJECTIVE = re.compile(r"(?:(?:[iec]|ub|er[mb])ans?|ese|ish|[^aeiou]ans)$")
_THE = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s+[a-z]\w+")
_WHO = re.compile(r"who\b", re.IGNORECASE)
_IS = re.compile(r"(who|what(?! was))\s+(?:is|was|(are))\s+(.+?)(?:\s+called)?", re.IGNORECASE)
_WHICH = re.compile(rf"(?:which|what)\s+(?!{AUXILIARY}\b)\w+\s", re.IGNORECASE)
_HOW = re.compile(rf"(?:how|when|where|why)\b|{AUXILIARY}\b", re.IGNORECASE)
_OF = re.compile(r"\b(?:of|in|at|for|is|was)\s+(?:the\s+)?$", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_LED = re.compile(r"(?:(in|on|at|from|to|for|with|by|near)\s+)?(the\s+)?(.+)", re.IGNORECASE)


def names_in(text: str) -> list[re.Match[str]]:
    """Return the proper names of a question, without "Peruvian", "Friday", and its first word.

    >>> [found.group() for found in names_in("Did Peru tell Peruvian envoys of the Lima Group 2?")]
    ['Peru', 'Lima Group 2']
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
        last = fold(match.group().rstrip(" 0123456789").split()[-1])
        if last not in CALENDAR_NAMES and not (
            _ADJECTIVE.search(last) and " " not in match.group()
        ):
            found.append(match)
    return found


def open_pronouns(question: str) -> list[re.Match[str]]:
    """Return the pronouns that stand for nothing within the question itself."""
    return [match for match in _PRONOUN.finditer(question) if not _is_closed(question, match)]


def _is_closed(question: str, match: re.Match[str]) -> bool:
    word, after = match.group().casefold(), question[match.end() :]
    before = question[: match.start()]
    if word == "it" and _EXPLETIVE.match(after):
        return True
    if word == "there" and (
        re.search(rf"(?:^|\b{AUXILIARY})\s*$", before, re.IGNORECASE)
        or re.match(r"\s+(?:is|are|was|were)\b", after)
    ):
        return True
    named = names_in(before) or (word not in _PEOPLE and _THE.search(before))
    return bool(named) and (word not in _OBJECTS or _is_possessive(match, question))


def _is_possessive(match: re.Match[str], question: str) -> bool:
    word = match.group().casefold()
    following = re.match(r"\s+([\w-]+)", question[match.end() :])
    hers = word == "her" and following is not None and bool(content_stems(following[1]))
    return hers or word in _POSSESSIVE


def resolved(question: str, turns: Sequence[Turn]) -> str | None:
    """Return the question with a name for each open pronoun; None where one is not certain."""
    for match in reversed(open_pronouns(question)):
        found = _antecedent(match.group().casefold(), turns)
        if found is None or re.search(rf"\b{re.escape(found)}\b", question):
            return None
        if _is_possessive(match, question):
            found += "’s"
        question = question[: match.start()] + found + question[match.end() :]
    return question


def _antecedent(word: str, turns: Sequence[Turn]) -> str | None:
    """Return what the newest turn that speaks of any such thing was asked of, or answered with."""
    person, plural = word in _PEOPLE, word in ("they", "them", "their")
    newer: list[str] = []
    for turn in reversed(turns):
        found = _topic(word, turn.question)
        who, which = _WHO.match(turn.question), _WHICH.match(turn.question)
        if word == "there" and turn.question.casefold().startswith("where"):
            found = turn.marked
        elif not found and word != "there" and (who if person else which or (plural and who)):
            fits = (_SEVERAL.search(turn.marked) is not None) is plural
            fits = fits and len(turn.marked.split()) <= _LONGEST
            # "a former judge" is nobody's name, and "disappeared" is no thing.
            named = plural or names_in(turn.marked) or (not person and _THE.match(turn.marked))
            if fits and named:
                found = turn.marked
        if found:
            return found if all(found in asked or asked in found for asked in newer) else None
        # Newer turns may name only the same.
        names = [name.group() for name in names_in(turn.question)]
        if names or who or which or not (person or word == "there"):
            newer += names or [turn.question]
    return None


def _topic(word: str, question: str) -> str:
    """Return what "he" or "it" means after "Who is Rosa Quill?" or "What is the backstop?"."""
    asked = _IS.fullmatch(question)
    if asked is None:
        return ""
    subject, several, topic = asked.groups()
    person = subject.casefold() == "who"
    stand = _PEOPLE if person else ("they", "them", "their") if several else ("it", "its")
    bare = topic.removeprefix("the ")
    named = [name.group() for name in names_in(bare)] == [bare]
    # Not "the length of the canal".
    thing = not person and bare != topic and len(content_stems(bare)) == len(bare.split()) <= 3
    return topic if word in stand and (named or thing) else ""


def filled_in(said: str, before: str) -> str | None:
    """Return "Why?", "When was that?", or "in Peru" with what was asked before.

    None where it is none of these, or would fit in two ways.

    >>> filled_in("to Peru", "How many have gone to Chile"), filled_in("when", "Did Chile sign")
    ('How many have gone to Peru', 'when did Chile sign')
    """
    if alone := WORD_ALONE.fullmatch(said):
        anew = asked_anew(said, before)
        return anew if re.match(rf"{AUXILIARY}\b", anew[len(alone[1]) + 1 :]) else None
    led = _LED.fullmatch(said)
    if led is None:
        return None
    preposition, the, rest = led.groups(default="")
    year = _YEAR.fullmatch(rest)
    if not year and [name.group() for name in names_in(f"and {rest}")] != [rest]:
        return None
    preposition = "in" if year else preposition.lower()
    held = list(_YEAR.finditer(before)) if year else names_in(before)
    if preposition:
        after = re.compile(rf"\b{preposition}\s+(?:the\s+)?$", re.IGNORECASE)
        held = [place for place in held if after.search(before[: place.start()])]
        if not held and preposition in ("in", "at", "near"):
            return f"{before} {preposition} {the}{rest}"
    # "Who urged Maduro?", "And Mexico?": did it urge, or was it urged?
    sure = preposition or _HOW.match(before) or (held and _OF.search(before[: held[0].start()]))
    if len(held) != 1 or not sure:
        return None
    start, end = held[0].span()
    the = "" if before[:start].casefold().endswith("the ") else the
    return f"{before[:start]}{the}{rest}{before[end:]}"
