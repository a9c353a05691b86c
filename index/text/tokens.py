"""Cuts a text into the word stems that full-text ranking compares; knows no article or index.

A word is a run of letters and digits, case-folded and without accents; "ø" is "o". An
acronym and a figure are one word each: their parts alone ("s", "000") would
match anything. Of a question, only the words that tell something are looked for.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import snowballstemmer

__all__ = [
    "FOLDING",
    "PLAIN_LETTERS",
    "one_letter_apart",
    "plain_text",
    "question_stems",
    "stem",
    "stems",
]

PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "ħ": "h", "Ħ": "H", "ı": "i", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th",
        "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe",
    }
)  # fmt: skip
"""Letters that readers type as others, and that NFKD (Unicode Standard Annex 15), which takes
accents off, does not decompose into these."""
FOLDING = "2"
"""Changes whenever words are folded otherwise than before, so that what was made of them is old."""
_MOST_CACHED = 1 << 18
"""Words whose stems are kept, about 50 MB: a news library repeats most of its words, and finding
a stem takes a thousand times as long as looking it up."""

_TYPOGRAPHY = (("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"))
_INNER = ".,'"
_SPLIT = re.compile(r"[.,']+")
_ACRONYM = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")

_MOST_WORDS = 64

# An acronym or a figure is one word, as below.
_QUESTION_WORD = re.compile(r"[^\W\d_](?:\.[^\W\d_])+(?!\w)|\d+(?:[.,]\d+)+|[^\W_]+")

# Shorter than the list in rag/english/vocabulary.py, which may pass over "made" or "against" when
# it weighs a sentence: here a word that is left out finds nothing. And the parts of contractions
# ("ll") stand alone here, as _QUESTION_WORD splits them.
_FUNCTION_TEXT = (
    "a about after again all also am an and any are as at be because been before being between "
    "both but by can could d did do does doing down during each few for from further had has "
    "have having he her here hers herself him himself his how i if in into is it its itself "
    "just ll m many me more most much my myself no nor not now of off on once only or other our "
    "ours ourselves out over own re s same she should so some such t than that the their theirs "
    "them themselves then there these they this those through to too under until up upon us ve "
    "very was we were what when where which while who whom whose why will with would you your "
    "yours yourself yourselves"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_TEXT.split())


def stems(text: str) -> list[str]:
    """Return the stems of the words of a text (Snowball English), in order, with repetitions.

    >>> stems("The U.S. paid Peru's café 10,000 for striking.")
    ['the', 'us', 'paid', 'peru', 'cafe', '10000', 'for', 'strike']
    """
    # The marks of typography alone would take most texts off str.translate's quick way for ASCII.
    for mark, plain in _TYPOGRAPHY:
        text = text.replace(mark, plain)
    raw = text.translate(_FOLDED).split()
    return list(chain.from_iterable(map(_STEMS.__getitem__, raw)))


def question_stems(text: str) -> list[str]:
    """Return the stems of the words of a text that tell something, once each, in order.

    English function words count only where there is nothing else. "US" and "WHO"
    are names where the text is not all in capitals.

    >>> question_stems("Who leads the WHO?")
    ['lead', 'who']
    """
    shouted = text.isupper()
    words: dict[str, str] = {}
    for word in _QUESTION_WORD.findall(text):
        is_name = not shouted and len(word) > 1 and word.isupper()
        key = word if is_name else word.casefold()
        words.setdefault(key, word)
    telling = [word for key, word in words.items() if key not in _FUNCTION_WORDS]
    chosen = (telling or list(words.values()))[:_MOST_WORDS]
    return list(dict.fromkeys(stem for word in chosen for stem in stems(word)))


def plain_text(text: str) -> str:
    """Return a line without case and accents, to be compared with others.

    >>> plain_text("Peru’s Ñandú, again")
    "peru's nandu, again"
    """
    # The quick way for most titles: the table is asked for each character.
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def one_letter_apart(one: bytes, other: bytes) -> bool:
    """Say whether one letter was changed, left out, put in, or exchanged with the next.

    Damerau 1964, "A technique for computer detection and correction of spelling errors".
    """
    short, long = sorted((one, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short != long and (short[at + 1 :] == long[at + 1 :] or swapped == long[at:])


class _Folded(dict[int, str]):
    """What each character becomes: a part of a word, or a space between two."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code).translate(PLAIN_LETTERS))
        folded = self[code] = "".join(map(_fold, plain))
        return folded


class _Stems(dict[str, tuple[str, ...]]):
    """The stems of each run of characters that `_Folded` leaves between two spaces."""

    def __missing__(self, raw: str) -> tuple[str, ...]:
        if len(self) >= _MOST_CACHED:
            self.clear()
        found = self[raw] = tuple(map(stem, _words(raw)))
        return found


_FOLDED = _Folded()
_STEMS = _Stems()


def _fold(character: str) -> str:
    if character in "’ʼ＇":
        return "'"
    if unicodedata.combining(character):
        return ""
    # Vowel signs of Indic scripts are marks too, but parts of the word.
    if character in _INNER or unicodedata.category(character)[0] in "LNM":
        return character.casefold()
    return " "


def _words(raw: str) -> list[str]:
    """Return the words in a run of letters, digits, full stops, commas, and apostrophes."""
    raw = raw.strip(_INNER).removesuffix("'s")
    if _ACRONYM.fullmatch(raw):
        return [raw.replace(".", "")]
    if figure := _THOUSANDS.match(raw) or _DECIMAL.match(raw):
        rest = raw[figure.end() :]
        # "11.01.2019" is three words; "2.5bn" is a figure and its unit.
        if not rest.startswith(tuple(_INNER + "0123456789")):
            return [_plain(figure[0]), *_words(rest)]
    return [word for word in _SPLIT.split(raw) if word]


def _plain(figure: str) -> str:
    if _THOUSANDS.fullmatch(figure):
        return figure.replace(",", "")
    return figure.replace(",", ".")


@functools.lru_cache(maxsize=_MOST_CACHED)
def stem(word: str) -> str:
    """Return the stem of a folded word (Snowball English, Porter 2)."""
    # What the rules for English endings leave as it is: figures, and words of other scripts.
    if not (word.isascii() and word.isalpha()):
        return word
    return str(_stemmer().stemWord(word))


@functools.lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer.EnglishStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
