"""The commands of `ask` on the articles that are there: show, edit, remove, export, import.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.corrections import corrected_fields
from index.errors import MismatchError, QuestionError, ReadError
from rag.cli.call import read_date
from rag.cli.terminal import clean, json_text, out
from rag.types import counted, document_json

if TYPE_CHECKING:
    from index.types import Document
    from rag.cli.call import Call

__all__ = [
    "listed_line",
    "run_edit",
    "run_export",
    "run_import",
    "run_remove",
    "run_show",
]

_DONE = 0
_FIELDS = (
    "title",
    "source",
    "author",
    "published",
    "tags",
    "language",
    "url",
    "path",
    "part",
    "id",
)


def listed_line(document: Document) -> str:
    """Return an article as a line of a list, with what is corrected of it."""
    published = document.published.isoformat() if document.published else "undated"
    source = clean(document.source or "-")
    fields = ", ".join(corrected_fields(document))
    mark = f"  (corrected: {fields})" if fields else ""
    return f"{document.id[:8]}  {published:<10}  {source:<20}  {clean(document.title)}{mark}"


def run_show(call: Call) -> int:
    """Print one article with its metadata."""
    if len(call.words) != 1:
        raise QuestionError(
            "`ask show` takes one id from `ask list`; to ask a question: ask -- show …"
        )
    with call.open() as assistant:
        document = assistant.store.document(call.words[0])
        kin = assistant.kin(document.id)
        files = assistant.store.files()
    paths = [path for path, record in files.items() if document.id in record.documents]
    fields = document_json(document)
    if call.json:
        alike = [document_json(other) for other in kin]
        out(json_text({**fields, "paths": paths, "text": document.text, "kin": alike}))
        return _DONE
    for line in _field_lines(document):
        out(line)
    for path in paths:
        if path != document.path:
            out(f"{'path:':<10} {clean(path)}")
    for other in kin:
        out(f"{'also:':<10} {listed_line(other)}")
    out("\n" + clean(document.text, keep_lines=True))
    return _DONE


def _field_lines(document: Document) -> Iterator[str]:
    """Yield what is said of an article, a line each, with what its file says where corrected."""
    fields = document_json(document)
    for name in _FIELDS:
        said = fields["corrected"].get(name) or "nothing"
        mark = f" (corrected; its file says: {_told(said)})" if name in fields["corrected"] else ""
        if fields[name] or mark:
            yield f"{name + ':':<10} {clean(_told(fields[name] or '-') + mark)}"


def _told(value: str | list[str]) -> str:
    return ", ".join(value) if isinstance(value, list) else value


def run_remove(call: Call) -> int:
    """Remove articles by id."""
    if not call.words:
        raise QuestionError("name the articles to remove by their ids from `ask list`")
    with call.open() as assistant:
        found = assistant.remove(*call.words)
    if call.json:
        gone = [document_json(d) if d else {"id": id_} for id_, d in found.items()]
        out(json_text({"removed": gone}))
    else:
        for id_, document in found.items():
            out(f"removed {id_[:8]}  {clean(document.title) if document else '(damaged)'}")
    return _DONE


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
        for line in _field_lines(document):
            out(line)
    return _DONE


def run_export(call: Call) -> int:
    """Write all articles with their vectors into one new file."""
    path = _file(call)
    with call.open() as assistant:
        archived = assistant.export_to(path)
    if call.json:
        counts = {"documents": archived.documents, "chunks": archived.chunks}
        out(json_text({"path": str(path), **counts}))
    else:
        out(f"{counted(archived.documents, 'article')} in {path}")
    return _DONE


def run_import(call: Call) -> int:
    """Add the articles of an exported file; nothing that is there already is replaced."""
    path = _file(call)
    with call.open() as assistant:
        try:
            outcomes = assistant.import_from(path, embed=call.options.embed)
        except (ReadError, MismatchError) as error:
            raise type(error)(f"{path}: {error}") from error
    if call.json:
        out(json_text({"path": str(path), **outcomes}))
    else:
        out(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return _DONE


def _file(call: Call) -> Path:
    if len(call.words) != 1:
        raise QuestionError(
            f"`ask {call.command}` takes one file; to ask a question: ask -- {call.command} …"
        )
    return Path(os.path.expanduser(call.words[0]))  # noqa: PTH111 - takes ~draft for what it is
