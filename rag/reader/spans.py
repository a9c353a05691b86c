"""Chooses the spans of a passage from the scores of its tokens as starts and ends of an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.reader.reading import Passage, Reading, SpanScore

__all__ = ["best_spans", "merged"]

LONGEST_SPAN = 30
"""Tokens of a span."""
_NUMBER = re.compile(r"\d[.,]\d")
_UNSPACED = re.compile(
    # Thai, Lao, Burmese, Khmer, kana, Chinese characters.
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_MOST = 8
"""Spans of a passage that are kept: one a sentence, of a passage of the usual length."""


def best_spans(
    passage: Passage,
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    offsets: Sequence[tuple[int, int]],
    none: float,
    answers: float,
) -> list[SpanScore]:
    """Return the best spans of one window, best first, none overlapping another.

    Args:
        passage: what the offsets refer to.
        starts: scores of each token as the first of the answer, shape (n,).
        ends: the same as the last.
        offsets: characters of each token in the passage.
        none: the score of "no answer", as a start and an end together.
        answers: log odds that the window answers at all.
    """
    n = len(offsets)
    scores = starts[:, np.newaxis] + ends[np.newaxis, :]
    # A span ends where it begins or after, and is not too long.
    allowed = np.tri(n, n, LONGEST_SPAN - 1, dtype=bool) & ~np.tri(n, n, -1, dtype=bool)
    scores = np.where(allowed, scores, -np.inf)
    found: list[SpanScore] = []
    while len(found) < _MOST and np.isfinite(best := scores.max(initial=-np.inf)):
        first, last = divmod(int(scores.argmax()), n)
        start, end = _whole_words(passage.text, offsets[first][0], offsets[last][1])
        # Two that share a word overlap only once they are whole.
        if start < end and all(end <= f.start or start >= f.end for f in found):
            z = float((best - none) / 2 + answers)
            found.append(SpanScore(start, end, z))
        # What overlaps: begins before this one's end and ends after its start.
        scores[: last + 1, first:] = -np.inf
    return found


def merged(spans: Iterable[SpanScore]) -> Reading:
    """Return the best spans of all windows of a passage, which overlap."""
    kept: list[SpanScore] = []
    # Equal scores keep the order of the text, so that the same passage gives the same reading.
    for span in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return Reading(tuple(kept[:_MOST]))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span that begins or ends within a word, or before the accent of its last letter."""
    while _joined(text, start):
        start -= 1
    while _joined(text, end):
        end += 1
    while start < end and _blank(text[start]):
        start += 1
    while start < end and _blank(text[end - 1]):
        end -= 1
    return start, end


def _joined(text: str, at: int) -> bool:
    """Say whether the characters before and after a place belong to one word.

    A word is letters, figures, and the marks on them; the separators of "2,500.75" belong to the
    number. Soft hyphens and joiners within a word, which the tokenizer drops, do not end it.
    Of scripts that are written without spaces every character is a word.
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M":
        return not before.isspace()
    if _NUMBER.match(text, at - 1) or (at > 1 and _NUMBER.match(text, at - 2)):
        return True
    return _inside(before) and _inside(after)


def _inside(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "Cf" or (category[0] in "LNM" and not _UNSPACED.match(character))


def _blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"
