"""Fills in what a follow-up leaves out: "Why?", "Who else?", "and Mexico?", "the second one".

Each rule gives None where it does not apply, or where it would have to guess.
"""

from __future__ import annotations

import re

from rag.answer.antecedents import AUXILIARY, Turn, is_noun_phrase, names_in
from rag.english.vocabulary import content_stems
from rag.types import Answer

__all__ = ["another", "swapped", "with_item", "with_question_word"]

_BARE = re.compile(
    r"(?P<asked>(?:(?:since|until|by|from|for|to|with|in|on)\s+)?"
    r"(?:when|where|why|how|how (?:long|often|much|far)|(?:which|what) (?:year|day|date|month)))"
    r"(?P<rest>\s+not|\s+so|(?:\s+exactly)?(?:\s+(?:was|is)\s+(?:that|this|it)"
    r"|\s+did\s+(?:that|this|it)(?:\s+(?:happen|occur|take place))?)?)",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    rf"(?:when|where|why|how(?: (?:long|often|far))?|(?:in|on) (?:what|which) \w+)\s+"
    rf"({AUXILIARY}\b.*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"how (?:many|much)\s+((?:[\w'’-]+\s+){{1,4}}?)({AUXILIARY})\s+(.+)", re.I)
_NOT = {"will": "won’t", "can": "can’t"}
_PREPOSITION = r"(?:in|on|at|from|to|for|with|by|near|during|after|before|under|of|since)"
_ONE = re.compile(rf"the\s+ones?\s+({_PREPOSITION}\s.+)", re.IGNORECASE)
_WHEN = r"(?:(?:in\s+)?(?:1[5-9]|20)\d\d|(?:last|this)\s+(?:week|month|year)|yesterday|today)\b"
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "former": 0, "latter": 1}
_ITEM = re.compile(
    rf"\bthe\s+({'|'.join(_ORDINALS)}|last)(?:\s+(?:ones?\b|of\s+(?:them|these|those)\b)|(?=\W*$))",
    re.IGNORECASE,
)


def with_question_word(question: str, last: Turn) -> str | None:
    """Return "Why?" or "When was that?" with what was asked, or answered, before."""
    match = _BARE.fullmatch(question)
    if match is None:
        return None
    word, negated, before = match["asked"], match["rest"].strip().casefold() == "not", last.question
    yes_no = re.match(rf"({AUXILIARY})\s+(.+)", before, re.IGNORECASE)
    if yes_no:
        auxiliary = yes_no[1].lower()
        if negated:
            auxiliary = _NOT.get(auxiliary, f"{auxiliary}n’t")
        return f"{word} {auxiliary} {yes_no[2]}"
    if negated:
        return None
    if adverbial := _ADVERBIAL.fullmatch(before):
        return f"{word} {adverbial[1]}"
    if counted := _COUNTED.fullmatch(before):
        noun, auxiliary, rest = (part.strip() for part in counted.groups())
        after_verb = auxiliary.casefold() in ("did", "do", "does")
        return f"{word} {auxiliary} " + (f"{rest} {noun}" if after_verb else f"{noun} {rest}")
    # "Who ordered the ban?", "When was that?": when was it that the one who did so ordered it.
    doer = re.match(rf"(?:who|(?:which|what)\s+\w+)\s+(?!{AUXILIARY}\b)(.+)", before, re.IGNORECASE)
    if doer and is_noun_phrase(last.marked):
        return f"{word} was it that {last.marked} {doer[1]}"
    return None


def another(question: str, last: Turn) -> str | None:
    """Return "Who else?" and "Any others?" with what was asked before."""
    match = re.fullmatch(
        r"(?:(who|where|when|why|which|what) (?:else|others?)|any(?:one|body) else|any others?)",
        question,
        re.IGNORECASE,
    )
    opening = re.match(
        rf"(who|where|when|why|(?:which|what)(?!\s+{AUXILIARY}))\s+(?:else\s+|other\s+)?(.+)",
        last.question,
        re.I,
    )
    if match is None or opening is None:
        return None
    word, asked = opening[1].lower(), (match[1] or opening[1]).lower()
    if word in ("which", "what"):
        return f"which other {opening[2]}" if asked in ("who", "which", "what") else None
    return f"{word} else {opening[2]}" if asked == word else None


def swapped(rest: str, last: Turn) -> str | None:
    """Return the question before with the name, place, or time that "and …?" puts in it."""
    before = last.question
    if re.fullmatch(_WHEN, rest, re.IGNORECASE):
        when = f"in {rest}" if rest.isdigit() else rest
        old = re.search(rf"\s{_WHEN}", before, re.IGNORECASE)
        return f"{before[: old.start()]} {when}{before[old.end() :]}" if old else f"{before} {when}"
    if one := _ONE.fullmatch(rest):
        return _with_one(one[1], before)
    names = names_in(f"and {rest}")
    left = content_stems(re.sub("|".join(re.escape(n.group()) for n in names) or "$^", " ", rest))
    if led := re.match(rf"({_PREPOSITION})\s+(?:the\s+)?", rest, re.IGNORECASE):
        same = [
            n
            for n in names_in(before)
            if re.search(rf"\b{led[1]}\s+(?:the\s+)?$", before[: n.start()], re.I)
        ]
        if not names or left or len(same) > 1:
            return None
        if same:
            return f"{before[: same[0].start()]}{rest[led.end() :]}{before[same[0].end() :]}"
        return f"{before} {rest}" if led[1].casefold() in ("in", "at", "near", "from") else None
    if not names or left:
        return None
    return _with_name(rest, last)


def _with_one(placed: str, before: str) -> str | None:
    """Return the question with "the one near Lund" in the place of "the flood at Calder"."""
    spans = [
        (led.start(1), name.end())
        for name in names_in(before)
        if (led := re.search(rf"\bthe(?: [a-z]\w+)+ ({_PREPOSITION} )$", before[: name.start()]))
    ]
    if len(spans) != 1:
        return None
    start, end = spans[0]
    return before[:start] + placed + before[end:]


def _with_name(rest: str, last: Turn) -> str | None:
    """Return the question before with a name in the place of the only one, or of its subject."""
    before = last.question
    held = names_in(before)
    doer = re.match(
        rf"(who|(?:which|what|how many)\s+(\w+s|people))\s+(?!{AUXILIARY}\b)(.+)",
        before,
        re.IGNORECASE,
    )
    if doer and not held:
        among = f"the {doer[2]} that" if doer[2] else "those who"
        return f"was {rest} among {among} {doer[3]}"
    # "Who urged Maduro?", "And Mexico?": did it urge, or was it urged?
    if doer or not held:
        return None
    row = before[held[0].end() : held[1].start()] if len(held) == 2 else ""
    if len(held) > 1 and not re.fullmatch(r",?\s+(?:and|or)\s+(?:the\s+)?", row):
        return None
    end = held[-1].end()
    start = held[0].start()
    if rest.casefold().startswith("the ") and before[:start].casefold().endswith("the "):
        start -= len("the ")
    return f"{before[:start]}{rest}{before[end:]}"


def with_item(question: str, answer: Answer, last: Turn) -> str | None:
    """Return the question with the item of the last answer that "the second one" counts."""
    match = _ITEM.search(question)
    if match is None:
        return None
    items = re.split(r",\s+(?:and\s+)?|\s+and\s+", last.marked)
    if len(items) < 2:
        found = [names_in(claim.text) for claim in answer.claims]
        items = [names[0].group() for names in found if names] if all(found) else []
    place = -1 if match[1].casefold() == "last" else _ORDINALS[match[1].casefold()]
    if len(items) < 2 or place >= len(items) or not all(map(is_noun_phrase, items)):
        return None
    if len(content_stems(question)) == len(content_stems(match.group())) and not re.search(
        r"\b(?:say|do)\b", question
    ):
        return f"what is known about {items[place]}"
    return question[: match.start()] + items[place] + question[match.end() :]
