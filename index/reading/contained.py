"""What readers of files that hold other articles share: sizes, names, what is left out, tidy texts.

Knows nothing of any format. Every function here takes text that someone else
wrote and is linear in its length.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from email.utils import parsedate_tz

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.encoding.decoding import (
    codec_name,
    decode,
    join_surrogates,
    normalise_newlines,
)
from index.reading.web.page import html_paragraphs

__all__ = [
    "LARGEST",
    "FileParts",
    "decode_declared",
    "mail_day",
    "one_line",
    "text_of",
    "tidy",
    "web_address",
]

LARGEST = 20_000_000
"""Characters (or bytes, before decoding) up to which one article of a file is read."""
_LONGEST_LINE = 1_000
_LONGEST_PART = 200
_MOST_NAMED = 3
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_BREAK = re.compile("[\x0b\x0c\x85\u2028]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(
    r"</(?:[abiu]|p|div|span|h[1-6]|[ou]l|li|em|strong|blockquote|t[dr]|table|figure|section"
    r"|article|body|html)\s?>|<(?:p|br|hr|div|img)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:p|div|br|li|td|h[1-6])[\s/>]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_SEVEN_BIT = re.compile(r"iso-2022-|utf-?(?:7|16|32)|hz", re.IGNORECASE)


class FileParts:
    """The articles of one file: how each is called, and what is left out of them on purpose."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}
        self._left_out: dict[str, list[str]] = {}
        self._counts: Counter[str] = Counter()

    def unique(self, name: str) -> str:
        """Return the name, on one line, short, and with a number where it was given before.

        >>> parts = FileParts()
        >>> parts.unique("a"), parts.unique("a"), parts.unique("a")
        ('a', 'a (2)', 'a (3)')
        """
        name = one_line(name)
        if len(name) > _LONGEST_PART:
            name = f"{name[: _LONGEST_PART - 20]}…{_digest(name).hex()[:16]}"
        first, given = _digest(name), name
        while (key := _digest(given)) in self._seen:
            self._seen[first] += 1
            given = f"{name} ({self._seen[first]})"
        self._seen[key] = 1
        return given

    def leave_out(self, kind: str, name: str = "") -> None:
        """Leave something out, which is told with the last article.

        Args:
            kind: What it is, as several of them are called.
            name: By which the person knows it, where that helps.
        """
        self._counts[kind] += 1
        names = self._left_out.setdefault(kind, [])
        if name and len(names) < _MOST_NAMED:
            names.append(one_line(name)[:60])

    @property
    def left_out(self) -> str:
        """What was left out, in words; empty for nothing.

        >>> parts = FileParts()
        >>> parts.leave_out("drafts", "Kelp")
        >>> parts.leave_out("pictures")
        >>> parts.left_out
        'left out: drafts (1: Kelp), pictures (1)'
        """
        kinds = []
        for kind, count in self._counts.items():
            more = ["…"] if self._left_out[kind] and count > _MOST_NAMED else []
            named = "; ".join(self._left_out[kind] + more)
            kinds.append(f"{kind} ({count:,}{': ' * bool(named)}{named})")
        return f"left out: {', '.join(kinds)}" if kinds else ""

    def told(
        self, found: Iterable[Draft | Unread | str], kind: str, empty: str, *, whole: bool = True
    ) -> Iterator[Draft | Unread]:
        """Yield what a reader finds, the last article with a warning that tells what was left out.

        Args:
            found: Read as it is needed. A text among it says why no more is found, and what to do.
            kind: What its parts are called.
            empty: What to say where nothing is found.
            whole: Whether nothing is ever left out. Else each article waits for what comes next,
                and is lost where that is never read to its end.

        Raises:
            ReadError: If nothing is found, or nothing before the text.
        """
        last: Draft | None = None
        number = 0
        for each in found:
            if not isinstance(each, str):
                number += 1
            elif number:
                each = Unread(self.unique(f"after {kind} {number}"), each)
            else:
                raise ReadError(each)
            if last:
                yield last
            last = each if isinstance(each, Draft) and not whole else None
            if last is None:
                yield each
        if last:
            yield replace(last, warnings=(*last.warnings, *filter(None, [self.left_out])))
        elif not number:
            raise ReadError(f"{empty}; {self.left_out or 'there is nothing to read in it'}")


def _digest(name: str) -> bytes:
    # Instead of the name itself, as a file may hold millions of long ones.
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=12).digest()


def tidy(text: str) -> str:
    r"""Return a text with `\n` as its line ends and without what is no text.

    Control characters and lone surrogates go, and so does white space at the
    ends of lines; several empty lines become one.
    """
    text = _BREAK.sub("\n", normalise_newlines(join_surrogates(text)))
    text = _CONTROL.sub("", text.replace("\u2029", "\n\n"))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def one_line(text: str) -> str:
    """Return a text as it can stand in a title: one line, at most 1,000 characters."""
    return " ".join(tidy(text[: 4 * _LONGEST_LINE]).split())[:_LONGEST_LINE]


def web_address(written: str) -> str:
    """Return what is written where it is the address of a web page; else an empty text."""
    address = one_line(written).strip("<> ")
    return address if address.startswith(("https://", "http://")) else ""


def text_of(value: str) -> str:
    """Return the text of a field that may hold HTML, as those of feeds and exports do.

    Where the markup has no blocks, empty lines part the paragraphs, as they do
    in the database of WordPress.
    """
    value = tidy(value)
    if not _MARKUP.search(value):
        return tidy(html.unescape(value)) if _ENTITY.search(value) else value
    if not _BLOCK.search(value):
        value = value.replace("\n\n", "<p>")
    return tidy("\n\n".join(html_paragraphs(value)))


def decode_declared(data: bytes, charset: str | None) -> str:
    """Return the text of bytes that travelled with the name of their encoding.

    UTF-8 goes before the declared one, as in `index.reading.encoding.decoding`; what
    cannot be decoded at all comes with U+FFFD in it.
    """
    names = ["utf-8"]
    if charset:
        names.insert(0 if _SEVEN_BIT.match(charset) else 1, codec_name(charset))
    for name in names:
        try:
            text = str(data, name)
        except (UnicodeError, LookupError, ValueError):
            continue
        return normalise_newlines(text.removeprefix("\ufeff"))
    try:
        return decode(data).text
    except ReadError:
        return normalise_newlines(data.decode("utf-8", "replace"))


def mail_day(written: str) -> str:
    """Return the day of a date as mail and feeds write it (RFC 5322), in the writer's own zone.

    >>> mail_day("Fri, 4 Jan 19 23:30:00 -0500")
    '2019-01-04'

    Empty where it is none.
    """
    try:
        parsed = parsedate_tz(written[:200])
        return date(*parsed[:3]).isoformat() if parsed else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
