"""The commands of `ask` that bring articles into the library: `add` and `sync`.

They know no arguments (`rag.cli.call`) and open no files; the assistant does.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import BylineError, FullDiskError, QuestionError, ReadError
from rag.cli.meter import Meter, metered
from rag.cli.terminal import json_text, out, remark
from rag.settings import expanded

if TYPE_CHECKING:
    from index.reading import ReadOptions
    from rag.adding import AddResult
    from rag.assistant import Assistant
    from rag.cli.call import Call

__all__ = ["run_add", "run_sync"]

_DONE, _FAULT, _INTERRUPTED = 0, 1, 130
_OUTCOMES = ("added", "updated", "unchanged", "failed", "moved")
_MOST_TOLD = 10
"""Failures of one file that are told: a table may have thousands of rows that cannot be read."""
_FULL = (
    "the disk is full: what is counted above is stored, and nothing else; free some space, and the "
    "same command goes on from here"
)
_STOPPED = "stopped; what was done is kept, and the same command again goes on from here"


def run_add(call: Call) -> int:
    """Add files, folders, and web pages, with progress; a fault in one leaves the others standing.

    Whatever ends it early, what was done until then is printed.
    """
    urls: list[str] = call.options.url or []
    if not call.words and not urls and not call.options.samples:
        raise QuestionError(
            "name files or folders to add, or use `ask add --samples` or `ask add --url ADDRESS`"
        )
    _check_paths(call)
    options = _read_options(call)
    results: list[AddResult] = []
    ended_by, status = "", _DONE
    total = _count_files(call.words) + len(urls)
    with call.open() as assistant, metered(call.quiet, total) as meter:
        _watch(assistant, meter)
        count = _counted(meter)

        def on_file(result: AddResult) -> None:
            results.append(result.light())
            count(result)

        try:
            if call.options.samples:
                results.extend(assistant.add_samples())
            if call.words:
                assistant.add(*call.words, options=options, on_file=on_file, on=call.options.on)
            if urls:
                assistant.add_pages(*urls, options=options, on_file=on_file)
        except (BylineError, KeyboardInterrupt) as error:
            ended_by, status = _ended(assistant, error)
    counts: Counter[str] = Counter(result.outcome for result in results)
    summary = {outcome: counts[outcome] for outcome in _OUTCOMES}
    summary["copies"] = counts["copy"]
    if call.json:
        out(json_text(summary | {"files": _results_json(results)}))
    else:
        out(_counted_words(summary, ("moved", "copies")))
        sys.stdout.flush()
    return _told(call, results, ended_by, status)


def run_sync(call: Call) -> int:
    """Make the library mirror a folder; with --watch, again whenever something changes there."""
    if len(call.words) != 1:
        raise QuestionError("name one folder: ask sync FOLDER")
    _check_paths(call)
    options = _read_options(call)
    with call.open() as assistant:
        if not call.options.watch:
            return _sync_once(call, assistant, options)
        from rag.syncing import watch_folder

        first = True
        try:
            # The watch begins before the first sync, so that nothing is missed meanwhile.
            for _ in watch_folder(call.words[0]):
                status = _sync_once(call, assistant, options, only_changes=not first)
                if status == _INTERRUPTED:
                    return status
                # Nothing is heard any more of a folder that is gone, also when it is back.
                if not expanded(call.words[0]).is_dir():
                    if status == _DONE:  # It went just now, and nothing was said of it yet.
                        remark(f"{call.words[0]} is no longer there; watch it anew when it is back")
                    return _FAULT
                if first and not call.quiet:
                    remark(f"watching {call.words[0]}; stop with Ctrl-C")
                first = False
        except KeyboardInterrupt:
            return _INTERRUPTED
    return _DONE


def _sync_once(
    call: Call, assistant: Assistant, options: ReadOptions, *, only_changes: bool = False
) -> int:
    from rag.syncing import SyncReport

    report = SyncReport()
    ended_by, status, compared = "", _DONE, True
    with metered(call.quiet, doing="comparing") as meter:
        _watch(assistant, meter)
        try:
            assistant.sync(
                call.words[0],
                options=options,
                report=report,
                look_again=call.options.look_again,
                allow_empty=call.options.allow_empty,
                on_plan=meter.expect,
                on_file=_counted(meter),
            )
        except (BylineError, KeyboardInterrupt) as error:
            ended_by, status = _ended(assistant, error)
            compared = not isinstance(error, ReadError)
    if not compared:  # There is nothing to count.
        return _told(call, (), ended_by, status)
    counts = Counter(result.outcome for result in report.results)
    summary = {
        "added": counts["added"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"] + report.unchanged,
        "moved": len(report.moved) + counts["moved"],
        "removed": report.removed,
        "failed": counts["failed"],
        "copies": counts["copy"],
    }
    idle = not ended_by and not any(n for name, n in summary.items() if name != "unchanged")
    if only_changes and idle:
        return status
    if call.json:
        moved = [{"from": before, "to": after} for before, after in report.moved]
        lists = {"moves": moved, "gone": report.gone}
        out(json_text(summary | lists | {"files": _results_json(report.results)}))
    else:
        out(_counted_words(summary, ("copies",)))
    sys.stdout.flush()
    return _told(call, report.results, ended_by, status)


def _counted_words(summary: dict[str, int], where_any: tuple[str, ...]) -> str:
    """Return counts in one line, some only where there are any."""
    told = (pair for pair in summary.items() if pair[1] or pair[0] not in where_any)
    return ", ".join(f"{n:,} {'copy' if (name, n) == ('copies', 1) else name}" for name, n in told)


def _watch(assistant: Assistant, meter: Meter) -> None:
    """Have the meter show what takes long beside the reading of files."""

    def read(file: Path, page: int, pages: int) -> None:
        meter.say(f"{file.name}: reading page {page} of {pages}")

    def embedded(done: int, total: int) -> None:
        meter.show("passages embedded; all are found by words", done, total)

    def built(done: int, total: int) -> None:
        meter.say(f"building the vector index, {done / total:.0%}")

    assistant.on_page, assistant.on_embedding, assistant.on_building = read, embedded, built


def _ended(assistant: Assistant, error: BaseException) -> tuple[str, int]:
    """Return what to say of what ended the work early, and the exit status."""
    if not isinstance(error, KeyboardInterrupt):
        return _FULL if isinstance(error, FullDiskError) else str(error), _FAULT
    with suppress(BylineError):
        if waiting := assistant.store.counts().waiting:
            passages = f"{waiting:,} passage{' is' if waiting == 1 else 's are'}"
            return f"{_STOPPED}; until then {passages} found by words only", _INTERRUPTED
    return _STOPPED, _INTERRUPTED


def _counted(meter: Meter) -> Callable[[AddResult], None]:
    """Return what counts files, of which one may come to many results."""
    seen: set[str] = set()

    def count(result: AddResult) -> None:
        name = Path(result.path).name
        if result.path in seen:
            meter.say(f"{name} {result.part}")
        else:
            meter.advance(name)
        seen.add(result.path)

    return count


def _check_paths(call: Call) -> None:
    """Raise a QuestionError for what is typed as a path and is none."""
    for path in call.words:
        expanded(path)  # As from a variable of a shell that is not set, it may be empty.
        if path.lower().startswith(("https://", "http://")):
            raise QuestionError(f"{path} is the address of a web page; ask add --url {path}")


def _read_options(call: Call) -> ReadOptions:
    """Return how files are to be read, from the options of the command.

    Raises:
        QuestionError: a column is not given as FIELD=NAME.
    """
    from index.reading import ReadOptions

    columns = []
    for given in call.options.column or ():
        field, separator, name = given.partition("=")
        if not separator or not field.strip() or not name.strip():
            raise QuestionError(f"--column {given!r} is no mapping; write --column text=NAME")
        columns.append((field.strip(), name.strip()))
    return ReadOptions(call.options.date_order, tuple(columns), call.options.keep_stubs)


def _told(call: Call, results: Sequence[AddResult], ended_by: str, status: int) -> int:
    """Say what is worth knowing of single files, and return the exit status."""
    failed = [result for result in results if result.outcome == "failed"]
    told: Counter[str] = Counter()
    for result in failed:
        told[result.path] += 1
        if told[result.path] <= _MOST_TOLD:
            remark(f"failed: {result.name}: {result.message}")
    for path, count in told.items():
        if count > _MOST_TOLD:
            remark(f"failed: {path}: {count - _MOST_TOLD:,} more; --json names all of them")
    for result in results:
        if result.message and result.outcome != "failed" and not call.quiet:
            remark(f"warning: {result.name}: {result.message}")
    copies = sum(result.outcome == "copy" for result in results)
    if copies and not call.quiet:
        verb = "is" if copies == 1 else "are"
        remark(f"{copies:,} {verb} the same as others: one article each, with more than one path")
    alike = sum(bool(result.kin) for result in results)
    if alike and not call.quiet:
        verb = "is" if alike == 1 else "are"
        remark(f"{alike:,} {verb} nearly the same as others, and no further source: see ask show")
    if ended_by:
        remark(ended_by)
        return status
    return _FAULT if failed else _DONE


def _results_json(results: Sequence[AddResult]) -> list[dict[str, Any]]:
    return [
        {
            "path": result.path,
            "part": result.part,
            "outcome": result.outcome,
            "id": result.id or None,
            "title": result.title or None,
            "message": result.message,
            "kin": list(result.kin),
        }
        for result in results
    ]


def _count_files(paths: Sequence[str]) -> int:
    """Count the files to come, for the progress bar only; what is wrong with one is said later."""
    from index.reading import find_files

    total = 0
    for path in paths:
        with suppress(ReadError):
            total += len(find_files(expanded(path)))
    return total
