"""Finds where a text names something: whole words, whatever their accents.

A name is found as it is written, with its capitals, and by its initials ("UN"); plain words also
in their other forms ("bridges"). Knows nothing of what else may be meant by "the bloc".
"""

from __future__ import annotations

import functools
import re

from rag.english.names import TWO_LETTERS, initials
from rag.english.vocabulary import fold, stem

__all__ = ["mentions", "term_forms", "term_words"]

# "U.S." is one word, and "Ukraine.The", with the space between two sentences lost, is two.
_LETTER = r"[^\W_][\u0300-\u036f]*"  # With the accents that stand apart.
_WORD = re.compile(rf"[^\W\d_](?:\.[^\W\d_])+(?![^\W_])|(?:{_LETTER})+(?:['’](?:{_LETTER})+)*")
_MOST_CACHED = 1 << 16


def term_words(term: str) -> tuple[str, ...]:
    """Return the words of what is looked for as they are written, without an article before."""
    found = _WORD.findall(term)
    while len(found) > 1 and fold(found[0]) in ("the", "a", "an"):
        found.pop(0)
    return tuple(found)


def mentions(text: str, term: str) -> list[tuple[int, int]]:
    """Return where a text names a term: start and end of each place, in order.

    Args:
        text: any text.
        term: what is looked for, as it was asked for: "Unasur", "the United Nations", "bridge".

    >>> text = "Guaido's men met. The U.N. sent Guaidó a letter."
    >>> [text[start:end] for start, end in mentions(text, "Guaidó")]
    ["Guaido's", 'Guaidó']
    >>> [text[start:end] for start, end in mentions(text, "the United Nations")]
    ['U.N']
    """
    tokens = list(_WORD.finditer(text))
    found = set()
    for form in term_forms(term):
        for first, opening in enumerate(tokens):
            if _is(opening[0], form[0]):
                run = tokens[first : first + len(form)]
                if len(run) == len(form) and all(_is(t[0], w) for t, w in zip(run, form)):
                    found.add((opening.start(), run[-1].end()))
    return sorted(found)


def term_forms(term: str) -> list[tuple[str, ...]]:
    """Return the words under which it goes: its own, its initials, what two letters stand for."""
    own = term_words(term)
    if len(own) == 1 and own[0].isupper() and (whole := TWO_LETTERS.get(_known(own[0]))):
        return [own, tuple(whole.title().split())]
    known = [word for word in own if word[0].isupper()]
    short = [(letters.upper(),) for letters, part in initials(known) if part == known]
    return [own, *short] if own else []


@functools.lru_cache(maxsize=_MOST_CACHED)
def _is(word: str, wanted: str) -> bool:
    """Say whether a word of a text is one that is looked for."""
    known, sought = _known(word), _known(wanted)
    if wanted.isupper() and 1 < len(sought) <= 5:  # "us" is not the US.
        return known == sought and word.removesuffix("'s").removesuffix("’s").isupper()
    if wanted[:1].isupper() or wanted[:1].isdigit():  # "given" is not the Ever Given.
        return known == sought and (word[:1].isupper() or word[:1].isdigit())
    return stem(known) == stem(sought)


def _known(word: str) -> str:
    """Return a word folded, without its possessive ending and the full stops of an acronym."""
    return fold(word).removesuffix("'s").replace(".", "")
