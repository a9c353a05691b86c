"""Cuts question and passage into windows of tokens that an encoder can take, with offsets.

Knows how the input of Byline's own reader is laid out; nothing of what is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import ModelError
from rag.reader.reading import Passage

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["LONGEST", "MOST_QUESTION", "OVERLAP", "Window", "windows"]

LONGEST = 384
"""Tokens of a window; in training, passages were cut to 320."""
OVERLAP = 96
"""Tokens that two windows share: three times the longest span, so that one of them has it whole."""
MOST_QUESTION = 128
"""Tokens of a question that are read."""
_MOST_TITLE = 48


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
