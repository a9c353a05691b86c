"""The library as one page shows it: what is listed, added, removed, and chosen for questions.

Each method returns plain data to be drawn, or changes the library; knows nothing of
conversations.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import BylineError, LibraryError, QuestionError
from index.reading import SUFFIXES
from index.store import Listing, Order
from index.tags import tag_names
from index.types import Document, Filter
from rag.adding import AddResult, OnPage
from rag.assistant import Assistant
from rag.serve import guard
from rag.serve.views import View, article_view, document_view

__all__ = ["MOST_ARTICLES", "Removed", "Shelf", "chosen_filter"]

_LISTED = 50
"""Articles on one page of the list."""
MOST_ARTICLES = 20
"""Articles that one visitor can bring back; of more, the first is let go."""
_MOST_VISITORS = 200
_MOST_TAGS = 200
"""Tags that are offered as filters; of more, those of most articles."""
_ORDERS: dict[str, tuple[Order, bool]] = {
    "newest": ("date", False),
    "oldest": ("date", True),
    "title": ("title", False),
    "source": ("source", False),
    "added": ("added", False),
}


@dataclass(slots=True)
class Shelf:
    """What one page shows of the library. One thread at a time."""

    assistant: Assistant
    filter: Filter = Filter()
    """Which articles the next question is asked of."""
    removed: list[Document] = field(default_factory=list)
    """What can be brought back, the last one last."""
    _seen: str | None = None
    _search: str = ""
    _order: str = "newest"
    _page: int = 0

    def article(self, id_: str) -> View:
        """Return an article without marks.

        Raises:
            LibraryError: it is not there, or damaged.
        """
        document = self.assistant.document(id_)
        view = article_view(document, kin=self.assistant.kin(document.id))
        return view | {"turn": -1, "number": 0, "numbers": [], "editable": self.editable}

    @property
    def editable(self) -> bool:
        """Whether articles that are shown are the library's own, and no samples."""
        return not self.assistant.using_samples

    def view(self, notice: str = "", results: list[View] | None = None) -> View:
        """Return the library as it is to be listed, or the `failure` of what cannot be.

        Args:
            notice: one line to show above it.
            results: what became of files that were added.
        """
        try:
            return self._listed() | {"notice": notice, "results": results or []}
        except LibraryError as error:
            self._seen = None
            if not self._search:
                return {"failure": str(error), "results": results or []}
            self._search = ""  # It was too much to look for.
            return self.view(str(error), results)

    def _listed(self) -> View:
        store = self.assistant.store
        seen = store.state()  # First, so that what changes meanwhile is not taken for seen.
        order, reverse = _ORDERS.get(self._order, _ORDERS["newest"])
        listing = Listing(search=self._search, order=order, reverse=reverse)
        listed = store.list_documents(listing, _LISTED, self._page * _LISTED)
        last = max(0, listed.found - 1) // _LISTED
        if self._page > last:  # Articles were removed since.
            self._page = last
            listed = store.list_documents(listing, _LISTED, self._page * _LISTED)
        counts = store.counts()
        self._seen = seen
        most = sorted(store.tags().items(), key=lambda tag: -tag[1])[:_MOST_TAGS]
        return {
            "rows": [document_view(document) for document in listed.documents],
            "found": listed.found,
            "page": self._page,
            "pages": last + 1,
            "first": self._page * _LISTED + 1,
            "articles": counts.documents,
            "passages": counts.chunks,
            "sources": sorted(store.sources().items()),
            "tags": sorted(most, key=lambda tag: tag[0].casefold()),
            "filter": self.filter.to_json(),
            "undo": len(self.removed),
            "endings": sorted(SUFFIXES),
            "upload": guard.LONGEST_UPLOAD,
        }

    @property
    def outdated(self) -> bool:
        """Whether the library has changed since it was listed, as by `ask edit` in a terminal."""
        return self.assistant.store.state() != self._seen

    def search(self, text: str, order: str, page: int = 0) -> None:
        """Choose which articles are listed, how, and which page of them, from 0."""
        self._search, self._order, self._page = text, order, max(0, page)

    def edit(self, id_: str, described: Mapping[str, Any]) -> None:
        """Correct what is said of an article.

        Args:
            id_: of the article.
            described: `title`, `source`, `author`, `published`, and `tags` as they are to be; or
                `undo`, to take back all that was corrected.

        Raises:
            BylineError: the article is not there, or cannot be described so.
        """
        if described.get("undo"):
            self.assistant.edit(id_, undo=True)
            return
        now = self.assistant.store.document(id_)
        held = {tag.casefold() for tag in now.tags}
        wanted = {tag.casefold(): tag for tag in tag_names(map(str, described["tags"]))}
        day = _day(str(described["published"]))

        def changed(name: str) -> str | None:
            line = str(described[name])
            return None if line == (getattr(now, name) or "") else line

        self.assistant.edit(
            id_,
            title=changed("title"),
            source=changed("source"),
            author=changed("author"),
            published=None if day == now.published else day or "",
            add_tags=[tag for key, tag in wanted.items() if key not in held],
            remove_tags=[tag for tag in now.tags if tag.casefold() not in wanted],
        )

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
        day = _day(published)
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        document = Document(
            text, title=title.strip() or first[:120], source=source.strip() or None, published=day
        )
        result = self.assistant.add_document(document)
        self.assistant.settle()
        return result

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
        back = self.removed.pop()  # First: another page of the visitor's may remove meanwhile.
        try:
            self.assistant.add_document(back)
        except BylineError:
            self.removed.append(back)
            raise
        self.assistant.settle()
        return back


class Removed:
    """What each visitor removed, so that it can be brought back, also after a reload.

    In memory, and no more than is likely to be asked for. Not safe for threads at once.
    """

    def __init__(self) -> None:
        """Begin with nothing removed."""
        self._lists: dict[str, list[Document]] = {}

    def of(self, visitor: str) -> list[Document]:
        """Return a visitor's articles, the last one last: the one list of all pages of theirs.

        Who comes when there are too many takes the place of whoever came longest ago.
        """
        found = self._lists[visitor] = self._lists.pop(visitor, [])
        while len(self._lists) > _MOST_VISITORS:
            del self._lists[next(iter(self._lists))]
        return found

    def leave(self, visitor: str, *, returns: bool) -> None:
        """Forget a visitor whose last page was closed, unless there is something to come back for.

        Args:
            visitor: who left.
            returns: whether they can come back as the same.
        """
        if not returns or not self._lists.get(visitor):
            self._lists.pop(visitor, None)


def chosen_filter(sources: Sequence[str], after: str, before: str, tags: Sequence[str]) -> Filter:
    """Return a filter of what was chosen; a day that is empty bounds nothing.

    Raises:
        QuestionError: a date is none, or they are in the wrong order.
    """
    first, last = _day(after), _day(before)
    if first and last and first > last:
        raise QuestionError(f"{first} is later than {last}; exchange them")
    return Filter(tuple(sources), first, last, tags=tuple(tags))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip()) if written.strip() else None
    except ValueError as error:
        raise QuestionError(f"{written} is not a date; write 2019-01-04") from error
