"""Gathers the slides of a presentation into one text, with where each begins. Knows no format."""

from __future__ import annotations

from index.reading.draft import Draft
from index.reading.metadata.properties import Properties, draft_of
from index.reading.office.blocks import Blocks

__all__ = ["Slides"]


class Slides:
    """Slides in the order in which they are added; each is a page of the article."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, shown: Blocks, notes: Blocks) -> None:
        """Add a slide: what it shows, and below it what its speaker was to say.

        One without words, as a hidden one, counts too: the others keep their numbers.
        """
        self._texts.append("\n\n".join(filter(None, (shown.text(), notes.text()))))

    def draft(self, properties: Properties) -> Draft:
        """Return the draft of the presentation.

        Raises:
            ReadError: If there are no words on any slide.
        """
        pages, length = [], 0
        for text in self._texts:
            pages.append(length)
            length += len(text) + 2 if text else 0
        whole = "\n\n".join(filter(None, self._texts))
        starts = tuple(min(page, len(whole)) for page in pages)
        return draft_of(whole, properties, pages=starts)
