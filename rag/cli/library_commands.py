"""The commands of `ask` that show an article, and remove some.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from index.corrections import corrected_fields
from index.errors import DamagedError, QuestionError
from rag.cli.terminal import clean, json_text, out
from rag.types import document_json

if TYPE_CHECKING:
    from index.types import Document
    from rag.cli.call import Call

__all__ = ["field_lines", "listed_line", "run_remove", "run_show"]

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
    for line in field_lines(document):
        out(line)
    for path in paths:
        if path != document.path:
            out(f"{'path:':<10} {clean(path)}")
    for other in kin:
        out(f"{'also:':<10} {listed_line(other)}")
    out("\n" + clean(document.text, keep_lines=True))
    return _DONE


def field_lines(document: Document) -> Iterator[str]:
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
    found: dict[str, Document | None] = {}
    with call.open() as assistant:
        # All ids are looked up before anything is removed, so that a wrong one removes nothing.
        for id_ in map(assistant.store.full_id, call.words):
            found[id_] = None
            with suppress(DamagedError):  # What cannot be shown can be removed all the same.
                found[id_] = assistant.store.document(id_)
        assistant.store.delete_documents(list(found))
    if call.json:
        gone = [document_json(d) if d else {"id": id_} for id_, d in found.items()]
        out(json_text({"removed": gone}))
    else:
        for id_, document in found.items():
            out(f"removed {id_[:8]}  {clean(document.title) if document else '(damaged)'}")
    return _DONE
