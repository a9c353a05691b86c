"""Finds what an article's first lines say of it, and where its own text begins.

Covers the layouts in which articles are saved: front matter, `Key: value`
lines, a date glued to the first line, a title as heading, in bold, between
rules, or on a line of its own, and lines of date and author. Knows nothing of
how the rest is rendered, and leaves dates as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from index.reading.metadata.date_words import WEEKDAY_PATTERN
from index.reading.metadata.dates import find_dates
from index.reading.metadata.fields import Fields, front_matter, header_block

__all__ = ["Header", "date_line", "read_header", "same_words"]

_MOST_LINES = 10
"""Lines with something on them within which a header ends."""
_LONGEST_TITLE = 160
_GLUED = re.compile(r"\s*(?:date|published)\b[ \t]*:?[ \t]+", re.IGNORECASE)
_RULE = re.compile(r"([-*_=])(?:[ \t]*\1){2,}")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*")
_BOLD = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+)\1")
_BYLINE = re.compile(
    r"(?:By|BY|Por|Von|Par)[ \t]+((?:[^\W\d_a-z][\w.'’-]*|and|y|et|und|de|del|da|van|von|of|,|&)"
    r"(?:,?[ \t]+|$)){1,9}"
)
_DATE_WORDS = re.compile(
    rf"\b(?:{WEEKDAY_PATTERN}|date|dated|first|published|posted|updated|last|modified|on|at|the|"
    r"publicado|publicada|actualizado|fecha|data|em|el|publié|mis|jour|le|à|am|pm|um|uhr|a\.m\.|"
    r"p\.m\.|publiziert|veröffentlicht|erschienen|aktualisiert|stand|vom|pubblicato|il|alle|ore|"
    r"gepubliceerd|geplaatst|op|gmt|utc|bst|ist|cet|e[sd]?t|p[sd]?t|c[sd]t|z)\b\.?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:T?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]m)"
    r"(?:\s(?:[A-Z]{2,5}|et|pt))?\b|[+-]\d{2}:?\d{2}"
)
_UPDATED = re.compile(r"\W*(?:last\s+)?(?:updated|modified|actualizado)", re.IGNORECASE)
_ARCHIVED = re.compile(rf"\d{{4}}\s+(?:{WEEKDAY_PATTERN})\b", re.IGNORECASE)
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
    fields, position = front_matter(text) or (Fields(), 0)
    dates: list[str] = []
    updates: list[str] = []
    if position == 0:
        position, glued = _glued_date(text)
        dates.extend(glued)
    start, author, outlet = position, "", ""
    known = title or fields.title
    found = known
    for _ in range(_MOST_LINES):
        position = _next_line(text, position)
        line = _line(text, position)
        if not line:
            break
        plain = line.strip("*_").strip()
        block = header_block(text[position:].split("\n", 12)[:12]) if fields == Fields() else None
        if _RULE.fullmatch(line):
            # A rule is part of the header only when something of the header stands near it.
            position = _after(text, position)
            continue
        if block is not None:
            fields = block[0]
            known = found = found or fields.title
            for _ in range(block[1]):
                position = _after(text, position)
        elif (parts := _parts(plain, titled=bool(found))) is not None:
            author = author or parts[1]
            (updates if _UPDATED.match(plain) else dates).extend(parts[0])
            position = _after(text, position)
        elif known and same_words(line, known):
            position = _after(text, position)
            known = ""
        elif found and not outlet and _is_outlet(text, position, line):
            outlet = line
            position = _after(text, position)
        elif not found and (heading := _title(text, position, line, guess_title)):
            found, position = heading
        else:
            break
        start = position
    if start:
        start = _next_line(text, start)
    if fields.date:
        dates.insert(0, fields.date)
    if fields.updated:
        updates.append(fields.updated)
    if outlet and not fields.source:
        fields = replace(fields, source=outlet)
    return Header(start, fields, found, author, (*dates, *updates))


def date_line(line: str) -> tuple[str, ...]:
    """Return the line, where it holds a date and nothing beyond day, time, and a label.

    >>> date_line("Published: Friday, 4 January 2019, 09:30 GMT")
    ('Published: Friday, 4 January 2019, 09:30 GMT',)
    >>> date_line("The treaty of 4 January 2019 was signed")
    ()
    """
    mentions = list(find_dates(line)) if len(line) <= 120 else []
    if not mentions:
        return ()
    rest = line
    for mention in reversed(mentions):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    rest = _DATE_WORDS.sub(" ", _TIME.sub(" ", rest))
    return () if re.search(r"\w", rest) else (line,)


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


def _parts(line: str, *, titled: bool) -> tuple[tuple[str, ...], str] | None:
    """Return the dates and the author of a line that names one of them; None for any other.

    One more part beside them, as in "Politics | 4 January 2019", is passed over:
    it may be a section, a place, or an outlet.
    """
    dates: tuple[str, ...] = ()
    author, others = "", 0
    for part in re.split(r"\s+[|·•]\s+", line):
        if stated := date_line(part):
            dates += stated
        elif titled and len(part) <= 80 and _BYLINE.fullmatch(part):
            author = author or part.split(maxsplit=1)[1].strip(" ,")
        elif len(part) <= 40 and not re.search(r"\d", part):
            others += 1
        else:
            return None
    return (dates, author) if (dates or author) and others <= 1 else None


def _title(text: str, position: int, line: str, guess: bool) -> tuple[str, int] | None:
    """Return the title that a line is, and where the text goes on after it."""
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
    if not guess or re.match(r"[-*>|<\[!•–—]|\d+[.)]\s", line):
        return None
    following = _line(text, _next_line(text, after))
    if date_line(following) or _BYLINE.fullmatch(following):
        return line, after
    if below or _ENDED.search(line) or "@" in line or _is_short(line):
        return None
    rest = [part.strip() for part in text[after:].split("\n") if part.strip()]
    # Followed by prose: at least one longer line, as a list or a poem has none.
    return (line, after) if any(len(part) > max(60, len(line)) for part in rest[:6]) else None


def _is_outlet(text: str, position: int, line: str) -> bool:
    """Say whether a line names an outlet, above a date as archives of the press write it."""
    below = _line(text, _next_line(text, _after(text, position)))
    if len(line) > 60 or re.search(r"\d", line) or _ENDED.search(line):
        return False
    return _ARCHIVED.search(below) is not None and bool(date_line(below))


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
