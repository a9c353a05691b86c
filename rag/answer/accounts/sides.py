"""The sides of a comparison: which a question names, what it asks of each, what speaks of one.

Sides are names, years, months, or phrases that stand joined in the question; each is asked about
alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.answer.accounts.subject import FRAMES, subject_asked
from rag.english.dates import dates
from rag.english.mentions import mentions, term_words
from rag.english.names import initials, name_runs, same_name
from rag.english.questions import ASKS
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, fold, words
from rag.types import Evidence

__all__ = ["FRAMING", "Side", "names_side", "sides_asked", "speaks_of"]

_MOST = 4
"""Sides that are told beside each other; more make a list, and no comparison."""
_OPENERS = frozenset("compare contrast set show tell describe explain please versus".split())
_NAME = r"[^\W\d_a-z][\w.’'&-]*"
_RUN = rf"(?-i:{_NAME}(?: (?:of |the |de |von |van |& |al-)*{_NAME}| \d{{1,3}}\b)*)"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_PERIOD = rf"(?:(?-i:{_MONTH}) )?(?<![–-])[12]\d{{3}}\b(?![–-]\d)"
_IN = r"(?: (?:in|of|for|during))? "
_SIDE = rf"(?:the )?(?:{_PERIOD}|{_RUN}|“[^”]+”|\"[^\"]+\")"
_LINK = r",? (?:and|or|with|to|from|than|against|versus|vs\.?|compared (?:with|to)) "
_JOINED = rf"(?:{_LINK}|, )"
_PERIODS = re.compile(rf"\b{_PERIOD}", re.I)
_SMALL = re.compile(
    r"((?:^|, |\b(?:in|of|for|during|since|from|to|between|and|or|with|than|against|compare|the) ))"
    rf"({_MONTH})(?=(?:{_JOINED}{_MONTH})* [12]\d{{3}}\b)",
    re.I,
)
"""A month, however it is written; "what may 2022 bring" has none."""
_GROUP = re.compile(rf"(?<![\w’'-])({_SIDE}(?:{_JOINED}{_SIDE})+)", re.I)
_SPLIT = re.compile(rf"({_SIDE})(?:{_JOINED}|$)", re.I)
_JOINS = re.compile(rf"{_LINK}(?:(?:that|those|the one) of )?", re.I)
_INITIALS = 5
"""Letters up to which a word in capitals is taken for initials."""
FRAMING = frozenset(
    """agree apart both changed common compare compared compares comparison contradict contrast
    contrasted contrasts cons differ differed difference differences different differently differs
    disagree distinguish distinguished distinguishes diverge other others pros put set sets similar
    similarities ways""".split()
)
"""What stands around sides that are no names: "what distinguishes the hare from the rabbit?"."""
_FRAME = rf"(?:{'|'.join(sorted(FRAMING))})"
_FRAMED = re.compile(rf"^\W*(?:{_FRAME}\b\W*)*|(?:\W+{_FRAME})*\W*$", re.I)
_ORDINAL = r"(?:the )?(?:first|second|third|fourth|last|\d+(?:st|nd|rd|th))"
_EACH = re.compile(r"\b(?:each(?: (?:of them|side|one))?|both(?: of them)?|they|the two)\b", re.I)
_DEMAND = re.compile(
    r"^(?:please )?(?:compare|contrast|set)(?: and contrast)? |\b(?:both|between) (?=@)", re.I
)
_ON = re.compile(r" (?:on|about|over|regarding|as to|according to) ", re.I)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a comparison, and the question put of it alone."""

    name: str
    """As the question names it, or the source that it is; a year or a month without more."""
    question: str
    """As it is searched for."""
    topic: str = ""
    """What it is asked about where the question says so: "the number of dead"."""
    broad: bool = False
    """Whether nothing is asked of it but what is said about it."""
    source: bool = False
    """Whether it is a source, which its own articles do not name."""
    known_by: tuple[str, ...] = ()
    """The names in its name that the others lack, where it has some; else all of it tells it."""
    called: str = ""
    """What the question calls a source whose own name is an address: "the Lund Post"."""

    @property
    def heading(self) -> str:
        """What stands above it."""
        if self.source and not self.called:
            return self.name
        name = self.called or self.name
        return f"{name[:1].upper()}{name[1:]}"

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of the year or the month that it is."""
        found = dates(f"in {self.name}") if _PERIODS.fullmatch(self.name) else ()
        return found[0].days() if found else None


def sides_asked(question: str) -> tuple[Side, ...]:
    """Return the sides that a question compares, in its order; none where it names no two.

    >>> [side.question for side in sides_asked("Compare what Canada and Venezuela said.")]
    ['What Canada said?', 'What Venezuela said?']
    """
    sides = _sides(question)
    named = [tuple(dict.fromkeys(term_words(side.name))) for side in sides]
    shared = set(named[0]).intersection(*named[1:]) if named else set()
    own = [tuple(w for w in words if w[0].isupper() and w not in shared) for words in named]
    return tuple(
        side if side.days or any(map(_tells_little, names)) else replace(side, known_by=names)
        for side, names in zip(sides, own)
    )


def _tells_little(name: str) -> bool:
    """Say whether a name is a small word or letter too: the "I" of a war, the "Will" of a Smith."""
    return len(name) < 2 or (not name.isupper() and fold(name) in FUNCTION_WORDS)


def _sides(question: str) -> tuple[Side, ...]:
    text = _opened(" ".join(question.split()).rstrip("?.! "))
    text = _SMALL.sub(lambda found: found[1] + found[2].capitalize(), text)
    group = _GROUP.search(text)
    if group is None:
        return _phrases(text)
    names = dict.fromkeys(_with_years([n.strip('“”"') for n in _SPLIT.findall(group[1])]))
    times = {bool(_PERIODS.fullmatch(name.removeprefix("the "))) for name in names}
    if len(times) > 1 and (phrases := _phrases(text)):
        return phrases  # "the printer of 2007 with the Nokia of 2005"
    mould = _DEMAND.sub("", f"{text[: group.start()]}@{text[group.end() :]}")
    return tuple(_alone(mould, name) for name in names) if 2 <= len(names) <= _MOST else ()


def _phrases(text: str) -> tuple[Side, ...]:
    """Return the sides of a question that joins no names: "the old bridge and the new one"."""
    head, *topic = _ON.split(text, maxsplit=1)
    parts = _JOINS.split(head)
    periods = [found[0] for part in parts if (found := _PERIODS.search(part))]
    if len(periods) == len(parts) and 2 <= len(set(periods)) <= _MOST:
        # "the 2019 vote … with that of 2015": what is asked stands with the first of them, where
        # the others are of no other thing; what follows the last may be said of all.
        rest = [_PERIODS.split(part, maxsplit=1) for part in parts]
        after = set(words(rest[-1][1])[:1])
        shared = rest[-1].pop() if after <= FUNCTION_WORDS and not _told(rest[0][1]) else ""
        if all(_told(" ".join(part)) <= _told(parts[0]) for part in rest[1:]):
            mould = _DEMAND.sub("", "@".join(rest[0])) + shared
            mould += "".join(f" on {one}" for one in topic)
            return tuple(_alone(mould, period) for period in dict.fromkeys(periods))
    bare = re.sub(rf"{_IN}{_PERIOD}", "", f" {head}", flags=re.I)
    trimmed = [subject_asked(part, FRAMING) for part in _JOINS.split(bare)]
    names = dict.fromkeys(_in_full(list(filter(None, trimmed))))
    if not 2 <= len(names) <= _MOST:
        return ()
    return tuple(_side(name, "".join(topic)) for name in names)


def _told(text: str) -> set[str]:
    """Return the stems of what a text tells, but for the words that compare."""
    return {stem for stem, word in content_stems(text).items() if word not in FRAMING}


def _in_full(names: Sequence[str]) -> list[str]:
    """Return "the first voyage of the Alba" and "the second" with what the second is of, too."""
    numbered = (re.fullmatch(rf"{_ORDINAL}( .+)", name, re.I) for name in names)
    rest = next((match[1] for match in numbered if match), "")
    return [f"{name}{rest}" if re.fullmatch(_ORDINAL, name, re.I) else name for name in names]


def _with_years(names: Sequence[str]) -> list[str]:
    """Return "June" with the year of the month after it, in "June and July 2022"."""
    full: list[str] = []
    for name in reversed(names):
        later = re.fullmatch(rf"{_MONTH}( [12]\d{{3}})", full[0]) if full else None
        full.insert(0, f"{name}{later[1]}" if later and re.fullmatch(_MONTH, name) else name)
    return full


def _alone(mould: str, side: str) -> Side:
    """Ask of one side what a question, with an "@" where its sides stood, asks of all."""
    name = re.sub(r"^the (?=[12]\d{3}$)", "", side, flags=re.I)
    before, _, after = mould.partition("@")
    if not before and after.startswith(":"):
        if _EACH.search(after):
            return Side(name, _sentence(_EACH.sub(side, after[1:].strip(), count=1)))
        return _side(name, "", of=subject_asked(after, FRAMING))
    topic = "".join(_ON.split(after, maxsplit=1)[1:])
    if not before or not FRAMING.isdisjoint(words(mould)):
        return _side(name, topic, of=subject_asked(before, FRAMING), rest=_rest(after))
    asked = f"{before}{side}{after}"
    if ASKS.match(asked):
        return Side(name, _sentence(asked), topic)
    if not subject_asked(before, FRAMES):  # "the 2016 prize", "the cases of Lund"
        return _side(name, topic, rest=_rest(after))
    return Side(name, _sentence(f"What is {asked}"), topic)


def _side(name: str, topic: str, of: str = "", rest: str = "") -> Side:
    """Return a side of which a topic is asked, or else nothing but what stands around it."""
    if topic:
        asked = f"What does {name} say about {topic}?"
        if _PERIODS.fullmatch(name):
            asked = f"What is said about {topic} in {name}?"
        return Side(name, asked, topic)
    about = " ".join(filter(None, (of and f"{of} of", name, rest)))
    return Side(name, f"What is said about {about}?", broad=True)


def _rest(after: str) -> str:
    """Return what a question says after its sides, but for the words that compare them."""
    told = _FRAMED.sub("", after)
    return told if content_stems(told) else ""


def _opened(text: str) -> str:
    """Return the text with a first word that is no name in small letters."""
    first = re.match(r"\w+", text)
    if first and (fold(first[0]) in FUNCTION_WORDS or fold(first[0]) in _OPENERS):
        return text[:1].lower() + text[1:]
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"


def speaks_of(item: Evidence, side: Side, others: Sequence[Side] = ()) -> bool:
    """Say whether a sentence speaks of a side, with the one before it where it leans on that.

    It speaks of it also where it names no side and the title of its article names this one alone:
    "Inflation rose to 5 per cent", below "Prices in Peru". Of a year or a month it speaks also
    where a day of it is told, or none and its article is of that time.

    Args:
        item: the sentence.
        side: the side.
        others: all sides.
    """
    if side.source:
        return True
    text, title = item.told, item.document.title
    day = item.document.published
    if side.days:
        return _is_of(text, day, side.days) or names_side(text, side)
    if names_side(text, side, item.document.text):
        return True
    about = [one for one in {side, *others} if names_side(title, one)]
    return about == [side] and not any(
        names_side(text, other, item.document.text) for other in others
    )


def _is_of(text: str, published: date | None, days: tuple[date, date]) -> bool:
    """Say whether a text tells of some days: by a date in it, or, without one, by its own."""
    first, last = days
    told = [own for when in dates(text, published) if (own := when.days())]
    if told or published is None or re.search(r"\b[12]\d{3}\b", text):
        return any(first <= start and end <= last for start, end in told)
    return first <= published <= last


def names_side(text: str, side: Side, article: str = "") -> bool:
    """Say whether a text holds each word of a side's name.

    Of a name of several words that its article has in full, the last one will do: "Silva" is the
    Bo Silva whom it speaks of elsewhere.

    Args:
        text: a sentence, a title, a cell.
        side: the side.
        article: what the text stands in, where that is known.
    """
    name = side.known_by or tuple(w for w in term_words(side.name) if w not in FUNCTION_WORDS)
    if _holds(text, name):
        return True
    capital = len(name) > 1 and all(word[0].isupper() for word in name)
    capital = capital and not _tells_little(name[-1])
    return capital and bool(mentions(text, name[-1])) and _holds(article, name)


def _holds(text: str, name: Sequence[str]) -> bool:
    """Say whether a text has all words of a name; "us" is not the US, which has initials."""
    said = {part for word in words(text) for part in word.split("-")}
    return all(
        _holds_initials(text, word)
        if word.isupper() and 1 < len(word.replace(".", "")) <= _INITIALS
        else any(same_name(fold(word).removesuffix("'s"), other) for other in said)
        for word in name
    )


def _holds_initials(text: str, word: str) -> bool:
    spelled = (letters for run in name_runs(text) for letters, _ in initials(run))
    return bool(mentions(text, word)) or fold(word).replace(".", "") in spelled
