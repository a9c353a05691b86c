"""Finds the date that the first page of a PDF prints as its own.

Beside a label, above the text, in the dateline, in the margin, or along the edge. What the file
says of when it was made is no date of publication, and is not asked. Knows lines and where they
stand.
"""

from __future__ import annotations

import re

from index.reading.dates.dateline import dateline_dates
from index.reading.dates.publication import find_dates
from index.reading.metadata.header import date_line
from index.reading.pdf.layout import Page

__all__ = ["printed_dates"]

_MARGIN = 0.1
"""Share of a page's height at its top, and at its bottom."""
_PROSE = 60
"""Characters from which on a line belongs to the text, and not to what stands above it."""
_PUBLISHED = re.compile(
    r"\b(?:(?:published|posted)(?: online| in print)?|publication date|publi[eé]e? le|publicado"
    r"|pubblicato|veröffentlicht|erschienen|gepubliceerd)(?: on| am| el| il| op)?\W{1,3}\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\b(?:issued|dated|released|(?:issue|report|release) date|date(?: of issue)?|stand|fecha"
    r"|datum|data(?: wystawienia)?)(?: on| am| el| il| op)?\W{1,3}\Z",
    re.IGNORECASE,
)
_NOT_OF_ARTICLE = re.compile(
    r"\b(?:updated|modified|revised|accessed|retrieved|downloaded|printed|received|accepted|birth"
    r"|born|copyright|expiry|expires|due|until)\b|©",
    re.IGNORECASE,
)
_PRINTED_BY_BROWSER = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d\d")
_FEW_WORDS = 8


def printed_dates(page: Page) -> tuple[str, ...]:
    """Return the dates that a first page states as its own, the most trusted first."""
    lines = sorted(page.lines, key=lambda line: (line.turned, line.bottom))
    browser = any("https://" in line.text or "http://" in line.text for line in lines)
    labelled: list[str] = []
    alone: list[str] = []
    beside: list[str] = []
    margin: list[str] = []
    elsewhere: list[str] = []
    above = True
    for line in lines:
        text = line.text
        mentions = [m for m in find_dates(text) if m.readings]
        edge = line.turned or not _MARGIN < line.bottom / page.height < 1 - _MARGIN
        published = next((m for m in mentions if _PUBLISHED.search(text[: m.start])), None)
        if published:
            labelled.insert(0, text[published.start : published.end])
        elif mentions and not _NOT_OF_ARTICLE.search(text):
            first = mentions[0]
            day = text[first.start : first.end]
            if _LABELLED.search(text[: first.start]):
                labelled.append(day)
            elif browser and edge and _PRINTED_BY_BROWSER.match(text):
                pass
            elif dateline_dates(text) and above:
                alone.append(day)
            elif date_line(text):
                (alone if above else elsewhere).append(text)
            elif len(mentions) == 1 and _is_beside(text[: first.start] + text[first.end :], edge):
                if edge:
                    margin.append(day)
                elif above:
                    beside.append(day)
        above = above and (len(text) < _PROSE or edge)
    # Of several dates below, as in a table, none is the page's.
    last = elsewhere if len(set(elsewhere)) == 1 else []
    return tuple(dict.fromkeys((*labelled, *alone, *beside, *margin, *last)))


def _is_beside(rest: str, edge: bool) -> bool:
    """Say whether what stands beside a date is a name, a place, or a running head, and no more."""
    return len(rest.split()) <= _FEW_WORDS and (edge or not re.search(r"\d|[.!?]$", rest.strip()))
