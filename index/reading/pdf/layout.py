"""Makes a text of the lines of printed pages: joins those of a paragraph, parts the others.

A paragraph is seen as a reader sees it: by the space above it, an indented
first line, a last line that ends early, or letters of another size. Knows
nothing of the file format, and leaves running heads to whoever takes them away
before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from index.reading.pdf.hyphens import Hyphens
from index.scanned import ScannedLine

__all__ = ["CELL_MARK", "Line", "Page", "Paragraph", "Printed", "print_size", "text_of_pages"]

_SAME_SIZE = 0.12
"""Share by which letters may differ in size within a paragraph."""
_WIDE_LEADING = 1.3
"""Times the usual distance of two lines from which on there is space between paragraphs."""
_INDENT = 0.8
"""Times the size of the letters from which on a line is indented."""
_HEADING = 1.2
"""Times the size of the text below it from which on a line is a heading of its own width."""
_CELL_GAP = 2.0
"""Times the size of the letters from which on two pieces of a row are cells of a table."""
CELL_MARK = " | "
"""What stands between the cells of a row."""
_LOOK_BACK = 6
"""Paragraphs (notes, captions) that may stand between two parts of a paragraph."""
_BULLET = re.compile(
    r"[•‣▪▫■□●○◦∙·⁃➢➤✓\uf0b7\uf0a7]|[-–—*]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s"
)
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\W?$")
_DASHED = re.compile(r"\w[-‐–—\xad]$")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; lengths are in points, from the left and downwards from the top."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    """Of its letters, in points."""
    bold: bool = False
    """Whether all of it is bold."""
    turned: bool = False
    """Whether it is not upright on the page, as a note along the margin."""
    certainty: float = 1.0
    """How surely it was read, where it was read from a picture, 0 to 1."""
    corners: tuple[int, ...] = ()
    """Where it stands on that picture; see `index.scanned`."""

    @property
    def hyphenated(self) -> bool:
        """Whether it may end within a word."""
        return len(self.text) > 1 and self.text[-1] in "-‐\xad" and self.text[-2].isalpha()


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in the order in which they are written."""

    lines: tuple[Line, ...]
    width: float
    height: float
    pictures: bool = False
    """Whether there are pictures on it."""
    unreadable: int = 0
    """Characters of which the file does not say what letters they are."""


@dataclass(slots=True)
class Paragraph:
    """The lines of a paragraph, each with the number of its page from 0 and what joins it on."""

    lines: list[tuple[Line, int]]
    joints: list[str] = field(default_factory=list)
    """What stands between each two lines: a space, a mark between cells, or nothing."""

    @property
    def size(self) -> float:
        """Height of its letters."""
        return self.lines[0][0].size


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of pages, where each page begins in it, and the paragraphs that it was made of."""

    text: str
    pages: tuple[int, ...]
    paragraphs: tuple[tuple[str, float, int], ...]
    """Of each: its text, the size of its letters, and the number of its page from 0."""
    lines: tuple[ScannedLine, ...] = ()
    """Those that were read from pictures, in the order of the text."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines one below the other, as of a column; what is usual among them."""

    right: float
    leading: float


def print_size(pages: Sequence[Page]) -> float:
    """Return the size in which most of the text is printed; 0 where there is none."""
    letters: dict[float, int] = {}
    for page in pages:
        for line in page.lines:
            size = round(line.size * 2) / 2
            letters[size] = letters.get(size, 0) + len(line.text)
    return max(letters, key=lambda size: letters[size], default=0.0)


def text_of_pages(pages: Sequence[Page]) -> Printed:
    r"""Return the text of pages, paragraphs parted by `\n\n`, words broken over lines whole."""
    paragraphs: list[Paragraph] = []
    aside: list[Paragraph] = []
    last: tuple[Line, _Run] | None = None
    for number, page in enumerate(pages):
        for run, lines in _runs(page.lines):
            for index, line in enumerate(lines):
                if line.turned:
                    aside.append(Paragraph([(line, number)]))
                    continue
                joint = None
                if last is not None:
                    before, its_run = last
                    opening = len(paragraphs[-1].lines) == 1
                    if index:
                        joint = _joint_below(before, line, run, opening)
                    else:
                        joint = _joint_across(before, its_run, line)
                        if joint is None:
                            joint = _resume(paragraphs, line)
                if joint is None:
                    # What stands along the margin interrupts no paragraph.
                    paragraphs += [*aside, Paragraph([(line, number)])]
                    aside.clear()
                else:
                    paragraphs[-1].lines.append((line, number))
                    paragraphs[-1].joints.append(joint)
                last = (line, run)
    return _printed([*paragraphs, *aside], len(pages))


def _runs(lines: Sequence[Line]) -> list[tuple[_Run, list[Line]]]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _follows(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [(_run(group), group) for group in groups]


def _follows(before: Line, line: Line) -> bool:
    """Say whether a line stands beside or right below another one."""
    if before.turned or line.turned:
        return False
    if _same_row(before, line):
        return line.right > before.right
    if before.size > _HEADING * line.size:
        return False
    overlap = min(before.right, line.right) - max(before.left, line.left)
    narrow = min(before.right - before.left, line.right - line.left)
    near = line.top - before.bottom < 2 * max(before.size, line.size)
    return line.bottom > before.bottom and near and overlap > 0.5 * narrow


def _run(lines: Sequence[Line]) -> _Run:
    pairs = list(pairwise(lines))
    steps = [after.bottom - line.bottom for line, after in pairs if not _same_row(line, after)]
    return _Run(
        right=max(line.right for line in lines),
        # Of two lines alone nothing is usual: 1.2 is what typesetters take.
        leading=median(steps) if len(steps) > 2 else 1.25 * lines[0].size,
    )


def _same_row(before: Line, line: Line) -> bool:
    overlap = min(before.bottom, line.bottom) - max(before.top, line.top)
    lower = min(before.bottom - before.top, line.bottom - line.top)
    return overlap > 0.5 * lower and line.left > before.right - 0.5 * before.size


def _joint_below(before: Line, line: Line, run: _Run, opening: bool) -> str | None:
    """Return what joins a line to the one above or beside it; None where a paragraph begins."""
    if _same_row(before, line):
        gap = line.left - before.right
        if gap > _CELL_GAP * max(before.size, line.size):
            return CELL_MARK
        return " " if gap > 0.15 * before.size else ""
    if not _alike(before, line):
        return None
    if CELL_MARK in line.text or CELL_MARK in before.text:
        return None
    step = line.bottom - before.bottom
    if step > _WIDE_LEADING * run.leading or _BULLET.match(line.text):
        return None
    if before.hyphenated and line.text[0].isalpha():
        return " "
    ended = bool(_ENDED.search(before.text))
    if not ended and line.text[0].islower():
        return " "
    if before.bold != line.bold:
        return None
    indent = line.left - before.left
    edge = _INDENT * line.size
    if _centred(before, line):
        return None if ended else " "
    if indent > edge and not (opening and _BULLET.match(before.text)):
        return None
    if indent < -edge and not opening:
        return None
    return None if _ends_early(before, run, line) else " "


def _joint_across(before: Line, run: _Run, line: Line) -> str | None:
    """Return what joins a line to the last one of another column or page; None where nothing."""
    if not _alike(before, line) or _BULLET.match(line.text):
        return None
    if _ENDED.search(before.text):
        return None
    if line.text[0].islower() or before.text.endswith(","):
        return " "
    # A name or a figure may go on in the next column, where the line before it is a full one.
    # A byline far above its text is narrow beside what follows.
    width = replace(run, right=max(run.right, before.left + line.right - line.left))
    full = before.right - before.left > 12 * before.size and not _ends_early(before, width, line)
    return " " if full and line.right - line.left > 12 * line.size else None


def _resume(paragraphs: list[Paragraph], line: Line) -> str | None:
    """Go on with a paragraph that notes or a caption interrupt, and put them before it.

    Before it, as whatever is on a page has to stand before where the next one begins.
    """
    if not line.text[0].islower():
        return None
    for back in range(2, min(_LOOK_BACK, len(paragraphs)) + 1):
        candidate = paragraphs[-back]
        last = candidate.lines[-1][0]
        if abs(candidate.size - line.size) <= 0.05 * line.size:
            # What interrupts it must be on its page, or it would seem to be on the next one.
            if any(each.lines[-1][1] != candidate.lines[-1][1] for each in paragraphs[-back:]):
                return None
            if _ENDED.search(last.text) or last.right - last.left < 10 * last.size:
                return None
            paragraphs.append(paragraphs.pop(-back))
            return " "
        if candidate.size > line.size:
            return None
    return None


def _alike(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) <= _SAME_SIZE * max(before.size, line.size)


def _centred(before: Line, line: Line) -> bool:
    middle = (before.left + before.right) / 2 - (line.left + line.right) / 2
    return abs(middle) < 0.5 * line.size and abs(before.left - line.left) > _INDENT * line.size


def _ends_early(before: Line, run: _Run, line: Line) -> bool:
    """Say whether the next line's first word would have stood at the end of the one before it."""
    first = line.text.split(maxsplit=1)[0]
    width = (line.right - line.left) * (len(first) + 1) / max(len(line.text), 1)
    return run.right - before.right > width + line.size


def _printed(paragraphs: Sequence[Paragraph], page_count: int) -> Printed:
    hyphens = Hyphens(line.text for paragraph in paragraphs for line, _ in paragraph.lines)
    starts: list[int | None] = [None] * page_count
    written: list[tuple[str, float, int]] = []
    scanned: list[ScannedLine] = []
    length = 0
    for paragraph in paragraphs:
        text = ""
        for (line, page), joint in zip(paragraph.lines, ["", *paragraph.joints]):
            if joint == " ":
                text = _joined(text, line.text, hyphens)
            else:
                text += joint + line.text
            begin = length + len(text) - len(line.text)
            if starts[page] is None:
                starts[page] = begin
            if line.corners:
                if scanned and scanned[-1].end > begin:  # Its hyphen was taken out.
                    scanned[-1] = replace(scanned[-1], end=begin)
                end = length + len(text)
                scanned.append(ScannedLine(begin, end, line.certainty, line.corners))
        written.append((text, paragraph.size, paragraph.lines[0][1]))
        length += len(text) + 2
    following = max(length - 2, 0)
    for page in range(page_count - 1, -1, -1):
        start = starts[page]
        following = following if start is None else min(start, following)
        starts[page] = following
    pages = tuple(start or 0 for start in starts)
    return Printed(
        text="\n\n".join(text for text, _, _ in written),
        pages=(0, *pages[1:]) if pages else (),
        paragraphs=tuple(written),
        lines=tuple(scanned),
    )


def _joined(text: str, line: str, hyphens: Hyphens) -> str:
    if line[0].isalnum() and _DASHED.search(text):
        return hyphens.join(text, line)
    if _UNSPACED.match(text[-1]) and _UNSPACED.match(line[0]):
        return text + line
    return f"{text} {line}"
