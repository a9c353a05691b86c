"""The commands of `ask` that carry a library from one place to another, in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import MismatchError, QuestionError, ReadError
from rag.cli.terminal import json_text, out

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_export", "run_import"]

_DONE = 0


def run_export(call: Call) -> int:
    """Write all articles with their vectors into one new file."""
    path = _file(call)
    with call.open() as assistant:
        archived = assistant.export_to(path)
    if call.json:
        counts = {"documents": archived.documents, "chunks": archived.chunks}
        out(json_text({"path": str(path), **counts}))
    else:
        out(f"{_articles(archived.documents)} in {path}")
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


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"
