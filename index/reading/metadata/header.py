"""Finds what an article's first lines say of it, and where its own text begins.

Covers the layouts in which articles are saved: front matter, `Key: value`
lines, a date glued to the first line, a title as heading, in bold, between
rules, or on a line of its own, and lines of date and author. Knows nothing of
how the rest is rendered, and leaves dates as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from index.reading.metadata.dates import find_dates
from index.reading.metadata.fields import Fields, front_matter, header_block
from index.reading.metadata.header_line import (
    HeaderLine,
    begins_with_date,
    date_line,
    is_count,
    is_firm,
    is_name,
    is_role,
    is_section,
    read_line,
    unmarked,
)

__all__ = ["Header", "read_header", "same_words"]

_MOST_LINES = 10
"""Lines with something on them within which a header ends."""
_MOST_BELOW = 100
"""Lines below a header in which a further one of its kind tells of a list of dated entries."""
_LONGEST_TITLE = 160
_LONGEST_SHORT = 60
_LONG_LINE = re.compile(rf"^[^\n]{{{_LONGEST_SHORT + 1},}}", re.MULTILINE)
_SENTENCE_END = re.compile(r"[^\W\d_A-Z][.!?…][\"'”’»)]*(?:\s|$)")
_BEFORE_PLACE = (
    r"\b(?:in|at|from|to|near|of|off|outside|around|across|through|between|towards?|for)\s+"
)
_GLUED = re.compile(r"\s*(?:date|published)\b[ \t]*:?[ \t]+", re.IGNORECASE)
_RULE = re.compile(r"([-*_=])(?:[ \t]*\1){2,}")
_HEADING = re.compile(r"(#{1,6}|=(?= ))[ \t]+(.+?)(?<![ \t#])[ \t]*#*")
"""Of Markdown, Org as it is read, and AsciiDoc."""
_BOLD = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+)\1")
_UPDATED = re.compile(r"\W*(?:last\s+)?(?:updated|modified|actualizado)", re.IGNORECASE)
_ENDED = re.compile(r"(?<!\.\.)[.:;,–—-][\"'”’»)*_]*$")


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines say; `start` is where the text itself begins."""

    start: int = 0
    fields: Fields = field(default_factory=Fields)
    title: str = ""
    author: str = ""
    dates: tuple[str, ...] = ()
    """As written; the first is the most trusted."""


def read_header(text: str, *, guess_title: bool = True, title: str = "") -> Header:
    r"""Return the header of a text whose line ends are `\n`.

    Args:
        text: The whole text.
        guess_title: Whether a short first line may be the title.
        title: The title, where it is known already; a first line that repeats it is left out.
    """
    header = _Lines(text, guess_title=guess_title, title=title, loose=True)
    if header.is_loose and not header.is_over_prose():
        header = _Lines(text, guess_title=guess_title, title=title, loose=False)
    return header.read


class _Lines:
    """The lines of a header, read one after the other.

    Read loosely, lines are of it also by what stands around them; only above an article's own
    text, not in a list, an address, or a poem, where each line is as short as those of a header.
    """

    def __init__(self, text: str, *, guess_title: bool, title: str, loose: bool) -> None:
        self._text = text
        self._loose = loose
        self._guess = guess_title
        self.is_loose = False
        """Whether something was taken that stands in a header only as far as it seems."""
        self._author = self._outlet = ""
        self._dates: list[str] = []
        self._updates: list[str] = []
        self._above = -1  # where the line below the last byline begins
        long = _LONG_LINE.search(text, _after(text, _next_line(text, 0)))
        self._prose = long.start() if long else 0
        self.read = self._read(title)

    def is_over_prose(self) -> bool:
        """Say whether a paragraph follows, and no further line as that of a header is."""
        start = _next_line(self._text, self.read.start)
        blocks = [part.strip() for part in re.split(r"\n\s*\n", self._text[start : start + 2000])]
        while blocks and not _is_prose(blocks[0]):
            # One line alone may be a place or an agency; more are a list, or a letter's opening.
            if "\n" in blocks[0] or _ENDED.search(blocks[0].rstrip(" -–—")) or len(blocks) < 2:
                return False
            blocks = blocks[1:]
        below = self._text[start:].split("\n", _MOST_BELOW)[:_MOST_BELOW]
        return bool(self.read.title) and not any(
            (said := self._said(line.strip())) and said.dates and not is_firm(unmarked(line))
            for line in below
        )

    def _read(self, title: str) -> Header:
        text = self._text
        fields, position = front_matter(text) or (Fields(), 0)
        if position == 0:
            position, glued = _glued_date(text)
            self._dates.extend(glued)
        start = position
        known = title or fields.title
        found = known
        for _ in range(_MOST_LINES):
            at = _next_line(text, position)
            line, position = _line(text, at), _after(text, at)
            if not line:
                break
            plain = unmarked(line)
            block = header_block(text[at:]) if fields == Fields() else None
            if _RULE.fullmatch(line):
                # A rule is part of the header only when something of the header stands near it.
                continue
            if block is not None and not (block[1] == 1 and self._said(line)):
                fields = block[0]
                known = found = found or fields.title
                for _ in range(block[1] - 1):
                    position = _after(text, position)
            elif self._take(at, plain, titled=bool(found)):
                pass
            elif known and same_words(line, known):
                known = ""
            elif (self._take_beside if found else self._take_masthead)(at, plain):
                pass
            elif not found and (heading := self._title(at, line)):
                found, position = heading
            else:
                if found and self._loose and not self._dates and begins_with_date(plain):
                    self._dates.append(plain)  # It stays: it tells more than the date.
                break
            start = position
        if start:
            start = _next_line(text, start)
        if fields.date:
            self._dates.insert(0, fields.date)
        if fields.updated:
            self._updates.append(fields.updated)
        if self._outlet and not fields.source:
            fields = replace(fields, source=self._outlet)
        return Header(start, fields, found, self._author, (*self._dates, *self._updates))

    def _said(self, line: str) -> HeaderLine | None:
        return read_line(unmarked(line), self._is_place)

    def _is_place(self, name: str) -> bool:
        """Say whether the text has a name behind a preposition of place."""
        place = re.compile(_BEFORE_PLACE + re.escape(name) + r"\b", re.IGNORECASE)
        return place.search(self._text, self._prose) is not None

    def _take(self, position: int, plain: str, *, titled: bool) -> bool:
        """Take a line that has a date or a byline."""
        said = self._said(plain)
        if said is None or (said.author and not titled):
            return False
        # Below a masthead, the name beside a date is the author's.
        second = said.outlet if self._outlet not in ("", said.outlet) else ""
        if not is_firm(plain):
            if not self._loose or (second and self._dates):  # as in a list of concerts
                return False
            self.is_loose = True
        self._author = self._author or said.author or second
        self._outlet = self._outlet or said.outlet
        for each in said.dates:
            (self._updates if _UPDATED.match(each) else self._dates).append(each)
        if said.author:
            self._above = _after(self._text, position)
        return True

    def _take_beside(self, position: int, plain: str) -> bool:
        """Take a line without date and byline: of the header by the line below or above."""
        below = _line(self._text, _after(self._text, position))
        _, next_below = _below(self._text, position)
        if len(plain) > _LONGEST_SHORT or _ENDED.search(plain) or not self._loose:
            return False
        under_byline = self._above == position
        if is_count(plain) or (is_role(plain) and under_byline):
            self._above = _after(self._text, position) if under_byline else self._above
        elif self._outlet or not is_name(plain) or is_section(plain):
            return False
        elif self._said(below) or date_line(unmarked(next_below)) or (under_byline and not below):
            self._outlet = "" if self._is_place(plain) else plain
        else:
            return False
        self.is_loose = True
        return True

    def _take_masthead(self, position: int, plain: str) -> bool:
        """Take a first line that names the outlet, above a title beside lines of a header."""
        if not self._loose or not is_name(plain) or not _is_short(plain) or self._outlet:
            return False
        text, dated, at = self._text, False, position
        for _ in range(3):
            at, line = _below(text, at)
            if self._said(line) is None:
                break
            dated = True
        if _is_short(line) or _ENDED.search(line) or len(line) > _LONGEST_TITLE:
            return False
        _, below = _below(text, at)
        if not (dated or self._said(below)) or self._title(at, line) is None:
            return False
        self._outlet = "" if is_section(plain) else plain
        self.is_loose = True
        return True

    def _title(self, position: int, line: str) -> tuple[str, int] | None:
        """Return the title that a line is, and where the text goes on after it."""
        text = self._text
        after = _after(text, position)
        below = _line(text, after)
        if heading := _HEADING.fullmatch(line):
            return heading.group(2), after
        bold = _BOLD.fullmatch(line)
        if bold and len(line) <= _LONGEST_TITLE and not bold.group(2).endswith(":"):
            return bold.group(2), after
        if len(line) > _LONGEST_TITLE or not re.search(r"[^\W\d_]", line):
            return None
        if re.fullmatch(r"={3,}|-{3,}", below):
            return line, _after(text, after)
        if not self._guess or re.match(r"[-*>|<\[!•–—]|\d+[.)]\s", line):
            return None
        _, following = _below(text, position)
        if (said := self._said(following)) and is_firm(following):
            return line, after
        if _ENDED.search(line) or "@" in line:
            return None
        if self._loose and (said or self._is_above_header(line, after)):
            self.is_loose = True
            return line, after
        if below or _is_short(line):
            return None
        rest = [part.strip() for part in text[after:].split("\n") if part.strip()]
        # Followed by prose: at least one longer line, as a list or a poem has none.
        long = any(len(part) > max(_LONGEST_SHORT, len(line)) for part in rest[:6])
        return (line, after) if long else None

    def _is_above_header(self, line: str, after: int) -> bool:
        """Say whether the lines directly below a line are of a header."""
        below = _line(self._text, after)
        block = header_block(self._text[after:])
        if block is not None and block[1] > 1:
            return True
        if _is_short(line) or not below:
            return False
        next_below = _line(self._text, _after(self._text, after))
        beside = (is_name(below) or is_count(below)) and self._said(next_below)
        return bool(beside) or begins_with_date(unmarked(below))


def _glued_date(text: str) -> tuple[int, tuple[str, ...]]:
    """Return the date that the first line begins with after the word `date`, and its end."""
    match = _GLUED.match(text)
    if match is None:
        return 0, ()
    mention = next(find_dates(text[match.end() : match.end() + 40]), None)
    if mention is None or mention.start != 0:
        return 0, ()
    end = match.end() + mention.end
    if text[end : end + 1] not in ("", " ", "\t", "\n"):
        return 0, ()
    # The space that glued them goes too; a line end stays for the lines below.
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return end, (text[match.end() : match.end() + mention.end],)


def _is_prose(block: str) -> bool:
    return any(
        len(line) > _LONGEST_SHORT or _SENTENCE_END.search(line) for line in block.split("\n")
    )


def _is_short(line: str) -> bool:
    """Say whether a line is too short for a headline: a place, a name, or an outlet."""
    unspaced = re.search(r"[\u3040-\u9fff\uac00-\ud7af]", line)  # Chinese, Japanese, Korean
    return not unspaced and len(line.split()) < 4


def same_words(line: str, title: str) -> bool:
    """Say whether two lines are the same but for case and punctuation."""
    return re.findall(r"\w+", line.casefold()) == re.findall(r"\w+", title.casefold())


def _line(text: str, position: int) -> str:
    end = text.find("\n", position)
    return text[position : len(text) if end < 0 else end].strip()


def _after(text: str, position: int) -> int:
    """Return where the line after this one begins."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _next_line(text: str, position: int) -> int:
    """Return where the next line with something on it begins, or the end."""
    while position < len(text) and not _line(text, position):
        position = _after(text, position)
    return position


def _below(text: str, position: int) -> tuple[int, str]:
    """Return where the next line with something on it below this one begins, and that line."""
    start = _next_line(text, _after(text, position))
    return start, _line(text, start)
