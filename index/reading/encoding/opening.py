"""Opens a file of any size as text, in the encoding that its bytes show.

The file is read twice: once to find the encoding, in pieces, and once by the
caller. Knows nothing of what is in it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from index.errors import ReadError
from index.reading.encoding.decoding import MIXED, decode, is_mixed, unmarked

__all__ = ["opened_as_text"]

_PIECE = 1 << 16
_AROUND = 1 << 15
"""Bytes before and after the first one that is not UTF-8, from which the encoding is guessed."""
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}>")
_START = 1 << 13
_SAFE = re.compile(rb"[\n\r>]")
_MOST_NULS = 0.02
"""Share of NULs from which a file is data, where they do not show UTF-16."""


@contextmanager
def opened_as_text(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """Give a file as text, from its start; the file itself stays open.

    Line ends stay as they are, and a byte that has no place in the encoding is U+FFFD.

    Raises:
        ReadError: If its bytes are not text.
    """
    try:
        encoding, errors = _encoding(file)
    except ReadError as error:
        raise ReadError("not a text file; save or export it again, as text in UTF-8") from error
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors=errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def _encoding(file: BinaryIO) -> tuple[str, str]:
    """Return the encoding of a file, and what is done with bytes that have no place in it."""
    file.seek(0)
    head = file.read(_PIECE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "replace"
    if b"\0" in head:
        for end in (len(head) // 2 * 2, len(head) // 2 * 2 - 2):  # not within a pair of surrogates
            if wide := unmarked(head[:end]):
                return wide.encoding, "replace"
        if head.count(0) > _MOST_NULS * len(head):
            raise ReadError("many characters that are no text")
    start = head[:_START]
    decode(_whole(start, cut_at_end=len(start) == _START))  # refuses what is no text at all
    broken = _first_broken(file)
    if broken is None:
        return "utf-8-sig", "replace"
    file.seek(max(0, broken - _AROUND))
    sample = file.read(2 * _AROUND)
    sample = _whole(sample, broken > _AROUND, cut_at_end=len(sample) == 2 * _AROUND)
    if is_mixed(sample):
        return "utf-8-sig", MIXED
    lenient = sample.decode("utf-8", "replace")
    wrong = lenient.count("\ufffd")
    right = sum(character > "\x7f" for character in lenient) - wrong
    # One broken character of a large export must not spoil every other one.
    if right > 10 * wrong:
        return "utf-8-sig", "replace"
    declaration = _DECLARATION.match(head)
    return decode((declaration.group() if declaration else b"") + sample).encoding, "replace"


def _whole(sample: bytes, cut_at_start: bool = False, *, cut_at_end: bool) -> bytes:
    """Return a part of a file without NULs, and without what may be half a character.

    No encoding has a line end or a `>` within a character, except those with NULs.
    """
    found = _SAFE.search(sample) if cut_at_start else None
    start = found.end() if found else 0
    end = max(sample.rfind(mark) for mark in (b"\n", b"\r", b">")) + 1 if cut_at_end else 0
    return (sample[start : end or None] or sample).replace(b"\0", b"")


def _first_broken(file: BinaryIO) -> int | None:
    """Return about where a file stops being UTF-8; None where it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    position = 0
    while piece := file.read(_PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return position
        position += len(piece)
    return None
