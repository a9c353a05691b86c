"""Puts names in the place of he, she, it, they, and there."""

from __future__ import annotations

import itertools
import re

from rag.followup.context import AUXILIARY, Context, Thing
from rag.followup.mentions import Kind
from rag.words import content_stems, stem, words

__all__ = ["REFERS", "resolved"]

REFERS = re.compile(
    r"\b(?P<word>he|she|him|his|her|it|its|they|them|their|there)\b(?!['’])", re.IGNORECASE
)
_PERSONAL = ("he", "she", "him", "his", "her")
_POSSESSIVE = ("his", "its", "their")
# "Is it true that …": it stands for nothing.
_EXPLETIVE = re.compile(
    r"\s+(?:(?:is|was|be|been)\s+)?(?:true|possible|likely|legal|illegal|clear|known|necessary|"
    r"that|who|rain\w*|snow\w*|(?:take|takes|took|cost|costs)\s+(?:\w+\s+){0,4}to)\b",
    re.IGNORECASE,
)
_EXISTS = re.compile(rf"\b{AUXILIARY}\s+(?:not\s+)?$|^$", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|at|near|from)\s+$", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"\b(?:when|after|before|because|that|and|if|while|since|who|which|as|but|until|where|how|what|why|whether)\b"
)


def resolved(question: str, context: Context) -> str | None:
    """Return the question with every pronoun named; None where one stands for nothing known.

    A pronoun that stands for something within the question itself is left as it is.
    """
    out: list[str] = []
    end = 0
    replaced = False
    for match in REFERS.finditer(question):
        if stands_within(question, match, context):
            continue
        name = _name_for(question, match, context)
        if name is None:
            return None
        out += [question[end : match.start()], name]
        end = match.end()
        replaced = True
    whole = _in_full("".join([*out, question[end:]]), context)
    return whole if replaced or whole != question else None


def _in_full(question: str, context: Context) -> str:
    """Return the question with "the group" as "the Lima Group", where that was spoken of."""
    for text in (context.question, *context.claims):
        for mention in context.mentions(text):
            if " " not in mention.name or context.kind(mention.name) is not Kind.GROUP:
                continue
            head = re.escape(mention.name.split()[-1].casefold())
            short = re.search(rf"\bthe {head}(?=\W*$|\s+[a-z])", question)
            if short and mention.name not in question:
                return f"{question[: short.start()]}the {mention.name}{question[short.end() :]}"
    return question


def stands_within(question: str, match: re.Match[str], context: Context) -> bool:
    """Say whether a pronoun needs nothing from the conversation."""
    word = match["word"].casefold()
    before, after = question[: match.start()], question[match.end() :]
    if word == "it" and _EXPLETIVE.match(after):
        return True
    if word == "there" and (_EXISTS.search(before) or re.match(r"\s+(?:is|are|was|were)\b", after)):
        return True
    named = context.mentions(before)
    if word in _PERSONAL:
        others = (Kind.COUNTRY, Kind.GROUP, Kind.PLACE)
        candidates = [m.end for m in named if context.kind(m.name) not in others]
    elif word == "there":
        candidates = [m.end for m in named if context.kind(m.name) in (Kind.COUNTRY, Kind.PLACE)]
    else:
        candidates = [m.end for m in named if context.kind(m.name) is not Kind.PERSON]
        candidates += [m.end() for m in re.finditer(r"\b(?:the|an?)\s+[a-z]\w+", before)]
    if not candidates:
        return False
    if word in _POSSESSIVE or (word == "her" and _owns(after)):
        return True
    # "Did Peru sign it?": what is done to it is done by another, unless a new clause begins.
    return any(_BOUNDARY.search(before[place:]) for place in candidates)


def _owns(after: str) -> bool:
    """Say whether what follows "her" is hers, and not a new phrase or the end."""
    following = re.match(r"\s+([\w-]+)", after)
    return following is not None and bool(content_stems(following[1]))


def _name_for(question: str, match: re.Match[str], context: Context) -> str | None:
    word = match["word"].casefold()
    after = question[match.end() :]
    if word in _PERSONAL:
        others = [name for name in context.people() if name not in question]
        name = others[0] if others else None
    elif word == "there":
        return _place(question[: match.start()], context)
    elif word in ("they", "them", "their"):
        name = _they(question, context)
    else:
        name = _it(question, match, context)
    if name and (word in _POSSESSIVE or (word == "her" and _owns(after))):
        return f"{name}'" if name.endswith("s") and name.startswith("the ") else f"{name}'s"
    return name


def _it(question: str, match: re.Match[str], context: Context) -> str | None:
    asked = context.question.rstrip(" ?")
    one = re.match(
        rf"(?:which|what)\s+(?P<noun>(?!{AUXILIARY}\b)\w+)\s+(?!{AUXILIARY}\b)(?P<rest>.+)",
        asked,
        re.IGNORECASE,
    )
    if one and content_stems(one["noun"]):
        return context.answering_name() or f"the {one['noun']} that {one['rest']}"
    things = [thing for thing in context.things() if not thing.plural]
    # What happened in Colombia is "it", not Colombia.
    places = [thing for thing in things if _PLACED.search(context.question[: thing.start])]
    things = [t for t in things if t.text not in question and (t not in places or not t.kind)]
    if not things:
        told = [
            claim[m.outer_start : m.end]
            for claim in context.claims[:1]
            for m in context.mentions(claim)
            if context.kind(m.name) is Kind.GROUP
        ]
        return told[0] if len(set(told)) == 1 else None
    groups = [thing for thing in things if thing.kind is Kind.GROUP]
    belonging = re.search(r"\b(?:members?|leaders?|head|part)\s+of\s+$", question[: match.start()])
    if groups and belonging:
        return groups[0].text
    if re.search(rf"(?:\b{AUXILIARY}|^\W*)\s*$", question[: match.start()], re.IGNORECASE):
        return _doing_the_same(question, things, context) or things[0].text
    unnamed = [thing for thing in things if thing.kind is None]
    groups_too = [thing for thing in things if thing.kind not in (Kind.COUNTRY, Kind.PLACE)]
    return (unnamed or groups_too or things)[-1].text


def _doing_the_same(question: str, things: list[Thing], context: Context) -> str | None:
    """Return the thing that stood before a word which the follow-up uses again."""
    own = content_stems(question)
    for found in re.finditer(r"[\w'’-]+", context.question):
        inside = any(thing.start <= found.start() < thing.end for thing in things)
        if not inside and any(stem(word) in own for word in words(found.group())):
            before = [thing for thing in things if thing.end <= found.start()]
            if before:
                return before[-1].text
    return None


def _they(question: str, context: Context) -> str | None:
    asked = context.question.rstrip(" ?")
    if many := re.match(
        r"(?:which|what|how\s+many)\s+(?P<noun>\w+s|people|women|men|children)\s+"
        r"(?!did\b|do\b|does\b)(?P<rest>.+)",
        asked,
        re.IGNORECASE,
    ):
        if not many.group().casefold().startswith("how") and (name := context.answering_name()):
            return name
        # "Which countries abstained?", "Why did they abstain?"
        known = content_stems(many["rest"]).keys() <= content_stems(question).keys()
        return f"the {many['noun']}" if known else f"the {many['noun']} that {many['rest']}"
    if who := re.match(rf"who\s+(?!{AUXILIARY}\b|else\b)(?P<rest>\w+\s.+)", asked, re.IGNORECASE):
        return context.answering_name() or f"those who {who['rest']}"
    things = context.things()
    plural = [thing for thing in things if thing.plural]
    actors = [t for t in things if t.kind in (Kind.GROUP, Kind.COUNTRY, Kind.UNKNOWN)]
    row = _row(actors, context.question)
    if row and row not in question:
        return row
    chosen = [t.text for t in (*actors, *plural, *things) if t.text not in question]
    if chosen:
        return chosen[0]
    groups = [
        claim[m.outer_start : m.end]
        for claim in context.claims
        for m in context.mentions(claim)
        if context.kind(m.name) is Kind.GROUP
    ]
    return groups[0] if groups else None


def _row(actors: list[Thing], question: str) -> str | None:
    """Return "Canada and Peru" where two names stand in a row."""
    for first, second in itertools.pairwise(actors):
        if re.fullmatch(r"\s*(?:,|and|,\s*and)\s+", question[first.end : second.start]):
            return question[first.start : second.end]
    return None


def _place(before: str, context: Context) -> str | None:
    for text in (context.question, *context.claims[:1]):
        mentions = context.mentions(text)
        for mention in mentions:
            placed = re.search(r"\b(in|at|near|to|from|of)\s+$", text[: mention.outer_start])
            kind = context.kind(mention.name)
            if kind in (Kind.PLACE, Kind.COUNTRY) or (placed and kind is Kind.UNKNOWN):
                name = text[mention.outer_start : mention.end]
                led = re.search(r"\b(?:in|at|near|from|to|over|around)\s+$", before)
                return name if led else f"in {name}"
    return None
