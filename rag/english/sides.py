"""Reads which sides a question sets against each other, and asks of each one alone.

By patterns over how English joins names, years, and phrases. Knows no articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.english.names import TITLES
from rag.english.vocabulary import FUNCTION_WORDS, fold

__all__ = ["Asked", "sides_asked"]

_MOST = 4
"""Sides that are told beside each other; more make a list, and no comparison."""
_OPENERS = frozenset("compare contrast set show tell describe explain please versus".split())
_TITLE = rf"(?:(?:{'|'.join(sorted(TITLES))}) ){{0,3}}"
_NAME = r"[^\W\d_a-z][\w.’'-]*"
_RUN = rf"(?-i:{_NAME}(?: (?:of |the |de |von |van |al-)*{_NAME}| \d{{1,3}}\b)*)"
_OWNED = r"(?:(?<=s)['’]|['’]s)?"
_SIDE = rf"(?:the )?(?:{_TITLE}{_RUN}|[12]\d{{3}}\b|“[^”]+”|\"[^\"]+\")"
_JOINED = (
    r"(?:, (?:and |or )?| and | or | versus | vs\.? | against | with | to | from | than "
    r"| compared (?:with|to) )"
)
_GROUP = re.compile(rf"(?<![\w’'-])(?:both |between )?({_SIDE}(?:{_JOINED}{_SIDE})+)", re.I)
_SPLIT = re.compile(rf"({_SIDE})(?:{_JOINED}|$)", re.I)
_PHRASES = re.compile(
    r"\b(?:(?:between|compare|contrast) ((?:the |an? )?[\w’' -]+?)(?: and | with | to )"
    r"|((?:the |an? )?[\w’'-]+(?: [\w’'-]+)?) (?:versus|vs\.?) )"
    r"((?:the |an? )?[\w’' -]+?)(?=$| (?:on|in|about|over|regarding|as to) |[:,;])",
    re.I,
)
"""Sides that are no names: "between the old bridge and the new bridge"."""
_OWNERS = re.compile(
    rf"\b(?P<one>{_RUN})['’]s? (?P<what>[a-z]+(?: [a-z]+)??) "
    r"(?:differ(?:s|ed)? from|compared? (?:with|to)|with|and|versus|vs\.?) (?:that of )?"
    rf"(?P<other>(?:the )?{_RUN}?)(?:['’]s?)?(?: (?P=what))?$",
    re.I,
)
"""What two have in common: "How does Canada's stand differ from Mexico's?"."""
_TWICE = re.compile(
    r"(?:the )?([12]\d{3}) (\w+) (?:and|versus|with|to) (?:the )?([12]\d{3}) \2", re.I
)
"""The same thing of two years."""
_EACH = re.compile(r"\b(?:each(?: (?:of them|side|one))?|both(?: of them)?|they|the two)\b", re.I)
_DO_LEMMAS = {
    pair.split("-")[0]: pair.split("-")[1]
    for pair in (
        "said-say says-say did-do does-do told-tell thought-think wrote-write had-have has-have "
        "made-make gave-give found-find held-hold took-take spoke-speak went-go saw-see got-get "
        "felt-feel paid-pay built-build lost-lose won-win sold-sell bought-buy knew-know"
    ).split()
}
_ABOUT = r"(?:on|about|over|regarding|concerning|as to|when it comes to)"
_DIFFER = re.compile(
    rf"(?:differ|disagree|compare|vary|agree|diverge|contrast)(?:s|ed)?"
    rf"(?: (?P<how>{_ABOUT}|in|from each other on) (?P<topic>.+))?$",
    re.I,
)
_NOUN = re.compile(
    r"(?:what (?:is|are|was|were) )?(?:the )?"
    r"(?:(?:main |biggest )?(?:differences?|contrast|comparison)|what (?:has |have )?changed) "
    rf"(?:between )?@(?P<rest>(?: (?!{_ABOUT} |in )\w+)*)"
    rf"(?: (?:{_ABOUT}|in) (?P<topic>.+))?$",
    re.I,
)
_WHAT = re.compile(r"(?P<what>what|how|why|where|when|whom?) @ (?P<verb>[a-z]+)(?P<rest>.*)$", re.I)
_GIVEN = re.compile(
    r"(?:the )?(?P<what>figures?|numbers?|accounts?|reports?|coverage|versions?|counts?) "
    rf"(?:of|in|by|from) @ (?:{_ABOUT}|of) (?P<topic>.+)$",
    re.I,
)
_BROADLY = "What is said about"
_BARE = re.compile(rf"(?:the )?@(?: (?P<how>{_ABOUT}|in) (?P<topic>.+))?$", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """One side, and the question put of it alone."""

    side: str
    """As the question names it; a year without more."""
    question: str
    topic: str = ""
    """What it is asked about where the question says so: "the number of dead"."""

    @property
    def broad(self) -> bool:
        """Whether nothing is asked of the side but what is said about it."""
        return self.question.startswith(_BROADLY)

    @property
    def year(self) -> int | None:
        """The year that the side is."""
        return int(self.side) if re.fullmatch(r"[12]\d{3}", self.side) else None


def sides_asked(question: str) -> tuple[Asked, ...]:
    """Return the sides that a question compares, in its order; none where it names no two.

    >>> [asked.question for asked in sides_asked("Compare what Canada and Venezuela said.")]
    ['What did Canada say?', 'What did Venezuela say?']
    """
    text = _opened(" ".join(question.split()).rstrip("?.! "))
    text = _TWICE.sub(r"the \1 and the \3 \2", text)
    if owned := _OWNERS.search(text):
        sides = (owned["one"], re.sub(r"['’]s?$", "", _bare(owned["other"])))
        return tuple(Asked(side, f"What is the {owned['what']} of {side}?") for side in sides)
    groups = [(m.start(), m.end(), _SPLIT.findall(m[1])) for m in _GROUP.finditer(text)]
    if not groups and (phrases := _PHRASES.search(text)):
        first = phrases[1] or phrases[2]
        start = phrases.start(1) if phrases[1] else phrases.start(2)
        groups = [(start, phrases.end(), [first, phrases[3]])]
    if not groups:
        return ()
    start, end, found = groups[0]
    sides = tuple(dict.fromkeys(side.strip('“”"') for side in found))
    if not 2 <= len(sides) <= _MOST:
        return ()
    before = re.sub(r"\b(?:between|both) ?$", "", text[:start], flags=re.I)
    mould = f"{before}@{text[end:]}"
    return tuple(_alone(mould, side) for side in sides)


def _alone(mould: str, side: str) -> Asked:
    """Ask of one side what a question, with an "@" where its sides stood, asks of all."""
    mould = re.sub(
        r"^(?:please )?(?:compare|contrast|set) (?:and contrast )?", "", mould, flags=re.I
    )
    mould, name = mould.strip(), side
    if re.fullmatch(r"the [12]\d{3}", side, re.I):
        name = _bare(side)
    whose, _, each = mould.partition("@:")
    if each and not whose:
        return Asked(name, _sentence(_EACH.sub(side, each.strip(), count=1)))
    if noun := _NOUN.match(mould):
        topic, named = noun["topic"] or "", f"{side}{noun['rest'] or ''}"
        said = f"{_BROADLY} {named}?"
        if noun["rest"]:
            said = f"What do {named} say?"
        return Asked(name, f"What is {topic} of {named}?" if topic else said, topic)
    if given := _GIVEN.fullmatch(mould):
        topic = given["topic"]
        if given["what"].casefold().startswith(("figure", "number", "count")):
            topic = f"the number of {_bare(topic)}"
        return Asked(name, f"What does {side} say about {topic}?", topic)
    if told := _WHAT.fullmatch(mould):
        if told["verb"] in ("and", "or"):
            return Asked(name, _sentence(mould.replace("@", side)))
        verb, rest = told["verb"], told["rest"]
        how = "does" if verb == _lemma(verb) or verb in ("says", "does") else "did"
        topic = re.sub(rf"^ {_ABOUT} ", "", rest) if re.match(rf" {_ABOUT} ", rest) else ""
        return Asked(name, _sentence(f"{told['what']} {how} {side} {_lemma(verb)}{rest}"), topic)
    if differ := _DIFFER.search(mould):
        topic = differ["topic"] or ""
        if topic and differ["how"].casefold() == "in":
            return Asked(name, f"What is the {_bare(topic)} of {side}?", topic)
        said = f"What does {side} say about {topic}?" if topic else f"{_BROADLY} {side}?"
        return Asked(name, said, topic)
    if bare := _BARE.fullmatch(mould):
        topic = bare["topic"] or ""
        said = f"What does {side} say about {topic}?" if topic else f"{_BROADLY} {side}?"
        return Asked(name, said, topic)
    asked = mould.replace("@", side)
    if not re.match(
        r"(?:what|who|whom|whose|which|how|why|where|when|is|are|was|were|do|does|did|"
        r"has|have|had|can|could|will|would|should)\b",
        asked,
        re.I,
    ):
        asked = f"What is {asked}"
    return Asked(name, _sentence(asked))


def _opened(text: str) -> str:
    """Return the text with a first word that is no name in small letters."""
    first = re.match(r"\w+", text)
    if first and (fold(first[0]) in FUNCTION_WORDS or fold(first[0]) in _OPENERS):
        return text[:1].lower() + text[1:]
    return text


def _bare(side: str) -> str:
    return re.sub(r"^the ", "", side.strip(), flags=re.I)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"


def _lemma(verb: str) -> str:
    """Return the form of a verb that goes with "did": "promise" for "promised"."""
    if verb in _DO_LEMMAS:
        return _DO_LEMMAS[verb]
    if verb.endswith("ied"):
        return f"{verb[:-3]}y"
    if not verb.endswith("ed") or len(verb) < 5:
        return verb
    root = verb[:-2]
    if len(root) > 2 and root[-1] == root[-2] and root[-1] not in "lsz":
        return root[:-1]  # "planned"
    return f"{root}e" if root[-1] in "cguvz" or re.search(r"[^s]s$|[aeiou][tmr]e?$", root) else root
