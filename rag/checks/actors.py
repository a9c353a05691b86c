"""Says whether a claim gives a deed to another than its quotes do.

By the order of words, in English; there is no parser behind it.
"""

from __future__ import annotations

from rag.checks.names import CALENDAR_NAMES, names
from rag.words import FUNCTION_WORDS, stem, words

__all__ = ["moved_actor"]

_PREPOSITIONS = frozenset(
    "about across after against among around as at before between during for from in inside into "
    "near of on outside over since through to toward towards under until via with within".split()
)
_BE = frozenset("am is are was were be been being get gets got".split())
_PARTICIPLE = ("ed", "en", "wn", "rn")
_REACH = 4
"""Words after "by" among which its agent's name stands."""


def moved_actor(claim: str, quotes: str) -> str:
    """Return the name that does the deed in the claim and only follows it in the quotes.

    In the quotes, the one who does it comes before the deed, or after "by". A
    claim with a "by" that no name follows ("by Friday", "by police") is let through.
    """
    quote_words = words(quotes)
    stems = [stem(word) for word in quote_words]
    actor, deed = _actor_and_deed(claim, set(stems))
    if not actor or not deed:
        return ""
    in_quotes = {name.word for name in names(quotes)} - CALENDAR_NAMES
    for at in (at for at, word in enumerate(quote_words) if word == "by"):
        agent = quote_words[at + 1 : at + 1 + _REACH]
        if stem(actor) in map(stem, agent):
            return ""
        done = next((w for w in quote_words[:at][::-1] if w not in FUNCTION_WORDS), "")
        if stem(done) == deed and in_quotes.intersection(agent):
            return actor  # "Silva was accused by Costa": it was not Silva who accused
    last_deed = len(stems) - 1 - stems[::-1].index(deed)
    return "" if stems.index(stem(actor)) < last_deed else actor


def _actor_and_deed(claim: str, shared: set[str]) -> tuple[str, str]:
    """Return the name that does something in a claim, and the stem of what it does.

    The actor is the name after "by", or the first that no preposition leads
    in; the deed is the nearest content word, before it or after, that the
    quotes share. Either is empty where there is none.
    """
    claim_words = words(claim)
    listed = {name.word for name in names(claim)} - CALENDAR_NAMES
    actors = [at for at, word in enumerate(claim_words) if word in listed and stem(word) in shared]
    if "by" in claim_words:
        by = claim_words.index("by")
        at = next((at for at in actors if by < at <= by + _REACH), -1)
        rest = claim_words[:by][::-1]
    else:
        at = next((at for at in actors if not _led_in(claim_words, at, listed)), -1)
        rest = claim_words[at + 1 :]
    deeds = (
        place
        for place, word in enumerate(rest)
        if word not in FUNCTION_WORDS and word not in listed and stem(word) in shared
    )
    place = next(deeds, -1)
    if at < 0 or place < 0:
        return "", ""
    passive = not _BE.isdisjoint(rest[max(0, place - 2) : place])
    if passive and "by" not in claim_words and rest[place].endswith(_PARTICIPLE):
        return "", ""  # "Maduro was urged": not by whom
    return claim_words[at], stem(rest[place])


def _led_in(claim_words: list[str], at: int, listed: set[str]) -> bool:
    """Say whether a preposition leads in the run of names that this name is in."""
    before = claim_words[:at]
    while before and (before[-1] in listed or before[-1] in ("the", "a", "an")):
        before.pop()
    return bool(before) and before[-1] in _PREPOSITIONS
