"""The commands of `ask` that show the library, and remove articles from it.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from index.errors import DamagedError, QuestionError
from rag.cli.asking import undated_notice
from rag.cli.terminal import clean, json_text, out, remark
from rag.types import Citation

if TYPE_CHECKING:
    from index.types import Document
    from rag.cli.call import Call

__all__ = ["run_list", "run_remove", "run_show"]

_DONE = 0


def _document_json(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = Citation(0, document, 0, 0).to_json()["document"]
    return fields


def run_list(call: Call) -> int:
    """Print the articles that the filter admits, one a line."""
    call.refuse_words()
    with call.open() as assistant:
        if call.json:
            out(
                json_text(
                    [_document_json(found) for found in assistant.store.documents(call.filter)]
                )
            )
            return _DONE
        count = 0
        for count, document in enumerate(assistant.store.documents(call.filter), 1):  # noqa: B007
            out(_listed(document))
        sys.stdout.flush()
        if not call.quiet:
            hint = "" if count or call.filter else "; add some with `ask add FOLDER`"
            remark(f"{count:,} article{'' if count == 1 else 's'}{hint}")
            undated_notice(call, assistant)
    return _DONE


def _listed(document: Document) -> str:
    published = document.published.isoformat() if document.published else "undated"
    source = clean(document.source or "-")
    return f"{document.id[:8]}  {published:<10}  {source:<20}  {clean(document.title)}"


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
    fields = _document_json(document)
    if call.json:
        alike = [_document_json(other) for other in kin]
        out(json_text({**fields, "paths": paths, "text": document.text, "kin": alike}))
        return _DONE
    names = ("title", "source", "author", "published", "language", "url", "path", "part", "id")
    for name in names:
        if fields[name]:
            out(f"{name + ':':<10} {clean(str(fields[name]))}")
    for path in paths:
        if path != document.path:
            out(f"{'path:':<10} {clean(path)}")
    for other in kin:
        out(f"{'also:':<10} {_listed(other)}")
    out("\n" + clean(document.text, keep_lines=True))
    return _DONE


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
        gone = [_document_json(d) if d else {"id": id_} for id_, d in found.items()]
        out(json_text({"removed": gone}))
    else:
        for id_, document in found.items():
            out(f"removed {id_[:8]}  {clean(document.title) if document else '(damaged)'}")
    return _DONE
