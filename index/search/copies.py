"""Says whether a passage is a copy of one that is already listed: a wire story in two papers.

Compares words in threes; knows nothing of questions or rankings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.types import Chunk, Document

__all__ = ["Surroundings", "triples"]

Triple = tuple[str, ...]

_SHARED = 0.8
"""Share of a passage's word triples that the other article must hold at that place."""
_OVERLAPPING = 0.5
"""Share that must lie in the other passage itself: with a header of its own a copy is cut into
passages at other places, and says what two of the other article's passages say."""
_REACH = 900
"""Characters on either side of a passage that count as the same place."""
_HEADER_WORDS = 8
"""Lines of fewer words (bylines, dates, captions) differ between copies, and are passed over."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+")
_FIGURE = re.compile(
    r"\d.*|no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|(?:m|b|tr)illions?"
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an article says in a passage and around it."""

    passage: frozenset[Triple]
    around: frozenset[Triple]
    """Those of the passage, and of the article for `_REACH` characters before and after it."""
    figures: frozenset[tuple[str, str]]
    """The words before and after each figure."""

    @classmethod
    def of(cls, chunk: Chunk, document: Document) -> Surroundings:
        """Read a passage where it stands in its article."""
        passage = triples(chunk.text)
        near = document.text[max(0, chunk.start - _REACH) : chunk.end + _REACH]
        around = passage | triples(near)
        return cls(passage, around, frozenset((t[0], t[-1]) for t in around if _is_figure(t)))

    def says_all_of(self, other: frozenset[Triple]) -> bool:
        """Say whether a passage of these word triples is a copy of what is said here.

        One that has another figure between the same words is none: it is an update, or
        contradicts.
        """
        if len(other & self.passage) < _OVERLAPPING * len(other):
            return False
        new = other - self.around
        if len(new) > (1 - _SHARED) * len(other):
            return False
        return not any(_is_figure(t) and (t[0], t[-1]) in self.figures for t in new)


def triples(text: str) -> frozenset[Triple]:
    """Return all words of a text in threes, case folded; those of short lines left out."""
    lines = [_WORD.findall(line) for line in text.casefold().splitlines()]
    body = [word for line in lines if len(line) >= _HEADER_WORDS for word in line]
    found = body or [word for line in lines for word in line]
    return frozenset(zip(found, found[1:], found[2:])) or frozenset([tuple(found)])


def _is_figure(triple: Triple) -> bool:
    return len(triple) == 3 and _FIGURE.fullmatch(triple[1]) is not None
