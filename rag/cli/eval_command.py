"""Measures the answers of `ask` on a person's own questions, and prints or writes a report.

It knows no arguments (`rag.cli.call`), no scores (`rag.evaluation`), and asks nothing itself.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import BylineError, QuestionError
from rag.cli.meter import metered
from rag.cli.terminal import clean, json_text, out, remark
from rag.settings import expanded
from rag.types import counted

if TYPE_CHECKING:
    from rag.cli.call import Call
    from rag.evaluation import Report

__all__ = ["run_eval"]

_DONE, _FAULT, _INTERRUPTED = 0, 1, 130
_LISTED = 3


def run_eval(call: Call) -> int:
    """Ask every question of a file and report; whatever ends it early, report what was asked."""
    from rag.evaluation import Evaluation, read_examples, sample

    if len(call.words) != 1:
        raise QuestionError("`ask eval` takes one file of questions: ask eval questions.csv")
    page = _page_path(call.options.html) if call.options.html else None
    size = call.options.sample
    if size is not None and size < 1:
        raise QuestionError(f"--sample {size} draws no question; give 1 or more")
    reading = read_examples(call.words[0])
    for problem in reading.problems:
        remark(f"left out: {problem}")
    examples = reading.examples
    if size is not None:
        examples = sample(examples, size, call.options.seed)
    ended_by, status = "", _DONE
    with call.open() as assistant:
        evaluation = Evaluation(assistant, examples)
        unknown = _unknown(evaluation.report)
        if unknown:
            remark(unknown)
        try:
            with metered(call.quiet, len(examples), "asking") as meter:
                wrong = 0
                for result in evaluation:
                    wrong += bool(result.faults)
                    meter.advance(f"{wrong} to look at")
        except KeyboardInterrupt:
            ended_by, status = "stopped", _INTERRUPTED
        except BylineError as error:
            ended_by, status = str(error), _FAULT
    report = evaluation.report
    if ended_by:
        remark(f"{ended_by}; reported are {len(report.results)} of {len(examples)} questions")
    if not report.results:
        return status
    out(json_text(report.to_json()) if call.json else _table(report))
    sys.stdout.flush()
    if page:
        _write_page(page, report, Path(call.words[0]).name, [unknown] if unknown else [])
        if not call.quiet:
            remark(f"the report is {page}")
    elif not (call.quiet or call.json) and any(result.faults for result in report.results):
        remark("to read the answers beside their quotes: ask eval FILE --html report.html")
    return status


def _unknown(report: Report) -> str:
    """Say in one line which articles are not in the library."""
    names = list(dict.fromkeys(name for _, name in report.unknown))
    if not names:
        return ""
    listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
    what = f"{counted(len(names), 'article')} {'is' if len(names) == 1 else 'are'}"
    line = report.unknown[0][0]
    return (
        f"{what} not in the library (first in line {line}: {listed}); "
        "whether they are cited is not told; name them as `ask list` does"
    )


def _table(report: Report) -> str:
    """Lay out the figures, and how often each thing is wrong."""
    from rag.evaluation import FAULTS

    width = max(len(figure.label) for figure in report.figures)
    lines = [
        f"{figure.label:<{width}}  {figure!s:>6}" + (f"   of {figure.of}" if figure.of else "")
        for figure in report.figures
    ]
    counts = Counter(result.faults[0] for result in report.results if result.faults)
    lines += ["", f"{counts.total()} of {len(report.results)} to look at"]
    lines += [f"{counts[fault]:>5}  {says}" for fault, says in FAULTS.items() if counts[fault]]
    return "\n".join(lines)


def _page_path(name: str) -> Path:
    """Return where to write the page, once it is sure that an hour's work will not be lost."""
    path = Path(os.path.abspath(expanded(name)))  # noqa: PTH100
    if path.is_dir():
        raise QuestionError(f"--html {clean(name)} is a folder; name a file in it")
    if path.exists() and path.suffix.lower() not in (".html", ".htm"):  # As the questions.
        raise QuestionError(f"--html {clean(name)} exists and is no page; name another file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise QuestionError(f"--html {clean(name)} cannot be written; name another file")
    return path


def _write_page(path: Path, report: Report, name: str, remarks: list[str]) -> None:
    from rag.evaluation.page import html_page

    page = html_page(report, name, datetime.now(), remarks)
    # A lone surrogate has no UTF-8; as a reference the browser shows a replacement.
    path.write_bytes(page.encode("utf-8", "xmlcharrefreplace"))
