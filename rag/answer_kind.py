"""What kind of thing a question asks for, and whether a sentence holds such a thing.

English question words only; a question that shows none is of kind `OTHER`,
which every sentence satisfies. Knows nothing of articles or scores.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection

from rag.words import FUNCTION_WORDS, stem, words

__all__ = ["AnswerKind", "asked_kind", "compares", "holds_kind", "may_answer"]


class AnswerKind(enum.Enum):
    """The kinds of answer that leave a trace in the sentence that gives them."""

    NUMBER = "number"
    DURATION = "duration"
    DATE = "date"
    NAME = "name"
    LIST = "list"
    YES_NO = "yes or no"
    ACCOUNT = "account"
    OTHER = "other"


_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|(?-i:Mar(?:ch)?|May)|apr(?:il)?|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMBER_WORD = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred hundreds thousand thousands million millions billion billions dozen dozens half "
    "twice quarter several none couple majority"
).replace(" ", "|")

_QUESTIONS = (
    (
        AnswerKind.ACCOUNT,
        re.compile(
            r"^what (?:has |have )?happened\b|^what is known (?:about|of)\b"
            r"|^(?:please )?(?:summari[sz]e|describe|tell me about)\b"
        ),
    ),
    (
        AnswerKind.DURATION,
        re.compile(r"\bhow long\b(?! ago)|\bhow many (?:years|months|weeks|days|hours)\b"),
    ),
    (
        AnswerKind.NUMBER,
        re.compile(
            r"\bhow (?:many|much|tall|old|far|big|large|high|deep|fast|wide|heavy)\b"
            r"|\bwhat (?:percent|percentage|number|amount|age|proportion|fraction|share)\b"
            r"|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:population|number|cost|price|percentage|"
            r"total|average|size|amount|death toll|area|height|length|distance|speed|temperature|"
            r"score)(?= (?:of|in|for|from|at|between)\b)"
        ),
    ),
    (
        AnswerKind.DATE,
        re.compile(
            r"^when\b|\bwhen (?:did|was|were|is|will|does|do|has|had)\b|\bhow long ago\b"
            r"|\b(?:what|which) (?:year|date|day|month|century|decade)\b"
        ),
    ),
    (
        AnswerKind.LIST,
        re.compile(
            r"^(?:please )?(?:list|name)\b"
            r"|\b(?:what|which) (?:other )?(?:countries|states|cities|towns|nations|companies|"
            r"teams|parties|people|members|groups|governments|leaders|places|regions|languages)\b"
            r"|\bwho (?:are|were) (?:all )?(?:the )?(?:\w+ )?(?:members|leaders|winners|candidates|"
            r"authors|signatories|victims|suspects|finalists|founders|owners)\b"
            r"|\bwhat (?:are|were) the (?:names|members|parts|types|kinds|main|three|four|five)\b"
        ),
    ),
    (
        AnswerKind.NAME,
        re.compile(
            r"\bwho(?:se|m)?\b|\bwhere\b|\b(?:what|which) (?:country|countries|city|state|town|"
            r"region|province|nation|continent|company|president|minister|actor|actress|team|"
            r"party|river|university|newspaper|agency|organization|organisation)\b"
        ),
    ),
    (
        AnswerKind.YES_NO,
        re.compile(
            r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b"
        ),
    ),
)
_HOLDS_NUMBER = re.compile(rf"\d|\b(?:{_NUMBER_WORD})\b", re.IGNORECASE)
_HOLDS_DATE = re.compile(
    rf"\b(?:1\d|20)\d\ds?\b|\b(?:{_MONTH})\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:today|yesterday|tomorrow|tonight|ago)\b|\d(?:st|nd|rd|th)\b"
    r"|\b(?:century|centuries|decade|year|month|week|day|morning|evening|night|spring|summer|"
    r"autumn|winter|period|era|age)s?\b",
    re.IGNORECASE,
)
_HOLDS_DURATION = re.compile(
    r"\b(?:second|minute|hour|day|night|week|month|year|decade|centur(?:y|ie))s?\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]\w*(?:[.'’-]\w+)*")
# Two commas or semicolons with a few words between them, then "and" or "or": "Peru, Chile and".
_HOLDS_LIST = re.compile(
    r"[^,;.]{2,40}[,;] [^,;.]{2,40}(?:[,;] [^,;.]{2,40})*,? (?:and|or|as well as) [^,;.]{2,}"
)


def asked_kind(question: str) -> AnswerKind:
    """Return the kind of answer a question asks for.

    >>> asked_kind("How many people have left since 2015?")
    <AnswerKind.NUMBER: 'number'>
    """
    lowered = question.strip().casefold()
    for kind, pattern in _QUESTIONS:
        if pattern.search(lowered):
            return kind
    return AnswerKind.OTHER


_COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|both|respectively|in common)\b"
    r"|\b(?:more|less|fewer|better|worse|\w+er)\b.*\bthan\b|\bwhich of\b"
    r"|\b(?:more|less|fewer|older|newer|larger|bigger|smaller|higher|lower|longer|shorter)\b"
    r".*(?:,|:) .*\bor\b"
)


def compares(question: str) -> bool:
    """Say whether a question sets several things side by side, so that one sentence may not do.

    >>> compares("Did more people leave Syria or Venezuela than Iraq?")
    True
    """
    return _COMPARES.search(question.casefold()) is not None


def holds_kind(kind: AnswerKind, sentence: str, question_stems: Collection[str]) -> bool:
    """Say whether a sentence holds something of the kind that the question did not bring itself."""
    if kind is AnswerKind.NUMBER:
        return _HOLDS_NUMBER.search(sentence) is not None
    if kind is AnswerKind.DURATION:
        return _HOLDS_DURATION.search(sentence) is not None
    if kind is AnswerKind.DATE:
        return _HOLDS_DATE.search(sentence) is not None
    if kind is AnswerKind.LIST:
        return _HOLDS_LIST.search(sentence) is not None
    if kind is AnswerKind.NAME:
        return _holds_new_name(sentence, question_stems)
    return True


_MEASURED = re.compile(
    r"\bwhat (?:is|was|are|were) the (?:\w+ )?(population|cost|price|percentage|death toll|area|"
    r"height|length|distance|speed|temperature|score)(?= (?:of|in|for|from|at|between)\b)"
)


def may_answer(question: str, sentence: str, readable: str) -> bool:
    """Say whether a sentence can be an answer at all: to "how many", only one with a number is.

    Kinds that a sentence may answer without a visible trace ("in his youth" to
    "when", "his brother" to "who") are let through.

    Args:
        question: as it was asked.
        sentence: the sentence itself.
        readable: the same, after the one before it where that is needed to understand it.
    """
    kind = asked_kind(question)
    if kind in (AnswerKind.NUMBER, AnswerKind.DURATION) and not holds_kind(kind, sentence, ()):
        return False
    measured = _MEASURED.search(question.casefold())
    if measured is None:
        return True
    wanted = {stem(word) for word in measured.group(1).split()}
    return wanted <= {stem(word) for word in words(readable)}


def _holds_new_name(sentence: str, question_stems: Collection[str]) -> bool:
    for match in _WORD.finditer(sentence):
        if not match.group()[0].isupper():
            continue
        found = [w for w in words(match.group()) if w not in FUNCTION_WORDS]
        if any(stem(word) not in question_stems for word in found):
            return True
    return False
