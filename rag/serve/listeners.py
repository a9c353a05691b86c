"""What the page's events do: each finds the visit of its page and returns what is to be drawn.

Gradio hands a listener the request and the event by the annotations of its arguments. What
is drawn comes from `rag.serve.visit` and `rag.serve.shelf`; where, `ui.py` says.
"""

from __future__ import annotations

import asyncio
import base64
import json
import queue
import re
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from index.errors import BylineError
from index.types import Filter
from rag.adding import AddResult
from rag.assistant import Assistant
from rag.export import ENDINGS
from rag.serve.asking import NoAnswer, WaitingLine, ask_in_line
from rag.serve.conversations import Conversations
from rag.serve.guard import visitor_of
from rag.serve.receipted import Receipts
from rag.serve.shelf import Removed, Shelf, chosen_filter
from rag.serve.turns import Answering
from rag.serve.views import View
from rag.serve.visit import Visit
from rag.settings import Write
from rag.types import Answer, Delta, Kind, Stage, counted

__all__ = ["Listeners"]

_DRAW_EVERY = 1.0
"""Seconds between two listings of the library while files are added."""
_MOST_VISITS = 1000
"""Open pages that are remembered; of more, the oldest is forgotten."""


class Listeners:
    """The listeners of all open pages."""

    def __init__(
        self, assistant: Assistant, conversations: Conversations, line: WaitingLine, filter: Filter
    ) -> None:
        """Begin with no page open.

        Args:
            assistant: what answers.
            conversations: where they are kept.
            line: where questions wait for their turn.
            filter: the articles that every page begins with, and programs ask where they name none.
        """
        self._assistant = assistant
        self._conversations = conversations
        self._line = line
        self._answering = Answering(line)
        self._filter = filter
        self._visits: dict[tuple[str, str], Visit] = {}
        self._removed = Removed()
        self._receipts = Receipts()
        self._mutex = threading.Lock()

    # -- a page opens and closes -------------------------------------------------------------------

    def begin(self, opened: str, request: gr.Request) -> tuple[Any, ...]:
        """Draw a page, with the conversation that was open on it if it was reloaded."""
        return self._done(request, lambda visit: visit.open(opened) if opened else None)

    def leave(self, request: gr.Request) -> None:
        """Forget a page."""
        with self._mutex:
            visit = self._visits.pop(_key(request), None)
            if visit is not None and all(
                other.visitor != visit.visitor for other in self._visits.values()
            ):
                self._removed.leave(visit.visitor, returns=bool(_key(request)[0]))
        if visit is not None:
            visit.leave()

    # -- asking ------------------------------------------------------------------------------------

    async def answer(self, question: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """Answer what is in the question box: desk, box, conversations."""
        visit = self._visit(request)
        async for drawn in _drawn(visit, visit.ask(question), emptied=True):
            yield drawn

    async def answer_suggested(
        self, event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Answer an example question: desk, box, conversations."""
        visit = self._visit(request)
        async for drawn in _drawn(visit, visit.ask(str(event.question))):
            yield drawn

    async def answer_again(
        self, event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Answer a question anew, read in another way: desk, box, conversations."""
        visit = self._visit(request)
        again = visit.ask_again(
            int(event.turn),
            any_date=bool(event.any_date),
            alone=bool(event.alone),
            all_articles=bool(event.all_articles),
            kind=event.kind if event.kind in get_args(Kind) else None,
        )
        async for drawn in _drawn(visit, again):
            yield drawn

    async def watch(self, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """Draw an answer that was being made when the page came to it: desk, box, conversations."""
        visit = self._visit(request)
        async for drawn in _drawn(visit, visit.watch()):
            yield drawn

    def stop(self, request: gr.Request) -> None:
        """Let go of the answer that is being made."""
        self._visit(request).stop()

    def choose_words(self, write: Write, request: gr.Request) -> None:
        """Choose which of the next answers are put into the model's words."""
        self._visit(request).write = write

    async def answer_once(
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
        usual = self._filter
        first, last = after or str(usual.after or ""), before or str(usual.before or "")
        try:
            chosen = chosen_filter(sources or usual.sources, first, last, usual.tags)
        except BylineError as error:
            raise gr.Error(str(error), print_exception=False) from error

        def begin() -> Iterator[Stage | Delta | Answer]:
            return self._assistant.stream(question, filter=chosen)

        async for event in ask_in_line(begin, self._line, threading.Event()):
            if isinstance(event, Answer):
                return event.to_json()
            if isinstance(event, NoAnswer):
                raise gr.Error(event.message, print_exception=False)
        raise gr.Error("the answer was stopped; ask again", print_exception=False)

    # -- articles ----------------------------------------------------------------------------------

    def show_citation(self, event: gr.EventData, request: gr.Request) -> View:
        """Open the article of a citation: panel."""
        visit = self._visit(request)
        return _opened(lambda: visit.citation(int(event.turn), int(event.number)))

    def show_article(self, event: gr.EventData, request: gr.Request) -> View:
        """Open an article of the library: panel."""
        visit = self._visit(request)
        return _opened(lambda: visit.shelf.article(str(event.id)))

    def edit(self, event: gr.EventData, request: gr.Request) -> tuple[View, Any]:
        """Correct what is said of the article that is open: panel, shelf."""
        visit = self._visit(request)
        id_, turn, number = str(event.id), int(event.turn), int(event.number)
        failed: View = {}
        shelf = gr.skip()
        try:
            visit.shelf.edit(id_, event.described)
            shelf = visit.shelf.view()
        except BylineError as error:
            # What was typed is given back, to be mended.
            failed = {"notice": f"Not corrected: {error}", "described": event.described}
        opened = _opened(
            lambda: visit.citation(turn, number) if turn >= 0 else visit.shelf.article(id_)
        )
        return opened | failed, shelf

    def upload(self, paths: list[str] | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Add uploaded files, and delete the uploads: shelf, desk, files."""
        visit = self._visit(request)
        results: list[View] = []
        files = [Path(path) for path in paths or []]
        try:
            due = 0.0
            for news in _added(visit.shelf, files):
                if not isinstance(news, str):
                    results.append(_told(news))
                read = counted(sum(result["ok"] for result in results), "article")
                page = f"; {news}" if isinstance(news, str) else ""
                notice = f"{read} read, of {counted(len(files), 'file')}{page}"
                began = time.monotonic()
                if began > due:
                    yield visit.shelf.view(notice, results), gr.skip(), gr.skip()
                    # A large library takes a while to list: most of the time is for the adding.
                    ended = time.monotonic()
                    due = ended + max(_DRAW_EVERY, 10 * (ended - began))
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
        visit.shelf.search(str(event.text), str(event.order), int(event.page))
        return visit.shelf.view()

    def look(self, opened: str, request: gr.Request) -> tuple[Any, ...]:
        """Draw what was changed elsewhere, as by `ask add` or in another tab: everything."""
        known = _key(request) in self._visits
        visit = self._visit(request)
        desk = talks = shelf = gr.skip()
        try:
            if not known and opened:
                visit.open(opened)  # The server was started anew while the page was open.
            if visit.outdated:
                visit.catch_up()
                desk, talks = visit.desk(), visit.talks()
            if visit.shelf.outdated:
                desk, shelf = visit.desk(), visit.shelf.view()
        except BylineError:
            pass  # Said when something is asked for.
        return desk, talks, shelf

    # -- what changes a part and may show on all: desk, conversations, shelf -----------------------

    def judge(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Keep what the person says of an answer."""
        return self._done(request, lambda visit: visit.judge(int(event.turn), event.verdict))

    def keep_samples(self, request: gr.Request) -> tuple[Any, ...]:
        """Add the sample articles for good."""
        return self._done(request, lambda _: self._assistant.add_samples())

    def choose(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Choose the articles that the next question is asked of."""
        sources, tags = list(map(str, event.sources)), list(map(str, event.tags))
        after, before = str(event.after or ""), str(event.before or "")

        def choose(visit: Visit) -> None:
            visit.shelf.filter = chosen_filter(sources, after, before, tags)

        return self._done(request, choose)

    def begin_anew(self, request: gr.Request) -> tuple[Any, ...]:
        """Clear the page for another conversation."""
        return self._done(request, lambda visit: visit.begin_anew())

    def reopen(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Put a conversation on the page."""
        return self._done(request, lambda visit: visit.open(str(event.id)))

    def search_talks(self, event: gr.EventData, request: gr.Request) -> View:
        """List the conversations that are looked for: conversations."""
        visit = self._visit(request)
        visit.search_talks(str(event.text))
        return visit.talks()

    def rename(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Give a conversation another title."""
        rename = self._conversations.rename
        return self._done(request, lambda v: rename(v.visitor, str(event.id), str(event.title)))

    def forget(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Delete a conversation."""
        return self._done(request, lambda visit: visit.delete(str(event.id)))

    # -- what is taken along: conversations --------------------------------------------------------

    def export(self, event: gr.EventData, request: gr.Request) -> View:
        """Offer a conversation as a file."""
        visit = self._visit(request)
        ending = f".{event.form}"
        if ending not in (*ENDINGS, ".json"):
            ending = ENDINGS[0]
        try:
            title, content, told = visit.export(str(event.id), ending)
        except BylineError as error:
            return visit.talks() | {"failure": str(error)}
        return visit.talks() | {"failure": told, "download": _download(title, ending, content)}

    def receipt(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Offer the receipt of an answer as a file: desk, conversations."""
        visit = self._visit(request)
        try:
            question, content = visit.receipt(int(event.turn))
        except LookupError:
            return visit.desk("That answer is gone; ask again."), gr.skip()
        except BylineError as error:
            return visit.desk(f"The receipt cannot be made: {error}"), gr.skip()
        download = _download(f"receipt {question}", ".json", content)
        return gr.skip(), visit.talks() | {"download": download}

    def examples(self, request: gr.Request) -> View:
        """Offer the questions that were judged as a file for `ask eval`."""
        visit = self._visit(request)
        try:
            rows = list(self._conversations.examples(visit.visitor))
        except BylineError as error:
            return visit.talks() | {"failure": str(error)}
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return visit.talks() | {"download": _download("judged questions", ".jsonl", text.encode())}

    # ----------------------------------------------------------------------------------------------

    def _visit(self, request: gr.Request) -> Visit:
        key = _key(request)
        with self._mutex:
            if key not in self._visits:
                while len(self._visits) >= _MOST_VISITS:
                    self._visits.pop(next(iter(self._visits))).leave()
                # Without a cookie, what is asked is kept for nobody else to find.
                visitor = key[0] or secrets.token_hex(16)
                shelf = Shelf(self._assistant, self._filter, self._removed.of(visitor))
                self._visits[key] = Visit(
                    self._assistant,
                    self._conversations,
                    self._answering,
                    visitor,
                    shelf,
                    self._receipts,
                )
            return self._visits[key]

    def _done(self, request: gr.Request, act: Callable[[Visit], object]) -> tuple[Any, ...]:
        """Act and draw everything, with what went wrong, if something did."""
        visit = self._visit(request)
        notice = ""
        try:
            act(visit)
        except BylineError as error:
            notice = str(error)
        return visit.desk(notice), visit.talks(), visit.shelf.view(notice)


def _added(shelf: Shelf, files: list[Path]) -> Iterator[AddResult | str]:
    """Yield what becomes of files, and meanwhile which of their pages is being read by OCR."""
    news: queue.Queue[AddResult | str | BaseException | None] = queue.Queue()
    stopped = threading.Event()

    def tell(file: Path, page: int, pages: int) -> None:
        news.put(f"{file.name}: reading page {page} of {pages}")

    def add() -> None:
        try:
            with closing(shelf.add_files(files, tell)) as added:
                for result in added:
                    news.put(result)
                    if stopped.is_set():
                        break
            if stopped.is_set():  # What is stored by then is to be found by meaning, too.
                shelf.assistant.embed_waiting()
                shelf.assistant.settle()
            news.put(None)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for it.
            news.put(error)

    # Each page takes seconds, in which the results themselves say nothing.
    thread = threading.Thread(target=add, name="byline-upload", daemon=True)
    thread.start()
    try:
        while (found := news.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        # Whoever has left must not be waited for: the page that is being read may take a minute.
        stopped.set()


def _key(request: gr.Request) -> tuple[str, str]:
    """Return the visitor and Gradio's name for the open page: one without the other opens none."""
    return visitor_of(request.headers), str(request.session_hash)


async def _drawn(
    visit: Visit, views: AsyncIterator[View], emptied: bool = False
) -> AsyncIterator[tuple[Any, ...]]:
    """Yield what the desk, the question box, and the list of conversations are to show.

    Args:
        visit: whose they are.
        views: the desk, as it changes.
        emptied: whether to empty the box, once its question is being answered.
    """
    conversation = None
    async for view in views:
        # A question that cannot be asked stays in the box, to be mended.
        box = "" if emptied and not view["notice"] else gr.skip()
        emptied = emptied and bool(view["notice"])
        # Listed when it is asked, and again when it is answered.
        anew = view["conversation"] != conversation
        conversation = view["conversation"]
        yield view, box, await asyncio.to_thread(visit.talks) if anew else gr.skip()
    if conversation is not None:
        yield gr.skip(), gr.skip(), await asyncio.to_thread(visit.talks)


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
    text = f"{result.name}: {result.outcome}" + (f"; {result.message}" if result.message else "")
    return {"ok": result.outcome != "failed", "text": text}


def _download(title: str, ending: str, content: bytes) -> dict[str, str]:
    name = re.sub(r"[^\w]+", "-", title).strip("-")[:60].lower() or "conversation"
    return {
        "name": f"{name}{ending}",
        "data": base64.b64encode(content).decode(),
        "key": secrets.token_hex(4),
    }
