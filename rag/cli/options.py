"""The commands and options of `ask`, and how the arguments of one command are read.

It runs nothing, and imports only what reading arguments needs; see `rag.cli.main`.
"""

from __future__ import annotations

import argparse
import os

from index.errors import QuestionError

TYPE_CHECKING = False  # Known to type checkers; importing `typing` would cost 3 ms.
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

__all__ = ["COMMANDS", "make_parser", "split"]

# Name: the module that runs it, its words, and what it does.
COMMANDS = {
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
    "list": ("rag.cli.library_commands", "[WORDS...]", "list the articles, or those named so"),
    "show": ("rag.cli.library_commands", "ID", "print one article"),
    "edit": ("rag.cli.library_commands", "ID...", "correct what is said of articles, and tag them"),
    "remove": ("rag.cli.library_commands", "ID...", "remove articles from the library"),
    "export": ("rag.cli.library_commands", "FILE", "write the whole library into one new file"),
    "import": ("rag.cli.library_commands", "FILE", "add the articles of an exported file"),
    "verify": ("rag.cli.verify_command", "FILE", "say whether a receipt of an answer still stands"),
    "eval": ("rag.cli.eval_command", "FILE", "measure answers to questions of your own"),
    "chat": ("rag.cli.asking", "", "hold a conversation in the terminal"),
    "ui": ("ui", "", "open the browser chat"),
    "mcp": ("rag.cli.serving", "", "serve the library to other programs, over MCP"),
    "reader": ("rag.cli.serving", "", "serve the reader to other processes"),
    "stop": ("rag.cli.models_command", "", "end the processes that keep models loaded"),
    "models": (
        "rag.cli.models_command",
        "",
        "say which models are in use and where they came from",
    ),
    "doctor": ("rag.cli.doctor", "", "check the installation, the models, and the library"),
}
_FILTERED = "ask list chat ui mcp"
_ALL = " ".join(COMMANDS)
_JSON = " ".join(command for command in COMMANDS if command not in ("chat", "ui", "mcp", "reader"))

# The commands that have it, its name with what its value is called, if it takes one, what it does.
_OPTIONS = (
    (_JSON, "--json", "print JSON, and only JSON"),
    ("ask", "--to FILE", "write the answer to a new file too: .md, .html, or .docx"),
    ("ask", "--receipt FILE", "write what it rests on to a new file, for `ask verify`"),
    ("verify", "--no-ask", "do not ask the question of the receipt again"),
    (
        "ask chat",
        "--any-date",
        'search all articles, also where the question says "in 2019" or "last week"',
    ),
    ("ask", "--as KIND", "what to make: fact, summary, timeline, comparison, list, or count"),
    ("ask", "--as-of DATE", 'the day that "now" and "last week" are read as of; today'),
    ("ask chat eval ui mcp", "--strict", "refuse where it is not sure"),
    ("ask chat eval ui mcp", "--lenient", "answer also where it is not"),
    (
        "ask chat eval ui",
        "--write",
        (
            "put every answer, or none, into the language model's words; "
            "without it those to how and why that take several sentences"
        ),
    ),
    (
        "add",
        "--on CLUSTER",
        "let the workers of a Ray cluster do it, as ray://HOST:10001; needs --store",
    ),
    ("add", "--samples", "add the sample articles"),
    ("add", "--url ADDRESS", "add the web page at this address, which is connected to; repeatable"),
    ("sync", "--watch", "go on as the folder changes"),
    ("sync", "--look-again", "compare by content also where size and time are the same"),
    ("sync", "--allow-empty", "remove everything that came from a folder that is empty now"),
    ("add sync", "--date-order", "how to read dates such as 04/01/2019 in the articles"),
    (
        "add sync",
        "--keep-stubs",
        "add also pages with only the beginning of an article, or links to others",
    ),
    (
        "add sync",
        "--column FIELD=NAME",
        "which column of a table holds what, as text=BODY; repeatable",
    ),
    ("list", "--columns NAMES", "what to tell of each, as id,date,title,tags"),
    ("list", "--sort", "by what; date"),
    ("list", "--reverse", "the other way round"),
    ("list", "--limit N", "at most N; 50 with --page"),
    ("list", "--page N", "the Nth of such pages"),
    ("edit", "--title TEXT", "the title"),
    ("edit", "--date DATE", "the day of publication (2019-01-04)"),
    ("edit", "--source NAME", "where it was published"),
    ("edit", "--author NAME", "who wrote it"),
    ("edit", "--tag NAME", "a tag to give it; repeatable"),
    ("edit", "--untag NAME", "a tag to take from it; repeatable"),
    ("edit", "--undo", "take back first what was corrected before"),
    ("import", "--embed", "compute the vectors anew, by another embedder"),
    ("doctor", "--repair", "build the search indexes of the library anew"),
    ("eval", "--html PATH", "write a page with every answer and its quotes"),
    ("eval", "--sample N", "ask only N of the questions"),
    ("eval", "--seed S", "which N (7)"),
    ("mcp", "--http", "on a port of 127.0.0.1, at /mcp"),
    ("mcp", "--port N", "of --http; 7870"),
    ("mcp", "--allow-add", "let them add files"),
    ("ui", "--port N", "port; the first free from 7860"),
    ("reader", "--port N", "port; the first free from 7880"),
    ("ui reader", "--host HOST", "address to listen on; 127.0.0.1"),
    ("ui", "--auth USER", "ask for a password; needed with --host"),
    ("ui", "--processes N", "how many processes serve the page; 1"),
    (_FILTERED, "--source NAME", "only articles of this source; repeatable"),
    (_FILTERED, "--tag NAME", "only articles with this tag, or in this folder; repeatable"),
    (_FILTERED, "--after DATE", "only articles of this day or later (2019-01-04)"),
    (_FILTERED, "--before DATE", "only articles of this day or earlier"),
    (_ALL, "--home DIR", "folder of the library; BYLINE_HOME, or the user data folder"),
    (_ALL, "--store URL", "PostgreSQL database of the library; BYLINE_STORE; '': none"),
    (_ALL, "--model MODEL", "GGUF file, hf:owner/repo/file.gguf, or server URL; BYLINE_MODEL"),
    (_ALL, "--embedder MODEL", "sentence-transformers folder or name; BYLINE_EMBEDDER"),
    (_ALL, "--reader READER", "folder or server URL of what finds the answer; BYLINE_READER"),
    (_ALL, "--download", "allow models to be downloaded"),
    (_ALL, "--quiet", "no progress and no remarks"),
    (_ALL, "--version", "print the version"),
    (_ALL, "--help", "print this help"),
)
_NUMBER: dict[str, Any] = {"type": int}
_SWITCH: dict[str, Any] = {"action": "store_true"}
_REPEATED: dict[str, Any] = {"action": "append"}
_MORE: dict[str, dict[str, Any]] = {
    "--column": _REPEATED,
    "--date-order": {"choices": ["DMY", "MDY"]},
    "--limit": _NUMBER,
    "--page": _NUMBER,
    "--port": _NUMBER,
    "--processes": {**_NUMBER, "default": 1},
    "--sample": _NUMBER,
    "--seed": {**_NUMBER, "default": 7},
    "--sort": {"choices": ["date", "title", "source", "added"]},
    "--source": _REPEATED,
    "--tag": _REPEATED,
    "--untag": _REPEATED,
    "--url": _REPEATED,
    "--write": {"action": argparse.BooleanOptionalAction},
}
"""How the values of some are read."""
_WITH_VALUE = {option.partition(" ")[0] for _, option, _ in _OPTIONS if " " in option}
_WITH_VALUE |= {name for name, how in _MORE.items() if "choices" in how}
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


class _Misplaced(argparse.Action):
    """A filter of a command that has nothing to choose."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        raise QuestionError(
            f"--{self.dest} chooses among the articles of the library, and `{parser.prog}` has "
            "nothing to choose; leave it out"
        )


def split(argv: Sequence[str]) -> tuple[list[str], list[str], bool]:
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


def make_parser(command: str) -> _Parser:
    """Make the parser of one command. Only its options: `split` has taken the words."""
    _, arguments, summary = COMMANDS[command]
    usage = " ".join(filter(None, ("ask", command, arguments, "[options]")))
    description = f"{summary}."
    details = ""
    if command == "ask":
        usage = 'ask "QUESTION" [options]\n       ask COMMAND ... [options]'
        lines = [f"  ask {n + ' ' + a:<20} {about}" for n, (_, a, about) in COMMANDS.items()]
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
    sure = group.add_mutually_exclusive_group()
    known: set[str] = set()
    for commands, option, about in _OPTIONS:
        name, _, value = option.partition(" ")
        how = {**_MORE.get(name, {} if value else _SWITCH)}
        if value:
            how["metavar"] = value
        short = ["-h"] if name == "--help" else []
        if command in commands.split():
            known.add(name)
            place = sure if name in ("--strict", "--lenient") else group
            place.add_argument(*short, name, help=about, **how)
        elif commands == _FILTERED and name not in known:
            parser.add_argument(name, help=argparse.SUPPRESS, action=_Misplaced)
    return parser
