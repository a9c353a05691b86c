"""Reads what stands around the matter of a question: politeness, the word it asks with, a name."""

from __future__ import annotations

import re

from rag.english.names import NO_NAMES
from rag.english.sentences import tells_of_past
from rag.english.vocabulary import FUNCTION_WORDS, fold, words

__all__ = [
    "ASKS",
    "AUXILIARY",
    "FEATURES",
    "QUESTION_WORD",
    "WORD_ALONE",
    "asked_anew",
    "asked_plainly",
    "ordered",
    "person_asked_of",
]

QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b", re.IGNORECASE)
AUXILIARY = "(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should)"
ASKS = re.compile(rf"{QUESTION_WORD.pattern}|\b{AUXILIARY}\b", re.IGNORECASE)
"""A word that a question may begin with."""
_POLITE = re.compile(
    r"(?:(?:hi|hello|hey|dear|sorry|please|pls|kindly|tell me|let me know|"
    r"(?:can|could|would|will) you(?! (?:do|does|did|has|have|is|are|was|were)\b)|"
    r"do you know|i(?: would|[’']d)? (?:like|want|need) to know)\b[\s,.!]*)+"
    rf"(?={ASKS.pattern})",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?:(?<![\s,.?!])\s*[,.?!][\s,.?!]*(?:please|pls|thanks|thank you)"
    r"|(?<!\bsay)(?<!\bsaid)\s(?-i:please|pls))[\s.?!]*$",
    re.IGNORECASE,
)
_PICTURES = re.compile("[\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]+")


def asked_plainly(text: str) -> str:
    """Return a question without pictures, and without what is only polite at its ends.

    Each costs the reader 2 to 5 of its score (bench/RESULTS.md).

    >>> asked_plainly("Hi, could you tell me who Ana Silva is, please? 🙂")
    'Who Ana Silva is?'
    """
    plain = " ".join(_PICTURES.sub(" ", text).split())
    if not any(map(str.isalnum, plain)):
        return text
    begun = _POLITE.match(plain)
    asked = plain[begun.end() :] if begun else plain
    ended = _POLITE_END.search(asked)
    # "No, thanks." asks nothing.
    if ended and (begun or "?" in asked or ASKS.match(asked)):
        asked = f"{asked[: ended.start()]}?"
    return asked[:1].upper() + asked[1:] if begun else asked


FEATURES = "What are the features of"
_ORDER = re.compile(
    r"(?:please |(?:can|could|will|would) you )*(?:(describe)|give|name|state|tell)(?: me| us)? "
    rf"(?!{ASKS.pattern})((?(1)|the ).+?)\W*$",
    re.IGNORECASE,
)


def ordered(question: str) -> str:
    """Return the question in an order, of which the reader finds less (bench/RESULTS.md).

    >>> ordered("Describe the bridge."), ordered("Give the date")
    ('What are the features of the bridge?', 'What is the date?')
    """
    order = _ORDER.match(question)
    return f"{FEATURES if order[1] else 'What is'} {order[2]}?" if order else question


WORD_ALONE = re.compile(
    r"(when|where|why|how (?:long|often)|(?:which|what) (?:year|day))"
    r"(?:(?: exactly)? (?:was|is|did) (?:that|this|it)(?: happen)?)?",
    re.IGNORECASE,
)
"""A question word that asks nothing without a question before it: "When was that?"."""
_OPENING = re.compile(
    r"(?:(?:in )?(?:which|what) (?:year|day)|who|whom|what|which|when|where|why|"
    r"how(?: long| often)?) ",
    re.IGNORECASE,
)


def asked_anew(said: str, before: str) -> str:
    """Return a question with what is said in the place of the words that it begins with.

    So one question is asked; of two, the reader answers the first (bench/RESULTS.md).

    Args:
        said: what asks nothing by itself, as "When was that" and "For how much".
        before: the question before it, without its mark.

    >>> asked_anew("when was that", "Who founded Lumo")
    'when founded Lumo'
    """
    alone = WORD_ALONE.fullmatch(said)
    opened = _OPENING.match(before)
    small = fold(before.partition(" ")[0]) in FUNCTION_WORDS
    whole = f"{before[:1].lower()}{before[1:]}" if small else before
    asked = before[opened.end() :] if opened else whole
    return f"{alone[1] if alone else said} {asked}"


_SOMEBODY = r"([\w'’.-]+(?: [\w'’.-]+){0,3}?)"
_WHO_IS = re.compile(
    rf"who(?:(?:['’]s| is| was) {_SOMEBODY}| {_SOMEBODY} (?:is|was))\W*$", re.IGNORECASE
)


def person_asked_of(question: str) -> str:
    """Return the name in "Who is Ana Silva?"; empty where no one is named.

    >>> person_asked_of("Who is ana silva?"), person_asked_of("Who is the mayor of Lima?")
    ('ana silva', '')
    """
    asked = _WHO_IS.match(question)
    name = (asked[1] or asked[2]) if asked else ""
    said = words(name)
    named = len(said) > 1 or name[:1].isupper()
    # "Who was shot dead?" and "Who is CEO?" name nobody.
    named = named and not tells_of_past(name) and not name.isupper()
    return name if named and (FUNCTION_WORDS | NO_NAMES).isdisjoint(said) else ""
