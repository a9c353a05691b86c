"""The command `ask`: reads the arguments, runs one command, and turns every fault into one line.

It knows no command from the inside: each is a function `run_…` of another module,
imported when it is certain that it will run. At the top it imports only what
reading arguments needs, because `ask --help` must cost little more than the
start of Python (`bench/startup.py` measures it).
"""

from __future__ import annotations

import argparse
import os
import sys

from index.errors import BylineError, QuestionError

TYPE_CHECKING = False  # Known to type checkers; importing `typing` would cost 3 ms.
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from rag.cli.call import OpenAssistant

__all__ = ["main"]

_DONE, _FAULT, _USAGE, _INTERRUPTED = 0, 1, 2, 130

# Name: the module that runs it, its words, and what it does.
_COMMANDS = {
    "ask": (
        "rag.cli.asking",
        "QUESTION...",
        "answer a question; the word `ask` itself may be left out",
    ),
    "add": (
        "rag.cli.add_commands",
        "PATH...",
        "add files, and the articles in folders, to the library",
    ),
    "sync": (
        "rag.cli.add_commands",
        "FOLDER",
        "make the library mirror a folder: add, update, remove",
    ),
    "list": ("rag.cli.list_command", "[WORDS...]", "list the articles, or those named so"),
    "show": ("rag.cli.library_commands", "ID", "print one article"),
    "edit": ("rag.cli.library_commands", "ID...", "correct what is said of articles, and tag them"),
    "remove": ("rag.cli.library_commands", "ID...", "remove articles from the library"),
    "export": ("rag.cli.library_commands", "FILE", "write the whole library into one new file"),
    "import": ("rag.cli.library_commands", "FILE", "add the articles of an exported file"),
    "verify": ("rag.cli.verify_command", "FILE", "say whether a receipt of an answer still stands"),
    "eval": ("rag.cli.eval_command", "FILE", "measure answers to questions of your own"),
    "chat": ("rag.cli.chat", "", "hold a conversation in the terminal"),
    "ui": ("ui", "", "open the browser chat"),
    "mcp": ("rag.cli.mcp_command", "", "serve the library to other programs, over MCP"),
    "reader": ("rag.cli.reader_command", "", "serve the reader to other processes"),
    "stop": ("rag.cli.stop_command", "", "end the processes that keep models loaded"),
    "models": (
        "rag.cli.models_command",
        "",
        "say which models are in use and where they came from",
    ),
    "doctor": ("rag.cli.doctor", "", "check the installation, the models, and the library"),
}
_FILTERED = {"ask", "list", "chat", "ui", "mcp"}
_WITHOUT_JSON = {"chat", "ui", "mcp", "reader"}
_WITH_VALUE = {
    "--home",
    "--store",
    "--source",
    "--after",
    "--before",
    "--model",
    "--embedder",
    "--reader",
    "--date-order",
    "--url",
    "--on",
    "--column",
    "--port",
    "--processes",
    "--host",
    "--auth",
    "--receipt",
    "--to",
    "--html",
    "--sample",
    "--seed",
    "--as",
    "--as-of",
    "--tag",
    "--untag",
    "--title",
    "--date",
    "--author",
    "--columns",
    "--sort",
    "--page",
    "--limit",
}
_BRIEF = """\
usage: ask "QUESTION"       answer from your articles, with the quotes that say so
       ask add FOLDER       add articles
       ask --help           everything else
"""
_DETAILS = """\
A question is anything whose first word is not a command: `ask -- list` asks the
word "list". `ask -` reads the question from standard input. Options may stand
before or after the command or the question.

exit status: 0 answered or done, 3 refused (not in the articles) or, of `ask verify`,
             no longer as the receipt says, 2 bad usage, 1 a fault, 130 interrupted
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose every fault is one line, raised and not printed."""

    def error(self, message: str) -> NoReturn:
        _, _, unknown = message.partition("unrecognized arguments: ")
        words = unknown.split(" ")
        for count in range(len(words), 0, -1):  # As from `ask add *`, which may name several.
            if (name := " ".join(words[:count])) and os.path.lexists(name):
                raise QuestionError(f"{name} is taken for an option; for the file write ./{name}")
        raise QuestionError(f"{message}; see `{self.prog} --help`")


def main(argv: Sequence[str] | None = None, open_assistant: OpenAssistant | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        argv: The arguments after the program's name; None for those of the process.
        open_assistant: Makes the assistant from the settings; None for `Assistant.open`.
    """
    if argv is None:
        sys.unraisablehook = _interrupt_again
    try:
        status = _run(sys.argv[1:] if argv is None else argv, open_assistant)
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:  # The reader, say `head`, has seen enough.
        _drop_output()
        return _DONE
    except KeyboardInterrupt:
        _complain("stopped")
        return _INTERRUPTED
    except QuestionError as error:
        _complain(str(error))
        return _USAGE
    except BylineError as error:
        _complain(str(error))
        return _FAULT
    except Exception as error:  # The one place where any fault becomes a line.
        if os.environ.get("BYLINE_DEBUG"):
            raise
        _complain(f"{_describe(error)}; run with BYLINE_DEBUG=1 for the traceback")
        if isinstance(error, OSError):
            _drop_output()
        return _FAULT
    return status


def _interrupt_again(dropped: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Python drops a Ctrl-C, as in what it calls while it imports."""
    if dropped.exc_type is KeyboardInterrupt:
        import _thread
        import threading

        threading.Timer(0.1, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(dropped)


def _run(argv: Sequence[str], open_assistant: OpenAssistant | None) -> int:
    arguments, words, literal = _split(argv)
    named = bool(words) and not literal and words[0] in _COMMANDS
    command = words.pop(0) if named else "ask"
    parser = _parser(command)
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
    own = ("source", "tag") if command == "edit" else ()
    if not named and not literal and len(words) == 1:
        _no_mistyped_command(words[0])
    for name in () if command in _FILTERED else ("source", "tag", "after", "before"):
        if name not in own and getattr(options, name):
            raise QuestionError(
                f"--{name} chooses among the articles of the library, "
                f"and `ask {command}` has nothing to choose; leave it out"
            )
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

    near = get_close_matches(word, _COMMANDS, n=1, cutoff=0.75)
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
    status: int = getattr(import_module(_COMMANDS[command][0]), f"run_{command}")(call)
    return status


def _split(argv: Sequence[str]) -> tuple[list[str], list[str], bool]:
    """Part options from words, wherever they stand.

    Returns:
        The options, each with its value as `--name=value`; the words; and
        whether all words came after `--`, so that none of them is a command.
    """
    options: list[str] = []
    words: list[str] = []
    position = 0
    while position < len(argv):
        item = argv[position]
        position += 1
        if item == "--":
            return options, [*words, *argv[position:]], not words
        if item == "-" or not item.startswith("-"):
            words.append(item)
        elif item in _WITH_VALUE and position < len(argv) and argv[position][:2] != "--":
            options.append(f"{item}={argv[position]}")
            position += 1
        else:
            options.append(item)
    return options, words, False


def _parser(command: str) -> _Parser:
    """Make the parser of one command. Only its options: `_split` has taken the words."""
    _, arguments, summary = _COMMANDS[command]
    usage = " ".join(filter(None, ("ask", command, arguments, "[options]")))
    description = f"{summary}."
    details = ""
    if command == "ask":
        usage = 'ask "QUESTION" [options]\n       ask COMMAND ... [options]'
        lines = [f"  ask {n + ' ' + a:<20} {about}" for n, (_, a, about) in _COMMANDS.items()]
        description = "\n".join(
            ["answers from your own articles, with the quotes that say so", "", *lines]
        )
        details = _DETAILS
    parser = _Parser(
        prog="ask" if command == "ask" else f"ask {command}",
        usage=usage,
        description=description,
        epilog=details,
        add_help=False,
        allow_abbrev=False,
        # A fixed width saves the import of shutil, a tenth of the time of --help.
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=26, width=90
        ),
    )
    group = parser.add_argument_group("options")
    if command not in _WITHOUT_JSON:
        group.add_argument("--json", action="store_true", help="print JSON, and only JSON")
    if command == "ask":
        about = "write the answer to a new file too: .md, .html, or .docx"
        _option(parser, group, "--to", "FILE", about)
        about = "write what it rests on to a new file, for `ask verify`"
        _option(parser, group, "--receipt", "FILE", about)
    if command == "verify":
        group.add_argument(
            "--no-ask", action="store_true", help="do not ask the question of the receipt again"
        )
    if command in ("ask", "chat"):
        group.add_argument(
            "--any-date",
            action="store_true",
            help='search all articles, also where the question says "in 2019" or "last week"',
        )
    if command == "ask":
        about = "what to make: fact, summary, timeline, comparison, list, or count"
        _option(parser, group, "--as", "KIND", about)
        about = 'the day that "now" and "last week" are read as of; today'
        _option(parser, group, "--as-of", "DATE", about)
    if command in ("ask", "chat", "eval", "ui", "mcp"):
        sure = group.add_mutually_exclusive_group()
        sure.add_argument("--strict", action="store_true", help="refuse where it is not sure")
        sure.add_argument("--lenient", action="store_true", help="answer also where it is not")
    if command in ("ask", "chat", "eval", "ui"):
        group.add_argument(
            "--write",
            action=argparse.BooleanOptionalAction,
            help="put every answer, or none, into the language model's words; "
            "without it those to how and why that take several sentences",
        )
    if command == "add":
        about = "let the workers of a Ray cluster do it, as ray://HOST:10001; needs --store"
        _option(parser, group, "--on", "CLUSTER", about)
        group.add_argument("--samples", action="store_true", help="add the sample articles")
        about = "add the web page at this address, which is connected to; repeatable"
        _option(parser, group, "--url", "ADDRESS", about, True)
    if command == "sync":
        group.add_argument("--watch", action="store_true", help="go on as the folder changes")
        group.add_argument(
            "--look-again",
            action="store_true",
            help="compare by content also where size and time are the same",
        )
        group.add_argument(
            "--allow-empty",
            action="store_true",
            help="remove everything that came from a folder that is empty now",
        )
    if command in ("add", "sync"):
        group.add_argument(
            "--date-order",
            choices=["DMY", "MDY"],
            help="how to read dates such as 04/01/2019 in the articles",
        )
        group.add_argument(
            "--keep-stubs",
            action="store_true",
            help="add also pages with only the beginning of an article, or links to others",
        )
        about = "which column of a table holds what, as text=BODY; repeatable"
        _option(parser, group, "--column", "FIELD=NAME", about, True)
    if command == "list":
        about = "what to tell of each, as id,date,title,tags"
        _option(parser, group, "--columns", "NAMES", about)
        group.add_argument(
            "--sort", choices=["date", "title", "source", "added"], help="by what; date"
        )
        group.add_argument("--reverse", action="store_true", help="the other way round")
        group.add_argument("--limit", type=int, metavar="N", help="at most N; 50 with --page")
        group.add_argument("--page", type=int, metavar="N", help="the Nth of such pages")
    if command == "edit":
        _option(parser, group, "--title", "TEXT", "the title")
        _option(parser, group, "--date", "DATE", "the day of publication (2019-01-04)")
        _option(parser, group, "--source", "NAME", "where it was published", True)
        _option(parser, group, "--author", "NAME", "who wrote it")
        _option(parser, group, "--tag", "NAME", "a tag to give it; repeatable", True)
        _option(parser, group, "--untag", "NAME", "a tag to take from it; repeatable", True)
        group.add_argument(
            "--undo", action="store_true", help="take back first what was corrected before"
        )
    if command == "import":
        group.add_argument(
            "--embed", action="store_true", help="compute the vectors anew, by another embedder"
        )
    if command == "doctor":
        group.add_argument(
            "--repair", action="store_true", help="build the search indexes of the library anew"
        )
    if command == "eval":
        _option(parser, group, "--html", "PATH", "write a page with every answer and its quotes")
        group.add_argument("--sample", type=int, metavar="N", help="ask only N of the questions")
        group.add_argument("--seed", type=int, default=7, help="which N (7)", metavar="S")
    if command == "mcp":
        group.add_argument("--http", action="store_true", help="on a port of 127.0.0.1, at /mcp")
        group.add_argument("--port", type=int, metavar="N", help="of --http; 7870")
        group.add_argument("--allow-add", action="store_true", help="let them add files")
    if command == "ui":
        group.add_argument("--port", type=int, metavar="N", help="port; the first free from 7860")
        _option(parser, group, "--host", "HOST", "address to listen on; 127.0.0.1")
        _option(parser, group, "--auth", "USER", "ask for a password; needed with --host")
        about = "how many processes serve the page; 1"
        group.add_argument("--processes", type=int, default=1, metavar="N", help=about)
    if command == "reader":
        group.add_argument("--port", type=int, metavar="N", help="port; the first free from 7880")
        _option(parser, group, "--host", "HOST", "address to listen on; 127.0.0.1")
    # Known to every command, so that the misplaced ones can be explained.
    chosen = group if command in _FILTERED else None
    if command != "edit":
        about = "only articles of this source; repeatable"
        _option(parser, chosen, "--source", "NAME", about, True)
        about = "only articles with this tag, or in this folder; repeatable"
        _option(parser, chosen, "--tag", "NAME", about, True)
    _option(parser, chosen, "--after", "DATE", "only articles of this day or later (2019-01-04)")
    _option(parser, chosen, "--before", "DATE", "only articles of this day or earlier")
    about = "folder of the library; BYLINE_HOME, or the user data folder"
    _option(parser, group, "--home", "DIR", about)
    about = "PostgreSQL database of the library; BYLINE_STORE; '': none"
    _option(parser, group, "--store", "URL", about)
    about = "GGUF file, hf:owner/repo/file.gguf, or server URL; BYLINE_MODEL"
    _option(parser, group, "--model", "MODEL", about)
    about = "sentence-transformers folder or name; BYLINE_EMBEDDER"
    _option(parser, group, "--embedder", "MODEL", about)
    about = "folder or server URL of what finds the answer; BYLINE_READER"
    _option(parser, group, "--reader", "READER", about)
    group.add_argument("--download", action="store_true", help="allow models to be downloaded")
    group.add_argument("--quiet", action="store_true", help="no progress and no remarks")
    group.add_argument("--version", action="store_true", help="print the version")
    group.add_argument("-h", "--help", action="store_true", help="print this help")
    return parser


def _option(
    parser: _Parser,
    group: argparse._ArgumentGroup | None,
    name: str,
    metavar: str,
    about: str,
    repeatable: bool = False,
) -> None:
    """Declare an option with a value; without a group it is known but left out of the help."""
    (group or parser).add_argument(
        name,
        metavar=metavar,
        help=about if group else argparse.SUPPRESS,
        action="append" if repeatable else "store",
    )


def _complain(message: str) -> None:
    """Print one line on stderr; the message may hold text of an article or a file name."""
    if sys.stderr:
        from rag.cli.terminal import clean

        sys.stderr.write(f"ask: {clean(message)}\n")


def _describe(error: Exception) -> str:
    """Say what happened in a few words, without the class where there are better ones."""
    if isinstance(error, ModuleNotFoundError):
        return f"the package {error.name} is not installed, install Byline again"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return f"unexpected {type(error).__name__}: {error}"


def _drop_output() -> None:
    """Point stdout nowhere, so that Python's last flush cannot fail too."""
    if sys.stdout:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError:  # Not a real file, as in a test: nothing to drop. io.UnsupportedOperation.
            return
