"""Reads one line of an article's header: its dates, its author, and its outlet.

A line is of the header by a date or a byline of which it has at most one more short name. Knows
nothing of the lines around it, and leaves dates as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.reading.metadata.date_words import WEEKDAY_PATTERN
from index.reading.metadata.dates import find_dates
from index.reading.metadata.fields import stated_field

__all__ = [
    "HeaderLine",
    "begins_with_date",
    "date_line",
    "is_count",
    "is_firm",
    "is_name",
    "is_role",
    "is_section",
    "read_line",
    "unmarked",
]

_LONGEST = 120
_LONGEST_MARKED = 1000
_LONGEST_NAME = 40
_MOST_NAME_WORDS = 6
_DATE_WORDS = re.compile(
    rf"\b(?:{WEEKDAY_PATTERN}|date|dated|first|published|posted|created|updated|last|modified|on|at|"
    r"the|publicado|publicada|actualizado|fecha|data|em|el|publié|mis|jour|le|à|am|pm|um|uhr|a\.m\.|"
    r"p\.m\.|publiziert|veröffentlicht|erschienen|aktualisiert|stand|vom|pubblicato|il|alle|ore|"
    r"gepubliceerd|geplaatst|op|modifié|publisert|oppdatert|kl|"
    r"publicerad|uppdaterad|julkaistu|päivitetty|klo|gmt|utc|bst|ist|cet|e[sd]?t|p[sd]?t|c[sd]t|z)\b\.?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:to\s)?(?:T?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]m)"
    r"(?:\s(?:[A-Z]{2,5}|et|pt))?\b|[+-]\d{2}:?\d{2}"
)
_BYLINE = re.compile(
    r"(?:[Bb]y|BY|Por|Von|Par|(?:Words|Text)(?: by|:)|(?:Written|Reported|Posted) by)[ \t]+"
    r"(?P<names>(?:(?:[^\W\d_a-z][\w.'’-]*|and|y|et|und|de|del|da|van|von|of|for|in|with|,|&)"
    r"(?:,?[ \t]+|$)){1,12})"
)
_NAME = re.compile(
    r"(?:the )?(?:[^\W\d_a-z][\w.'’&-]*|[\w-]+(?:\.[\w-]+)+)"
    r"(?: (?:[^\W\d_a-z][\w.'’&-]*|of|the|for|and|&|de|del|la|le|van|von|der|y|et))*"
)
_ROLE = re.compile(
    r"(?:\w[\w'’-]* ){0,4}(?:reporter|correspondent|editor|writer|columnist|journalist|staff|critic"
    r"|producer)s?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:words|length|word count)\W+\d[\d,.]*(?: words)?|"
    r"\d[\d,.]* (?:words|min(?:ute)?s?(?: read)?)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:first|last)\s+)?(?:published|posted|updated|modified|dated?|created|issued)\b[\s:]*",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[.,;]?\s+(?=(?:first|originally)\s+published\b)", re.IGNORECASE)
"""What parts the day of publication from that of an update before it."""
_SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV|M\.?D|Ph\.?D)\.?")
_SECTIONS = frozenset(
    "world international national local regional news politics political business economy money "
    "finance sport sports football opinion comment culture arts books music film lifestyle life "
    "style travel food technology tech science health education environment climate weather "
    "uk us europe africa asia americas features analysis".split()
)
"""Words of the names of sections, which are no outlets."""
_KIND = re.compile(r"(?:(?:press|media|news) )?(?:release|statement)", re.IGNORECASE)
_ADDRESS = re.compile(r"\(?(?:\S+@\S+\.\w+|(?<!\S)@\w+)\)?")
_MARK = re.compile(r"\*+|\[(?P<words>[^\[\]\n]{1,200})\]\([^)\s]{0,500}\)|(?<!\w)_+|_+(?!\w)")
_ITEM = re.compile(r"[-*+>|<!•–—]\s|\d+[.)]\s(?!\S+\s\d{4}\b)")
"""How a line of a list, a quotation, or a table begins; "3. März 2020" is none."""
_BETWEEN = "\0"
"""Stands where a date stood."""
# A name and a date without a mark or a word between them: "Print Date 4 January 2019".
_GLUED = re.compile(rf"(?!(?:{WEEKDAY_PATTERN}|\w+ed|on)\b)\b[^\W\d_]+ \0", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """What a line says; empty where it says nothing of it."""

    dates: tuple[str, ...] = ()
    """As written, with the line around them: a weekday or a time may settle what they mean."""
    author: str = ""
    outlet: str = ""


def date_line(line: str) -> tuple[str, ...]:
    """Return the line, where it holds a date and nothing beyond day, time, and a label.

    One with the day of an update and that of publication is parted into both.

    >>> date_line("Published: Friday, 4 January 2019, 09:30 GMT")
    ('Published: Friday, 4 January 2019, 09:30 GMT',)
    >>> date_line("The treaty of 4 January 2019 was signed")
    ()
    """
    if len(line) > _LONGEST or next(find_dates(line), None) is None:
        return ()
    if re.search(r"\w", _beside_date(_without_dates(line, " "))):
        return ()
    return tuple(_FIRST.split(line))


def read_line(line: str, is_place: Callable[[str], bool]) -> HeaderLine | None:
    """Return what a line of the header says; None for any other line.

    Args:
        line: Without marks of emphasis (`unmarked`).
        is_place: Whether the text names a name as a place, which is then no outlet.

    >>> read_line("By Runa Falk, Quay Post, 4 January 2019", lambda name: False)
    HeaderLine(dates=('By Runa Falk, Quay Post, 4 January 2019',), author='Runa Falk', \
outlet='Quay Post')
    >>> read_line("Runa Falk was born on 4 January 2019", lambda name: False)
    """
    if len(line) > _LONGEST or _ITEM.match(line):
        return None
    line = " ".join(_ADDRESS.sub(" ", line).split())
    parts = (part for each in re.split(r"\s[|·•]\s", line) for part in _FIRST.split(each))
    dates = tuple(part for part in parts if next(find_dates(part), None))
    author, others, outlet = "", list[str](), ""
    bylines = 0
    without = _without_dates(line, _BETWEEN)
    if _GLUED.search(re.sub(r"^date\s", "", without, flags=re.IGNORECASE)):
        return None
    for part in re.split(r"\s+[|·•–—-]+\s+|[|·•\0]", without):
        words = re.sub(r"\s+(?:on|at)$", "", part.strip(" \t,;()[]–—-"))
        if not re.search(r"\w", _beside_date(words)) or _COUNT.fullmatch(words):
            continue
        if words.endswith(":"):
            return None  # a label of something else: "Deadline:"
        if stated := stated_field(words):
            name, value = stated
            if name not in ("author", "source") or not is_name(value):
                return None
            words = f"By {value}" if name == "author" else f"in {value}"
        if found := _BYLINE.fullmatch(words):
            bylines += 1
            names, named = _names(found["names"].strip(" \t,"), is_place)
            author, outlet = author or names, outlet or named
            continue
        for piece in _beside_time(words).split(","):
            if re.search(r"\w", _beside_date(piece)):
                others.append(piece.strip())
    others = [other for other in others if not (bylines and is_role(other))]
    if not (dates or bylines) or bylines > 1:
        return None
    places = [other for other in others if is_place(_plain(other))]
    left = [_plain(other) for other in others if other not in places]
    if len(left) > 1 or not all(map(is_name, (*left, *map(_plain, places)))):
        return None
    if left and not is_section(left[0]):
        outlet = outlet or left[0]
    return HeaderLine(dates, author, outlet)


def is_firm(line: str) -> bool:
    """Say whether a line that `read_line` reads is of a header whatever stands below it."""
    whole = date_line(line) or (_BYLINE.fullmatch(line) and not line[0].islower())
    return bool(whole) or re.search(r"\s[|·•]\s", line) is not None


def begins_with_date(line: str) -> bool:
    """Say whether a line is a date and more: "4 January 2019, 7.30 pm, village hall"."""
    mention = next(find_dates(line), None)
    if len(line) > _LONGEST or mention is None or re.search(r"[.!?:;]$", line):
        return False
    return not re.search(r"\w", _beside_date(line[: mention.start])) and line[
        mention.end : mention.end + 1
    ] in ("", ",", " |")


def is_name(words: str) -> bool:
    """Say whether words may be the name of an outlet, a person, or a place."""
    short = len(words) <= _LONGEST_NAME and len(words.split()) <= _MOST_NAME_WORDS
    return short and _NAME.fullmatch(words) is not None


def is_role(words: str) -> bool:
    """Say whether words are what somebody is at a newspaper: "Court reporter"."""
    return len(words) <= _LONGEST_NAME and _ROLE.fullmatch(words) is not None


def is_count(words: str) -> bool:
    """Say whether words tell of nothing but a length: "Words: 512", "5 min read"."""
    return _COUNT.fullmatch(words) is not None


def is_section(words: str) -> bool:
    """Say whether words name a section of a newspaper, or a kind of text: "World news"."""
    found = re.findall(r"\w+", words.casefold())
    return all(word in _SECTIONS for word in found) or _KIND.fullmatch(words) is not None


def unmarked(line: str) -> str:
    """Return a line without marks of emphasis and the targets of links.

    >>> unmarked("**By [Runa Falk](https://example.org)** | *4 January 2019*")
    'By Runa Falk | 4 January 2019'
    """
    if len(line) > _LONGEST_MARKED:
        return line
    return _MARK.sub(lambda match: match["words"] or "", line).strip()


def _names(written: str, is_place: Callable[[str], bool]) -> tuple[str, str]:
    """Part the authors of a byline from the outlet behind them: "A and B, Quay Post".

    Several authors have an "and"; where there is none, the last name is the outlet.
    """
    names, _, outlet = re.sub(r",?\s+(?:for|with)\s+", _BETWEEN, written).partition(_BETWEEN)
    names = re.split(r",?\s+in\s+", names)[0]
    pieces: list[str] = []
    for piece in (piece.strip() for piece in names.split(",")):
        if pieces and _SUFFIX.fullmatch(piece):
            pieces[-1] += f", {piece}"
        elif piece:
            pieces.append(piece)
    while len(pieces) > 1 and (is_role(pieces[-1]) or is_place(pieces[-1])):
        pieces.pop()
    joined = [bool(re.search(r"(?:^|\s)(?:and|y|et|und|&)\s", piece)) for piece in pieces]
    if len(pieces) > 1 and not joined[-1]:
        outlet = outlet or pieces[-1]
        pieces.pop()
    return ", ".join(pieces), outlet.strip(" ,")


def _plain(words: str) -> str:
    """Return a name without the word that joins it to what stood before it."""
    words = re.sub(r"^(?:in|by|for|from|at|on)\s+", "", words, flags=re.IGNORECASE)
    return re.sub(r"\s+(?:in|on|at|from)$", "", words)


def _without_dates(line: str, instead: str) -> str:
    for mention in reversed(list(find_dates(line))):
        line = line[: mention.start] + instead + line[mention.end :]
    return line


def _beside_time(words: str) -> str:
    """Return words without a time, and without the label of a date before them."""
    return _LABEL.sub("", " ".join(_TIME.sub(" ", words).split()).strip(" ,:"))


def _beside_date(words: str) -> str:
    return _DATE_WORDS.sub(" ", _TIME.sub(" ", words))
