"""A conversation in the terminal: reads questions, prints checked answers, keeps the history."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import BylineError, QuestionError
from rag.answer.question import clean_question
from rag.cli.asking import answer_question, filter_notice, notices
from rag.cli.terminal import clean, out, remark, show_answer

if TYPE_CHECKING:
    from rag.cli.call import Call
    from rag.types import Answer

__all__ = ["run_chat"]

PROMPT = "ask> "


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
        notices(call, assistant)
        while True:
            line = _read_line()
            if line is None or line.strip().lower() in ("exit", "quit"):
                return 0
            if not line.strip():
                continue
            try:
                if "\ufffd" in line:
                    raise QuestionError("the question is not UTF-8 text; type it again")
                answer = answer_question(
                    call, assistant, clean_question(clean(line)), tuple(history)
                )
            except KeyboardInterrupt:
                remark("stopped; Ctrl-C at the prompt leaves")
                continue
            except BylineError as error:
                remark(str(error))
                continue
            filter_notice(call, answer)
            show_answer(answer)
            out("")
            sys.stdout.flush()
            history.append(answer)


def _read_line() -> str | None:
    """Read one question; None when the person leaves or the input ends."""
    watched = sys.stdin.isatty() and sys.stdout.isatty()
    with suppress(EOFError, KeyboardInterrupt):
        return input(PROMPT if watched else "")
    if watched:
        out("")
    return None
