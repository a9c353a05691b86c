"""Says which articles are nearly the same: wire copy, a reprint, an updated version.

Finding candidates among all articles takes no look at their texts: MinHash
signatures of their word triples (Broder 1997, "On the resemblance and
containment of documents"), of which a few bands must be equal. Whether a
candidate is kin is then counted. Knows nothing of storage or questions.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from index.search.copies import triples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["bands", "resemblance"]

_BANDS, _ROWS = 20, 3
"""Articles that share half of their triples meet in a band with probability .93; .7, .9998; .1,
.02 (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4)."""
_SEED = 1997
_MOST = 1_000_000
"""Characters of an article that are compared: more than any has that is printed twice."""
_FEWEST = 10
"""Word triples."""
_AT_ONCE = 1 << 14
"""Triples whose hashes are in memory at a time."""


def bands(text: str) -> tuple[int, ...]:
    """Return the keys under which an article is found by its kin: signed 64-bit integers.

    Articles that are nearly the same share at least one of them, almost surely. None for a text
    of a few words, which might be like any other.
    """
    import numpy as np

    found = triples(text[:_MOST])
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
    ours, theirs = triples(text[:_MOST]), triples(other[:_MOST])
    return len(ours & theirs) / min(len(ours), len(theirs))


def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    import numpy as np

    generator = np.random.default_rng(_SEED)
    drawn = generator.integers(0, 2**64, size=(2, _BANDS * _ROWS), dtype=np.uint64)
    return drawn[0] | np.uint64(1), drawn[1]
