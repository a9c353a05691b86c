"""Shows answers, remarks, and progress to a person at a terminal; knows of no command.

Everything that comes from an article passes through `clean`: what an article
holds must not be able to drive the terminal that it is printed on.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.export.layout import marked
from rag.types import Answer, Citation, Claim, day_in_words

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = [
    "Status",
    "answer_lines",
    "clean",
    "json_text",
    "out",
    "plain",
    "remark",
    "show_answer",
    "show_log",
    "status",
    "styled",
]

StyledLine = tuple[int, tuple[tuple[str, str], ...]]
"""An indentation in columns, and pieces of text with a rich style each."""

_STYLES = {"": "", "answer": "bold", "day": "dim"}
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # Control sequences, as in ECMA-48: colours, cursor, modes.
    # Strings: window titles, links, clipboard. One without an end must cost no second look.
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Controls (C0 without tab and newline, DEL, C1), bidirectional overrides and
# isolates, invisible tag characters, and lone surrogates, which cannot be encoded.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\ud800-\udfff]"
)
_JSON_ESCAPED = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str, *, keep_lines: bool = False) -> str:
    """Return the text without anything that a terminal would obey.

    Args:
        text: Any text, such as a title or a file name.
        keep_lines: Keep tabs and line breaks; otherwise every run of white space
            becomes one space, so that the text stays on its line.
    """
    text = _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))
    return text if keep_lines else " ".join(text.split())


def out(text: str) -> None:
    """Print a line on stdout."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def remark(text: str) -> None:
    """Print a line on stderr, marked as coming from the program."""
    sys.stderr.write(f"ask: {clean(text)}\n")


class _Remarks(logging.Handler):
    """Prints each warning once, as a remark; a traceback only where BYLINE_DEBUG asks for it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, unless it has a traceback: its fault is said where it is handled."""
        if record.exc_info:
            if os.environ.get("BYLINE_DEBUG"):
                # A reader's traceback comes from its child, and quotes what files hold.
                sys.stderr.write(f"{clean(self.format(record), keep_lines=True)}\n")
        elif record.getMessage() not in self._said:
            self._said.add(record.getMessage())
            remark(f"warning: {record.getMessage()}")


def show_log(*, quiet: bool = False) -> None:
    """Show on stderr what Byline's own modules log, instead of logging's bare lines.

    Quiet, only their errors.
    """
    handler = _Remarks()
    if quiet:
        handler.setLevel(logging.ERROR)
    for name in ("index", "rag"):
        logging.getLogger(name).handlers = [handler]


def json_text(value: Any) -> str:
    """Return indented JSON, with the characters that a terminal would obey escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _JSON_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def show_answer(answer: Answer) -> None:
    """Print an answer or a refusal: coloured and wrapped on a terminal, otherwise plain."""
    lines = answer_lines(answer)
    out(styled(lines) if sys.stdout.isatty() else plain(lines))


def answer_lines(answer: Answer) -> list[StyledLine]:
    """Lay out an answer with its citations below it, or a refusal with the nearest passages."""
    lines: list[StyledLine] = []
    if answer.searched != answer.question:
        lines += [(0, ((f"searched for: {clean(answer.searched)}", "dim"),)), (0, ())]
    if answer.refused:
        lines.append((0, ((clean(answer.text), "yellow"),)))
        if answer.nearest:
            lines += [
                (0, ()),
                (0, (("Nearest passages (they do not answer the question):", "dim"),)),
            ]
            for citation in answer.nearest:
                lines += _citation_lines(citation, "- ", "dim")
                if citation.lacking:
                    lacking = ", ".join(map(clean, citation.lacking))
                    lines.append((4, ((f"without: {lacking}", "dim"),)))
        if told := answer.coverage.told:
            lines += [(0, ()), (0, ((told, "dim"),))]
        return lines
    if not answer.claims:  # A courtesy, or a count of none.
        return [*lines, (0, ((clean(answer.text), ""),))]
    if answer.lead:
        style = "yellow" if answer.disagreement else "bold"
        lines.append((0, ((clean(answer.lead), style),)))
        above = ""
        for claim in answer.claims:
            if claim.heading and claim.heading != above:
                lines += [(0, ()), (0, ((clean(claim.heading), "bold"),))]
            above = claim.heading
            lines.append((0, (("- ", ""), *_claim_pieces(claim))))
    else:
        for heading, claims in itertools.groupby(answer.claims, lambda claim: claim.heading):
            if heading:  # The heads of the columns, of the row of a table.
                lines.append((0, ((clean(heading), "bold"),)))
            spaced = [((" ", ""), *_claim_pieces(claim)) for claim in claims]
            lines.append((0, tuple(itertools.chain.from_iterable(spaced))[1:]))
    for citation in answer.citations:
        lines += [(0, ()), *_citation_lines(citation, f"[{citation.number}] ", "cyan")]
    return lines


def _claim_pieces(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return a claim after whoever says it, the answer bold, days explained, with its marks."""
    numbers = dict.fromkeys(citation.number for citation in claim.citations)
    marks = "".join(f"[{number}]" for number in numbers)
    said = ((f"{clean(claim.attribution)}: ", ""),) if claim.attribution else ()
    text = clean(claim.text)
    pieces = [(clean(piece.text, keep_lines=True), piece.kind) for piece in marked(claim.to_json())]
    if "".join(piece for piece, kind in pieces if kind != "day") != text:
        pieces = [(text, "")]  # Something to be cleaned away lies across an edge.
    told = ((piece, _STYLES[kind]) for piece, kind in pieces)
    return (*said, *told, (f" {marks}", "cyan"))


def _citation_lines(citation: Citation, mark: str, style: str) -> Iterator[StyledLine]:
    document = citation.document
    origin = [document.source or "unknown source", day_in_words(document.published)]
    if citation.page:
        origin.append(f"page {citation.page}")
    if citation.time:
        origin.append(f"at {citation.time}")
    head = (clean(document.title) or "untitled", "bold" if style == "cyan" else "")
    yield 0, ((mark, style), head, (f", {clean(', '.join(origin))}", ""))
    yield 4, ((f"“{clean(citation.quote)}”", "" if style == "cyan" else "dim"),)
    if citation.unsure:
        yield 4, (("not surely read from a picture: compare it with the page", "yellow"),)
    if document.url or document.path:
        place = document.url or " › ".join(filter(None, (document.path, document.part)))
        yield 4, ((clean(place), "dim"),)


def plain(lines: Iterable[StyledLine]) -> str:
    """Return the lines as text without colours, one line each."""
    return "\n".join(" " * indent + "".join(text for text, _ in parts) for indent, parts in lines)


def styled(lines: Iterable[StyledLine]) -> str:
    """Return the lines coloured (unless `NO_COLOR` is set) and wrapped to the terminal's width."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    with console.capture() as capture:
        for indent, parts in lines:
            text = Text.assemble(*parts) if parts else Text(" ")  # An empty one takes no line.
            console.print(Padding(text, (0, 0, 0, indent), expand=False))
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


class Status:
    """A line that says what is being done, a bar for what can be counted, and a draft below."""

    def __init__(
        self,
        line: Progress | None = None,
        bars: Progress | None = None,
        draft: Progress | None = None,
    ) -> None:
        """Use `status`; without displays nothing is shown."""
        self._line = line
        self._bars = bars
        self._draft = draft
        self._drafted = ""
        self._bar: TaskID | None = None
        if line:
            line.add_task("starting")

    def show(self, text: str) -> None:
        """Change the line."""
        if self._line:
            self._line.update(self._line.task_ids[0], description=clean(text))

    def draft(self, text: str, *, anew: bool = False) -> None:
        """Go on with the draft, or begin it anew; it vanishes when the work is done."""
        if not self._draft:
            return
        self._drafted = text if anew else self._drafted + text
        if not self._draft.task_ids:
            self._draft.add_task("")
        self._draft.update(self._draft.task_ids[0], description=clean(self._drafted))

    def count(self, text: str, done: int, total: int) -> None:
        """Show a bar until all is done. May be called from another thread, of one at a time."""
        if not self._bars:
            return
        if self._bar is None:
            self._bar = self._bars.add_task(clean(text), total=total)
        self._bars.update(self._bar, completed=done)
        if done >= total:
            self._bars.remove_task(self._bar)
            self._bar = None


@contextmanager
def status(quiet: bool) -> Iterator[Status]:
    """Show what is being done on stderr while it is done, if a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield Status()
        return
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn
    from rich.table import Column

    text = TextColumn("{task.description}", markup=False)
    line = Progress(SpinnerColumn(), text)
    bars = Progress(text, BarColumn(20), DownloadColumn())
    wrapped = TextColumn("{task.description}", "dim", markup=False, table_column=Column())
    draft = Progress(wrapped)
    with Live(Group(line, bars, draft), console=Console(stderr=True), transient=True):
        yield Status(line, bars, draft)
