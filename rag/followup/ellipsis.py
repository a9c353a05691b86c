"""Fills in questions that leave out what the one before said: "Why?", "Who else?", "And Mexico?".

Each rule returns the whole question, or None where it does not apply or cannot tell.
"""

from __future__ import annotations

import re
from datetime import date

from rag.dates_asked import date_phrases
from rag.followup.context import AUXILIARY, Context, lowered, sentence
from rag.followup.mentions import Kind, Mention
from rag.words import content_stems

__all__ = ["CONNECTIVE", "another", "bare_question_word", "swapped", "with_matter"]

CONNECTIVE = r"(?:and|but|so|or|also|then|ok|okay)\b[\s,]*"
_ABOUT = rf"(?:{CONNECTIVE})*(?:what|how)\s+(?:about|of)\s+"
_BARE = re.compile(
    rf"^\W*(?:{CONNECTIVE})*(?P<asked>"
    r"(?:(?:in|on|at|by|with|to|for|from|since|until|against)\s+)?"
    r"(?:when|where|why|whom|how(?:\s+(?:long|often|far|much))?"
    r"|(?:which|what)\s+(?:year|day|date|month|place|city|country|town|time))"
    r"|by\s+how\s+many\s+\w+|with\s+how\s+many\s+\w+)"
    r"(?P<rest>\s+(?:not|so|exactly|precisely)"
    r"|(?:\s+exactly)?\s+(?:was|is)\s+(?:that|this|it)(?:\s+so)?"
    r"|(?:\s+exactly)?\s+did\s+(?:that|this|it|all\s+(?:of\s+)?(?:that|this))"
    r"(?:\s+(?:happen|occur|take\s+place|come\s+about))?)?\W*$",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    rf"^(?:when|where|why|how(?:\s+(?:long|often|far|soon|exactly))?|since\s+when"
    rf"|(?:in|on|at|by|with|for|from)\s+(?:what|which|how\s+many)\s+\w+)\s+"
    rf"(?P<clause>{AUXILIARY}\b.*)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"^(?:how\s+(?:many|much)|which|what)\s+(?P<noun>(?:[\w'’-]+\s+){{1,4}}?)(?P<aux>{AUXILIARY})\s+"
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_ELSE = re.compile(
    rf"^\W*(?:{CONNECTIVE})*(?:(?P<asked>who|what|where|when|why)\s+else|any(?:one|body)\s+else"
    r"|(?:any|which|what|the)\s+others?|other\s+ones)\W*$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"^\W*(?:{_ABOUT}|{CONNECTIVE})?(?P<rest>.+?)(?:\s+(?:then|too|as well))?\W*$", re.I
)
_WHOLE = re.compile(
    rf"\b(?:{AUXILIARY}|who|what|when|where|why|how|which|whose|said|says)\b", re.IGNORECASE
)
_PREPOSITION = re.compile(
    r"^(?P<word>in|on|at|from|to|for|against|with|by|near|during|after|before|under|of)\s+(?P<object>.+)$",
    re.IGNORECASE,
)
_OPPOSED = {"for": ("against",), "against": ("for", "in favour of", "in favor of")}
_DOES = re.compile(r"\b(?:did|do|does)\b", re.IGNORECASE)
_MOST_WORDS = 7


def bare_question_word(question: str, context: Context) -> str | None:
    """Rewrite "Why?", "When was that?", "By how many votes?" with what was asked before."""
    match = _BARE.match(question)
    if match is None:
        return None
    asked, rest = match["asked"], (match["rest"] or "").strip()
    before = context.question.rstrip(" ?")
    negated = rest.casefold() == "not"
    if yes_no := re.match(rf"{AUXILIARY}\s+", before, re.IGNORECASE):
        subject = next(iter(context.mentions(before)), None)
        if not negated:
            return sentence(f"{asked} {lowered(before, context.texts)}")
        if subject and subject.outer_start == yes_no.end():
            end = subject.end
            return sentence(f"{asked} {lowered(before[:end], context.texts)} not{before[end:]}")
    if not negated and (adverbial := _ADVERBIAL.match(before)):
        return sentence(f"{asked} {adverbial['clause']}")
    clause, counted = context.clause(), _COUNTED.match(before)
    if clause and not (counted and before.casefold().startswith("how")):
        return sentence(f"{asked} was it that {clause}")
    if counted:
        noun, auxiliary, tail = (counted[name].strip() for name in ("noun", "aux", "rest"))
        if auxiliary.casefold() in ("did", "do", "does"):
            return sentence(f"{asked} {auxiliary} {tail} {noun}")
        return sentence(f"{asked} {auxiliary} {noun} {tail}")
    if opening := re.match(r"(?:who|what)\s+(?!did\b|do\b|does\b)", before, re.IGNORECASE):
        some = "someone" if opening.group().casefold().startswith("who") else "something"
        return sentence(f"{asked} was it that {some} {before[opening.end() :]}")
    return None


def another(question: str, context: Context) -> str | None:
    """Rewrite "Who else?" and "Any others?" with what was asked before."""
    match = _ELSE.match(question)
    if match is None:
        return None
    before = context.question.rstrip(" ?")
    asked = (match["asked"] or "").casefold()
    opening = re.match(r"(who|whom|what|where|when|why)\s+(?!else\b)", before, re.IGNORECASE)
    if opening and asked in ("", opening[1].casefold()):
        return sentence(f"{opening[1]} else {before[opening.end() :]}")
    if asked in ("", "who", "what"):
        if which := re.match(r"(which|what)\s+(?!other\b)(?=\w+)", before, re.IGNORECASE):
            return sentence(f"Which other {before[which.end() :]}")
        auxiliary = re.match(rf"({AUXILIARY})\s+", before, re.IGNORECASE)
        subject = next(iter(context.mentions(before)), None)
        if auxiliary and subject and subject.outer_start == auxiliary.end() and asked != "what":
            return sentence(f"Who else {auxiliary[1].lower()} {before[subject.end :]}")
    return None


def swapped(question: str, context: Context) -> str | None:
    """Rewrite "And Mexico?", "What about 2018?", "And against it?" into the question before."""
    match = _OPENING.match(question)
    opened = re.match(rf"^\W*(?:{_ABOUT}|{CONNECTIVE})", question, re.IGNORECASE) is not None
    if match is None:
        return None
    rest = match["rest"].strip(" ?.!,")
    if not rest or len(rest.split()) > _MOST_WORDS or _WHOLE.search(rest):
        return None
    before = context.question.rstrip(" ?")
    if dated := _with_date(rest, before):
        return dated
    if one := re.match(r"the\s+ones?\s+(?=(?:in|at|near|of|from|on)\s)", rest, re.IGNORECASE):
        return _with_other_place(rest[one.end() :], before, context)
    names = context.mentions(f"– {rest}")  # Not at its start, where capitals tell nothing.
    preposition = _PREPOSITION.match(rest)
    if preposition:
        return _with_preposition(preposition, before, context, bool(names))
    named = " ".join(rest.split())
    if not names or not _only_names(named, names):
        return None
    if not opened and len(content_stems(question)) > len(content_stems(named)):
        return None
    return _with_name(named, names[0], before, context)


def with_matter(question: str, context: Context) -> str | None:
    """Rewrite "And how many were detained?" with "in the protests in Venezuela" from before."""
    asked = re.sub(rf"^\W*(?:{CONNECTIVE})+", "", question, flags=re.IGNORECASE).rstrip(" ?")
    before = context.question.rstrip(" ?")
    if not _WHOLE.search(asked) or context.mentions(asked) or _DOES.search(before):
        return None
    # After "did", what ends the question is its verb: "Where did the dam at Brumadinho burst?"
    tail = re.search(r"\s(?:in|at|on|during|near|about)\s[^,]+$", before)
    if tail is None or not context.mentions(f"–{tail.group()}"):
        return None
    return sentence(asked + tail.group())


def _only_names(rest: str, names: list[Mention]) -> bool:
    """Say whether there is nothing but names: "Mexico and Peru", "President Maduro"."""
    left = rest
    for mention in names:
        left = left.replace(mention.name, " ")
    return not content_stems(left) or (names[0].titled and len(names) == 1)


def _with_date(rest: str, before: str) -> str | None:
    """Put the time of the follow-up in the place of the one in the question before."""
    today = date.min.replace(year=2000)
    written = rest if date_phrases(rest, today) else f"in {rest}"
    phrases = date_phrases(written, today)
    if len(phrases) != 1 or phrases[0].text.casefold() != written.casefold():
        return None
    old = date_phrases(before, today)
    if old:
        return sentence(f"{before[: old[0].start]}{written}{before[old[0].end :]}")
    return sentence(f"{before} {written}")


def _with_preposition(
    found: re.Match[str], before: str, context: Context, named: bool
) -> str | None:
    word, other = found["word"].casefold(), found["object"]
    if other.casefold() in ("it", "that", "this", "them"):
        # "And against it?": what was voted for is there already.
        for opposite in _OPPOSED.get(word, ()):
            if re.search(rf"\b{opposite}\b", before):
                return sentence(re.sub(rf"\b{opposite}\b", word, before, count=1))
        return None
    if not named:
        return None
    for mention in context.mentions(before):
        if re.search(rf"\b{word}\s+$", before[: mention.outer_start], re.IGNORECASE):
            return sentence(before[: mention.outer_start] + other + before[mention.end :])
    return sentence(f"{before} {word} {other}") if word in ("in", "at", "near", "from") else None


def _with_other_place(rest: str, before: str, context: Context) -> str | None:
    """Put "near Mariana in 2015" in the place of the "in Brumadinho" of the question before."""
    for mention in context.mentions(before):
        led = re.search(r"\b(?:in|at|near|of|from|on)\s+$", before[: mention.outer_start])
        if led:
            return sentence(before[: led.start()] + rest + before[mention.end :])
    return None


def _with_name(named: str, name: Mention, before: str, context: Context) -> str | None:
    """Put a name in the place of the name of its kind in the question before."""
    kind = context.kind(name.name)
    held = context.mentions(before)
    same = [m for m in held if context.kind(m.name) is kind]
    fitting = same or [m for m in held if _fits(kind, context.kind(m.name))]
    if fitting:
        old = fitting[0]
        # Of a row ("Peru and Chile") the whole is replaced.
        end = old.end
        for following in held:
            if re.fullmatch(r"\s*(?:,|and|,\s*and)\s+(?:the\s+)?", before[end : following.start]):
                end = following.end
        return sentence(before[: old.outer_start] + named + before[end:])
    who = re.match(r"who\s+(?!did\b|do\b|does\b)", before, re.IGNORECASE)
    if who and kind is not Kind.PLACE:
        return sentence(f"Was {named} among those who {before[who.end() :]}")
    which = re.match(
        r"(?:which|what|how\s+many)\s+(?P<noun>\w+)\s+(?!(?:did|do|does)\b)", before, re.IGNORECASE
    )
    if which and which["noun"].endswith("s"):
        return sentence(f"Was {named} among the {which['noun']} that {before[which.end() :]}")
    return None


def _fits(kind: Kind, other: Kind) -> bool:
    """Say whether a name may stand where one of another kind stood."""
    if Kind.UNKNOWN in (kind, other):
        return Kind.COUNTRY not in (kind, other)
    return kind is not Kind.PERSON and other is not Kind.PERSON
