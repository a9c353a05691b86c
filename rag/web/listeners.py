"""What the page's events do: each finds the visit of its page and returns what is to be drawn.

Gradio hands a listener the request and the event by the annotations of its arguments. What
is drawn comes from `rag.web.visit` and `rag.web.shelf`; where, `ui.py` says.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import BylineError
from index.types import Filter
from rag.adding import AddResult
from rag.assistant import Assistant
from rag.web.conversations import Conversations
from rag.web.guard import visitor_of
from rag.web.line import Line
from rag.web.shelf import Shelf
from rag.web.visit import Visit

__all__ = ["Listeners"]

View = dict[str, Any]


class Listeners:
    """The listeners of all open pages."""

    def __init__(
        self, assistant: Assistant, conversations: Conversations, line: Line, filter: Filter
    ) -> None:
        """Begin with no page open.

        Args:
            assistant: what answers.
            conversations: where they are kept.
            line: where questions wait for their turn.
            filter: the articles that every page begins with.
        """
        self._assistant = assistant
        self._conversations = conversations
        self._line = line
        self._filter = filter
        self._visits: dict[str, Visit] = {}
        """By Gradio's name for an open page."""
        self._mutex = threading.Lock()

    # -- a page opens and closes -------------------------------------------------------------------

    def begin(self, opened: str, request: gr.Request) -> tuple[Any, ...]:
        """Draw a page, with the conversation that was open on it if it was reloaded."""
        visit = self._visit(request)
        if opened:
            visit.open(opened)
        return self._everything(visit)

    def leave(self, request: gr.Request) -> None:
        """Forget a page."""
        with self._mutex:
            visit = self._visits.pop(str(request.session_hash), None)
        if visit is not None:
            visit.stop()

    # -- asking ------------------------------------------------------------------------------------

    def answer(self, question: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Answer what is in the question box: desk, box, conversations."""
        visit = self._visit(request)
        yield from _drawn(visit, visit.ask(question))

    def answer_suggested(
        self, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Answer an example question: desk, box, conversations."""
        visit = self._visit(request)
        yield from _drawn(visit, visit.ask(str(event.question)))

    def answer_again(self, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Answer a question anew, without what was read into it: desk, box, conversations."""
        visit = self._visit(request)
        again = visit.ask_again(
            int(event.turn), any_date=bool(event.any_date), alone=bool(event.alone)
        )
        yield from _drawn(visit, again)

    def stop(self, request: gr.Request) -> None:
        """Let go of the answer that is being made."""
        self._visit(request).stop()

    def answer_once(
        self,
        question: str,
        sources: list[str] | None = None,
        after: str = "",
        before: str = "",
    ) -> dict[str, Any]:
        """Answer a question over the library, or refuse it; for programs.

        Args:
            question: in English.
            sources: only articles of these sources.
            after: only articles published on this day or later, as 2019-01-04.
            before: only articles published on this day or earlier.
        """
        shelf = Shelf(self._assistant)
        try:
            shelf.choose(sources or [], after, before)
            with self._line.joined() as place:
                while not place.wait(1.0):
                    pass
                return self._assistant.ask(question, filter=shelf.filter).to_json()
        except BylineError as error:
            raise gr.Error(str(error), print_exception=False) from error

    # -- articles ----------------------------------------------------------------------------------

    def show_citation(self, event: gr.EventData, request: gr.Request) -> View:
        """Open the article of a citation: panel."""
        visit = self._visit(request)
        return _opened(lambda: visit.citation(int(event.turn), int(event.number)))

    def show_article(self, event: gr.EventData, request: gr.Request) -> View:
        """Open an article of the library: panel."""
        visit = self._visit(request)
        return _opened(lambda: visit.shelf.article(str(event.id)))

    def upload(self, paths: list[str] | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Add uploaded files, and delete the uploads: shelf, desk, files."""
        visit = self._visit(request)
        results: list[View] = []
        files = [Path(path) for path in paths or []]
        try:
            for result in visit.shelf.add_files(files):
                results.append(_told(result))
                notice = f"{len(results)} of {len(files)} files"
                yield visit.shelf.view(notice, results), gr.skip(), gr.skip()
        finally:
            for file in files:
                file.unlink(missing_ok=True)
        yield visit.shelf.view("", results), visit.desk(), None

    def paste(
        self, text: str, title: str, source: str, published: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """Add a pasted text, or leave it to be mended: shelf, desk, text, title."""
        visit = self._visit(request)
        try:
            result = visit.shelf.add_text(text, title, source, published)
        except BylineError as error:
            return visit.shelf.view(str(error)), visit.desk(), text, title
        return visit.shelf.view("", [_told(result)]), visit.desk(), "", ""

    def remove(self, event: gr.EventData, request: gr.Request) -> tuple[View, View]:
        """Remove an article: shelf, desk."""
        visit = self._visit(request)
        try:
            removed = visit.shelf.remove(str(event.id))
        except BylineError as error:
            return visit.shelf.view(str(error)), visit.desk()
        return visit.shelf.view(f"Removed “{removed.title or 'Untitled'}”."), visit.desk()

    def undo(self, request: gr.Request) -> tuple[View, View]:
        """Bring back what was removed last: shelf, desk."""
        visit = self._visit(request)
        try:
            back = visit.shelf.undo()
        except BylineError as error:
            return visit.shelf.view(str(error)), visit.desk()
        told = f"“{back.title or 'Untitled'}” is back." if back else ""
        return visit.shelf.view(told), visit.desk()

    def search(self, event: gr.EventData, request: gr.Request) -> View:
        """List the articles that are looked for: shelf."""
        visit = self._visit(request)
        visit.shelf.search(str(event.text), str(event.order))
        return visit.shelf.view()

    def look(self, request: gr.Request) -> tuple[Any, Any]:
        """Draw what was changed elsewhere, as by `ask add`: shelf, desk."""
        visit = self._visit(request)
        if not visit.shelf.outdated:
            return gr.skip(), gr.skip()
        return visit.shelf.view(), visit.desk()

    # -- what changes a part and may show on all: desk, conversations, shelf -----------------------

    def judge(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Keep what the person says of an answer."""
        return self._done(request, lambda visit: visit.judge(int(event.turn), event.verdict))

    def keep_samples(self, request: gr.Request) -> tuple[Any, ...]:
        """Add the sample articles for good."""
        return self._done(request, lambda visit: visit.shelf.add_samples())

    def choose(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Choose the articles that the next question is asked of."""
        sources = [str(source) for source in event.sources]
        after, before = str(event.after), str(event.before)
        return self._done(request, lambda visit: visit.shelf.choose(sources, after, before))

    def begin_anew(self, request: gr.Request) -> tuple[Any, ...]:
        """Clear the page for another conversation."""
        return self._done(request, lambda visit: visit.begin_anew())

    def reopen(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Put a conversation on the page."""
        return self._done(request, lambda visit: visit.open(str(event.id)))

    def rename(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Give a conversation another title."""
        return self._done(request, lambda visit: visit.rename(str(event.id), str(event.title)))

    def forget(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Delete a conversation."""
        return self._done(request, lambda visit: visit.delete(str(event.id)))

    # -- what is taken along: conversations --------------------------------------------------------

    def export(self, event: gr.EventData, request: gr.Request) -> View:
        """Offer a conversation as a file."""
        visit = self._visit(request)
        form = "json" if event.form == "json" else "md"
        title, content = visit.export(str(event.id), form)
        name = re.sub(r"[^\w]+", "-", title).strip("-")[:60].lower() or "conversation"
        text = json.dumps(content, ensure_ascii=False, indent=1) if form == "json" else content
        return visit.talks() | {"download": _download(f"{name}.{form}", text)}

    def examples(self, request: gr.Request) -> View:
        """Offer the questions that were judged as a file for `ask eval`."""
        visit = self._visit(request)
        rows = self._conversations.examples(visit.visitor)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return visit.talks() | {"download": _download("judged-questions.jsonl", text)}

    # ----------------------------------------------------------------------------------------------

    def _visit(self, request: gr.Request) -> Visit:
        key = str(request.session_hash)
        with self._mutex:
            if key not in self._visits:
                # Without a cookie, what is asked is kept for nobody else to find.
                visitor = visitor_of(request.headers) or secrets.token_hex(16)
                shelf = Shelf(self._assistant, self._filter)
                self._visits[key] = Visit(
                    self._assistant, self._conversations, self._line, visitor, shelf
                )
            return self._visits[key]

    def _done(self, request: gr.Request, act: Callable[[Visit], None]) -> tuple[Any, ...]:
        visit = self._visit(request)
        try:
            act(visit)
        except BylineError as error:
            return visit.desk(str(error)), visit.talks(), visit.shelf.view(str(error))
        return self._everything(visit)

    @staticmethod
    def _everything(visit: Visit) -> tuple[View, View, View]:
        return visit.desk(), visit.talks(), visit.shelf.view()


def _drawn(visit: Visit, views: Iterator[View]) -> Iterator[tuple[Any, ...]]:
    """Yield what the desk, the question box, and the list of conversations are to show."""
    cleared = False
    view = None
    for view in views:
        # A question that cannot be asked stays in the box, to be mended.
        emptied = not cleared and not view["notice"]
        cleared = cleared or emptied
        yield view, "" if emptied else gr.skip(), gr.skip()
    if view is not None:
        yield view, gr.skip(), visit.talks()


def _opened(view: Callable[[], View]) -> View:
    """Return an article to be shown, or why it cannot be; new to the page each time."""
    try:
        found = view()
    except (BylineError, LookupError) as error:
        reason = str(error) if isinstance(error, BylineError) else "that answer is gone; reload"
        found = {"failure": f"The article cannot be shown: {reason}"}
    return found | {"opened": secrets.token_hex(4)}


def _told(result: AddResult) -> View:
    """Return what became of one file, in one line."""
    text = f"{result.path}: {result.outcome}" + (f"; {result.message}" if result.message else "")
    return {"ok": result.outcome != "failed", "text": text}


def _download(name: str, text: str) -> dict[str, str]:
    kind = "text/markdown" if name.endswith(".md") else "application/json"
    return {"name": name, "text": text, "type": kind, "key": secrets.token_hex(4)}
