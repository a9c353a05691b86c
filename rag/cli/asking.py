"""Asks for a person at a terminal, one question or a conversation; says where answers come from.

It knows no arguments (`rag.cli.call`) and no layout (`rag.cli.terminal`).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.durable import new_file
from index.errors import BylineError, LibraryError, QuestionError
from rag.answer.question import LONGEST, clean_question
from rag.cli.terminal import clean, json_text, out, remark, show_answer, status
from rag.export import check_ending, exported
from rag.settings import expanded
from rag.types import Answer, Delta, Stage, counted

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.cli.call import Call

__all__ = ["names_there", "run_ask", "run_chat", "undated_notice"]

_ANSWERED, _REFUSED = 0, 3
_PROMPT = "ask> "
_MOST_NAMED = 5
"""That are named where no article has the one that was typed."""
_WIDEN = "widen or leave out --source, --tag, --after, and --before"


def _notices(call: Call, assistant: Assistant) -> None:
    """Say on stderr what the person should know about where the answer comes from."""
    if call.quiet:
        return
    if assistant.using_samples:
        remark(
            "answering from the sample articles; add your own with `ask add FOLDER` "
            "(or keep the samples with `ask add --samples`)"
        )
    else:
        undated_notice(call, assistant)


def undated_notice(call: Call, assistant: Assistant) -> None:
    """Say how many articles a date filter leaves out for want of a date."""
    if call.filter.after or call.filter.before:
        undated = assistant.store.count_undated(call.filter)
        if undated:
            what = counted(undated, "undated article")
            remark(f"{what} left out, because of the date filter")


def names_there(call: Call, assistant: Assistant) -> str:
    """Return what to do about a source or tag that no article has; empty where there is none such.

    Names those that are spelled nearly so, or else those with the most articles.
    """
    from difflib import get_close_matches

    chosen = (
        ("of the source", call.filter.sources, assistant.store.sources),
        ("tagged", call.filter.tags, assistant.store.tags),
    )
    for which, all_wanted, count in chosen:
        counts = {name: number for name, number in count().items() if name} if all_wanted else {}
        names = {name.casefold(): name for name in sorted(counts, key=lambda name: -counts[name])}
        for wanted in all_wanted:
            if names and wanted.casefold() not in names:
                near = get_close_matches(wanted.casefold(), names, n=_MOST_NAMED)
                shown = ", ".join(clean(names[name]) for name in (near or [*names][:_MOST_NAMED]))
                more = ", …" if not near and len(names) > _MOST_NAMED else ""
                return f"no article is {which} {clean(wanted)!r}; there are: {shown}{more}"
    return ""


def _filter_notice(call: Call, answer: Answer) -> None:
    """Say how a question chose among the articles, by days or by whose they are."""
    if call.quiet or not answer.filter_read:
        return
    if answer.filter_dropped:
        remark(f'no article meant by "{answer.filter_read}" answers it; all were searched')
        return
    chosen = answer.filter
    after, before = chosen.after, chosen.before
    which = [f"of {clean(name)}" for name in chosen.sources]
    which += [f"by {clean(name)}" for name in chosen.authors]
    if after and before:
        which.append(f"from {after} to {before}")
    elif after or before:
        which.append(f"from {after} on" if after else f"up to {before}")
    advice = "; --any-date searches all" if after or before else ""
    remark(f'only articles {", ".join(which)}, for "{answer.filter_read}"{advice}')


def _answer_question(
    call: Call,
    assistant: Assistant,
    question: str,
    history: Sequence[Answer] = (),
    today: date | None = None,
) -> Answer:
    """Ask, with the stage of the work and the model's draft on stderr while a person watches."""
    answer: Answer | None = None
    with status(call.quiet) as shown:
        assistant.on_progress = partial(shown.count, "joining the model's parts, once")
        for event in assistant.stream(
            question,
            filter=call.filter,
            history=history,
            read_dates=call.read_dates,
            kind=call.kind,
            today=today,
        ):
            if isinstance(event, Stage):
                shown.show(event.detail or event.name)
                if event.name == "writing":
                    shown.draft(f"{event.found}\n\n", anew=True)
            elif isinstance(event, Delta):
                shown.draft(event.text)
            elif isinstance(event, Answer):
                answer = event
    if answer is None:
        raise RuntimeError("the assistant ended without an answer")
    return answer


def run_ask(call: Call) -> int:
    """Answer one question; return 0 for an answer and 3 for a refusal."""
    typed = _standard_input() if call.words == ("-",) else " ".join(call.words)
    question = clean_question(clean(typed))
    named = (call.options.to, call.options.receipt)
    taken, receipt = (None if name is None else _new_path(name) for name in named)
    if taken:
        check_ending(taken.name)
    today = call.today
    with call.open() as assistant:
        _notices(call, assistant)
        answer = _answer_question(call, assistant, question, today=today)
        kept = b""
        if receipt:
            from rag.receipts import make_receipt

            made = make_receipt(
                assistant, answer, filter=call.filter, read_dates=call.read_dates, today=today
            )
            kept = made.to_bytes()
        advice = "not in the articles; use other words or `ask add` more"
        if answer.reason == "nothing matches the filters":
            advice = names_there(call, assistant) or _WIDEN
    _filter_notice(call, answer)
    if call.json:
        out(json_text(answer.to_json()))
    else:
        show_answer(answer)
    sys.stdout.flush()  # So that the remarks come below the answer, not above it.
    if taken:
        _write_new(taken, exported(taken.name, "", [answer.to_json()]))
        _say(call, f"the answer is in {taken}")
    if receipt:
        _write_new(receipt, kept)
        _say(call, f"the receipt is {receipt}")
    if not answer.refused:
        return _ANSWERED
    remark(advice)
    return _REFUSED


def run_chat(call: Call) -> int:
    """Hold a conversation until `exit`, `quit`, or the end of the input; return the exit status.

    Ctrl-C stops an answer; at the prompt it leaves, like Ctrl-D. A fault is
    said in one line, and the conversation goes on.
    """
    call.refuse_words()
    with suppress(ImportError):  # Some builds of Python are without it.
        import readline  # noqa: F401 - its import gives `input` history and line editing.
    if isinstance(sys.stdin, io.TextIOWrapper):
        # A line that cannot be decoded must not take the lines after it along.
        sys.stdin.reconfigure(errors="replace")
    history: list[Answer] = []
    with call.open() as assistant:
        _notices(call, assistant)
        while True:
            line = _read_line()
            if line is None or line.strip().lower() in ("exit", "quit"):
                return 0
            if not line.strip():
                continue
            try:
                if "\ufffd" in line:
                    raise QuestionError("the question is not UTF-8 text; type it again")
                answer = _answer_question(
                    call, assistant, clean_question(clean(line)), tuple(history)
                )
            except KeyboardInterrupt:
                remark("stopped; Ctrl-C at the prompt leaves")
                continue
            except BylineError as error:
                remark(str(error))
                continue
            _filter_notice(call, answer)
            show_answer(answer)
            out("")
            sys.stdout.flush()
            history.append(answer)


def _read_line() -> str | None:
    """Read one question; None when the person leaves or the input ends."""
    watched = sys.stdin.isatty() and sys.stdout.isatty()
    with suppress(EOFError, KeyboardInterrupt):
        return input(_PROMPT if watched else "")
    if watched:
        out("")
    return None


def _say(call: Call, text: str) -> None:
    if not call.quiet:
        remark(text)


def _standard_input() -> str:
    try:
        return sys.stdin.read(10 * LONGEST)
    except UnicodeDecodeError:
        raise QuestionError("the question on standard input is not UTF-8 text") from None


def _new_path(name: str) -> Path:
    """Return where a file is to be written, once it is sure that nothing is lost by it.

    Raises:
        QuestionError: something is there already, or nothing can be written there.
    """
    path = Path(os.path.abspath(expanded(name)))  # noqa: PTH100
    if os.path.lexists(path):
        raise _taken(path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise QuestionError(f"{path} cannot be written; name a file in a folder that can")
    return path


def _write_new(path: Path, content: bytes) -> None:
    """Write a file, never over one that is there, whole or not at all.

    Raises:
        QuestionError: something came to be there meanwhile.
        LibraryError: it cannot be written.
    """
    try:
        with new_file(path) as file:
            file.write(content)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LibraryError(f"{path} cannot be written ({reason}): choose another folder") from error


def _taken(path: Path) -> QuestionError:
    return QuestionError(f"{path} exists already; choose another name, or delete it first")
