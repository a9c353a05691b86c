"""The commands of `ask` that fill, show, and empty the library.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError, ReadError
from rag.cli.asking import undated_notice
from rag.cli.terminal import clean, json_text, out, progress, remark
from rag.types import Citation

if TYPE_CHECKING:
    from index.types import Document
    from rag.assistant import AddResult
    from rag.cli.call import Call

__all__ = ["run_add", "run_list", "run_remove", "run_show"]

_DONE, _FAULT, _INTERRUPTED = 0, 1, 130


def run_add(call: Call) -> int:
    """Add files and folders, with progress; a fault in one leaves the others standing."""
    if not call.words and not call.options.samples:
        raise QuestionError("name files or folders to add, or use `ask add --samples`")
    results: list[AddResult] = []
    stopped = False
    present = [path for path in call.words if Path(path).exists()]
    missing = [path for path in call.words if not Path(path).exists()]
    if present or call.options.samples:
        extra: dict[str, Any] = {}
        if call.options.date_order:
            extra["date_order"] = call.options.date_order
        total = _count_files(present)
        with call.open() as assistant, progress(call.quiet, total) as advance:

            def on_file(result: AddResult) -> None:
                results.append(result)
                advance(Path(result.path).name)

            try:
                if call.options.samples:
                    results.extend(assistant.add_samples())
                if present:
                    assistant.add(*present, on_file=on_file, **extra)
            except KeyboardInterrupt:
                stopped = True
    counts = Counter(result.outcome for result in results)
    failures = [(result.path, result.message) for result in results if result.outcome == "failed"]
    failures += [(path, "no such file or folder") for path in missing]
    if call.json:
        out(json_text(_add_json(counts, results, failures)))
    else:
        parts = [f"{counts[outcome]} {outcome}" for outcome in ("added", "updated", "unchanged")]
        out(", ".join([*parts, f"{len(failures)} failed"]))
        sys.stdout.flush()
    for path, message in failures:
        remark(f"failed: {_about(path, message)}")
    for result in results:
        if result.message and result.outcome != "failed" and not call.quiet:
            remark(f"warning: {_about(result.path, result.message)}")
    if stopped:
        remark("stopped; what was added is kept, the same command again goes on from here")
        return _INTERRUPTED
    if not results and not failures:
        remark("no articles found there; Byline reads .txt, .md, and .html files")
        return _FAULT
    return _FAULT if failures else _DONE


def _about(path: str, message: str) -> str:
    """Put the path before a message, or in place of the file's name with which it begins."""
    rest = message.removeprefix(Path(path).name)
    return path + rest if rest != message and rest[:1] in (" ", ":") else f"{path}: {message}"


def _count_files(paths: Sequence[str]) -> int:
    """Count the files to come, for the progress bar only; what is wrong with one is said later."""
    from index.reading import find_files

    total = 0
    for path in paths:
        with suppress(ReadError):
            total += len(find_files(Path(path)))
    return total


def _add_json(
    counts: Counter[Any], results: Sequence[AddResult], failures: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    good = [result for result in results if result.outcome != "failed"]
    files: list[dict[str, Any]] = [
        {
            "path": result.path,
            "outcome": result.outcome,
            "id": result.document.id if result.document else None,
            "title": result.document.title if result.document else None,
            "message": result.message,
        }
        for result in good
    ]
    files += [
        {"path": path, "outcome": "failed", "id": None, "title": None, "message": message}
        for path, message in failures
    ]
    summary = {name: counts[name] for name in ("added", "updated", "unchanged")}
    return {**summary, "failed": len(failures), "files": files}


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
            published = document.published.isoformat() if document.published else "undated"
            source = clean(document.source or "-")
            out(f"{document.id[:8]}  {published:<10}  {source:<20}  {clean(document.title)}")
        sys.stdout.flush()
        if not call.quiet:
            hint = "" if count or call.filter else "; add some with `ask add FOLDER`"
            remark(f"{count:,} article{'' if count == 1 else 's'}{hint}")
            undated_notice(call, assistant)
    return _DONE


def run_show(call: Call) -> int:
    """Print one article with its metadata."""
    if len(call.words) != 1:
        raise QuestionError(
            "`ask show` takes one id from `ask list`; to ask a question: ask -- show …"
        )
    with call.open() as assistant:
        document = assistant.store.document(call.words[0])
    if call.json:
        out(json_text({**_document_json(document), "text": document.text}))
        return _DONE
    fields = _document_json(document)
    for name in ("title", "source", "author", "published", "url", "path", "id"):
        if fields[name]:
            out(f"{name + ':':<10} {clean(str(fields[name]))}")
    out("\n" + clean(document.text, keep_lines=True))
    return _DONE


def run_remove(call: Call) -> int:
    """Remove articles by id."""
    if not call.words:
        raise QuestionError("name the articles to remove by their ids from `ask list`")
    with call.open() as assistant:
        # All ids are looked up before anything is removed, so that a wrong one removes nothing.
        found = {d.id: d for d in map(assistant.store.document, call.words)}
        assistant.store.delete_documents(list(found))
    if call.json:
        out(json_text({"removed": [_document_json(document) for document in found.values()]}))
    else:
        for document in found.values():
            out(f"removed {document.id[:8]}  {clean(document.title)}")
    return _DONE
