"""The command `ask verify`: says what of a receipt still stands.

It compares nothing itself (`rag.receipts`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import QuestionError
from rag.cli.terminal import clean, json_text, out, remark, status
from rag.settings import expanded

if TYPE_CHECKING:
    from rag.cli.call import Call
    from rag.receipts import QuoteCheck, Receipt, Verification

__all__ = ["run_verify"]

_STANDS, _FALLEN = 0, 3
_LIBRARY = {
    "unchanged": "unchanged",
    "changed": "the article has changed",
    "described anew": "the text is unchanged, but it is described otherwise now",
    "removed": "the article is no longer there",
    "receipt altered": "the receipt was altered: the article is not as it says",
}
_FILE = {
    "unchanged": "unchanged",
    "changed": "the file has changed",
    "missing": "the file is no longer there",
    "unreadable": "the file cannot be read",
    "unknown": "no hash of it is in the receipt",
}


def run_verify(call: Call) -> int:
    """Compare a receipt with what there is today; return 0 if all of it stands, else 3."""
    from rag.receipts import read_receipt, verify_receipt

    if len(call.words) != 1:
        raise QuestionError("`ask verify` takes one file, as --receipt wrote it: ask verify FILE")
    receipt = read_receipt(expanded(call.words[0]))
    # As it was asked then, so that another answer has another cause.
    settings = replace(call.settings, refusal=receipt.refusal, passages=receipt.passages)
    with replace(call, settings=settings).open() as assistant, status(call.quiet) as shown:
        shown.show("comparing the receipt")
        found = verify_receipt(assistant, receipt, ask=not call.options.no_ask)
    out(json_text(found.to_json()) if call.json else "\n".join(_lines(found, receipt)))
    if found.stands:
        return _STANDS
    sys.stdout.flush()
    remark("not all of it stands; ask again with --receipt for one of today")
    return _FALLEN


def _lines(found: Verification, receipt: Receipt) -> Iterator[str]:
    yield clean(receipt.question)
    for check in found.quotes:
        yield ""
        yield f"[{check.quote.number}] “{clean(check.quote.text)}”"
        yield f"    {clean(str(check.quote.document.get('title') or 'untitled'))}"
        yield f"    in the library: {_in_library(check)}"
        if check.file:
            yield f"    in its file: {_in_file(check)}"
    yield ""
    if found.same_answer:
        yield "asked again: the same answer"
    elif found.answer and found.answer.text == receipt.answer["text"]:
        yield "asked again: the same words, but from elsewhere"
    elif found.answer:
        yield "asked again: another answer"
        yield f"    {clean(found.answer.text)}"
    for each in found.differences:
        yield f"{each.what}: {clean(each.then)}; now {clean(each.now)}"
    if found.stands:
        yield "all of it stands"


def _in_library(check: QuoteCheck) -> str:
    said = _LIBRARY[check.library]
    if check.described:
        how = "corrected since: " if check.library == "unchanged" else ""
        said += f" ({how}{', '.join(check.described)})"
    if check.library in ("changed", "receipt altered"):
        at = check.found_at
        end = len(check.quote.text) + (at or 0)
        said += "; the quote is not in it" if at is None else f"; the quote is in it, at {at}–{end}"
    return said


def _in_file(check: QuoteCheck) -> str:
    said = f"{_FILE[check.file]}, {clean(check.path or '')}"
    if check.in_file is not None and not (check.in_file and check.file == "unchanged"):
        said += "; the quote is in it" if check.in_file else "; the quote is not in it"
    if check.file == "missing":
        said += "; if it was moved, run `ask sync` on its folder"
    return said
