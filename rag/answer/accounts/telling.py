"""Says which sentences can be told on their own, which say the same, and which of many to tell.

Knows nothing of questions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.english.names import CALENDAR_NAMES, TITLES, names
from rag.english.numbers import numbers
from rag.english.sentences import tells_of_past, tells_of_plans
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, words
from rag.types import Evidence

__all__ = ["choose", "in_a_row", "news_beside", "says_the_same", "stands_alone", "telling"]

_FEWEST_WORDS, _MOST_WORDS = 6, 70
_BEGINS = re.compile(r"[\"“‘'(]*(?:[^\W\d_a-z]|[\d$€£¥]|(?:al|bin|de|van|von)[ -])")
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z.'’ -]{2,30}(?:, [A-Z][\w. ]{1,20})?\s*(?:\([A-Z][\w./ ]{1,20}\)\s*)?(?:--|[—–-])"
    r"|(?:[A-Z][\w.]+,? ){0,3}\((?:[A-Z]{2,4}(?: [A-Z]\w+)?|Reuters)\)(?:\s*(?:--|[—–-]))?)\s+"
)
_ENDS = re.compile(r"(?<!\.\.)[.!][\"”’'»)\]]*$")
_BOILERPLATE = re.compile(
    r"\b(?:click|sign up|subscrib\w+|newsletter|follow us|read more|see also|let us know|"
    r"e-?mail us|contributed to this (?:report|story|article)|all rights reserved|copyright|©|"
    r"cookies|advertisement|watch (?:the|our|more)|listen to|download (?:the|our)|share this|"
    r"is an invented newspaper|your inbox|see you|just watched|more videos|"
    r"photo(?:graph)?s?:|image:|getty images|file photo)|"
    r"^(?:you|your|if you|if your|let us|let’s|let's|here’s|here's|here are|(?:i’m|i'm) \w+ \w+)\b|"
    r"^(?:related|analysis|editor.s note|read|watch|correction|updated?|photo|source)\b\W*:|"
    r"https?://|www\.|^[^,.;]{0,60}/(?:ap|reuters|getty|afp|epa)\b|"
    r"\((?:[^()]*/)?\s*(?:reuters|ap|afp|epa|cnn|getty|associated press)[^()]*\)\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[A-Z][A-Z .'’-]{2,}:")
"""How what someone says begins in an interview, and a headline within a text."""
_DAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b[a-z]{3,9}\.? \d{1,2}, (?:19|20)\d\d\b|"
    r"\b(?:19|20)\d\d\.?$",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"[\"“‘']*(?:(?:and|but|or|so|yet|nor|rather|instead|otherwise|similarly|likewise|indeed|thus|"
    r"therefore|hence|for (?:example|instance)|(?:in|by) contrast|on the other hand|in addition|"
    r"however|nevertheless|nonetheless|moreover|furthermore|meanwhile|still,|even so|"
    r"(?:if|when|while|because|although|after|before|despite|with|in|on|at|for|from|under|by|of) "
    r"(?:this|that|these|those)|(?:\w+ ){1,2}(?:believe|say|said|think|hope|fear)s? (?:that )?it|"
    r"that is|then|here|there|(?:chief |first )?among (?:them|those|these)|"
    r"of (?:these|those|them)|the (?:former|latter|\d+-year-old)|such|another|others?|some of|"
    r"one of (?:them|these|those)|also|too)\b|(?:like|as) (?:this|that)\b)",
    re.IGNORECASE,
)
"""How a sentence begins that goes on with what stood before it."""
_SPEAKS_OF_ONE = re.compile(
    r"(?P<before>.{0,120}?)\b(?:(?P<person>he|she|him|his|her)|they|their|theirs|them)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:\w+(?:er|or|man|men|ist|ian|ant|ent)|boy|girl|suspect|victim|who)\b")
Admitted = Callable[[Sequence[int], int], bool]
"""Told which places are chosen, and another: says whether that may come next."""
_REPEATS = 0.72
"""Cosine from which a sentence tells what another has told, if no figure differs."""
_SAME = 0.86
"""Cosine from which two sentences tell one thing, if no figure differs. Set by reading summaries
of four subjects of the news; not yet measured."""


def telling(items: Iterable[Evidence]) -> list[Evidence]:
    """Return the sentences that can be told on their own, without the dateline before one."""
    found = []
    for item in items:
        dateline = _DATELINE.match(item.text)
        if dateline:
            start = item.start + dateline.end()
            item = replace(
                item, start=start, context_start=start, answer_start=start, answer_end=start
            )
        if stands_alone(item):
            found.append(item)
    return found


def stands_alone(item: Evidence) -> bool:
    """Say whether a sentence, with what is brought along before it, can be told by itself.

    Not a heading, a caption, an advertisement, a question, a list item, or a part of a quotation.
    """
    text = " ".join(item.text.split())
    if not _is_whole(text):
        return False
    if item.context_start < item.start:
        before = " ".join(item.document.text[item.context_start : item.start].split())
        return _is_whole(before) and not (_LEANS.match(before) or _speaks_of_another(before))
    return not _LEANS.match(text) and not _speaks_of_another(text)


def _is_whole(text: str) -> bool:
    tokens = text.split()
    if not _FEWEST_WORDS <= len(tokens) <= _MOST_WORDS:
        return False
    if not (_BEGINS.match(text) and _ENDS.search(text)) or _BOILERPLATE.search(text):
        return False
    opened, closed = text.count("“"), text.count("”")
    if text.count('"') % 2 or opened != closed or text.count("(") != text.count(")"):
        return False
    if _LABELLED.match(text) or (_DAY.search(text) and _is_caption(text)):
        return False
    if text[0] in '"“' and not re.search(r"[\"”]\W*\s*\w", text[1:]):
        return False  # All of it is said, and nobody says it.
    small = [token for token in tokens if token.casefold().strip(",") in FUNCTION_WORDS]
    return len(small) >= len(tokens) / 12  # A row of names or figures has none.


def _is_caption(text: str) -> bool:
    """Say whether a sentence with a date tells in the present: "Ana Lee speaks on 4 May 2020."."""
    return not (tells_of_past(text) or tells_of_plans(text))


def _speaks_of_another(text: str) -> bool:
    """Say whether a sentence begins with someone who was named before it."""
    found = _SPEAKS_OF_ONE.match(text)
    if found is None:
        return False
    before = found["before"]
    if any(name.word not in CALENDAR_NAMES for name in names(before)):
        return False
    if found["person"]:
        return not (TITLES.intersection(words(before)) or _PERSON.search(before))
    return not content_stems(before)


def says_the_same(one: Evidence, other: Evidence, similarity: float, least: float = _SAME) -> bool:
    """Say whether two sentences tell one thing: alike, and neither with a figure that differs.

    Args:
        one: a sentence.
        other: another.
        similarity: cosine of the two.
        least: how alike they have to be.
    """
    if similarity < least:
        return False
    ours, theirs = numbers(one.text), numbers(other.text)
    return ours <= theirs or theirs <= ours


def news_beside(items: Sequence[Evidence], vectors: NDArray[np.float32]) -> Admitted:
    """Return what says of a sentence whether it tells anything that those chosen do not.

    Args:
        items: the sentences.
        vectors: theirs, rows of unit length.
    """

    def is_news(chosen: Sequence[int], place: int) -> bool:
        item, similar = items[place], vectors @ vectors[place]
        return not any(
            says_the_same(item, items[other], similar[other], _REPEATS) for other in chosen
        )

    return is_news


def in_a_row(items: Iterable[Evidence]) -> list[Evidence]:
    """Return sentences as they follow one another, none brought along that was just told."""
    found: list[Evidence] = []
    for item in items:
        before = found[-1] if found else None
        if before and before.document.id == item.document.id and item.context_start < before.end:
            item = replace(item, context_start=item.start)
        found.append(item)
    return found


def choose(
    vectors: NDArray[np.float32],
    worth: NDArray[np.float32],
    most: int,
    admitted: Admitted = lambda _chosen, _place: True,
    alike: float = 0.5,
) -> list[int]:
    """Return the places of the sentences to tell, the most telling first, none like another.

    Maximal marginal relevance (Carbonell and Goldstein, "The use of MMR, diversity-based
    reranking", 1998): each next one has the highest worth less what it shares with those chosen.

    Args:
        vectors: shape (sentences, dimension), rows of unit length.
        worth: of each sentence; higher is better.
        most: how many to choose.
        admitted: what may come next.
        alike: what the highest cosine with a chosen one takes from a sentence's worth.
    """
    similar = vectors @ vectors.T
    chosen: list[int] = []
    while len(chosen) < most:
        left = [p for p in range(len(worth)) if p not in chosen and admitted(chosen, p)]
        if not left:
            break
        shared = similar[np.ix_(left, chosen)].max(axis=1) if chosen else np.zeros(len(left))
        chosen.append(left[int(np.argmax(worth[left] - alike * shared))])
    return chosen
