"""Words, stems, and which of them carry meaning; knows nothing of what they are read for."""

from __future__ import annotations

import re
import unicodedata

from index.text.tokens import PLAIN_LETTERS, stem

__all__ = ["FUNCTION_WORDS", "content_stems", "fold", "fold_in_place", "stem", "words"]

_WORD = re.compile(r"[^\W_]+(?:[.,'’\-‐‑][^\W_]+)*")

# English words that a question or claim may hold without being about them.
FUNCTION_WORDS = frozenset(
    """a about after again against all almost also although am among an and another any are aren't
    around as at away be became because become been before being between both but by came can
    can't cannot come could couldn't did didn't do does doesn't doing don't down during each
    either else ever every exactly few for from further get gets getting give given go goes going
    gone got had hadn't happen happened happening happens has hasn't have haven't having he he'd
    he'll he's her here hers herself
    him himself his how however i i'd i'll i'm i've if in into is isn't it it's its itself just
    kind let like lot made make makes many may me might mine more most much must my myself neither
    no nor not now of off often on once one only onto or other our ours out over own per please
    put quite rather really said say says she she'd she'll she's should shouldn't since so some
    somebody someone something sort still such take taken tell than that that's the their theirs
    them themselves then there there's these they they'd they'll they're they've thing things this
    those though through thus to together too toward towards type under until up upon us used uses
    using very via was wasn't way we we'd we'll we're we've well were weren't what what's whatever
    when whenever where whereas whether which while who who's whoever whom whose why will with
    within without won't would wouldn't yes yet you you'd you'll you're you've your yours
    yourself""".split()
)


_PLAIN = PLAIN_LETTERS | str.maketrans("’‘‐‑", "''--")


def fold(text: str) -> str:
    """Return the text in lower case with plain quotation marks and without accents.

    >>> fold("Guaidó’s") == fold("GUAIDO\u0301'S") == "guaido's"
    True
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def fold_in_place(text: str) -> str:
    """Fold a text letter by letter, so that every offset still means the same place."""
    if text.isascii():
        return text.lower()
    return "".join(folded if len(folded := fold(c)) == 1 else c for c in text)


def words(text: str) -> list[str]:
    """Return the folded words of a text in order, possessive endings removed.

    >>> words("Peru's Foreign Minister said 2,300,000 left.")
    ['peru', 'foreign', 'minister', 'said', '2,300,000', 'left']
    """
    return [word.removesuffix("'s") for word in _WORD.findall(fold(text))]


def content_stems(text: str) -> dict[str, str]:
    """Return the stems of the words that carry meaning, in order, each with its first word.

    Hyphenated words give their parts, so that "oil-rich" meets "rich in oil".
    """
    stems: dict[str, str] = {}
    for word in words(text):
        for part in word.split("-"):
            if part and part not in FUNCTION_WORDS:
                stems.setdefault(stem(part), part)
    return stems
