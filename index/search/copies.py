"""Says which passages are copies of others, and which articles are nearly the same.

A wire story in two papers, a reprint, an updated version: words are compared in threes. Finding
candidates among all articles takes no look at their texts: MinHash signatures of their word
triples (Broder 1997, "On the resemblance and containment of documents"), of which a few bands must
be equal. Whether a candidate is kin is then counted. Knows nothing of storage, questions, or
rankings.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.types import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Surroundings", "bands", "resemblance", "triples"]

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

_BANDS, _ROWS = 20, 3
"""Articles that share half of their triples meet in a band with probability .93; .7, .9998; .1,
.02 (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4)."""
_SEED = 1997
_MOST_COMPARED = 1_000_000
"""Characters of an article that are compared: more than any has that is printed twice."""
_FEWEST = 10
"""Word triples."""
_AT_ONCE = 1 << 14
"""Triples whose hashes are in memory at a time."""

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


def bands(text: str) -> tuple[int, ...]:
    """Return the keys under which an article is found by its kin: signed 64-bit integers.

    Articles that are nearly the same share at least one of them, almost surely. None for a text
    of a few words, which might be like any other.
    """
    import numpy as np

    found = triples(text[:_MOST_COMPARED])
    if len(found) < _FEWEST:
        return ()
    words = (" ".join(triple).encode("utf-8", "replace") for triple in found)
    hashed = np.fromiter(map(zlib.crc32, words), dtype=np.uint64)
    factors, offsets = _permutations()
    least = np.full(_BANDS * _ROWS, 2**64 - 1, dtype=np.uint64)
    for start in range(0, len(hashed), _AT_ONCE):
        # Multiply-shift hashing: the upper half of a product modulo 2^64 (Dietzfelbinger et al.,
        # "A reliable randomized algorithm for the closest-pair problem", 1997).
        mixed = hashed[start : start + _AT_ONCE, np.newaxis] * factors + offsets
        np.minimum(least, (mixed >> np.uint64(32)).min(axis=0), out=least)
    signature = least.astype(np.uint32).reshape(_BANDS, _ROWS)
    keys = []
    for number, rows in enumerate(signature):
        # The band's number is part of the key, so that only like bands meet.
        data = bytes([number]) + rows.astype("<u4").tobytes()
        keys.append(zlib.crc32(data) << 31 | zlib.crc32(data, 1) >> 1)
    return tuple(keys)


def resemblance(text: str, other: str) -> float:
    """Return the share of the shorter text's word triples that the other holds, 0 to 1."""
    ours, theirs = triples(text[:_MOST_COMPARED]), triples(other[:_MOST_COMPARED])
    return len(ours & theirs) / min(len(ours), len(theirs))


def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    import numpy as np

    generator = np.random.default_rng(_SEED)
    drawn = generator.integers(0, 2**64, size=(2, _BANDS * _ROWS), dtype=np.uint64)
    return drawn[0] | np.uint64(1), drawn[1]
