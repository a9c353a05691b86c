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
from index.reading.decoding import decode

__all__ = ["opened_as_text"]

_PIECE = 1 << 16
_AROUND = 1 << 15
"""Bytes before and after the first one that is not UTF-8, from which the encoding is guessed."""
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}>")
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
        encoding = _encoding(file)
    except ReadError as error:
        raise ReadError("not a text file; save or export it again, as text in UTF-8") from error
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(_PIECE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        for end in (len(head) // 2 * 2, len(head) // 2 * 2 - 2):  # not within a pair of surrogates
            try:
                return decode(head[:end]).encoding
            except ReadError:
                continue
        if head.count(0) > _MOST_NULS * len(head):
            raise ReadError("many characters that are no text")
    decode(head[:8192].replace(b"\0", b""))  # refuses what is no text at all
    broken = _first_broken(file)
    if broken is None:
        return "utf-8-sig"
    file.seek(max(0, broken - _AROUND))
    sample = file.read(2 * _AROUND).replace(b"\0", b"")
    lenient = sample.decode("utf-8", "replace")
    wrong = lenient.count("\ufffd")
    right = sum(character > "\x7f" for character in lenient) - wrong
    # One broken character of a large export must not spoil every other one.
    if right > 10 * wrong:
        return "utf-8-sig"
    declaration = _DECLARATION.match(head)
    return decode((declaration.group() if declaration else b"") + sample).encoding


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
