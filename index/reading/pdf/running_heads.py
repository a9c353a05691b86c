"""Takes away what stands on page after page: running heads, footers, and page numbers.

Knows lines and where they stand, and nothing of what they say beyond figures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from index.reading.pdf.layout import Line, Page

__all__ = ["without_running_heads"]

_MARGIN = 0.18
"""Share of a page's height at its top, and at its bottom, in which they stand."""
_OUTERMOST = 4
"""Lines from the top, and from the bottom, among which they are."""
_SAME_HEIGHT = 0.015
"""Share of a page's height by which one may stand higher or lower on another page."""
_LONGEST_HEAD = 100
"""Characters up to which a line with the page's number in it is a running head."""
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|pag\.|p\.|seite|página|pagina|стр\.)\s*)?(?P<number>\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:/|of|de|von|sur|di|из)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def without_running_heads(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """Return the pages without them, and the texts of those that were taken away.

    A line of the margin is one where it stands at the same height, with the
    same words but for figures, on three pages. So is one with a number that
    counts on from page to page, on three pages or both of two; one of a number
    alone on any two, or where it is the page's own.
    """
    repeated: dict[str, list[tuple[int, float]]] = defaultdict(list)
    counted: dict[int, set[int]] = defaultdict(set)
    outer = [_outermost(page) for page in pages]
    for number, (page, lines) in enumerate(zip(pages, outer)):
        for line in lines:
            repeated[_pattern(line)].append((number, line.top / page.height))
            for value in _numbers(line.text):
                counted[value - number].add(number)
    many = min(3, max(len(pages), 2))
    kept: list[Page] = []
    removed: list[str] = []
    for number, (page, lines) in enumerate(zip(pages, outer)):
        heads: set[int] = set()
        for line in lines:
            counts = max((len(counted[n - number]) for n in _numbers(line.text)), default=0)
            own = _page_number(line.text)
            times = _times(repeated[_pattern(line)], line, page)
            alone = own is not None and (counts > 1 or own == number + 1)
            if alone or counts >= many or times >= 3:
                heads.add(id(line))
        removed += [line.text for line in lines if id(line) in heads]
        kept.append(replace(page, lines=tuple(x for x in page.lines if id(x) not in heads)))
    return kept, removed


def _outermost(page: Page) -> list[Line]:
    """Return the lines in the upper and the lower margin."""
    lines = sorted(page.lines, key=lambda line: line.top)
    upper = [x for x in lines[:_OUTERMOST] if x.bottom < _MARGIN * page.height]
    lower = [x for x in lines[-_OUTERMOST:] if x.top > (1 - _MARGIN) * page.height]
    return upper + lower


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.casefold().split()))


def _times(places: list[tuple[int, float]], line: Line, page: Page) -> int:
    """Return on how many pages a line like this stands at its height."""
    height = line.top / page.height
    return len({number for number, other in places if abs(other - height) <= _SAME_HEIGHT})


def _numbers(text: str) -> list[int]:
    """Return the numbers that may be the page's: all of a line, its beginning, or its end.

    >>> _numbers("12 The Harbour Quarterly 2019")
    [12, 2019]
    """
    own = _page_number(text)
    if own is not None:
        return [own]
    if len(text) > _LONGEST_HEAD:
        return []
    return [int(found) for found in re.findall(r"^\d{1,4}(?= )|(?<= )\d{1,4}$", text)]


def _page_number(text: str) -> int | None:
    match = _PAGE_NUMBER.fullmatch(text)
    if match is None:
        return None
    number = match.group("number")
    return int(number) if number.isdecimal() else _roman(number.lower())


def _roman(numeral: str) -> int:
    """Return what a Roman numeral up to 89 means.

    >>> _roman("xiv")
    14
    """
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0]))
