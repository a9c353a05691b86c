"""Finds the articles of a folder and reads a file into a `Document`.

Chooses the reader by the file's type and understands the stated dates; knows
nothing of how each format is laid out, and nothing of the library. Messages do
not name the file: whoever shows them puts its path before them.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.errors import ReadError
from index.reading.dateline import wire_agency
from index.reading.dates import DateClues, DateOrder, publication_date
from index.reading.decoding import decode, normalise_newlines
from index.reading.draft import Draft
from index.reading.html import draft_from_html, looks_like_html
from index.reading.language import language_tag
from index.reading.text import draft_from_text, title_from_text
from index.types import Document

__all__ = ["SUFFIXES", "Reading", "find_files", "read_bytes", "read_file", "read_text"]

_logger = logging.getLogger(__name__)

_PLAIN = frozenset((".txt", ".text"))
_MARKDOWN = frozenset((".md", ".markdown"))
_HTML = frozenset((".html", ".htm", ".xhtml"))
SUFFIXES = tuple(sorted(_PLAIN | _MARKDOWN | _HTML))
"""The file types that can be read, in lower case."""
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article that was read, and what the person should know of how."""

    document: Document
    warnings: tuple[str, ...] = ()
    """Each one line, as of a date that could not be understood."""


def find_files(path: Path) -> list[Path]:
    """Return the files that can be read at and below a path, sorted.

    A file is returned as it is, whatever its type. Hidden files and folders are
    passed over, and links to folders are not followed. A file that cannot be
    looked at is returned too: `read_file` says what is wrong with it.

    Raises:
        ReadError: If there is nothing at the path, or nothing that can be read.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _unreadable(error) from error
    if not stat.S_ISDIR(mode):
        return [path]
    refused: list[OSError] = []
    found: list[Path] = []
    for folder, folders, names in os.walk(path, onerror=refused.append):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for each in names:
            file = Path(folder, each)
            if not each.startswith(".") and file.suffix.lower() in SUFFIXES and _is_file(file):
                found.append(file)
    if not found and refused:
        raise _unreadable(refused[0]) from refused[0]
    for refusal in refused:
        _logger.warning("passed over a folder that may not be read: %s", refusal.filename)
    if not found:
        raise ReadError(f"no articles in this folder; these types can be read: {_types()}")
    return sorted(found)


def read_file(
    path: Path, *, date_order: DateOrder | None = None, max_bytes: int = 20_000_000
) -> Reading:
    """Return the article in a file.

    Args:
        path: A text, Markdown, or HTML file.
        date_order: What comes first in dates like 11/01/2019; None to find out.
        max_bytes: Size up to which a file is read.

    Raises:
        ReadError: If the file cannot be read, is no text, is of another type, is
            larger than `max_bytes`, or has no article in it.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ReadError("a folder and not a file; read the files in it")
        # Opening a pipe or a device may wait for ever.
        if not stat.S_ISREG(found.st_mode):
            raise ReadError("not an ordinary file; copy its content to one")
        if path.suffix.lower() not in SUFFIXES:
            kind = path.suffix.lower() or "a file without a type"
            raise ReadError(f"{kind} is not supported yet; supported: {_types()}")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise _unreadable(error) from error
    if len(data) > max_bytes:
        raise ReadError(f"larger than {max_bytes / 1e6:g} MB; split it, or keep only the article")
    absolute = os.path.abspath(path)  # noqa: PTH100 - without following links, unlike resolve
    if _SURROGATE.search(absolute):
        raise ReadError("its name is not valid UTF-8; rename the file or its folder")
    modified = _day_of(found.st_mtime)
    return read_bytes(data, path.name, path=absolute, date_order=date_order, modified=modified)


def read_bytes(
    data: bytes,
    name: str,
    *,
    path: str | None = None,
    date_order: DateOrder | None = None,
    modified: date | None = None,
) -> Reading:
    """Return the article in a file's content, as uploaded ones have no path.

    Args:
        data: The content.
        name: The file's name; its suffix says what the content is, plain text without one.
        path: Where it was read from, as an absolute path.
        date_order: What comes first in dates like 11/01/2019; None to find out.
        modified: The day on which the file was last written.

    Raises:
        ReadError: If the content is no text, or no article is in it.
    """
    if not data.strip():
        raise ReadError("empty; there is nothing to read in it")
    decoded = decode(data)
    clues = DateClues(order=date_order, modified=modified)
    return _read(decoded.text, _one_line(name), path, clues, decoded.warnings)


def read_text(text: str, *, name: str = "the text", date_order: DateOrder | None = None) -> Reading:
    """Return the article in a text, as pasted; it has no path.

    Args:
        text: Plain text, Markdown, or HTML; which of them, is seen from it.
        name: Its title where it has none, not even a first sentence.
        date_order: What comes first in dates like 11/01/2019; None to find out.

    Raises:
        ReadError: If no article is in it.
    """
    if "\0" in text or _SURROGATE.search(text):
        raise ReadError("it holds characters that are not text; copy it again as plain text")
    return _read(normalise_newlines(text), name, None, DateClues(order=date_order), ())


def _read(
    text: str, name: str, path: str | None, clues: DateClues, warnings: tuple[str, ...]
) -> Reading:
    suffix = Path(name).suffix.lower()
    if not _has_words(text):
        raise ReadError("empty; there is nothing to read in it")
    if suffix in _HTML or looks_like_html(text):
        draft = draft_from_html(text)
        if not _has_words(draft.text):
            raise ReadError("no article text was found in the page; save the article as text")
    else:
        draft = draft_from_text(text, markdown=suffix in _MARKDOWN)
        if not _has_words(draft.text):
            raise ReadError("a header and no text; add the article below it")
    published = publication_date(draft.dates, _with_draft(clues, draft))
    if published.warning:
        warnings = (*warnings, published.warning)
    document = Document(
        text=draft.text,
        title=draft.title or title_from_text(draft.text) or Path(name).stem,
        source=draft.source or wire_agency(draft.text),
        author=draft.author,
        url=draft.url,
        published=published.day,
        path=path,
        language=language_tag(draft.language),
    )
    return Reading(document, warnings)


def _with_draft(clues: DateClues, draft: Draft) -> DateClues:
    return DateClues(
        text=draft.clues,
        order=clues.order,
        language=draft.language,
        modified=clues.modified,
        today=clues.today,
    )


def _has_words(text: str) -> bool:
    """Say whether anything is left besides white space and characters of no width."""
    return bool(re.search(r"[^\s\u200b-\u200f\u2060\ufeff]", text))


def _is_file(path: Path) -> bool:
    """Say whether a file is at the path; also where only reading it will tell."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:  # a link to nothing
        return False
    except OSError:
        return True


def _day_of(seconds: float) -> date | None:
    """Return the day of a time stamp; None for one that no calendar has (beyond the year 9999)."""
    try:
        return date.fromtimestamp(seconds)
    except (OSError, OverflowError, ValueError):
        return None


def _unreadable(error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError("does not exist; check the path")
    if isinstance(error, PermissionError):
        return ReadError("may not be read; change its permissions or those of its folder")
    return ReadError(f"cannot be read ({error.strerror}); copy it elsewhere and try again")


def _one_line(name: str) -> str:
    """Return a file's name as it can stand in a title, whatever characters it holds."""
    valid = name.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else " " for c in valid)


def _types() -> str:
    return ", ".join(SUFFIXES)
