"""The commands of `ask` on the articles that are there: list, show, edit, remove, export, import.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.corrections import corrected_fields
from index.errors import MismatchError, QuestionError, ReadError
from index.store import Listing
from rag.cli.asking import names_there, undated_notice
from rag.cli.call import read_date
from rag.cli.terminal import clean, json_text, out, remark
from rag.settings import expanded
from rag.types import counted, document_json

if TYPE_CHECKING:
    from index.types import Document
    from rag.cli.call import Call

__all__ = [
    "run_edit",
    "run_export",
    "run_import",
    "run_list",
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
_PER_PAGE = 50
_WIDTHS = {
    "id": 8, "date": 10, "source": 20, "author": 20, "title": 50, "tags": 20, "language": 8,
    "corrected": 20, "url": 40, "path": 40, "part": 20,
}  # fmt: skip
"""The columns of a list, and how wide each is where another follows."""
_JSON_NAMES = {"date": "published"}


def run_list(call: Call) -> int:
    """Print the articles that the filter admits and that have the words, one a line."""
    columns = _columns(call)
    limit, offset = _page(call)
    with call.open() as assistant:
        listing = Listing(
            call.filter, " ".join(call.words), call.options.sort or "date", call.options.reverse
        )
        listed = assistant.store.list_documents(listing, limit, offset)
        if call.json:
            fields = [_JSON_NAMES.get(column, column) for column in columns]
            rows = map(document_json, listed.documents)
            out(json_text([{f: row[f] for f in fields} if fields else row for row in rows]))
            return _DONE
        count = 0
        for count, document in enumerate(listed.documents, 1):  # noqa: B007
            out(_row(document, columns) if columns else _listed_line(document))
        sys.stdout.flush()
        if not call.quiet:
            unknown = "" if listed.found else names_there(call, assistant)
            remark(unknown or _counted(call, count, listed.found))
            undated_notice(call, assistant)
    return _DONE


def _counted(call: Call, count: int, found: int) -> str:
    """Return how many articles were listed, and what to do where there are none."""
    if call.words and not found:
        word = clean(call.words[0])
        return (
            f"0 articles of that title, source, or author; to ask a question: ask -- list {word} …"
        )
    articles = counted(found, "article")
    if not found:
        if call.filter:
            return f"{articles}; widen or leave out --source, --tag, --after, and --before"
        return f"{articles}; add some with `ask add FOLDER`"
    if not count:
        return f"{articles}, and none on that page; leave out --page, or give a smaller one"
    return articles if count == found else f"{count:,} of {articles}; --page shows others"


def _columns(call: Call) -> tuple[str, ...]:
    """Return the columns that were chosen; none for the usual ones.

    Raises:
        QuestionError: one of them is not known.
    """
    chosen = [column.strip() for column in (call.options.columns or "").split(",")]
    columns = tuple(filter(None, chosen))
    for column in columns:
        if column not in _WIDTHS:
            raise QuestionError(f"--columns {column} is not known; one of {', '.join(_WIDTHS)}")
    return columns


def _page(call: Call) -> tuple[int | None, int]:
    """Return at most how many articles to list, and how many to pass over.

    Raises:
        QuestionError: a number is too small.
    """
    page, limit = call.options.page, call.options.limit
    if min(page or 1, limit or 1) < 1 or 0 in (page, limit):
        raise QuestionError("--page and --limit begin with 1")
    if page is not None:
        limit = limit or _PER_PAGE
    return limit, ((page or 1) - 1) * (limit or 0)


def _row(document: Document, columns: tuple[str, ...]) -> str:
    fields = document_json(document)
    values = []
    for column in columns:
        value = fields[_JSON_NAMES.get(column, column)]
        told = ", ".join(value) if isinstance(value, (list, dict)) else value or "-"
        told = clean(told[:8] if column == "id" else told)
        values.append(told if column == columns[-1] else f"{told:<{_WIDTHS[column]}}")
    return "  ".join(values)


def _listed_line(document: Document) -> str:
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
    out("\n".join(_field_lines(document)))
    for path in paths:
        if path != document.path:
            out(f"{'path:':<10} {clean(path)}")
    for other in kin:
        out(f"{'also:':<10} {_listed_line(other)}")
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
    out("\n\n".join("\n".join(_field_lines(document)) for document in edited))
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
    return expanded(call.words[0])
