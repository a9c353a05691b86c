r"""Makes a draft of a Rich Text file.

striprtf turns it into text; what is no text of the article is cut out before:
its properties, pictures, addresses of links, and deleted passages. Notes are
moved to the end. The control words are those of the Rich Text Format
Specification 1.9.1.
"""

from __future__ import annotations

import locale
import re
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.metadata.properties import Properties, draft_of, usable_author, usable_title
from index.reading.office.archive import DAMAGED
from index.reading.office.blocks import Blocks, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.reading.draft import Draft, Unread

__all__ = ["drafts_from_rtf"]

_MOST_BYTES = 100_000_000
_MOST_MARKUP = 10_000_000
"""Characters that may be left without the pictures: striprtf reads about a million a second."""
_TOKEN = re.compile(
    r"\\[\\{}]|\\bin(?P<bytes>\d{1,9}) ?|\\(?P<inner>deleted)(?![a-z0-9])|(?P<close>\})"
    # Hidden text, only where all of a group is: \v stays on until \v0, which may stand outside.
    r"|(?P<hidden>\{(?:\\(?:\*|(?!rtf)[a-z]{1,32}-?\d{0,10} ?)){0,20}?\\v(?![a-z0-9])"
    r"(?:(?!\\v(?![a-z])|\\plain)(?:\\.|[^{}\\]))*\})"
    r"|(?P<open>\{)\s*(?:\\\*)?\s*(?:\\(?P<name>info|fonttbl|fldinst|pict|objdata|footnote"
    r"|annotation|deleted|header[lrf]?|footer[lrf]?|themedata|colorschememapping|datastore|latentstyles|stylesheet"
    r"|listtable|listoverridetable|rsidtbl|generator|xe|tcn?|bkmkstart|bkmkend|nonshppict)"
    r"(?![a-z]))?"
)
"""What opens or closes a group, and the first word of those that are cut out."""
_MOST_NESTED = 1_000
_MOST_GROUPS = 500_000
"""Groups within each other, and groups in all."""
_FONT = re.compile(r"\\f(\d{1,5})(?![a-z\d])[^;{}]{0,200}?\\fcharset(\d{1,3})(?!\d)")
_FIELD = r"\{{\\(?:\*\\)?{}\s?((?:[^{{}}]|\{{[^{{}}]*\}})*)\}}"


def drafts_from_rtf(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of a Rich Text file.

    Raises:
        ReadError: If it is damaged or too large.
    """
    data = file.read(_MOST_BYTES + 1)
    # Every byte is one character: what is not ASCII is escaped, or in the file's code page.
    markup = data.decode("latin-1").lstrip("ï»¿ \r\n\t\0")
    if not markup.startswith("{\\rtf"):
        raise ReadError("no Rich Text; open it in the program that made it and save it again")
    body, cut = _cut(markup)
    if len(data) > _MOST_BYTES or len(body) > _MOST_MARKUP:
        raise ReadError("too large for its text; save it without its pictures, or split it")
    fonts = "".join(
        rf"{{\f{number}\fcharset{charset} A;}}"
        for table in cut.get("fonttbl", ())
        for number, charset in _FONT.findall(table)
        if charset != "1"  # that of the document
    )
    notes = "".join(
        rf"{{\par [{number}] {note.partition('footnote')[2]}\par}}"
        for number, note in enumerate(cut.get("footnote", ()), 1)
    )
    blocks = Blocks()
    for line in _plain(rf"{{\rtf1{{\fonttbl{fonts}}}{body}{notes}}}").split("\n"):
        row = line.rstrip()
        # striprtf ends each cell of a table with a bar.
        cells = row[:-1].split("|") if row.endswith("|") else [row]
        blocks.add(" | ".join(filter(None, map(str.strip, cells))))
    info = "".join(cut.get("info", ())[:1])
    yield draft_of(blocks.text(), _properties(info, markup))


def _cut(markup: str) -> tuple[str, dict[str, list[str]]]:
    """Return the markup without the groups that are no text, and those groups by their names.

    What follows the outermost group is left out, as Word does.
    """
    found: list[tuple[int, int, str]] = []
    stack: list[tuple[int, str]] = []
    position = groups = 0
    while (token := _TOKEN.search(markup, position)) is not None:
        position = token.end()
        if token["bytes"]:
            position += int(token["bytes"])
        elif token["hidden"]:
            found.append((token.start(), token.end(), "v"))
        elif token["open"]:
            stack.append((token.start(), token["name"] or ""))
            groups += 1
            if len(stack) > _MOST_NESTED or groups > _MOST_GROUPS:
                raise ReadError(DAMAGED)
        elif token["inner"] and stack:
            stack[-1] = (stack[-1][0], "deleted")
        elif token["close"] and stack:
            start, name = stack.pop()
            if name:
                found.append((start, token.end(), name))
            if not stack:
                markup = markup[: token.end()]
                break
    # A file that was cut off leaves groups open.
    found += [(start, len(markup), name) for start, name in stack if name]
    kept: list[str] = []
    cut: dict[str, list[str]] = {}
    position = 0
    for start, end, name in sorted(found):
        if start >= position:
            kept.append(markup[position:start])
            cut.setdefault(name, []).append(markup[start : end - 1])
            position = end
    # What is left of addresses would cost striprtf a time that grows with their square.
    return "".join((*kept, markup[position:])).replace("\\fldinst", "\\xe"), cut


def _plain(markup: str) -> str:
    """Return the text of markup."""
    from striprtf.striprtf import rtf_to_text

    escaped = re.sub("[\x80-\xff]", lambda found: f"\\'{ord(found.group()):02x}", markup)
    try:
        return str(rtf_to_text(escaped, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise ReadError(DAMAGED) from error


def _properties(info: str, markup: str) -> Properties:
    page = re.search(r"\\ansicpg\d{1,5}", markup[:2000])
    stated: dict[str, str] = {}
    for name in ("title", "author"):
        if (field := re.search(_FIELD.format(name), info)) is not None:
            opening = "{\\rtf1" + (page.group() if page else "") + " "
            stated[name] = clean(_plain(opening + field.group(1) + "}"))
    language = re.search(r"\\deflang(\d{1,5})", markup[:5000])
    return Properties(
        title=usable_title(stated.get("title", "")),
        author=usable_author(stated.get("author", "")),
        language=locale.windows_locale.get(int(language.group(1)), "") if language else "",
    )
