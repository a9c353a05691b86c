"""The browser chat: `ask ui`, or `python ui.py`. Lays out the page and wires its events.

What a person can do is in `rag.web.visit`, what is drawn in `rag/web/static/page.js`, who may
come in in `rag.web.guard`. Gradio is imported when the page is built, not before.
"""

# No `from __future__ import annotations` here: Gradio reads the annotations of listeners to see
# which of them want the request, and `gr` is a name of `build_page` alone.
import json
import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import BylineError
from index.types import Filter

if TYPE_CHECKING:
    import gradio as gr

    from rag.assistant import Assistant
    from rag.cli.call import Call
    from rag.web.conversations import Conversations
    from rag.web.line import Line
    from rag.web.visit import Visit

__all__ = ["build_page", "run_ui"]

_POLL_SECONDS = 4.0
"""How often an open page looks whether the library was changed elsewhere."""
_BRAND = (
    '<div class="bl-part"><h1 class="bl-brand">Byline</h1>'
    '<span class="bl-about">answers from your articles, on this machine</span></div>'
)


def run_ui(call: "Call") -> int:
    """Open the browser chat and serve it until Ctrl-C; return the exit status."""
    from rag.cli.serving import serve

    return serve(call, build_page)


def build_page(
    assistant: "Assistant",
    conversations: "Conversations",
    line: "Line",
    filter: Filter = Filter(),
) -> "gr.Blocks":
    """Return the page, ready to be mounted.

    Args:
        assistant: what answers.
        conversations: where they are kept.
        line: where questions wait for their turn.
        filter: the articles that every page begins with.
    """
    import gradio as gr
    from gradio.events import api

    from rag.web.guard import visitor_of
    from rag.web.shelf import Shelf
    from rag.web.visit import Visit

    # By Gradio's name for an open page.
    visits: dict[str, Visit] = {}
    mutex = threading.Lock()

    def visit_of(request: gr.Request) -> Visit:
        key = str(request.session_hash)
        with mutex:
            if key not in visits:
                # Without a cookie, what is asked is kept for nobody else to find.
                visitor = visitor_of(request.headers) or secrets.token_hex(16)
                visits[key] = Visit(
                    assistant, conversations, line, visitor, Shelf(assistant, filter)
                )
            return visits[key]

    def leave(request: gr.Request) -> None:
        with mutex:
            visit = visits.pop(str(request.session_hash), None)
        if visit is not None:
            visit.stop()

    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    quick: dict[str, Any] = {**hidden, "queue": False}
    # As many at once as there are pages: `Line` decides whose turn it is, and says so.
    slow: dict[str, Any] = {**hidden, "concurrency_limit": None}

    with gr.Blocks(title="Byline", fill_height=True, analytics_enabled=False) as page:
        opened = gr.Textbox(visible="hidden", elem_id="bl-opened")
        with gr.Sidebar(open=False, width=330, elem_id="bl-side"):
            gr.HTML(_BRAND, elem_id="bl-brand")
            talks = _part(gr, "talks", "begin reopen rename export forget examples")
            with gr.Accordion("Library", open=True, elem_id="bl-library"):
                files = gr.File(
                    file_count="multiple",
                    label="Add files: drop them here or choose",
                    elem_id="bl-files",
                    height=110,
                )
                with gr.Accordion("Paste a text", open=False, elem_id="bl-paste"):
                    title = gr.Textbox(label="Title", max_lines=1)
                    source = gr.Textbox(label="Source", max_lines=1)
                    published = gr.Textbox(label="Published", placeholder="2019-01-04", max_lines=1)
                    pasted = gr.Textbox(label="Text", lines=4, max_lines=12)
                    add = gr.Button("Add the text", size="sm")
                shelf = _part(gr, "shelf", "search show remove undo filter")
        with gr.Row(elem_id="bl-frame"):
            with gr.Column(elem_id="bl-middle"):
                desk = _part(gr, "desk", "cite redo judge suggest samples filter")
                with gr.Row(elem_id="bl-composer"):
                    box = gr.Textbox(
                        show_label=False,
                        label="Question",
                        placeholder="Ask your articles",
                        lines=1,
                        max_lines=8,
                        container=False,
                        elem_id="bl-box",
                        autofocus=True,
                        max_length=2000,
                    )
                    ask = gr.Button("Ask", variant="primary", elem_id="bl-ask")
                    stop = gr.Button("Stop", elem_id="bl-stop")
            panel = _part(gr, "panel", "cite")
        clock = gr.Timer(_POLL_SECONDS)

        def begin(opened: str, request: gr.Request) -> tuple[Any, ...]:
            visit = visit_of(request)
            if opened:
                visit.open(opened)
            return visit.desk(), visit.talks(), visit.shelf.view()

        def answer(question: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            visit = visit_of(request)
            yield from _asking(visit, visit.ask(question), gr)

        def answer_suggested(event: gr.EventData, request: gr.Request) -> Iterator[Any]:
            visit = visit_of(request)
            yield from _asking(visit, visit.ask(str(event.question)), gr)

        def answer_again(event: gr.EventData, request: gr.Request) -> Iterator[Any]:
            visit = visit_of(request)
            again = visit.ask_again(
                int(event.turn), any_date=bool(event.any_date), alone=bool(event.alone)
            )
            yield from _asking(visit, again, gr)

        def show_citation(event: gr.EventData, request: gr.Request) -> Any:
            visit = visit_of(request)
            return _opened(lambda: visit.citation(int(event.turn), int(event.number)))

        def show_article(event: gr.EventData, request: gr.Request) -> Any:
            visit = visit_of(request)
            return _opened(lambda: visit.shelf.article(str(event.id)))

        def let_go(request: gr.Request) -> None:
            visit_of(request).stop()

        def on_desk(act: Callable[[Any, Any], None]) -> Callable[..., Any]:
            def listener(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
                visit = visit_of(request)
                try:
                    act(visit, event)
                except BylineError as error:
                    return visit.desk(str(error)), visit.talks(), visit.shelf.view(str(error))
                return visit.desk(), visit.talks(), visit.shelf.view()

            return listener

        def remove(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            visit = visit_of(request)
            try:
                removed = visit.shelf.remove(str(event.id))
            except BylineError as error:
                return visit.shelf.view(str(error)), visit.desk()
            return visit.shelf.view(f"Removed “{removed.title or 'Untitled'}”."), visit.desk()

        def undo(request: gr.Request) -> tuple[Any, ...]:
            visit = visit_of(request)
            try:
                back = visit.shelf.undo()
            except BylineError as error:
                return visit.shelf.view(str(error)), visit.desk()
            told = f"“{back.title or 'Untitled'}” is back." if back else ""
            return visit.shelf.view(told), visit.desk()

        def search(event: gr.EventData, request: gr.Request) -> Any:
            visit = visit_of(request)
            visit.shelf.search(str(event.text), str(event.order))
            return visit.shelf.view()

        def upload(paths: list[str] | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            visit = visit_of(request)
            results: list[dict[str, Any]] = []
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
            text: str, title: str, source: str, published: str, request: gr.Request
        ) -> tuple[Any, ...]:
            visit = visit_of(request)
            try:
                result = visit.shelf.add_text(
                    text, title.strip(), source.strip(), published.strip()
                )
            except BylineError as error:
                return visit.shelf.view(str(error)), visit.desk(), text, title
            return visit.shelf.view("", [_told(result)]), visit.desk(), "", ""

        def look(request: gr.Request) -> tuple[Any, ...]:
            visit = visit_of(request)
            if not visit.shelf.outdated:
                return gr.skip(), gr.skip()
            return visit.shelf.view(), visit.desk()

        def export(event: gr.EventData, request: gr.Request) -> Any:
            visit = visit_of(request)
            form = str(event.form)
            title, content = visit.export(str(event.id), form)
            name = re.sub(r"[^\w]+", "-", title).strip("-")[:60].lower() or "conversation"
            if form == "json":
                content = json.dumps(content, ensure_ascii=False, indent=1)
            return visit.talks() | {"download": _download(f"{name}.{form}", content)}

        def examples(request: gr.Request) -> Any:
            visit = visit_of(request)
            rows = conversations.examples(visit.visitor)
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return visit.talks() | {"download": _download("judged-questions.jsonl", text)}

        def ask_once(
            question: str, sources: list[str] | None = None, after: str = "", before: str = ""
        ) -> dict[str, Any]:
            """Answer a question over the library, or refuse it.

            Args:
                question: in English.
                sources: only articles of these sources.
                after: only articles published on this day or later, as 2019-01-04.
                before: only articles published on this day or earlier.
            """
            shelf = Shelf(assistant)
            try:
                shelf.choose(sources or [], after, before)
                with line.joined() as place:
                    while not place.wait(1.0):
                        pass
                    return assistant.ask(question, filter=shelf.filter).to_json()
            except BylineError as error:
                raise gr.Error(str(error), print_exception=False) from error

        asked = [desk, box, talks]
        everything = [desk, talks, shelf]
        page.load(
            begin,
            [opened],
            everything,
            js="() => byline.start()",
            **quick,
        )
        page.unload(leave)
        gr.on([box.submit, ask.click], answer, [box], asked, trigger_mode="multiple", **slow)
        desk.suggest(answer_suggested, None, asked, **slow)
        desk.redo(answer_again, None, asked, **slow)
        stop.click(let_go, None, None, **quick)
        desk.cite(show_citation, None, panel, **quick)
        panel.cite(show_citation, None, panel, **quick)
        shelf.show(show_article, None, panel, **quick)
        desk.judge(
            on_desk(lambda visit, event: visit.judge(int(event.turn), event.verdict)),
            None,
            everything,
            **quick,
        )
        desk.samples(on_desk(lambda visit, _: visit.shelf.add_samples()), None, everything, **slow)
        for part in (desk, shelf):
            part.filter(
                on_desk(
                    lambda visit, event: visit.shelf.choose(
                        [str(source) for source in event.sources], event.after, event.before
                    )
                ),
                None,
                everything,
                **quick,
            )
        talks.begin(on_desk(lambda visit, _: visit.begin_anew()), None, everything, **quick)
        talks.reopen(on_desk(lambda visit, event: visit.open(event.id)), None, everything, **quick)
        talks.rename(
            on_desk(lambda visit, event: visit.rename(event.id, event.title)),
            None,
            everything,
            **quick,
        )
        talks.forget(
            on_desk(lambda visit, event: visit.delete(event.id)), None, everything, **quick
        )
        talks.export(export, None, talks, **quick)
        talks.examples(examples, None, talks, **quick)
        shelf.remove(remove, None, [shelf, desk], **slow)
        shelf.undo(undo, None, [shelf, desk], **slow)
        shelf.search(search, None, shelf, **quick)
        files.upload(upload, [files], [shelf, desk, files], **slow)
        add.click(paste, [pasted, title, source, published], [shelf, desk, pasted, title], **slow)
        api(ask_once, api_name="ask", concurrency_limit=None)
        clock.tick(look, None, [shelf, desk], **quick)
    built: gr.Blocks = page
    return built


def _part(gr: Any, name: str, events: str) -> Any:
    """Return a part of the page that `page.js` draws; its events are named for Gradio to see."""
    named = " ".join(f"'{event}'" for event in events.split())
    return gr.HTML(
        html_template='<div class="bl-part"></div>',
        js_on_load=f"byline.mount('{name}', element, props, trigger, watch); // {named}",
        elem_id=f"bl-{name}",
        apply_default_css=False,
        # Each of the page's four parts has its own accessible landmarks inside.
        container=False,
    )


def _asking(visit: "Visit", views: Iterator[Any], gr: Any) -> Iterator[tuple[Any, ...]]:
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


def _opened(view: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return an article to be shown, or why it cannot be; new to the page each time."""
    try:
        found = view()
    except (BylineError, LookupError) as error:
        reason = str(error) if isinstance(error, BylineError) else "that answer is gone; reload"
        found = {"failure": f"The article cannot be shown: {reason}"}
    return found | {"opened": secrets.token_hex(4)}


def _told(result: Any) -> dict[str, Any]:
    """Return what became of one file, in one line."""
    text = f"{result.path}: {result.outcome}" + (f"; {result.message}" if result.message else "")
    return {"ok": result.outcome != "failed", "text": text}


def _download(name: str, text: str) -> dict[str, str]:
    kind = "text/markdown" if name.endswith(".md") else "application/json"
    return {"name": name, "text": text, "type": kind, "key": secrets.token_hex(4)}


if __name__ == "__main__":
    from rag.cli import main

    sys.exit(main(["ui", *sys.argv[1:]]))
