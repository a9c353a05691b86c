"""One command of `ask` as it was typed: its words, settings, and filter, read and checked.

It runs nothing and prints nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, get_args

from index.errors import QuestionError
from index.types import Filter
from rag.cli.terminal import show_log
from rag.environment import prepare_environment
from rag.settings import Refusal, Settings, Write
from rag.types import Kind

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = ["Call", "OpenAssistant", "make_call", "read_date"]

OpenAssistant = Callable[[Settings], "Assistant"]

_DATE_FORMATS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")


@dataclass(frozen=True, slots=True)
class Call:
    """One command, as it was typed and checked."""

    command: str
    words: tuple[str, ...]
    options: argparse.Namespace
    settings: Settings
    filter: Filter
    open_assistant: OpenAssistant | None = None
    """Makes the assistant from the settings; None for `Assistant.open`."""

    def open(self) -> Assistant:
        """Open the library of the settings."""
        if self.open_assistant:
            return self.open_assistant(self.settings)
        from rag.assistant import Assistant

        return Assistant.open(settings=self.settings)

    @property
    def json(self) -> bool:
        """Whether stdout must hold JSON and nothing else."""
        return bool(getattr(self.options, "json", False))

    def refuse_words(self) -> None:
        """Raise a QuestionError that shows how to ask, if there are words and none are wanted."""
        if self.words:
            raise QuestionError(
                f"`ask {self.command}` takes no words; "
                f"to ask a question: ask -- {self.command} {self.words[0]} …"
            )

    @property
    def kind(self) -> Kind | None:
        """What is to be made; None where the question itself says.

        Raises:
            QuestionError: there is no such kind.
        """
        asked = getattr(self.options, "as", None)
        if asked is not None and asked not in get_args(Kind):
            raise QuestionError(f"--as {asked} is not known; one of {', '.join(get_args(Kind))}")
        kind: Kind | None = asked
        return kind

    @property
    def today(self) -> date:
        """The day as of which the question is read.

        Raises:
            QuestionError: what was typed is no day.
        """
        as_of = self.options.as_of
        return read_date(as_of, "--as-of") if as_of else date.today()

    @property
    def read_dates(self) -> bool:
        """Whether dates in a question may choose among the articles."""
        return not getattr(self.options, "any_date", False)

    @property
    def quiet(self) -> bool:
        """Whether progress and remarks are unwanted."""
        return bool(self.options.quiet)


def make_call(
    command: str,
    words: tuple[str, ...],
    options: argparse.Namespace,
    open_assistant: OpenAssistant | None = None,
) -> Call:
    """Check the options of a command and make its settings and filter.

    Prepares the environment for the model libraries too, none of which is imported yet,
    and has what is logged shown as remarks.

    Raises:
        QuestionError: an option cannot be used.
    """
    if options.home is not None and not options.home.strip():
        raise QuestionError("--home is empty; name the folder of the library, or leave it out")
    settings = Settings.from_environment(options.home)
    settings = replace(
        settings,
        # Empty: in the folder, whatever the environment says.
        store=settings.store if options.store is None else options.store or None,
        language_model=options.model or settings.language_model,
        embedder=options.embedder or settings.embedder,
        reader=options.reader or settings.reader,
        download=options.download,
        background=command in ("chat", "ui", "mcp"),
        refusal=_refusal(options),
        write=_write(options),
    )
    prepare_environment(settings.download)
    show_log(quiet=options.quiet)

    return Call(command, words, options, settings, _filter(options), open_assistant)


def _refusal(options: argparse.Namespace) -> Refusal:
    if getattr(options, "strict", False):
        return "strict"
    return "lenient" if getattr(options, "lenient", False) else "balanced"


def _write(options: argparse.Namespace) -> Write:
    choices: dict[bool | None, Write] = {None: "auto", True: "always", False: "never"}
    return choices[getattr(options, "write", None)]


def read_date(text: str, option: str) -> date:
    """Read a date as people type it: 2019-01-04, 4 January 2019, or January 4, 2019.

    Raises:
        QuestionError: it is none, or could be two different days.
    """
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(" ".join(text.replace(",", " ").split()), form).date()
        except ValueError:
            continue
    raise QuestionError(f"{option} {text!r} is not a date; write 2019-01-04 or '4 January 2019'")


def _filter(options: argparse.Namespace) -> Filter:
    after = read_date(options.after, "--after") if options.after else None
    before = read_date(options.before, "--before") if options.before else None
    if after and before and after > before:
        raise QuestionError(f"--after {after} is later than --before {before}; exchange them")
    return Filter(_names(options.source), after, before, tags=_names(options.tag))


def _names(typed: list[str] | None) -> tuple[str, ...]:
    """Return names as text; bytes that are none, which no article's name has, as "?"."""
    return tuple(name.encode("utf-8", "replace").decode() for name in typed or ())
