"""Says whether a claim states as a fact what its quotes only report, plan, demand, or allege.

English, by the words that stand before a verb; there is no parser behind it.
"""

from __future__ import annotations

import re

from rag.words import FUNCTION_WORDS, content_stems, fold, stem, words

__all__ = ["lost_attribution", "made_fact", "made_past"]

_IRREGULAR = dict(
    pair.split("-")
    for pair in (
        "left-leave won-win lost-lose fought-fight struck-strike paid-pay sold-sell bought-buy "
        "built-build held-hold met-meet led-lead sent-send spent-spend cut-cut shut-shut hit-hit "
        "quit-quit shot-shoot stole-steal stolen-steal withdrew-withdraw withdrawn-withdraw "
        "broke-break broken-break began-begin begun-begin rose-rise risen-rise fell-fall "
        "fallen-fall took-take taken-take gave-give given-give wrote-write written-write "
        "spoke-speak spoken-speak chose-choose chosen-choose ran-run became-become flew-fly "
        "drew-draw drawn-draw grew-grow grown-grow threw-throw thrown-throw swore-swear "
        "sworn-swear stood-stand brought-bring taught-teach caught-catch sought-seek "
        "overthrew-overthrow overthrown-overthrow"
    ).split()
)
"""Past forms that share no stem with their verb."""

# What stands before "to" and a verb, so that nobody has done it yet.
_WISH = (
    r"plan(?:s|ned|ning)?|intend\w*|intention|hop(?:e|es|ed|ing)|want(?:s|ed|ing)?|wish(?:es|ed)?|"
    r"threat(?:s|en\w*)?|promis\w+|vow(?:s|ed)?|pledg\w+|offer(?:s|ed|ing)?|propos\w+|"
    r"seek(?:s|ing)?|sought|aim(?:s|ed|ing)?|try|tries|tried|trying|attempt(?:s|ed|ing)?|"
    r"effort(?:s)?|bid|urg(?:e|es|ed|ing)|ask(?:s|ed|ing)?|call(?:s|ed|ing)? (?:on|for|upon)|"
    r"order(?:s|ed|ing)?|press(?:es|ed|ing)?|pressur\w+|invit\w+|demand(?:s|ed|ing)?|"
    r"warn(?:s|ed|ing)?|told|encourag\w+|advis\w+|beg(?:s|ged)?|appeal(?:s|ed)?|"
    r"ready|willing|prepared|prepar(?:es|ing)|considers?|considering|alleged|believed|"
    r"suspected|reported|rumou?red|said|thought"
)
_TO = re.compile(
    rf"\b(?:{_WISH})\b(?P<between>(?: (?!to\b)[\w'.-]+){{0,8}}?),? (?:not )?to (?P<deed>.{{1,60}})"
)
_ALSO_TO = re.compile(r"\b(?:and|or) (?:not )?to (?P<deed>.{1,60})")
# "accused him of hiding", "called for a strike", "considers leaving", "a plan for a vote".
_OF = re.compile(
    r"\b(?:(?:accus\w+|suspect(?:s|ed)|charg(?:es|ed)|blam(?:e|es|ed)|indicted|allegations?)"
    r"(?: [\w'.-]+){0,8}? (?:of|with|for|over)|"
    r"call(?:s|ed|ing)? for|demand(?:s|ed|ing)?|consider(?:s|ed|ing)?|propos(?:es|ed|ing)|"
    r"threat(?:s|ens|ened|ening)? (?:of|with)|plan(?:s)? for) (?P<deed>.{1,120})"
)
_GERUND = re.compile(r"\b(?:and|or|,) (?:then |of )?(\w+ing)\b")
_FUTURE = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were) to|(?:due|set|scheduled|going|expected|about|"
    r"poised|slated) to)\b (?:not )?(?P<deed>.{1,60})"
)
_CLAUSE_END = re.compile(r"[,;:!?()\"“”]|\.(?=\s|$)|\b(?:but|although|though|while|because|if)\b")
_PRESENT = frozenset("is are be being to am 's 're".split())

_BELIEVE = re.compile(
    r"\b(?:alleg(?:es|ed|ing)|claim(?:s|ed|ing)|believ(?:es|ed)|suspect(?:s|ed)|"
    r"fear(?:s|ed)|rumou?r(?:s|ed)|accus(?:es|ed|ing))\b"
)
_SAY = re.compile(
    r"\b(?:said|says|say|saying|told|tells|according to|insist(?:s|ed)|argu(?:es|ed)|"
    r"assert(?:s|ed)|contend(?:s|ed)|maintain(?:s|ed)|in the words of|reported(?:ly)?|reports|"
    r"alleged(?:ly)?)\b"
)
_TRAILING = 4
"""Content words that may follow a "said" which ends what was said."""
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[^a-z])")


def made_fact(claim: str, quotes: str) -> tuple[str, ...]:
    """Return the stems of what a claim states as done and the quotes only plan, demand, or allege.

    >>> made_fact("Mexico will leave the bloc.", "Mexico plans to leave the bloc.")
    ('leav',)
    """
    in_claim = _unrealised(claim)
    return _stated(claim, quotes, _unrealised(quotes), in_claim)


def made_past(claim: str, quotes: str) -> tuple[str, ...]:
    """Return the same of what a claim tells as done and the quotes expect ("would", "is to")."""
    allowed = _deeds(_FUTURE, claim) + _unrealised(claim)
    claim_words = words(claim)
    past = {
        _base(word)
        for before, word in zip(["", *claim_words], claim_words)
        if (word in _IRREGULAR or word.endswith("ed")) and before not in _PRESENT
    }
    found = _stated(claim, quotes, _deeds(_FUTURE, quotes), allowed)
    return tuple(deed for deed in found if deed in past)


def lost_attribution(claim: str, quotes: str) -> tuple[bool, str]:
    """Return whether a claim states what the quotes only allege, and who is said to have said it.

    The first is true where what the claim says stands in the quotes only after
    "alleged", "claimed", or the like. The second is the word of the quotes
    ("said") that a claim leaves out when it tells what somebody said without
    saying that somebody said it; empty where nothing is left out.
    """
    if _SAY.search(fold(claim)) or _BELIEVE.search(fold(claim)):
        return False, ""
    asserted = set(content_stems(claim))
    alleged = free = False
    said = ""
    for sentence in _SENTENCE.split(quotes):
        folded = fold(sentence)
        shared = asserted & set(content_stems(sentence))
        if len(shared) * 2 < len(asserted) or not shared:
            continue
        belief = _BELIEVE.search(folded)
        if belief is not None:
            after = set(content_stems(folded[belief.end() :]))
            before = set(content_stems(folded[: belief.start()]))
            if len(shared & after) > len(shared) / 2 and len((shared & before) - after) <= 1:
                alleged = True
                continue
        word = _SAY.search(folded)
        if word is None:
            free = True
            continue
        after = set(content_stems(folded[word.end() :]))
        # "…, police said": with so few words after it, what was said comes before.
        reported = set(content_stems(sentence)) if len(after) <= _TRAILING else after
        if len(shared & reported) > len(shared) / 2:
            said = said or word.group()
        else:
            free = True
    return alleged and not free and not said, "" if free else said


def _stated(claim: str, quotes: str, unrealised: list[str], allowed: list[str]) -> tuple[str, ...]:
    """Return which deeds the claim states that the quotes have in no other way."""
    in_claim = {_base(word) for word in _parts(claim)}
    in_quotes = [_base(word) for word in _parts(quotes)]
    return tuple(
        deed
        for deed in dict.fromkeys(unrealised)
        if deed in in_claim
        and deed not in allowed
        and in_quotes.count(deed) <= unrealised.count(deed)
    )


def _unrealised(text: str) -> list[str]:
    found = _deeds(_TO, text) + _deeds(_OF, text)
    folded = fold(text)
    if _TO.search(folded):
        found += _deeds(_ALSO_TO, text)
    for match in _OF.finditer(folded):
        clause = _clause(match["deed"])
        found += [stem(gerund) for gerund in _GERUND.findall(clause)]
    return found


def _deeds(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the base of the first content word after each match, within its clause."""
    found = []
    folded = fold(text)
    position = 0
    while match := pattern.search(folded, position):
        position = match.start("deed")
        if _CLAUSE_END.search(match.group()[: position - match.start()].rstrip(", ")):
            position = match.start() + 1
            continue  # the verb belongs to another clause
        deed = next((w for w in _parts(_clause(match["deed"])) if w not in FUNCTION_WORDS), "")
        if deed:
            found.append(_base(deed))
    return found


def _clause(text: str) -> str:
    end = _CLAUSE_END.search(text)
    return text[: end.start()] if end else text


def _parts(text: str) -> list[str]:
    return [part for word in words(text) for part in word.split("-") if part]


def _base(word: str) -> str:
    return stem(_IRREGULAR.get(word, word))
