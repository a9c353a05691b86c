"""Finds where a text names something: whole words, whatever their accents.

A name is found as it is written, with its capitals, and by its initials ("UN"); plain words also
in their other forms ("bridges"). Knows nothing of what else may be meant by "the bloc".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from rag.english.names import initials
from rag.english.vocabulary import fold, stem

__all__ = ["Term", "mentions"]

# "U.S." is one word, and "Ukraine.The", with the space between two sentences lost, is two.
_LETTER = r"[^\W_][\u0300-\u036f]*"  # With the accents that stand apart.
_WORD = re.compile(rf"[^\W\d_](?:\.[^\W\d_])+(?![^\W_])|(?:{_LETTER})+(?:['’](?:{_LETTER})+)*")
_MOST_CACHED = 1 << 16
_ACCENTED = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
"""Latin letters with accents: Latin-1, Extended-A and -B, and Additional, of Unicode."""
_SURE_LETTERS = 3
"""Letters that all forms of a word begin with: "city" and "cities"."""


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for, as it was asked for: "Unasur", "the United Nations", "bridge"."""

    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """Its words as they are written, without an article before them."""
        found = _WORD.findall(self.text)
        while len(found) > 1 and fold(found[0]) in ("the", "a", "an"):
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
    found = set()
    for form in term.forms:
        for match in _opening(form[0]).finditer(text) if form else ():
            end = _end(text, match.start(), form)
            if end is not None:
                found.add((match.start(), end))
    return sorted(found)


def _end(text: str, start: int, form: tuple[str, ...]) -> int | None:
    """Return where the words that begin at a place end; None where they are not those of a form."""
    token = None
    for wanted in form:
        token = _WORD.search(text, token.end() if token else start)
        if token is None or not _is(token[0], *_wanted(wanted)):
            return None
    return token.end() if token else None


@functools.lru_cache(maxsize=64)
def _opening(word: str) -> re.Pattern[str]:
    """Return what finds quickly the words that may be one: by its letters, with any accents."""
    known, stemmed, _ = _wanted(word)
    letters = known[:_SURE_LETTERS] if stemmed else known
    marked = (f"{_variants(letter)}[\u0300-\u036f]*" for letter in letters)
    return re.compile(r"(?<![^\W_])" + r"\.?".join(marked), re.IGNORECASE)


@functools.lru_cache(maxsize=256)
def _variants(letter: str) -> str:
    """Return a class of the letters that fold to one: "o" and "ó"."""
    accented = (chr(code) for block in _ACCENTED for code in block)
    return f"[{re.escape(letter)}{''.join(one for one in accented if fold(one) == letter)}]"


@functools.lru_cache(maxsize=1024)
def _wanted(word: str) -> tuple[str, bool, bool]:
    """Return a word in its folded form or its stem, whether the latter, and if in capitals only."""
    short = _known(word)
    if word.isupper() and 1 < len(short) <= 5:
        return short, False, True
    named = word[:1].isupper() or word[:1].isdigit()
    return (short, False, False) if named else (stem(short), True, False)


def _is(word: str, wanted: str, stemmed: bool, capitals: bool) -> bool:
    if capitals and not word.removesuffix("'s").removesuffix("’s").isupper():
        return False
    if not (stemmed or word[:1].isupper() or word[:1].isdigit()):
        return False  # "given" is not the Ever Given.
    known = _known(word)
    return (stem(known) if stemmed else known) == wanted


@functools.lru_cache(maxsize=_MOST_CACHED)
def _known(word: str) -> str:
    """Return a word folded, without its possessive ending and the full stops of an acronym."""
    return fold(word).removesuffix("'s").replace(".", "")
