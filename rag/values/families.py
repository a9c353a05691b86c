"""Words that say the same of a figure or a date: "killed", "died", and "death toll".

English. By hand, and short on purpose: two words are in one family only where a
reader would never tell apart the figures that they go with ("built" and
"opened" are two dates of one bridge).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from rag.words import FUNCTION_WORDS, content_stems, stem

__all__ = ["HUMAN_FATES", "families", "families_of", "family"]

_LISTED = """
dead kill kills killed killing die dies died dying death deaths fatality fatalities perished
    casualties life lives
hurt injured injures injuring injuries wounded wounding
people person persons resident residents inhabitant inhabitants population
missing unaccounted
arrested arrest arrests detained detain detains jailed
displaced displace homeless evacuated evacuate evacuates
founded found founds founding established establish establishes establishment formed form forms
    formation created create creates creation opened open opens opening inaugurated introduced
    introduce started start starts began begun begin launched launch
built build builds constructed construct constructs construction completed completion
born birth
released release releases published publish issued issue
ended end ends ending finished finish closed close
designed design designs designer architect
directed direct directs director directors
composed compose composes composer
written write wrote writes writer author
discovered discover discovers discoverer
invented invent invents inventor
blame blamed blames blaming fault responsible responsibility accused accuse accuses
"""
HUMAN_FATES = frozenset({"dead", "hurt", "missing", "arrested", "displaced"})
"""Families of what becomes of people; who counts one of them does not count another."""


@functools.lru_cache(maxsize=1)
def _families() -> dict[str, str]:
    """Return the family of each listed word's stem: its first word."""
    return {
        stem(word): forms.split()[0]
        for forms in _LISTED.replace("\n    ", " ").strip().splitlines()
        for word in forms.split()
    }


def family(word: str) -> str:
    """Return the family of a folded word; its stem where it has none."""
    return _families().get(stem(word), stem(word))


def families(text: str) -> frozenset[str]:
    """Return the families of the content words of a text.

    >>> sorted(families("43 people were killed"))
    ['43', 'dead', 'people']
    """
    return frozenset(_families().get(s, s) for s in content_stems(text))


def families_of(listed: Iterable[str]) -> frozenset[str]:
    """Return the families of folded words, those without meaning left out."""
    return frozenset(family(word) for word in listed if word not in FUNCTION_WORDS)
