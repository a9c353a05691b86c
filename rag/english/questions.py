"""Says of a question whether one short span can answer it; knows nothing of articles."""

from __future__ import annotations

import re

__all__ = ["asks_how_or_why", "needs_several"]

_POLITE = r"^(?:and |so |but |please |can you |could you )*"
_DO = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
_SEVERAL = re.compile(
    rf"{_POLITE}(?:"
    r"(?:describe|explain|summari[sz]e|outline|compare|discuss|tell (?:me|us) (?:more )?about)\b"
    rf"|(?:how|why) (?:{_DO}|come|to)\b"
    r"|what (?:has |have |had )?(?:happen(?:s|ed)?|led to|caused)\b"
    rf"|what {_DO} .*\b(?:say|said|mean|think|argue|known about)\b"
    r"|what (?:is|are|was|were) the (?:\w+ )?(?:difference|reason|cause|effect|consequence|"
    r"background|history|reaction)s?\b)",
    re.IGNORECASE,
)
_HOW_OR_WHY = re.compile(r"\b(?:how|why|reasons?|causes?)\b", re.IGNORECASE)
# "What is a quorum?", "Who are the Normans?", but not "What is the capital of Peru?"
_WHAT_IS = re.compile(
    rf"(?i:{_POLITE}(?:what|who) (?:is|are|was|were)) "
    r"(?:an? [\w'’ -]+|(?:the )?[A-Z][\w'’.-]*(?: (?:of |the )*[A-Z][\w'’.-]*)*) ?\??$"
)


def needs_several(question: str) -> bool:
    """Say whether a question asks for more than one short span, as how, why, and what is do.

    >>> needs_several("Why did Peru leave?"), needs_several("How many people left?")
    (True, False)
    """
    asked = " ".join(question.split())
    return _SEVERAL.search(asked) is not None or _WHAT_IS.search(asked) is not None


def asks_how_or_why(question: str) -> bool:
    """Say whether a question asks for a way or a reason.

    >>> asks_how_or_why("Why did Peru leave?"), asks_how_or_why("Who is Diego Arria?")
    (True, False)
    """
    return needs_several(question) and _HOW_OR_WHY.search(question) is not None
