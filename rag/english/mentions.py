"""Finds where a text names something: whole words, whatever their accents and capitals.

A name is found as it is written, and by its initials ("UN"); plain words also in their other
forms ("bridges"). Knows nothing of what else may be meant: "the bloc" mentions nobody.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from rag.english.names import initials
from rag.english.vocabulary import FUNCTION_WORDS, fold, stem

__all__ = ["Term", "mentions"]

_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_MOST_CACHED = 1 << 16


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for, as it was asked for: "Unasur", "the United Nations", "bridge"."""

    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """Its words as they are written, without an article before them."""
        found = _WORD.findall(self.text)
        while len(found) > 1 and fold(found[0]) in FUNCTION_WORDS:
            found.pop(0)
        return tuple(found)

    @property
    def forms(self) -> tuple[tuple[str, ...], ...]:
        """The words under which it goes: its own, and the initials of a name of several."""
        known = [word for word in self.words if word[0].isupper()]
        short = [letters.upper() for letters, part in initials(known) if part == known]
        return (self.words, *((letters,) for letters in short)) if short else (self.words,)


def mentions(text: str, term: Term) -> list[tuple[int, int]]:
    """Return where a text names a term: start and end of each place, in order.

    >>> text = "Guaido's men met. The U.N. sent Guaidó a letter."
    >>> [text[start:end] for start, end in mentions(text, Term("Guaidó"))]
    ["Guaido's", 'Guaidó']
    >>> [text[start:end] for start, end in mentions(text, Term("the United Nations"))]
    ['U.N']
    """
    tokens = list(_WORD.finditer(text))
    forms = [tuple(_wanted(word) for word in form) for form in term.forms]
    found = []
    for at, token in enumerate(tokens):
        for form in forms:
            group = tokens[at : at + len(form)]
            if len(group) == len(form) and all(
                _is(one[0], *wanted) for one, wanted in zip(group, form)
            ):
                found.append((token.start(), group[-1].end()))
                break
    return found


def _wanted(word: str) -> tuple[str, bool, bool]:
    """Return a word in its folded form or its stem, whether the latter, and if in capitals only."""
    short = _known(word)
    if word.isupper() and 1 < len(short) <= 5:
        return short, False, True
    return (short, False, False) if word[:1].isupper() else (stem(short), True, False)


def _is(word: str, wanted: str, stemmed: bool, capitals: bool) -> bool:
    if capitals and not word.removesuffix("'s").removesuffix("’s").isupper():
        return False
    known = _known(word)
    return (stem(known) if stemmed else known) == wanted


@functools.lru_cache(maxsize=_MOST_CACHED)
def _known(word: str) -> str:
    """Return a word folded, without its possessive ending and the full stops of an acronym."""
    return fold(word).removesuffix("'s").replace(".", "")
