"""Cuts question and passage into windows of tokens, and chooses spans by what is made of them.

Knows how the input of Byline's own reader is laid out, and scores of tokens as starts and ends of
an answer; nothing of the network between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from rag.reader.reading import Passage, Reading, SpanScore

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "LONGEST",
    "MOST_QUESTION",
    "OVERLAP",
    "Window",
    "best_spans",
    "merged",
    "windows",
]

LONGEST = 384
"""Tokens of a window; in training, passages were cut to 320."""
OVERLAP = 96
"""Tokens that two windows share: three times the longest span, so that one of them has it whole."""
MOST_QUESTION = 128
"""Tokens of a question that are read."""
_MOST_TITLE = 48
_LONGEST_SPAN = 30
"""Tokens of a span."""
_NUMBER = re.compile(r"\d[.,]\d")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\Z")
"""An abbreviation such as "a.m" or "U.S", whose last full stop is its own."""
_UNSPACED = re.compile(
    # Thai, Lao, Burmese, Khmer, kana, Chinese characters.
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_MOST = 8
"""Spans of a passage that are kept: one a sentence, of a passage of the usual length."""


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the encoder."""

    ids: tuple[int, ...]
    first: int
    """Where in `ids` the words of the passage begin."""
    offsets: tuple[tuple[int, int], ...]
    """Characters of the passage, of each token from `first` on."""


def windows(tokenizer: Tokenizer, question: str, passage: Passage) -> Iterator[Window]:
    """Yield the windows of a passage, in its order; none where it has no words.

    Each is `<s> question </s> title passage </s>`, with one `</s>` between, unlike the
    pairs of MPNet itself.
    """
    start, end = _special(tokenizer, "<s>"), _special(tokenizer, "</s>")
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:MOST_QUESTION]
    title = tokenizer.encode(passage.title, add_special_tokens=False).ids[:_MOST_TITLE]
    text = tokenizer.encode(passage.text, add_special_tokens=False)
    head = (start, *asked, end, *title)
    room = LONGEST - len(head) - 1
    for at in range(0, max(len(text.ids) - OVERLAP, min(1, len(text.ids))), room - OVERLAP):
        ids = text.ids[at : at + room]
        yield Window((*head, *ids, end), len(head), tuple(text.offsets[at : at + room]))


def _special(tokenizer: Tokenizer, token: str) -> int:
    number = tokenizer.token_to_id(token)
    if number is None:
        raise ModelError(f"the reader's tokenizer has no {token}; name another with --reader")
    return number


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
    allowed = np.tri(n, n, _LONGEST_SPAN - 1, dtype=bool) & ~np.tri(n, n, -1, dtype=bool)
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
    if text.startswith(".", end) and _DOTTED.search(text, start, end):
        end += 1
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
