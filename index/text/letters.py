"""Letters that readers type as others, and that Unicode does not decompose into these.

Accents come off by NFKD (Unicode Standard Annex 15); these have none.
"""

from __future__ import annotations

__all__ = ["FOLDING", "PLAIN_LETTERS"]

PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "ħ": "h", "Ħ": "H", "ı": "i", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th",
        "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe",
    }
)  # fmt: skip
"""For `str.translate`."""
FOLDING = "2"
"""Changes whenever words are folded otherwise than before, so that what was made of them is old."""
