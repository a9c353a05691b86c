r"""Turns bytes into text: byte-order mark, UTF-8, the declared encoding, else a guess.

Knows nothing of articles or files; line ends become `\n` here, once, so that
every later offset counts the same characters. Messages do not name the file:
whoever shows them puts its path before them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from index.errors import ReadError

__all__ = ["Decoded", "codec_name", "decode", "join_surrogates", "normalise_newlines"]

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.02
"""Share of control characters from which a text is taken for data."""
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüœŒ“”‘’–—…•€£°«»¿¡\xa0½§"
)
_ESCAPED = re.compile(rb"\x1b(?:\$[@B]|\(J)")
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the encoding that it came from."""

    text: str
    encoding: str
    guessed: bool = False
    """No mark or declaration says so, and it is not UTF-8."""


def normalise_newlines(text: str) -> str:
    r"""Return the text with `\r\n` and `\r` as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def join_surrogates(text: str) -> str:
    r"""Return the text with surrogate pairs joined, and with U+FFFD for each lone surrogate.

    YAML may escape a character as UTF-16 does, in two, and its parser does not join them.

    >>> join_surrogates("\ud83d\ude00 and \ud83d")
    '😀 and �'
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def decode(data: bytes) -> Decoded:
    r"""Return the text of a file's bytes, with line ends as `\n`.

    UTF-8 goes before a declared encoding, since bytes that are not UTF-8 are
    almost never taken for it by chance, while declarations are often wrong.

    Raises:
        ReadError: If the bytes are not text.
    """
    found = _decode(data)
    if found is None or data.startswith(_FOREIGN) or "\0" in found.text:
        raise ReadError("not a text file; save the article as text, Markdown, or HTML")
    if len(_CONTROL.findall(found.text)) > _MOST_CONTROL * len(found.text):
        raise ReadError("mostly control characters; save the article as plain text")
    return Decoded(normalise_newlines(found.text), found.encoding, found.guessed)


def _decode(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\0" in data:
        order = _unmarked_utf16(data)
        return _strict(data, order) if order else None
    declared = _META.search(data[:4096]) or _XML.search(data[:4096])
    # ISO-2022-JP is seven-bit, so that UTF-8 would take its escapes for letters.
    names = ["iso2022_jp", "utf-8"] if _ESCAPED.search(data) else ["utf-8"]
    if declared:
        names.append(codec_name(declared.group(1).decode("ascii")))
    for encoding in names:
        decoded = _strict(data, encoding)
        if decoded is not None:
            return decoded
    return _guess(data)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = str(data, encoding)
    except (UnicodeError, LookupError):
        return None
    return Decoded(text, encoding)


def codec_name(declared: str) -> str:
    """Read a label as browsers do, ASCII as Windows-1252 (encoding.spec.whatwg.org)."""
    label = declared.casefold()
    western = {"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252"}
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932", "shift_jis": "cp932"}
    return "cp1252" if label in western else wider.get(label, label)


def _unmarked_utf16(data: bytes) -> str | None:
    """Return the UTF-16 byte order that the positions of the NULs show, if they show one."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if odd > 0.4 * len(data) / 2 and even <= 0.02 * odd:
        return "utf-16-le"
    if even > 0.4 * len(data) / 2 and odd <= 0.02 * even:
        return "utf-16-be"
    return None


def _guess(data: bytes) -> Decoded | None:
    western = _strict(data, "cp1252")
    if western is not None:
        special = [character for character in western.text if character > "\x7f"]
        # A few accents or curly quotes in plain ASCII: too little for statistics, and
        # in practice Windows-1252.
        if len(special) < 0.2 * len(data) and _WESTERN.issuperset(special):
            return Decoded(western.text, "cp1252", guessed=True)
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return Decoded(str(best), best.encoding, guessed=True) if best is not None else None
