"""Finds what an article itself says stands for what: full names and short forms.

Knows nothing of claims or quotes.
"""

from __future__ import annotations

import functools
import re

from rag.words import FUNCTION_WORDS, fold, words

__all__ = ["full_names", "given_by", "name_runs", "short_forms"]

_WORD = r"[^\W\d_a-z][\w'’-]*"
_RUN = re.compile(rf"{_WORD}(?:[ \u00a0]+(?:(?:de|da|del|van|von|bin|al|la|of|the) )*{_WORD})+")
_IN_BRACKETS = re.compile(r"(?P<before>[^()\n.;]{3,160})\((?:the )?(?P<short>[A-Z][\w.&-]{1,11})\)")
_KNOWN_AS = re.compile(
    rf"(?P<long>{_RUN.pattern}),? (?:(?:also|better|commonly|widely) )?(?:known|called) "
    rf"(?:simply |by its initials |by the acronym )?(?:as )?(?:the )?(?P<short>{_WORD})"
)


@functools.lru_cache(maxsize=64)
def short_forms(text: str) -> tuple[tuple[frozenset[str], str], ...]:
    """Return the long forms of a text, each as the set of its words, with the short form given.

    A short form in brackets is tied to the words before it that hold its
    letters in order (Schwartz and Hearst, 2003, "A simple algorithm for
    identifying abbreviation definitions in biomedical text").

    >>> [(sorted(long), short) for long, short in short_forms("the Ministry of Health (MoH)")]
    [(['health', 'ministry', 'of'], 'moh')]
    >>> short_forms("the refugee agency (UNHCR)")
    ()
    """
    found = []
    for match in _IN_BRACKETS.finditer(text):
        short = match["short"].replace(".", "")
        before = match["before"].rstrip()
        run = re.search(rf"{_RUN.pattern}$", before)
        long = _long_form(short, before) or (
            # "Petróleos de Venezuela (PDVSA)": the letters are those of a longer name.
            run.group()
            if run and short.isupper() and fold(run.group())[0] == fold(short)[0]
            else ""
        )
        if long:
            found.append((frozenset(words(long)), fold(short)))
    for match in _KNOWN_AS.finditer(text):
        found.append((frozenset(words(match["long"])), fold(match["short"])))
    return tuple(found)


def _long_form(short: str, before: str) -> str:
    """Return the shortest end of the text that holds the letters of a short form, or ""."""
    tokens = before.split()
    most = min(len(short) + 5, len(short) * 2)
    candidate = " ".join(tokens[-most:])
    place = len(candidate) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].casefold()
        if not letter.isalnum():
            continue
        while place >= 0 and (
            candidate[place].casefold() != letter
            or (index == 0 and not _opens_word(candidate, place))
        ):
            place -= 1
        if place < 0:
            return ""
        place -= 1
    return candidate[place + 1 :]


def _opens_word(text: str, place: int) -> bool:
    """Say whether a word that is no "of" or "the" begins at a place."""
    if place > 0 and text[place - 1].isalnum():
        return False
    return text[place:].split(maxsplit=1)[0].casefold() not in FUNCTION_WORDS


_TITLES = frozenset(
    "president minister premier chancellor senator secretary governor mayor general judge justice "
    "king queen prince princess pope mr mrs ms dr sir lord lady professor captain colonel chief "
    "former vice prime foreign leader".split()
)


def given_by(text: str, run: tuple[str, ...], quoted: frozenset[str]) -> frozenset[str]:
    """Return which words of a name an article gives to the part of it that is quoted.

    For "Nicolás Maduro" where only "Maduro" is quoted, that is "nicolas" if the
    article has "Nicolás Maduro" and no other Maduro.

    Args:
        text: the article.
        run: the folded words of the name.
        quoted: the folded words of the quotes.
    """
    given: set[str] = set()
    for last in quoted.intersection(run):
        runs = full_names(text).get(last, frozenset())
        first = {r[-2] for r in runs} - _TITLES - _adjectives(runs)
        if len(first) <= 1:
            given.update(*(set(r).intersection(run) for r in runs))
    words_of_run = frozenset(run)
    for long, short in short_forms(text):
        if short in quoted:
            given |= long & words_of_run
        if short in words_of_run and long - FUNCTION_WORDS <= quoted:
            given.add(short)
    return frozenset(given)


def _adjectives(runs: frozenset[tuple[str, ...]]) -> set[str]:
    """Return the words that stand before a title: "Venezuelan President Maduro"."""
    return {r[i] for r in runs for i in range(len(r) - 1) if r[i + 1] in _TITLES}


@functools.lru_cache(maxsize=64)
def full_names(text: str) -> dict[str, frozenset[tuple[str, ...]]]:
    """Return, by last word, the runs of capitalised words of a text that end in it.

    >>> full_names("Nicolás Maduro spoke. Maduro left.")
    {'maduro': frozenset({('nicolas', 'maduro')})}
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for match in _RUN.finditer(text):
        run = tuple(words(match.group()))
        found.setdefault(run[-1], set()).add(run)
    return {last: frozenset(runs) for last, runs in found.items()}


def name_runs(text: str) -> list[tuple[str, ...]]:
    """Return the runs of capitalised words of a text, folded; a lone one is a run too.

    >>> name_runs("Nicolás Maduro met the OAS.")
    [('nicolas', 'maduro'), ('oas',)]
    """
    pattern = rf"{_RUN.pattern}|(?<![\w]){_WORD}"
    return [tuple(words(match.group())) for match in re.finditer(pattern, text)]
