"""The command `ask`: reads the arguments, runs one command, and turns every fault into one line.

It knows no command from the inside: each is a function `run_…` of another module,
imported when it is certain that it will run. At the top it imports only what
reading arguments needs, because `ask --help` must cost little more than the
start of Python (`bench/startup.py` measures it).
"""

from __future__ import annotations

import errno
import os
import sys

from index.errors import BylineError, QuestionError
from rag.cli.options import COMMANDS, make_parser, split

TYPE_CHECKING = False  # Known to type checkers; importing `typing` would cost 3 ms.
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from rag.cli.call import OpenAssistant

__all__ = ["main"]

_DONE, _FAULT, _USAGE, _INTERRUPTED = 0, 1, 2, 130

_BRIEF = """\
usage: ask "QUESTION"       answer from your articles, with the quotes that say so
       ask add FOLDER       add articles
       ask --help           everything else
"""


def main(argv: Sequence[str] | None = None, open_assistant: OpenAssistant | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        argv: The arguments after the program's name; None for those of the process.
        open_assistant: Makes the assistant from the settings; None for `Assistant.open`.
    """
    if argv is None:
        sys.unraisablehook = _interrupt_again
        _open_closed_streams()
    try:
        status = _run(sys.argv[1:] if argv is None else argv, open_assistant)
        sys.stdout.flush()
    except BrokenPipeError:  # The reader, say `head`, has seen enough.
        _drop_output()
        return _DONE
    except KeyboardInterrupt:
        _complain("stopped")
        return _INTERRUPTED
    except BylineError as error:
        _complain(str(error))
        return _USAGE if isinstance(error, QuestionError) else _FAULT
    except Exception as error:  # The one place where any fault becomes a line.
        if os.environ.get("BYLINE_DEBUG"):
            raise
        _complain(_describe(error))
        if isinstance(error, OSError):
            _drop_output()
        return _FAULT
    return status


def _open_closed_streams() -> None:
    """Have a standard stream that is closed lead nowhere, and no file take its number.

    Neither here nor in the processes that this one starts.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "r" if name == "stdin" else "w")  # noqa: PTH123, SIM115
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _interrupt_again(dropped: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Python drops a Ctrl-C, as in what it calls while it imports."""
    if dropped.exc_type is KeyboardInterrupt:
        import _thread
        import threading

        threading.Timer(0.1, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(dropped)


def _run(argv: Sequence[str], open_assistant: OpenAssistant | None) -> int:
    arguments, words, literal = split(argv)
    named = bool(words) and not literal and words[0] in COMMANDS
    command = words.pop(0) if named else "ask"
    parser = make_parser(command)
    options = parser.parse_args(arguments)
    if options.help:
        sys.stdout.write(parser.format_help())
        return _DONE
    if options.version:
        from importlib.metadata import version

        sys.stdout.write(f"byline {version('byline')}\n")
        return _DONE
    if not named and not words:
        sys.stderr.write(_BRIEF)
        return _USAGE
    if not named and not literal and len(words) == 1:
        _no_mistyped_command(words[0])
    if command == "ask" and open_assistant is None:
        from rag.cli.resident.client import run_resident, start_resident, usual_place

        place = usual_place()
        if place and (answered := run_resident(argv, place)) is not None:
            return answered
        try:
            return _run_here(command, words, options, open_assistant)
        finally:
            if place:
                start_resident(place)
    return _run_here(command, words, options, open_assistant)


def _no_mistyped_command(word: str) -> None:
    """Raise a QuestionError for a question of one word that looks like the name of a command."""
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, n=1, cutoff=0.75)
    if near:
        raise QuestionError(
            f"there is no command `{word}`; run `ask {near[0]}`, or to ask the word: ask -- {word}"
        )


def _run_here(
    command: str,
    words: Sequence[str],
    options: argparse.Namespace,
    open_assistant: OpenAssistant | None,
) -> int:
    from importlib import import_module

    from rag.cli.call import make_call

    call = make_call(command, tuple(words), options, open_assistant)
    status: int = getattr(import_module(COMMANDS[command][0]), f"run_{command}")(call)
    return status


def _complain(message: str) -> None:
    """Print one line on stderr; the message may hold text of an article or a file name."""
    from rag.cli.terminal import clean

    sys.stderr.write(f"ask: {clean(message)}\n")


def _describe(error: Exception) -> str:
    """Say what happened, without the class where there are better words, and what to do."""
    if isinstance(error, ModuleNotFoundError):
        return f"the package {error.name} is not installed; install Byline again"
    what = f"unexpected {type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return f"{what}; {'free some space' if full else 'run with BYLINE_DEBUG=1 for the traceback'}"


def _drop_output() -> None:
    """Point stdout nowhere, so that Python's last flush cannot fail too."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:  # Not a real file, as in a test: nothing to drop. io.UnsupportedOperation.
        return
