"""Finds the title that the first page prints in larger letters than its text."""

from __future__ import annotations

from index.reading.metadata.header import same_words
from index.reading.pdf.layout import Printed

__all__ = ["printed_title"]

_LARGER = 1.2
"""Times the size of the text from which on larger letters on the first page are a title."""


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
