"""Finds the title and the date that the first page of a PDF prints as its own.

The title in larger letters than the text; the date beside a label, above the text, in the dateline,
in the margin, or along the edge. What the file says of when it was made is no date of publication,
and is not asked. Knows lines and where they stand.
"""

from __future__ import annotations

import re

from index.reading.metadata.dates import dateline_dates, find_dates
from index.reading.metadata.header import same_words
from index.reading.metadata.header_line import date_line, is_name
from index.reading.pdf.layout import Page, Printed

__all__ = ["printed_dates", "printed_title"]

_LARGER = 1.2
"""Times the size of the text from which on larger letters on the first page are a title."""
_MARGIN = 0.1
"""Share of a page's height at its top, and at its bottom."""
_PROSE = 60
"""Characters from which on a line belongs to the text, and not to what stands above it."""
_PUBLISHED = re.compile(
    r"\b(?:(?:published|posted)(?: online| in print)?|publi[eé]e? le|publicado|pubblicato"
    r"|(?:publication|issue|report|release|invoice|statement) date|date of issue|veröffentlicht"
    r"|erschienen|gepubliceerd|rechnungsdatum|factuurdatum)(?: on| am| el| il| op)?\W{1,3}\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\b(?:issued|dated|released|date|stand|fecha|datum|data(?: wystawienia)?)"
    r"(?: on| am| el| il| op)?\W{1,3}\Z",
    re.IGNORECASE,
)
_NOT_OF_ARTICLE = re.compile(
    r"\b(?:updated|modified|revised|accessed|retrieved|downloaded|printed|received|accepted|birth"
    r"|born|copyright|expiry|expires|due|until)\b|©",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"\bsigned(?: on)?\b|, this\b", re.IGNORECASE)
_PRINTED_BY_BROWSER = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d\d")
_FEW_WORDS = 8


def printed_title(printed: Printed, body_size: float, stated: str = "") -> str:
    """Return the title: the stated one, unless only the largest letters on page 1 stand there.

    Templates and earlier documents leave their titles behind; one that stands
    on the first page is no such title.
    """
    first = [text for text, _, page in printed.paragraphs if page == 0]
    if stated and any(same_words(text, stated) for text in first):
        return stated
    opening = [each for each in printed.paragraphs[:12] if each[2] == 0]
    largest = max((size for _, size, _ in opening), default=0.0)
    title = ""
    for text, size, _ in opening:
        if size < 0.97 * largest:
            if title:
                break
            continue
        title = f"{title} {text}".strip()
    letters = sum(letter.isalpha() for letter in title)
    is_title = largest > _LARGER * body_size and letters >= 8 and len(title) <= 200
    return title if is_title and (not stated or " " not in stated) else stated


def printed_dates(page: Page) -> tuple[str, ...]:
    """Return the dates that a first page states as its own, the most trusted first."""
    lines = sorted(page.lines, key=lambda line: (line.turned, line.bottom))
    browser = any("https://" in line.text or "http://" in line.text for line in lines)
    published: list[str] = []
    labelled: list[str] = []
    alone: list[str] = []
    beside: list[str] = []
    margin: list[str] = []
    elsewhere: list[str] = []
    signed: list[str] = []  # Beside the signature of a letter, below its text.
    above = True
    for line in lines:
        text = line.text
        mentions = [m for m in find_dates(text) if m.readings]
        edge = line.turned or not _MARGIN < line.bottom / page.height < 1 - _MARGIN
        if stated := next((m for m in mentions if _PUBLISHED.search(text[: m.start])), None):
            published.append(text[stated.start : stated.end])
        elif mentions and not _NOT_OF_ARTICLE.search(text):
            first = mentions[0]
            day, rest = text[first.start : first.end], text[: first.start] + text[first.end :]
            if _LABELLED.search(text[: first.start]):
                labelled.append(day)
            elif browser and edge and _PRINTED_BY_BROWSER.match(text):
                pass
            elif dateline_dates(text) and above:
                alone.append(day)
            elif date_line(text):
                (alone if above else elsewhere).append(text)
            elif len(mentions) == 1 and _is_beside(rest, edge):
                if edge or above:
                    (margin if edge else beside).append(day)
                elif not (place := _SIGNED.sub("", rest).strip(" ,|")) or is_name(place):
                    signed.append(day)
        if len(text) >= _PROSE and not edge:
            above, signed = False, []
    # Of several dates below, as in a table, none is the page's.
    last = {*elsewhere, *signed} if len({*elsewhere, *signed}) == 1 else ()
    return tuple(dict.fromkeys((*published, *labelled, *alone, *beside, *margin, *last)))


def _is_beside(rest: str, edge: bool) -> bool:
    """Say whether what stands beside a date is a name, a place, or a running head, and no more."""
    return len(rest.split()) <= _FEW_WORDS and (edge or not re.search(r"\d|[.!?]$", rest.strip()))
