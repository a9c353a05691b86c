"""Reads "the second one", "the last", "the other one" as an item of the answers before."""

from __future__ import annotations

import re

from rag.followup.context import Context

__all__ = ["with_item"]

_ORDINALS = {
    word: index for index, word in enumerate("first second third fourth fifth sixth".split())
} | {"former": 0, "latter": -1, "last": -1}
_ITEM = re.compile(
    rf"\bthe\s+(?P<which>{'|'.join(_ORDINALS)}|other)"
    r"(?:\s+(?:ones?|countr(?:y|ies)|person|man|woman|group|of\s+(?:them|these|those)))?"
    r"(?=\s*(?:[?.,!]|$)|\s+(?:say|said|do|did|vote|sign|mean|happen)\b|'s\b)"
    rf"|\bthe\s+(?P<which_one>{'|'.join(_ORDINALS)}|other)\s+(?:ones?\b|of\s+(?:them|these|those)\b)",
    re.IGNORECASE,
)
_ROW = re.compile(r"^,?\s*(?:and|or)?\s+(?:the\s+)?$|^,\s*(?:the\s+)?$")


def with_item(question: str, context: Context) -> str | None:
    """Return the question with the item in place of the words that count it, if there is one."""
    match = _ITEM.search(question)
    if match is None:
        return None
    word = (match["which"] or match["which_one"]).casefold()
    rows = [rows_of(claims, context) for claims in (context.claims, *context.earlier)]
    rows = [items for items in rows if len(items) > 1]
    if not rows:
        return None
    if word == "other":
        item = _other(rows, context.question)
    else:
        place = _ORDINALS[word]
        item = rows[0][place] if place < len(rows[0]) else None
    return question[: match.start()] + item + question[match.end() :] if item else None


def _other(rows: list[list[str]], before: str) -> str | None:
    """Return the one of two items that the question before was not about."""
    for items in rows:
        spoken_of = [item for item in items if item in before]
        left = [item for item in items if item not in before]
        if len(left) == 1 and spoken_of:
            return left[0]
    return None


def rows_of(claims: tuple[str, ...], context: Context) -> list[str]:
    """Return what an answer lists: the longest row of names in a claim, or one name a claim."""
    best: list[str] = []
    for claim in claims:
        row: list[str] = []
        end = -1
        for mention in context.mentions(claim):
            if row and _ROW.match(claim[end : mention.start]):
                row.append(claim[mention.outer_start : mention.end])
            else:
                row = [claim[mention.outer_start : mention.end]]
            end = mention.end
            if len(row) > len(best):
                best = list(row)
    if len(best) > 1 or len(claims) < 2:
        return best
    asked = {mention.name for mention in context.mentions(context.question)}
    firsts = [
        next((m.name for m in context.mentions(claim) if m.name not in asked), None)
        for claim in claims
    ]
    return [name for name in firsts if name] if all(firsts) else []
