r"""Turns bytes into text: byte-order mark, UTF-8, the declared encoding, else a guess.

Knows nothing of articles or files; line ends become `\n` here, once, so that
every later offset counts the same characters. Messages do not name the file:
whoever shows them puts its path before them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

from index.errors import ReadError
from index.text.storable import has_words

__all__ = [
    "MIXED",
    "Decoded",
    "codec_name",
    "decode",
    "decode_file",
    "is_mixed",
    "join_surrogates",
    "normalise_newlines",
    "unmarked",
]

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b")
_NO_TEXT = "not a text file; save the article as text, Markdown, or HTML"
_NULS = re.compile("\0+")
_FEW_NULS = 3
"""Places with NULs that even a short text may have."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.02
"""Share of control characters from which a text is taken for data."""
_TYPOGRAPHIC = frozenset("“”‘’–—…•\xa0")
_WESTERN = _TYPOGRAPHIC | frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüœŒ€£°«»¿¡½§"
)
_NEARLY = 0.8
"""Share of the best guess's confidence from which Windows-1252 is taken, where the text is as
Western ones are: of 40 to 400 characters in 34 languages, most are read right (.993)."""
_TRIED = 5
"""Guesses that are tried in turn."""
_ESCAPES = (
    (re.compile(rb"\x1b(?:\$[@B]|\(J)"), "iso2022_jp_ext"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
)
_BASIC = 0.9
_HEAD = 4096
"""Bytes within which an encoding is declared."""
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})")
_AS_READ = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874",),
    # Its full stop between names and its dash as Unicode has them, unlike Python's gb2312.
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    # The standard first: Windows has its own forms of £, −, and 〜, which other Japanese
    # encodings, and so other articles, do not have.
    "shift_jis": ("shift_jis", "cp932"),
    "cp932": ("shift_jis", "cp932"),
    "big5": ("big5", "cp950", "big5hkscs"),
    "euc_kr": ("euc_kr", "cp949"),
}
"""What to read an encoding as, by Python's name of it: mostly the wider one of Windows, which files
use while they name the narrower, and which browsers read it as (encoding.spec.whatwg.org)."""
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"))
"""What Python decodes and no file is in; some of it takes time that grows with the square."""
_UNDAMAGED = 10
"""Characters outside ASCII for each damaged one, from which a text is still taken for UTF-8."""

MIXED = "utf-8-else-windows-1252"
"""The error handler (PEP 293) that reads what is no UTF-8 as Windows-1252."""
_LETTERS = re.compile("[\xc4-\xff]")
"""Those that no damaged letter leaves: Western ones begin with Â or Ã in UTF-8, but for œ."""
_INTACT = re.compile("[À-ÿŒœ]")
_FEW_INTACT = 3
"""Letters that chance does not make of another encoding, as it makes one of two of its letters."""
_CUT = re.compile("\udce2[\udc80-\udcbf]|[\udcc2\udcc3\udcc5\udce2](?![A-Za-z\udc80-\udcff])")
"""What is left of a letter or of a curly quote that was cut, with `surrogateescape`."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the encoding that it came from."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()
    """What the person should know, each one line: that it was guessed, or damaged."""


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
    if found is None or data.startswith(_FOREIGN):
        raise ReadError(_NO_TEXT)
    found = _without_nuls(found)
    if _is_data(found.text):
        raise ReadError("mostly control characters; save the article as plain text")
    return replace(found, text=normalise_newlines(found.text))


def decode_file(file: BinaryIO) -> Decoded:
    """Return the text of a file, from where it stands; see `decode`.

    Raises:
        ReadError: If it is no text, or an empty one.
    """
    decoded = decode(file.read())
    if not has_words(decoded.text):
        raise ReadError("empty; there is nothing to read in it")
    return decoded


def _is_data(text: str) -> bool:
    return len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text)


def _decode(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\0" in data and (wide := unmarked(data)):
        return wide
    # Seven-bit encodings with escapes, which UTF-8 would take for letters.
    names = [encoding for escape, encoding in _ESCAPES if escape.search(data)]
    names += ["utf-8", *_declared(data[:_HEAD])]
    return _first_strict(data, names) or _mixed(data) or _damaged(data) or _guess(data)


def _declared(head: bytes) -> tuple[str, ...]:
    """Return what to try for the encoding that a page or an XML file declares."""
    match = _META.search(head) or _XML.search(head)
    if match is None:
        return ()
    declaration = match.group().decode("ascii", "replace")
    # Where it could be read as ASCII, the encoding holds ASCII: not UTF-16, nor EBCDIC.
    names = _as_read(match.group(1).decode("ascii"))
    return tuple(name for name in names if str(match.group(), name, "replace") == declaration)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = str(data, encoding)
    except (UnicodeError, LookupError):
        return None
    return Decoded(text, encoding)


def codec_name(label: str) -> str:
    """Return what to try first for the name of an encoding; the name itself if it is unknown."""
    return next(iter(_as_read(label)), label)


def _first_strict(data: bytes, encodings: Iterable[str]) -> Decoded | None:
    attempts = (_strict(data, encoding) for encoding in encodings)
    return next((decoded for decoded in attempts if decoded), None)


def _as_read(label: str) -> tuple[str, ...]:
    """Return what to try, in order, for the name of an encoding; nothing for an unknown one."""
    try:
        name = codecs.lookup(label.removeprefix("x-")).name
    except LookupError:
        return ()
    return () if name in _NO_CHARSETS else _AS_READ.get(name, (name,))


def unmarked(data: bytes) -> Decoded | None:
    """Return a text in UTF-32 or UTF-16 that does not say so; None where its NULs do not."""
    # No NUL among data of other kinds lets it pass for UTF-32, whose code points end at 0x10FFFF.
    names = []
    if len(data) % 4 == 0:
        # Nearly all characters of any text are below U+10000.
        planes = (("utf-32-le", data[2::4]), ("utf-32-be", data[1::4]))
        names = [name for name, plane in planes if plane.count(0) >= _BASIC * len(plane)]
    even, odd = data[::2].count(0), data[1::2].count(0)
    if odd > 0.4 * len(data) / 2 and even <= 0.02 * odd:
        names.append("utf-16-le")
    if even > 0.4 * len(data) / 2 and odd <= 0.02 * even:
        names.append("utf-16-be")
    return _first_strict(data, names)


def _without_nuls(decoded: Decoded) -> Decoded:
    """Return a text without the NULs that a crash or another program left here and there.

    Raises:
        ReadError: If they are in so many places that it is data.
    """
    if "\0" not in decoded.text:
        return decoded
    # They may stand for what parted two words, or for a whole block of the disk.
    text, runs = _NULS.subn(" ", decoded.text.strip("\0"))
    if not text or runs > max(_FEW_NULS, _MOST_CONTROL * len(text)):
        raise ReadError(_NO_TEXT)
    warning = "holds NUL characters, which were left out; look whether some of it is missing"
    return replace(decoded, text=text, warnings=(*decoded.warnings, warning))


def is_mixed(data: bytes) -> bool:
    """Say whether a text is in UTF-8 and elsewhere in Windows-1252, as that of files put together.

    It is where all of its letters are those of Western languages, read so, and none was cut.
    """
    text = data.decode(errors="surrogateescape")
    if _CUT.search(text):
        return False
    others = bytes(
        ord(character) - 0xDC00 for character in text if "\udc80" <= character <= "\udcff"
    )
    western = others.decode("cp1252", "replace")
    intact = {each for each in text if each > "\x7f" and not "\udc80" <= each <= "\udcff"}
    if len(_INTACT.findall(text)) < _FEW_INTACT and intact.isdisjoint(_TYPOGRAPHIC - {"\xa0"}):
        return False
    letters = len(_LETTERS.findall(western))
    return 2 * letters >= len(others) and intact.union(western) <= _WESTERN


def _read_mixed(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(MIXED, _read_mixed)


def _mixed(data: bytes) -> Decoded | None:
    if not is_mixed(data):
        return None
    warning = "is in UTF-8 and in Windows-1252; look whether its letters are right"
    return Decoded(data.decode(errors=MIXED), "utf-8", (warning,))


def _damaged(data: bytes) -> Decoded | None:
    """Return a text in UTF-8 that was cut within a character, or in which a few are damaged."""
    text = data.decode(errors="replace")
    # One that the text itself holds counts too: it tells of damage as well.
    damaged = text.count("\ufffd")
    intact = sum(character > "\x7f" for character in text) - damaged
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # only its end is damaged
    except UnicodeError:
        if intact < _UNDAMAGED * damaged:
            return None
    if intact == 0:
        return None
    shown = "one damaged character" if damaged == 1 else f"{damaged} damaged characters"
    return Decoded(text, "utf-8", (f"has {shown}, shown as \ufffd; save it anew if that matters",))


def _guess(data: bytes) -> Decoded | None:
    western = _strict(data, "cp1252")
    special = {character for character in western.text if character > "\x7f"} if western else set()
    if western and _TYPOGRAPHIC.issuperset(special):
        # Curly quotes and dashes in plain ASCII tell a detector nothing.
        return _with_doubt(western)
    import chardet

    # It would believe what is declared, which was tried already.
    undeclared = _XML.sub(b"", _META.sub(b"", data[:_HEAD])) + data[_HEAD:]
    undeclared = undeclared.replace(b"\0", b" ")
    found = chardet.detect_all(undeclared, ignore_threshold=True, compat_names=False)
    if western and _WESTERN.issuperset(special):
        likely = max(each["confidence"] for each in found) * _NEARLY
        if any(each["encoding"] == "cp1252" and each["confidence"] >= likely for each in found):
            return _with_doubt(western)
    # It looks at the beginning of a long file only, so that the first may not fit the rest.
    for name in (name for each in found[:_TRIED] for name in _as_read(each["encoding"] or "")):
        decoded = _strict(data, name)
        if decoded and not _is_data(decoded.text.strip("\0")):
            return _with_doubt(decoded)
    return None


def _with_doubt(guessed: Decoded) -> Decoded:
    warning = f"took its encoding for {guessed.encoding}; if that is wrong, save it as UTF-8"
    return replace(guessed, warnings=(warning,))
