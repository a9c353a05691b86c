"""Says whether a claim swaps who did something with whom it was done to.

English, by the order of words; names and common nouns alike. There is no parser behind it.
"""

from __future__ import annotations

import re

from rag.words import FUNCTION_WORDS, fold, stem

__all__ = ["moved_object", "swapped_roles"]

_CLAUSE = re.compile(
    r"[;:!?()\"“”]|\.(?=\s|$)|,(?!\d)|\b(?:but|while|although|whereas|after|before|because)\b"
)
_BE = frozenset("am is are was were be been being get gets got".split())
# Verbs that do not end in "ed" and that need one who does it and one to whom it is done.
_IRREGULAR = frozenset(
    "beat beaten shot hit sued told won lost bought sold struck overthrew overthrown stole stolen "
    "took taken gave given sent paid led caught drove driven left forgave withdrew cut broke "
    "built hid held hurt bit ate fed threw taught brought warns accuses urges tells asks blames "
    "kills attacks defeats beats supports backs criticizes criticises condemns recognizes "
    "recognises sues invades arrests owns buys threatens".split()
)
# What each does to the other, so that order says nothing.
_MUTUAL = frozenset("met married fought agreed shared joined talked traded linked".split())


def swapped_roles(claim: str, quotes: str) -> str:
    """Return "A verb B" where the claim has A before the deed and B after, the quotes the reverse.

    >>> swapped_roles("The company sued the mayor.", "The mayor sued the company on Monday.")
    'company sued mayor'
    """
    wanted = _deeds(claim)
    given = _deeds(quotes)
    for before, deed, after, word in wanted:
        same = [(b, a) for b, d, a, _ in given if d == deed]
        for actor in before:
            for object_ in after:
                kept = any(actor in b and object_ in a for b, a in same)
                turned = any(actor in a and object_ in b for b, a in same)
                if turned and not kept and actor != object_:
                    return f"{before[actor]} {word} {after[object_]}"
    return ""


def moved_object(claim: str, quotes: str) -> str:
    """Return the name that a deed is done to in the claim, where the quotes name another."""
    given = _deeds(quotes)
    for _, deed, after, _ in _deeds(claim):
        names = {s: w for s, w in after.items() if w[0].isupper()}
        same = [(b, a) for b, d, a, _ in given if d == deed]
        for name, shown in names.items():
            others = [
                {s for s, w in a.items() if w[0].isupper()} - names.keys()
                for b, a in same
                if name not in a and name not in b
            ]
            if others and len(others) == len(same) and all(others):
                return shown
    return ""


def _deeds(text: str) -> list[tuple[dict[str, str], str, dict[str, str], str]]:
    """Return, for each deed, the words before it, its stem, and the words after it, by stem.

    A passive is turned around: "sued by B" has B before the deed.
    """
    found = []
    for clause in _CLAUSE.split(text):
        raw = re.findall(r"[^\W_]+(?:[.'’-][^\W_]+)*", clause)
        folded = [fold(word).removesuffix("'s") for word in raw]
        places = [i for i, word in enumerate(folded) if _is_deed(word)]
        for number, place in enumerate(places):
            # The words of another deed of the clause are not this one's.
            first = places[number - 1] + 1 if number else 0
            last = places[number + 1] if number + 1 < len(places) else len(folded)
            before = _content(raw, folded, first, place)
            after = _content(raw, folded, place + 1, last)
            if not _BE.isdisjoint(folded[max(0, place - 2) : place]):
                if "by" not in folded[place + 1 : last]:
                    continue
                by = folded.index("by", place + 1)
                before, after = _content(raw, folded, by + 1, last), before
            if before and after:
                found.append((before, stem(folded[place]), after, folded[place]))
    return found


def _content(raw: list[str], folded: list[str], start: int, end: int) -> dict[str, str]:
    return {
        stem(folded[i]): raw[i]
        for i in range(start, end)
        if folded[i] not in FUNCTION_WORDS and not folded[i].isdigit()
    }


def _is_deed(word: str) -> bool:
    return word not in _MUTUAL and (
        word in _IRREGULAR or (word.endswith("ed") and len(word) > 4 and word not in FUNCTION_WORDS)
    )
