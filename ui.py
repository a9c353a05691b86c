"""The browser chat: `ask ui`, or `python ui.py`. Lays out the page and says which event does what.

What the events do is in `rag.serve.listeners`, how the parts are drawn in
`rag/serve/static/page.js`, who may come in in `rag.serve.guard`. Gradio is imported when the page
is built, not before: `ask ui --help` must not pay for it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from index.types import Filter

if TYPE_CHECKING:
    import gradio as gr

    from rag.assistant import Assistant
    from rag.cli.call import Call
    from rag.serve.asking import WaitingLine
    from rag.serve.conversations import Conversations

__all__ = ["build_page", "run_ui"]

_POLL_SECONDS = 4.0
"""How often an open page looks whether the library was changed elsewhere."""
_LONGEST_QUESTION = 2000
# Gradio puts the script tag into a page that is being drawn already.
_READY = "while (!window.byline) await new Promise((go) => setTimeout(go, 15)); "
_SCRIPT = "async () => {{ " + _READY + "return byline.{}; }}"
_BRAND = (
    '<div class="bl-part"><h1 class="bl-brand">Byline</h1>'
    '<span class="bl-about">answers from your articles, on this machine</span></div>'
)


def run_ui(call: Call) -> int:
    """Open the browser chat and serve it until Ctrl-C; return the exit status."""
    from rag.cli.serving import serve

    return serve(call, build_page)


def build_page(
    assistant: Assistant, conversations: Conversations, line: WaitingLine, filter: Filter = Filter()
) -> gr.Blocks:
    """Return the page, ready to be mounted.

    Args:
        assistant: what answers.
        conversations: where they are kept.
        line: where questions wait for their turn.
        filter: the articles that every page begins with.
    """
    import gradio as gr
    from gradio.events import api

    from rag.serve.listeners import Listeners

    on = Listeners(assistant, conversations, line, filter)
    page: gr.Blocks
    with gr.Blocks(
        title="Byline", fill_height=True, analytics_enabled=False, delete_cache=(600, 3600)
    ) as page:
        opened = gr.Textbox(visible="hidden", elem_id="bl-opened")
        with gr.Sidebar(open=False, width=330, elem_id="bl-side"):
            gr.HTML(_BRAND, elem_id="bl-brand")
            talks = _part("talks", "begin reopen search rename export forget examples")
            words = gr.Radio(
                [("how and why", "auto"), ("always", "always"), ("never", "never")],
                value=assistant.settings.write,
                label="In the model’s words",
                elem_id="bl-words",
            )
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
                shelf = _part("shelf", "search show remove undo filter")
        with gr.Row(elem_id="bl-frame"):
            with gr.Column(elem_id="bl-middle"):
                desk = _part("desk", "cite redo watch judge receipt suggest samples filter")
                with gr.Row(elem_id="bl-composer"):
                    box = gr.Textbox(
                        show_label=False,
                        label="Question",
                        placeholder="Ask your articles",
                        lines=1,
                        max_lines=8,
                        container=False,
                        elem_id="bl-box",
                        max_length=_LONGEST_QUESTION,
                    )
                    ask = gr.Button("Ask", variant="primary", elem_id="bl-ask")
                    stop = gr.Button("Stop", elem_id="bl-stop")
            panel = _part("panel", "cite edit")
        clock = gr.Timer(_POLL_SECONDS)

        hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        quick: dict[str, Any] = {**hidden, "queue": False}
        # As many at once as there are pages: `WaitingLine` decides whose turn it is, and says so.
        slow: dict[str, Any] = {**hidden, "concurrency_limit": None}
        asked, everything = [desk, box, talks], [desk, talks, shelf]

        page.load(on.begin, [opened], everything, js=_SCRIPT.format("start()"), **quick)
        page.unload(on.leave)
        gr.on([box.submit, ask.click], on.answer, [box], asked, trigger_mode="multiple", **slow)
        stop.click(on.stop, None, None, **quick)
        words.input(on.choose_words, [words], None, **quick)
        api(on.answer_once, api_name="ask", concurrency_limit=None)
        looked = {"js": _SCRIPT.format("opened()"), **quick}
        clock.tick(on.look, [opened], everything, **looked)

        desk.suggest(on.answer_suggested, None, asked, **slow)
        desk.redo(on.answer_again, None, asked, **slow)
        desk.watch(on.watch, None, asked, **slow)
        desk.cite(on.show_citation, None, panel, **quick)
        desk.judge(on.judge, None, everything, **quick)
        desk.receipt(on.receipt, None, [desk, talks], **slow)
        desk.samples(on.keep_samples, None, everything, **slow)
        desk.filter(on.choose, None, everything, trigger_mode="always_last", **quick)
        panel.cite(on.show_citation, None, panel, **quick)
        panel.edit(on.edit, None, [panel, shelf], **slow)

        files.upload(on.upload, [files], [shelf, desk, files], **slow)
        add.click(
            on.paste, [pasted, title, source, published], [shelf, desk, pasted, title], **slow
        )
        shelf.show(on.show_article, None, panel, **quick)
        shelf.search(on.search, None, shelf, trigger_mode="always_last", **quick)
        shelf.filter(on.choose, None, everything, trigger_mode="always_last", **quick)
        shelf.remove(on.remove, None, [shelf, desk], **slow)
        shelf.undo(on.undo, None, [shelf, desk], **slow)

        talks.begin(on.begin_anew, None, everything, **quick)
        talks.reopen(on.reopen, None, everything, **quick)
        talks.search(on.search_talks, None, talks, trigger_mode="always_last", **quick)
        talks.rename(on.rename, None, everything, **quick)
        talks.forget(on.forget, None, everything, **quick)
        talks.export(on.export, None, talks, **quick)
        talks.examples(on.examples, None, talks, **quick)
    return page


def _part(name: str, events: str) -> Any:
    """Return a part of the page that `page.js` draws; its events are named for Gradio to see."""
    import gradio as gr

    named = " ".join(f"'{event}'" for event in events.split())
    return gr.HTML(
        html_template='<div class="bl-part"></div>',
        js_on_load=f"(async () => {{ {_READY}"
        f"byline.mount('{name}', element, props, trigger, watch); }})(); // {named}",
        elem_id=f"bl-{name}",
        apply_default_css=False,
    )


if __name__ == "__main__":
    from rag.cli import main

    sys.exit(main(["ui", *sys.argv[1:]]))
