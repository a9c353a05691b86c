"""What an account is made of, and which sentences can be told, say the same, are worth telling.

Knows nothing of questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.english.numbers import numbers
from rag.english.sentences import is_statement
from rag.types import Evidence

__all__ = ["Account", "Point", "choose", "says_the_same", "tells"]

_REPEATS = 0.72
"""Cosine from which a sentence tells what another has told, if no figure differs."""

_OF_PAGE = re.compile(
    r"(?:hide caption|photos?:|editor[’']s note|this (?:story|article|post|page)\b|click\b|"
    r"for (?:the|our) latest|(?:get|follow|see|read) (?:more|the (?:latest|full))\b|"
    r"here[’']s (?:how|what|when|where|who|why)\b|"
    r"[^.!?]{3,80}/(?:AF?P|dpa|EPA|Getty Images|Reuters|Shutterstock)\s)|.*\bhere[.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What tells of the page or of a picture and not of the news, as 67 of 75 such sentences of
RealTime QA do, and all of 40 of those that lead on or begin with who took the picture."""
_LONGEST_CAPTION = 500
"""Characters of a paragraph that may be a caption."""
_PARAGRAPH = re.compile(r"\n\s*\n")
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that is worth telling, and what stands above it."""

    evidence: Evidence
    heading: str = ""
    """See `Claim.heading`."""
    when: date | None = None
    also: tuple[Evidence, ...] = ()
    """Sentences of other articles that say the same, which are cited too."""


@dataclass(frozen=True, slots=True)
class Account:
    """The points of an answer, in the order in which they are to be read."""

    lead: str
    points: tuple[Point, ...]
    """May be empty where the lead tells all that there is, as of a count of none."""
    complete: bool = False
    """See `Coverage.complete`."""


def tells(item: Evidence) -> bool:
    """Say whether a sentence states something: no heading, no question, no caption of a picture.

    Nor what leads about the page that it stands on: "See the full list here."
    A caption ends in its credit, and so without the mark that ends a paragraph. So does an
    article that is cut off or signed; but that is longer, or one paragraph and nothing else. Rules
    against bylines and sentences that lean on others did not help (bench/RESULTS.md, "Accounts").
    """
    text = item.document.text
    gap = _PARAGRAPH.search(text, item.end)
    start = text.rfind("\n\n", 0, item.start) + 1
    end = gap.start() if gap else len(text)
    rest = text[item.end : end].strip()
    credited = rest and "\n" not in rest and not _ENDED.search(rest)
    caption = credited and (start > 0 or gap) and end - start <= _LONGEST_CAPTION
    return is_statement(item.text) and not caption and not _OF_PAGE.match(item.text)


def says_the_same(one: Evidence, other: Evidence, similarity: float) -> bool:
    """Say whether two sentences tell one thing: alike, and neither with a figure that differs.

    Args:
        one: a sentence.
        other: another.
        similarity: cosine of the two.
    """
    if similarity < _REPEATS:
        return False
    ours, theirs = numbers(one.text), numbers(other.text)
    return ours <= theirs or theirs <= ours


def choose(
    items: Sequence[Evidence], vectors: NDArray[np.float32], worth: NDArray[Any], most: int
) -> list[int]:
    """Return the places of the sentences to tell, the most telling first, none told twice.

    Args:
        items: the sentences.
        vectors: shape (sentences, dimension); the product of two rows is how alike they are.
        worth: of each sentence; higher is better.
        most: how many to choose.
    """
    chosen: list[int] = []
    for place in map(int, np.argsort(-worth, kind="stable")):
        similar = vectors @ vectors[place]
        if not any(says_the_same(items[place], items[other], similar[other]) for other in chosen):
            chosen.append(place)
        if len(chosen) == most:
            break
    return chosen
