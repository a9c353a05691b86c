"""The command `ask list`: the articles of the library, sorted, searched, and by pages.

It knows no store; what a list can be of is `index.store.Listing`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from index.errors import QuestionError
from index.store import Listing
from rag.cli.asking import names_there, undated_notice
from rag.cli.library_commands import listed_line
from rag.cli.terminal import clean, json_text, out, remark
from rag.types import counted, document_json

if TYPE_CHECKING:
    from index.types import Document
    from rag.cli.call import Call

__all__ = ["run_list"]

_DONE = 0
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
            out(_row(document, columns) if columns else listed_line(document))
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
