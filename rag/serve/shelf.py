"""The library as one page shows it: what is listed, added, removed, and chosen for questions.

Each method returns plain data to be drawn, or changes the library; knows nothing of
conversations.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import BylineError, QuestionError
from index.types import Document, Filter
from rag.adding import AddResult, OnPage
from rag.assistant import Assistant
from rag.serve.removed import MOST_ARTICLES
from rag.serve.views import article_view, document_view

__all__ = ["Shelf"]

_LISTED = 200
"""Articles that are listed at once."""

View = dict[str, Any]


@dataclass(slots=True)
class Shelf:
    """What one page shows of the library. One thread at a time."""

    assistant: Assistant
    filter: Filter = Filter()
    """Which articles the next question is asked of."""
    removed: list[Document] = field(default_factory=list)
    """What can be brought back, the last one last."""
    _seen: object = None
    _search: str = ""
    _order: str = "newest"

    def article(self, id_: str) -> View:
        """Return an article without marks.

        Raises:
            LibraryError: it is not there, or damaged.
        """
        document = self.assistant.document(id_)
        view = article_view(document, kin=self.assistant.kin(document.id))
        return view | {"turn": -1, "number": 0, "numbers": []}

    def view(self, notice: str = "", results: list[View] | None = None) -> View:
        """Return the library as it is to be listed.

        Args:
            notice: one line to show above it.
            results: what became of files that were added.
        """
        store = self.assistant.store
        wanted = self._search.casefold().split()
        found = [document for document in store.documents() if _mentions(document, wanted)]
        if self._order == "title":
            found.sort(key=lambda document: document.title.casefold())
        elif self._order == "source":
            found.sort(key=lambda document: (document.source or "\uffff").casefold())
        counts = store.counts()
        self._seen = counts
        return {
            "rows": [document_view(document) for document in found[:_LISTED]],
            "found": len(found),
            "articles": counts.documents,
            "passages": counts.chunks,
            "sources": sorted(store.sources().items()),
            "filter": self.filter_view(),
            "undo": len(self.removed),
            "notice": notice,
            "results": results or [],
        }

    @property
    def outdated(self) -> bool:
        """Whether the library has changed since it was listed, as by `ask add` in a terminal."""
        return self.assistant.store.counts() != self._seen

    def search(self, text: str, order: str) -> None:
        """Choose which articles are listed, and how."""
        self._search, self._order = text, order

    def add_files(self, paths: list[Path], on_page: OnPage) -> Generator[AddResult, None, None]:
        """Add uploaded files; each result names the file as the person knows it."""
        try:
            yield from self.assistant.add_uploads(paths, on_page)
        except BylineError as error:
            yield AddResult("the files that are left", "failed", message=str(error))

    def add_text(
        self, text: str, title: str = "", source: str = "", published: str = ""
    ) -> AddResult:
        """Add a pasted text.

        Raises:
            BylineError: it has no text, or the date is none.
        """
        try:
            day = date.fromisoformat(published.strip()) if published.strip() else None
        except ValueError as error:
            raise QuestionError(f"{published} is not a date; write 2019-01-04") from error
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        document = Document(
            text, title=title.strip() or first[:120], source=source.strip() or None, published=day
        )
        result = self.assistant.add_document(document)
        self.assistant.settle()
        return result

    def add_samples(self) -> None:
        """Add the sample articles for good."""
        self.assistant.add_samples()

    def remove(self, id_: str) -> Document:
        """Remove an article; `undo` brings it back.

        Raises:
            LibraryError: it is not there, or cannot be removed.
        """
        store = self.assistant.store
        document = store.document(id_)
        store.delete_documents([document.id])
        self.removed.append(document)
        del self.removed[:-MOST_ARTICLES]
        self.assistant.settle()
        return document

    def undo(self) -> Document | None:
        """Bring back the article that was removed last.

        Raises:
            BylineError: it cannot be added again; it can still be tried anew.
        """
        if not self.removed:
            return None
        self.assistant.add_document(self.removed[-1])
        self.assistant.settle()
        return self.removed.pop()

    def choose(self, sources: list[str], after: str, before: str) -> None:
        """Choose the articles that the next question is asked of.

        Raises:
            QuestionError: a date is none, or they are in the wrong order.
        """
        try:
            first = date.fromisoformat(after) if after else None
            last = date.fromisoformat(before) if before else None
        except ValueError as error:
            raise QuestionError("that is not a date; write 2019-01-04") from error
        if first and last and first > last:
            raise QuestionError(f"{first} is later than {last}; exchange them")
        self.filter = Filter(tuple(sources), first, last)

    def filter_view(self) -> View:
        """Return the filter as JSON types."""
        after, before = self.filter.after, self.filter.before
        return {
            "sources": list(self.filter.sources),
            "after": after.isoformat() if after else "",
            "before": before.isoformat() if before else "",
        }


def _mentions(document: Document, wanted: list[str]) -> bool:
    about = f"{document.title} {document.source or ''} {document.author or ''}".casefold()
    return all(word in about for word in wanted)
