"""The command `ask edit`: corrects what is said of articles, and tags them.

What a correction is, `index.corrections` knows.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from index.errors import QuestionError
from rag.cli.call import read_date
from rag.cli.library_commands import field_lines
from rag.cli.terminal import json_text, out
from rag.types import document_json

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_edit"]

_DONE = 0


def run_edit(call: Call) -> int:
    """Correct articles by id, all of them or none, and print what is said of them then."""
    options = call.options
    if not call.words:
        raise QuestionError(
            "name the articles to correct by their ids from `ask list`; "
            "to ask a question: ask -- edit …"
        )
    source: str | None = options.source[-1] if options.source else None
    fields = (options.title, options.date, source, options.author)
    if not (options.tag or options.untag or options.undo) and all(f is None for f in fields):
        raise QuestionError(
            "say what to correct: --title, --date, --source, --author, --tag, --untag, or --undo"
        )
    published: date | Literal[""] | None = options.date
    if options.date is not None:
        published = read_date(options.date, "--date") if options.date.strip() else ""
    with call.open() as assistant:
        edited = assistant.edit(
            *call.words,
            title=options.title,
            source=source,
            author=options.author,
            published=published,
            add_tags=options.tag or (),
            remove_tags=options.untag or (),
            undo=options.undo,
        )
    if call.json:
        out(json_text([document_json(document) for document in edited]))
        return _DONE
    for number, document in enumerate(edited):
        if number:
            out("")
        for line in field_lines(document):
            out(line)
    return _DONE
